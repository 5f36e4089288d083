"""Many writers and a reader: what they leave behind is looked at as a whole."""

from __future__ import annotations

import sys

import pytest

from cqrs_lab.log import contract
from cqrs_lab.log.contract import contention as module
from cqrs_lab.log.contract.contention import contention
from cqrs_lab.log.contract.trial import FaultFound, Trial
from tests.log import planted_stores
from tests.log.planted_stores import ThirtyLines


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch):
    monkeypatch.setattr(module, "ROUNDS", 4)


def test_a_right_store_passes_and_the_threads_switch_as_often_as_before():
    before, trial = sys.getswitchinterval(), Trial(ThirtyLines())
    contention(trial, threads=2)
    assert trial.store.stream_version("counter") == 8 and sys.getswitchinterval() == before


@pytest.mark.parametrize(
    ("make_store", "law"),
    [
        (planted_stores.RecordsDuplicates, contract.ONCE),
        (planted_stores.NeverChecks, contract.COMMITTED),
        (planted_stores.OnePositionPerCommit, contract.ONE_ORDER),
    ],
)
def test_what_is_wrong_whoever_comes_first_is_found(make_store, law):
    with pytest.raises(FaultFound) as found:
        contention(Trial(make_store()), threads=2)
    assert found.value.fault.law == law


def test_an_error_in_a_thread_is_not_lost():
    class Burns(ThirtyLines):
        def stream_version(self, stream):
            raise OSError("disk on fire")

    with pytest.raises(FaultFound) as found:
        contention(Trial(Burns()), threads=2)
    assert found.value.fault.law == contract.RUNS and "disk on fire" in found.value.fault.came
