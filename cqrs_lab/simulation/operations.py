"""The operations of a trace, by session and by key, and what each read showed."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import number, whole

COLUMNS = ("session", "op", "key", "invoke", "ret", "version")


@dataclass(frozen=True, eq=False)
class TracedOperation:
    """An operation of a trace; `label` is its row's. `applied` has what a read of the whole table showed."""

    label: Any
    session: str
    op: str
    key: str
    invoke: float
    ret: float
    version: int
    applied: frozenset[int] | None

    def __str__(self) -> str:
        if self.op == "w":
            return f"{self.session} wrote {self.key} at position {self.version}, done at {moment(self.ret)} s"
        if self.applied is not None:
            return f"{self.session} read the whole table at {moment(self.invoke)} s and saw {positions(self.applied)}"
        return f"{self.session} read {self.key} at {moment(self.invoke)} s and saw {shows_newest(self.version)}"


def shows_newest(version: int) -> str:
    """Return in words which write a read shows."""
    return f"the write at position {version}" if version else "no write of it"


def moment(seconds: float) -> str:
    """Return a time as text."""
    return f"{round(seconds, 2):,.10g}"


def positions(some: frozenset[int]) -> str:
    """Return positions in words."""
    numbers = ", ".join(map(str, sorted(some)))
    return f"position{'s'[: len(set(some)) != 1]} {numbers}" if numbers else "no position"


def by_version(trace: pd.DataFrame) -> pd.DataFrame:
    """Return a trace with the column `version`; where there is none, `position` says the same."""
    given = "position" in trace.columns and "version" not in trace.columns
    return trace.rename(columns={"position": "version"}) if given else trace


def operations_of(trace: pd.DataFrame) -> list[TracedOperation]:
    """Return the operations of a trace, each checked by itself."""
    if not isinstance(trace, pd.DataFrame):
        raise InvalidArgument(f"trace={type(trace).__name__}: give a DataFrame, one row per operation")
    trace = by_version(trace)
    missing = [name for name in COLUMNS if name not in trace.columns]
    if missing:
        raise InvalidArgument(f"the trace has no column {', '.join(missing)}; give {', '.join(COLUMNS)}")
    applied = trace["applied"] if "applied" in trace.columns else [None] * len(trace)
    columns = (trace[name] for name in COLUMNS)
    rows: Iterable[tuple[Any, ...]] = zip(trace.index, *columns, map(_whole, applied), strict=True)
    return [_checked(TracedOperation(*row)) for row in rows]


def _whole(applied: Any) -> frozenset[int] | None:
    if applied is None or isinstance(applied, float):
        return None
    if not isinstance(applied, Iterable) or isinstance(applied, str):
        raise InvalidArgument(f"applied={applied!r}: give the positions that the read showed, such as (1, 2)")
    return frozenset(whole("applied", one) for one in applied)


def _checked(one: TracedOperation) -> TracedOperation:
    if one.op not in ("w", "r"):
        raise InvalidArgument(f"operation {one.label!r}: op={one.op!r}; accepted are 'w' and 'r'")
    for name, value in (("session", one.session), ("key", one.key)):
        if not isinstance(value, Hashable) or value is None or value != value:
            raise InvalidArgument(f"operation {one.label!r}: {name}={shown(value)}; give each a name, such as 'ada'")
    whole(f"operation {one.label!r}: version", one.version, least=0)
    for name in ("invoke", "ret"):
        number(f"operation {one.label!r}: {name}", getattr(one, name))
    if one.ret < one.invoke:
        raise InvalidArgument(f"operation {one.label!r} was answered at {one.ret} before it was asked at {one.invoke}")
    return one


class TraceHistory:
    """The operations, by session and by key, and what each read showed."""

    def __init__(self, operations: list[TracedOperation]) -> None:
        self.operations = operations
        writes = sorted((one for one in operations if one.op == "w"), key=lambda one: one.version)
        self.writes: Mapping[int, TracedOperation] = {one.version: one for one in writes}
        self.reads = [one for one in operations if one.op == "r"]
        self.of_key: dict[str, list[int]] = defaultdict(list)
        for one in writes:
            self.of_key[one.key].append(one.version)
        if len(self.writes) < len(writes) or any(version < 1 for version in self.writes):
            raise InvalidArgument("two writes have one position, or one below 1; give each its own position in the log")
        for read in self.reads:
            self._check(read)

    def _check(self, read: TracedOperation) -> None:
        unknown = [one for one in {*(read.applied or ()), read.version} - {0} if one not in self.writes]
        if unknown or (read.version and self.writes[read.version].key != read.key):
            raise InvalidArgument(
                f"operation {read.label!r} shows {unknown or read.version}: no write of {read.key} in the trace"
            )

    def newest(self, read: TracedOperation) -> int:
        """Return the position of the newest write that a read shows; 0 if it shows none."""
        return read.version if read.applied is None else max(read.applied, default=0)

    def misses(self, read: TracedOperation, version: int) -> bool:
        """Return whether a read could show this write but does not."""
        if read.applied is not None:
            return version not in read.applied
        return version > read.version and self.writes[version].key == read.key

    def missed(self, read: TracedOperation) -> Sequence[int]:
        """Return the writes, in order, that a read could show but does not: those of its key, or of all."""
        if read.applied is not None:
            return [version for version in self.writes if version not in read.applied]
        of_key = self.of_key[read.key]
        return of_key[bisect_right(of_key, read.version) :]

    def gone(self, earlier: TracedOperation, read: TracedOperation) -> int:
        """Return the newest write that an earlier read shows and this one could but does not; 0 if there is none."""
        if earlier.applied is None and read.applied is None:
            return earlier.version if earlier.version and self.misses(read, earlier.version) else 0
        return max((version for version in self.shows(earlier) if self.misses(read, version)), default=0)

    def shows(self, read: TracedOperation) -> frozenset[int]:
        """Return the writes that a read shows."""
        if read.applied is not None:
            return read.applied
        return frozenset(version for version in self.of_key[read.key] if version <= read.version)

    def finished_and_missed(self, read: TracedOperation) -> list[TracedOperation]:
        """Return the writes that a read misses though they were done before it, in the order in which they were."""
        missed = [self.writes[version] for version in self.missed(read)]
        return sorted((one for one in missed if one.ret <= read.invoke), key=lambda one: one.ret)

    @cached_property
    def whole(self) -> list[TracedOperation]:
        """The reads of the whole table. One of a single key shows a prefix of its writes, and breaks no order."""
        return [read for read in self.reads if read.applied is not None]

    @cached_property
    def sessions(self) -> list[list[TracedOperation]]:
        """Each session's operations, in the order in which they were answered."""
        by_session: dict[str, list[TracedOperation]] = defaultdict(list)
        for one in sorted(self.operations, key=lambda one: one.ret):
            by_session[one.session].append(one)
        return list(by_session.values())

    def before(self, first: str, then: str) -> Iterator[tuple[TracedOperation, list[TracedOperation]]]:
        """Yield each operation of kind `then`, with those of kind `first` that its session had finished before."""
        for own in self.sessions:
            finished = [one for one in own if one.op == first]
            done = [one.ret for one in finished]
            for later in own:
                if later.op == then:
                    before = finished[: bisect_right(done, later.invoke)]
                    yield later, [one for one in before if one is not later] if first == then else before
