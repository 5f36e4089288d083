"""How a span begins and ends, whatever it is about; and the names of its attributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanContext, SpanKind, StatusCode, Tracer

POSITION = "cqrs_lab.position"
"""The place in the log that the work reached, where everything else about it can be read."""
OUTCOME = "cqrs_lab.outcome"


def tracer_or_default(tracer: Tracer | None) -> Tracer:
    """Return this tracer, or that of the process, which records nothing until somebody sets a provider."""
    return trace.get_tracer("cqrs_lab") if tracer is None else tracer


@contextmanager
def spanning(
    tracer: Tracer,
    name: str,
    kind: SpanKind,
    attributes: Mapping[str, Any],
    *,
    linked: Iterable[SpanContext] = (),
    parent: Context | None = None,
    answers: Mapping[type[Any], str] | None = None,
) -> Iterator[Span]:
    """Record the block as a span. What it raises passes unchanged.

    Parameters
    ----------
    answers : mapping of type of Exception to str, optional
        Errors by which the system says no as it should, each with the outcome it stands for. They are no failures.
    """
    links = [Link(one) for one in linked]
    # The SDK would record an error with its message, in which facts of the business may stand.
    with tracer.start_as_current_span(
        name, parent, kind, attributes, links, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except Exception as error:  # an interrupt is no failure of what it interrupts
            outcome = next((said for kind_of, said in (answers or {}).items() if isinstance(error, kind_of)), None)
            if outcome is None:
                failed(span, _name_of(type(error)))
                span.add_event("exception", {"exception.type": _name_of(type(error))})
            else:
                span.set_attribute(OUTCOME, outcome)
            raise


def failed(span: Span, why: str) -> None:
    """Mark a span as a failure of the system."""
    span.set_attribute("error.type", why)
    span.set_status(StatusCode.ERROR)


def _name_of(kind: type) -> str:
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
