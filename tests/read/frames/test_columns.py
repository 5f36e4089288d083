"""No event loses its row, and no value is changed, on the way into a table: it is an error that names the place."""

import enum
from dataclasses import dataclass, field, make_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal, NewType

import numpy as np
import pandas as pd
import pytest

import cqrs_lab as lab


class Colour(str, enum.Enum):  # noqa: UP042 - the older form, which learners meet
    RED = "red"


class Size(enum.IntEnum):
    LARGE = 3


class Name(str):
    pass


@dataclass(frozen=True)
class Line:
    sku: str
    units: int


@dataclass(frozen=True)
class OldLine:
    sku: str


@dataclass(frozen=True)
class Whole:
    value: int


@dataclass(frozen=True)
class MaybeWhole:
    value: int | None


@dataclass(frozen=True)
class Real:
    value: float


@dataclass(frozen=True)
class Text:
    value: str


@dataclass(frozen=True)
class MaybeText:
    value: str | None


@dataclass(frozen=True)
class Flag:
    value: bool


@dataclass(frozen=True)
class Day:
    value: date


@dataclass(frozen=True)
class Moment:
    value: datetime


@dataclass(frozen=True)
class MaybeMoment:
    value: datetime | None


@dataclass(frozen=True)
class Lines:
    value: tuple[Line, ...]


@dataclass(frozen=True)
class Words:
    value: tuple[str, ...]


def batch_of(*events):
    return lab.EventBatch([lab.RecordedEvent("s", n, n + 10, event, 0.0) for n, event in enumerate(events, 1)])


def column_of(*events):
    return batch_of(*events).frame(type(events[0]))["value"]


@pytest.mark.parametrize(
    ("kind", "good", "bad", "because"),
    [
        (Whole, 1, True, "a bool, but declared as int"),
        (Whole, 1, None, "a NoneType, but declared as int"),
        (Whole, 1, "3", "a str, but declared as int"),
        (Whole, 1, 2.0, "a float, but declared as int"),
        (Whole, 1, Decimal(2), "a Decimal, but declared as int"),
        (Whole, 1, np.timedelta64(5, "D"), "a timedelta64, but declared as int"),
        (Whole, 1, 2**63, "an? int, more than 64 bits hold; declare it as str"),
        (Whole, 1, -(2**63) - 1, "more than 64 bits hold"),
        (Whole, 1, np.uint64(2**63), "more than 64 bits hold"),
        (MaybeWhole, None, 10**30, "more than 64 bits hold"),
        (MaybeWhole, None, np.uint64(2**63), "more than 64 bits hold"),
        (MaybeWhole, None, False, r"a bool, but declared as int \| None"),
        (Real, 1.5, True, "a bool, but declared as float"),
        (Real, 1.5, None, "a NoneType, but declared as float"),
        (Real, 1.5, Decimal(2), "a Decimal, but declared as float"),
        (Real, 1.5, 1j, "a complex, but declared as float"),
        (Real, 1.5, 2**53 + 1, "equal to no float; declare it as int"),
        (Real, 1.5, 10**400, "equal to no float; declare it as int"),
        (Text, "a", None, "a NoneType, but declared as str"),
        (Text, "a", 3, "an? int, but declared as str"),
        (Text, "a", float("nan"), "a float, but declared as str"),
        (MaybeText, None, float("nan"), r"a float, but declared as str \| None"),
        (Flag, True, 1, "an? int, but declared as bool"),
        (Flag, True, None, "a NoneType, but declared as bool"),
        (Day, date(2011, 1, 1), datetime(2011, 1, 1, 9, 30), "a datetime, but declared as date"),
        (Day, date(2011, 1, 1), pd.Timestamp(2011, 1, 1, 9), "a Timestamp, but declared as date"),
        (Day, date(2011, 1, 1), pd.NaT, "a NaTType, but declared as date"),
        (Moment, datetime(2011, 1, 1), date(2011, 1, 1), "a date, but declared as datetime"),
        (Moment, datetime(2011, 1, 1), pd.NaT, "a NaTType, but declared as datetime"),
        (Moment, datetime(2011, 1, 1), datetime(2011, 1, 1, tzinfo=UTC), "with a time zone"),
        (Moment, datetime(2011, 1, 1), pd.Timestamp("2011-01-01 00:00:00.000000001"), "which has nanoseconds"),
        (MaybeMoment, None, "2011-01-01", r"a str, but declared as datetime \| None"),
    ],
)
def test_what_a_column_would_lose_or_change_is_refused_with_its_place(kind, good, bad, because):
    with pytest.raises(lab.SchemaError, match=rf"{kind.__name__}\.value at position 13 is .*{because}"):
        column_of(kind(good), kind(good), kind(bad), kind(good))


@pytest.mark.parametrize(
    ("event", "kept", "dtype"),
    [
        (Whole(-(2**63)), -(2**63), "int64"),
        (Whole(np.int32(7)), 7, "int64"),
        (Whole(np.uint64(7)), 7, "int64"),
        (Whole(Size.LARGE), 3, "int64"),
        (MaybeWhole(2**63 - 1), 2**63 - 1, "Int64"),
        (Real(3), 3.0, "float64"),
        (Real(np.float32(0.5)), 0.5, "float64"),
        (Real(2**60), 2.0**60, "float64"),
        (Text(Colour.RED), "red", "str"),
        (Text(Name("Ada")), "Ada", "str"),
        (Text(""), "", "str"),
        (Flag(np.True_), True, "bool"),
        (Day(date(1, 1, 1)), datetime(1, 1, 1), "datetime64[us]"),
        (Moment(pd.Timestamp(2011, 1, 1, 9)), datetime(2011, 1, 1, 9), "datetime64[us]"),
        (MaybeMoment(pd.NaT), None, "datetime64[us]"),
    ],
)
def test_what_is_equal_to_a_value_of_the_column_is_kept_as_that(event, kept, dtype):
    column = column_of(event)
    assert str(column.dtype) == dtype
    assert pd.isna(column[0]) if kept is None else column[0] == kept
    assert type(column[0]) is not Colour and not isinstance(column[0], (Colour, Name))


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (Lines((Line("tea", 1), OldLine("tea"))), r"Lines.value at position 11 holds a OldLine, declared as Line"),
        (Lines((Line("tea", True),)), r"Line\.units at position 11 is True, a bool"),
        (Lines(None), r"Lines.value at position 11 is None, but declared as a tuple; record \(\)"),
        (Words("tea"), r"Words.value at position 11 is 'tea', but declared as a tuple"),
        (Words(("tea", None)), r"Words.value at position 11 is None, a NoneType, but declared as str"),
    ],
)
def test_items_are_looked_at_as_closely(event, message):
    with pytest.raises(lab.SchemaError, match=message):
        batch_of(event).frame(type(event), each="value")


def test_a_field_that_an_older_event_lacks_is_named_with_the_event():
    old = object.__new__(Whole)
    with pytest.raises(lab.DefinedAgain, match="Whole was defined again.* at position 12 .* no .value."):
        column_of(Whole(1), old)


@dataclass(frozen=True)
class NeverSet:
    value: str
    note: str = field(init=False)


def test_a_field_that_was_never_set_is_named():
    with pytest.raises(lab.SchemaError, match="NeverSet.note was never set; give the field a default"):
        batch_of(NeverSet("x")).frame(NeverSet)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda batch: batch.frame("Lines"), r"'Lines' is a name; give the class itself, such as batch.frame\(Lines\)"),
        (lambda batch: batch.frame(Words(())), r"give the class of the events, such as batch.frame\(Words\)"),
        (lambda batch: batch.frame([Words]), "give the class of the events"),
        (lambda batch: batch.frame(None), "give the class of the events"),
        (lambda batch: batch.frame(int), "is not a dataclass"),
        (lambda batch: batch.frame(Lines, each="line"), "no tuple field 'line'; fields for each=: value"),
        (lambda batch: batch.frame(Lines, each=Line), "each=.*give the name of a field that holds a tuple"),
        (lambda batch: batch.frame(Lines, each=["value"]), "each=.*give the name of a field"),
        (lambda batch: batch.frame(Text, each="value"), "no tuple field 'value'; fields for each=: none"),
    ],
)
def test_a_frame_of_what_is_no_event_type_is_refused_with_what_to_write(call, message):
    with pytest.raises(lab.InvalidArgument, match=message):
        call(batch_of(Lines(())))


class Tone(enum.StrEnum):
    HIGH = "high"
    LOW = "low"


class Bits(enum.IntFlag):
    ONE = 1
    TWO = 2


Cents = NewType("Cents", int)
ACCOUNT = Literal["in", "out"]
LISTED = [
    (ACCOUNT, ["in", "out", np.str_("in")], ["In", "", "in ", Tone.HIGH, None, 1, b"in"], "str"),
    (ACCOUNT | None, ["in", None], ["", "none", 0], "str"),
    (Literal["in", None], ["in", None], ["out"], "str"),
    (Literal["in"] | Literal["out"], ["in", "out"], ["up", None], "str"),
    (Literal[1, 2], [1, np.int64(2)], [3, True, 1.0, "1", None], "int64"),
    (Literal[1] | None, [1, None], [2], "Int64"),
    (Literal[True], [True], [False, 1], "bool"),
    (Literal[Tone.HIGH], [Tone.HIGH, "high"], [Tone.LOW, "low"], "str"),
    (Tone, [Tone.LOW, "high"], ["HIGH", "middle", None], "str"),
    (Tone | None, [Tone.LOW, None], ["middle"], "str"),
    (Colour, [Colour.RED, "red"], ["blue"], "str"),
    (Size, [Size.LARGE, 3], [4, True, None], "int64"),
    (Bits, [Bits.ONE, Bits.ONE | Bits.TWO], ["1", None], "int64"),
    (NewType("Price", Cents), [5], ["5", None, True, Decimal(5)], "int64"),
    (date, [date(2026, 1, 1)], [datetime(2026, 1, 1), pd.Timestamp(0), "2026-01-01", None], "datetime64[us]"),
    (date | None, [date(2026, 1, 1), None], [datetime(2026, 1, 1), ""], "datetime64[us]"),
    (int | None, [5, None], [True, 5.0, "5", Decimal(5)], "Int64"),
    (float, [0.5, 5, np.float32(1)], [True, "0.5", None, Decimal("0.5")], "float64"),
]


@pytest.mark.parametrize(("annotation", "right", "wrong", "dtype"), LISTED, ids=lambda one: str(one)[:30])
def test_a_column_takes_what_its_annotation_declares_and_nothing_else(annotation, right, wrong, dtype):
    declared = make_dataclass("Declared", [("value", annotation)], frozen=True)
    of_items = make_dataclass("OfItems", [("value", tuple[annotation, ...])], frozen=True)
    frame = batch_of(*map(declared, right)).frame(declared)
    assert str(frame["value"].dtype) == dtype and len(frame) == len(right)
    items = batch_of(of_items(tuple(right))).frame(of_items, each="value")
    assert str(items["value"].dtype) == dtype and len(items) == len(right)
    for value in wrong:
        with pytest.raises(lab.SchemaError, match=r"Declared\.value at position 12 is .*declared as"):
            batch_of(declared(right[0]), declared(value)).frame(declared)
        with pytest.raises(lab.SchemaError, match=r"OfItems\.value at position 11 is .*declared as"):
            batch_of(of_items((right[0], value))).frame(of_items, each="value")


@pytest.mark.parametrize(
    "annotation",
    [Literal["a", 1], Literal[1, True], int | str, Decimal, Decimal | None, enum.Enum("Plain", "A"), bytes, dict],
)
def test_an_annotation_that_has_no_column_is_refused_also_without_events(annotation):
    declared = make_dataclass("Declared", [("value", annotation)], frozen=True)
    with pytest.raises(lab.SchemaError, match=r"Declared\.value: .* cannot be a column; use bool, int"):
        lab.EventBatch([]).frame(declared)


def test_the_error_lists_the_values_there_are():
    declared = make_dataclass("Declared", [("value", ACCOUNT)], frozen=True)
    with pytest.raises(lab.SchemaError, match="is 'up', a str, but declared as one of 'in', 'out'"):
        batch_of(declared("up")).frame(declared)
