"""A decider is two functions and a state to begin with: folding is evolve, event by event, and changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cqrs_lab as lab

spelling = lab.Decider("", lambda command, state: [command], lambda state, event: f"{state}{event}")


@settings(max_examples=30)
@given(st.lists(st.text(max_size=3)), st.lists(st.text(max_size=3)))
def test_folding_is_evolve_event_by_event_from_the_initial_state(events, more):
    state = ""
    for event in [*events, *more]:
        state = spelling.evolve(state, event)
    assert spelling.fold([*events, *more]) == spelling.fold(iter([*events, *more])) == state
    assert spelling.fold([]) == spelling.initial_state == ""


@pytest.mark.parametrize("name", ["decide", "evolve"])
@pytest.mark.parametrize("wrong", [None, "decide", 3, [len]])
def test_what_is_no_function_is_refused_with_what_to_give(name, wrong):
    functions = {"decide": lambda command, state: [], "evolve": lambda state, event: state} | {name: wrong}
    with pytest.raises(lab.InvalidArgument, match=rf"{name}=.* is not a function; give one of .* and .* that returns"):
        lab.Decider(0, **functions)


def test_it_cannot_be_changed():
    with pytest.raises(AttributeError):
        spelling.decide = len
