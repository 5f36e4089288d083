"""Where a log in NATS JetStream is kept: its servers, the name of its stream there, and who asks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from cqrs_lab.arguments import refuse

SCHEME, PORT = "nats://", 4222
EXAMPLE = "nats://localhost:4222/SHOP, or with several servers nats://one:4222,two:4222,three:4222/SHOP"
NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
SERVER = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::(\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class JetStreamPlace:
    """The servers and the stream of a log; as text, it says nothing of a user or a password.

    Attributes
    ----------
    servers : tuple of str
        Each with its port, such as ``localhost:4222``.
    name : str
        The JetStream stream that holds the log.
    user, password : str
        "" if none was given. A user without a password is a token.
    """

    servers: tuple[str, ...]
    name: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: object) -> JetStreamPlace:
        """Return the place that a URL stands for.

        Raises
        ------
        InvalidArgument
            It names no servers, or no stream. What may be a password is left out of the message.

        Examples
        --------
        >>> from cqrs_lab.log.stores.jetstream_place import JetStreamPlace
        >>> print(JetStreamPlace.of("nats://ada:secret@one,two:4333/SHOP"))
        nats://one:4222,two:4333/SHOP
        """
        rest = url.removeprefix(SCHEME) if isinstance(url, str) and url.startswith(SCHEME) else ""
        before, _, name = rest.rpartition("/")
        who, at, hosts = before.rpartition("@")
        found = [SERVER.fullmatch(one) for one in hosts.split(",")]
        if not NAME.fullmatch(name) or not all(found) or (at and not who):
            given = re.sub("://.*@", "://…@", url) if isinstance(url, str) else url
            wanted = "the servers and the name of a stream, of letters, digits, '-' and '_'"
            raise refuse("url", given, f"{wanted}; give {EXAMPLE}")
        user, _, password = who.partition(":")
        servers = tuple(f"{one[1]}:{one[2] or PORT}" for one in found if one)
        return cls(servers, name, unquote(user), unquote(password))

    def __str__(self) -> str:
        return f"{SCHEME}{','.join(self.servers)}/{self.name}"
