"""A query bus whose queries are spans."""

from __future__ import annotations

from opentelemetry.trace import SpanKind, Tracer

from cqrs_lab.read.queries import Answer, QueryBus
from cqrs_lab.tracing.spans import POSITION, failed, spanning, tracer_or_default


class TracedQueryBus(QueryBus):
    """A query bus that records each query as a span, with how fresh its answer is.

    Parameters
    ----------
    tracer : opentelemetry.trace.Tracer, optional
        By default that of the process.

    Examples
    --------
    >>> import cqrs_lab as lab
    >>> from cqrs_lab.shop.read import ListProducts, ProductListing, list_products
    >>> from cqrs_lab.tracing import SpansInMemory, TracedQueryBus
    >>> kept = SpansInMemory()
    >>> queries = TracedQueryBus(tracer=kept.tracer)
    >>> queries.register(ListProducts, list_products, reads=lab.Projector(lab.MemoryEventStore(), ProductListing()))
    >>> queries.ask(ListProducts(), at_least=3).freshness
    'pending'
    >>> [(span.name, span.attributes["cqrs_lab.freshness"]) for span in kept.spans]
    [('ask ListProducts', 'pending')]
    """

    def __init__(self, *, tracer: Tracer | None = None) -> None:
        super().__init__()
        self._tracer = tracer_or_default(tracer)

    def ask(self, query: object, *, at_least: int = 0, timeout_seconds: float = 0.0) -> Answer:
        """Answer a query in a span; see `QueryBus.ask`.

        An answer that is not there yet is no failure: it says so, and who asked decides. One from a projector that has
        stopped is a failure, and the span of its last catch-up says of what kind.
        """
        name = type(query).__name__
        with spanning(self._tracer, f"ask {name}", SpanKind.INTERNAL, {"cqrs_lab.query": name}) as span:
            answer = super().ask(query, at_least=at_least, timeout_seconds=timeout_seconds)
            span.set_attributes(
                {
                    "cqrs_lab.freshness": answer.freshness,
                    "cqrs_lab.at_least": int(at_least),
                    POSITION: answer.position,
                }
            )
            if answer.freshness == "failed":
                failed(span, "projector_stopped")
            return answer
