"""Of every exercise, two styles of right answer pass, and every wrong one is met with its own sentence."""

import functools
import inspect
import re
from functools import cache

import pytest

from cqrs_lab.course import check
from cqrs_lab.course.exercises import EXERCISES
from cqrs_lab.course.judging import judge

from . import (
    answers_00,
    answers_01,
    answers_02,
    answers_03,
    answers_04,
    answers_05,
    answers_06,
    answers_07,
    answers_08,
    answers_09,
    answers_09b,
    answers_10,
    answers_11,
    answers_12,
    answers_13,
    answers_14,
    answers_15,
)

LESSONS = (
    answers_00,
    answers_01,
    answers_02,
    answers_03,
    answers_04,
    answers_05,
    answers_06,
    answers_07,
    answers_08,
    answers_09,
    answers_09b,
    answers_10,
    answers_11,
    answers_12,
    answers_13,
    answers_14,
    answers_15,
)
RIGHT = {key: answers for lesson in LESSONS for key, answers in lesson.RIGHT.items()}
WRONG = {key: answers for lesson in LESSONS for key, answers in lesson.WRONG.items()}
# The misunderstandings of WRONG in other guises: told the same.
ALSO_WRONG = [
    (key, answer, sentence)
    for lesson in LESSONS
    for key, answers in getattr(lesson, "ALSO_WRONG", {}).items()
    for answer, sentence in (answers.values() if isinstance(answers, dict) else answers)
]
# Here what was done names the fault, and the sentence is about how to look for any.
ONE_SENTENCE_FOR_ALL = {"04.4"}


@cache
def verdict_on(key, name):
    """Judge a wrong answer once for all the tests that look at it."""
    return check(key, WRONG[key][name][0])


def test_every_exercise_has_two_styles_of_right_answer_and_three_wrong_ones():
    assert set(RIGHT) == set(WRONG) == set(EXERCISES)
    assert {key: len(answers) for key, answers in RIGHT.items() if len(answers) < 2} == {}
    assert {key: len(answers) for key, answers in WRONG.items() if len(answers) < 3} == {}


def test_lessons_0_to_3_have_six_styles_of_right_answer_and_ten_wrong_ones():
    own = [key for key in EXERCISES if key[:2] in ("00", "01", "02", "03")]
    wrong = {key: len(WRONG[key]) + sum(one == key for one, _, _ in ALSO_WRONG) for key in own}
    assert {key: len(RIGHT[key]) for key in own if len(RIGHT[key]) < 6} == {}
    assert {key: count for key, count in wrong.items() if count < 13} == {}


@pytest.mark.parametrize(("key", "at"), [(key, at) for key, answers in RIGHT.items() for at in range(len(answers))])
def test_a_right_answer_passes_in_any_style(key, at):
    verdict = check(key, RIGHT[key][at])
    assert verdict.passed, verdict


@pytest.mark.parametrize(("key", "name"), [(key, name) for key, answers in WRONG.items() for name in answers])
def test_a_wrong_answer_is_met_with_its_own_sentence(key, name):
    verdict, sentence = verdict_on(key, name), WRONG[key][name][1]
    assert not verdict.passed and sentence in f"{verdict.done} {verdict.ask}", verdict


# Those that are judged by cases, one of which is empty. What two of them misunderstand is this case.
WITH_AN_EMPTY_CASE = ("02.3", "03.2", "06.2", "06.3", "07.1", "09b.1", "13.2")
ABOUT_THAT_CASE = {"nothing without facts", "one without facts"}


@pytest.mark.parametrize("key", WITH_AN_EMPTY_CASE)
def test_a_misunderstanding_is_met_though_its_answer_raises_an_error_on_empty_input(key):
    def fails(answer):
        @functools.wraps(answer)
        def answered(*given):
            if any(isinstance(one, list | tuple | dict) and not one for one in given):
                raise IndexError("list index out of range")
            return answer(*given)

        return answered

    for name, (answer, sentence) in WRONG[key].items():
        if inspect.isfunction(answer) and name not in ABOUT_THAT_CASE and "in place of" not in sentence:
            found = judge(key, fails(answer))
            assert sentence in f"{found.done} {found.ask}", name


@pytest.mark.parametrize("at", range(len(ALSO_WRONG)), ids=lambda at: f"{ALSO_WRONG[at][0]}-{at}")
def test_a_misunderstanding_is_met_however_it_is_written(at):
    key, answer, sentence = ALSO_WRONG[at]
    verdict = check(key, answer)
    assert not verdict.passed and sentence in f"{verdict.done} {verdict.ask}", verdict


@pytest.mark.parametrize("key", sorted(WRONG.keys() - ONE_SENTENCE_FOR_ALL))
def test_no_two_wrong_answers_get_the_same_sentence(key):
    asked = [verdict_on(key, name).ask for name in WRONG[key]]
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize("key", ["01.1", "01.3"])
def test_one_of_a_thing_is_said_in_the_singular(key):
    verdicts = [verdict_on(key, name) for name in WRONG[key]]
    said = [f"{one.done} {one.came} {one.expected}" for one in verdicts]
    assert [text for text in said if re.search(r"\b1 (cups|customers|loans)\b", text)] == []


def test_functions_are_named_without_their_place_in_memory():
    assert "the function" in verdict_on("02.2", "the class last").came
    assert " at 0x" not in verdict_on("02.2", "the class last").came


def test_a_learner_reads_that_the_tests_passed_and_one_should_have_failed():
    verdict = verdict_on("04.4", "without then")
    assert (verdict.came, verdict.expected) == ("your tests passed", "one of them fails")


@pytest.mark.parametrize("name", answers_10.WRONG_REBUILDS)
def test_a_rebuild_is_told_what_came_of_it_in_plain_words(name):
    verdict = verdict_on("10.2", name)
    assert "rebuild: " not in verdict.came and "expected" not in verdict.came and "law" not in verdict.expected


@pytest.mark.parametrize("told", answers_09b.NO_POSITIONS, ids=str)
def test_what_is_no_position_is_met_as_such(told):
    assert "A position is a whole number" in check("09b.1", lambda commits, polls: told).ask


def test_an_answer_that_changes_what_it_was_given_leaves_the_next_check_as_it_was():
    assert not check("03.1", answers_03.EmptiesTheList).passed
    assert check("03.1", answers_03.AllAtOnce).passed


@pytest.mark.parametrize(("key", "answer"), [("03.1", answers_03.Sorts), ("03.4", answers_03.CountsUp)])
def test_an_error_that_only_the_contract_meets_comes_with_the_line_that_raised_it(key, answer):
    verdict = check(key, answer)
    assert "TypeError" in verdict.came and "answers_03.py" in verdict.line
