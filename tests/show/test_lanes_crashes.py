"""A process of the reader's own in the lanes: it is driven in a world, under every crash, and what it does is drawn."""

import itertools
import json
import re
from dataclasses import replace
from html import unescape
from types import SimpleNamespace

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import events, fulfilment, one_order, write
from cqrs_lab.show import process_lanes
from cqrs_lab.show.label_places import crosses, meet
from tests.show.test_process_lanes import labels, lines, refused

FAILURES = one_order.FAILURES


def reacting(react):
    return replace(fulfilment.process, react=react)


def forgets_the_goods(event, state):
    return [one for one in fulfilment.react(event, state) if not isinstance(one, write.ReleaseStock)]


def ships_at_once(event, state):
    at_once = [write.ShipOrder(event.order_id, event.placed_at)] if isinstance(event, events.OrderPlaced) else []
    return [*at_once, *fulfilment.react(event, state)]


class Remembers:
    """Keep beside the state which orders were placed, and answer the carrier only about these."""

    def __init__(self):
        self.placed = set()

    def react(self, event, state):
        if isinstance(event, events.OrderPlaced):
            self.placed.add(event.order_id)
        known = event.order_id in self.placed or not isinstance(event, events.ParcelAccepted | events.ParcelRefused)
        return fulfilment.react(event, state) if known else []


def cells(html):
    """Return the cells of the table of crashes by what they set, with the class of each and whether it is chosen."""
    table = re.search(r'<table class="decisions crashes".*?</table>', html, re.S)[0]
    found = re.findall(r'<td data-set="([^"]+)" aria-selected="(\w+)" tabindex="\S+"><span class="(\w+)">', table)
    sets = [(json.loads(unescape(one)), here, kind) for one, here, kind in found]
    return {(one["failure"], one["crash"]): (kind, here == "true") for one, here, kind in sets}


@pytest.fixture(scope="module")
def own():
    return process_lanes(fulfilment.process, one_order)


def test_a_process_is_drawn_as_a_function_that_plays_it_is(own):
    plain = process_lanes(one_order.see_through, FAILURES, one_order.LANES)
    for setting in ({}, {"failure": 3, "crash": 4}, {"failure": 5, "cancel": 7}):
        mine, theirs = own.at(**setting), plain.at(**setting)
        assert mine.html.endswith(theirs.html) and mine.says.startswith(theirs.says)
        assert mine.frame.equals(theirs.frame)


def test_every_crash_that_can_be_reached_is_tried_and_leaves_the_same_log(own):
    tried = {place: kind for place, (kind, _) in cells(own.picture.html).items() if place[1]}
    reached = {
        (failure, crash)
        for failure, crash in itertools.product(range(len(FAILURES)), range(1, 11))
        if one_order.see_through(FAILURES[failure], 0, crash).log["crash"].any()
    }
    assert tried == dict.fromkeys(reached, "same") and len(reached) > 40
    assert own.says.endswith(f" {len(reached)} crashes were tried: the log is the same after each.")


def test_picking_a_cell_sets_what_fails_and_where_it_dies(own):
    html = own.at(failure=3, crash=2).html
    assert [place for place, (_, chosen) in cells(html).items() if chosen] == [(3, 2)]
    assert html.count('tabindex="0"') == 1


def test_what_is_held_in_the_end_stands_beside_each_failure():
    html = process_lanes(reacting(forgets_the_goods), one_order).picture.html
    number = r'<td class="number">(\S+)</td>'
    rows = re.findall(rf'<tr><th scope="row">([^<]+)</th>{number}{number}', html)
    assert [name for name, *_ in rows] == list(FAILURES)
    assert {units for name, units, _ in rows if name != "not enough stock"} == {"4"}
    assert [mills for _, _, mills in rows] == ["24,900", *["0"] * 6]


def test_a_memory_beside_the_state_is_seen_to_be_lost():
    view = process_lanes(reacting(Remembers().react), one_order)
    kinds = {place: kind for place, (kind, _) in cells(view.picture.html).items() if place[1]}
    other = [place for place, kind in kinds.items() if kind == "refusal"]
    # Of two commands for OrderPlaced the second is sent before the position is saved: only later crashes lose it.
    assert [crash for failure, crash in other if failure == 0] == [3, 4, 5]
    assert f"after {len(other)} of them the log is another one." in view.says
    picture = view.at(crash=4)
    assert "The log is not the one without the crash." in picture.says
    assert picture.frame["event"].iloc[-1] != "OrderShipped"


def test_what_the_process_sends_too_early_is_refused_and_drawn():
    picture = process_lanes(reacting(ships_at_once), one_order).picture
    assert refused(picture.html) == ["ShipOrder refused, 12:00"]
    assert "ShipOrder was refused: order 7 is placed" in picture.says
    assert picture.frame["event"].iloc[-1] == "OrderShipped"


def test_several_refusals_of_one_moment_share_a_cross():
    def twice(event, state):
        at_once = [write.ShipOrder, write.DeliverOrder] if isinstance(event, events.OrderPlaced) else []
        return [*(one("7", one_order.NOON) for one in at_once), *fulfilment.react(event, state)]

    assert refused(process_lanes(reacting(twice), one_order).picture.html) == ["ShipOrder, DeliverOrder refused, 12:00"]


def test_the_point_of_no_return_has_its_line_where_an_order_ships_and_nowhere_else(own):
    assert own.picture.html.count("point of no return") == 1
    assert "point of no return" not in own.at(failure=1).html
    assert "point of no return" not in own.at(step=8).html


def test_a_command_that_was_sent_twice_has_a_second_line(own):
    for crash in range(7):
        picture = own.at(crash=crash)
        again = picture.frame["sent"].gt(1).sum()
        arrows = len(re.findall(r"<line [^>]*stroke:var\(--write\)", picture.html.partition("</figure>")[0]))
        assert arrows == picture.html.count('marker-end="url(#tip-write)"') + again
        assert again == (crash > 0) + (crash == 2)


def test_no_label_touches_a_line_when_a_process_dies_or_is_refused():
    view = process_lanes(reacting(ships_at_once), one_order)
    for failure, crash in itertools.product(range(len(FAILURES)), range(0, 9, 2)):
        html = view.at(failure=failure, crash=crash, cancel=3).html
        boxes = labels(html)
        assert [box for box in boxes for line in lines(html) if crosses(line, box)] == []
        assert [one for one, other in itertools.combinations(boxes, 2) if meet(one, other)] == []


def test_an_error_of_the_process_comes_out_with_the_run_it_came_from():
    def slips(event, state):
        if isinstance(event, events.PaymentDeclined):
            return [undefined]  # noqa: F821
        return fulfilment.react(event, state)

    with pytest.raises(NameError) as raised:
        process_lanes(reacting(slips), one_order)
    assert raised.value.__notes__ == ["This was played: the bank declines, cancels after 0 (0: never)."]


def test_a_process_that_sends_nothing_has_no_place_to_die():
    view = process_lanes(reacting(lambda event, state: []), one_order)
    assert {crash for _, crash in cells(view.picture.html)} == {0, 1}
    assert [place for place in cells(view.picture.html) if place[1]] == [(failure, 1) for failure in range(7)]


def test_a_log_with_other_things_held_says_them_by_their_names():
    def play(failure, cancels_after, crash_after):
        log, notes = one_order.see_through(failure, cancels_after, crash_after)
        return log.drop(columns=["money_mills", "no_return"]).rename(columns={"units_aside": "rooms held"}), notes

    picture = process_lanes(play, FAILURES, one_order.LANES).picture
    assert "Rooms held: 4." in picture.says and ">rooms held</th>" in picture.html
    bare = process_lanes(lambda *at: (play(*at)[0].drop(columns="rooms held"), ()), FAILURES, one_order.LANES).picture
    assert bare.says.endswith("with ShipOrder.") and "After event" not in bare.html


@pytest.mark.parametrize("world", [one_order.FAILURES, None, SimpleNamespace(see_through=len), 3])
def test_a_process_needs_a_world(world):
    with pytest.raises(lab.InvalidArgument, match="is not where a process is played; give what has see_through"):
        process_lanes(fulfilment.process, world)
