"""Spans that are kept in memory, to look at them in a notebook or a test."""

from __future__ import annotations

import secrets

from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import Sampler
from opentelemetry.trace import Tracer


class SpansInMemory:
    """A tracer whose finished spans are kept in this process, and go nowhere else.

    Parameters
    ----------
    sampler : opentelemetry.sdk.trace.sampling.Sampler, optional
        Which spans are recorded; all by default.

    Attributes
    ----------
    tracer : opentelemetry.trace.Tracer
        Give it to what is to be traced.

    Examples
    --------
    >>> from cqrs_lab.tracing import SpansInMemory
    >>> kept = SpansInMemory()
    >>> with kept.tracer.start_as_current_span("breakfast"):
    ...     pass
    >>> [span.name for span in kept.spans]
    ['breakfast']
    """

    def __init__(self, sampler: Sampler | None = None) -> None:
        self._exporter = InMemorySpanExporter()
        provider = TracerProvider(sampler, shutdown_on_exit=False, id_generator=_DrawnBySystem())
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracer: Tracer = provider.get_tracer("cqrs_lab")

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        """The spans that have ended, in the order in which they did."""
        return self._exporter.get_finished_spans()


class _DrawnBySystem(IdGenerator):
    """Ids from the system. The SDK's come from `random`, whose seed and whose draws are those of the program."""

    def generate_span_id(self) -> int:
        return secrets.randbits(64) or 1

    def generate_trace_id(self) -> int:
        return secrets.randbits(128) or 1

    def is_trace_id_random(self) -> bool:
        return True
