"""An error of the learner's comes back with the call that led there and the line of theirs, wherever a judge met it."""

import linecache

import pytest

from cqrs_lab.course import check
from cqrs_lab.course.own_line import own_call, own_place
from cqrs_lab.raised import PACKAGE


def cell(source, name="/tmp/ipykernel_7/12.py"):
    """Run a cell as IPython does, and return what it defined."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    defined = {"__name__": "__main__"}
    exec(compile(source, name, "exec"), defined)
    return defined


STUMBLES = "def inner(stock):\n    return stock['cup']\n\ndef level(stock):\n    return inner(stock) + 1\n"
JUDGES = {
    "calls": "def judge(answer): answer({'pot': 1})",
    "calls with help": "from cqrs_lab.course.guard import call\ndef judge(answer): call(answer, {'pot': 1})",
    "catches": """
from cqrs_lab.course.guard import NotYet
def judge(answer):
    try:
        answer({'pot': 1})
    except KeyError:
        raise NotYet("asked for the cups", "no", "a level", "Where?") from None
""",
}


TRIED = """
def tried(answer):
    try:
        judge(answer)
    except Exception as error:
        return error
"""


def raised(judge, answer):
    return cell(JUDGES.get(judge, judge) + TRIED, f"{PACKAGE}/course/exercises/judge.py")["tried"](answer)


@pytest.mark.parametrize("judge", JUDGES)
def test_the_line_that_raised_is_named_with_its_function_however_a_judge_met_it(judge):
    error = raised(judge, cell(STUMBLES)["level"])
    assert str(own_place(error)) == "line 2 of 12.py, in inner: return stock['cup']"
    assert own_call(error) == "called level({'pot': 1})"


def test_an_error_of_the_judge_is_not_put_on_the_learner():
    error = raised("def judge(answer): answer.nothing", 3)
    assert own_place(error) is None and own_call(error) == ""


def test_a_generator_a_lambda_and_a_method_are_named_too():
    made = cell("def steps(n):\n    yield 1 / n\nflat = lambda n: 1 / n\nclass At:\n  def go(self, n):\n    1 / n\n")
    for answer, line in (
        (made["steps"], "line 2 of 12.py, in steps: yield 1 / n"),
        (made["flat"], "line 3 of 12.py: flat = lambda n: 1 / n"),
        (made["At"]().go, "line 6 of 12.py, in go: 1 / n"),
    ):
        judge = "from cqrs_lab.course.guard import call\ndef judge(answer): call(answer, 0)"
        assert str(own_place(raised(judge, answer))) == line


DONE = {"07.1": "called behind(", "08.2": "called level(", "12.2": "called give("}


@pytest.mark.parametrize(("key", "done"), DONE.items())
def test_a_verdict_shows_the_call_and_the_line_before_its_question(key, done):
    verdict = check(key, cell("def level(*given):\n    return given[0].nothing_of_that_name\n")["level"])
    assert verdict.done.startswith(done) and "nothing_of_that_name" in verdict.came
    assert verdict.line == "line 2 of 12.py, in level: return given[0].nothing_of_that_name"
    assert repr(verdict).index(verdict.line) < repr(verdict).index(verdict.ask)


@pytest.mark.parametrize(
    "untouched", [None, ..., NotImplemented, "def f(a, b): ...", "def f(a): pass", "def f(): raise NotImplementedError"]
)
def test_a_cell_as_it_was_is_told_so(untouched):
    answer = cell(untouched)["f"] if isinstance(untouched, str) else untouched
    for key in ("02.3", "07.1", "12.2"):
        verdict = check(key, answer)
        assert verdict.came == "the cell as it was" and f"hint('{key}')" in verdict.ask


def test_a_class_of_empty_methods_is_a_cell_as_it_was():
    verdict = check("03.4", cell("class Store:\n    def append(self, stream, events):\n        pass\n")["Store"])
    assert verdict.came == "the cell as it was"
