"""A learner's answer runs in the view of its lesson, and a right one and a wrong one look different there."""

import re

import pytest

from cqrs_lab.simulation.faults import both_at_once, nothing_compared
from tests.lessons import code_of

from ..exercises import answers_09, answers_09b


def shown(source, names):
    """Run a cell, and return what its last line shows."""
    *above, last = source.rstrip().splitlines()
    exec("\n".join(above), names)
    return eval(last, names)


@pytest.fixture(scope="module")
def lesson_9():
    code, names = code_of("09", solved=False), {}
    for one in ("lesson-09-01", "lesson-09-03", "lesson-09-39"):
        exec(code[one], names)
    return code, names


def score(view):
    survived, struck = re.search(r"it survives (\d+) of (\d+)\.", view.says).groups()
    return int(survived), int(struck)


def test_lesson_9_s_own_worker_has_its_own_score(lesson_9):
    code, names = lesson_9
    source = code["lesson-09-24b"]
    as_it_was = shown(source, dict(names))
    below_the_worker = source[source.index("contest =") :]
    careless, careful = (
        shown(below_the_worker, {**names, "mine": worker}) for worker in (nothing_compared, both_at_once)
    )
    assert score(careless)[0] < score(careful)[0] and score(as_it_was)[0] < score(careful)[0]
    assert as_it_was.picture.html.count("✗") > careful.picture.html.count("✗") > 0
    for crash in (1, 2, 3):
        assert "Every law held" in careful.at(kind_1=crash, event_1=3).says, "no crash hurts one write"
    assert "Broken" in as_it_was.at(kind_1=2, event_1=3).says


def test_lesson_9_s_answer_on_a_disk_survives_all_but_what_overtakes(lesson_9):
    code, names = lesson_9
    answers = {
        "stub": names["take_in"],
        "right": answers_09.table_then_checkpoint,
        "wrong": answers_09.checkpoint_then_table,
    }
    views = {name: shown(code["lesson-09-40b"], {**names, "take_in": one}) for name, one in answers.items()}
    survived = {name: score(view)[0] for name, view in views.items()}
    assert survived["right"] > survived["wrong"] > 0 and survived["right"] > survived["stub"]
    rows = r'<tr><th scope="row">([^<]*)</th>(<td class="number" data-set.*?)</tr>'
    broke = {
        name: [kind for kind, marks in re.findall(rows, view.picture.html) if "✗" in marks]
        for name, view in views.items()
    }
    assert broke["right"] == ["overtaken by the next"] and "crash between its two writes" in broke["wrong"]


# Styles that remember something: in the view as before the judge, a process that starts again has forgotten it.
REMEMBERS = [answers_09.TakeIn(), answers_09.with_the_table_at_hand]


@pytest.mark.parametrize("take_in", REMEMBERS, ids=["in an attribute", "in a global"])
def test_lesson_9_s_answer_forgets_with_its_process_and_scores_as_one_that_remembers_nothing(lesson_9, take_in):
    code, names = lesson_9
    found, wanted = (
        score(shown(code["lesson-09-40b"], {**names, "take_in": one}))
        for one in (take_in, answers_09.table_then_checkpoint)
    )
    assert found == wanted


@pytest.fixture(scope="module")
def lesson_9b():
    code, names = code_of("09b", solved=False), {}
    exec(code["lesson-09b-01"], names)
    exec(code["lesson-09b-33"], names)
    return code, names


RULES = {f"right, style {at}": (rule, []) for at, rule in enumerate(answers_09b.RIGHT["09b.3"], 1)} | {
    "reads whatever is committed": (lambda committed, still_open: committed[-1], ["✕ never read"]),
    "waits for ever": (lambda committed, still_open: 0, ["the reader stops before it"]),
}


@pytest.mark.parametrize("name", RULES)
def test_lesson_9b_s_rule_is_seen_in_the_losing_order(lesson_9b, name):
    (code, names), (rule, expected) = lesson_9b, RULES[name]
    html = shown(code["lesson-09b-36"], {**names, "upto": rule}).picture.html
    assert [words for words in ("✕ never read", "the reader stops before it") if words in html] == expected


def test_lesson_9b_s_cell_as_it_was_loses_ada_s_event(lesson_9b):
    code, names = lesson_9b
    assert "✕ never read" in shown(code["lesson-09b-36"], dict(names)).picture.html


def test_lesson_9b_s_rule_has_its_price_if_it_reads_everything(lesson_9b):
    code, names = lesson_9b
    right, in_floats = (
        shown(code["lesson-09b-38"], {**names, "upto": one}) for one in (answers_09b.upto, answers_09b.Upto())
    )
    assert in_floats.says == right.says
    wrong = shown(code["lesson-09b-38"], {**names, "upto": answers_09b.no_number_may_be_missing})
    assert "yours 0.07 s" in right.says and ">yours</text>" in right.picture.html
    assert re.search(r"With yours, \d+ events will never be read", wrong.says)
    assert ">yours: some never read</text>" in wrong.picture.html
