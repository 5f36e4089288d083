"""The decision table is computed from the decider, whatever decider it is."""

import re

import pytest

import cqrs_lab as lab
from cqrs_lab.show import decision_table


def decide(command, is_on):
    if command == "break":
        raise lab.CommandRejected("<nobody> breaks a lamp")
    return [] if (command == "on") == is_on else [command]


lamp = lab.Decider(False, decide, lambda is_on, event: event == "on")


@pytest.fixture
def view():
    return decision_table(lamp, {"dark": [], "lit": ["on"]}, {"On": "on", "Off": "off", "Break": "break"})


def test_every_history_meets_every_command(view):
    assert view.frame().to_dict("index") == {
        "dark": {"On": "str", "Off": "nothing to do", "Break": "✗ refused"},
        "lit": {"On": "nothing to do", "Off": "str", "Break": "✗ refused"},
    }


def test_the_chosen_decision_is_told_as_given_when_then(view):
    assert view.at(state=1, command=1).says == "Given str, when Off, then off."
    nothing = "Given no events, when Off, then nothing to do: that is already the case."
    assert view.at(state=0, command=1).says == nothing
    assert view.at(state=0, command=2).says.endswith("it is refused: <nobody> breaks a lamp.")


def test_the_chosen_cell_is_set_apart_also_for_who_listens(view):
    html = view.at(state=1, command=0).html
    [row] = [one for one in re.findall(r"<tr>.*?</tr>", html) if "changed" in one]
    assert ">lit<" in row and row.index("changed") < row.index("nothing to do") and html.count("(chosen)") == 1


def test_nothing_becomes_markup(view):
    assert "<nobody>" not in view.at(state=0, command=2).html
