"""A1, law 6: interrupted at any instruction, table and checkpoint belong together, and everything still works.

Every line and instruction of the short calls is tried. Of the long ones every second, seventh or so is: a stride.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import dataclass
from functools import cache

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.log.workers.atomic import AtomicReference
from cqrs_lab.read.tables import Checkpoint, MemoryTables
from tests.interrupts import in_another_thread, interrupted, moments

LOG = ["ada", "ben", "ada", "cleo", "ben", "ada"]  # who came in


@dataclass(frozen=True)
class Came:
    who: str


@dataclass(frozen=True)
class Visits:
    who: str


class Tally:
    """How often each came, times `times`; it cannot read who is `unknown`."""

    name, version, events = "tally", 1, (Came,)
    schema = lab.Schema(index=["who"], columns={"visits": "int64"})

    def __init__(self, times=1, unknown=""):
        self.times, self.unknown = times, unknown

    def summarise(self, batch):
        came = [one.event.who for one in batch]
        assert self.unknown not in came
        return rows_of(Counter(came * self.times))

    def merge(self, table, rows):
        return rows_of(Counter(table["visits"].to_dict()) + Counter(rows["visits"].to_dict()))


def rows_of(counts):
    return made_once(tuple(counts.items()))


@cache
def made_once(counts):
    """The same few tables are wanted at each of thousands of moments, and nobody changes a table that it is given."""
    index = pd.Index([who for who, _ in counts], dtype="str", name="who")
    return pd.DataFrame({"visits": [visits for _, visits in counts]}, index=index, dtype="int64")


def a_store(log=LOG):
    store = lab.MemoryEventStore()
    for who in log:
        store.append("door", [Came(who)], expected=lab.Expected.ANY)
    return store


def a_projector(log=LOG):
    """Return a projector that has the first two events of the log: its table is given to it, and not made each time."""
    return lab.Projector(a_store(log), Tally(), tables=kept(rows_of(Counter(log[:2])), Checkpoint(2, (), ("tally", 1))))


def kept(rows, checkpoint):
    return MemoryTables(Tally.schema.empty()).save(rows, checkpoint)


@pytest.fixture(autouse=True, scope="module")
def what_is_looked_up_once_is_known():
    """Code that looks something up once takes a longer way the first time, with moments that never come again."""
    projector = a_projector()
    asked(projector).ask(Visits("ada"), at_least=projector.catch_up())


def by_hand(log, times=1):
    return {who: times * log.count(who) for who in log}


def table_of(projector):
    return projector.table["visits"].to_dict()


def asked(projector):
    queries = lab.QueryBus()
    queries.register(Visits, lambda query, table: int(table["visits"].get(query.who, 0)), reads=projector)
    return queries


def still_works(projector, log=LOG):
    """Check what is served against the count by hand, then catch up from another thread and from this one.

    The table is looked at once more, when an event has been added to it: the rows before that are among its rows.
    """
    model = projector.serving.model
    left_out = {one.position for one in model.parked}
    assert table_of(projector) == by_hand(
        [who for position, who in enumerate(log, 1) if position <= model.position and position not in left_out]
    )
    in_another_thread(projector.catch_up)
    projector.catch_up()
    assert projector.position == len(log)
    late = projector.store.append("door", [Came("dora")], expected=lab.Expected.ANY)

    def caught_up_and_asked():
        projector.catch_up()
        return asked(projector).ask(Visits("dora"), at_least=late.position, timeout_seconds=30)

    answer = in_another_thread(caught_up_and_asked)
    assert (answer.value, answer.freshness) == (1, "fresh")
    assert (projector.position, table_of(projector)) == (len(log) + 1, by_hand(log) | {"dora": 1})


def test_catch_up_interrupted_at_its_instructions():
    found = moments(a_projector().catch_up)
    assert len(found) > 500
    for moment in found[::2]:
        projector = a_projector()
        assert interrupted(projector.catch_up, moment)
        still_works(projector)


def test_a_batch_handed_over_and_interrupted_at_its_instructions():
    def hand_over():
        projector.apply(lab.EventBatch(list(projector.store.read_all())))

    projector = a_projector()
    for moment in moments(hand_over)[::3]:
        projector = a_projector()
        assert interrupted(hand_over, moment)
        still_works(projector)


def test_retry_parked_interrupted_at_its_instructions():
    first = lab.Projector(a_store(), Tally(unknown="ben"), on_failure="park")
    first.catch_up()
    assert len(first.parked) == 2
    table, checkpoint = first.table, first.serving.model.checkpoint

    def parked():
        return lab.Projector(a_store(), Tally(unknown="ben"), on_failure="park", tables=kept(table, checkpoint))

    def retry():
        lab.retry_parked(projector, Tally())

    projector = parked()
    found = moments(retry)
    assert len(found) > 300
    for moment in found[::7]:
        projector = parked()
        assert interrupted(retry, moment)
        in_another_thread(lambda: (retry(), 1))
        still_works(projector)


def test_a_rebuild_interrupted_at_its_instructions_serves_the_old_version_or_the_new_one_and_goes_on():
    def begin():
        projector = a_projector()
        return projector, lab.rebuild(projector, to=Tally(times=2), step_events=4)

    def build():
        return list(work)

    projector, work = begin()
    found, swapped = moments(build), []
    assert len(found) > 1000
    for moment in found[::11]:
        projector, work = begin()
        assert interrupted(build, moment)
        swapped.append(work.state == "swapped")
        assert table_of(projector) == by_hand(LOG[: projector.position], times=1 + swapped[-1])
        assert (work.state, projector.status.state) in (("swapped", "live"), ("building", "rebuilding"))
        assert in_another_thread(work.run).state == "swapped"
        assert table_of(projector) == by_hand(LOG, times=2) and projector.status.state == "live"
        assert len(work.difference()), "it knows what it has taken the place of"
    assert swapped == sorted(swapped) and 0 < sum(swapped) < len(swapped)
    assert lab.rebuild(projector, to=Tally()).run().state == work.state == "swapped"
    still_works(projector)


def test_giving_up_interrupted_at_its_instructions_can_be_said_again():
    def begin():
        projector = a_projector()
        return projector, lab.rebuild(projector, to=Tally(times=2), step_events=4)

    projector, work = begin()
    for moment in moments(work.abort):
        projector, work = begin()
        assert interrupted(work.abort, moment)
        work.abort()
        assert work.state == "aborted" and list(work) == []
        still_works(projector)


def test_whatever_interrupts_a_run_or_its_beginning_another_rebuild_can_follow():
    def run():
        return lab.rebuild(projector, to=Tally(times=2), step_events=4).run()

    projector = a_projector()
    for moment in moments(run)[::41]:
        projector = a_projector()
        assert interrupted(run, moment)
        if projector.status.state == "rebuilding":
            projector.serving.rebuilding.abort()
        assert run().state == "swapped"
        in_another_thread(projector.catch_up)
        assert table_of(projector) == by_hand(LOG, times=2)


def test_a_question_interrupted_at_its_instructions_can_be_asked_again():
    def ask():
        return queries.ask(Visits("ada"), at_least=6)

    def another():
        projector = a_projector()
        projector.catch_up()
        return asked(projector)

    queries = another()
    for moment in moments(ask)[::5]:
        queries = another()  # the table is put together by whoever asks for it first
        assert interrupted(ask, moment)
        assert in_another_thread(ask) == lab.Answer(3, 6, "fresh")


def test_waiting_interrupted_at_its_instructions_leaves_nobody_else_waiting():
    def ask():
        return queries.ask(Visits("dora"), at_least=7, timeout_seconds=0.001)

    queries = asked(a_projector())
    for moment in moments(ask)[:250:4]:
        projector = a_projector()
        queries = asked(projector)
        assert interrupted(ask, moment)
        still_works(projector)


def test_whoever_waits_is_woken_wherever_the_publishing_thread_is_interrupted():
    def publish():
        cell.compare_and_set(cell.get(), 1)

    def wait():
        waited.append(cell.wait_until(bool, timeout_seconds=30))

    cell = AtomicReference(0)
    for moment in moments(publish):
        cell, waited = AtomicReference(0), []
        waiter = threading.Thread(target=wait, daemon=True)
        waiter.start()
        assert interrupted(publish, moment)
        if not cell.get():
            publish()
        waiter.join(timeout=20)
        assert waited == [None], moment


def test_two_thousand_interrupts_at_random_moments():
    def run():
        step = draw.randint(1, 40)
        lab.rebuild(projector, to=Tally(), step_events=step).run()

    work = [
        lambda: projector.catch_up(limit=draw.randint(1, 9)),
        lambda: lab.retry_parked(projector),
        lambda: projector.apply(lab.EventBatch(list(projector.store.read_all(limit=draw.randint(1, 60))))),
        run,
        lambda: asked(projector).ask(Visits("ada")),
    ]
    draw, log = random.Random(15), LOG * 10
    projector = a_projector(log)
    found, interrupts = [(one, moments(one)) for one in work], 0
    while interrupts < 2000:
        if projector.position == len(log):
            projector = a_projector(log)
        one, moment = draw.choice(found)
        interrupts += interrupted(one, draw.choice(moment))
        if projector.status.state == "rebuilding":
            projector.serving.rebuilding.abort()
        assert table_of(projector) == by_hand(log[: projector.position])
    still_works(projector, log)


@pytest.mark.parametrize("call", ["start", "stop"])
def test_starting_and_stopping_interrupted_at_its_instructions(call):
    def prepared():
        projector = a_projector()
        if call == "stop":
            projector.start()
        return projector

    one = prepared()
    found = moments(getattr(one, call))
    one.stop()
    for moment in found:
        projector = prepared()
        assert interrupted(getattr(projector, call), moment)
        projector.start()
        projector.wait_for(6, timeout_seconds=30)
        assert projector.position == 6 and projector.running
        in_another_thread(projector.stop)
        assert not projector.running
        still_works(projector)
