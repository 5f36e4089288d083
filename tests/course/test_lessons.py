"""In every lesson a prediction stands before its answer, and the misconceptions of the course are met."""

import ast
import json
from pathlib import Path

import pytest

from cqrs_lab.course.exercises import EXERCISES
from cqrs_lab.course.exercises.lesson_02 import WHY_NOT
from cqrs_lab.course.predictions import SAID_TO

SOLUTIONS = sorted((Path(__file__).parents[2] / "notebooks" / "solutions").glob("[0-9]*.ipynb"))


def calls(path):
    """Yield (function, key, keywords) of the course's functions that a lesson calls, in order."""
    for cell in json.loads(path.read_text())["cells"]:
        if cell["cell_type"] == "code":
            nodes = [one for one in ast.walk(ast.parse("".join(cell["source"]))) if isinstance(one, ast.Call)]
            for node in sorted(nodes, key=lambda one: (one.lineno, one.col_offset)):
                name = getattr(node.func, "id", "")
                if name in ("predict", "reveal", "check", "recall", "review"):
                    words = {one.arg: ast.literal_eval(one.value) for one in node.keywords}
                    yield name, ast.literal_eval(node.args[0]), words
        elif "## Going further" in "".join(cell["source"]):
            yield "going further", "", {}


@pytest.fixture(params=SOLUTIONS, ids=lambda path: path.stem)
def lesson(request):
    return request.param.stem.partition("_")[0], list(calls(request.param))


def test_every_prediction_stands_before_its_reveal_and_is_revealed(lesson):
    number, said = lesson
    asked = [key for name, key, _ in said if name == "predict"]
    order = [(name, key) for name, key, _ in said if name in ("predict", "reveal")]
    assert order == [(name, key) for key in asked for name in ("predict", "reveal")]
    assert all(key.startswith(f"{number}.") for key in asked)


def test_a_lesson_has_two_to_four_predictions(lesson):
    names = [name for name, _, _ in lesson[1]]
    counted = names[: names.index("going further")] if "going further" in names else names
    assert 2 <= counted.count("predict") <= 4


def test_every_choice_but_one_has_a_sentence_for_who_is_wrong(lesson):
    for name, key, words in lesson[1]:
        if name == "predict" and "choices" in words:
            left = set(words["choices"]) - set(SAID_TO[key])
            assert len(left) <= 1 and set(SAID_TO[key]) <= set(words["choices"]), key


def test_every_exercise_of_a_lesson_is_checked_in_it(lesson):
    number, said = lesson
    checked = [key for name, key, _ in said if name == "check"]
    assert checked == [key for key in EXERCISES if key.startswith(f"{number}.")]


def test_a_lesson_opens_with_recall(lesson):
    number, said = lesson
    assert number == "00" or ("recall", number) in [one[:2] for one in said]


def test_reviews_close_the_lessons_that_the_course_names(lesson):
    number, said = lesson
    assert [key for name, key, _ in said if name == "review"] == ([number] if number in ("05", "10", "15") else [])


# Misconception, and the sentence that meets it.
MET = {
    "02: a command must return nothing": (SAID_TO["02.4"]["nothing"], "A command that must return nothing"),
    "02: CQRS means microservices": (SAID_TO["02.3"]["yes, for a few milliseconds"], "it does not mean microservices"),
    "02: CQRS = CQS": (SAID_TO["02.4"]["nothing"], "CQRS is not CQS"),
    "03: the log is an audit table": (SAID_TO["03.4"]["an audit table"], "written beside the truth"),
    "03: the log is a broker": (SAID_TO["03.4"]["a message broker"], "may forget them afterwards"),
    "03: events may be edited": (
        SAID_TO["03.1"]["12"],
        "A record that may be edited cannot be trusted",
    ),
    "03: an optimistic check prevents every retry": (SAID_TO["03.3"]["12"], "does not prevent every retry"),
    "04: one stream can keep unique e-mail": (SAID_TO["04.4"]["one"], "One stream cannot keep an e-mail unique"),
    "04: bigger aggregates are safer": (SAID_TO["04.3"]["both at once"], "Bigger aggregates are not safer"),
    "04: replay decides again": (SAID_TO["04.2"]["it is refused"], "Replay does not decide again"),
    "05: read models are precious": (SAID_TO["05.3"]["the orders"], "Read models are not precious"),
    "05: one per entity": (SAID_TO["05.2"]["1"], "A read model belongs to a question, not to an entity"),
    "06: duplication is inconsistency": (SAID_TO["06.4"]["neither"], "Duplication is not inconsistency"),
    "07: eventual means milliseconds": (SAID_TO["07.1"]["a few milliseconds"], "Eventual does not mean milliseconds"),
    "07: averages describe readers": (SAID_TO["07.3"]["about 5 seconds"], "averages do not describe readers"),
    "07: lag = handling time": (SAID_TO["07.2"]["1 second"], "That is the handling alone"),
    "07: p99 = 2 × mean": (SAID_TO["07.3"]["about 10 seconds"], "Twice the average is where 14 in 100 still wait"),
    "07: 90 % busy is fine": (SAID_TO["07.4"]["a little"], "90 % busy sounds like 10 % to spare"),
    "08: sleep fixes it": (SAID_TO["08.2"]["none"], "Sleeping does not fix it"),
    "08: a stale screen corrupts writes": (SAID_TO["08.3"]["both reservations, stock -1"], "does not corrupt writes"),
    "08: every read needs a token": (SAID_TO["08.4"]["no time at all"], "Every read needs a token, then?"),
    "09: exactly-once delivery": (SAID_TO["09.2"]["yes"], "Exactly-once delivery is impossible"),
    "09: a transaction leaves a moment in between": (SAID_TO["09.3"]["all but one"], "It leaves none"),
    "09b: a missing number will come": (SAID_TO["09b.2"]["when Ada tries again"], "A number is handed out once"),
    "09b: a lock costs as much as it is used": (SAID_TO["09b.3"]["about three times as much"], "left free"),
    "09b: zero lag means nothing is missing": (
        SAID_TO["09b.1"]["nothing is missing"],
        "Zero lag does not mean that nothing is missing",
    ),
    "10: replay sends the mail again": (SAID_TO["10.3"]["every email again"], "A replay does not send the emails "
    "again"),
    "10: a rebuild empties the table first": (SAID_TO["10.2"]["half of the units"], "built beside it"),
    "11: more partitions cure a hot key": (SAID_TO["11.1"]["yes, easily"], "more partitions do not cure a hot key"),
    "11: replicas cure a slow projector": (SAID_TO["11.2"]["half as far"], "Copies do not cure a slow projector"),
    "11: copies are independent": (SAID_TO["11.3"]["more than twice as late"], "often late together"),
    "12: compensation is rollback": (SAID_TO["12.1"]["they are rolled back"], "Compensation is not rollback"),
    "15: CQRS is faster": (SAID_TO["15.3"]["the join"], "CQRS is not faster"),
    "15: all or nothing": (SAID_TO["15.4"]["all four"], "All or nothing?"),
    "02: returns something, so a query": (WHY_NOT["TakeNextInvoiceNumber", "query"], "Returning something does not"),
}


@pytest.mark.parametrize("misconception", MET)
def test_a_misconception_of_the_course_is_met(misconception):
    sentence, words = MET[misconception]
    assert words in sentence
