"""Check what the read side's public functions are given: refuse anything else, and say what to give."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

from cqrs_lab.arguments import function, having, refuse, shown, text, whole_number
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.read_model import ReadModel

NEEDED = ("name", "version", "events", "schema", "summarise", "merge")


def check_store(store: Any) -> None:
    """Refuse anything that is not an event store."""
    having("store", store, ("read_all", "head"), "an event store; give one, such as MemoryEventStore()")


def check_on_failure(on_failure: Any) -> None:
    """Refuse what does not say what to do with an event that cannot be applied."""
    if not isinstance(on_failure, str) or on_failure not in ("stop", "park"):
        raise InvalidArgument(f"on_failure={shown(on_failure)}; accepted are 'stop' and 'park'")


def check_declaration(projection: Any) -> None:
    """Refuse an object that is not a projection, and say what it lacks."""
    if isinstance(projection, type):
        raise InvalidArgument(f"{projection.__name__} is a class; give an instance: {projection.__name__}()")
    if missing := [name for name in NEEDED if not hasattr(projection, name)]:
        step = f"give an object with {', '.join(NEEDED)}"
        raise InvalidArgument(f"{shown(projection)} is not a projection: it lacks {', '.join(missing)}; {step}")
    text("name", projection.name, "a name; give the projection a string, such as name = 'sales'")
    whole_number("version", projection.version, "a version; give the projection a whole number, such as version = 1")
    _check_events(projection.events)
    if not isinstance(projection.schema, Schema):
        raise InvalidArgument(f"schema={shown(projection.schema)}: give a cqrs_lab.Schema")
    function("summarise", projection.summarise, "a method; write def summarise(self, batch)")
    function("merge", projection.merge, "a method; write def merge(self, table, rows)")


def checked_log(log: Any) -> list[RecordedEvent]:
    """Return the events of a store, a batch or a list, and refuse anything that is not a log."""
    wanted = "give a store, or a list of RecordedEvent such as list(store.read_all())"
    if isinstance(log, type) or not (hasattr(log, "read_all") or isinstance(log, (Sequence, EventBatch))):
        what = f"the class {log.__name__}" if isinstance(log, type) else f"of type {type(log).__name__}"
        raise InvalidArgument(f"log is {what}, which is not a log; {wanted}")
    if isinstance(log, (str, bytes)):
        raise InvalidArgument(f"log={log!r} is text, which is not a log; {wanted}")
    events = list(log.read_all() if hasattr(log, "read_all") else log)
    for number, one in enumerate(events):
        if not hasattr(one, "event") or not hasattr(one, "position"):
            what = f"log[{number}] is {one!r}, an event that is not recorded"
            raise InvalidArgument(f"{what}; append it to a store and give the store, or {wanted[5:]}")
    for before, one in zip(events, events[1:], strict=False):
        if one.position <= before.position:
            wrong = f"position {one.position} comes after {before.position}"
            raise InvalidArgument(f"log is not in order: {wrong}; sort it by position, each once")
    return events


def _check_events(events: Any) -> None:
    if isinstance(events, type):
        raise InvalidArgument(f"events={shown(events)}: give a tuple of event types: events = ({events.__name__},)")
    if not isinstance(events, tuple) or len(set(map(id, events))) != len(events):
        raise InvalidArgument(f"events={shown(events)}: give a tuple of event types, each once")
    for one in events:
        if not isinstance(one, type):
            raise InvalidArgument(f"events holds {shown(one)}, which is not a type; give the class of the event")


def check_same_reading(now: Projection, repaired: Any) -> None:
    """Refuse to continue with a projection of another shape: its table has to be built from the log."""
    check_declaration(repaired)
    if repaired.schema != now.schema or set(repaired.events) != set(now.events):
        raise InvalidArgument(f"{repaired.name} has another schema or other events; use rebuild(projector, to=…)")


def check_model(model: Any, projection: Projection, head: int) -> None:
    """Refuse a read model that this projection cannot continue from."""
    if not isinstance(model, ReadModel):
        raise refuse("model", model, "a read model; give the one of an earlier projector: projector.serving.model")
    projection.schema.check(model.table, "the model given")
    if model.position > head:
        raise InvalidArgument(f"the model given stands at {model.position}, and the log ends at {head}")
    if model.made_by not in (None, made_by := (projection.name, projection.version)):
        raise InvalidArgument(f"the model given was made by {model.made_by}, not {made_by}; rebuild from the log")


def check_taken(before: ReadModel, kept: ReadModel) -> None:
    """Refuse tables that stay where they were: what they were given to save would be given to them forever."""
    if kept.checkpoint == before.checkpoint:
        what = f"{type(kept.tables).__name__}.save(rows, checkpoint) kept nothing"
        raise InvalidArgument(f"{what}: its checkpoint is {before.position} as before; keep both")


def checked_limit(limit: Any) -> int | None:
    """Return a limit as a number of events; None for all."""
    wanted = "a number of events; give 0 or more, or None for all"
    return None if limit is None else whole_number("limit", limit, wanted)


def check_batch(batch: Any) -> None:
    """Refuse anything that is not a slice of the log."""
    if not isinstance(batch, EventBatch):
        raise refuse("batch", batch, "a batch of the log; give EventBatch(list(store.read_all(after=…)))")


def checked_position(name: str, position: Any) -> int:
    """Return a position in the log."""
    if type(position) is int and position >= 0:
        return position  # the common case, with every query
    if hasattr(position, "position"):
        raise refuse(name, position, f"a position; give its position: {name}=receipt.position")
    return whole_number(name, position, f"a position in the log; give 0 or more, such as {name}=receipt.position")


def checked_seconds(timeout_seconds: Any) -> float:
    """Return a time to wait, in seconds."""
    number = isinstance(timeout_seconds, (float, int, Real)) and not isinstance(timeout_seconds, bool)
    if not number or not timeout_seconds >= 0:
        raise refuse("timeout_seconds", timeout_seconds, "a time to wait; give seconds, 0 for not at all")
    return float(timeout_seconds)


def check_handlers(handlers: Any) -> None:
    """Refuse anything that is not a mapping of query types to functions."""
    if not isinstance(handlers, Mapping):
        raise refuse("handlers", handlers, "a mapping; give {QueryType: function} for queries of the new schema")
    for query_type, handler in handlers.items():
        check_query(query_type, handler, readers=1, name="handlers")


def check_query(query_type: Any, handler: Any, *, readers: int, name: str = "handler") -> None:
    """Refuse a query type that is not a class, and a handler that cannot be called with a query and its tables."""
    if not isinstance(query_type, type):
        raise refuse("query_type", query_type, "a class; give the type of the queries, such as OrderHistory")
    tables = ", ".join(["table"] if readers == 1 else [f"table_{n}" for n in range(1, readers + 1)])
    wanted = f"a function of a query and its tables; write def {query_type.__name__.lower()}(query, {tables})"
    function(name, handler, wanted)
    try:
        inspect.signature(handler).bind(None, *[None] * readers)
    except TypeError:
        raise refuse(name, handler, wanted) from None
    except ValueError:  # a function written in C may have no signature
        return


def checked_projectors(reads: Any, projector_type: type) -> tuple[Any, ...]:
    """Return the projectors that a query reads from, at least one."""
    wanted = "what a query reads from; give a projector, or a tuple of projectors in the order of the handler's tables"
    projectors = (reads,) if isinstance(reads, projector_type) else reads
    if not isinstance(projectors, (tuple, list)) or not projectors:
        raise refuse("reads", reads, wanted)
    if not all(isinstance(one, projector_type) for one in projectors):
        raise refuse("reads", reads, wanted)
    return tuple(projectors)
