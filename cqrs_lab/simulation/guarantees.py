"""The session guarantees, checked on a trace: which hold, and which operations break the others.

The order of all writes is known (a write's version is its position in the log), so no search is needed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import number, positive, whole

COLUMNS = ("session", "op", "key", "invoke", "ret", "version")


@dataclass(frozen=True)
class Broken:
    """Operations that together break a guarantee: their labels in the trace's index, and what happened in words."""

    operations: tuple[Any, ...]
    says: str


@dataclass(frozen=True)
class Verdict:
    """Whether a guarantee holds, and what broke it; at most one entry per operation that came too early or too late."""

    broken_by: tuple[Broken, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing broke it."""
        return not self.broken_by


def check(
    trace: pd.DataFrame,
    staleness_events: int | None = None,
    staleness_seconds: float | None = None,
    *,
    names: Collection[str] | None = None,
) -> dict[str, Verdict]:
    """Check a trace against the guarantees, and return a verdict on each.

    Parameters
    ----------
    trace : DataFrame
        One row per operation; columns session, op ("w" or "r"), key, invoke, ret (seconds: asked, answered), version
        (of a write its position in the log; of a read that of the key's newest write it shows, 0 for none). Where a
        column `applied` holds positions, that read showed the whole table, with exactly these events in it.
    staleness_events, staleness_seconds : optional
        Bounds to check: how many finished writes a read may miss, and for how long.
    names : collection of str, optional
        Which guarantees, of those that need no bound; all if left out.

    Returns
    -------
    dict of str to Verdict
        read_your_writes, monotonic_reads, monotonic_writes, writes_follow_reads, consistent_prefix, linearizable, pram
        (the first three), causal_session (the first four), and where a bound was given bounded_staleness_K and
        bounded_staleness_T. A guarantee is about one key at a time, unless a read shows the whole table. A stale answer
        alone breaks none of the session guarantees.

    Raises
    ------
    InvalidArgument
        The trace lacks a column, or holds something impossible; or there is no guarantee of such a name.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("Ada", "w", "cup", 0, 1, 1), ("Ada", "r", "cup", 2, 2, 0)]
    >>> trace = pd.DataFrame(rows, columns=["session", "op", "key", "invoke", "ret", "version"])
    >>> check(trace)["read_your_writes"].broken_by[0].says
    'Ada wrote cup at position 1, done at 1 s, and read cup at 2 s: the answer shows no write of it.'

    Notes
    -----
    D. B. Terry and others, Session Guarantees for Weakly Consistent Replicated Data, 1994; P. Viotti and M. Vukolić,
    Consistency in Non-Transactional Distributed Storage Systems, 2016.
    """
    if staleness_events is not None:
        staleness_events = whole("staleness_events", staleness_events, least=0)
    if staleness_seconds is not None:
        staleness_seconds = positive("staleness_seconds", staleness_seconds, zero=True)
    if unknown := [name for name in names or () if name not in _GUARANTEES]:
        raise InvalidArgument(f"no guarantee {unknown[0]!r}; give one of {', '.join(_GUARANTEES)}")
    history = _History(_operations(trace))
    parts = {part for name in (_GUARANTEES if names is None else names) for part in _GUARANTEES[name]}
    broken = {part: list(part(history)) for part in parts}
    found = {
        name: [one for part in parts for one in broken[part]]
        for name, parts in _GUARANTEES.items()
        if names is None or name in names
    }
    if staleness_events is not None:
        found["bounded_staleness_K"] = list(_too_many_behind(history, staleness_events))
    if staleness_seconds is not None:
        found["bounded_staleness_T"] = list(_too_long_behind(history, staleness_seconds))
    return {name: Verdict(tuple(broken)) for name, broken in found.items()}


@dataclass(frozen=True, eq=False)
class _Operation:
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
            return f"{self.session} wrote {self.key} at position {self.version}, done at {_moment(self.ret)} s"
        if self.applied is not None:
            return f"{self.session} read the whole table at {_moment(self.invoke)} s ({_positions(self.applied)})"
        return f"{self.session} read {self.key} at {_moment(self.invoke)} s and saw {_newest(self.version)}"


def _newest(version: int) -> str:
    return f"the write at position {version}" if version else "no write of it"


def _moment(seconds: float) -> str:
    return f"{round(seconds, 2):,.10g}"


def _positions(some: frozenset[int]) -> str:
    numbers = ", ".join(map(str, sorted(some)))
    return f"position{'s'[: len(set(some)) != 1]} {numbers}" if numbers else "no position"


def _operations(trace: pd.DataFrame) -> list[_Operation]:
    if not isinstance(trace, pd.DataFrame):
        raise InvalidArgument(f"trace={type(trace).__name__}: give a DataFrame, one row per operation")
    missing = [name for name in COLUMNS if name not in trace.columns]
    if missing:
        raise InvalidArgument(f"the trace has no column {', '.join(missing)}; give {', '.join(COLUMNS)}")
    applied = trace["applied"] if "applied" in trace.columns else [None] * len(trace)
    columns = (trace[name] for name in COLUMNS)
    rows: Iterable[tuple[Any, ...]] = zip(trace.index, *columns, map(_whole, applied), strict=True)
    return [_checked(_Operation(*row)) for row in rows]


def _whole(applied: Any) -> frozenset[int] | None:
    if applied is None or isinstance(applied, float):
        return None
    if not isinstance(applied, Iterable) or isinstance(applied, str):
        raise InvalidArgument(f"applied={applied!r}: give the positions that the read showed, such as (1, 2)")
    return frozenset(whole("applied", one) for one in applied)


def _checked(one: _Operation) -> _Operation:
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


class _History:
    """The operations, by session and by key, and what each read showed."""

    def __init__(self, operations: list[_Operation]) -> None:
        self.operations = operations
        writes = sorted((one for one in operations if one.op == "w"), key=lambda one: one.version)
        self.writes: Mapping[int, _Operation] = {one.version: one for one in writes}
        self.reads = [one for one in operations if one.op == "r"]
        self.of_key: dict[str, list[int]] = defaultdict(list)
        for one in writes:
            self.of_key[one.key].append(one.version)
        if len(self.writes) < len(writes) or any(version < 1 for version in self.writes):
            raise InvalidArgument("two writes have one position, or one below 1; give each its own position in the log")
        for read in self.reads:
            self._check(read)

    def _check(self, read: _Operation) -> None:
        unknown = [one for one in {*(read.applied or ()), read.version} - {0} if one not in self.writes]
        if unknown or (read.version and self.writes[read.version].key != read.key):
            raise InvalidArgument(
                f"operation {read.label!r} shows {unknown or read.version}: no write of {read.key} in the trace"
            )

    def newest(self, read: _Operation) -> int:
        """Return the position of the newest write that a read shows; 0 if it shows none."""
        return read.version if read.applied is None else max(read.applied, default=0)

    def misses(self, read: _Operation, version: int) -> bool:
        """Return whether a read could show this write but does not."""
        if read.applied is not None:
            return version not in read.applied
        return version > read.version and self.writes[version].key == read.key

    def missed(self, read: _Operation) -> Sequence[int]:
        """Return the writes, in order, that a read could show but does not: those of its key, or of all."""
        if read.applied is not None:
            return [version for version in self.writes if version not in read.applied]
        of_key = self.of_key[read.key]
        return of_key[bisect_right(of_key, read.version) :]

    def gone(self, earlier: _Operation, read: _Operation) -> int:
        """Return the newest write that an earlier read shows and this one could but does not; 0 if there is none."""
        if earlier.applied is None and read.applied is None:
            return earlier.version if earlier.version and self.misses(read, earlier.version) else 0
        return max((version for version in self.shows(earlier) if self.misses(read, version)), default=0)

    def shows(self, read: _Operation) -> frozenset[int]:
        """Return the writes that a read shows."""
        if read.applied is not None:
            return read.applied
        return frozenset(version for version in self.of_key[read.key] if version <= read.version)

    def finished_and_missed(self, read: _Operation) -> list[_Operation]:
        """Return the writes that a read misses though they were done before it, in the order in which they were."""
        missed = [self.writes[version] for version in self.missed(read)]
        return sorted((one for one in missed if one.ret <= read.invoke), key=lambda one: one.ret)

    @cached_property
    def whole(self) -> list[_Operation]:
        """The reads of the whole table. One of a single key shows a prefix of its writes, and breaks no order."""
        return [read for read in self.reads if read.applied is not None]

    @cached_property
    def sessions(self) -> list[list[_Operation]]:
        """Each session's operations, in the order in which they were answered."""
        by_session: dict[str, list[_Operation]] = defaultdict(list)
        for one in sorted(self.operations, key=lambda one: one.ret):
            by_session[one.session].append(one)
        return list(by_session.values())

    def before(self, first: str, then: str) -> Iterator[tuple[_Operation, list[_Operation]]]:
        """Yield each operation of kind `then`, with those of kind `first` that its session had finished before."""
        for own in self.sessions:
            finished = [one for one in own if one.op == first]
            done = [one.ret for one in finished]
            for later in own:
                if later.op == then:
                    before = finished[: bisect_right(done, later.invoke)]
                    yield later, [one for one in before if one is not later] if first == then else before


def _read_your_writes(history: _History) -> Iterator[Broken]:
    for read, writes in history.before("w", "r"):
        lost = [write for write in writes if history.misses(read, write.version)]
        if lost:
            shown = f"read {read.key} at {_moment(read.invoke)} s: the answer shows {_newest(read.version)}"
            if read.applied is not None:
                shown = f"read the whole table at {_moment(read.invoke)} s: it holds {_positions(read.applied)}"
            yield _broken(f"{lost[-1]}, and {shown}.", lost[-1], read)


def _monotonic_reads(history: _History) -> Iterator[Broken]:
    for read, earlier in history.before("r", "r"):
        for last in reversed(earlier):
            if gone := history.gone(last, read):
                yield _broken(f"{last}; then {read}: position {gone} had been there, and is gone.", last, read)
                break


def _monotonic_writes(history: _History) -> Iterator[Broken]:
    after: dict[int, set[int]] = defaultdict(set)
    for write, earlier in history.before("w", "w"):
        for one in earlier if history.whole else ():
            after[one.version].add(write.version)
        late = [one for one in earlier if one.version > write.version]
        if late:
            yield _broken(f"{late[-1]}, and later {write}: the log has them the other way round.", late[-1], write)
    for read in history.whole:
        for version in history.missed(read):
            shown = after[version] & history.shows(read)
            if shown:
                first, second = history.writes[version], history.writes[min(shown)]
                yield _broken(f"{first}, then {second}; {read}: the second without the first.", first, second, read)
                break


def _writes_follow_reads(history: _History) -> Iterator[Broken]:
    known: dict[int, dict[int, _Operation]] = {}
    for write, reads in history.before("r", "w"):
        if history.whole:
            known[write.version] = {shown: one for one in reads for shown in history.shows(one)}
        newer = [one for one in reads if history.newest(one) >= write.version]
        if newer:
            yield _broken(f"{newer[-1]}; after that {write}: the log has it in front of it.", newer[-1], write)
    for read in history.whole:
        missed = set(history.missed(read))
        for version in sorted(history.shows(read) & known.keys()):
            lost = sorted(known[version].keys() & missed)
            if lost:
                seen, write, cause = known[version][lost[0]], history.writes[version], history.writes[lost[0]]
                says = f"{cause}; {seen}, and then {write}; {read}: the reply without what it replied to."
                yield _broken(says, cause, seen, write, read)
                break


def _consistent_prefix(history: _History) -> Iterator[Broken]:
    for read in history.whole:
        newest = history.newest(read)
        gaps = [one for one in history.missed(read) if one < newest]
        if gaps:
            first = history.writes[gaps[0]]
            yield _broken(f"{first}; {read}: that is missing, and newer events are there.", first, read)


def _linearizable(history: _History) -> Iterator[Broken]:
    """Assign every operation one moment, as early as possible, and yield those that do not fit into their time.

    Writes come in the order of the log. A read comes after what it shows, and before the first write that it misses.
    """
    order = list(history.writes)
    follows: dict[int, list[_Operation]] = defaultdict(list)  # the reads that must come before a write
    shown: dict[int, list[_Operation]] = defaultdict(list)  # the reads that must come after a write
    for read in history.reads:
        newest, missed = history.newest(read), history.missed(read)
        if missed and missed[0] < newest:
            yield _broken(f"{read}: that is no beginning of the log.", read)
            continue
        shown[newest].append(read)
        if missed:
            follows[missed[0]].append(read)
    now, because = float("-inf"), None
    for version in order:
        write = history.writes[version]
        if now > write.ret:
            yield _broken(f"{write}; later {because}, which must come before it.", write, because)
        for one in [write, *follows[version]]:
            if one.invoke > write.ret:
                yield _broken(f"{write}; later {one}, as if that were not so.", write, one)
            elif one.invoke > now:
                now, because = one.invoke, one
        for read in shown[version]:
            if now > read.ret:
                yield _broken(f"{read}; later {because}, which must come before that.", read, because)


def _too_many_behind(history: _History, most: int) -> Iterator[Broken]:
    for read in history.reads:
        missed = history.finished_and_missed(read)
        if len(missed) > most:
            yield _broken(
                f"{missed[0]}; {read}: it misses {len(missed)} finished writes, {most} are allowed.", missed[0], read
            )


def _too_long_behind(history: _History, longest: float) -> Iterator[Broken]:
    for read in history.reads:
        missed = history.finished_and_missed(read)
        if missed and read.invoke - missed[0].ret > longest:
            since = read.invoke - missed[0].ret
            yield _broken(
                f"{missed[0]}; {read}, {since:g} s later, without it: {longest:g} s are allowed.", missed[0], read
            )


_PRAM = (_read_your_writes, _monotonic_reads, _monotonic_writes)
_GUARANTEES: Mapping[str, tuple[Callable[[_History], Iterator[Broken]], ...]] = {
    "read_your_writes": (_read_your_writes,),
    "monotonic_reads": (_monotonic_reads,),
    "monotonic_writes": (_monotonic_writes,),
    "writes_follow_reads": (_writes_follow_reads,),
    "consistent_prefix": (_consistent_prefix,),
    "linearizable": (_linearizable,),
    "pram": _PRAM,
    "causal_session": (*_PRAM, _writes_follow_reads),
}


def _broken(says: str, *operations: _Operation | None) -> Broken:
    return Broken(tuple(one.label for one in operations if one is not None), says)
