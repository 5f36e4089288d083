"""Given, when, then: passes what holds, and says what came where it does not."""

from __future__ import annotations

import pytest

import cqrs_lab as lab


def decide(command, count):
    if command == "forbidden":
        raise lab.CommandRejected("nobody may do this")
    return [] if command == "idle" else [f"{command} {count}"]


class Counted:
    pass


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
        ("add", lambda when: when.then(["add 1"]), r"got:      \['add 0'\]"),
        ("add", lambda when: when.then([]), r"got:      \['add 0'\]"),
        ("add", lambda when: when.then_nothing(), r"got:      \['add 0'\]"),
        ("add", lambda when: when.then_rejected("x"), r"got:      \['add 0'\]"),
        ("forbidden", lambda when: when.then_rejected("closed"), "got:      rejected: nobody may do this"),
        ("forbidden", lambda when: when.then_nothing(), "got:      rejected: nobody may do this"),
        ("forbidden", lambda when: when.then([]), "got:      rejected: nobody may do this"),
    ],
)
def test_what_does_not_hold_fails_and_says_what_came(command, expectation, came):
    with pytest.raises(AssertionError, match=came):
        expectation(lab.given(counter, []).when(command))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lab.given(["opened"]), "decider=.*is not a decider; begin with it"),
        (lambda: lab.given(lab.Decider), "decider=the class .*Decider is not a decider"),
        (lambda: lab.given(counter, "opened"), r"give a list of events, given\(decider, \['opened'\]\)"),
        (lambda: lab.given(counter, 7), r"give a list of events, given\(decider, \[7\]\)"),
        (lambda: lab.given(counter).when(Counted), r"Counted is a class; give a command: .when\(Counted\(…\)\)"),
        (lambda: lab.given(counter).when("add").when("add"), "a scenario has one command"),
        (lambda: lab.given(counter).when("add").then("add 0"), r"give a list of events, .then\(\['add 0'\]\)"),
        (lambda: lab.given(counter).when("add").then(None), "give a list of events"),
        (lambda: lab.given(lab.Decider(0, lambda *_: None, len)).when("x"), "decide returned None: give a list"),
        (lambda: lab.given(lab.Decider(0, lambda *_: "x", len)).when("x"), "decide returned 'x': give a list"),
        (lambda: lab.given(counter).then([]), "say .when"),
        (lambda: lab.given(counter).then_rejected(), "say .when"),
        (lambda: lab.given(counter).when("add").then_rejected(7), "reason=7"),
    ],
)
def test_what_makes_no_scenario_is_refused_with_what_to_write(call, message):
    with pytest.raises(lab.InvalidArgument, match=message) as refused:
        call()
    assert "\n" not in str(refused.value)


def test_an_error_that_is_no_rejection_passes_through():
    broken = lab.Decider(None, lambda command, state: 1 / 0, lambda state, event: state)
    with pytest.raises(ZeroDivisionError):
        lab.given(broken, []).when("divide")
