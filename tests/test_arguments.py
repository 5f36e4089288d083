"""What every door of the package uses to refuse an argument in one sentence."""

from __future__ import annotations

import numpy as np
import pytest

import cqrs_lab as lab
from cqrs_lab.arguments import function, having, shown, text, whole_number


class Unprintable:
    def __repr__(self):
        raise ValueError("no repr")


@pytest.mark.parametrize("number", [1, np.int64(1), np.int32(1), np.uint8(1)])
def test_a_whole_number_of_any_integer_type_comes_back_as_an_int(number):
    assert type(whole_number("limit", number, "a number")) is int


@pytest.mark.parametrize("wrong", ["3", 1.0, np.float64(1), True, np.True_, None, [1], -1, np.int64(-1), 10**400 * -1])
def test_what_is_no_whole_number_or_too_small_is_refused_in_one_sentence(wrong):
    with pytest.raises(lab.InvalidArgument, match=r"^limit=.* is not a number; give 0 or more$") as caught:
        whole_number("limit", wrong, "a number; give 0 or more")
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 200


@pytest.mark.parametrize("wrong", ["", b"order-7", 7, None, str, ["order-7"]])
def test_what_is_no_text_or_an_empty_one_is_refused(wrong):
    with pytest.raises(lab.InvalidArgument, match=r"^stream=.* is not a name$"):
        text("stream", wrong, "a name")


@pytest.mark.parametrize("wrong", [None, "len", 3])
def test_what_cannot_be_called_is_refused(wrong):
    with pytest.raises(lab.InvalidArgument, match="is not a function"):
        function("decide", wrong, "a function")


@pytest.mark.parametrize("wrong", [None, {}, lab.MemoryEventStore, "store", np.zeros(3)])
def test_a_class_or_an_object_without_the_methods_is_refused(wrong):
    with pytest.raises(lab.InvalidArgument, match="is not a store"):
        having("store", wrong, ["append", "head"], "a store")


@pytest.mark.parametrize(
    "value",
    [Unprintable(), "x" * 10_000, list(range(10**5)), np.zeros((50, 50)), "a\nb", 10**5000, [-(10**5000)]],
    ids=["unprintable", "text", "list", "array", "lines", "number", "number in a list"],
)
def test_any_value_is_shown_in_one_short_line(value):
    assert len(shown(value)) < 150 and "\n" not in shown(value)
