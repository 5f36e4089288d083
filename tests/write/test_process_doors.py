"""A12: what is no process, no bus, no store, no position is refused at the door, with what to give."""

import numpy as np
import pytest

import cqrs_lab as lab
from tests.write.test_process_manager import LIBRARY, STORY, a_library, calls

STORE, BUS = a_library(*STORY)


def manager(store=STORE, bus=BUS, process=LIBRARY, **options):
    return lab.ProcessManager(store, bus, process, **options)


def process(**changes):
    given = {"name": "p", "initial_state": 0, "instance": str, "evolve": max, "react": max, **changes}
    return lab.Process(**given)


DOORS = {
    "no store": (lambda: manager(store=None), "store=None is not an event store; give"),
    "a class of stores": (lambda: manager(store=lab.MemoryEventStore), "store=the class .* is not an event store"),
    "no bus": (lambda: manager(bus=None), "bus=None is not a command bus; give"),
    "a class of buses": (lambda: manager(bus=lab.CommandBus), "bus=the class CommandBus is not a command bus; give"),
    "bus and store": (lambda: manager(store=BUS, bus=STORE), "is not an event store; give"),
    "no process": (lambda: manager(process=None), "None is not a process; give"),
    "the class": (lambda: manager(process=lab.Process), "the class Process is not a process; give"),
    "position as text": (lambda: manager(position="0"), "position='0' is not a position in the log; give 0"),
    "position True": (lambda: manager(position=True), "position=True is not a position in the log; give 0"),
    "half a position": (lambda: manager(position=0.5), "position=0.5 is not a position in the log; give 0"),
    "save nothing": (lambda: manager(save=None), "save=None is not a function; give"),
    "save a list": (lambda: manager(save=[]), r"save=\[\] is not a function; give"),
    "limit as text": (lambda: manager().catch_up(limit="3"), "limit='3' is not a number of events; give"),
    "limit -1": (lambda: manager().catch_up(limit=-1), "limit=-1 is not a number of events; give"),
    "no name": (lambda: process(name=""), "name='' is not a name; give"),
    "name 3": (lambda: process(name=3), "name=3 is not a name; give"),
    "react": (lambda: process(react=None), "react=None is not a function; Process says"),
    "evolve": (lambda: process(evolve={}), r"evolve=\{\} is not a function; Process says"),
    "deadline": (lambda: process(deadline=3), "deadline=3 is not a function; Process says"),
    "instance": (lambda: manager(process=process(instance=lambda _: [])).catch_up(), r"instance\(event\)=.. is not"),
    "due": (lambda: (one := manager(), one.catch_up(), one.due(None)), "now=None and the deadline 5 are of different"),
}


@pytest.mark.parametrize("door", DOORS)
def test_what_has_no_meaning_is_refused_with_what_to_give(door):
    call, told = DOORS[door]
    with pytest.raises(lab.InvalidArgument, match=told) as caught:
        call()
    assert len(str(caught.value)) < 250 and "\n" not in str(caught.value)


def test_integers_of_any_kind_are_taken():
    store, bus = a_library(*STORY)
    one = lab.ProcessManager(store, bus, LIBRARY, position=np.int64(2))
    assert (one.catch_up(), one.position, calls(store)) == (2, 4, ["ada"])
