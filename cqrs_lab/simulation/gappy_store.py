"""A store with a mistake that real stores have made: positions are handed out before the commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, Protocol, runtime_checkable

from cqrs_lab.arguments import check_range
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.event_store import Appended, check_expected
from cqrs_lab.simulation.gap_rules import Rule, last_to_read

Remedy = Literal["none", "low watermark", "gap-aware reader"]


@runtime_checkable
class HoldingStore(Protocol):
    """A store that hands out positions before the commit, so that a transaction can be held open."""

    def hold(self) -> AbstractContextManager[None]:
        """Hold the next append back until the block ends."""


@dataclass(eq=False)
class Open:
    """A transaction that has positions and has not ended."""

    events: list[RecordedEvent] = field(default_factory=list)


class GappyEventStore:
    """An event store for one thread in which a later position can become visible before an earlier one.

    What is appended within ``with store.hold():`` has its positions at once but can only be read when the block ends,
    as with a database's sequence and its transactions. A reader that has seen position 3 asks for what comes after 3.
    If 2 commits only then, nobody will ever ask for it: it is skipped, and the reader's lag is zero.

    Parameters
    ----------
    clock : callable
        Returns seconds; with a clock that you set, a run can be repeated.
    remedy : {"none", "low watermark", "gap-aware reader"} or callable, optional
        low watermark: nothing is read beyond the first position of an open transaction. gap-aware reader: nothing is
        read beyond a missing position until `patience_seconds` have passed since a read first found a later one; after
        that it counts as aborted. A rule of your own: see `gap_rules.Rule`.
    patience_seconds : float, optional
        How long a gap-aware reader waits, in seconds.

    Notes
    -----
    A block that appends nothing leaves nothing behind, and one that raises an error aborts, as in a database.

    Examples
    --------
    >>> from cqrs_lab import Expected
    >>> from cqrs_lab.simulation.gappy_store import GappyEventStore
    >>> store = GappyEventStore(clock=lambda: 0.0)
    >>> with store.hold():
    ...     slow = store.append("slow", ["first"], expected=Expected.ANY)
    ...     quick = store.append("quick", ["second"], expected=Expected.ANY)
    ...     print([recorded.position for recorded in store.read_all()])
    [2]
    >>> [recorded.position for recorded in store.read_all()]
    [1, 2]
    """

    def __init__(
        self, clock: Callable[[], float], remedy: Remedy | Rule = "none", patience_seconds: float = 5.0
    ) -> None:
        if not callable(remedy) and remedy not in ("none", "low watermark", "gap-aware reader"):
            raise InvalidArgument(
                f"remedy={remedy!r}: accepted are 'none', 'low watermark', 'gap-aware reader', or a rule of your own"
            )
        if not patience_seconds >= 0:
            raise InvalidArgument(f"patience_seconds={patience_seconds!r}: give seconds, 0 or more")
        self._clock, self._remedy, self._patience = clock, remedy, patience_seconds
        self._handed_out = 0
        self._committed: dict[int, RecordedEvent] = {}
        self._open: list[Open] = []
        self._next: Open | None = None
        self._streams: dict[str, list[RecordedEvent]] = {}
        self._missed_since: dict[int, float] = {}

    @contextmanager
    def hold(self, aborts: bool = False) -> Iterator[None]:
        """Hold the next append back until the block ends; if it aborts or raises, it never commits."""
        self._next = transaction = Open()
        self._open.append(transaction)
        commits = False
        try:
            yield
            commits = not aborts
        finally:
            self._open.remove(transaction)
            if self._next is transaction:
                self._next = None  # nothing was appended
            for recorded in transaction.events:
                if commits:
                    self._committed[recorded.position] = recorded
                else:
                    self._streams[recorded.stream].remove(recorded)

    def append(
        self, stream: str, events: Sequence[object], *, expected: Any, command_id: str | None = None
    ) -> Appended:
        """Append events, and return their last position; they can be read when their transaction commits."""
        recorded, transaction = self._streams.setdefault(stream, []), self._next
        first = [] if command_id is None else [one for one in recorded if one.command_id == command_id]
        if not events or first:
            known = first or recorded
            version = first[-1].version if first else StreamVersion(len(recorded))
            return Appended(stream, version, known[-1].position if known else Position(0))
        check_expected(stream, expected, len(recorded))
        self._next = None
        for event in events:
            self._handed_out += 1
            version, position = StreamVersion(len(recorded) + 1), Position(self._handed_out)
            recorded.append(RecordedEvent(stream, version, position, event, self._clock(), command_id))
            if transaction is None:
                self._committed[position] = recorded[-1]
            else:
                transaction.events.append(recorded[-1])
        return Appended(stream, StreamVersion(len(recorded)), recorded[-1].position)

    def read_stream(self, stream: str, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield a stream's events, even those of an open transaction: a lesson has one writer per stream."""
        check_range(after, limit)
        return islice(iter(self._streams.get(stream, [])[after:]), limit)

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield what is committed above position `after`, as far as the remedy lets a reader see."""
        after, limit = check_range(after, limit)
        seen = (self._committed[at] for at in range(after + 1, self.head() + 1) if at in self._committed)
        return islice(seen, limit)

    def stream_version(self, stream: str) -> StreamVersion:
        """Return how many events the stream has."""
        return StreamVersion(len(self._streams.get(stream, ())))

    def head(self) -> Position:
        """Return the last position that a reader may see."""
        taken = [recorded.position for one in self._open for recorded in one.events]
        if not self._committed:
            upto = 0
        elif callable(self._remedy):
            upto = min(last_to_read(self._remedy, self._committed, taken), self._handed_out)
        elif self._remedy == "low watermark":
            upto = min(taken, default=self._handed_out + 1) - 1
        else:
            upto = self._handed_out if self._remedy == "none" else self._before_the_gap()
        return Position(self._last_committed(upto))

    def _last_committed(self, upto: int) -> int:
        return next((at for at in range(upto, 0, -1) if at in self._committed), 0)

    def _before_the_gap(self) -> int:
        now = self._clock()
        # A reader sees what is committed: a position is missing for it as soon as a later one is there.
        last = self._last_committed(self._handed_out)
        missing = [at for at in range(1, last) if at not in self._committed]
        waited = {at: now - self._missed_since.setdefault(at, now) for at in missing}
        return min((at for at in missing if waited[at] < self._patience), default=last + 1) - 1
