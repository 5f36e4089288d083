"""Events that leave no row because a value is missing: pandas leaves a missing key out of every group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, get_args, get_type_hints

from cqrs_lab.findings import Findings
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.projection import Projection
from cqrs_lab.words import count


def remark_rowless(found: Findings, projection: Projection, events: Sequence[RecordedEvent], law: str) -> None:
    """Note how many events with a missing value leave no row: no cut of the log shows it, since each loses them.

    An error there is a fault of `law`.
    """
    if found.faults:
        return
    rowless: list[RecordedEvent] = []
    with found.trying(law, "summarised the events that hold None"):
        rowless = rowless_events(projection, events)
    if rowless:
        holding = [one for one in events if type(one.event) in projection.events and _missing(one.event)]
        first = f"the first at position {rowless[0].position}: {rowless[0].event!r}"
        why = "groupby drops the rows whose key is missing; fillna('(none)') keeps them"
        found.remark(f"{len(rowless)} of {count(len(holding), 'event')} that hold None left no row, {first}. {why}")


def rowless_events(projection: Projection, events: Iterable[RecordedEvent]) -> list[RecordedEvent]:
    """Return the events with a missing value that leave no row.

    Events of one type that lack the same values are alike: if the first leaves no row, they are summarised together,
    and if that gives no row, none of them leaves one. So it costs little where None is common, and is no key.
    """
    lacking = {kind for kind in projection.events if _may_lack(kind)}
    alike: dict[tuple[type, tuple[str, ...]], list[RecordedEvent]] = {}
    for one in events if lacking else ():  # a million events need not be looked at for nothing
        if (kind := type(one.event)) in lacking and (missing := _missing(one.event)):
            alike.setdefault((kind, missing), []).append(one)
    none = [group for group in alike.values() if not any(_rows(projection, part) for part in (group[:1], group))]
    return sorted((one for group in none for one in group), key=lambda one: one.position)


def _rows(projection: Projection, events: Sequence[RecordedEvent]) -> int:
    return len(projection.summarise(EventBatch(events)))


@cache
def _may_lack(kind: type) -> bool:
    """Return whether a field of this class, or of what it holds, may be None."""
    if not is_dataclass(kind):
        return False
    try:
        hints = get_type_hints(kind).values()
    except (NameError, AttributeError, TypeError):
        return True  # nobody can say
    return any(part is type(None) or (part is not kind and _may_lack(part)) for hint in hints for part in _parts(hint))


def _parts(hint: Any) -> Iterator[Any]:
    if isinstance(hint, type):
        yield hint
    for part in get_args(hint):
        yield from _parts(part)


def _missing(event: Any) -> tuple[str, ...]:
    """Return the names of the fields that have no value, or whose items all lack one."""
    names = [one.name for one in fields(event)] if is_dataclass(event) else []
    return tuple(name for name in names if _lacks(getattr(event, name, "")))


def _lacks(value: Any) -> bool:
    if isinstance(value, tuple):
        return bool(value) and all(map(_lacks, value))
    return value is None or (is_dataclass(value) and any(_lacks(getattr(value, one.name, "")) for one in fields(value)))
