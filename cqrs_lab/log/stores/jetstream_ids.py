"""The command ids of a stream: they stand in its commits, and a store remembers those that it has read."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from cqrs_lab.log.envelope import Position, StreamVersion
from cqrs_lab.log.event_store import Appended
from cqrs_lab.log.stores.jetstream_commits import Commit
from cqrs_lab.log.stores.jetstream_log import JetStreamLog

MOST_IDS = 200_000
"""So many are remembered, of the streams that were asked for last; the others are read again."""


@dataclass(slots=True)
class _Read:
    """The ids of a stream up to a version, each with the version and the position that its commit ends at."""

    version: int = 0
    places: dict[str, tuple[int, int]] = field(default_factory=dict)


class JetStreamIds:
    """Finds what a command recorded, however long ago: the server itself knows an id for two minutes.

    Parameters
    ----------
    log : JetStreamLog
    """

    def __init__(self, log: JetStreamLog) -> None:
        self._log, self._guard, self._count = log, threading.Lock(), 0
        self._streams: OrderedDict[str, _Read] = OrderedDict()

    def receipt(self, subject: str, last: Commit, command_id: str) -> Appended | None:
        """Return the receipt of a command in a stream that ends with this commit; None if it is not there."""
        with self._guard:
            known = self._streams.setdefault(subject, _Read())
            self._streams.move_to_end(subject)
            version = known.version
        if version < last.version:
            new = [one for page in self._log.of_stream(subject, last, version) for one in page]
            with self._guard:
                self._remember(known, new)
        if (place := known.places.get(command_id)) is None:
            return None
        return Appended(last.head.stream, StreamVersion(place[0]), Position(place[1]), again=True)

    def _remember(self, known: _Read, commits: list[Commit]) -> None:
        before = len(known.places)
        for one in commits:
            if one.head.command_id is not None:
                known.places[one.head.command_id] = (one.version, one.position)
        known.version = max(known.version, commits[-1].version)
        self._count += len(known.places) - before
        while self._count > MOST_IDS and len(self._streams) > 1:
            _, oldest = self._streams.popitem(last=False)
            self._count -= len(oldest.places)
