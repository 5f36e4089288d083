"""Appends made together are tried where a store offers it, and every way of losing or keeping too much is named."""

from __future__ import annotations

import pytest

from cqrs_lab.log import contract
from cqrs_lab.log.contract.bulk import appends_together
from cqrs_lab.log.contract.trial import FaultFound, Trial
from tests.log.planted_stores import PLANTED, Bulk, ThirtyLines


@pytest.mark.parametrize("make_store", [one for one, law in PLANTED.items() if law == contract.TOGETHER])
def test_what_is_wrong_with_appends_made_together_is_found_by_this_story_alone(make_store):
    with pytest.raises(FaultFound) as found:
        appends_together(Trial(make_store()))
    assert found.value.fault.law == contract.TOGETHER and "store.together(work)" in found.value.fault.done


def test_a_right_store_passes_and_holds_what_the_work_recorded():
    trial = Trial(Bulk())
    appends_together(trial)
    assert [one.stream for one in trial.store.read_all()] == ["order-0"] + ["order-1"] * 3 + ["order-2"] * 2


def test_a_store_that_offers_nothing_of_the_kind_is_not_asked():
    trial = Trial(ThirtyLines())
    appends_together(trial)
    assert (trial.checks, trial.store.head()) == (0, 0)
