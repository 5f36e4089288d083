"""A check survives whatever an answer does, and says what came of it."""

import importlib
import re

import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.course import check, hint, progress
from cqrs_lab.course.exercises import EXERCISES
from cqrs_lab.course.guard import NotYet, call
from cqrs_lab.course.limits import Limits

check_module = importlib.import_module("cqrs_lab.course.check")


def endless():
    while True:
        pass


class Hostile:
    def __repr__(self):
        raise RuntimeError("no repr")

    def __eq__(self, other):
        raise RuntimeError("no eq")

    __hash__ = None


def raises(*arguments):
    raise ValueError("not today")


HOSTILE = [None, 0, "x", [], {}, (), object, Hostile(), raises, (raises, raises, raises)]


@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("key", EXERCISES)
def test_a_hostile_answer_is_told_what_came_and_asked_something(key, answer):
    verdict = check(key, answer)
    assert not verdict.passed
    assert verdict.done and verdict.came and verdict.expected and verdict.ask.endswith(("?", "."))
    assert "not yet" in repr(verdict) and "not yet" in verdict._repr_html_()


@pytest.fixture
def short_of(monkeypatch):
    def limits(**given):
        monkeypatch.setattr(check_module, "LIMITS", Limits(**given))

    return limits


def test_what_never_ends_is_told_what_it_used_and_not_accused(short_of):
    short_of(own_seconds=0.1)
    verdict = check("07.1", lambda *arguments: print("here") or endless())
    [used] = re.fullmatch(r"no end after (.+) s of its own processor time", verdict.came).groups()
    assert float(used) >= 0.1
    assert verdict.expected == "an end within 0.1 s" and verdict.printed == "here\n" and not verdict.undecided
    assert "Either a loop has no end, or" in verdict.ask


def test_a_busy_machine_is_told_to_try_again_and_nothing_is_noted(short_of):
    short_of(wall_seconds=0)
    verdict = check("07.1", lambda *arguments: endless())
    assert repr(verdict) == (
        "07.1: no verdict yet. This machine was busy, and your answer has not had its turn. Run the cell again."
    )
    assert verdict.undecided and not verdict.passed and progress().frame.empty


def test_what_ends_its_process_or_the_kernel_is_told_so():
    verdict = check("07.1", lambda *arguments: __import__("os")._exit(7))
    assert verdict.came == "its process ended with exit code 7"
    verdict = check("07.1", lambda *arguments: exit(3))
    assert verdict.came == "SystemExit: 3" and "Use return" in verdict.ask and "exit(3)" in verdict.line


def test_an_answer_that_cannot_be_copied_is_told_so():
    class Refuses:
        def __reduce__(self):
            raise RuntimeError("not me")

    numbers = (one for one in (1, 2))
    verdict = check("07.1", lambda *arguments: next(numbers))
    assert "a generator of the notebook" in verdict.came and "Make it inside your function" in verdict.ask
    verdict = check("07.1", Refuses())
    assert verdict.came == "RuntimeError: not me" and "Make it inside your function" in verdict.ask


def test_a_message_is_the_same_in_every_run():
    def returns_a_cursor(file, product_id, quantity):
        return file.execute("UPDATE stock SET on_hand = on_hand - ? WHERE product_id = ?", (quantity, product_id))

    assert check("01.1", returns_a_cursor).came == "<sqlite3.Cursor object>"


def test_what_is_printed_is_shown_as_text():
    verdict = check("02.3", lambda *arguments: print("<b>here</b>"))
    assert "<b>here</b>" in repr(verdict) and "<b>" not in verdict._repr_html_()


def test_a_call_hands_out_copies_and_tells_when_they_were_changed():
    given = {"ada": 1}
    with pytest.raises(NotYet, match="instead of changing it") as told:
        call(lambda accounts: accounts.clear(), given)
    assert given == {"ada": 1} and told.value.came == "({},)"


def test_hints_come_one_after_the_other_and_the_last_one_stays():
    told = [hint("02.1") for _ in range(4)]
    assert [text[:11] for text in told] == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"]
    assert len(set(told)) == 3


def test_an_unknown_exercise_is_refused_with_those_there_are():
    for key in ("99.9", "", None, ["02.1"], 7):
        for ask in (lambda key=key: check(key, 1), lambda key=key: hint(key)):
            with pytest.raises(InvalidArgument, match=r"a text such as \"02\.1\"; give one of 00\.1, 00\.2"):
                ask()


def test_a_key_without_its_zero_is_met_with_the_one_that_is_meant():
    for key in ("2.1", 2.1):
        with pytest.raises(InvalidArgument, match=r"did you mean '02\.1'\?"):
            check(key, 1)


def test_every_exercise_has_hints_and_says_what_it_showed():
    assert all(len(exercise.hints) >= 2 and exercise.showed for exercise in EXERCISES.values())
