"""One store under test: every call is recorded, and its outcome is compared with a model of the laws.

The model is a list of what must be in the log. It shares no code with any store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from numbers import Integral, Real
from typing import Any

from cqrs_lab.errors import ConcurrencyError, said
from cqrs_lab.findings import Fault
from cqrs_lab.log.contract.laws import (
    ALL_OR_NOTHING,
    EXPECTED,
    EXPECTED_NEW,
    FIRST_RECEIPT,
    FORGETS,
    NAMES,
    NOTHING,
    ONCE,
    ONE_ORDER,
    PER_STREAM,
    READS,
    RECEIPT,
    RUNS,
    SAYS_AGAIN,
    STAYS,
    VERSIONS,
    WRITTEN,
    Happened,
)
from cqrs_lab.log.event_store import EventStore, Expected

SHOWN = 4


class FaultFound(Exception):
    """Ends a trial at its first fault: what follows would only repeat it."""

    def __init__(self, law: str, done: str, expected: str, came: str) -> None:
        super().__init__(law)
        self.fault = Fault(law, done, expected, came)

    def of(self, law: str) -> FaultFound:
        """Return the same fault under another law."""
        return FaultFound(law, self.fault.done, self.fault.expected, self.fault.came)


@dataclass(frozen=True, slots=True)
class Append:
    """An append to try: `count` events numbered from `first`, or all of them the same."""

    stream: str
    count: int
    expected: int | Expected
    command_id: str | None = None
    first: int = 1
    note: str = ""
    same: bool = False
    within: type[list[Happened]] | type[tuple[Happened, ...]] = list

    def numbers(self) -> Sequence[int]:
        """Return the numbers of the events: up or down, to catch a store that sorts them."""
        if self.same:
            return [self.first] * self.count
        last = self.first + self.count
        return range(self.first, last) if self.first % 2 else range(last - 1, self.first - 1, -1)

    def events(self) -> Sequence[Happened]:
        """Return the events, in a list or a tuple."""
        return self.within([Happened(number, self.note) for number in self.numbers()])

    def __str__(self) -> str:
        note = f", {self.note!r}" if self.note else ""
        events = f"[Happened(n{note}) for n in {self.numbers()}]" if self.count > SHOWN else repr(self.events())
        expected = f"Expected.{self.expected.name}" if isinstance(self.expected, Expected) else self.expected
        command_id = "" if self.command_id is None else f", command_id={self.command_id!r}"
        return f"store.append({self.stream!r}, {events}, expected={expected}{command_id})"


@dataclass(frozen=True, slots=True)
class Entry:
    """What the model knows of one event in the log."""

    stream: str
    version: int
    event: object
    command_id: str | None


@dataclass(slots=True)
class Trial:
    """A store, what was called on it, and what must be in it.

    Attributes
    ----------
    checks : int
        How many comparisons were made.
    """

    store: EventStore
    checks: int = 0
    calls: list[str] = field(default_factory=list)
    log: list[Entry] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)
    receipts: dict[tuple[str, str], int] = field(default_factory=dict)
    tried: set[tuple[str, str]] = field(default_factory=set)
    given: Sequence[Happened] = ()

    # --- calls ---

    def call(self, law: str, text: str, function: Callable[[], Any]) -> Any:
        """Return the result of one call; an error is a fault."""
        self.calls.append(text)
        try:
            return function()
        except Exception as error:  # noqa: BLE001 - the code under test may raise anything; it is reported
            raise self.broken(law, "no error", said(error)) from error

    def expect(self, law: str, expected: object, came: object, done: str = "") -> None:
        """Compare the result of the last call with what is expected."""
        self.checks += 1
        if expected != came:
            raise self.broken(law, *difference(expected, came), done)

    def broken(self, law: str, expected: str, came: str, done: str = "") -> FaultFound:
        """Return a fault of the calls so far."""
        return FaultFound(law, _story(self.calls + ([done] if done else [])), expected, came)

    def read(self, after: int = 0, limit: int | None = None, stream: str | None = None, law: str = "") -> list[Any]:
        """Return all events of the log, or of one stream."""
        given = [f"{after=}"] * bool(after) + [f"{limit=}"] * (limit is not None)
        kwargs: dict[str, Any] = {"after": after} if after else {}
        kwargs |= {} if limit is None else {"limit": limit}
        if stream is None:
            text = f"list(store.read_all({', '.join(given)}))"
            read: list[Any] = self.call(law or RUNS, text, lambda: list(self.store.read_all(**kwargs)))
        else:
            text = f"list(store.read_stream({', '.join([repr(stream), *given])}))"
            read = self.call(law or RUNS, text, lambda: list(self.store.read_stream(stream, **kwargs)))
        return read

    # --- the model ---

    def version(self, stream: str) -> int:
        """Return the number of the stream's events in the model."""
        return sum(one.stream == stream for one in self.log)

    def end(self, stream: str) -> tuple[int, int]:
        """Return the version of a stream in the model, and the position of its last event."""
        last = max((at for at, one in enumerate(self.log) if one.stream == stream), default=None)
        return self.version(stream), 0 if last is None else self.positions[last]

    def keep(self, op: Append) -> None:
        """Record an append in the model."""
        at = self.version(op.stream)
        for number, event in enumerate(op.events(), at + 1):
            self.log.append(Entry(op.stream, number, event, op.command_id))
        if op.command_id is not None:
            self.receipts[op.stream, op.command_id] = len(self.log) - 1

    # --- an append and everything that must hold after it ---

    def append(self, op: Append, look: bool = True) -> None:
        """Append, and compare the outcome and the whole store with the model."""
        known = self.receipts.get((op.stream, op.command_id or "")) if op.command_id is not None else None
        if not op.count:
            receipt = self.call(NOTHING, str(op), lambda: self._append(op))
            return self._unchanged(op, receipt, NOTHING, NOTHING, self.end(op.stream))
        if known is not None:
            receipt = self.call(FIRST_RECEIPT, str(op), lambda: self._append(op))
            first = self.log[known].version, self.positions[known]
            return self._unchanged(op, receipt, FIRST_RECEIPT, ONCE, first)
        if _wrong(op.expected, self.version(op.stream)):
            return self._refused(op)
        self._recorded(op, look)

    def _append(self, op: Append) -> Any:
        self.given = op.events()
        return self.store.append(op.stream, self.given, expected=op.expected, command_id=op.command_id)

    def _unchanged(self, op: Append, receipt: Any, law: str, present: str, end: tuple[int, int]) -> None:
        if op.command_id is not None:
            self.tried.add((op.stream, op.command_id))
        self.look(present, present)
        self._compare_receipt(law, op.stream, end, receipt, again=op.count > 0)

    def _refused(self, op: Append) -> None:
        version = self.version(op.stream)
        law = EXPECTED if version else EXPECTED_NEW
        self.calls.append(str(op))
        self.checks += 1
        try:
            self._append(op)
        except ConcurrencyError as conflict:
            told = conflict.stream, conflict.expected, conflict.actual
            self.expect(EXPECTED, (op.stream, op.expected, version), told, "the error's stream, expected and actual")
        except Exception as error:  # noqa: BLE001 - any other error is a fault, and is reported
            raise self.broken(law, f"ConcurrencyError, for its version is {version}", said(error)) from error
        else:
            raise self.broken(law, f"ConcurrencyError, for its version is {version}", "no error")
        if op.command_id is not None:
            self.tried.add((op.stream, op.command_id))
        self.look(ALL_OR_NOTHING, ALL_OR_NOTHING)

    def _recorded(self, op: Append, look: bool) -> None:
        law = self._law_of(op)
        receipt = self.call(EXPECTED if law == ALL_OR_NOTHING else law, str(op), lambda: self._append(op))
        self.keep(op)
        if look:
            self.look(law)
            self._compare_receipt(RECEIPT, op.stream, self.end(op.stream), receipt)

    def _law_of(self, op: Append) -> str:
        if (op.stream, op.command_id) in self.tried:
            return FORGETS
        others = [one for _, one in (*self.receipts, *self.tried)]
        return PER_STREAM if op.command_id in others else ALL_OR_NOTHING

    def _compare_receipt(
        self, law: str, stream: str, end: tuple[int, int], receipt: Any, *, again: bool = False
    ) -> None:
        expected = f"Appended(stream={stream!r}, version={end[0]}, position={end[1]})"
        self.checks += 1
        came = tuple(getattr(receipt, name, None) for name in ("stream", "version", "position"))
        if came != (stream, *end) or not all(map(_whole, came[1:])):
            raise self.broken(law, expected, repr(receipt))
        if (says := getattr(receipt, "again", None)) is not None and says is not again:
            raise self.broken(SAYS_AGAIN, f"again={again}, or None for a store that does not say", f"again={says!r}")

    # --- looking ---

    def look(self, law: str, ends: str = "") -> None:
        """Compare the whole store with the model.

        `law` is broken if events are too many or too few, `ends` if versions or the head are not those of the events.
        """
        made = len(self.calls)
        log = self.read()
        self._compare_log(law, log)
        for stream in dict.fromkeys([one.stream for one in self.log]):
            del self.calls[made:]
            wanted = [one for one in log if one.stream == stream]
            came = self.read(stream=stream)
            foreign = any(one.stream != stream for one in came)
            self.expect(NAMES if foreign else READS, places(wanted), places(came))
            del self.calls[made:]
            self.expect(ends or VERSIONS, len(wanted), self.ask_version(stream))
        del self.calls[made:]
        self.expect(ends or READS, log[-1].position if log else 0, self.ask_head())
        del self.calls[made:]

    def ask_version(self, stream: str) -> Any:
        """Return what `stream_version` returns."""
        return self._ask(VERSIONS, f"store.stream_version({stream!r})", lambda: self.store.stream_version(stream))

    def ask_head(self) -> Any:
        """Return what `head` returns."""
        return self._ask(READS, "store.head()", self.store.head)

    def _ask(self, law: str, text: str, function: Callable[[], Any]) -> Any:
        number = self.call(RUNS, text, function)
        if not _whole(number):
            raise self.broken(law, "an int", repr(number))
        return number

    def _compare_log(self, law: str, log: Sequence[Any]) -> None:
        self.expect(law, len(self.log), len(log), "the number of events")
        positions = [one.position for one in log]
        rising = all(map(_whole, positions)) and positions == sorted({*positions} - {0})
        self.checks += 1
        if not rising or min(positions, default=1) < 1:
            raise self.broken(ONE_ORDER, "positions that rise, from 1 or more", shown(positions))
        self.expect(STAYS, self.positions, positions[: len(self.positions)], "positions, as they were before")
        self.positions = positions
        versions = [(one.stream, one.version) for one in self.log]
        self.expect(VERSIONS, versions, [(one.stream, one.version) for one in log], "streams and versions")
        if not all(_whole(one.version) for one in log):
            raise self.broken(VERSIONS, "versions that are int", shown([one.version for one in log]))
        # As text: 1, 1.0 and True are equal, and not the same.
        self.expect(READS, [repr(one.event) for one in self.log], [repr(one.event) for one in log], "the events")
        self.expect(WRITTEN, [one.command_id for one in self.log], [one.command_id for one in log], "command ids")
        for one in log:
            if not isinstance(one.recorded_at, Real) or not isfinite(one.recorded_at):
                raise self.broken(READS, "recorded_at in seconds since 1970", repr(one.recorded_at))


def _whole(number: object) -> bool:
    # 2.0 and True are equal to whole numbers, and are written and counted as something else. Nearly all are plain int,
    # and whether something is an Integral takes ten times as long to find out.
    return type(number) is int or (isinstance(number, Integral) and not isinstance(number, bool))


def _wrong(expected: int | Expected, version: int) -> bool:
    if isinstance(expected, Expected):
        return {Expected.NO_STREAM: version > 0, Expected.STREAM_EXISTS: version == 0, Expected.ANY: False}[expected]
    return expected != version


def places(recorded: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Return the place and the event of each recorded event."""
    return [(one.stream, one.version, one.position, one.event, one.command_id) for one in recorded]


def difference(expected: object, came: object) -> tuple[str, str]:
    """Return two values, each in one line; two lists from the first place where they differ."""
    if not isinstance(expected, list) or not isinstance(came, list):
        return repr(expected), repr(came)
    same = 0
    while same < min(len(expected), len(came)) and expected[same] == came[same]:
        same += 1
    if max(len(expected), len(came)) <= SHOWN:
        same = 0
    begins = f"number {same + 1} of {{}}: " if same else ""
    return begins.format(len(expected)) + shown(expected[same:]), begins.format(len(came)) + shown(came[same:])


def shown(value: object) -> str:
    """Return a value in one line; only the beginning of a long list."""
    if isinstance(value, list) and len(value) > SHOWN:
        return f"[{', '.join(map(repr, value[:SHOWN]))}, …]"
    return repr(value)


def _story(calls: Sequence[str]) -> str:
    """Return calls in one line; only the last ones of many."""
    dropped = len(calls) - 2 * SHOWN
    return "; ".join([f"after {dropped} calls before these", *calls[dropped:]] if dropped > 0 else calls)
