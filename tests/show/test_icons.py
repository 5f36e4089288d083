"""What happened has an icon and a word, in any domain; a verb that is not known has a box."""

import re

import pytest

from cqrs_lab.shop import events
from cqrs_lab.show.icons import _VERBS, PATHS, icon, icon_of, thing_of, word_of

NUMBERS = re.compile(r"-?\d*\.?\d+")


def an_event(name):
    return type(name, (), {})


@pytest.mark.parametrize(
    ("name", "drawn", "word"),
    [
        ("OrderPlaced", "cart", "placed"),
        ("CartCheckedOut", "cart", "checked out"),
        ("SeatReleased", "free", "released"),
        ("TableBooked", "flag", "booked"),
        ("PlaceTaken", "held", "taken"),
        ("PaymentTaken", "coin", "taken"),
        ("PatientTransferred", "truck", "transferred"),
        ("MoneyTransferred", "coin", "transferred"),
        ("AccountOpened", "flag", "opened"),
        ("OrderTakenOver", "in", "taken over"),
        ("HTTPServerMelted", "box", "melted"),
        ("moved", "box", "moved"),
    ],
)
def test_the_verb_at_the_end_of_a_name_says_what_it_looks_like(name, drawn, word):
    assert (icon_of(an_event(name)), word_of(an_event(name))) == (drawn, word)


def test_of_the_shop_every_event_that_people_see_has_an_icon_of_its_own_kind():
    seen = {events.ProductListed: "tag", events.StockReceived: "in", events.StockReserved: "held"}
    seen |= {events.OrderPaid: "coin", events.OrderShipped: "truck", events.OrderDelivered: "home"}
    seen |= {events.OrderCancelled: "back", events.ItemsReturned: "back", events.StockReservationRefused: "no"}
    assert {kind: icon_of(kind) for kind in seen} == seen


def test_no_verb_has_two_icons_and_every_icon_of_a_verb_can_be_drawn():
    verbs = [verb for several in _VERBS.values() for verb in several.split()]
    assert len(set(verbs)) == len(verbs) and _VERBS.keys() <= PATHS.keys()


@pytest.mark.parametrize("name", PATHS)
def test_an_icon_can_be_drawn_and_says_nothing_aloud(name):
    drawn = icon(name, 3, 4, size=12)
    assert 'aria-hidden="true"' in drawn and "translate(3 4) scale(0.5)" in drawn
    assert NUMBERS.sub("", PATHS[name]).strip(" MLHVCcmlahvz-,") == ""


def test_the_thing_of_a_stream_that_is_not_known_is_a_box():
    assert [thing_of(name) for name in ("stock-cup", "cup", "cup-stock", "account-7")] == ["cup", "cup", "box", "box"]
    assert {thing_of("stock-cup"), thing_of("x")} <= PATHS.keys()
