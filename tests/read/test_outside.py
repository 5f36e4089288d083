"""What a summary must not come from is seen: the clock, a place in memory, and what a projection keeps."""

from __future__ import annotations

import cProfile
import sys
import threading
import time
from dataclasses import replace
from datetime import date, datetime

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.read.outside import at_other_times, attributes_of, calls_of_the_clock, elsewhere
from tests.read.planted_projections import UnitsSold, a_mixed_log

LOG = a_mixed_log()


def test_a_check_that_is_profiled_finds_the_same_and_leaves_the_profiler_as_it_was():
    profiler = cProfile.Profile()
    profiler.enable()
    try:
        during = sys.getprofile()
        report = lab.check_projection(UnitsSold(), LOG)
        assert sys.getprofile() is during
    finally:
        profiler.disable()
    assert report.ok, report


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (lambda: datetime.now(), ["datetime.now()"]),
        (lambda: date.today() or datetime.today(), ["date.today()"]),
        (lambda: [date.today() for _ in range(2)], ["date.today()"] * 2),
        (lambda: pd.Timestamp(2026, 1, 5).floor("D"), []),
        (lambda: datetime(2026, 1, 5).replace(hour=3), []),
        (lambda: Named().now(), []),
    ],
)
def test_calls_of_the_clock_are_those_of_dates_in_the_module_that_is_asked_about(work, said):
    assert calls_of_the_clock(__name__, work) == said
    assert calls_of_the_clock("another_module", work) == []


class Named:
    """Has a method of the name, and no clock."""

    def now(self):
        return 3


def test_an_error_of_the_work_is_raised_and_the_profiler_is_as_it_was():
    before = sys.getprofile()
    with pytest.raises(ZeroDivisionError):
        calls_of_the_clock(__name__, lambda: 1 / 0)
    assert sys.getprofile() is before


def test_the_clock_is_moved_to_the_end_of_the_log_and_ten_years_on():
    (end, later), now = at_other_times(LOG).values(), time.time()
    with end:
        assert time.time() == pytest.approx(LOG[-1].recorded_at, abs=3600)
    with later:
        assert time.time() - now > 9 * 365 * 86_400
    assert at_other_times([]).keys() == at_other_times(LOG).keys()


def test_copies_are_equal_and_lie_elsewhere_and_what_cannot_be_copied_is_itself():
    copies = elsewhere(LOG)
    assert copies == LOG and not any(one.event is other.event for one, other in zip(copies, LOG, strict=True))
    stuck = [replace(LOG[0], event=threading.Lock())]
    assert elsewhere(stuck)[0] is stuck[0]


def test_what_a_projection_keeps_is_seen_to_change():
    class Keeps(UnitsSold):
        def __init__(self):
            self.seen = []

    projection = Keeps()
    before = attributes_of(projection)
    projection.seen.append("tea")
    assert attributes_of(projection) != before and attributes_of(Keeps()) == before
    assert attributes_of(UnitsSold()) == {}
