"""The process: those who pay in time get a ticket, others lose their place, and a crash changes nothing."""

import pytest

from my_domain.outside import FAILURES, see_through


def happened(failure, cancels_after=0, crash_after=0):
    return see_through(failure, cancels_after, crash_after).log["event"].tolist()


def test_who_pays_gets_a_ticket():
    assert happened("she pays") == ["PlaceTaken", "PlacePaid", "PlaceConfirmed"]


@pytest.mark.parametrize("failure", ["she never pays", "she pays too late"])
def test_who_does_not_pay_in_time_loses_the_place(failure):
    assert happened(failure) == ["PlaceTaken", "PlaceGivenUp"]


@pytest.mark.parametrize("failure", FAILURES)
def test_a_crash_after_any_command_changes_nothing(failure):
    assert happened(failure, crash_after=1) == happened(failure)
