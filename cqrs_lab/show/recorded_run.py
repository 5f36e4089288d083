"""A run of the real buses and projectors, recorded message by message, so that it can be shown one step at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from cqrs_lab.arguments import text
from cqrs_lab.errors import CommandRejected, InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.projector import Projector
from cqrs_lab.read.queries import Answer, QueryBus
from cqrs_lab.show.doors import a_store, instance, listed
from cqrs_lab.words import count
from cqrs_lab.write.command_bus import CommandBus, Receipt

LATEST_EVENTS = 8

Way = Literal["none", "command", "events", "receipt", "follows", "query", "answer"]


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """One message on its way, and where everyone stands when it has arrived.

    Attributes
    ----------
    way : str
        Which way it went: command, events, receipt, follows, query or answer; none before the first.
    label, says : str
        The message in a word or two, and the step in a sentence.
    shown : Any
        The message itself.
    head : int
        Where the log ends now.
    latest : tuple of RecordedEvent
        Its last events, as many as can be shown.
    positions : dict of str to int
        How far each projection has read, by its name.
    tables : dict of str to DataFrame
        What each projection's table holds now, by its name.
    reads : tuple of str
        The projections that took part.
    """

    way: Way
    label: str
    says: str
    shown: Any
    head: int
    latest: tuple[RecordedEvent, ...]
    positions: dict[str, int]
    tables: dict[str, pd.DataFrame]
    reads: tuple[str, ...] = ()


class RecordedRun:
    """Hands messages to the real buses and projectors, and records a step for each.

    Parameters
    ----------
    store : EventStore
    bus : CommandBus
    queries : QueryBus
    projectors : sequence of Projector
        Those to be shown. They are caught up by hand.
    person : str, optional
        Who sends and asks.

    Examples
    --------
    >>> import cqrs_lab as lab
    >>> from cqrs_lab.shop import read
    >>> from cqrs_lab.show import RecordedRun
    >>> store, queries = lab.MemoryEventStore(), lab.QueryBus()
    >>> history = lab.Projector(store, read.OrderHistory())
    >>> queries.register(read.OrdersOf, read.orders_of, reads=history)
    >>> run = RecordedRun(store, lab.CommandBus(store), queries, [history])
    >>> answer = run.ask(read.OrdersOf("ada"))
    >>> run.steps[-1].says
    'The answer shows the shop as it was at position 0; the log ends at 0.'
    """

    def __init__(
        self,
        store: EventStore,
        bus: CommandBus,
        queries: QueryBus,
        projectors: Sequence[Projector],
        person: str = "Ada",
    ) -> None:
        a_store(store)
        instance("bus", bus, CommandBus, "a command bus; give CommandBus(store)")
        instance("queries", queries, QueryBus, "a query bus; give QueryBus()")
        wanted = "a list of projectors; give at least one, since without a read model there is nothing to ask"
        for one in listed("projectors", projectors, wanted):
            instance("projectors", one, Projector, wanted)
        text("person", person, "a name; give a text such as 'Ada'")
        self._store, self._bus, self._queries = store, bus, queries
        self._projectors = {projector.projection.name: projector for projector in projectors}
        self.person = person
        self.steps: list[RecordedStep] = []
        self._note("none", "", f"{person} has not done anything yet. The log ends at position {store.head()}.", None)

    def send(self, command: object, command_id: str | None = None) -> Receipt:
        """Send a command, and record it on its way in, its events, and the receipt."""
        name = type(command).__name__
        self._note("command", name, f"{self.person} sends the command {name}. Nothing is recorded yet.", command)
        try:
            receipt = self._bus.send(command, command_id=command_id)
        except CommandRejected as refusal:
            says = f"The rules refuse: {refusal}. Nothing is recorded, and {self.person} is told so."
            self._note("receipt", "refused", says, refusal)
            raise
        if receipt.events:
            names = " and ".join(type(event).__name__ for event in receipt.events)
            says = f"The rules accept. {names} goes into the log, which now ends at position {self._store.head()}."
            self._note("events", names, says, receipt.events)
        label = f"position {receipt.position}"
        says = f"{self.person} gets a receipt: stream {receipt.stream}, position {receipt.position}."
        self._note("receipt", label, f"{says} {self._who_is_behind()}", receipt)
        return receipt

    def ask(self, query: object, *, at_least: int = 0) -> Answer:
        """Ask a query, and record the question and the answer."""
        name, reads = type(query).__name__, tuple(one.projection.name for one in self._queries.reads(query))
        for missing in set(reads) - self._projectors.keys():
            raise InvalidArgument(f"{name} reads {missing}, which is not shown; give its projector to the run")
        token = f" and wants an answer as of position {at_least} or later" if at_least else ""
        self._note("query", name, f"{self.person} asks {name}{token}. Only {_and(reads)} is read.", query, reads)
        answer = self._queries.ask(query, at_least=at_least)
        label = f"as of {answer.position}"
        if answer.value is None:
            label = answer.freshness
            says = f"{_and(reads)} is at position {answer.position}, so there is no answer yet: {answer.freshness}."
        else:
            head = self._store.head()
            says = f"The answer shows the shop as it was at position {answer.position}; the log ends at {head}."
        self._note("answer", label, says, answer, reads)
        return answer

    def catch_up(self, name: str) -> None:
        """Let one projection read to the end of the log, and record that."""
        if name not in self._projectors:
            raise InvalidArgument(f"no projection {name!r} here; give one of {', '.join(self._projectors)}")
        projector = self._projectors[name]
        before, read = projector.position, count(projector.catch_up(), "event")
        says = f"{name} reads {read}, from position {before} to {projector.position}. {self._who_is_behind()}"
        self._note("follows", read, says, projector.table, (name,))

    def frame(self) -> pd.DataFrame:
        """Return one row per step: way, message, head of the log, each projection's position, and the sentence."""
        rows = [
            {"way": step.way, "message": step.label, "head": step.head, **step.positions, "says": step.says}
            for step in self.steps
        ]
        return pd.DataFrame(rows).rename_axis("step")

    def _who_is_behind(self) -> str:
        head = self._store.head()
        behind = [name for name, projector in self._projectors.items() if projector.position < head]
        if not behind:
            return "All tables are up to date."
        return f"{_and(behind)} {'has' if len(behind) == 1 else 'have'} not seen it."

    def _note(self, way: Way, label: str, says: str, shown: Any, reads: tuple[str, ...] = ()) -> None:
        positions = {name: projector.position for name, projector in self._projectors.items()}
        tables = {name: projector.table for name, projector in self._projectors.items()}
        head = self._store.head()
        latest = tuple(self._store.read_all(after=max(0, head - LATEST_EVENTS)))
        self.steps.append(RecordedStep(way, label, says, shown, head, latest, positions, tables, reads))


def _and(names: Sequence[str]) -> str:
    return " and ".join(names)
