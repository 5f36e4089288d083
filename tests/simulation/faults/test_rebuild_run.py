"""A rebuild under traffic, crashes and an abort: no query is answered from an empty or half-built table."""

import subprocess
import sys
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.shop import read, write
from cqrs_lab.simulation.faults import (
    Abort,
    Crash,
    Duplicate,
    KitRebuilder,
    Poison,
    RebuildStory,
    by_function,
    every_crash,
    find_failure,
    replay,
    simulate_rebuild,
)
from tests.simulation import faulty_rebuilds as planted
from tests.simulation.faulty_rebuilds import COMMANDS, MISTAKES, RIGHT, STORY
from tests.simulation.faulty_workers import A_WEEK_AND_A_CART, once, summarised_once

QUICK = replace(STORY, projection=once(STORY.projection), to=once(STORY.to))
ALL = {"cup": 25, "lid": 1, "mug": 4, "pot": 2}


def shop_story(projection):
    return RebuildStory(write.register, A_WEEK_AND_A_CART, projection, before=12)


@cache
def failing(name):
    return find_failure(QUICK, MISTAKES[name], simulate=simulate_rebuild, kinds=(Crash, Abort))


# --- whatever strikes, no answer comes from a half-built table ---------------------------------------------------


@pytest.mark.parametrize("name", RIGHT)
def test_a_crash_at_any_site_and_an_abort_after_any_step_break_no_law(name):
    undisturbed, struck = simulate_rebuild(STORY, (), RIGHT[name]), 0
    assert undisturbed.ok and undisturbed.table["units"].to_dict() == ALL
    assert undisturbed.table["deliveries"].sum() == len(COMMANDS)
    for plan in every_crash(QUICK, RIGHT[name], simulate_rebuild):
        run = simulate_rebuild(QUICK, plan, RIGHT[name])
        assert run.ok and run.table.sort_index().equals(undisturbed.table.sort_index()), run
        struck += run.steps["site"].any()
    assert struck >= 15 and undisturbed.visits["before swap"] == 1
    for step in range(1, 6):
        run = simulate_rebuild(QUICK, [Abort(step)], RIGHT[name])
        aborted = (run.steps["kind"] == "aborted").any()
        assert run.ok and run.table["units"].to_dict() == ALL
        assert ("deliveries" in run.table) is not aborted
    assert "deliveries" not in simulate_rebuild(STORY, [Abort(1)], RIGHT["kit"]).table


@pytest.mark.parametrize("name", [type(one).__name__ for one in read.projections()])
def test_a_crash_at_any_site_of_the_rebuild_gives_the_table_of_an_uninterrupted_one(name):
    undisturbed, crashes = simulate_rebuild(shop_story(getattr(read, name)), batch=5), 0
    story = summarised_once(shop_story(getattr(read, name)))
    assert undisturbed.ok and len(undisturbed.table)
    for plan in every_crash(story, KitRebuilder, simulate_rebuild, batch=5):
        run = simulate_rebuild(story, plan, batch=5)
        assert run.ok, run
        assert run.steps["site"].any(), plan
        assert run.table.sort_index().equals(undisturbed.table.sort_index())
        saves = "before save the new version"
        # A step that was not saved is made again, and one event more has come by then.
        again = run.visits[saves] - undisturbed.visits[saves]
        assert again <= (2 if plan.faults[0].site == saves else 1), "what was kept before the crash was built again"
        crashes += 1
    sites = {"before save the new version", "after save the new version", "before swap", "after swap", "after merge"}
    assert crashes >= 10 and sites <= undisturbed.visits.keys()


@pytest.mark.parametrize("before", [0, 4, 7])
def test_a_crash_after_the_swap_does_not_let_the_rebuild_that_is_over_go_on(before):
    story = RebuildStory(write.register, A_WEEK_AND_A_CART, read.InventoryLevels, before=before)
    undisturbed, run = simulate_rebuild(story, batch=5), simulate_rebuild(story, [Crash("after swap")], batch=5)
    assert run.ok and run.visits == undisturbed.visits and run.visits["before swap"] == 1


site = st.sampled_from(["save", "save the new version", "swap", "summarise", "merge"])
crash = st.builds(
    lambda when, what, visit: Crash(f"{when} {what}", visit),
    st.sampled_from(["before", "after"]),
    site,
    st.integers(1, 9),
)
any_fault = st.one_of(crash, st.builds(Abort, st.integers(1, 6)), st.builds(Poison, st.integers(1, len(COMMANDS))))


@settings(max_examples=60)
@given(st.lists(any_fault, max_size=5), st.integers(1, 13))
def test_whatever_strikes_the_answers_stay_whole(struck, batch):
    run = simulate_rebuild(QUICK, struck, batch=batch)
    assert run.ok and run.steps["agrees"].all() and run.table["units"].to_dict() == ALL, run


def test_a_version_that_cannot_read_an_event_leaves_the_old_one_serving_until_it_is_mended():
    for rebuilder in (KitRebuilder, RIGHT["step_by_step"]):
        run = simulate_rebuild(STORY, [Poison(3)], rebuilder)
        stopped = run.steps[run.steps["error"] == "Unreadable: cannot read the event at 3"]
        assert run.ok and len(stopped) >= 4 and (stopped["position"] == stopped["head"]).all()


def test_several_projections_are_rebuilt_at_once_and_a_crash_of_one_leaves_the_others():
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    write.register(bus)
    for command in A_WEEK_AND_A_CART[:10]:
        bus.send(command)
    projectors = [lab.Projector(store, one) for one in read.projections()]
    works = {}
    for projector in projectors:
        projector.catch_up()
        works[projector] = lab.rebuild(projector, to=type(projector.projection)(), step_events=2)
    for step in range(12):
        for command in A_WEEK_AND_A_CART[10 + step : 11 + step]:
            bus.send(command)
        for projector in list(works):
            next(iter(works[projector]), None)
            if step == 2 and projector is projectors[3]:  # its process ends; what it kept does not
                kept, begun = projector.serving, works.pop(projector).model
                projectors[3] = lab.Projector(store, kept.projection, model=kept.model)
                works[projectors[3]] = lab.rebuild(
                    projectors[3], to=type(kept.projection)(), model=begun, step_events=2
                )
        for projector in projectors:
            log = lab.EventBatch(list(store.read_all(limit=projector.position)))
            assert projector.projection.summarise(log).sort_index().equals(projector.table.sort_index())
            assert projector.position >= 10
    assert [work.state for work in works.values()] == ["swapped"] * 7
    assert all(projector.position == store.head() == 16 for projector in projectors)


# --- a mistake is found, and its plan is small -------------------------------------------------------------------


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_caught_and_shrunk_to_at_most_three_faults(name):
    run = failing(name)
    assert run is not None and not run.ok and len(run.plan) <= 3, run
    again = simulate_rebuild(STORY, run.plan, MISTAKES[name])
    assert (again.fingerprint, again.broken) == (run.fingerprint, run.broken)
    for number in range(len(run.plan)):
        assert simulate_rebuild(STORY, run.plan.without(number), MISTAKES[name]).ok, "a fault could be left out"


@pytest.mark.parametrize(
    ("name", "faults", "law"),
    [
        ("clears_the_serving_table", 0, "does not go back"),
        ("clears_the_rows_and_keeps_the_checkpoint", 0, "every answer is what"),
        ("builds_in_place", 0, "does not go back"),
        ("misses_the_meantime", 0, "does not go back"),
        ("misses_the_meantime_and_says_it_has_it", 0, "every answer is what"),
        ("swaps_before_it_has_caught_up", 0, "does not go back"),
        ("checkpoint_apart", 1, "every answer is what"),
        ("loses_its_checkpoint", 1, "every answer is what"),
        ("sends_all_mails_again", 0, "each mail is sent once"),
        ("holds_mails_back", 0, "each mail is sent once"),
        ("never_swaps", 0, "the new version serves"),
        ("forgets_what_it_read", 1, "every answer is what"),
    ],
)
def test_each_mistake_is_found_for_what_it_is(name, faults, law):
    run = failing(name)
    assert len(run.plan) == faults and law in run.broken[0], run


def test_a_function_that_raises_is_told_and_does_no_harm_to_who_serves():
    def raises(tables, store, projection):
        yield
        raise ValueError("no such table")

    run = simulate_rebuild(STORY, (), by_function(raises))
    assert run.steps["agrees"].all() and "ValueError: no such table" in set(run.steps["error"])
    assert len(run.broken) == 1 and "looked who serves" in run.broken[0].lower()


# --- ticket, trace, refusals -------------------------------------------------------------------------------------


def test_a_ticket_makes_the_same_run_in_a_fresh_process_bit_for_bit():
    run = failing("checkpoint_apart")
    code = (
        "import sys; from tests.simulation.faulty_rebuilds import *; from cqrs_lab.simulation.faults import *;"
        "run = replay(sys.argv[1], STORY, MISTAKES['checkpoint_apart'], simulate_rebuild);"
        "print(run.steps.to_csv() + run.table.to_csv() + repr(run))"
    )
    fresh = subprocess.run([sys.executable, "-c", code, run.ticket], capture_output=True, text=True, check=True)
    assert fresh.stdout == run.steps.to_csv() + run.table.to_csv() + repr(run) + "\n"
    with pytest.raises(lab.InvalidArgument, match="give the same story, worker and store"):
        replay(run.ticket, STORY, RIGHT["step_by_step"], simulate_rebuild)


def test_a_run_tells_what_it_did_and_asked_step_by_step():
    run = simulate_rebuild(STORY, [Crash("after swap"), Abort(2)], batch=4)
    assert run.in_words().tolist()[:8] == [
        "the old version caught up",
        "a command came",
        "the serving version followed",
        "step 1 of the rebuild",
        "a command came",
        "the serving version followed",
        "step 2 of the rebuild: crashed after swap",
        "a command came",
    ]
    assert run.steps["position"].tolist()[:7] == [7, 7, 8, 8, 8, 9, 9] and run.ok


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: simulate_rebuild(STORY, batch=0), "batch=0"),
        (lambda: simulate_rebuild(STORY, batch=(2, 3)), "batch="),
        (lambda: simulate_rebuild(STORY, [Duplicate(1)]), "cannot strike a rebuild; give one of Crash, Abort, Poison"),
        (lambda: simulate_rebuild(STORY, ["crash"]), "is not a fault; give one of Crash"),
        (lambda: simulate_rebuild(STORY, [Abort(0)]), "give step a whole number, 1 or more"),
    ],
)
def test_what_has_no_meaning_is_refused(wrong, told):
    with pytest.raises(lab.InvalidArgument, match=told):
        wrong()


def test_a_story_without_a_new_version_builds_the_same_one_again_after_two_thirds_of_its_commands():
    story = RebuildStory(write.register, A_WEEK_AND_A_CART, read.InventoryLevels)
    assert story.begins_after == 10 and type(story.new_fold.projection) is read.InventoryLevels
    assert planted.STORY.begins_after == 7
