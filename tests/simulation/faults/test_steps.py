"""The steps of a run are data. What they say in words is for the reader alone: nothing depends on it."""

from typing import get_args

import pytest

import cqrs_lab as lab
from cqrs_lab.simulation.faults import (
    Abort,
    Crash,
    LostReceipt,
    Poison,
    SlowCommit,
    Story,
    on_disk,
    simulate_faults,
    simulate_rebuild,
    table_first,
)
from cqrs_lab.simulation.faults.steps import WORDS, Kind, Step
from tests.simulation import faulty_rebuilds as rebuilds
from tests.simulation.faulty_workers import STORY

TYPES = {
    "seconds": "float64",
    "kind": "str",
    "number": "int64",
    "first": "int64",
    "last": "int64",
    "site": "str",
    "error": "str",
    "position": "int64",
    "head": "int64",
    "agrees": "bool",
}
SENTENCES = [
    (Step("recorded", 2, 3, 3), "command 2 recorded 3"),
    (Step("recorded", 2, 3, 4), "command 2 recorded 3 to 4"),
    (Step("rejected", 2, error="order 7 is shipped"), "command 2 rejected: order 7 is shipped"),
    (Step("delivered", first=3, last=3), "delivered 3"),
    (Step("delivered", first=3, last=5), "delivered 3 to 5"),
    (Step("delivered", first=3, last=3, site="before save"), "delivered 3: crashed before save"),
    (Step("delivered", first=3, last=4, error="KeyError: {last}"), "delivered 3 to 4: stopped, KeyError: {last}"),
    (Step("fixed"), "the projection is fixed"),
    (Step("faults over"), "the faults stop"),
    (Step("caught up"), "the old version caught up"),
    (Step("arrived"), "a command came"),
    (Step("followed"), "the serving version followed"),
    (Step("built", 2, site="after swap"), "step 2 of the rebuild: crashed after swap"),
    (Step("aborted", 2), "the rebuild aborted after step 2"),
    (Step("went on"), "the rebuild goes on"),
]


def rows(run, *columns):
    return list(run.steps[list(columns)].itertuples(index=False, name=None))


@pytest.mark.parametrize(("step", "sentence"), SENTENCES)
def test_a_step_has_a_sentence(step, sentence):
    assert step.in_words() == sentence


def test_every_kind_of_step_has_its_words():
    assert set(WORDS) == set(get_args(Kind)) == {step.kind for step, _ in SENTENCES}


def test_the_steps_are_typed_whatever_happened():
    quiet = Story(STORY.register, (), STORY.projection)
    runs = (simulate_faults(STORY, [Poison(1), Crash("before save")]), simulate_faults(STORY), simulate_faults(quiet))
    for run in (*runs, simulate_rebuild(rebuilds.STORY, [Abort(1)])):
        assert run.steps.dtypes.astype(str).to_dict() == TYPES
        assert run.in_words().index.equals(run.steps.index) and str(run.in_words().dtype) == "str"


def test_a_delivery_says_which_events_where_the_worker_died_and_why_it_stopped():
    run = simulate_faults(STORY, [SlowCommit(1, 3), Crash("after merge", 2), Poison(5)], batch=3)
    assert rows(run, "kind", "first", "last", "site", "error")[4:] == [
        ("delivered", 1, 3, "", ""),
        ("recorded", 5, 5, "", ""),
        ("delivered", 4, 5, "after merge", ""),
        ("delivered", 4, 5, "", "Unreadable: cannot read the event at 5"),
        ("fixed", 0, 0, "", ""),
        ("delivered", 5, 5, "", ""),
    ]


def test_a_command_that_is_sent_again_has_its_number_and_its_positions_again():
    run = simulate_faults(STORY, [LostReceipt(2)])
    sent = [one[1:] for one in rows(run, "kind", "number", "first", "last") if one[0] == "recorded"]
    assert sent == [(1, 1, 1), (2, 2, 2), (2, 2, 2), (3, 3, 3), (4, 4, 4), (5, 5, 5)]


def test_a_command_has_all_of_its_positions_and_a_rejected_one_has_none():
    def decide(events, nothing):
        if len(events) > 3:
            raise lab.CommandRejected("too many")
        return list(events)

    # Decided by their size: three events, nothing to do, and a rejection.
    decider = lab.Decider(None, decide, lambda nothing, event: nothing)
    one = STORY.commands[0]

    def register(bus):
        bus.register(tuple, decider, stream=lambda events: "log")

    run = simulate_faults(Story(register, ((one,) * 3, (), (one,) * 4), STORY.projection))
    assert [row for row in rows(run, "kind", "number", "first", "last", "error") if row[1]] == [
        ("recorded", 1, 1, 3, ""),
        ("recorded", 2, 3, 3, ""),
        ("rejected", 3, 0, 0, "too many"),
    ]


def test_a_rejection_is_no_stop_of_the_worker():
    assert not Step("rejected", 1, error="too many").stopped and Step("delivered", error="too many").stopped


def test_a_rebuild_says_which_of_its_steps_it_took_and_where_it_died():
    run = simulate_rebuild(rebuilds.STORY, [Crash("before save the new version"), Abort(2)])
    assert rows(run, "kind", "number", "site")[:8] == [
        ("caught up", 0, ""),
        ("arrived", 0, ""),
        ("followed", 0, ""),
        ("built", 1, "before save the new version"),
        ("arrived", 0, ""),
        ("followed", 0, ""),
        ("built", 2, ""),
        ("aborted", 2, ""),
    ]
    assert "went on" in set(simulate_rebuild(rebuilds.STORY).steps["kind"])


@pytest.mark.parametrize("words", ["", "command delivered 1 to 2: crashed, stopped"])
def test_no_run_depends_on_the_words(monkeypatch, words):
    struck = [
        (simulate_faults, STORY, [Poison(2), Crash("before save"), LostReceipt(3)]),
        (simulate_rebuild, rebuilds.STORY, [Poison(2), Crash("before swap"), Abort(4)]),
    ]
    runs = [simulate(story, plan) for simulate, story, plan in struck]
    monkeypatch.setattr(Step, "in_words", lambda step: words)
    for run, (simulate, story, plan) in zip(runs, struck, strict=True):
        again = simulate(story, plan)
        assert again.steps.equals(run.steps) and again.table.equals(run.table) and again.ticket == run.ticket
        assert set(again.in_words()) == {words}


@pytest.mark.parametrize("words", ["", "command delivered 1 to 2: crashed, stopped"])
def test_a_law_that_breaks_is_the_same_one_in_any_words(monkeypatch, words):
    plan = [Crash("after the table is written", 2)]
    run = simulate_faults(STORY, plan, on_disk(table_first))
    monkeypatch.setattr(Step, "in_words", lambda step: words)
    again = simulate_faults(STORY, plan, on_disk(table_first))
    parts = [[(one.law, one.expected, one.came) for one in each.broken] for each in (run, again)]
    assert parts[0] == parts[1] != []
