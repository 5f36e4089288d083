"""A clock that leaves downtime out stands still in it, and comes back to the moment it came from."""

import numpy as np
import pytest

from cqrs_lab.simulation.clocks import Downtime

DOWN = Downtime.planned([(2.0, 3.0), (6.0, 1.0)])


@pytest.mark.parametrize(
    ("moment", "shown"), [(0, 0), (1, 1), (2, 2), (3.5, 2), (5, 2), (5.5, 2.5), (6, 3), (6.5, 3), (7, 3), (9, 5)]
)
def test_the_clock_stands_still_while_it_is_down(moment, shown):
    assert DOWN.working_time(np.array([float(moment)])).tolist() == [shown]


def test_what_is_done_as_it_goes_down_is_done_before():
    assert DOWN.put_back(np.array([1.0, 2.0, 2.5, 3.0, 3.1])).tolist() == pytest.approx([1.0, 2.0, 5.5, 6.0, 7.1])


def test_without_downtime_nothing_changes():
    moments = np.array([0.0, 1.5])
    never = Downtime.planned([])
    assert never.working_time(moments).tolist() == never.put_back(moments).tolist() == [0.0, 1.5]
