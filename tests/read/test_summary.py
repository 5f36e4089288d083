"""The summary of a batch has the declared shape, adds up what fits, and leaves no event out without a word."""

from __future__ import annotations

import pytest

import cqrs_lab as lab
from cqrs_lab.read.summary import summarised
from tests.read.guards.test_overflow import Paid, Sums
from tests.read.guards.test_rowless import Sold, UnitsSold
from tests.shop_of_tea import TeaSales, a_log, as_dict, expected_sales, recorded


def test_it_is_what_the_projection_says_of_the_batch():
    rows, rowless = summarised(TeaSales(), lab.EventBatch(a_log()))
    assert (as_dict(rows), rowless) == (expected_sales(a_log()), 0)


def test_rows_of_another_shape_are_refused_with_the_name_of_what_made_them():
    class Floats(TeaSales):
        def summarise(self, batch):
            return super().summarise(batch).astype("float64")

    with pytest.raises(lab.SchemaError, match=r"tea_sales\.summarise"):
        summarised(Floats(), lab.EventBatch(a_log()))


@pytest.mark.parametrize("amounts", [(2**62, 2**62), (-(2**62), -(2**62), -1)])
def test_a_sum_that_does_not_fit_is_refused_and_not_wrapped(amounts):
    with pytest.raises(lab.SchemaError, match="64 bits"):
        summarised(Sums(), lab.EventBatch(recorded(*[Paid("ada", one) for one in amounts])))


@pytest.mark.parametrize(
    ("events", "rowless"),
    [
        ([Sold("tea", 1), Sold(None, 2), Sold(None, 3), Sold("tea", 4, coupon=None)], 2),
        ([Sold(None, 2)], 1),
        ([Sold("tea", 1)], 0),
    ],
)
def test_events_whose_key_is_missing_are_counted(events, rowless):
    assert summarised(UnitsSold(), lab.EventBatch(recorded(*events)))[1] == rowless
