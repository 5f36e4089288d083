"""A check survives whatever an answer does, and says what came of it."""

import time
from contextlib import suppress

import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.course import check, hint
from cqrs_lab.course.exercises import EXERCISES
from cqrs_lab.course.guard import LIMIT_SECONDS, NotYet, call, run


def endless():
    while True:
        pass


def swallows():
    while True:
        with suppress(Exception):
            endless()


class Hostile:
    def __repr__(self):
        raise RuntimeError("no repr")

    def __eq__(self, other):
        raise RuntimeError("no eq")

    __hash__ = None


def raises(*arguments):
    raise ValueError("not today")


HOSTILE = [None, 0, "x", [], {}, (), object, Hostile(), raises, lambda *arguments: endless(), (raises, raises, raises)]


@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("key", EXERCISES)
def test_a_hostile_answer_is_told_what_came_and_asked_something(key, answer):
    verdict = check(key, answer)
    assert not verdict.passed
    assert verdict.done and verdict.came and verdict.expected and verdict.ask.endswith(("?", "."))
    assert "not yet" in repr(verdict) and "not yet" in verdict._repr_html_()


@pytest.mark.parametrize("work", [endless, swallows, lambda: time.sleep(60)], ids=["loop", "swallows", "sleeps"])
def test_what_never_ends_is_stopped_or_left_behind(work):
    ran = run(work, limit_seconds=0.2)
    assert ran.stopped and ran.value is None


def test_the_limit_is_two_seconds():
    assert LIMIT_SECONDS == 2


def test_what_is_printed_is_kept_apart(capsys):
    ran = run(lambda: print("hello") or 7)
    assert (ran.value, ran.printed) == (7, "hello\n") and capsys.readouterr().out == ""
    verdict = check("02.3", lambda *arguments: print("<b>here</b>"))
    assert "<b>here</b>" in repr(verdict) and "<b>" not in verdict._repr_html_()


def test_even_an_exit_is_only_reported():
    assert isinstance(run(lambda: exit(3)).raised, SystemExit)


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
    for ask in (lambda: check("99.9", 1), lambda: hint("99.9")):
        with pytest.raises(InvalidArgument, match=r"there is 00\.1, 00\.2"):
            ask()


def test_every_exercise_has_hints_and_says_what_it_showed():
    assert all(len(exercise.hints) >= 2 and exercise.showed for exercise in EXERCISES.values())
