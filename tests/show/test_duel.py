"""The duel is really played: the store lets one through, and the other decides again."""

import re

import pytest

from cqrs_lab.shop import write
from cqrs_lab.shop.events import StockReceived
from cqrs_lab.show import duel

from .conftest import EVENING

FIRST, ADA_FASTER, BEN_FASTER = range(3)


@pytest.fixture
def view():
    commands = {name: write.ReserveStock("cup", name.lower(), 1, EVENING) for name in ("Ada", "Ben")}
    return duel(write.stock, "stock-cup", [StockReceived("cup", 1, EVENING)], commands)


def played(view, order):
    frame = view.at(order=order, step=view.controls[1]["most"]).frame
    return [tuple(row) for row in frame[["who", "does", "version", "refused"]].to_numpy().tolist()]


def test_one_after_the_other_the_second_is_told_that_nothing_is_left(view):
    assert played(view, FIRST) == [
        ("Ada", "loads", 1, False),
        ("Ada", "appends StockReserved", 2, False),
        ("Ben", "loads", 2, False),
        ("Ben", "appends StockReservationRefused", 3, False),
    ]


@pytest.mark.parametrize(("order", "winner", "loser"), [(ADA_FASTER, "Ada", "Ben"), (BEN_FASTER, "Ben", "Ada")])
def test_where_both_have_loaded_the_faster_wins_and_the_other_decides_anew(view, order, winner, loser):
    assert played(view, order) == [
        ("Ada", "loads", 1, False),
        ("Ben", "loads", 1, False),
        (winner, "appends StockReserved", 2, False),
        (loser, "appends StockReserved", 2, True),
        (loser, "loads", 2, False),
        (loser, "appends StockReservationRefused", 3, False),
    ]


def test_a_conflict_names_what_was_expected_and_what_was_found(view):
    assert view.at(order=ADA_FASTER, step=4).says == (
        "Ben appends StockReserved; the store refuses: expected version 1, found 2. stock-cup is at version 2."
    )
    assert view.at(order=ADA_FASTER, step=6).says.endswith("stock-cup is at version 3. That was all.")


def test_what_is_still_to_come_is_not_shown_but_has_its_place(view):
    html = view.at(order=ADA_FASTER, step=3).html
    assert "refuses" not in html and len(re.findall(r"<t[dh]", html)) == len(
        re.findall(r"<t[dh]", view.at(order=ADA_FASTER, step=6).html)
    )


def test_a_refusal_is_told_by_a_mark_too(view):
    assert view.at(order=ADA_FASTER, step=4).html.count('class="changed">✗ ') == 1


def test_a_rule_that_refuses_ends_a_wish():
    commands = {"Ada": write.ReserveStock("cup", "a", 0, EVENING), "Ben": write.ReserveStock("cup", "b", 1, EVENING)}
    view = duel(write.stock, "stock-cup", [StockReceived("cup", 1, EVENING)], commands)
    assert view.at(order=FIRST, step=2).says.startswith("Ada decides; the rules refuse: quantity must be 1 or more.")
