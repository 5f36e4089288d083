"""A projector whose catch-ups are spans, each linked to the appends of the events that it handled."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from opentelemetry.trace import SpanContext, SpanKind, Tracer

from cqrs_lab.errors import UnreadableEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.projector import Projector, Serving
from cqrs_lab.read.read_model import ReadModel
from cqrs_lab.read.tables import Tables
from cqrs_lab.tracing.context import contexts_of
from cqrs_lab.tracing.spans import OUTCOME, POSITION, spanning, tracer_or_default

MOST_LINKS = 128
"""How many links a span of OpenTelemetry has by default. A catch-up of more events links to the newest."""


class TracedProjector(Projector):
    """A projector that records each batch it takes in as a span; a look at a log without news is none.

    A batch may have come from many traces, so it belongs to none of them: its span links to the appends of the events
    that the projection reads, also where these are from another process, or from before a restart.

    Parameters
    ----------
    store, projection, on_failure, clock, model, tables
        As for `Projector`.
    tracer : opentelemetry.trace.Tracer, optional
        By default that of the process.

    Examples
    --------
    >>> import cqrs_lab as lab
    >>> from cqrs_lab.shop.read import ProductListing
    >>> from cqrs_lab.tracing import SpansInMemory, TracedProjector
    >>> kept = SpansInMemory()
    >>> TracedProjector(lab.MemoryEventStore(), ProductListing(), tracer=kept.tracer).catch_up()
    0
    >>> kept.spans
    ()
    """

    def __init__(
        self,
        store: EventStore,
        projection: Projection,
        on_failure: Literal["stop", "park"] = "stop",
        clock: Callable[[], float] = time.time,
        model: ReadModel | None = None,
        tables: Tables | None = None,
        *,
        tracer: Tracer | None = None,
    ) -> None:
        super().__init__(store, projection, on_failure, clock, model, tables)
        self._tracer = tracer_or_default(tracer)

    def _take_in(
        self,
        now: Serving,
        batch: EventBatch,
        unreadable: UnreadableEvent | None = None,
        failures: type[BaseException] = Exception,
    ) -> int:
        about = {
            "messaging.system": "cqrs_lab",
            "messaging.operation.name": "catch_up",
            "messaging.operation.type": "process",
            "messaging.consumer.group.name": now.projection.name,
            "messaging.batch.message_count": len(batch),
        }
        name, linked = f"catch_up {now.projection.name}", _appended_in(batch, now.projection)
        with spanning(self._tracer, name, SpanKind.CONSUMER, about, linked=linked) as span:
            try:
                taken = super()._take_in(now, batch, unreadable, failures)
                span.set_attribute(OUTCOME, "applied" if taken else "superseded")
                return taken
            finally:
                after = self.serving.model
                span.set_attributes({POSITION: after.position, "cqrs_lab.parked": len(after.parked)})


def _appended_in(batch: EventBatch, projection: Projection) -> list[SpanContext]:
    newest = batch
    while len(newest) >= 2 * MOST_LINKS:  # by number, since positions may have gaps
        newest = newest.halves()[1]
    try:
        # Only what the projection reads: another event may be one that this program cannot decode.
        events = [one for kind in projection.events for one in newest.recorded(kind)]
    except UnreadableEvent:
        return []  # the projection reads it next, and says so
    return contexts_of(sorted(events, key=lambda one: one.position))[-MOST_LINKS:]
