"""OpenTelemetry spans for commands, appends, catch-ups and queries, linked as the log's envelopes are.

Use `TracedStore` around a store, and `TracedCommandBus`, `TracedProjector` and `TracedQueryBus` in place of the kit's
own; a `ProcessManager` needs nothing. Needs `cqrs-lab[tracing]`.
"""

from cqrs_lab.errors import MissingExtra

try:
    import opentelemetry.sdk.trace  # noqa: F401 - asked here, so that the answer is one sentence
except ModuleNotFoundError as error:
    if not (error.name or "").startswith("opentelemetry"):
        raise
    raise MissingExtra("cqrs_lab.tracing", "tracing", "opentelemetry-sdk") from error

from cqrs_lab.tracing.bus import TracedCommandBus
from cqrs_lab.tracing.in_memory import SpansInMemory
from cqrs_lab.tracing.projector import TracedProjector
from cqrs_lab.tracing.queries import TracedQueryBus
from cqrs_lab.tracing.store import TracedStore

__all__ = ["TracedStore", "TracedCommandBus", "TracedProjector", "TracedQueryBus", "SpansInMemory"]
