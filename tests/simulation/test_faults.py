"""Faults strike the real bus, store and projector: whatever they are, every read model comes out right."""

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.course.exercises.lesson_09 import BalanceChanged
from cqrs_lab.course.exercises.lesson_09_checkpoint import MOVES, Places
from cqrs_lab.shop import events, read, visits
from cqrs_lab.simulation import faults, guarantees
from cqrs_lab.simulation.faults import (
    Abort,
    Crash,
    Delay,
    Duplicate,
    FaultPlan,
    LostAcknowledgement,
    LostReceipt,
    Poison,
    Reorder,
    SlowCommit,
    every_crash,
    find_failure,
    on_disk,
    parking,
    replay,
    simulate_faults,
    simulate_process,
    story_of,
)
from cqrs_lab.simulation.faults.workers import ProjectorWorker
from cqrs_lab.simulation.gappy_store import GappyEventStore
from tests.course.exercises import answers_05, answers_09
from tests.simulation import faulty_workers as planted
from tests.simulation.faulty_workers import DELIVERIES, IN_ORDER, MISTAKES, STORY, shop_story

GOLDEN = Path(__file__).parent / "golden"
RATINGS = [
    answers_05.ProductRated(product, stars) for product, stars in (("cup", 5), ("pot", 2), ("cup", 1), ("cup", 4))
]
CUP = (events.OrderLine(1, "cup", "Tea cup", 2, 2550),)
SALES = [
    events.OrderPlaced("7", "ada", "Ireland", CUP, (), planted.NOON),
    events.ItemsReturned("r", "7", "ada", "Ireland", CUP, (), planted.NOON),
    events.OrderPlaced("8", "ben", "Ireland", CUP, (), planted.NOON),
]
LOANS = [answers_05.CopyLent("c1", "ada"), answers_05.CopyBroughtBack("c1"), answers_05.CopyLent("c1", "ben")]
BOOKED = [BalanceChanged("ada", 300, 300), BalanceChanged("ben", 50, 50), BalanceChanged("ada", -100, 200)]
STORIES = {
    **{type(one).__name__: shop_story(type(one)) for one in read.projections()},
    **{one.__name__: story_of(RATINGS, one) for one in (answers_05.Stars, answers_05.CountsOfEach)},
    **{one.__name__: story_of(SALES, one) for one in (answers_05.BestSellers, answers_05.ByLoop)},
    **{one.__name__: story_of(LOANS, one) for one in (answers_05.Loans, answers_05.LoansByLoop)},
    "UnitsOrdered": story_of(SALES, visits.UnitsOrdered),
    "Balances": story_of(BOOKED, answers_09.Balances),
    "Ledger": story_of(BOOKED, answers_09.Ledger),
    "Places": story_of(MOVES, Places),
    "Received": STORY,
}
# The tests hand over the same batches again and again, each with faults in other places.
ONCE = {name: planted.summarised_once(story) for name, story in STORIES.items()}


# --- whatever strikes, the table is that of an uninterrupted run -----------------------------------------------


@pytest.mark.parametrize("name", STORIES)
def test_a_crash_at_any_site_leads_to_the_table_of_an_uninterrupted_run(name):
    undisturbed, crashes = simulate_faults(STORIES[name], batch=3), 0
    story = ONCE[name]
    assert undisturbed.ok and len(undisturbed.table)
    for plan in every_crash(story, batch=3):
        run = simulate_faults(story, plan, batch=3)
        assert run.ok, run
        assert run.steps["site"].any(), plan
        assert run.table.sort_index().equals(undisturbed.table.sort_index())
        crashes += 1
    assert crashes >= 6 and {"before save", "after save", "before merge"} <= undisturbed.visits.keys()


@pytest.mark.parametrize("name", STORIES)
def test_no_random_plan_breaks_a_law(name):
    assert find_failure(ONCE[name], seeds=range(12), batch=(1, 3, 2)) is None
    assert find_failure(ONCE[name], parking, seeds=range(6)) is None


positions = st.integers(1, len(DELIVERIES))
any_fault = st.one_of(
    st.builds(Crash, st.sampled_from(["before save", "after save", "before summarise", "after merge"]), positions),
    st.builds(Duplicate, positions, st.integers(0, 4)),
    st.builds(LostAcknowledgement, positions),
    st.builds(Delay, positions, positions),
    st.builds(Reorder, positions),
    st.builds(LostReceipt, positions),
    st.builds(Poison, positions),
    st.builds(SlowCommit, positions, positions),
)


@settings(max_examples=150)
@given(st.lists(any_fault, max_size=6), st.lists(st.integers(1, 4), min_size=1, max_size=3), st.booleans())
def test_any_duplication_and_any_cut_give_what_the_commands_should_lead_to(struck, batch, park):
    run = simulate_faults(ONCE["Received"], struck, *([parking] if park else []), batch=batch)
    assert run.ok, run
    assert dict(run.table["units"]) == {"cup": 12, "pot": 1, "mug": 2}


def test_a_worker_that_writes_table_and_checkpoint_at_once_survives_whatever_comes_in_order():
    story, worker = ONCE["Received"], on_disk(faults.both_at_once)
    assert find_failure(story, worker, kinds=IN_ORDER, seeds=range(60)) is None
    for plan in every_crash(story, worker):
        assert simulate_faults(story, plan, worker).ok


def test_a_projection_that_can_hear_twice_survives_a_checkpoint_that_comes_after_the_table():
    story = story_of(DELIVERIES, planted.NewestResult)
    for plan in every_crash(story, on_disk(faults.table_first)):
        assert simulate_faults(story, plan, on_disk(faults.table_first)).ok


OF_LESSON_9 = [answers_09.table_then_checkpoint, answers_09.hears_all_again, answers_09.event_by_event]


@pytest.mark.parametrize("take_in", OF_LESSON_9)
@pytest.mark.parametrize("name", ["Balances", "Ledger", "Places"])
def test_the_workers_and_projections_of_lesson_9_survive_a_crash_at_any_site(name, take_in):
    story, worker = ONCE[name], on_disk(take_in)
    for plan in every_crash(story, worker):
        run = simulate_faults(story, plan, worker)
        assert run.ok, run
    assert find_failure(story, worker, kinds=IN_ORDER, seeds=range(4)) is None


# --- a mistake is found, and its plan is small -----------------------------------------------------------------


@cache
def found(name):
    return find_failure(STORY, MISTAKES[name], kinds=IN_ORDER)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_caught_and_shrunk_to_at_most_three_faults(name):
    run = found(name)
    assert run is not None and not run.ok and len(run.plan) <= 3, run
    again = simulate_faults(STORY, run.plan, MISTAKES[name])
    assert (again.fingerprint, again.broken) == (run.fingerprint, run.broken)
    for number in range(len(run.plan)):
        assert simulate_faults(STORY, run.plan.without(number), MISTAKES[name]).ok, "a fault could be left out"


def test_each_mistake_is_found_for_what_it_is():
    def first(worker, *plan):
        return simulate_faults(STORY, plan, on_disk(worker)).broken[0]

    lost = first(faults.checkpoint_first, Crash("after the checkpoint is written"))
    assert "law 6" in lost and "no such row" in lost
    twice = first(faults.table_first, Crash("after the table is written"))
    assert "law 6" in twice and "{'units': 3}; got 'cup': {'units': 6}" in twice
    assert "{'units': 3}; got 'cup': {'units': 6}" in first(faults.nothing_compared, Duplicate(1))
    assert "law 7" in first(planted.error_swallowed, Poison(2))


def test_a_sum_kept_outside_the_table_is_caught():
    story = story_of(DELIVERIES, planted.AddsInPlace)
    run = find_failure(story, seeds=range(40))
    assert run is not None and len(run.plan) <= 3


def test_a_command_recorded_twice_is_caught_by_what_the_commands_say_and_by_nothing_else():
    run = simulate_faults(STORY, [LostReceipt(3)], store=planted.Forgetful)
    assert [law.split(".")[0] for law in run.broken] == ["law 12: the table is what the commands should lead to"]
    assert simulate_faults(STORY, [LostReceipt(3)]).ok


def test_a_batch_that_overtakes_another_is_found_where_the_log_is_not_read_instead():
    run = simulate_faults(STORY, [Reorder(1), SlowCommit(1, 3)], on_disk(faults.both_at_once), batch=1)
    assert "law 6" in run.broken[0]
    assert simulate_faults(STORY, [Reorder(1), SlowCommit(1, 3)], batch=1).ok


def test_a_poison_event_stops_the_projector_until_it_is_mended_or_is_listed():
    stopped = simulate_faults(STORY, [Poison(3)])
    during = stopped.steps[stopped.steps["error"] != ""]
    assert stopped.ok and set(during["error"]) == {"Unreadable: cannot read the event at 3"}
    assert set(during["position"]) == {2} and set(during["kind"]) == {"delivered"}
    parked = simulate_faults(STORY, [Poison(3)], parking)
    assert parked.ok and not parked.steps["error"].any()


# --- what readers were promised ------------------------------------------------------------------------------------


def names_of(run):
    return [law.partition(":")[0] for law in run.broken]


def test_a_table_that_goes_back_after_a_crash_breaks_monotonic_reads_and_nothing_else():
    run = find_failure(STORY, planted.SavesNowAndThen, kinds=(Crash,), seeds=range(30))
    assert names_of(run) == ["monotonic reads"] and len(run.plan) == 1
    assert "reader read the whole table at 1.5 s and saw position 1; then reader read" in run.broken[0]
    assert "position 1 had been there, and is gone" in run.broken[0]
    assert simulate_faults(STORY, [], planted.SavesNowAndThen).ok


def test_a_table_that_shows_3_without_2_breaks_the_consistent_prefix_and_nothing_else():
    story = story_of(DELIVERIES, planted.NewestResult)
    crash = Crash("after the table is written", 2)
    run = simulate_faults(story, [SlowCommit(2), crash], on_disk(planted.backwards))
    assert names_of(run) == ["consistent prefix"], run
    [said] = run.broken
    assert "sender 2 wrote log at position 2" in said and "and saw positions 1, 3: position 2 is missing" in said
    assert simulate_faults(story, [SlowCommit(2), crash], on_disk(faults.table_first)).ok


def test_a_checkpoint_ahead_of_its_table_breaks_the_token_s_promise():
    run = simulate_faults(STORY, [Crash("after the checkpoint is written")], on_disk(faults.checkpoint_first))
    assert "law 9" in names_of(run)
    told = next(law for law in run.broken if law.startswith("law 9"))
    assert "sender 1 wrote log at position 1" in told and "it holds no position" in told


def test_a_skipped_event_breaks_the_consistent_prefix():
    run = simulate_faults(STORY, [SlowCommit(1, 3)], store=GappyEventStore)
    assert "consistent prefix" in names_of(run) and "law 11" in names_of(run), run
    assert simulate_faults(STORY, [SlowCommit(1, 3)]).ok


def test_two_looks_at_one_moment_come_one_after_the_other():
    run = simulate_faults(STORY, [Reorder(3)], on_disk(faults.nothing_compared), batch=1)
    late = run.trace[(run.trace["session"] == "reader") & run.trace["invoke"].between(4.5, 4.6)]
    assert late["applied"].tolist() == [{1, 2, 4}, {1, 2, 3, 4}] and late["invoke"].is_unique
    assert names_of(run) == ["law 6", "law 9", "consistent prefix"]


def test_the_trace_of_a_run_is_one_that_the_checker_takes_and_the_view_draws():
    run = simulate_faults(STORY, [LostReceipt(2), Crash("before save", 2)])
    verdicts = guarantees.check(run.trace)
    assert all(verdicts[name].holds for name in ("read_your_writes", "monotonic_reads", "consistent_prefix"))
    writes = run.trace[run.trace["op"] == "w"]
    assert writes["version"].tolist() == [1, 2, 3, 4, 5] and set(writes["session"]) >= {"sender 1", "sender 5"}
    assert writes.set_index("session").at["sender 2", "ret"] == 3
    own = run.trace[(run.trace["op"] == "r") & (run.trace["session"] != "reader")]
    assert sorted(own["session"]) == [f"sender {number}" for number in range(1, 6)]
    assert (own["position"].to_numpy() >= own["session"].str[-1].astype(int).to_numpy()).all()


# --- plan, ticket, trace -----------------------------------------------------------------------------------------


def test_a_ticket_makes_the_same_run_in_a_fresh_process_bit_for_bit():
    run = found("table_first")
    code = (
        "import sys; from tests.simulation.faulty_workers import *; from cqrs_lab.simulation.faults import *;"
        "run = replay(sys.argv[1], STORY, on_disk(table_first));"
        "print(run.steps.to_csv() + run.table.to_csv() + repr(run))"
    )
    fresh = subprocess.run([sys.executable, "-c", code, run.ticket], capture_output=True, text=True, check=True)
    assert fresh.stdout == run.steps.to_csv() + run.table.to_csv() + repr(run) + "\n"


def test_a_ticket_of_something_else_is_refused():
    run = found("table_first")
    with pytest.raises(lab.InvalidArgument, match="give the same story, worker and store"):
        replay(run.ticket, STORY)
    for wrong in ("", "{}", "[1]", run.ticket[:-9], run.ticket.replace("Crash", "Crush")):
        with pytest.raises(lab.InvalidArgument, match="is not a replay ticket|is not a fault"):
            replay(wrong, STORY)
    with pytest.raises(lab.InvalidArgument, match="holds batch, which simulate_process does not take"):
        replay(run.ticket, STORY, simulate=simulate_process)


def test_a_repair_that_never_comes_off_ends_the_run_and_is_told():
    class NeverMended(ProjectorWorker):
        def repaired(self):
            raise lab.ProjectionFailed("levels", 2, self.position, "still unreadable")

    run = simulate_faults(STORY, [Poison(2)], lambda *made_of: NeverMended(*made_of, "park"))
    assert not run.ok and "still unreadable" in set(run.steps["error"])


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ({"table": {"ada": 1}}, "was given a dict as its table; give a DataFrame"),
        ({"checkpoint": -1}, "was given the checkpoint -1; give a position, 0 or more"),
        ({"checkpoint": "2"}, "was given the checkpoint '2'; give a position, 0 or more"),
    ],
)
def test_what_no_disk_can_keep_is_told_as_a_failure_of_the_function(kept, told):
    def take_in(disk, batch, projection):
        disk.save(**{"table": disk.table, "checkpoint": batch.last_position} | kept)

    run = simulate_faults(STORY, [], on_disk(take_in))
    assert not run.ok and told in run.steps["error"].str.cat()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_golden_traces(seed):
    plan = faults.draw_plan(seed, {"before save": 5, "after merge": 3}, events=5, commands=5, count=5)
    run = simulate_faults(STORY, plan)
    assert run.ok
    assert f"{plan}\n{run.steps.to_csv()}{run.table.to_csv()}" == (GOLDEN / f"faults_{seed}.csv").read_text()


def test_a_plan_goes_to_plain_data_and_back():
    plan = FaultPlan(
        (
            Crash("before save", 2),
            Duplicate(1, 3),
            LostAcknowledgement(2),
            Delay(3, 4),
            Reorder(4),
            LostReceipt(5),
            Poison(6),
        )
    )
    assert FaultPlan.from_plain(plan.to_plain()) == plan


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: FaultPlan(("crash",)), "is not a fault; give one of Crash"),
        (lambda: FaultPlan((Crash("before save", 0),)), "give visit a whole number, 1 or more"),
        (lambda: FaultPlan((Duplicate(1, -1),)), "give later a whole number, 0 or more"),
        (lambda: FaultPlan((Delay(1, 0.5),)), "give seconds a whole number"),
        (lambda: simulate_faults(STORY, batch=0), "batch=0"),
        (lambda: simulate_faults(STORY, batch=[]), "batch="),
    ],
)
def test_a_plan_without_a_meaning_is_refused(wrong, told):
    with pytest.raises(lab.InvalidArgument, match=told):
        wrong()


def test_plans_of_one_seed_are_equal_and_draw_every_kind():
    def drawn(seed):
        return faults.draw_plan(seed, {"before save": 3}, events=5, commands=5)

    assert drawn(7) == drawn(7)
    assert {type(one) for seed in range(60) for one in drawn(seed)} == set(faults.plan.KINDS.values())


def test_what_never_struck_is_told_with_the_places_there_are():
    missed = simulate_faults(STORY, [Crash("befor save"), Crash("before save", 99), Poison(99), Crash("after merge")])
    assert missed.idle == FaultPlan((Crash("befor save"), Crash("before save", 99), Poison(99)))
    assert "Never struck: a crash befor save (visit 1); " in repr(missed) and "before save (" in repr(missed)
    assert "Never struck" not in repr(simulate_faults(STORY, [Crash("after merge")]))
    with pytest.raises(lab.InvalidArgument, match="cannot strike a projector; give one of Crash, Duplicate"):
        simulate_faults(STORY, [Abort(1)])
