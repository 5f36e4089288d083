"""Wrong answers that share their sentence with others are refused as well, and with that sentence."""

import pytest

from cqrs_lab.course import check

from . import answers_07, answers_08

ALSO_WRONG = {
    (key, name): answer
    for lesson in (answers_07, answers_08)
    for key, answers in lesson.ALSO_WRONG.items()
    for name, answer in answers.items()
}


@pytest.mark.parametrize(("key", "name"), ALSO_WRONG)
def test_a_wrong_answer_is_refused_with_a_sentence_about_it(key, name):
    answer, sentence = ALSO_WRONG[key, name]
    verdict = check(key, answer)
    assert not verdict.passed and sentence in f"{verdict.done} {verdict.ask}", verdict


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("key", ["07.2", "07.3"])
def test_a_right_simulation_of_ten_thousand_events_passes_whatever_its_seed(key, seed):
    answer = {"07.2": answers_07.simulated_with, "07.3": answers_07.searched_with}[key](seed)
    verdict = check(key, answer)
    assert verdict.passed, verdict
