"""Logs that are archived in tests: a day of the shop's trade, and one event with every kind of value."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cache
from typing import Literal
from uuid import UUID

import cqrs_lab as lab
from cqrs_lab.shop import workload, write


@cache
def a_day_of_trade():
    """Some hundred events of the shop, of most of its types; nobody appends to it."""
    store = lab.MemoryEventStore(clock=iter(range(1, 10**6)).__next__)
    bus = lab.CommandBus(store)
    write.register(bus)
    for number, command in enumerate(
        workload.commands(seed=3, orders_per_day=50, products=12, returns_rate=0.4, cancellation_rate=0.3)
    ):
        with suppress(lab.CommandRejected):
            bus.send(command, command_id=f"click {number}" if number % 3 else None)
    return store


class Colour(StrEnum):
    RED = "red"


class Weight(Enum):
    LIGHT = 1


@dataclass(frozen=True)
class Leg:
    depot: str
    hours: float
    left_at: datetime | None


@dataclass(frozen=True)
class Sent:
    text: str
    whole: int
    part: float
    yes: bool
    at: datetime
    day: date
    colour: Colour
    kind: Literal["a", "b"]
    legs: tuple[Leg, ...]
    notes: tuple[str, ...]
    maybe_text: str | None = None
    maybe_whole: int | None = None
    maybe_part: float | None = None
    maybe_yes: bool | None = None
    maybe_at: datetime | None = None


@dataclass(frozen=True)
class Odd:
    """What has no column in a frame, and stands as text in the files."""

    amount: Decimal
    id: UUID
    clock: time
    took: timedelta
    weight: Weight
    names: frozenset[str]
    pair: tuple[int, str]
    raw: bytes
    leg: Leg
    ways: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Clash:
    """Two of its names are one to a reader that ignores case."""

    Stream: str
    units: int


@dataclass(frozen=True)
class Nothing:
    """An event without fields."""


@dataclass(frozen=True)
class Moved:
    at: datetime


KINDS = {"sent": Sent, "odd/one": Odd, "clash": Clash, "nothing": Nothing, "moved": Moved}


def of_every_kind():
    """A log with every kind of value, with values at their limits, and with None and without."""
    noon, late = datetime(2026, 1, 5, 12, 0, 0, 5), datetime(9999, 12, 31, 23, 59, 59, 999999)
    legs = (Leg("é\x00'\"\n", 0.1, noon), Leg("", 5e-324, None))
    full = Sent("a", 2**63 - 1, 1e308, True, noon, date(1, 1, 1), Colour.RED, "a", legs, ("x", "2011-07-04T12:00:00Z"))
    more = ("t", -(2**63), 0.1, False, late)
    store = lab.MemoryEventStore(clock=iter([0.1, 1e9 + 0.1, 1.5, 2.0**40]).__next__)
    bare = Sent("", 0, -0.0, False, late, date(9999, 12, 31), Colour.RED, "b", (), ())
    store.append("a", [full, bare, Nothing()], expected=0, command_id="x", caused_by="y@1", metadata={"who": "ada"})
    everything = {name: getattr(full, name) for name in Sent.__dataclass_fields__}
    everything |= dict(zip(["maybe_text", "maybe_whole", "maybe_part", "maybe_yes", "maybe_at"], more, strict=True))
    store.append("ä/b", [Sent(**everything), Clash("c", 2)], expected=0)
    pair, ways = (1, "b"), ((1, 2), ())
    odd = Odd(
        Decimal("1.10"), UUID(int=7), time(1), timedelta(1), Weight.LIGHT, frozenset("ab"), pair, b"\0", legs[0], ways
    )
    store.append("c", [odd, Moved(noon)], expected=0)
    return store


def with_offset():
    """A log in which one of two times has an offset."""
    store = lab.MemoryEventStore(clock=lambda: 1.5)
    store.append("a", [Moved(datetime(2026, 1, 5, 12)), Moved(datetime(2026, 1, 5, 12, tzinfo=UTC))], expected=0)
    return store
