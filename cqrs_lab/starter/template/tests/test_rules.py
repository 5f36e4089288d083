"""The rules: given what happened, when somebody asks for something, then this follows."""

from datetime import datetime

import cqrs_lab as lab
from my_domain.commands import AnnounceWorkshop, ConfirmPlace, GiveUpPlace, PayPlace, TakePlace
from my_domain.events import PlaceConfirmed, PlaceGivenUp, PlacePaid, PlaceTaken, WorkshopAnnounced
from my_domain.rules import workshop

NOON = datetime(2026, 1, 5, 12)
ONE_PLACE = WorkshopAnnounced("pottery", 1, NOON)
TAKEN = PlaceTaken("pottery", "ada", NOON)
PAID = PlacePaid("pottery", "ada", NOON)


def test_a_free_place_is_taken():
    lab.given(workshop, [ONE_PLACE]).when(TakePlace("pottery", "ada", NOON)).then([TAKEN])


def test_nobody_takes_a_place_in_a_workshop_that_is_not_announced():
    lab.given(workshop, []).when(TakePlace("pottery", "ada", NOON)).then_rejected("no workshop pottery is announced")


def test_the_last_place_is_taken_once():
    lab.given(workshop, [ONE_PLACE, TAKEN]).when(TakePlace("pottery", "ben", NOON)).then_rejected("no place is left")


def test_a_place_that_was_given_up_is_free():
    given_up = PlaceGivenUp("pottery", "ada", NOON)
    taken = PlaceTaken("pottery", "ben", NOON)
    lab.given(workshop, [ONE_PLACE, TAKEN, given_up]).when(TakePlace("pottery", "ben", NOON)).then([taken])


def test_asked_twice_is_done_once():
    lab.given(workshop, [ONE_PLACE]).when(AnnounceWorkshop("pottery", 5, NOON)).then([])
    lab.given(workshop, [ONE_PLACE, TAKEN]).when(TakePlace("pottery", "ada", NOON)).then([])
    lab.given(workshop, [ONE_PLACE, TAKEN, PAID]).when(PayPlace("pottery", "ada", NOON)).then([])
    lab.given(workshop, [ONE_PLACE]).when(GiveUpPlace("pottery", "ada", NOON)).then([])


def test_a_workshop_has_at_least_one_place():
    lab.given(workshop, []).when(AnnounceWorkshop("pottery", 0, NOON)).then_rejected("at least one")


def test_only_who_holds_a_place_pays():
    lab.given(workshop, [ONE_PLACE]).when(PayPlace("pottery", "ada", NOON)).then_rejected("holds no place")
    lab.given(workshop, [ONE_PLACE, TAKEN]).when(PayPlace("pottery", "ada", NOON)).then([PAID])


def test_a_ticket_is_sent_to_those_who_have_paid():
    confirm, confirmed = ConfirmPlace("pottery", "ada", NOON), PlaceConfirmed("pottery", "ada", NOON)
    lab.given(workshop, [ONE_PLACE, TAKEN]).when(confirm).then_rejected("has not paid")
    lab.given(workshop, [ONE_PLACE, TAKEN, PAID]).when(confirm).then([confirmed])


def test_a_place_that_is_paid_for_is_kept():
    give_up = GiveUpPlace("pottery", "ada", NOON)
    lab.given(workshop, [ONE_PLACE, TAKEN, PAID]).when(give_up).then_rejected("has paid")
