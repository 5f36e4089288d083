"""The decision table is computed from the decider, whatever decider it is."""

import json
import re
import sys
from dataclasses import dataclass
from datetime import datetime
from html import unescape

import pytest

import cqrs_lab as lab
from cqrs_lab.shop.events import OrderPaid, OrderShipped
from cqrs_lab.show import decision_table
from cqrs_lab.show.icons import PATHS
from cqrs_lab.show.style import STYLESHEET

NOON = datetime(2026, 1, 5, 12)


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


def cells(html):
    """Return what each cell sets, whether it is the chosen one, and its markup."""
    found = re.findall(r'<td data-set="([^"]+)" aria-selected="(\w+)" tabindex="(-?\d)">(.*?)</td>', html)
    return [(json.loads(unescape(sets)), here, stop, body) for sets, here, stop, body in found]


def kinds(html):
    """Return the marks and words of each cell, by the class that gives it its colour and its pattern."""
    mark_and_words = r'<span class="(event|refusal|nothing)">(?:<svg.*?</svg>)* ?([^<]*)<'
    return [re.findall(mark_and_words, body) for *_, body in cells(html)]


def test_the_chosen_cell_is_set_apart_also_for_who_listens_and_is_the_one_stop(view):
    chosen = [(sets, stop) for sets, here, stop, _ in cells(view.at(state=1, command=0).html) if here == "true"]
    assert chosen == [({"state": 1, "command": 0}, "0")]
    assert [one[2] for one in cells(view.at(state=1, command=0).html)].count("-1") == 5


def test_every_cell_can_be_picked(view):
    for sets, *_ in cells(view.picture.html):
        view.move(**sets)
        assert [one for one, here, *_ in cells(view.picture.html) if here == "true"] == [sets]


def test_each_kind_has_a_mark_and_a_word_beside_its_colour(view):
    event, nothing, refusal = ("event", "str"), ("nothing", "– nothing to do"), ("refusal", "✗ refused")
    assert kinds(view.picture.html) == [[event], [nothing], [refusal], [nothing], [event], [refusal]]
    assert "■ an event; ✗ a refusal; – nothing to do." in view.picture.html and "dashed" not in view.picture.html
    for kind in ("event", "refusal", "nothing"):
        assert f".decisions .{kind}::before {{ b" in STYLESHEET  # its pattern


def test_an_event_has_the_icon_of_its_verb():
    events = [OrderPaid("7", 1, NOON), OrderPaid("7", 2, NOON), OrderShipped("7", NOON)]
    shop = lab.Decider(0, lambda command, state: events, lambda state, event: state)
    html = decision_table(shop, {"new": []}, {"pay": 1}).picture.html
    assert [html.count(PATHS[name]) for name in ("coin", "truck", "box")] == [1, 1, 0]
    assert "OrderPaid, OrderPaid, OrderShipped" in html


def with_mine(rules, evolve=lamp.evolve, start=False):
    mine = lab.Decider(start, rules, evolve)
    return decision_table(lamp, {"dark": [], "lit": ["on"]}, {"On": "on", "Off": "off", "Break": "break"}, mine=mine)


def toggles(command, is_on):
    return ["off"] if command == "break" else decide(command, is_on)


def test_a_cell_that_other_rules_change_shows_both_decisions():
    view = with_mine(toggles)
    assert view.frame()["Break"].to_list() == ["✗ refused → str"] * 2
    assert view.frame()["On"].to_list() == ["str", "nothing to do"]
    assert view.says.startswith("Your rules change 2 of 6 cells: Break on 'dark', Break on 'lit'. Given no events,")
    assert [len(one) for one in kinds(view.picture.html)] == [1, 1, 2, 1, 1, 2]
    assert kinds(view.picture.html)[2] == [("refusal", "✗ refused"), ("event", "str")]
    turned = [body for *_, body in cells(view.picture.html) if 'class="turned"' in body]
    assert len(turned) == 2 and all("▲" in body and " changed, before:" in body for body in turned)
    assert "▲ dashed: a cell that your rules change." in view.picture.html


def test_the_sentence_says_what_a_changed_decision_was_before():
    view = with_mine(toggles)
    says = view.at(state=0, command=2).says
    assert says.endswith("when Break, then off. Without your rules: it is refused: <nobody> breaks a lamp.")
    assert "Without your rules" not in view.at(state=0, command=1).says


def test_other_values_and_another_reason_are_changes_too():
    def as_ever(command, is_on):
        if command == "break":
            raise lab.CommandRejected("it would be dark")
        return [f"{one}!" for one in decide(command, is_on)]

    view = with_mine(as_ever)
    assert view.frame()["Break"].to_list() == ["✗ refused → refused for another reason"] * 2
    assert view.frame().at["dark", "On"] == "str → str with other values"
    assert view.frame().at["dark", "Off"] == "nothing to do"
    changed = "Your rules change 4 of 6 cells: On on 'dark', Break on 'dark', Off on 'lit' and 1 more."
    assert view.says.startswith(changed)


def test_the_same_rules_written_anew_change_nothing():
    view = with_mine(lambda command, is_on: decide(command, is_on))
    assert view.says.startswith("Your rules change none of the 6 cells. Given")
    assert "turned" not in view.picture.html


def test_a_state_of_another_kind_is_folded_by_its_own_evolve():
    view = with_mine(lambda command, log: decide(command, log[-1:] == ("on",)), lambda log, event: (*log, event), ())
    assert view.says.startswith("Your rules change none")


def test_without_an_answer_yet_the_table_is_as_it_was(view):
    same = decision_table(lamp, {"dark": [], "lit": ["on"]}, {"On": "on", "Off": "off", "Break": "break"}, mine=None)
    assert same.picture.html == view.picture.html and same.says == view.says


def test_an_error_in_a_rule_comes_out_with_the_cell_in_which_it_was_raised():
    with pytest.raises(ZeroDivisionError) as raised:
        with_mine(lambda command, is_on: [1 // 0] if is_on and command == "off" else [])
    assert raised.value.__notes__ == ["This was decided for the command 'Off' after the history 'lit'."]


def test_what_is_no_decider_is_refused_by_its_name():
    with pytest.raises(lab.InvalidArgument, match="mine=3 is not a decider; give"):
        decision_table(lamp, {"dark": []}, {"On": "on"}, mine=3)


def test_nothing_becomes_markup(view):
    assert "<nobody>" not in view.at(state=0, command=2).html
    assert "<nobody>" not in with_mine(toggles).at(state=0, command=2).html


def test_messages_of_a_class_that_was_defined_again_are_told_and_nothing_is_decided_of_them(monkeypatch):
    def define():
        kind = dataclass(frozen=True)(type("Switch", (), {"__module__": __name__}))
        monkeypatch.setattr(sys.modules[__name__], "Switch", kind, raising=False)
        return kind

    defined = define()
    switch = lab.Decider(False, lambda command, on: {defined: [True]}[type(command)], lambda on, event: event)
    made = {"dark": [], "lit": [True]}, {"switch": defined(), "break": 7}
    assert decision_table(switch, made[0], {"switch": defined()}).at(state=0).frame.at["dark", "switch"] == "bool"
    define()
    told = decision_table(lamp, {"of a class no more": [made[1]["switch"]]}, {"on": "on"})
    assert told.frame().at["of a class no more", "on"] == "? run again"
    view = decision_table(lamp, *made, mine=lamp)
    assert set(view.frame()["switch"]) == {"? run again"} and set(view.frame()["break"]) == {"nothing to do"}
    assert "Switch was defined again" in view.at(state=1, command=0).says
    assert "run the cells that make the histories and the commands again" in view.says
