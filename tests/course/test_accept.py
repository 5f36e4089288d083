"""A right answer is taken in any form that the task permits, and what is none is asked for in a sentence."""

from collections import namedtuple
from dataclasses import KW_ONLY, dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from itertools import count
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

from cqrs_lab.course.accept import as_items, as_mapping, as_number, as_whole, as_word, build
from cqrs_lab.course.guard import NotYet, call

NUMBERS = [3, 3.0, np.int64(3), np.uint8(3), np.float32(3), np.array(3), Fraction(6, 2), Decimal(3), pd.Series([3])[0]]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda one: type(one).__name__)
def test_any_type_of_number_is_a_number(number):
    assert as_number(number, "called f()") == as_whole(number, "called f()") == 3
    assert type(as_whole(number, "called f()")) is int


NO_NUMBERS = [None, True, np.True_, "3", [3], {}, np.array([3]), 3j, float("nan"), np.inf, len]
NO_NUMBERS += [10**5000, Decimal("sNaN"), Decimal("Infinity")]


@pytest.mark.parametrize("no_number", NO_NUMBERS, ids=lambda one: str(type(one)))
def test_what_is_no_number_is_refused_with_what_came(no_number):
    with pytest.raises(NotYet) as told:
        as_number(no_number, "called f()")
    assert told.value.done == "called f()" and told.value.expected == "a number" and told.value.ask


def test_half_a_thing_is_no_whole_number():
    with pytest.raises(NotYet, match="whole number"):
        as_whole(Fraction(7, 2), "called f()")


CONTAINERS = [
    [1, 2],
    (1, 2),
    {1, 2},
    frozenset([1, 2]),
    {1: "x", 2: "y"},
    {1: 0, 2: 0}.keys(),
    {"a": 1, "b": 2}.values(),
    (one for one in (1, 2)),
    map(int, "12"),
    range(1, 3),
    np.array([1, 2]),
    np.array([[1], [2]]),
    pd.Series([1, 2]),
    pd.Index([1, 2]),
    iter([1, 2]),
]


@pytest.mark.parametrize("container", CONTAINERS, ids=lambda one: type(one).__name__)
def test_any_container_is_a_container(container):
    items = as_items(container, "called f()")
    assert sorted(items) == [1, 2] and {type(one) for one in items} == {int}


@pytest.mark.parametrize("none", [None, "12", b"12", 12, len, pd.DataFrame({"a": [1, 2]})])
def test_what_holds_nothing_is_refused(none):
    with pytest.raises(NotYet):
        as_items(none, "called f()")


def test_a_generator_without_end_is_left_and_asked_for_its_end():
    with pytest.raises(NotYet, match="When does your generator end"):
        as_items(count(), "called f()")


MAPPINGS = [
    {"cup": 2, "pot": 1},
    MappingProxyType({"cup": 2, "pot": 1}),
    pd.Series({"cup": 2, "pot": 1}),
    pd.DataFrame({"units": [2, 1]}, index=["cup", "pot"]),
    [("cup", 2), ("pot", 1)],
    {"cup": np.int64(2), "pot": np.int64(1)}.items(),
    zip(["cup", "pot"], [2, 1], strict=True),
]


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda one: type(one).__name__)
def test_any_mapping_is_a_mapping(mapping):
    assert as_mapping(mapping, "asked your table") == {"cup": 2, "pot": 1}


@pytest.mark.parametrize("none", [None, 2, "cup", ["cup", "pot"], [1, 2], pd.DataFrame({"a": [1], "b": [2]})])
def test_what_names_no_values_is_no_mapping(none):
    with pytest.raises(NotYet):
        as_mapping(none, "asked your table")


def test_what_is_empty_is_an_empty_mapping():
    for empty in ({}, [], pd.Series(dtype="int64"), iter(())):
        assert as_mapping(empty, "asked your table") == {}


class Guarantee(Enum):
    READ_YOUR_WRITES = 1


@pytest.mark.parametrize(
    "word", ["read your writes", "Read-Your-Writes", " READ_YOUR_WRITES ", "read  your\nwrites.", "read‑your–writes"]
)
def test_a_word_may_be_spelt_in_any_way(word):
    assert as_word(word) == as_word(Guarantee.READ_YOUR_WRITES) == "read your writes"


@dataclass(frozen=True)
class InOrder:
    payer: str
    payee: str
    pence: int


@dataclass(frozen=True, kw_only=True)
class ByKeyword:
    pence: int
    to_account: str
    from_account: str


@dataclass(frozen=True, slots=True)
class Partly:
    amount_pence: int
    _: KW_ONLY
    target: str
    source: str
    note: str = ""


class ByHand:
    def __init__(self, to, from_, amount, /):
        self.to, self.from_, self.amount = to, from_, amount


class Other:
    def __init__(self, who, whom, how_much):
        self.who, self.whom, self.how_much = who, whom, how_much


PAY = {"payer": "ada", "payee": "ben", "pence": 5}
ALSO = {"payer": ("from", "source"), "payee": ("to", "target"), "pence": ("amount",)}
PAYS = [InOrder, ByKeyword, Partly, ByHand, Other, namedtuple("Pay", "pence to_account from_account")]


@pytest.mark.parametrize("maker", PAYS, ids=lambda one: one.__name__)
def test_a_class_is_filled_whatever_its_fields_are_called_and_in_which_order(maker):
    made = build(maker, PAY, ALSO)
    fields = {name: getattr(made, name) for name in maker.__match_args__} if maker is Partly else None
    assert fields in (None, {"amount_pence": 5})
    values = [getattr(made, name, None) for name in ("payer", "from_account", "source", "from_", "who")]
    assert "ada" in values and "ben" not in values


@pytest.mark.parametrize("fields", ["payer payee", "payer payee pence currency", ""])
def test_a_field_too_few_or_too_many_is_named(fields):
    with pytest.raises(NotYet) as told:
        build(namedtuple("Pay", fields), PAY, ALSO)
    assert told.value.came == f"fields {', '.join(fields.split()) or 'none'}"


def test_a_generator_is_read_and_its_error_is_met():
    def yields(upto):
        yield from range(upto)

    def stumbles(upto):
        yield 1 / upto

    assert call(yields, 3) == [0, 1, 2]
    with pytest.raises(NotYet) as told:
        call(stumbles, 0)
    assert (told.value.done, told.value.came) == ("called stumbles(0)", "ZeroDivisionError: division by zero")


def test_none_is_asked_for_its_return_before_anything_else():
    with pytest.raises(NotYet, match="Is there a return") as told:
        call(lambda pence: None, 5, name="fee", returns="a number of pence")
    assert (told.value.done, told.value.came) == ("called fee(5)", "None")
    assert told.value.expected == "a number of pence"


def test_a_value_and_its_text_look_different():
    told = NotYet("called f(1)", 0, "no error", "Why?")
    assert (told.came, told.expected) == ("0", "no error")
    with pytest.raises(NotYet) as told:
        as_number("0", "called f(1)", 0)
    assert (told.value.came, told.value.expected) == ("'0'", "0")


def test_frames_and_arrays_that_go_in_are_compared_too():
    frame, array = pd.DataFrame({"a": [1]}), np.array([1, 2])
    assert call(lambda one, two: int(one["a"].sum() + two.sum()), frame, array) == 4
    for spoil in (lambda one, two: one.insert(0, "b", 1), lambda one, two: two.fill(0)):
        with pytest.raises(NotYet, match="instead of changing it"):
            call(spoil, frame, array)
