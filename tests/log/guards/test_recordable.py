"""What is recorded is a value: nothing that it holds, however deep, can be changed afterwards."""

import collections
import datetime
import functools
import io
import operator
import pathlib
import threading
import time
import types
import weakref
from dataclasses import dataclass, field, make_dataclass
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

import cqrs_lab as lab


class Ordinary:
    def __init__(self, who):
        self.who = who


class Slotted:
    __slots__ = ("who",)


class Marker:
    pass


class Money:
    """Compared and hashed by what it holds: it vouches for itself."""

    __slots__ = ("_cents",)

    def __init__(self, cents):
        self._cents = cents

    def __eq__(self, other):
        return isinstance(other, Money) and other._cents == self._cents

    def __hash__(self):
        return hash(self._cents)


class Status(Enum):
    PAID = "paid"
    LINES = [1]  # noqa: RUF012 - a member stands for itself, whatever its value


class Level(IntEnum):
    HIGH = 3


@dataclass(frozen=True)
class Held:
    it: Any


@dataclass(frozen=True, slots=True)
class SlotsHeld:
    it: Any


@dataclass(frozen=True, eq=False)
class ComparedByIdentity:
    it: Any


@dataclass(frozen=True)
class NotCompared:
    it: Any = field(compare=False)


@dataclass(frozen=True)
class NotHashed:
    it: Any = field(hash=False)


@dataclass(frozen=True)
class OwnHash:
    it: Any

    def __hash__(self):
        return 1


class Pair(NamedTuple):
    one: Any
    other: Any


class Heir(Held):
    """Inherits the frozen fields of Held."""


class Noted(Held):
    def __init__(self, it):
        super().__init__(it)
        self.note = "later"


class Melted(Held):
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)


@dataclass(frozen=True)
class Computed:
    it: Any

    def __post_init__(self):
        object.__setattr__(self, "beside", self.it)


@dataclass(frozen=True)
class Caching:
    it: tuple

    def __post_init__(self):
        len(self.doubled)

    @functools.cached_property
    def doubled(self):
        return [*self.it, *self.it]


@dataclass(frozen=True)
class Basket(list):
    name: str = "a"


class Counted(collections.Counter):
    def __hash__(self):
        return 1


def a_function():
    pass


def changeable_things():
    """Yield what no event may be, nor hold."""
    yield from ([], {}, set(), bytearray(b"x"), collections.deque(), collections.OrderedDict(), collections.Counter())
    yield from (
        np.zeros(2),
        np.array(3),
        pd.DataFrame({"a": [1]}),
        pd.Series([1]),
        pd.Index([1]),
        memoryview(bytearray(b"x")),
    )
    yield from (collections.UserString("on"), collections.UserList(), collections.UserDict(), Counted(), Basket())
    yield from (Ordinary("ada"), Slotted(), Marker(), object(), types.SimpleNamespace(who="ada"))
    yield from (
        a_function,
        len,
        "on".upper,
        "on".__len__,
        str.upper,
        functools.partial(len),
        operator.itemgetter(1),
        lambda: 1,
    )
    yield from (types, Ordinary, int, Status, ValueError("x"), iter("ab"), (one for one in "ab"), map(str, "ab"))
    yield from ({}.keys(), {}.values(), {}.items(), types.MappingProxyType({}), {"a": 1}.items())
    yield from (threading.Lock(), threading.Event(), io.StringIO(), weakref.ref(Ordinary), lab.MemoryEventStore())
    yield from (make_dataclass("Loose", ["a"])(1), make_dataclass("LooseHashed", ["a"], unsafe_hash=True)(1))
    yield from (Noted("x"), Melted("x"), ([],), frozenset({Marker()}), Pair("a", []), (("a", ({},)),))


CHANGEABLE = {f"{number} {type(one).__name__}": one for number, one in enumerate(changeable_things())}
WRAPPED = [
    Held, SlotsHeld, ComparedByIdentity, NotCompared, NotHashed, OwnHash, Heir, Computed,
    lambda it: Held((Held(it),)), lambda it: Pair("a", it), lambda it: ("a", ("b", it)),
]  # fmt: skip


def refused(event):
    store = lab.MemoryEventStore()
    with pytest.raises(lab.InvalidArgument) as caught:
        store.append("a", [event], expected=lab.Expected.ANY)
    assert store.head() == 0
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 500
    return str(caught.value)


@pytest.mark.parametrize("name", CHANGEABLE)
def test_what_could_be_changed_or_is_no_value_is_refused_alone_and_wherever_it_is_held(name):
    assert (
        "write" in refused(CHANGEABLE[name])
        or "append" in refused(CHANGEABLE[name])
        or "raise" in refused(CHANGEABLE[name])
    )
    for wrap in WRAPPED:
        try:
            event = wrap(CHANGEABLE[name])
        except TypeError:
            continue
        refused(event)


def test_bus_and_store_refuse_the_same_events():
    for event in CHANGEABLE.values():
        bus = lab.CommandBus(lab.MemoryEventStore())
        bus.register(
            str, lab.Decider(0, lambda command, state, event=event: [event], lambda state, event: 0), stream=str
        )
        with pytest.raises(lab.InvalidArgument, match="^decide for str: "):
            bus.send("go")


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (Ordinary("ada"), r"could still be changed .*write @dataclass\(frozen=True\) above class Ordinary"),
        (Held([1]), "its field it holds a list; keep a tuple"),
        (NotCompared({}), "its field it holds a dict; keep a tuple"),
        (Held(a_function), "its field it holds a function; keep a tuple, a frozen dataclass or a plain value there"),
        (Noted("x"), r"note is no field; write @dataclass\(frozen=True\) above class Noted too"),
        (Melted("x"), r"write @dataclass\(frozen=True\) above class Melted"),
        (Computed([1]), "holds a list"),
        (collections.UserString("on"), "could still be changed.*a plain value such as a string"),
    ],
)
def test_the_error_says_what_to_write_instead(event, message):
    assert pytest.raises(lab.InvalidArgument, lab.MemoryEventStore().append, "a", [event], expected=0).match(message)


VALUES = [
    "on", b"on", 5, 2.5, 1j, True, (), ("a", ("b", None)), frozenset({"a"}), Decimal("1.5"), Fraction(1, 3),
    UUID(int=1), datetime.datetime(2026, 1, 1), datetime.date(2026, 1, 1), datetime.time(1), datetime.timedelta(1),
    datetime.UTC, ZoneInfo("UTC"), range(3), Status.PAID, Status.LINES, Level.HIGH, np.int64(3), np.True_,
    np.float32(1), np.str_("a"), np.datetime64("2026-01-01"), pd.Timestamp("2026-01-01"), pd.Timedelta(1),
    pd.Period("2026"), pathlib.PurePosixPath("a"), Money(5), Pair("a", 1), Held(None), Held("a"), Heir("a"),
    Held((Held("a"), Held(3))), ComparedByIdentity("a"), OwnHash("a"), NotCompared(1), Computed("a"), Caching((1,)),
    make_dataclass("Empty", [], frozen=True)(), time.gmtime(0),
]  # fmt: skip


@pytest.mark.parametrize("event", VALUES, ids=lambda one: type(one).__name__)
def test_a_value_is_recorded_alone_and_wherever_it_is_held(event):
    events = [event, *(wrap(event) for wrap in WRAPPED)]
    store = lab.MemoryEventStore()
    store.append("a", events, expected=0)
    assert all(one.event is event for one, event in zip(store.read_all(), events, strict=True))


@pytest.mark.parametrize(
    "one_event",
    [collections.UserString("on"), Pair("a", 1), time.gmtime(0), memoryview(b"on"), Held("a"), {"on": 1}, {"on"}],
)
def test_one_event_is_not_taken_for_a_list_of_its_parts(one_event):
    with pytest.raises(lab.InvalidArgument, match="is not a list of events; append a list of events, in brackets"):
        lab.MemoryEventStore().append("a", one_event, expected=0)
