"""What an event class is made of is said once, for columns, shredding and codecs."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, Flag
from functools import cached_property
from typing import Literal, NewType, Optional

import pytest

import cqrs_lab as lab
from cqrs_lab.log.guards.shape import Value, beside_the_fields, fields_of, item_of, value_of

Mills = NewType("Mills", int)
Price = NewType("Price", Mills)


class Size(Enum):
    SMALL = "s"
    LARGE = "l"


class Rights(Flag):
    READ = 1


@pytest.mark.parametrize(
    ("hint", "value"),
    [
        (int, Value(int)),
        (int | None, Value(int, True)),
        (Optional[str], Value(str, True)),  # noqa: UP045 - both ways to write it
        (Price | None, Value(int, True)),
        (Literal["a", "b"], Value(str, False, frozenset("ab"))),
        (Literal["a", None], Value(str, True, frozenset("a"))),
        (Literal["a"] | Literal["b"] | None, Value(str, True, frozenset("ab"))),
        (Size, Value(Size, False, frozenset(Size))),
        (Literal[Size.SMALL], Value(Size, False, frozenset([Size.SMALL]))),
        (Rights, Value(Rights)),
        (int | str, Value(int | str)),
        (int | str | None, Value(int | str | None, True)),
        (Literal[1, "a"], Value(Literal[1, "a"], False, frozenset([1, "a"]))),
        (tuple[int, ...], Value(tuple[int, ...])),
    ],
)  # fmt: skip
def test_an_annotation_is_taken_apart(hint, value):
    assert value_of(hint) == value


def test_what_a_series_holds():
    assert [item_of(one) for one in (tuple[int, ...], list[str], Sequence[Size], tuple[int, int], int, tuple[int])] == [
        int, str, Size, None, None, int,
    ]  # fmt: skip


@dataclass(frozen=True)
class Base:
    first: "int"
    second: str = ""


@dataclass(frozen=True)
class Child(Base):
    third: float = 0.0

    def __post_init__(self):
        if self.third:
            object.__setattr__(self, "half", self.third / 2)

    @cached_property
    def double(self):
        return 2 * self.third


def test_fields_come_in_order_with_those_of_the_base():
    assert fields_of(Child) == {"first": int, "second": str, "third": float}


@pytest.mark.parametrize("what", [int, "Child", Child(1), None])
def test_what_is_no_dataclass_is_refused(what):
    with pytest.raises(lab.InvalidArgument, match="is not a dataclass; declare"):
        fields_of(what)


def test_a_name_that_cannot_be_found_is_named():
    @dataclass(frozen=True)
    class Local:
        held: "Nowhere"  # noqa: F821

    with pytest.raises(lab.SchemaError, match="'Nowhere', which cannot be found"):
        fields_of(Local)


def test_what_is_set_beside_the_fields_is_found_and_a_cache_is_not():
    plain, halved = Child(1), Child(1, third=4.0)
    assert (plain.double, halved.double) == (0.0, 8.0)
    assert (beside_the_fields(plain), beside_the_fields(halved)) == ([], ["half"])
