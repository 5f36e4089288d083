"""The price of remedies: a figure that is shown again shows the same runs, whatever was done to the first."""

import importlib

import pytest

import cqrs_lab as lab
from cqrs_lab.show import price_of_remedies
from cqrs_lab.simulation.gap_rules import everything, low_watermark

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


@pytest.mark.parametrize("seed", [[1], 1.5, True, -1, None])
def test_what_is_no_seed_is_refused(seed):
    with pytest.raises(lab.InvalidArgument, match="seed=.*: give a whole number, 0 or more"):
        price_of_remedies(seed=seed)


def test_a_rule_of_ones_own_has_a_row_and_a_line_beside_those_of_the_kit(short):
    view = price_of_remedies(seed=MINE, rules={"mine": low_watermark})
    view.move(rate=6)
    mine, kit = (view.frame().loc[name].to_list() for name in ("mine", "low watermark"))
    assert mine == kit and "mine" in view.says and ">mine</text>" in view.picture.html
    assert view.frame().drop(index="mine").equals(price_of_remedies(seed=MINE).at(rate=6).frame)


def test_what_is_never_read_has_no_price(short):
    view = price_of_remedies(seed=MINE, rules={"waits": lambda committed, still_open: 1, "reads": everything})
    view.move(rate=8)
    unread = view.frame()["unread"]
    assert unread["waits"] > unread["none"] == unread["reads"] > 0
    assert f"With waits, {unread['waits']} events will never be read." in view.says
    assert ">waits: some never read</text>" in view.picture.html and "waits 0.00 s" not in view.says


def test_a_rule_that_fails_is_told(short):
    assert "raised ZeroDivisionError" in price_of_remedies(seed=MINE, rules={"mine": lambda some, other: 1 / 0}).says
