"""The read model: the same table wherever the log is cut, and an answer that knows how fresh it is."""

from datetime import datetime

import pytest

import cqrs_lab as lab
from my_domain.commands import AnnounceWorkshop, GiveUpPlace, TakePlace
from my_domain.places import Places, PlacesAndRegrets, PlacesLeft
from my_domain.wiring import open_workshops

NOON = datetime(2026, 1, 5, 12)


def a_busy_hour():
    """Return a system in which three people took a place and one gave it up."""
    workshops = open_workshops()
    workshops.bus.send(AnnounceWorkshop("pottery", 3, NOON))
    workshops.bus.send(AnnounceWorkshop("weaving", 1, NOON))
    for person in ("ada", "ben"):
        workshops.bus.send(TakePlace("pottery", person, NOON))
    workshops.bus.send(TakePlace("weaving", "ada", NOON))
    workshops.bus.send(GiveUpPlace("pottery", "ben", NOON))
    return workshops


@pytest.mark.parametrize("version", [Places, PlacesAndRegrets])
def test_it_does_not_matter_where_the_log_is_cut(version):
    report = lab.check_projection(version(), a_busy_hour().store)
    assert report.ok and not report.notes, str(report)


def test_the_answer_comes_after_the_table_has_caught_up():
    workshops = open_workshops()
    receipt = workshops.bus.send(AnnounceWorkshop("pottery", 3, NOON))
    assert workshops.queries.ask(PlacesLeft("pottery")).value == 0  # the table does not know yet
    workshops.places.catch_up()
    assert workshops.queries.ask(PlacesLeft("pottery"), at_least=receipt.position).value == 3


def test_a_place_that_was_given_up_is_left_again():
    workshops = a_busy_hour()
    workshops.places.catch_up()
    assert workshops.queries.ask(PlacesLeft("pottery")).value == 2
    assert workshops.queries.ask(PlacesLeft("weaving")).value == 0
