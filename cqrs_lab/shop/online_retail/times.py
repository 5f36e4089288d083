"""When things happened in the shop: a day's times for a simulation, and the log cut by days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.shop.online_retail.rows import OnlineRetail


def times_of_a_day(retail: OnlineRetail, day: date | str) -> list[float]:
    """Return when the invoices and credit notes of a day were written, in seconds from the first one.

    The file keeps minutes, so several may have the same time. ``RecordedTimes(times_of_a_day(…))`` are arrivals.

    Parameters
    ----------
    retail : OnlineRetail
    day : date or str
        Such as "2011-11-29".

    Returns
    -------
    list of float
        One per document, in order of time; the first is 0.

    Raises
    ------
    InvalidArgument
        Nothing was written on that day.
    """
    written = retail.rows.drop_duplicates("invoice")["at"].sort_values()
    own = written[written.dt.date == pd.Timestamp(day).date()]
    if not len(own):
        raise InvalidArgument(
            f"{day}: the shop wrote nothing; it was open from {written.iloc[0]} to {written.iloc[-1]}"
        )
    seconds: list[float] = (own - own.iloc[0]).dt.total_seconds().tolist()
    return seconds


def by_day(log: Iterable[RecordedEvent]) -> dict[date, EventBatch]:
    """Cut a log of the shop by the days on which things happened, whenever they were recorded.

    Parameters
    ----------
    log : iterable of RecordedEvent
        Such as ``store.read_all()``.

    Returns
    -------
    dict of date to EventBatch
        Every day from the first to the last, in order; on some of them the shop was closed.

    Raises
    ------
    InvalidArgument
        An event has no time of its own.

    Examples
    --------
    >>> from cqrs_lab import CommandBus, MemoryEventStore
    >>> from cqrs_lab.shop import week, write
    >>> from cqrs_lab.shop.online_retail import by_day
    >>> store = MemoryEventStore()
    >>> bus = CommandBus(store)
    >>> write.register(bus)
    >>> receipts = [bus.send(command) for command in week.commands()]
    >>> {day.day: len(batch) for day, batch in by_day(store.read_all()).items()}
    {1: 4, 2: 1, 3: 2, 4: 1, 5: 2, 6: 1, 7: 1}
    """
    days: defaultdict[date, list[RecordedEvent]] = defaultdict(list)
    for recorded in log:
        days[_happened(recorded.event).date()].append(recorded)
    if not days:
        return {}
    first, last = min(days), max(days)
    every = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return {day: EventBatch(days.get(day, [])) for day in every}


def _happened(event: Any) -> datetime:
    """Return the one time that each event of the shop has."""
    when = [getattr(event, field.name) for field in fields(event) if field.name.endswith("_at")]
    if len(when) != 1 or not isinstance(when[0], datetime):
        raise InvalidArgument(f"{type(event).__name__} does not say when it happened; give a log of the shop")
    return when[0]
