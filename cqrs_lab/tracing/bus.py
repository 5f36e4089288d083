"""A command bus whose commands are spans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from opentelemetry import trace
from opentelemetry.trace import SpanKind, Tracer

from cqrs_lab.errors import CommandRejected
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.guards.command_id import CommandId
from cqrs_lab.log.metadata import NO_METADATA
from cqrs_lab.tracing.context import context_of, parent_for
from cqrs_lab.tracing.spans import OUTCOME, POSITION, spanning, tracer_or_default
from cqrs_lab.write.command_bus import CommandBus, Receipt
from cqrs_lab.write.loading import Loader


class TracedCommandBus(CommandBus):
    """A command bus that records each command as a span, with the appends of a `TracedStore` under it.

    A command that an event caused links to the append of that event, which it finds by one read; so the commands of a
    `ProcessManager` do. Where the caller has no span, it also goes on with the trace of that event.

    Parameters
    ----------
    store : EventStore
    attempts : int, optional
    snapshots : iterable of Snapshots, optional
        As for `CommandBus`.
    tracer : opentelemetry.trace.Tracer, optional
        By default that of the process.

    Examples
    --------
    >>> import cqrs_lab as lab
    >>> from cqrs_lab.tracing import SpansInMemory, TracedCommandBus
    >>> kept = SpansInMemory()
    >>> bus = TracedCommandBus(lab.MemoryEventStore(), tracer=kept.tracer)
    >>> bus.register(str, lab.Decider(0, lambda command, state: [], lambda state, event: state), stream=str)
    >>> bus.send("hello").events
    ()
    >>> [(span.name, span.attributes["cqrs_lab.outcome"]) for span in kept.spans]
    [('send str', 'nothing')]
    """

    def __init__(
        self,
        store: EventStore,
        attempts: int = 10,
        *,
        snapshots: Iterable[Loader] = (),
        tracer: Tracer | None = None,
    ) -> None:
        super().__init__(store, attempts, snapshots=snapshots)
        self._tracer = tracer_or_default(tracer)

    def send(
        self,
        command: object,
        command_id: str | None = None,
        *,
        caused_by: str | None = None,
        metadata: Mapping[str, str] = NO_METADATA,
    ) -> Receipt:
        """Handle a command in a span; see `CommandBus.send`.

        A rule that forbids the command is the outcome "rejected", and no failure: the system did its work.
        """
        name, cause = type(command).__name__, context_of(self._store, caused_by)
        with spanning(
            self._tracer,
            f"send {name}",
            SpanKind.INTERNAL if cause is None else SpanKind.CONSUMER,
            {"cqrs_lab.command": name},
            linked=[] if cause is None else [cause],
            parent=parent_for(cause),
            answers={CommandRejected: "rejected"},
        ) as span:
            receipt = super().send(command, command_id, caused_by=caused_by, metadata=metadata)
            reached = {POSITION: receipt.position, "cqrs_lab.version": receipt.version}
            span.set_attributes(reached | {OUTCOME: "recorded" if receipt.events else "nothing"})
            return receipt

    def _first_receipt(self, command_id: CommandId, command: object, stream: str, after: int) -> Receipt:
        # Where the store does not say who was first (`Appended.again`), this may also be the first time.
        trace.get_current_span().set_attribute("cqrs_lab.again", True)
        return super()._first_receipt(command_id, command, stream, after)
