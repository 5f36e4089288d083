"""Which choice is right follows no pattern that a learner could guess by."""

import ast
import json
from collections import Counter
from pathlib import Path

import pytest

from cqrs_lab.course import predict
from cqrs_lab.course.questions import QUESTIONS
from cqrs_lab.course.reviews import REVIEWS

SOLUTIONS = sorted((Path(__file__).parents[2] / "notebooks" / "solutions").glob("*.ipynb"))


def calls(cell, name):
    """Yield the calls of a function in a cell."""
    for node in ast.walk(ast.parse("".join(cell["source"]))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", None) == name:
            yield node


def cells():
    for path in SOLUTIONS:
        yield from (cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code")


def asked():
    """Return the choices of each question as the form shows them."""
    return {
        call.args[0].value: predict(call.args[0].value, choices=ast.literal_eval(word.value)).questions[0]["choices"]
        for cell in cells()
        for call in calls(cell, "predict")
        for word in call.keywords
        if word.arg == "choices"
    }


def right_places():
    """Return for each question where the choice stands that its solution's stored output calls the answer."""
    choices = asked()
    for cell in cells():
        shown = "".join("".join(one.get("data", {}).get("text/plain", "")) for one in cell["outputs"])
        for call in calls(cell, "reveal"):
            key = call.args[0].value
            told = [at for at, one in enumerate(choices.get(key, ())) if f": {one}. (" in shown]
            if told:
                yield key, told[0], len(choices[key])


@pytest.fixture(scope="module")
def places():
    return list(right_places())


def test_no_place_is_right_more_than_half_of_the_time(places):
    assert len(places) > 25
    for count in {count for _, _, count in places}:
        at = Counter(place for _, place, of in places if of == count)
        assert count < 3 or max(at.values()) <= at.total() / 2, at


def test_words_stand_in_the_order_of_the_alphabet_and_numbers_in_their_own():
    for choices, shown in (
        (["the whole", "a part", "no one"], ["a part", "no one", "the whole"]),
        (["none", "one", "two"], ["none", "one", "two"]),
        (["about 5", "about 20", "about 50"], ["about 5", "about 20", "about 50"]),
        (["about 5", "most of them"], ["about 5", "most of them"]),
    ):
        assert list(predict("02.1", choices=choices).questions[0]["choices"]) == shown


def test_the_longest_answer_to_a_recall_question_is_mostly_not_the_right_one():
    questions = [one for many in (*QUESTIONS.values(), *REVIEWS.values()) for one in many]
    longest = [max(one.answers, key=len) == one.right for one in questions]
    assert sum(longest) <= len(questions) / 2, f"{sum(longest)} of {len(questions)}"
