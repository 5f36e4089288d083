"""A right simulation passes whatever its seed."""

import pytest

from cqrs_lab.course import check

from . import answers_07


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("key", ["07.2", "07.3"])
def test_a_right_simulation_of_ten_thousand_events_passes_whatever_its_seed(key, seed):
    answer = {"07.2": answers_07.simulated_with, "07.3": answers_07.searched_with}[key](seed)
    verdict = check(key, answer)
    assert verdict.passed, verdict
