"""Every error of the package, each with the facts as attributes and a next step in its message."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from enum import Enum
from numbers import Integral


class CqrsLabError(Exception):
    """Base of every error that cqrs_lab raises on purpose."""


class InvalidArgument(CqrsLabError, ValueError):
    """An argument that has no meaning here; the message lists what is accepted."""


class ConcurrencyError(CqrsLabError):
    """The stream has moved on since it was loaded; nothing was recorded.

    Attributes
    ----------
    stream : str
    expected : int or Expected
        What the writer believed.
    actual : int
        The stream's version at the moment of the append.
    """

    def __init__(self, stream: str, expected: object, actual: int) -> None:
        super().__init__(stream, expected, actual)
        self.stream, self.expected, self.actual = stream, expected, actual

    def __str__(self) -> str:
        wanted, step = f"version {self.expected}", "load it again and decide again"
        if isinstance(self.expected, Enum):
            wanted = str(self.expected)
        elif not isinstance(self.expected, Integral) or isinstance(self.expected, bool):
            wanted = f"{self.expected!r}, which is not a version"
            step = "give a whole number, or a member of Expected"
        return f"stream {self.stream!r}: expected {wanted}, found {self.actual}; {step}"


class CommandRejected(CqrsLabError):
    """A business rule forbids the command; nothing was recorded.

    Attributes
    ----------
    reason : str
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class CommandIdReused(CqrsLabError):
    """Another command is recorded under this command id; nothing was recorded, and nothing was decided.

    Attributes
    ----------
    stream : str
    command_id : str
    recorded : str
        The type of the command that is recorded under it.
    command : str
        The command that was sent now.
    """

    def __init__(self, stream: str, command_id: str, recorded: str, command: str) -> None:
        super().__init__(stream, command_id, recorded, command)
        self.stream, self.command_id, self.recorded, self.command = stream, command_id, recorded, command

    def __str__(self) -> str:
        return (
            f"command id {self.command_id!r} stands for another command in stream {self.stream!r}, a {self.recorded}; "
            f"{self.command} is not that command; send it under an id of its own, or the first one unchanged"
        )


class NotRegistered(CqrsLabError):
    """No handler is registered for this command or query; the message lists those that are."""


class SchemaError(CqrsLabError):
    """A table or an event does not have the declared shape; the message says which column, and both types."""


class ProjectionFailed(CqrsLabError):
    """A projection could not apply an event; the read model stands at the last good position.

    Attributes
    ----------
    projection : str
    position : int
        The event that could not be applied.
    last_good_position : int
        Everything up to here is in the table.
    """

    def __init__(self, projection: str, position: int, last_good_position: int, why: str) -> None:
        super().__init__(projection, position, last_good_position, why)
        self.projection, self.position = projection, position
        self.last_good_position, self.why = last_good_position, why

    def __str__(self) -> str:
        step = "repair the projection and rebuild, or park such events with Projector(..., on_failure='park')"
        if self.why.startswith(DefinedAgain.__name__):
            step = "nothing is lost"  # the way out is said already
        failed = f"projection {self.projection!r} failed at position {self.position}: {self.why}"
        return f"{failed}; its table stands at position {self.last_good_position}; {step}"


class UnreadableEvent(CqrsLabError):
    """The store cannot return an event in its current shape; the record is unharmed.

    Attributes
    ----------
    position : int
    """

    position: int


class UpcastFailed(UnreadableEvent):
    """An upcaster could not turn an old event into its next shape; the record is unharmed.

    Attributes
    ----------
    event : str
        The name of the old shape.
    position : int
    """

    def __init__(self, event: str, position: int, why: str) -> None:
        super().__init__(event, position, why)
        self.event, self.position, self.why = event, position, why

    def __str__(self) -> str:
        return f"the {self.event} at position {self.position} could not be upcast: {self.why}; fix its upcaster"


class DecryptionFailed(UnreadableEvent):
    """Personal fields cannot be read, and not because the person is forgotten; the record is unharmed.

    Attributes
    ----------
    event : str
        The name of the event's type.
    position : int
    person : str
    """

    def __init__(self, event: str, position: int, person: str, why: str) -> None:
        super().__init__(event, position, person, why)
        self.event, self.position, self.person, self.why = event, position, person, why

    def __str__(self) -> str:
        return (
            f"the {self.event} at position {self.position} is about {self.person!r} and cannot be decrypted: "
            f"{self.why}; find the right key, or forget the person"
        )


class UnknownEventType(UnreadableEvent):
    """An event in the log is of a type that this program does not declare; the record is unharmed.

    Attributes
    ----------
    event : str
        The declared name of its type.
    version : int
    position : int
    """

    def __init__(self, event: str, version: int, position: int, declared: str) -> None:
        super().__init__(event, version, position, declared)
        self.event, self.version, self.position, self.declared = event, version, position, declared

    def __str__(self) -> str:
        return (
            f"the event at position {self.position} is of type {self.event!r}, version {self.version}, which is not "
            f"declared; declared: {self.declared}; declare its class under this name and version, or update the "
            "program that reads it"
        )


class DecodingFailed(UnreadableEvent):
    """What is recorded of an event is not what its class declares; the record is unharmed.

    Attributes
    ----------
    event : str
        The declared name of its type.
    version : int
    position : int
    field : str
        The field that does not fit, such as ``lines[2].quantity``; "" if the whole does not.
    """

    def __init__(self, event: str, version: int, position: int, field: str, why: str) -> None:
        super().__init__(event, version, position, field, why)
        self.event, self.version, self.position, self.field, self.why = event, version, position, field, why

    def __str__(self) -> str:
        what = f"{self.field or 'what is recorded'} {self.why}"
        step = "declare the shape it was recorded in as a version of its own, or repair the program that wrote it"
        return f"the {self.event!r} (version {self.version}) at position {self.position} cannot be read: {what}; {step}"


class DefinedAgain(UnreadableEvent):
    """The event's class was defined again after the event was recorded: a cell run again, a module loaded again.

    Attributes
    ----------
    event : str
        The name of the event's type.
    position : int
    """

    def __init__(self, event: str, position: int, why: str) -> None:
        super().__init__(event, position, why)
        self.event, self.position, self.why = event, position, why

    def __str__(self) -> str:
        return self.why


class StoreUnavailable(CqrsLabError):
    """A file of the log or of a table cannot be used now: locked, read-only, out of space. What it holds is unharmed.

    Attributes
    ----------
    store : str
        Where it is, such as the path of the file.
    why : str
    """

    def __init__(self, store: str, why: str) -> None:
        super().__init__(store, why)
        self.store, self.why = store, why

    def __str__(self) -> str:
        return f"{self.store} {self.why}"


class StoreUnreadable(StoreUnavailable):
    """What is there is no event log, or is damaged, or was made by another version; it was left as it is."""


class ClusterFailed(CqrsLabError):
    """The workers of a distributed rebuild did not do their work. The read model that serves is unharmed.

    Attributes
    ----------
    cluster : str
        The address of its scheduler.
    why : str
    """

    def __init__(self, cluster: str, why: str) -> None:
        super().__init__(cluster, why)
        self.cluster, self.why = cluster, why

    def __str__(self) -> str:
        return f"the cluster at {self.cluster}: {self.why}"


class MissingExtra(CqrsLabError, ImportError):
    """A package that this part needs is not installed; the message says which `pip install` brings it.

    Attributes
    ----------
    extra : str
    """

    def __init__(self, what: str, extra: str, package: str) -> None:
        super().__init__(what, extra, package)
        self.what, self.extra, self.package = what, extra, package

    def __str__(self) -> str:
        return f'{self.what} needs {self.package}, which is not installed; run: pip install "cqrs-lab[{self.extra}]"'


def said(error: BaseException) -> str:
    """Return an error in one line: its type and its message, if it has one."""
    return f"{type(error).__name__}: {error}".removesuffix(": ")


@contextmanager
def recording_errors(notes: MutableMapping[str, str], key: str, what: str) -> Iterator[None]:
    """Record any error raised in the block under `key`, and carry on: for work that may be skipped, never silently."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - every caller has a fallback; the error is kept
        notes[key] = f"{what}: {said(error)}"
