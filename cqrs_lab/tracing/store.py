"""A store whose appends are spans, and whose events say in which span they were appended."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from opentelemetry import trace
from opentelemetry.trace import SpanKind, Tracer

from cqrs_lab.errors import ConcurrencyError
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import Appended, EventStore
from cqrs_lab.log.metadata import NO_METADATA, check_why
from cqrs_lab.log.slice import Slice, read_slice
from cqrs_lab.log.wrappers.read_through import ReadThroughStore, is_tracing, schema_version_of
from cqrs_lab.tracing.context import context_in, with_context
from cqrs_lab.tracing.spans import OUTCOME, POSITION, spanning, tracer_or_default

_OPERATION = {
    "messaging.system": "cqrs_lab",
    "messaging.operation.name": "append",
    "messaging.operation.type": "send",
}
_SAYS = {True: "again", False: "recorded", None: "accepted"}


class TracedStore(ReadThroughStore):
    """An event store around another one: each append is a span, and its context is noted beside the events.

    Reading is left as it is. A `traceparent` that the writer noted stays, and the span links to it. A store that does
    not keep what led to a commit (`TracingStore`) is given none: its appends are spans, and nothing links to them.

    Parameters
    ----------
    store : EventStore
    tracer : opentelemetry.trace.Tracer, optional
        By default that of the process.

    Examples
    --------
    >>> import cqrs_lab as lab
    >>> from cqrs_lab.tracing import SpansInMemory, TracedStore
    >>> kept = SpansInMemory()
    >>> store = TracedStore(lab.MemoryEventStore(), tracer=kept.tracer)
    >>> store.append("order-7", ["placed"], expected=0).position
    1
    >>> [span.name for span in kept.spans], [list(one.metadata) for one in store.read_all()]
    (['append'], [['traceparent']])
    """

    def __init__(self, store: EventStore, *, tracer: Tracer | None = None) -> None:
        super().__init__(store)
        self._tracer, self._keeps_context = tracer_or_default(tracer), is_tracing(store)

    @property
    def schema_version(self) -> Hashable:
        """That of the store within: what was computed from its events before is not stale."""
        return schema_version_of(self._store)

    def append(
        self, stream: str, events: Sequence[object], *, expected: Any, command_id: str | None = None, **why: Any
    ) -> Appended:
        """Record the events as one commit, in a span; see `EventStore.append`.

        A stream that has moved on is the outcome "conflict", and no failure: the command is decided again.
        """
        _, metadata = check_why(why.get("caused_by"), why.get("metadata", NO_METADATA))
        given = [found] if (found := context_in(metadata)) is not None else []
        conflict = {ConcurrencyError: "conflict"}
        with spanning(self._tracer, "append", SpanKind.PRODUCER, _OPERATION, linked=given, answers=conflict) as span:
            if self._keeps_context:
                why |= {"metadata": with_context(metadata, span)}
            appended = super().append(stream, events, expected=expected, command_id=command_id, **why)
            reached = {POSITION: appended.position, "cqrs_lab.version": appended.version}
            span.set_attributes(reached | {OUTCOME: _SAYS[appended.again]})
            return appended

    def _written(self, stream: str, events: Sequence[object], command_id: str | None) -> Sequence[object]:
        # Only now is it known that these are events.
        kinds = tuple(dict.fromkeys(type(event).__name__ for event in events))
        about: dict[str, Any] = {"messaging.batch.message_count": len(events), "cqrs_lab.event_types": kinds}
        trace.get_current_span().set_attributes(about)
        return events

    def read_slice(self, *, after: int, limit: int | None = None) -> Slice:
        """Return the next events as a slice; see `SlicingStore`."""
        return read_slice(self._store, after=after, limit=limit)

    def _read(self, recorded: RecordedEvent) -> RecordedEvent:
        return recorded
