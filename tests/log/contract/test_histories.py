"""Random histories hold what a store must tell apart, and a fault is shown in the shortest one."""

from __future__ import annotations

from random import Random

import cqrs_lab as lab
from cqrs_lab.log import contract
from cqrs_lab.log.contract.histories import random_history
from tests.log.contract.test_check import laws
from tests.log.planted_stores import ThirtyLines


def test_a_fault_that_only_a_random_history_shows_is_told_in_its_shortest_form():
    class FailsAtTheFourthCommand(ThirtyLines):
        def record(self, stream, events, command_id):
            ids = {one.command_id for one in self.log if one.command_id}
            super().record(stream, events, None if command_id == "c" and len(ids - {"c"}) == 3 else command_id)

    report = lab.check_event_store(FailsAtTheFourthCommand)
    assert laws(report) == [contract.WRITTEN]
    assert report.faults[0].done.count("store.append") <= 6


def test_random_histories_hold_what_is_refused_what_comes_again_and_nothing():
    store, refused, again = ThirtyLines(), 0, 0
    history = random_history(Random(1), 40)
    for op in history:
        before = store.head()
        try:
            store.append(op.stream, op.events(), expected=op.expected, command_id=op.command_id)
        except lab.ConcurrencyError:
            refused += 1
        else:
            again += bool(op.count) and store.head() == before
    assert refused > 3 and again > 0 and any(not op.count for op in history)
