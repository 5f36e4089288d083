"""What a summary must not come from is seen: the clock, a place in memory, and what a projection keeps."""

from __future__ import annotations

import cProfile
import sys

import cqrs_lab as lab
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
