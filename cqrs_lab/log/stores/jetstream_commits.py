"""A commit as it stands in a message of JetStream: one message holds all events of a commit, and what is said of them.

The first line is the head, as JSON; each further line is an event's payload. The position of a commit's last event is
the sequence number of the message, times `EVENTS_A_COMMIT`: nobody has to look into a message to know where it ends.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import groupby
from urllib.parse import quote

import msgspec

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.guards.command_id import CommandId
from cqrs_lab.log.metadata import NO_METADATA, Metadata
from cqrs_lab.log.stores.codec import Encoded

EVENTS_A_COMMIT = 100_000
"""A commit has at most so many events, and the positions of two commits are so far apart."""
LONGEST_TOKEN, KEPT_OF_LONG = 200, 100
# What `quote` leaves as it is, though "." ends a token, and "~" is to mark one that was too long.
NOT_QUOTED = {".": "%2E", "~": "%7E"}


class Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a commit says of its events.

    Attributes
    ----------
    commit : str
        Its own id: by this, a writer whose acknowledgement was lost finds its commit again.
    stream : str
    before : int
        The stream's version before it.
    previous : int
        The sequence number of the stream's message before it; 0 if this is the first.
    at : float
        Seconds since 1970.
    types : tuple
        The declared name and version of the events' types, and how many of each follow each other.
    command_id, stands_for, caused_by : str or None
    metadata : mapping
    """

    commit: str
    stream: str
    before: int
    previous: int
    at: float
    types: tuple[tuple[str, int, int], ...]
    command_id: str | None = None
    stands_for: str | None = None
    caused_by: str | None = None
    metadata: Mapping[str, str] = {}


_encode, _decode = msgspec.json.Encoder().encode, msgspec.json.Decoder(Head).decode


@dataclass(frozen=True)
class Commit:
    """One commit, and the sequence number of its message."""

    sequence: int
    head: Head
    payloads: Sequence[bytes]

    @property
    def version(self) -> int:
        """The stream's version after it."""
        return self.head.before + len(self.payloads)

    @cached_property
    def first_position(self) -> int:
        """The position of its first event."""
        return self.position - len(self.payloads) + 1

    @property
    def position(self) -> int:
        """The position of its last event."""
        return self.sequence * EVENTS_A_COMMIT

    @cached_property
    def types(self) -> list[tuple[str, int]]:
        """The name and version of the type of each event."""
        return [(name, version) for name, version, count in self.head.types for _ in range(count)]

    @cached_property
    def command_id(self) -> str | None:
        """The id of its command, with what it stands for if that was recorded."""
        id, stands_for = self.head.command_id, self.head.stands_for
        return id if id is None or stands_for is None else CommandId(id, stands_for)

    @cached_property
    def metadata(self) -> Mapping[str, str]:
        """What was noted beside its events."""
        return Metadata(self.head.metadata) if self.head.metadata else NO_METADATA


def subject_of(log: str, stream: str) -> str:
    """Return the subject of a stream's messages: the name of the log, and one token for the stream.

    Raises
    ------
    InvalidArgument
        The name holds half of a surrogate pair.

    Examples
    --------
    >>> from cqrs_lab.log.stores.jetstream_commits import subject_of
    >>> subject_of("SHOP", "order-7"), subject_of("SHOP", "*.> ")
    ('SHOP.order-7', 'SHOP.%2A%2E%3E%20')
    """
    try:
        token = re.sub("[.~]", lambda found: NOT_QUOTED[found[0]], quote(stream, safe=""))
    except UnicodeEncodeError:
        raise InvalidArgument(f"stream={stream!r} holds half of a surrogate pair; give plain text") from None
    if len(token) > LONGEST_TOKEN:
        token = f"{token[:KEPT_OF_LONG]}~{sha256(stream.encode()).hexdigest()}"
    return f"{log}.{token}"


def types_of(encoded: Sequence[Encoded]) -> tuple[tuple[str, int, int], ...]:
    """Return the types of some events as a head has them."""
    runs = groupby((one.name, one.version) for one in encoded)
    return tuple((*kind, sum(1 for _ in same)) for kind, same in runs)


def written(head: Head, encoded: Sequence[Encoded]) -> bytes:
    """Return the message of a commit.

    Raises
    ------
    InvalidArgument
        A text holds half of a surrogate pair.
    """
    try:
        return b"\n".join([_encode(head), *(one.payload for one in encoded)])
    except UnicodeEncodeError as error:
        raise InvalidArgument(f"{error.object!r} holds half of a surrogate pair; give plain text") from None


def read(sequence: int, data: bytes) -> Commit:
    """Return the commit that a message holds.

    Raises
    ------
    ValueError
        It is no commit.
    """
    first, *payloads = data.split(b"\n")
    try:
        head = _decode(first)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)) from None
    if sum(count for _, _, count in head.types) != len(payloads) or not payloads or head.before < 0:
        raise ValueError("its head does not fit its events")
    return Commit(sequence, head, payloads)
