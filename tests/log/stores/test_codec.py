"""An event is read as it was written, or it is not written; JSON that is not exactly an event is refused by name."""

from __future__ import annotations

import base64
import json
import sys
import typing
from dataclasses import dataclass, field, fields, make_dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from functools import cached_property
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.log.stores import codec as module
from cqrs_lab.log.stores.codec import EventCodec


class Size(Enum):
    SMALL = "s"
    LARGE = "l"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


@dataclass(frozen=True)
class Line:
    product: str
    quantity: int


# --- the law: read as it was written, or refused ------------------------------------------------------------


def wire(value):
    """Return what stands in JSON for a value: the oracle of the wire shape, which shares nothing with the codec."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, (datetime, time)):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        whole, sign = abs(value), "-" if value < timedelta(0) else ""
        days = f"{whole.days}D" * bool(whole.days)
        rest = f"{Decimal(whole.seconds) + Decimal(whole.microseconds).scaleb(-6):f}"
        rest = rest.rstrip("0").rstrip(".") if "." in rest else rest
        rest = "" if rest == "0" else rest
        return f"{sign}P{days or '0D' * (not rest)}{f'T{rest}S' if rest else ''}"
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    if isinstance(value, tuple):
        return [wire(one) for one in value]
    if isinstance(value, frozenset):
        return {"any order": sorted((wire(one) for one in value), key=repr)}
    return {one.name: wire(getattr(value, one.name)) for one in fields(value)}


def as_oracle(raw, value):
    """Return what was parsed, with the items of sets in the oracle's order."""
    if isinstance(value, frozenset):
        return {"any order": sorted(raw, key=repr)}
    if isinstance(value, tuple):
        return [as_oracle(*pair) for pair in zip(raw, value, strict=True)]
    if hasattr(value, "__dataclass_fields__"):
        return {name: as_oracle(held, getattr(value, name)) for name, held in raw.items()}
    return raw


def typed(value):
    """Return a value with the type of every part, since 1, 1.0 and True are equal."""
    if hasattr(value, "__dataclass_fields__"):
        return type(value), [typed(getattr(value, one.name)) for one in fields(value)]
    if isinstance(value, (tuple, frozenset)):
        parts = [typed(one) for one in value]
        return type(value), parts if isinstance(value, tuple) else sorted(parts, key=repr)
    return type(value), repr(value)


ints = st.integers(-(2**63), 2**63 - 1)
zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
texts = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = {
    bool: st.booleans(),
    int: ints,
    float: st.floats(allow_nan=False, allow_infinity=False),
    str: texts,
    bytes: st.binary(),
    date: st.dates(),
    time: st.times(timezones=st.none() | zones).map(lambda one: one.replace(fold=0)),
    datetime: st.datetimes(timezones=st.none() | zones).map(lambda one: one.replace(fold=0)),
    timedelta: st.timedeltas(),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    UUID: st.uuids(),
    Size: st.sampled_from(Size),
    Level: st.sampled_from(Level),
    Literal["a", "b"]: st.sampled_from("ab"),
    Literal[Size.SMALL]: st.just(Size.SMALL),
}
# What is almost a value of the type: each must be refused, or come back with the same type.
ALMOST = st.one_of(
    st.booleans(), st.integers(), st.floats(), st.text(), st.none(), ints.map(np.int64), st.floats().map(np.float64),
    st.datetimes(timezones=st.just(ZoneInfo("Europe/Berlin"))), st.datetimes().map(pd.Timestamp), st.just(Size.SMALL),
    st.just(np.str_("a")), st.just(Level.LOW), st.tuples(st.integers()), st.just(Decimal("NaN")), st.just("\ud800"),
    st.just(datetime(2020, 1, 1, tzinfo=timezone(timedelta(hours=1, seconds=7)))), st.just(Line("x", 1)),
)  # fmt: skip


@st.composite
def hints_and_values(draw, depth=2):
    """Return an annotation and a strategy of its values."""
    kinds = ["plain", "optional", "tuple", "pair", "set", "class"] if depth else ["plain"]
    kind = draw(st.sampled_from(kinds))
    if kind == "plain":
        return draw(st.sampled_from(list(PLAIN.items())))
    if kind == "class":
        made, values = draw(classes(depth - 1))
        return made, values
    hint, values = draw(hints_and_values(depth - 1))
    if kind == "optional":
        return hint | None if hint is not None else hint, st.none() | values
    if kind == "tuple":
        return tuple[hint, ...], st.lists(values, max_size=3).map(tuple)
    if kind == "pair":
        return tuple[hint, str], st.tuples(values, texts)
    hint = draw(st.sampled_from([str, int, date, Decimal, UUID, bytes, Literal["a", "b"]]))
    return frozenset[hint], st.frozensets(PLAIN[hint], max_size=3)


@st.composite
def classes(draw, depth=2):
    """Return a frozen dataclass and a strategy of its objects."""
    given = draw(st.lists(hints_and_values(depth), max_size=4))
    names = [draw(st.sampled_from(["x", "_x", "note"])) + str(number) for number in range(len(given))]
    made = make_dataclass(
        "Made", list(zip(names, (hint for hint, _ in given), strict=True)), frozen=True, slots=draw(st.booleans())
    )
    return made, st.builds(made, **dict(zip(names, (values for _, values in given), strict=True)))


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_an_event_is_read_as_it_was_written(data):
    kind, values = data.draw(classes())
    event, codec = data.draw(values), EventCodec({"made": kind})
    name, version, payload = codec.encode(event)
    assert (name, version) == ("made", 1)
    assert as_oracle(json.loads(payload), event) == wire(event)
    read = codec.decode(name, version, payload, position=1)
    assert read == event and typed(read) == typed(event)
    # As another program may write it: with spaces, other escapes, keys in another order.
    other = json.dumps(json.loads(payload), sort_keys=True, indent=1).encode()
    assert typed(codec.decode(name, version, other, position=1)) == typed(event)


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(list(PLAIN)), ALMOST, st.booleans())
@example(float, float("inf"), True)
@example(float, 1, False)
@example(int, 2**63, False)
@example(int, True, False)
def test_what_is_almost_of_the_type_is_refused_or_read_with_the_same_type(hint, value, optional):
    kind = make_dataclass("Made", [("held", hint | None if optional else hint)], frozen=True)
    codec = EventCodec({"made": kind})
    try:
        encoded = codec.encode(kind(value))
    except lab.InvalidArgument as error:
        assert "Made.held is " in str(error)
        return
    read = codec.decode(*encoded, position=1)
    assert read == kind(value) and typed(read) == typed(kind(value))


def test_what_msgspec_may_make_is_what_the_exact_reader_makes(monkeypatch):
    @dataclass(frozen=True)
    class Order:
        at: datetime
        lines: tuple[Line, ...]
        size: Size | None = None

    Order.__annotations__ = {"at": datetime, "lines": tuple[Line, ...], "size": Size | None}
    event = Order(datetime(2011, 7, 4, 12, 0, 0, 5), (Line("mug", 2), Line("é\u2028\x00", -3)))
    codec = EventCodec({"order": Order})
    encoded, fast = codec.encode(event), codec.decode(*codec.encode(event), position=1)
    monkeypatch.setattr(module, "_fast", lambda kind: None)
    slow = EventCodec({"order": Order})
    assert slow.encode(event) == encoded
    assert typed(slow.decode(*encoded, position=1)) == typed(fast) == typed(event)


def test_sets_are_written_in_one_order_whatever_the_hash_seed():
    @dataclass(frozen=True)
    class Tagged:
        tags: frozenset[str]

    Tagged.__annotations__ = {"tags": frozenset[str]}
    assert EventCodec({"t": Tagged}).encode(Tagged(frozenset("cab"))).payload == b'{"tags":["a","b","c"]}'


# --- what is read: every way in which it does not fit, with type, field and position --------------------------


@dataclass(frozen=True)
class Placed:
    order: str
    amount: int
    price: float
    lines: tuple[Line, ...]
    at: datetime
    note: str | None = None


GOOD = {
    "order": "o-1", "amount": 3, "price": 1.5, "lines": [{"product": "mug", "quantity": 2}],
    "at": "2011-07-04T12:00:00", "note": None,
}  # fmt: skip
CODEC = EventCodec({"placed": Placed, "line": Line})


def refusal(payload):
    if not isinstance(payload, bytes):
        # As this kit writes it, and as others do: the two are read in different ways.
        compact = json.dumps(payload, separators=(",", ":"), ensure_ascii="\\ud800" in json.dumps(payload)).encode()
        assert refusal(compact) == (said := refusal(json.dumps(payload).encode()))
        return said
    with pytest.raises(lab.DecodingFailed) as caught:
        CODEC.decode("placed", 1, payload, position=41)
    error = caught.value
    assert isinstance(error, lab.UnreadableEvent) and (error.event, error.version, error.position) == ("placed", 1, 41)
    assert "'placed'" in str(error) and "position 41" in str(error) and error.field in str(error)
    return error.field, error.why


def test_the_good_one_is_read():
    read = CODEC.decode("placed", 1, json.dumps(GOOD).encode(), position=1)
    assert read == Placed("o-1", 3, 1.5, (Line("mug", 2),), datetime(2011, 7, 4, 12))


WITHOUT_NOTE = {name: value for name, value in GOOD.items() if name != "note"}


@pytest.mark.parametrize(
    ("change", "where", "why"),
    [
        ({"colour": "red"}, "colour", "is no field of Placed"),
        ({"lines": [{"product": "mug", "quantity": 2, "gift": True}]}, "lines[0].gift", "is no field of Line"),
        ({"lines": [{"product": "mug"}]}, "lines[0].quantity", "is missing"),
        ({"lines": [GOOD["lines"][0], {"product": "m", "quantity": 1.5}]}, "lines[1].quantity", "1.5, declared as int"),
        ({"lines": {"product": "mug"}}, "lines", "declared as tuple"),
        ({"lines": [5]}, "lines[0]", "declared as Line"),
        ({"lines": None}, "lines", "is null, declared as"),
        ({"amount": True}, "amount", "is true, declared as int"),
        ({"amount": "3"}, "amount", "is '3', declared as int"),
        ({"amount": 2**63}, "amount", "more than 64 bits"),
        ({"amount": -(2**63) - 1}, "amount", "more than 64 bits"),
        ({"amount": 1e30}, "amount", "declared as int"),
        ({"price": 2**53 + 1}, "price", "equal to no float"),
        ({"price": 10**400}, "price", "equal to no float"),
        ({"price": "1.5"}, "price", "declared as float"),
        ({"order": 7}, "order", "is 7, declared as str"),
        ({"order": "\ud800"}, "order", "surrogate"),
        ({"note": False}, "note", "is false, declared as str | None"),
        ({"at": "2011-07-04T12:00:00.1234567"}, "at", "more than microseconds"),
        ({"at": "yesterday"}, "at", "declared as datetime"),
        ({"at": 1309780800}, "at", "declared as datetime"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(change, where, why):
    field, said = refusal(GOOD | change)
    assert field == where and why in said


def test_a_missing_field_is_named_although_it_has_a_default():
    assert refusal(WITHOUT_NOTE) == ("note", "is missing")


def test_a_missing_field_of_an_item_is_named_although_it_has_a_default():
    for slots in (False, True):
        item = make_dataclass("Item", [("number", int), ("note", str, "")], frozen=True, slots=slots)
        holder = make_dataclass("Holder", [("items", tuple[item, ...]), ("pair", tuple[item, int] | None)], frozen=True)
        codec = EventCodec({"holder": holder})
        event = holder((item(1), item(2)), (item(3), 4))
        payload = codec.encode(event).payload
        assert codec.decode("holder", 1, payload, position=1) == event
        for place, where in ((1, "items[0]"), (2, "items[1]"), (3, "pair[0]")):
            torn = payload.replace(b'"number":%d,"note":""' % place, b'"number":%d' % place)
            with pytest.raises(lab.DecodingFailed) as caught:
                codec.decode("holder", 1, torn, position=1)
            assert caught.value.field == f"{where}.note"


@pytest.mark.parametrize(
    ("payload", "where", "why"),
    [
        (b"", "", "is not JSON"),
        (b"[]", "", "is [], and no object"),
        (b"null", "", "is None, and no object"),
        (b'{"order": "o-1"', "", "is not JSON"),
        (b'{"order": "\xff"}', "", "is not UTF-8 (byte 11)"),
        (b'{"order": NaN}', "", "NaN is no number"),
        (json.dumps(GOOD).replace('"amount": 3', '"amount": 3, "amount": 4').encode(), "amount", "is there twice"),
        (json.dumps(GOOD)[:-1].encode() + b', "deep": ' + b"[" * 200_000, "", "nested too deeply"),
        (json.dumps(GOOD | {"order": "x" * 1_000_000}).encode(), "", "more than 1,000,000"),
        (json.dumps(GOOD).replace("3", "9" * 5000).encode(), "", "is not JSON"),
    ],
    ids=["nothing", "a list", "null", "torn", "no utf-8", "nan", "twice", "deep", "long", "5000 digits"],
)  # fmt: skip
def test_what_is_no_object_of_fields_is_refused(payload, where, why):
    field, said = refusal(payload)
    assert field == where and why in said


@pytest.mark.parametrize(
    ("hint", "raw", "where", "why"),
    [
        (frozenset[str], ["a", "b", "a"], "held", "holds an item twice"),
        (tuple[int, str], [1], "held", "holds 1 items, declared with 2"),
        (tuple[int, str], [1, "a", 2], "held", "holds 3 items, declared with 2"),
        (tuple[int, str], [1, 2], "held[1]", "is 2, declared as str"),
        (Literal["a", "b"], "c", "held", "is 'c', declared as"),
        (Size, "m", "held", "is 'm', declared as Size"),
        (Decimal, "1_0", "held", "declared as Decimal"),
        (bytes, "YQ", "held", "declared as bytes"),
        (UUID, "12345678123456781234567812345678", "held", "declared as UUID"),
    ],
)  # fmt: skip
def test_what_does_not_fit_a_set_a_pair_or_a_list_of_values_is_named(hint, raw, where, why):
    codec = EventCodec({"made": (Line, make_dataclass("Made", [("held", hint)], frozen=True))})
    with pytest.raises(lab.DecodingFailed) as caught:
        codec.decode("made", 2, json.dumps({"held": raw}, separators=(",", ":")).encode(), position=3)
    assert (caught.value.field, caught.value.version, caught.value.position) == (where, 2, 3)
    assert why in caught.value.why


@pytest.mark.parametrize(
    ("hint", "value", "said"),
    [
        (tuple[int, str], (1,), "Made.held holds 1 items, declared with 2"),
        (tuple[int, str], (1, "a", 2), "Made.held holds 3 items, declared with 2"),
        (Literal["a", "b"], "c", "Made.held is 'c', declared as"),
        (Literal[Size.SMALL], Size.LARGE, "declared as"),
    ],
)  # fmt: skip
def test_what_does_not_fit_a_pair_or_a_list_of_values_is_not_written(hint, value, said):
    kind = make_dataclass("Made", [("held", hint)], frozen=True)
    assert said in refused(kind, kind(value))


@pytest.mark.parametrize("written", ["3.0", "3e0", "30e-1", "0.3E1"])
def test_a_whole_number_may_be_written_as_javascript_and_pandas_do(written):
    payload = json.dumps(GOOD).replace('"amount": 3', f'"amount": {written}').encode()
    read = CODEC.decode("placed", 1, payload, position=1)
    assert typed(read.amount) == typed(3)


def test_fractions_are_not_rounded_to_a_whole_number():
    for written in ("9007199254740992.5", "3.0000000000000000000001", "1e999999999", "1e-999999999"):
        payload = json.dumps(GOOD).replace('"amount": 3', f'"amount": {written}').encode()
        assert refusal(payload)[0] == "amount"


def test_a_whole_number_may_stand_for_a_float_that_equals_it():
    payload = json.dumps(GOOD | {"price": 2}).encode()
    assert typed(CODEC.decode("placed", 1, payload, position=1).price) == typed(2.0)


def test_a_type_that_is_not_declared_is_named_with_its_position():
    for name, version in (("refunded", 1), ("placed", 2), ("Placed", 1), ("placed", 0)):
        with pytest.raises(lab.UnknownEventType, match="position 9 is of type .*declared: 'placed' 1, ") as caught:
            CODEC.decode(name, version, b"{}", position=9)
        assert isinstance(caught.value, lab.UnreadableEvent)
        assert (caught.value.event, caught.value.version, caught.value.position) == (name, version, 9)


# --- what is written ----------------------------------------------------------------------------------------


def refused(kind, value, codec=None):
    with pytest.raises(lab.InvalidArgument) as caught:
        (codec or EventCodec({"made": kind})).encode(value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"amount": 2**63}, "Placed.amount is 9223372036854775808, more than 64 bits hold"),
        ({"amount": 1.0}, "Placed.amount is 1.0, a float, declared as int"),
        ({"amount": True}, "Placed.amount is True, a bool, declared as int"),
        ({"amount": np.int64(3)}, "a int64, declared as int"),
        ({"price": 1}, "Placed.price is 1, a int, declared as float"),
        ({"price": float("nan")}, "Placed.price is nan, which JSON cannot hold"),
        ({"note": "\udc80"}, "half of a surrogate pair"),
        ({"lines": (Line("a", 1), Line("b", None))}, "Placed.lines[1].quantity is None, a NoneType, declared as int"),
        ({"lines": [Line("a", 1)]}, "a list, declared as tuple"),
        ({"at": datetime(2020, 1, 1, tzinfo=ZoneInfo("Europe/Berlin"))}, "in a zone that would be lost"),
        ({"at": datetime(2020, 10, 25, 2, fold=1)}, "fold=1"),
        ({"at": pd.Timestamp(2020, 1, 1)}, "a Timestamp, declared as datetime"),
        ({"order": "x" * 1_000_000}, "takes 1,000,085 bytes"),
    ],
)  # fmt: skip
def test_what_would_not_come_back_as_it_is_is_refused(change, said):
    good = {"order": "o", "amount": 1, "price": 1.0, "lines": (), "at": datetime(2020, 1, 1)}
    assert said in refused(Placed, Placed(**good | change))


def test_a_subclass_would_lose_its_fields_and_is_refused():
    @dataclass(frozen=True)
    class Gift(Line):
        ribbon: str = "red"

    assert "a Gift, declared as Line" in refused(Placed, Placed("o", 1, 1.0, (Gift("a", 1),), datetime(2020, 1, 1)))
    assert "Gift is not a declared event type ('line' 1)" in refused(Line, Gift("a", 1), EventCodec({"line": Line}))


@pytest.mark.parametrize("event", ["placed", 3, None, {"a": 1}, object()])
def test_what_is_no_declared_event_is_refused(event):
    assert "is not a declared event type" in refused(Line, event)


def test_a_class_defined_again_is_refused_with_the_cell_to_run():
    again = make_dataclass("Line", [("product", str), ("quantity", int)], frozen=True)
    again.__module__, again.__qualname__ = Line.__module__, Line.__qualname__
    assert "belongs to another class than the Line" in refused(Line, again("a", 1))


def test_an_event_that_lacks_a_field_is_not_written_without_it():
    @dataclass(frozen=True)
    class Noted:
        number: int
        note: str = ""

    half = object.__new__(Noted)
    object.__setattr__(half, "number", 1)
    assert half == Noted(1)  # the class lends it the default
    assert "Noted.note was never set" in refused(Noted, half)


# --- classes that run code of their own -----------------------------------------------------------------------

RUNS = []


@dataclass(frozen=True)
class Computed:
    amount: int
    double: int = field(init=False)

    def __post_init__(self):
        RUNS.append(self.amount)
        object.__setattr__(self, "double", 2 * self.amount)

    @cached_property
    def half(self):
        return self.amount / 2


def test_what_post_init_computed_is_recorded_and_it_does_not_run_again():
    codec, event = EventCodec({"computed": Computed}), Computed(4)
    assert event.half == 2
    encoded = codec.encode(event)
    assert encoded.payload == b'{"amount":4,"double":8}'
    RUNS.clear()
    assert codec.decode(*encoded, position=1) == event
    # The rule has changed since: what was recorded stays what it was.
    assert codec.decode("computed", 1, b'{"amount":4,"double":7}', position=1).double == 7
    assert RUNS == []


def test_within_another_class_too_post_init_does_not_run_again():
    holder = make_dataclass("Holder", [("held", tuple[Computed, ...])], frozen=True)
    codec, event = EventCodec({"holder": holder}), holder((Computed(1),))
    encoded = codec.encode(event)
    RUNS.clear()
    assert codec.decode(*encoded, position=1) == event and RUNS == []


def test_what_post_init_sets_beside_the_fields_is_refused():
    @dataclass(frozen=True)
    class Beside:
        amount: int

        def __post_init__(self):
            object.__setattr__(self, "extra", 1)

    assert "Beside.extra is no field, and would be lost" in refused(Beside, Beside(1))


# --- the declaration ------------------------------------------------------------------------------------------


def test_older_shapes_are_read_as_the_class_they_were_recorded_in_and_lifted_by_upcasting():
    older = make_dataclass("Older", [("name", str)], frozen=True)
    newer = make_dataclass("Newer", [("given", str), ("family", str)], frozen=True)
    before, now = EventCodec({"registered": older}), EventCodec({"registered": (older, newer)})
    assert now.decode(*before.encode(older("Ada Lovelace")), position=1) == older("Ada Lovelace")
    assert now.encode(newer("Ada", "Lovelace"))[:2] == ("registered", 2)
    with pytest.raises(lab.UnknownEventType, match="version 2"):
        before.decode(*now.encode(newer("Ada", "Lovelace")), position=1)


@pytest.mark.parametrize("given", [[Line, Placed], (Line,), {Line}])
def test_a_list_of_classes_is_refused_with_how_names_are_given(given):
    with pytest.raises(lab.InvalidArgument, match=r'the name it is to have in the log: \{"(line|placed)": '):
        EventCodec(given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, '{"order-placed": OrderPlaced, …}'),
        (Line, "is not a mapping"),
        ({"": Line}, "events='' is not a name"),
        ({Line: "line"}, "is not a name; give a string"),
        ({"line": "Line"}, "events['line']='Line' is not a class"),
        ({"line": Line, "row": Line}, "Line is declared twice, as 'line' version 1 and 'row' version 1"),
        ({"line": (Line, Line)}, "declared twice"),
        ({"number": int}, "is not a dataclass"),
    ],
)  # fmt: skip
def test_a_declaration_that_says_nothing_clear_is_refused(given, said):
    with pytest.raises(lab.InvalidArgument) as caught:
        EventCodec(given)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "hint",
    [object, Any, list[int], dict[str, int], int | str, int | float, set[int], tuple, typing.Sequence[int], type(None),
     complex, Literal[1, "a"], str | date, Line | Placed, range, tuple[object, ...], frozenset[Line],
     frozenset[datetime], frozenset[str | None], frozenset[frozenset[int]], typing.TypeVar("T"), lab.Expected],
    ids=str,
)  # fmt: skip
def test_a_field_that_json_cannot_keep_is_refused_when_it_is_declared(hint):
    kind = make_dataclass("Made", [("held", hint)], frozen=True)
    if hint is lab.Expected:  # an enum of texts is fine
        EventCodec({"made": kind})
        return
    with pytest.raises(lab.InvalidArgument, match=r"Made\.held: .* cannot be recorded as JSON; use bool, int, "):
        EventCodec({"made": kind})


@dataclass(frozen=True)
class Tree:
    branches: tuple[Tree, ...]


def test_a_class_that_holds_itself_is_refused():
    with pytest.raises(lab.InvalidArgument, match="Tree holds itself"):
        EventCodec({"tree": Tree})


def test_a_class_that_is_text_too_is_refused():
    class Words(str, StrEnum.__mro__[-1]):
        __slots__ = ()

    kind = make_dataclass("Odd", [("held", int)], bases=(Words,), frozen=True)
    with pytest.raises(lab.InvalidArgument, match="Odd cannot be read back"):
        EventCodec({"odd": kind})


def test_data_never_says_which_class_is_made():
    assert "pickle" not in {name for name in sys.modules[module.__name__].__dict__}
    with pytest.raises(lab.UnknownEventType):
        CODEC.decode("builtins.dict", 1, b"{}", position=1)


def test_times_in_utc_stay_in_utc():
    kind = make_dataclass("Made", [("at", datetime)], frozen=True)
    codec = EventCodec({"made": kind})
    encoded = codec.encode(kind(datetime(2020, 1, 1, tzinfo=UTC)))
    assert encoded.payload == b'{"at":"2020-01-01T00:00:00Z"}'
    assert codec.decode(*encoded, position=1).at.tzinfo is UTC


# --- many at once -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paid:
    order: str
    cents: int
    at: datetime | None
    sizes: tuple[Size, ...] = ()


@dataclass(frozen=True, slots=True)
class Noted:
    text: str


def test_many_events_are_written_as_each_of_them_is():
    """The glance at all of them, and the look at each, agree: also about what is not written, and which it was."""
    codec = EventCodec({"paid": Paid, "noted": Noted})
    good = [Paid("o-1", 5, None), Noted("a\nb\u2028c\r"), Paid("ö", -(2**63), datetime(2011, 7, 4), (Size.LARGE,))]
    assert codec.encode_all(good) == [codec.encode(one) for one in good]
    bad = [
        Paid("o", 2**63, None),
        Paid("o", True, None),
        Paid("\ud800", 5, None),
        Paid("o", 5, datetime(1, 1, 1, fold=1)),
        Paid("o", 5, None, ("s",)),
        Paid("o", 5, None, [Size.SMALL]),
        Noted(5),
        Noted("x" * 1_000_001),
        "no event",
    ]
    for one in bad:
        with pytest.raises(lab.InvalidArgument) as alone:
            codec.encode(one)
        with pytest.raises(lab.InvalidArgument) as among:
            codec.encode_all([*good, one, *good])
        assert str(among.value) == f"event 4: {alone.value}"


@pytest.mark.parametrize(
    "written",
    [
        [b'{"text":"a"}', b'{"text":"b"}'],
        [b'{"text":"a"}\n{"text":"b"}', b""],
        [b'{"text":"a"}{"text":"b"}', b""],
        [b'{"text":"a"', b"}"],
        [b'{"text":"a"}', b""],
        [b'{"text":"a","text":"b"}'],
        [b'{"text": "a"}'],
        [b'{"text":"a","more":1}'],
        [b'{"text":"' + b"0" * 19 + b'"}'],
        [b'{"text":"' + b"x" * 1_000_000 + b'"}'],
        [b'{"text":"\xff"}'],
    ],
)
def test_what_is_read_at_once_is_what_is_read_one_by_one_or_left_to_that(written):
    codec = EventCodec({"noted": Noted})
    at_once = codec.decode_at_once("noted", 1, written)
    assert at_once is None or at_once == [codec.decode("noted", 1, one, 1) for one in written]
    assert (at_once is not None) == (written == [b'{"text":"a"}', b'{"text":"b"}'])
