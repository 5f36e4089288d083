"""The stage: what is recorded has the time of its clock, and an error comes out of a run as it was raised."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from cqrs_lab.shop import fulfilment, parties, visits, week, write
from cqrs_lab.shop.read import InventoryLevels
from cqrs_lab.simulation import Exponential, Fixed, LagModel, Poisson
from cqrs_lab.simulation.faults import (
    ProcessStory,
    RebuildStory,
    Story,
    simulate_faults,
    simulate_process,
    simulate_rebuild,
)
from cqrs_lab.simulation.stage import AFTER_ALL_ELSE, Stage, at
from cqrs_lab.simulation.world import Domain, simulate_world


class OutOfPaper(Exception):
    """An error that cannot be made again from its arguments, as a library's or a learner's own may be."""

    def __init__(self, printer, sheets):
        super().__init__(f"{printer} has {sheets} sheets")
        self.printer = printer


def jams(*_, **__):
    raise OutOfPaper("the label printer", 0)


def jam_when_sent(bus):
    bus.send = jams


MODEL = LagModel(Poisson(2.0), Exponential(0.4))
RUNS = {
    "world": lambda: simulate_world(
        MODEL, Domain(write.register, jams, visits.UnitsOrdered, ("cup",)), visits=3, think=Fixed(1.0)
    ),
    "projector": lambda: simulate_faults(Story(jam_when_sent, week.commands(), InventoryLevels)),
    "rebuild": lambda: simulate_rebuild(RebuildStory(jam_when_sent, week.commands(), InventoryLevels)),
    "process": lambda: simulate_process(ProcessStory(jam_when_sent, fulfilment.process, parties.draw_parties(seed=1))),
}


@pytest.mark.parametrize("name", RUNS)
def test_an_error_comes_out_of_a_run_as_it_was_raised(name):
    with pytest.raises(OutOfPaper, match="the label printer has 0 sheets") as caught:
        RUNS[name]()
    assert caught.value.printer == "the label printer"
    assert caught.traceback[-1].name == "jams"


@pytest.mark.parametrize("cause", [None, KeyError("a cause")], ids=["while another is handled", "from a cause"])
def test_an_error_keeps_what_it_came_from(cause):
    stage, first = Stage(), ValueError("first")

    def fails():
        yield stage.timeout(1)
        try:
            raise first
        except ValueError:
            raise OutOfPaper("the label printer", 0) from cause

    def played():
        try:
            stage.play(fails())
        except OutOfPaper as error:
            return error

    # In a thread of its own: a test that interrupts Python between any two instructions may leave an error behind.
    with ThreadPoolExecutor(1) as own:
        error = own.submit(played).result()
    assert error.__context__ is first
    assert (error.__cause__, error.__suppress_context__) == (cause, True)


def test_an_error_passes_through_those_who_wait_for_an_act():
    stage = Stage()

    def fails():
        yield stage.timeout(1)
        jams()

    def waits(for_whom):
        yield for_whom

    with pytest.raises(OutOfPaper):
        stage.play(waits(stage.all_of([stage.enters(waits(stage.enters(fails())))])))


def test_what_is_recorded_has_the_time_of_the_clock_and_the_store_that_was_asked_for():
    made = []

    def store(clock):
        made.append(clock)
        return Stage().store

    stage = Stage(write.register, store)
    stage.run(until=7)
    assert made[0]() == 7.0 and stage.bus.send(week.commands()[0]).position == 1 == stage.store.head()


def test_who_comes_after_all_else_sees_what_others_do_at_that_moment():
    stage, seen = Stage(), []

    def act(name, priority):
        yield at(stage, 2.0, priority)
        seen.append(name)

    stage.enters(act("poll", AFTER_ALL_ELSE))
    stage.enters(act("late", 1))
    stage.run()
    assert seen == ["late", "poll"] and stage.now == 2.0
