"""The trace context in an event's metadata: W3C Trace Context, which any store and any other process hands on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from cqrs_lab.errors import UnreadableEvent
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore

# Not the propagator of the process: that one also writes baggage, which may hold anything, and a log forgets nothing.
_W3C = TraceContextTextMapPropagator()
_TRACEPARENT = "traceparent"
# 18 digits fit into the integers of every store; an id from outside may look the same and be longer.
_EVENT_ID = re.compile(r"(.+)@([1-9][0-9]{0,17})", re.DOTALL)


def with_context(metadata: Mapping[str, str], span: Span) -> Mapping[str, str]:
    """Return metadata with the context of this span; what the writer noted stays, a `traceparent` too."""
    if _TRACEPARENT in metadata:
        return metadata
    noted: dict[str, str] = {}
    _W3C.inject(noted, trace.set_span_in_context(span, Context()))
    return noted | dict(metadata) if noted else metadata


def context_in(metadata: Mapping[str, str]) -> SpanContext | None:
    """Return the context that stands in metadata; None if there is none, or none that can be read."""
    if _TRACEPARENT not in metadata:
        return None
    found = trace.get_current_span(_W3C.extract(dict(metadata), Context())).get_span_context()
    return found if found.is_valid else None


def contexts_of(events: Iterable[RecordedEvent]) -> list[SpanContext]:
    """Return the contexts in which events were appended, each once: a commit has one for all its events."""
    noted = {one.metadata.get(_TRACEPARENT): one.metadata for one in events}
    return [found for metadata in noted.values() if (found := context_in(metadata)) is not None]


def context_of(store: EventStore, caused_by: object) -> SpanContext | None:
    """Return the context in which an event was appended, by its `event_id`; None if there is none in this log.

    It reads that one event. An id from outside may look like an `event_id`, and then finds nothing.
    """
    named = _EVENT_ID.fullmatch(caused_by) if isinstance(caused_by, str) else None
    if named is None:
        return None
    try:
        found = contexts_of(store.read_stream(named[1], after=int(named[2]) - 1, limit=1))
    except UnreadableEvent:
        return None  # a reader of the event is told; a span is no reason to refuse a command
    return found[0] if found else None


def parent_for(cause: SpanContext | None) -> Context | None:
    """Return the context to begin in: that of the caller's span, and where there is none, that of the cause."""
    if cause is None or trace.get_current_span().get_span_context().is_valid:
        return None
    return trace.set_span_in_context(NonRecordingSpan(cause))
