"""The promises of an event store, whatever it is built on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol, TypeGuard, TypeVar, runtime_checkable

from cqrs_lab.arguments import whole_number
from cqrs_lab.errors import ConcurrencyError
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.metadata import NO_METADATA

Result = TypeVar("Result")


class Expected(Enum):
    """What a writer expects of a stream when it does not give a version."""

    NO_STREAM = "no stream"
    STREAM_EXISTS = "a stream with events"
    ANY = "any version"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Appended:
    """The receipt of an append: the stream's version after it and the position of the stream's last event.

    Attributes
    ----------
    stream : str
    version : StreamVersion
    position : Position
    again : bool or None
        True if the events of this command id were recorded before, and this is their receipt; False if they were
        recorded now. None: the store does not say; read the stream to know.
    """

    stream: str
    version: StreamVersion
    position: Position
    again: bool | None = field(default=None, compare=False, repr=False)


class EventStore(Protocol):
    """The laws of the log; `cqrs_lab.check_event_store` tries them on any store.

    An append is all or nothing. Versions of a stream are 1, 2, 3, …. Positions rise in commit order, and
    a reader that has seen position p never later finds an event at or below p. A command id is recorded
    once in a stream.
    """

    def append(
        self, stream: str, events: Sequence[object], *, expected: int | Expected, command_id: str | None = None
    ) -> Appended:
        """Record the events as one commit at the end of the stream.

        Parameters
        ----------
        stream : str
        events : sequence of events
            Facts that cannot change any more: frozen dataclasses, or plain values. An empty list checks and records
            nothing, and the receipt says where the stream ends.
        expected : int or Expected
            The version of the stream when the writer decided; 0 means no stream.
        command_id : str, optional
            If this stream already holds events of this command, they are not recorded again, whatever
            `expected` says, and the first receipt is returned. The command bus passes a `CommandId`, a string that also
            says which command it stands for; keep it with the events as it is.

        Raises
        ------
        ConcurrencyError
            The stream is not as expected. Nothing was recorded.
        InvalidArgument
            Something is not an event, or can still be changed, or another argument has no meaning, whatever the stream
            holds. Nothing was recorded.
        """

    def read_stream(self, stream: str, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield a stream's events above version `after`, in order of version, as the log was at the call."""

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[RecordedEvent]:
        """Yield the log's events above position `after`, in order of position, as the log was at the call."""

    def stream_version(self, stream: str) -> StreamVersion:
        """Return how many events the stream has; 0 if there is no such stream."""

    def head(self) -> Position:
        """Return the position of the last event of the log; 0 if it is empty."""


class TracingStore(EventStore, Protocol):
    """A store that also keeps what led to each commit."""

    def append(
        self,
        stream: str,
        events: Sequence[object],
        *,
        expected: int | Expected,
        command_id: str | None = None,
        caused_by: str | None = None,
        metadata: Mapping[str, str] = NO_METADATA,
    ) -> Appended:
        """Record the events as `EventStore.append` does, each with what led to it.

        Parameters
        ----------
        stream, events, expected, command_id
            As in `EventStore.append`.
        caused_by : str, optional
            What led to the events: the `event_id` of an earlier event, or an id from outside.
        metadata : mapping of str to str, optional
            What to note beside the events, such as who and why.
        """


class AnnouncingStore(EventStore, Protocol):
    """A store that also announces its commits, so that a reader need not poll."""

    def subscribe(self, on_growth: Callable[[], None]) -> Callable[[], None]:
        """Call `on_growth` soon after each commit; return a function that ends this for commits that follow.

        It is called from any thread, and perhaps once for several commits. An error in `on_growth` is reported and
        changes nothing: the commit stands, and other listeners are called.
        """


class ReinterpretingStore(Protocol):
    """A store that reads its record in another way than it was written."""

    @property
    def schema_version(self) -> Hashable:
        """A value that changes with the way: what was computed from old events before is stale then."""


@runtime_checkable
class BulkStore(Protocol):
    """A store that can record many appends with one wait for the disk."""

    def together(self, work: Callable[[], Result]) -> Result:
        """Return what some work returns, and record all its appends together, or none of them if it raises."""


# Not isinstance: since Python 3.12 it does not see what a store hands on to another one with __getattr__.
def is_announcing(store: object) -> TypeGuard[AnnouncingStore]:
    """Return whether a store announces its commits."""
    return hasattr(store, "subscribe")


def is_reinterpreting(store: object) -> TypeGuard[ReinterpretingStore]:
    """Return whether a store reads its record in another way than it was written."""
    return hasattr(store, "schema_version")


def checked_expected(expected: Any) -> int | Expected:
    """Return what a writer expects of a stream, a version as an int, or refuse what is no such thing.

    Raises
    ------
    InvalidArgument
        `expected` is neither a version nor a member of `Expected`.
    """
    if isinstance(expected, Expected):
        return expected
    accepted = "give one (0, 1, 2, …), Expected.NO_STREAM, Expected.STREAM_EXISTS or Expected.ANY"
    return whole_number("expected", expected, f"a version; {accepted}")


def check_expected(stream: str, expected: object, actual: int) -> None:
    """Refuse an append if the stream is not at the version that the writer expects.

    Raises
    ------
    ConcurrencyError
        The stream is not as expected.
    InvalidArgument
        `expected` is neither a version nor a member of `Expected`.
    """
    wanted = checked_expected(expected)
    if isinstance(wanted, Expected):
        wrong = (wanted is Expected.NO_STREAM and actual > 0) or (wanted is Expected.STREAM_EXISTS and actual == 0)
    else:
        wrong = wanted != actual
    if wrong:
        raise ConcurrencyError(stream, wanted, actual)
