"""A race is found without luck: one call is stopped at every line, and another thread makes a whole one there."""

from __future__ import annotations

import threading

import pytest

import cqrs_lab as lab
from cqrs_lab.log import contract
from cqrs_lab.log.contract.interleaving import answers_another_thread, for_several_threads, interleavings
from cqrs_lab.log.contract.trial import FaultFound, Trial
from tests.log import planted_stores
from tests.log.planted_stores import ThirtyLines


@pytest.mark.parametrize("where", ["instance", "class", "slot", "within"])
def test_a_lock_is_found_wherever_the_store_keeps_it(where):
    lock = threading.Lock()
    bodies = {
        "instance": lambda: type("Store", (), {"__init__": lambda self: setattr(self, "lock", lock)})(),
        "class": lambda: type("Store", (), {"lock": lock})(),
        "slot": lambda: type("Store", (), {"__slots__": ("lock",), "__init__": lambda s: setattr(s, "lock", lock)})(),
        "within": lambda: type("Store", (), {"__init__": lambda self: setattr(self, "of", {"a": [(lock,)]})})(),
    }
    assert for_several_threads(bodies[where]())
    assert not for_several_threads(type("Store", (), {"rows": []})())


def faults_of(make_store):
    found = []
    for play_scene in interleavings(lambda: Trial(make_store())):
        try:
            play_scene()
        except FaultFound as fault:
            found.append(fault.fault.law)
    return set(found)


@pytest.mark.parametrize(
    ("make_store", "law"),
    [
        (planted_stores.ComparesBeforeTheLock, contract.EXPECTED),
        (planted_stores.LooksForTheIdBeforeTheLock, contract.FIRST_RECEIPT),
        (planted_stores.PublishesInsideTheLoop, contract.COMMITTED),
    ],
)
def test_a_race_is_found_each_time(make_store, law):
    assert law in faults_of(make_store)


def test_in_a_right_store_no_race_is_found():
    assert faults_of(lab.MemoryEventStore) == set()


def test_a_store_that_refuses_other_threads_is_known_by_that():
    class OfOneThread(ThirtyLines):
        def __init__(self):
            super().__init__()
            self.owner = threading.get_ident()

        def head(self):
            assert threading.get_ident() == self.owner
            return super().head()

    assert answers_another_thread(ThirtyLines) and not answers_another_thread(OfOneThread)
