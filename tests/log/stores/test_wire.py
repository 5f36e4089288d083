"""What a form passes is read as it was; what is read otherwise is refused with its place."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any, Literal

import msgspec
import pytest

import cqrs_lab as lab
from cqrs_lab.log.stores.plain_values import Misfit
from cqrs_lab.log.stores.wire import class_form, form_of, parse


class Size(Enum):
    SMALL = "s"
    LARGE = "l"


@dataclass(frozen=True, slots=True)
class Line:
    product: str
    units: int


@dataclass(frozen=True)
class Loose:
    product: str
    note: str = ""


VALUES: list[tuple[Any, list[Any]]] = [
    (int | None, [3, None]),
    (Literal["a", "b"], ["a", "b"]),
    (Size, [Size.SMALL, Size.LARGE]),
    (tuple[int, ...], [(), (1, 2)]),
    (tuple[str, int], [("a", 1)]),
    (frozenset[str], [frozenset(), frozenset("ab")]),
    (Line, [Line("tea", 2)]),
    (tuple[Line, ...], [(Line("tea", 2), Line("rice", -1))]),
    (Loose, [Loose("tea"), Loose("tea", "ö")]),
]


@pytest.mark.parametrize(("hint", "values"), VALUES, ids=[str(hint) for hint, _ in VALUES])
def test_what_passes_is_read_as_it_was(hint, values):
    form = form_of(hint, "Made.held")
    for value in values:
        form.check(value)
        read = form.read(parse(msgspec.json.encode(value)))
        assert read == value and type(read) is type(value)


@pytest.mark.parametrize(("hint", "values"), VALUES, ids=[str(hint) for hint, _ in VALUES])
@pytest.mark.parametrize("other", [True, 1.0, 2**63, "\ud800", "c", [1], (1, "a"), ("a",), Line(1, 2), None, {1}])
def test_what_is_passed_at_a_glance_passes_the_closer_look(hint, values, other):
    form = form_of(hint, "Made.held")

    def passes(value):
        try:
            form.check(value)
        except Misfit:
            return False
        return True

    many = [*values, other, *values]
    assert not form.all_fit(many) or all(map(passes, many))


@pytest.mark.parametrize(
    ("payload", "why", "where"),
    [
        (b'{"a": 1, "a": 2}', "is there twice", "a"),
        (b'{"a": NaN}', "NaN is no number", ""),
        (b'{"a": -Infinity}', "-Infinity is no number", ""),
        (b"\xff", r"is not UTF-8 \(byte 0\)", ""),
        (b'{"a"', "is not JSON", ""),
        (b"[" * 200_000, "is nested too deeply", ""),
    ],
    ids=["twice", "nan", "infinity", "no utf-8", "torn", "deep"],
)
def test_json_of_which_a_reader_might_make_two_things_is_refused(payload, why, where):
    with pytest.raises(Misfit, match=why) as refused:
        parse(payload)
    assert refused.value.where == where


def test_no_fraction_is_rounded_before_it_is_known_what_it_stands_for():
    assert parse(b"[0.1, 1e2, 3]") == [Decimal("0.1"), Decimal("1e2"), 3]
    assert parse(b"9007199254740992.5") == Decimal("9007199254740992.5")


@pytest.mark.parametrize(
    ("raw", "why", "where"),
    [
        ([{"product": "a", "units": 1}, {"product": "b"}], "is missing", "[1].units"),
        ([{"product": "a", "units": 1, "gift": 0}], "is no field of Line", "[0].gift"),
        ([{"product": "a", "units": None}], "is null, declared as int", "[0].units"),
        ([5], "is 5, declared as Line", "[0]"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(raw, why, where):
    with pytest.raises(Misfit) as refused:
        form_of(tuple[Line, ...], "Made.held").read(raw)
    assert why in refused.value.why and refused.value.where == where


def test_no_code_of_a_class_runs_when_one_is_read():
    ran = []

    @dataclass(frozen=True)
    class Noisy:
        held: int
        twice: int = field(default=0, init=False)

        def __post_init__(self):
            ran.append(self)

    Noisy.__annotations__ = {"held": int, "twice": int}
    read = class_form(Noisy).read(json.loads('{"held": 3, "twice": 7}'))
    assert ((read.held, read.twice), ran) == ((3, 7), []) and not class_form(Noisy).plain
    assert class_form(Line).plain and class_form(Line).whole and not class_form(Loose).whole


@pytest.mark.parametrize("hint", [list[int], dict[str, int], object, frozenset[float], frozenset[str | None], complex])
def test_what_has_no_form_is_refused_with_what_is_accepted(hint):
    with pytest.raises(lab.InvalidArgument, match=r"^Made.held: .* cannot be recorded as JSON; use bool, int"):
        form_of(hint, "Made.held")
