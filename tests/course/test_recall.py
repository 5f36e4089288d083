"""Three questions open a lesson; each answer is met at once."""

import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.course import LESSONS, progress, recall, review
from cqrs_lab.course.questions import QUESTIONS
from cqrs_lab.course.reviews import REVIEWS


def test_every_written_lesson_but_the_first_opens_with_three_questions():
    written = {lesson.key for lesson in LESSONS if lesson.written and lesson.key != "00"}
    assert set(QUESTIONS) == written
    assert {lesson: len(questions) for lesson, questions in QUESTIONS.items()} == dict.fromkeys(written, 3)


@pytest.mark.parametrize("lesson", QUESTIONS)
def test_every_choice_is_met_with_a_sentence_of_its_own(lesson):
    for number, question in enumerate(QUESTIONS[lesson], 1):
        said = {choice: recall(lesson).give(f"{lesson}.{number}", choice) for choice in question.answers}
        assert len(set(said.values())) == len(said) >= 3
        assert [choice for choice, text in said.items() if text.startswith("Right")] == [question.right]


@pytest.mark.parametrize("lesson", REVIEWS)
def test_a_review_meets_every_choice_and_is_kept_apart_from_what_opens_the_lesson(lesson):
    for number, question in enumerate(REVIEWS[lesson], 1):
        said = {choice: review(lesson).give(f"{lesson}.R{number}", choice) for choice in question.answers}
        assert len(set(said.values())) == len(said) >= 3
        assert [choice for choice, text in said.items() if text.startswith("Right")] == [question.right]
    assert progress().frame.loc[lesson, "recalled"] == len(REVIEWS[lesson])
    assert recall(lesson).told == {}


def questions():
    for asked in (*QUESTIONS.values(), *REVIEWS.values()):
        yield from asked


def test_after_a_wrong_answer_the_right_one_is_told_with_its_reason():
    form = recall("02")
    assert form.give("02.1", "an error") == (
        "Nothing failed. A table that is behind is right, as of its own position. Answer: no order. "
        "The page reads a table, and the table has not read the log yet."
    )
    for one in questions():
        reason = one.answers[one.right].partition("Right: ")[2]
        assert reason, "a right answer begins with Right, a colon and its reason"
        for answer in one.answers:
            told = one.meet(answer)
            assert told.startswith(one.answers[answer]) and told.endswith(reason[1:])
            assert (f"Answer: {one.right}." in told) == (answer != one.right)


def test_no_question_is_asked_twice_in_the_course():
    asked = [one.text for questions in (*QUESTIONS.values(), *REVIEWS.values()) for one in questions]
    assert len(set(asked)) == len(asked)


def test_the_place_of_a_choice_tells_nothing():
    for asked in recall("02").questions:
        assert list(asked["choices"]) == sorted(asked["choices"])


def test_a_lesson_without_questions_is_refused_with_those_that_have_some():
    for lesson in ("99", "2", 2, None, ["02"]):
        with pytest.raises(InvalidArgument, match="give a text, one of 01, 02, 03, 04, 05, 06, 07, 08, 09, 09b"):
            recall(lesson)
    with pytest.raises(InvalidArgument, match="no questions close lesson '04'; give a text, one of"):
        review("04")
