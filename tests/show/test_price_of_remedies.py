"""The price of remedies: a figure that is shown again shows the same runs, whatever was done to the first."""

import importlib

import pytest

import cqrs_lab as lab
from cqrs_lab.show import price_of_remedies

MINE, ANOTHER = 101, 102  # seeds of this module alone: its runs are short


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(importlib.import_module("cqrs_lab.show.price_of_remedies"), "TRANSACTIONS", 20)


def test_what_is_done_to_one_figure_s_numbers_is_not_seen_in_the_next(short):
    first = price_of_remedies(seed=MINE)
    before = first.at(rate=4).frame.copy()
    looked_at = first.at(rate=4).frame
    looked_at["added_seconds"] = -1.0
    assert first.at(rate=4).frame.equals(before) and price_of_remedies(seed=MINE).at(rate=4).frame.equals(before)


def test_another_seed_draws_other_transactions(short):
    assert not price_of_remedies(seed=ANOTHER).frame().equals(price_of_remedies(seed=MINE).frame())


@pytest.mark.parametrize("seed", [[1], 1.0, True, -1, None])
def test_what_is_no_seed_is_refused(seed):
    with pytest.raises(lab.InvalidArgument, match="seed=.*: give a whole number, 0 or more"):
        price_of_remedies(seed=seed)
