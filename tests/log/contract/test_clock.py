"""The computer's clock is moved for one thread, and only as long as it is asked for."""

from __future__ import annotations

import time

import pytest

from cqrs_lab.log.contract.clock import clock_moved
from tests.interrupts import in_another_thread

DAY = 86_400.0


def near(seconds):
    return pytest.approx(seconds, abs=DAY / 2)


@pytest.mark.parametrize("days", [-3, 20])
def test_the_clock_of_this_thread_alone_is_moved_and_then_as_it_was(days):
    began, clocks = time.time(), (time.time, time.time_ns)
    with clock_moved(days * DAY):
        assert time.time() == near(began + days * DAY) and time.time_ns() / 1e9 == near(began + days * DAY)
        assert in_another_thread(time.time) == near(began)
        with clock_moved(days * DAY):
            assert time.time() == near(began + 2 * days * DAY)
    assert (time.time, time.time_ns) == clocks


def test_an_error_leaves_the_clock_as_it_was():
    clock = time.time
    with pytest.raises(ZeroDivisionError), clock_moved(DAY):
        1 / 0  # noqa: B018
    assert time.time is clock
