"""Of the exercises that list them, further wrong answers, which share a sentence with another one."""

import pytest

from cqrs_lab.course import check

from . import answers_04, answers_05

FURTHER = [
    (key, at)
    for lesson in (answers_04, answers_05)
    for key, answers in lesson.ALSO_WRONG.items()
    for at in range(len(answers))
]
ALSO_WRONG = answers_04.ALSO_WRONG | answers_05.ALSO_WRONG


@pytest.mark.parametrize(("key", "at"), FURTHER)
def test_a_further_wrong_answer_is_met_with_the_sentence_of_its_kind(key, at):
    answer, sentence = ALSO_WRONG[key][at]
    verdict = check(key, answer)
    assert not verdict.passed and sentence in f"{verdict.done} {verdict.ask}", verdict
