"""What is said to who leaves a choice open, picks no choice, or the wrong one: alike in every exercise of choices."""

import pandas as pd
import pytest

from cqrs_lab.course import check
from cqrs_lab.course.exercises import lesson_00, lesson_02, lesson_04, lesson_08, lesson_10, lesson_12
from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.guard import NotYet

OF_CHOICES = {
    "00.3": lesson_00.KINDS,
    "02.1": lesson_02.KINDS,
    "04.3": lesson_04.ENDS,
    "08.1": lesson_08.BROKEN,
    "08.3": lesson_08.READS,
    "10.3": lesson_10.CHANGES,
    "12.4": lesson_12.TRIP,
}


# Their cells leave nothing open with None, so who writes it means it: "none" in 08.1, and a word to be asked for.
NONE_SAYS_SOMETHING = {"08.1": "", "08.3": "If you mean no read at all", "10.3": "If you mean that nothing"}


@pytest.mark.parametrize("key", [key for key, asked in NONE_SAYS_SOMETHING.items() if asked])
@pytest.mark.parametrize("make", [dict, pd.Series])
def test_none_is_met_with_a_sentence_of_its_own_where_it_is_no_open_place(key, make):
    for thing in OF_CHOICES[key]:
        verdict = check(key, make(OF_CHOICES[key] | {thing: None}))
        assert (verdict.passed, verdict.came, thing in verdict.done) == (False, "None", True)
        assert NONE_SAYS_SOMETHING[key] in verdict.ask


@pytest.mark.parametrize("key", OF_CHOICES)
def test_what_is_open_is_called_open_and_the_choices_are_named(key):
    right = OF_CHOICES[key]
    first, *others = right
    nothing = [] if key in NONE_SAYS_SOMETHING else [{first: None}]
    for left_open in ({}, {first: ""}, *nothing):
        verdict = check(key, {thing: right[thing] for thing in others} | left_open)
        assert (verdict.passed, verdict.came, first in verdict.done) == (False, "no choice", True)
        assert set(right.values()) <= set(verdict.expected.removeprefix("one of ").split(", "))


@pytest.mark.parametrize("key", OF_CHOICES)
def test_what_is_no_choice_is_shown_as_it_was_written(key):
    last = list(OF_CHOICES[key])[-1]
    verdict = check(key, OF_CHOICES[key] | {last: "perhaps"})
    assert not verdict.passed and verdict.came == "'perhaps'" and "comes closest to what you mean" in verdict.ask


@pytest.mark.parametrize("key", OF_CHOICES)
def test_capitals_and_underscores_make_no_difference(key):
    loud = {thing: f" {word.upper().replace(' ', '_')} " for thing, word in OF_CHOICES[key].items()}
    assert check(key, loud).passed or key == "02.1"  # which takes kinds as keys too, and no blanks


@pytest.mark.parametrize("answer", [None, "event", ["event"]])
def test_what_is_no_mapping_is_asked_for_each(answer):
    with pytest.raises(NotYet) as told:
        judge_choices(answer, {"a": "yes"}, ("yes", "no"), {}, each="Which is each?", open_="Open?")
    assert told.value.ask == "Which is each?"


def test_a_wrong_choice_is_met_with_its_own_question_and_else_with_the_general_one():
    for why_not, ask in (({("a", "no"): "Why no?"}, "Why no?"), ({}, "Open?")):
        with pytest.raises(NotYet) as told:
            judge_choices({"a": "no"}, {"a": "yes"}, ("yes", "no"), why_not, each="Which?", open_="Open?")
        assert told.value.ask == ask
