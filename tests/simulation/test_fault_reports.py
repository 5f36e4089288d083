"""What a run with faults tells of itself: who struck, what was raised first, a ticket that holds in every process."""

import copy
import os
import pickle
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.shop import events, fulfilment, parties, write
from cqrs_lab.simulation.faults import (
    Abort,
    Crash,
    Delay,
    Duplicate,
    FaultPlan,
    KitRebuilder,
    LostAcknowledgement,
    LostReceipt,
    Poison,
    ProcessStory,
    RebuildStory,
    Reorder,
    SlowCommit,
    both_at_once,
    by_function,
    draw_plan,
    find_failure,
    on_disk,
    parking,
    replay,
    shrink,
    simulate_faults,
    simulate_process,
    simulate_rebuild,
    story_of,
)
from cqrs_lab.simulation.faults.broken_law import BrokenLaw, laws_of
from cqrs_lab.simulation.faults.sites import Sites, Watched
from cqrs_lab.simulation.faults.written import written
from tests.simulation import faulty_rebuilds as rebuilds
from tests.simulation.faulty_workers import DELIVERIES, NOON, PLAIN, STORY, Received
from tests.simulation.test_faults import ONCE, any_fault
from tests.simulation.test_process_faults import LETTERS, KnowsNothingAnew, Readers

YES = {"yes": (5,)}
CUPS, POTS = events.OrderLine(1, "cup", "Tea cup", 2, 2550), events.OrderLine(2, "pot", "Tea pot", 2, 9900)
BOTH_GOODS = parties.Parties(
    (
        write.ReceiveStock("cup", 12, parties.OPENS),
        write.ReceiveStock("pot", 4, parties.OPENS),
        write.PlaceOrder("7", "ada", "Ireland", (CUPS, POTS), (), parties.OPENS),
    ),
    {"7": YES},
    {"7": YES},
)
TWO_PRODUCTS = ProcessStory(write.register, fulfilment.process, BOTH_GOODS)
FORGETS = [Crash("after save", 4)]


# --- a ticket holds in every process -----------------------------------------------------------------------------


def in_a_process(hash_seed, *arguments):
    code = (
        "import sys; from tests.simulation.test_fault_reports import *;"
        "run = simulate_process(TWO_PRODUCTS, FORGETS, KnowsNothingAnew);"
        "print(replay(sys.argv[1], TWO_PRODUCTS, KnowsNothingAnew, simulate_process).ticket if sys.argv[1:] else "
        "[run.broken, run.ticket]); print({'cup', 'pot'})"
    )
    told = {**os.environ, "PYTHONHASHSEED": str(hash_seed)}
    ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, env=told)
    return ran.stdout.rpartition("\n{")


def test_a_ticket_is_the_same_in_whatever_order_a_process_keeps_its_sets():
    run = simulate_process(TWO_PRODUCTS, FORGETS, KnowsNothingAnew)
    assert any("law 6" in law and "frozenset({'cup', 'pot'})" in law for law in run.broken), run
    (one, _, order), (other, _, another) = in_a_process(1), in_a_process(4)
    assert order != another, "the two processes keep sets alike: this test cannot fail"
    assert one == other == str([run.broken, run.ticket])
    assert in_a_process(4, run.ticket)[0] == run.ticket


class Pair(NamedTuple):
    left: Any
    right: Any


@dataclass(frozen=True)
class Held:
    inside: Any
    hidden: Any = field(default=0, repr=False)


def test_values_are_written_in_one_order_however_deep_they_lie():
    forwards, backwards = dict.fromkeys("abc", 1), dict.fromkeys("cba", 1)
    assert (
        written({"k": Held([forwards])})
        == written({"k": Held([backwards])})
        == ("{'k': Held(inside=[{'a': 1, 'b': 1, 'c': 1}])}")
    )
    assert written(Pair({2, 1}, ({3},))) == "Pair(left={1, 2}, right=({3},))"
    for plain in ((), (1,), [], {}, set(), frozenset(), frozenset({1}), {1}, "x", None, 1.5, (1, "a")):
        assert written(plain) == repr(plain)
    assert written(Counter("b")) == "Counter({'b': 1})" and written([object()]) == "[<object object>]"


def test_where_a_thing_lies_in_memory_is_no_part_of_a_ticket():
    def take_in(disk, batch, projection):
        raise ValueError(f"cannot take in {object()}")

    one, other = (simulate_faults(STORY, [], on_disk(take_in)) for _ in range(2))
    assert one.ticket == other.ticket and not one.ok


# --- which faults struck -----------------------------------------------------------------------------------------


def test_a_fault_that_met_nothing_is_told_to_have_been_idle():
    struck = (Delay(1), Reorder(2), LostReceipt(1), SlowCommit(2), Duplicate(2, 3), LostAcknowledgement(3), Poison(5))
    idle = (
        *(LostReceipt(99), SlowCommit(99), Delay(99), Duplicate(99), LostAcknowledgement(99), Poison(99)),
        *(Reorder(99), Reorder(5), Crash("before save", 99), Crash("befor save")),
    )
    for park in ([], [parking]):
        run = simulate_faults(STORY, struck + idle, *park, batch=1)
        assert run.idle == FaultPlan(idle) and run.ok
        assert "Never struck: the receipt of command 99 lost; " in repr(run)


def test_an_event_that_the_projection_does_not_read_cannot_be_poison_for_it():
    story = story_of([DELIVERIES[0], events.StockReleased("cup", "7", 1, NOON), DELIVERIES[1]], Received)
    for worker in ([], [on_disk(both_at_once)]):
        assert simulate_faults(story, [Poison(2), Poison(3)], *worker, batch=1).idle == FaultPlan((Poison(2),))


def test_a_poison_event_that_a_worker_drops_unseen_is_idle_and_breaks_no_law_of_its_own():
    run = simulate_faults(STORY, [Reorder(1), Poison(1)], on_disk(both_at_once), batch=1)
    assert run.idle == FaultPlan((Poison(1),))
    assert run.broken == simulate_faults(STORY, [Reorder(1)], on_disk(both_at_once), batch=1).broken != ()


def test_the_last_delivery_is_overtaken_by_nobody():
    assert simulate_faults(STORY, [Reorder(5)], batch=1).idle == FaultPlan((Reorder(5),))
    assert not len(simulate_faults(STORY, [Reorder(4)], batch=1).idle)


def test_a_rebuild_tells_which_faults_never_struck():
    run = simulate_rebuild(rebuilds.STORY, [Abort(2), Abort(3), Abort(999), Poison(99), Crash("before save")])
    assert run.idle == FaultPlan((Abort(3), Abort(999), Poison(99)))
    assert simulate_rebuild(rebuilds.STORY, [Abort(2), Poison(1)]).idle == FaultPlan(())
    swapped = simulate_rebuild(rebuilds.STORY, [Abort(3)], rebuilds.RIGHT["all_at_once"])
    assert swapped.idle == FaultPlan((Abort(3),))


def test_a_process_run_tells_which_faults_never_struck():
    plan = [LostReceipt(2), LostReceipt(99), Delay(2, 60), Delay(99, 60), Crash("after send"), Crash("after send", 99)]
    assert simulate_process(LETTERS, plan).idle == FaultPlan((LostReceipt(99), Delay(99, 60), Crash("after send", 99)))


@settings(max_examples=60)
@given(st.lists(any_fault, max_size=6), st.sampled_from([(), (parking,), (on_disk(both_at_once),)]))
def test_leaving_out_what_was_idle_leaves_the_run_as_it_was(struck, worker):
    run = simulate_faults(ONCE["Received"], struck, *worker, batch=1)
    rest = FaultPlan(tuple(fault for fault in run.plan if fault not in run.idle.faults))
    again = simulate_faults(ONCE["Received"], rest, *worker, batch=1)
    assert again.broken == run.broken and again.table.equals(run.table)
    # The last delivery, held back for a next one that does not come, is a second late.
    if not any(isinstance(fault, Reorder) for fault in run.idle):
        assert again.record() == run.record()


# --- what the worker raised --------------------------------------------------------------------------------------


def test_the_first_error_of_a_worker_is_told_beside_the_law_that_it_broke():
    def mistyped(disk, batch, projection):
        disk.save(tabel=disk.table, checkpoint=batch.last_position)

    run = simulate_faults(STORY, [Poison(2)], on_disk(mistyped))
    assert run.first_error.startswith("delivered 1: TypeError: ") and "tabel" in run.first_error
    assert f"The first error that was raised: {run.first_error}." in repr(run) and "tabel" in run._repr_html_()
    assert run.broken and "tabel" not in "".join(run.broken)


def test_what_a_poison_event_makes_a_worker_raise_is_no_error_of_its_own():
    for worker in ([], [on_disk(both_at_once)]):
        run = simulate_faults(STORY, [Poison(2)], *worker)
        assert run.ok and run.first_error == "" and "first error" not in repr(run)


# --- right workers are not accused -------------------------------------------------------------------------------


class LastHeard(Received):
    """When each product last came in, in which version of its stream, and by which command."""

    schema = lab.Schema(
        index=["product_id"], columns={"position": "int64", "seconds": "float64", "version": "int64", "command": "str"}
    )

    def summarise(self, batch):
        ids = {one.position: one.command_id or "" for one in batch}
        rows = batch.frame(events.StockReceived).drop_duplicates("product_id", keep="last")
        return self.schema.conform(
            rows.assign(seconds=rows["recorded_at"], command=[ids[position] for position in rows["position"]])
        )

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, latest={"position": ["seconds", "version", "command"]})


def test_a_projection_may_read_when_and_by_whom_an_event_was_recorded_whatever_was_run_before():
    story = story_of(DELIVERIES, LastHeard)
    for plan in ([], [SlowCommit(1, 3)], [SlowCommit(2, 2)], []):
        run = simulate_faults(story, plan)
        assert run.ok, run
    slow = simulate_faults(story, [SlowCommit(5, 4)])
    assert slow.table.at["cup", "seconds"] == 9 != run.table.at["cup", "seconds"]


@dataclass(frozen=True)
class Booked:
    account: str
    amount: float


class FloatSums(Received):
    """A balance in floating point, where the order of the sum shows."""

    events = (Booked,)
    schema = lab.Schema(index=["account"], columns={"amount": "float64"})
    rate = 1.0

    def summarise(self, batch):
        return batch.frame(Booked).groupby("account")[["amount"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["amount"])


def test_sums_that_cancel_differ_by_rounding_and_accuse_nobody():
    story = story_of([Booked("ada", amount) for amount in (0.1, 0.2, -0.3)], FloatSums)
    at_once, in_parts = (
        simulate_faults(story, [SlowCommit(1, 9)], on_disk(both_at_once), batch=size) for size in (3, 1)
    )
    assert at_once.ok and in_parts.ok, in_parts
    assert not at_once.table.equals(in_parts.table), "no rounding to be seen: this test cannot fail"


def test_a_worker_may_read_what_else_its_projection_has():
    def with_rate(disk, batch, projection):
        new = batch.after(disk.checkpoint)
        if len(new):
            table = projection.merge(disk.table, projection.summarise(new) * projection.rate)
            disk.save(table=table, checkpoint=new.last_position)

    run = simulate_faults(story_of([Booked("ada", 2.0)], FloatSums), [], on_disk(with_rate))
    assert run.ok, run
    watched = Watched(FloatSums(), Sites(), set())
    assert copy.copy(watched).rate == 1.0 and watched.name == "received"
    with pytest.raises(AttributeError, match="no attribute 'rat'"):
        _ = watched.rat


# --- what is no argument is told what to give --------------------------------------------------------------------


def test_one_fault_stands_for_a_plan_of_one():
    assert simulate_faults(STORY, Crash("before save")).plan == FaultPlan((Crash("before save"),))
    assert simulate_rebuild(rebuilds.STORY, Abort(1)).plan == FaultPlan((Abort(1),))
    assert simulate_process(LETTERS, Delay(1, 5)).plan == FaultPlan((Delay(1, 5),))
    assert FaultPlan([Delay(1)]) == FaultPlan((Delay(1),))


TICKET = simulate_faults(STORY).ticket
PLAIN_KWARGS = {"events": 5, "commands": 5}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: simulate_faults(STORY, None), "None is not a plan; give a tuple of faults"),
        (lambda: FaultPlan(Crash("before save")), "is not a plan; give a tuple of faults"),
        (lambda: simulate_faults(STORY, batch=2.5), "batch=2.5: give a whole number, 1 or more, or several"),
        (lambda: simulate_faults(STORY, batch=None), "batch=None: give a whole number"),
        (lambda: simulate_rebuild(rebuilds.STORY, batch=2.5), "batch=2.5: give a whole number, 1 or more"),
        (lambda: simulate_rebuild(rebuilds.STORY, batch=None), "batch=None: give a whole number"),
        (lambda: simulate_faults(STORY, [], both_at_once), r"both_at_once cannot .* give on_disk\(take_in\)"),
        (lambda: simulate_faults(STORY, [], lambda *_: None), r"made None, .* give on_disk\(take_in\)"),
        (lambda: simulate_rebuild(rebuilds.STORY, [], rebuilds.step_by_step), r"give by_function\(rebuild\)"),
        (lambda: simulate_process(LETTERS, [], lambda *_: None), "made None, .* give a ProcessManager"),
        (lambda: simulate_rebuild(STORY), "was given a Story as its story; give a RebuildStory"),
        (lambda: simulate_faults(LETTERS), "was given a ProcessStory as its story; give a Story"),
        (lambda: simulate_process(STORY), "was given a Story as its story; give a ProcessStory"),
        (lambda: RebuildStory(PLAIN.register, DELIVERIES, Received, before=-1), "before=-1: the story has 5 commands"),
        (lambda: RebuildStory(PLAIN.register, DELIVERIES, Received, before=6), "give a number from 0 to that"),
        (lambda: replay(TICKET, STORY, batch=3), "the ticket already holds batch; leave it out"),
        (lambda: replay(TICKET, STORY, plan=()), "the ticket already holds plan; leave it out"),
        (lambda: replay(TICKET, STORY, sotre=None), "simulate_faults takes no sotre; it takes story, plan, worker"),
        (lambda: shrink(simulate_faults(STORY), simulate_faults), "every law held in this run"),
        (lambda: draw_plan(1, {"before save": 2}, kinds=[], **PLAIN_KWARGS), "leave no fault to draw; give kinds"),
        (lambda: draw_plan(1, {}, kinds=[Crash], **PLAIN_KWARGS), "with 0 sites leave no fault to draw"),
    ],
)
def test_what_is_no_argument_is_refused_with_what_to_give(wrong, told):
    with pytest.raises(lab.InvalidArgument, match=told):
        wrong()


# --- a rebuild is followed to its end ----------------------------------------------------------------------------


def swaps_and(then):
    """Rebuild one event a step, so that the swap comes when the traffic is over; then do something."""

    def rebuild(tables, store, projection):
        while tables.beside.checkpoint < store.head():
            batch = rebuilds.after(store, tables.beside.checkpoint, limit=1)
            table = rebuilds.merged(tables.beside.table, projection, batch)
            tables.beside.save(table=table, checkpoint=batch.last_position)
            yield
        tables.swap()
        yield
        then(tables, projection)

    return by_function(rebuild)


def wipes(tables, projection):
    tables.serving.save(table=projection.schema.empty(), checkpoint=0)


def tidies(tables, projection):
    tables.beside.save(table=tables.beside.table.iloc[:0], checkpoint=0)


def fails(tables, projection):
    raise OSError("the old table cannot be dropped")


QUIET = RebuildStory(PLAIN.register, rebuilds.COMMANDS, Received, to=rebuilds.ReceivedTwice, before=12)


@pytest.mark.parametrize("story", [QUIET, rebuilds.STORY])
def test_what_a_rebuild_does_after_its_swap_is_looked_at_also_where_the_traffic_is_over(story):
    wiped = simulate_rebuild(story, [], swaps_and(wipes))
    assert any("does not go back" in law for law in wiped.broken), wiped
    tidied = simulate_rebuild(story, [], swaps_and(tidies))
    assert tidied.ok and tidied.table["units"].to_dict() == {"cup": 25, "lid": 1, "mug": 4, "pot": 2}, tidied


@pytest.mark.parametrize("story", [QUIET, rebuilds.STORY])
def test_a_rebuild_that_fails_after_its_swap_is_not_begun_anew_and_breaks_a_law(story):
    run = simulate_rebuild(story, [], swaps_and(fails))
    assert [law.split(".")[0] for law in run.broken] == ["rebuild: after the swap it comes to its end without an error"]
    assert "got OSError: the old table cannot be dropped" in run.broken[0] and run.visits["before swap"] == 1


def test_a_rebuild_that_never_ends_after_its_swap_does_not_hang_the_run():
    def rebuild(tables, store, projection):
        yield from rebuilds.step_by_step(tables, store, projection)
        while True:
            yield

    assert simulate_rebuild(rebuilds.STORY, [], by_function(rebuild)).ok


def test_a_rebuild_that_works_in_halves_of_an_event_has_the_steps_that_it_needs():
    def rebuild(tables, store, projection):
        while tables.beside.checkpoint < store.head():
            batch = rebuilds.after(store, tables.beside.checkpoint, limit=1)
            table = rebuilds.merged(tables.beside.table, projection, batch)
            yield
            tables.beside.save(table=table, checkpoint=batch.last_position)
            yield
        tables.swap()

    assert simulate_rebuild(QUIET, [], by_function(rebuild)).ok


def test_a_function_that_forgot_to_yield_is_told_so():
    run = simulate_rebuild(rebuilds.STORY, [], by_function(lambda tables, store, projection: None))
    assert not run.ok and "let it yield between its steps" in repr(run)


def test_the_kit_s_rebuild_takes_no_step_after_its_swap():
    run = simulate_rebuild(QUIET, [], KitRebuilder, batch=1)
    assert run.ok and run.steps["kind"].iloc[-1] != "built"
    assert (run.steps["kind"] == "went on").sum() == len(rebuilds.COMMANDS)


# --- processes ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    number: int


@dataclass(frozen=True)
class Ask:
    number: int
    at: Any = None


def register_questions(bus):
    asks = lab.Decider(None, lambda command, nothing: [Asked(command.number)], lambda nothing, event: nothing)
    bus.register(Ask, asks, stream=lambda command: f"question-{command.number}")


class OneQuestion(Readers):
    """One question, and nobody who minds what becomes of it."""

    commands = (Ask(1, Readers.start),)

    def audit(self, log):
        return []


def process(**rules):
    given = {"instance": lambda event: event.number, "evolve": lambda times, event: times + 1}
    return lab.Process("ask", 0, **given, **{"react": lambda event, times: [], **rules})


def overdue_echo():
    """An overdue command leads to an event that the process answers, and again, at one moment."""
    rules = {
        "react": lambda event, times: [Ask(event.number)] if times > 1 else [],
        "deadline": lambda times: Readers.start + timedelta(minutes=5) if times else None,
        "overdue": lambda times, now: [Ask(1)],
    }
    return ProcessStory(register_questions, process(**rules), OneQuestion())


class Chatty(OneQuestion):
    """Whoever hears a question asks it again, at once."""

    def answers(self, event, now):
        return [Ask(1, now), Ask(1, now)]


@pytest.mark.parametrize(
    "story", [overdue_echo(), ProcessStory(register_questions, process(), Chatty())], ids=["deadline", "parties"]
)
def test_whoever_answers_for_ever_is_stopped_where_every_event_comes_by(story):
    with pytest.raises(lab.InvalidArgument, match="beyond 1,100 events.* let react and overdue return .* can be cut"):
        simulate_process(story)


def test_a_long_day_is_no_endless_one():
    class Many(OneQuestion):
        commands = tuple(Ask(number, Readers.start + timedelta(seconds=number)) for number in range(1, 1201))

    assert simulate_process(ProcessStory(register_questions, process(), Many())).ok


def test_instances_may_be_numbers():
    waits = process(deadline=lambda times: Readers.end + timedelta(days=1))
    run = simulate_process(ProcessStory(register_questions, waits, OneQuestion()))
    assert run.broken == ("nothing waits forever. It still waits for 1.",)

    class Miscounts(lab.ProcessManager):
        """Knows one thing too many."""

        def state(self, instance):
            return super().state(instance) + 1

    miscounted = simulate_process(ProcessStory(register_questions, process(), OneQuestion()), [], Miscounts)
    assert "Asked for 1; expected 1; got 2" in miscounted.broken[0] and "law 6" in miscounted.broken[0]


def test_a_worker_that_never_comes_by_a_site_cannot_be_crashed_and_is_told_so():
    idle = on_disk(lambda disk, batch, projection: None)
    assert find_failure(STORY, idle).plan == FaultPlan()  # it breaks a law by itself
    with pytest.raises(lab.InvalidArgument, match="no fault to draw"):
        find_failure(story_of([Booked("ada", 1.0)], Received), idle, kinds=(Crash,), seeds=[1])


# --- broken laws ----------------------------------------------------------------------------------------------


def test_a_law_is_listed_once_however_often_it_is_broken():
    def checkpoint_alone(disk, batch, projection):
        disk.checkpoint = batch.last_position

    wrong_all_along = simulate_faults(STORY, [], on_disk(checkpoint_alone))
    emptied = simulate_rebuild(rebuilds.STORY, [], rebuilds.MISTAKES["clears_the_rows_and_keeps_the_checkpoint"])
    for run in (wrong_all_along, emptied):
        assert not run.ok and len(laws_of(run.broken)) == len(set(laws_of(run.broken)))


def test_a_broken_law_reads_as_a_sentence_and_keeps_its_parts():
    broken = BrokenLaw.of("law 11: it converges", "caught up", "7", "5")
    assert broken == "law 11: it converges. Caught up; expected 7; got 5."
    assert (broken.law, broken.done, broken.expected, broken.came) == ("law 11: it converges", "caught up", "7", "5")
    copied = pickle.loads(pickle.dumps(broken))
    assert copied == broken and (copied.law, copied.done, copied.came) == (broken.law, "caught up", "5")
    told = BrokenLaw("the books balance", "Two cups are missing.")
    assert told == "the books balance. Two cups are missing." and told.came == "" and broken.came == "5"
    assert laws_of([broken, told]) == ["law 11: it converges", "the books balance"]


def test_a_plan_is_made_smaller_as_long_as_the_same_law_breaks():
    """A run of one's own: without Delay another law breaks, and that is no smaller plan of this one."""

    class Told(NamedTuple):
        plan: FaultPlan

        @property
        def broken(self):
            delayed = any(isinstance(fault, Delay) for fault in self.plan)
            return (BrokenLaw("in time" if delayed else "at all", "No."),)

        ok = False

    assert shrink(Told(FaultPlan((Duplicate(3), Delay(2, 4)))), Told).plan == FaultPlan((Delay(1, 1),))
