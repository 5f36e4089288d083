"""Events that leave no row because a value is missing: pandas leaves a missing key out of every group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.projection import Projection
from cqrs_lab.report import Findings

TRIED = 100


def remark_rowless(found: Findings, projection: Projection, events: Sequence[RecordedEvent], law: str) -> None:
    """Note how many events with a missing value leave no row: no cut of the log shows it, since each loses them.

    An error there is a fault of `law`.
    """
    if found.faults:
        return
    holding = [one for one in events if type(one.event) in projection.events and _holds_none(one.event)][:TRIED]
    rowless: list[RecordedEvent] = []
    with found.trying(law, "summarised single events"):
        rowless = [one for one in holding if not len(projection.summarise(EventBatch([one])))]
    if rowless:
        first = f"the first at position {rowless[0].position}: {rowless[0].event!r}"
        why = "groupby drops the rows whose key is missing; fillna('(none)') keeps them"
        found.remark(f"{len(rowless)} of {len(holding)} events that hold None left no row, {first}. {why}")


def _holds_none(event: Any) -> bool:
    if is_dataclass(event):
        return any(_holds_none(getattr(event, one.name, "")) for one in fields(event))
    return event is None or (isinstance(event, tuple) and any(map(_holds_none, event)))
