"""A function that is not pure is named with what it changed, and a pure one is never refused."""

from __future__ import annotations

import copy
import functools
import itertools
import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pytest

import cqrs_lab as lab


def test_a_decider_that_looks_at_a_clock_is_found_out():
    clock = itertools.count()
    impure = lab.Decider(None, lambda command, state: [next(clock)], lambda state, event: state)
    with pytest.raises(AssertionError, match="decide is not pure"):
        lab.given(impure, []).when("look")


class Basket:
    """Compared by identity, as a class of a beginner is."""

    def __init__(self, lines=()):
        self.lines = list(lines)

    @functools.cached_property
    def size(self):
        return len(self.lines)


class Uncopied(Basket):
    def __deepcopy__(self, memo):
        raise TypeError("cannot be copied")


@dataclass
class Noted:
    lines: tuple = ()
    cache: dict = field(default_factory=dict, compare=False)


def appends(state, event):
    state.append(event)
    return state


def appends_within(state, event):
    state.lines.append(event)
    return state


def writes_within(state, event):
    state["lines"] += [event]
    return dict(state)


def takes_from_the_event(state, event):
    return (*state, event.pop())


@pytest.mark.parametrize(
    ("initial", "evolve"),
    [
        ([], appends),
        ({"lines": []}, writes_within),
        (Basket(), appends_within),
        (Uncopied(), appends_within),
        (([],), lambda state, event: (appends(state[0], event),)),
        (set(), lambda state, event: state.add(event) or state),
        (SimpleNamespace(lines=[]), appends_within),
        (deque(), appends),
        (bytearray(), lambda state, event: state.extend(event.encode()) or state),
    ],
)
def test_an_evolve_that_changes_its_state_in_place_is_named(initial, evolve):
    before = repr(getattr(initial, "lines", initial))
    leaky = lab.Decider(initial, lambda command, state: [], evolve)
    for _ in range(2):
        with pytest.raises(AssertionError, match="evolve is not pure: it changed the state it was given, from .* to "):
            lab.given(leaky, ["milk"]).when("add").then_nothing()
    if not isinstance(initial, Uncopied):
        assert repr(getattr(initial, "lines", initial)) == before


def test_an_evolve_that_changes_its_event_or_looks_at_a_clock_is_named():
    with pytest.raises(AssertionError, match="evolve is not pure: it changed the event it was given"):
        lab.given(lab.Decider((), lambda command, state: [], takes_from_the_event), [["milk"]]).when("add")
    clock = itertools.count()
    with pytest.raises(AssertionError, match="evolve is not pure: folded twice, the same events came to"):
        lab.given(lab.Decider(0, lambda command, state: [], lambda state, event: next(clock)), ["x"]).when("add")


@pytest.mark.parametrize(
    ("decide", "what"),
    [
        (lambda command, state: state.append("bread") or [], "state"),
        (lambda command, state: [command.pop()], "command"),
        (lambda command, state: (one for one in [command.pop()]), "command"),
    ],
)
def test_a_decide_that_changes_what_it_is_given_is_named(decide, what):
    with pytest.raises(AssertionError, match=f"decide is not pure: it changed the {what} it was given"):
        lab.given(lab.Decider(["milk"], decide, lambda state, event: state)).when(["bread"])


NOTHING = object()


@pytest.mark.parametrize(
    ("initial", "evolve"),
    [
        ([], lambda state, event: [*state, event]),
        (Basket(), lambda state, event: Basket([*state.lines, event])),
        (Uncopied(), lambda state, event: Uncopied([*state.lines, event])),
        (NOTHING, lambda state, event: event if state is NOTHING else f"{state} {event}"),
        (None, lambda state, event: threading.Lock()),
        (None, lambda state, event: Basket()),
        (None, lambda state, event: {Basket(): 1} and {object()}),
        (0.0, lambda state, event: float("nan")),
        (Basket(["milk"]), lambda state, event: state if state.size else None),
        (Noted(), lambda state, event: state.cache.setdefault(event, Noted((*state.lines, event)))),
        (np.zeros(3), lambda state, event: state + 1),
        (Counter(), lambda state, event: state + Counter([event])),
        ({"a": {"b": [1]}}, lambda state, event: copy.deepcopy(state) | {event: 1}),
        (itertools.count(), lambda state, event: state),
        (None, lambda state, event: (lambda: event)),
        (threading, lambda state, event: state),
    ],
)
def test_a_decider_that_is_pure_is_never_refused(initial, evolve):
    right = lab.Decider(initial, lambda command, state: ["added"], evolve)
    lab.given(right, ["milk", "bread"]).when("add").then(["added"])
    cyclic = []
    cyclic.append(cyclic)
    lab.given(lab.Decider(cyclic, lambda command, state: ["added"], lambda state, event: state), ["x"]).when("add")


def test_the_streams_of_a_bus_do_not_leak_into_each_other():
    leaky = lab.Decider([], lambda command, state: [f"{command} after {len(state)}"], appends)
    bus = lab.CommandBus(lab.MemoryEventStore())
    bus.register(str, leaky, stream=lambda command: command)
    sent = [bus.send(name).events for name in ("a", "a", "b", "a", "b")]
    assert sent == [("a after 0",), ("a after 1",), ("b after 0",), ("a after 2",), ("b after 1",)]
    assert leaky.initial_state == []


@dataclass(frozen=True)
class Open:
    lines: tuple = ()


def test_a_bus_keeps_a_state_to_begin_with_that_cannot_change():
    for initial in (NOTHING, Open(), (), "off", 0, None):
        kept = lab.Decider(initial, lambda command, state, initial=initial: [str(state is initial)], appends)
        bus = lab.CommandBus(lab.MemoryEventStore())
        bus.register(str, kept, stream=lambda command: command)
        assert bus.send("a").events == ("True",)
