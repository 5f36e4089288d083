"""Given, when, then: passes what holds, and says what came where it does not."""

from __future__ import annotations

import itertools

import pytest

import cqrs_lab as lab


def decide(command, count):
    if command == "forbidden":
        raise lab.CommandRejected("nobody may do this")
    return [] if command == "idle" else [f"{command} {count}"]


counter = lab.Decider(0, decide, lambda count, event: count + 1)


def test_then_compares_the_events_on_the_state_the_given_ones_make():
    assert str(lab.given(counter, ["x", "y"]).when("add").then(["add 2"])) == (
        "✓ given 2 events, when 'add', then ['add 2']"
    )
    lab.given(counter, []).when("idle").then_nothing()
    lab.given(counter, []).when("forbidden").then_rejected("nobody")


@pytest.mark.parametrize(
    ("command", "expectation", "came"),
    [
        ("add", lambda when: when.then(["add 1"]), r"came:     \['add 0'\]"),
        ("add", lambda when: when.then([]), r"came:     \['add 0'\]"),
        ("add", lambda when: when.then_nothing(), r"came:     \['add 0'\]"),
        ("add", lambda when: when.then_rejected("x"), r"came:     \['add 0'\]"),
        ("forbidden", lambda when: when.then_rejected("closed"), "came:     rejected: nobody may do this"),
        ("forbidden", lambda when: when.then_nothing(), "came:     rejected: nobody may do this"),
        ("forbidden", lambda when: when.then([]), "came:     rejected: nobody may do this"),
    ],
)
def test_what_does_not_hold_fails_and_says_what_came(command, expectation, came):
    with pytest.raises(AssertionError, match=came):
        expectation(lab.given(counter, []).when(command))


def test_a_decider_that_looks_at_a_clock_is_found_out():
    clock = itertools.count()
    impure = lab.Decider(None, lambda command, state: [next(clock)], lambda state, event: state)
    with pytest.raises(AssertionError, match="decide is not pure"):
        lab.given(impure, []).when("look")


def test_an_error_that_is_no_rejection_passes_through():
    broken = lab.Decider(None, lambda command, state: 1 / 0, lambda state, event: state)
    with pytest.raises(ZeroDivisionError):
        lab.given(broken, []).when("divide")
