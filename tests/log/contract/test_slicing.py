"""Slices are walked one after the other: what is left out, handed out twice or named wrongly is found."""

from __future__ import annotations

import pytest

import cqrs_lab as lab
from cqrs_lab.log import contract
from cqrs_lab.log.contract.slicing import slices
from cqrs_lab.log.contract.trial import FaultFound, Trial
from tests.log.planted_stores import PLANTED, Slices, ThirtyLines


@pytest.mark.parametrize("make_store", [one for one, law in PLANTED.items() if law == contract.SLICED])
def test_what_is_wrong_with_a_slice_is_found_by_this_walk_alone(make_store):
    with pytest.raises(FaultFound) as found:
        slices(Trial(make_store()))
    assert found.value.fault.law == contract.SLICED and "store.read_slice" in found.value.fault.done


@pytest.mark.parametrize("make_store", [Slices, lab.MemoryEventStore])
def test_right_slices_pass(make_store):
    trial = Trial(make_store())
    slices(trial)
    assert trial.checks > 100


def test_a_store_without_slices_is_not_asked():
    trial = Trial(ThirtyLines())
    slices(trial)
    assert (trial.checks, trial.store.head()) == (0, 0)
