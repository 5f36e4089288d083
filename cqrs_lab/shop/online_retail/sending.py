"""Sending the file through the shop: commands in, events recorded, read models caught up."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from cqrs_lab.errors import CommandRejected, CqrsLabError
from cqrs_lab.log.event_store import BulkStore, EventStore
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.projector import Projector
from cqrs_lab.read.read_model import ReadModel
from cqrs_lab.shop.online_retail.commands import Sending, commands_of
from cqrs_lab.shop.online_retail.outcomes import RowOutcomes
from cqrs_lab.shop.online_retail.rows import OnlineRetail, read_online_retail
from cqrs_lab.shop.read import projections
from cqrs_lab.shop.write import register
from cqrs_lab.write.command_bus import CommandBus

TOGETHER = 500
"""So many commands are recorded with one wait for the disk; a replay that is killed sends them again."""
Progress = Callable[[Sequence[Sending]], Iterable[Sending]]


class ReplayStopped(CqrsLabError):
    """The shop refused a whole document, as it does when the store holds another one of that number."""

    def __init__(self, command_id: str, reason: str) -> None:
        super().__init__(command_id, reason)
        self.command_id, self.reason = command_id, reason

    def __str__(self) -> str:
        return (
            f"{self.command_id} is refused: {self.reason}. The documents before it are recorded, the others "
            "are not; replay into a store of its own"
        )


@dataclass(frozen=True)
class Replay:
    """A file that went through the shop.

    Attributes
    ----------
    file : OnlineRetail
    commands : int
        How many commands the file became.
    recorded : int
        How many events this replay added to the log: none if the store had seen the file before.
    projectors : mapping of projection name to Projector
        The shop's seven and `RowOutcomes`, with what this file caused and nothing else from the store.
    """

    file: OnlineRetail
    commands: int
    recorded: int
    projectors: Mapping[str, Projector]


def replay(
    path: str | Path,
    store: EventStore,
    *,
    progress: Progress = iter,
    dates: str | None = None,
    sheet: str | None = None,
    decimal: str | None = None,
) -> Replay:
    """Read a file, send it through the shop's commands, and let the read models catch up.

    Parameters
    ----------
    path : str or Path
        CSV or .xlsx, also packed.
    store : EventStore
        It may hold other events. A file replayed before records nothing new.
    progress : callable, optional
        Given all the commands, hands them out one by one, such as ``tqdm``.
    dates, sheet, decimal : str, optional
        As in `read_online_retail`.

    Raises
    ------
    FileRefused
        The file has no form with one meaning. No command was sent.
    ReplayStopped
        A command was refused.
    """
    with _collector_paused():
        file = read_online_retail(path, dates=dates, sheet=sheet, decimal=decimal)
        sendings = list(commands_of(file.rows))
        before = store.head()
        _send(progress(sendings), store)
        ids = {sending.command_id for sending in sendings}
        caused = [recorded for recorded in store.read_all() if recorded.command_id in ids]
        projectors = _caught_up(EventBatch(caused), store)
    return Replay(file, len(sendings), sum(one.position > before for one in caused), projectors)


def _send(sendings: Iterable[Sending], store: EventStore) -> None:
    bus, left = CommandBus(store), iter(sendings)
    register(bus)
    while part := list(islice(left, TOGETHER)):
        send = partial(_refused, part, bus)
        refused = store.together(send) if isinstance(store, BulkStore) else send()
        if refused:  # only now, so that the commands before it are recorded
            raise refused from refused.__cause__


def _refused(sendings: Iterable[Sending], bus: CommandBus) -> ReplayStopped | None:
    """Send commands up to one that is refused, and return that refusal."""
    for command_id, command in sendings:
        try:
            bus.send(command, command_id)
        except CommandRejected as rejected:
            stopped = ReplayStopped(command_id, rejected.reason)
            stopped.__cause__ = rejected
            return stopped
    return None


def _caught_up(batch: EventBatch, store: EventStore) -> dict[str, Projector]:
    projectors: dict[str, Projector] = {}
    for projection in (*projections(), RowOutcomes()):
        model = ReadModel.of(projection).take_in(projection, batch)
        projectors[projection.name] = Projector(store, projection, model=model)
    return projectors


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Pause the search for reference cycles: half a million lines hold none, and each search walks them all."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
