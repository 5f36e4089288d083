"""What led to a commit is looked for with each of its events, in the log and in the stream."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cqrs_lab.log import contract
from cqrs_lab.log.contract.tracing import NOTED, what_led_to_it
from cqrs_lab.log.contract.trial import FaultFound, Trial
from tests.log.planted_stores import PLANTED, ThirtyLines, Traces


@pytest.mark.parametrize("make_store", [one for one, law in PLANTED.items() if law == contract.TRACED])
def test_what_is_lost_of_a_cause_is_found_by_this_story_alone(make_store):
    with pytest.raises(FaultFound) as found:
        what_led_to_it(Trial(make_store()))
    assert found.value.fault.law == contract.TRACED and "caused_by=" in found.value.fault.done


def test_a_right_store_passes_and_each_cause_was_given_once():
    trial = Trial(Traces())
    what_led_to_it(trial)
    came = [(one.caused_by, one.metadata) for one in trial.store.read_all()]
    assert came == [noted for noted in NOTED for _ in range(2)]


def test_a_store_that_takes_no_cause_is_given_none():
    trial = Trial(ThirtyLines())
    what_led_to_it(trial)
    assert (trial.checks, trial.store.head()) == (0, 0)


class NotesMore(Traces):
    """A store that notes something of its own beside what it was given."""

    name = "traceparent"

    def traced(self, new):
        return [replace(one, metadata={**one.metadata, self.name: "00-1-1-01"}) for one in new]


class NotesWhatNobodyAskedFor(NotesMore):
    name = "host"


def test_a_trace_context_may_be_noted_beside_what_was_given_and_nothing_else():
    what_led_to_it(Trial(NotesMore()))
    with pytest.raises(FaultFound):
        what_led_to_it(Trial(NotesWhatNobodyAskedFor()))
