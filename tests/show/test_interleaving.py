"""Two writers and a reader in any order: the picture says which events the real projector never read."""

import html
import json
import re
from itertools import product

import pytest

import cqrs_lab as lab
from cqrs_lab.show import interleaving
from cqrs_lab.show.interleaving import MOVES, WHO
from cqrs_lab.simulation.gap_rules import low_watermark

ORDERS = list(product(range(len(WHO)), repeat=MOVES))
LOST = {"move_1": 0, "move_2": 1, "move_3": 1, "move_4": 2, "move_5": 0}


def moves(order):
    return {f"move_{number}": who for number, who in enumerate(order, 1)}


def never_read_by_hand(order):
    """Return whose event is lost, from the moves alone: a look between the commits, the greater position first."""
    played = [WHO[who] for who in order]
    for who in ("Ada", "Ben"):
        played += [who] * (2 - min(2, played.count(who)))
    own = {who: [at for at, one in enumerate(played) if one == who][:2] for who in ("Ada", "Ben")}
    first, second = sorted(own, key=lambda who: own[who][0])
    looks = [at for at, one in enumerate(played) if one == "the reader"]
    return [first] if any(own[second][1] < look < own[first][1] for look in looks) else []


def test_in_every_order_what_is_never_read_is_what_a_count_by_hand_says():
    view = interleaving()
    lost = {order: view.at(**moves(order)).frame.query("never_read").index.to_list() for order in ORDERS}
    assert lost == {order: never_read_by_hand(order) for order in ORDERS}
    assert sorted(map(len, lost.values()))[-1] == 1 and sum(map(len, lost.values())) == 14


def test_where_an_event_is_lost_a_low_watermark_loses_none():
    view = interleaving(rules={"mine": low_watermark})
    losing = [order for order in ORDERS if never_read_by_hand(order)]
    assert losing and not any(view.at(rule=1, **moves(order)).frame["never_read"].any() for order in losing)


def test_the_picture_says_what_was_lost_and_that_the_lag_is_zero():
    view = interleaving()
    assert view.says == "Ada's event is read at move 5. Ben's event is read at move 5."
    assert "never read" not in view.picture.html
    view.move(**LOST)
    assert view.says == (
        "Ada's event at position 1 is never read, and the reader's lag is 0. Ben's event is read at move 4."
    )
    assert view.picture.html.count("✕ never read") == 1 and ">never<" in view.picture.html
    assert view.frame().loc["Ada", ["position", "took_at", "committed_at"]].to_list() == [1, 1, 5]


def test_with_rules_of_ones_own_the_first_is_in_force_and_the_picture_shows_what_it_does():
    order = [WHO[who] for who in LOST.values()]
    right, wrong = (
        interleaving(order, rules={"mine": rule}) for rule in (low_watermark, lambda committed, still_open: 2)
    )
    assert right.values["rule"] == wrong.values["rule"] == 1
    assert "✕ never read" in wrong.picture.html and "✕ never read" not in right.picture.html
    assert right.says == "Ada's event is read at move 6. Ben's event is read at move 6."
    assert right.at(rule=0).html == interleaving(order).picture.html
    waits = interleaving(order, rules={"mine": lambda committed, still_open: 0})
    assert "Ben's event at position 2 is not read: the reader stops before it." in waits.says


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (lambda committed, still_open: None, r"\[2\] and \[1\], returned None; let it return the last position"),
        (lambda committed, still_open: committed[7], r"\[2\] and \[1\], raised IndexError: list index out of range"),
    ],
)
def test_a_rule_that_fails_is_told_and_the_view_goes_on(rule, said):
    view = interleaving([WHO[who] for who in LOST.values()], rules={"mine": rule})
    assert re.search(said, view.says) and "✕" in view.picture.html
    view.move(rule=0)
    assert "is never read" in view.says


def test_a_card_that_is_pressed_happens_one_move_earlier():
    view = interleaving()
    cards = {
        one[1]: json.loads(html.unescape(one[0]))
        for one in re.findall(r'data-set="([^"]*)" data-part="([^"]*)"', view.picture.html)
    }
    assert cards == {
        "Ben/begins/1": {"move_2": 1, "move_3": 0},
        "the reader/looks/1": {"move_4": 2, "move_5": 1},
    }
    assert re.findall(r'role="option"[^>]* tabindex="(-?\d)"', view.picture.html) == ["0", "-1"]
    view.move(**cards["Ben/begins/1"])
    assert view.frame()["took_at"].to_list() == [1, 2]


def test_played_an_event_is_passed_before_it_is_committed_and_known_to_be_lost_at_the_last_look():
    view = interleaving([WHO[who] for who in LOST.values()])
    last = view.values["step"]
    told = [view.at(**LOST, step=step) for step in range(last + 1)]
    assert [one.says for one in told[:2]] == ["Nobody has moved yet.", "Move 1. Ada: takes 1."]
    assert told[4].says == "Move 4. the reader: reads 2 at 2." and told[5].says == "Move 5. Ada: commits 1."
    assert [one.html.count("✕ never read") for one in told] == [0] * last + [1]
    assert all(one.frame.equals(told[-1].frame) for one in told)
    assert [len(re.findall(r'data-key="[^"]*"', one.html.partition("</svg>")[0])) for one in told] == [*range(last + 1)]


@pytest.mark.parametrize("order", [["Ada"], ["Ada"] * 4 + ["Cleo"], "AdaBe", None])
def test_what_is_no_order_is_refused(order):
    with pytest.raises(
        lab.InvalidArgument, match="who moves at each of the 5 moves; give 5 of 'Ada', 'Ben', 'the reader'"
    ):
        interleaving(order)
