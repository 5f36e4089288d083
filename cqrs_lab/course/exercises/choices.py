"""Judges an answer that picks one of a few words for each of several things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cqrs_lab.course.guard import NotYet


def judge_choices(
    answer: Any,
    right: Mapping[str, str],
    choices: Sequence[str],
    why_not: Mapping[tuple[str, str], str],
    *,
    each: str,
    open_: str,
) -> None:
    """Compare an answer with the right choices, one after the other.

    Parameters
    ----------
    answer : mapping of str to str
        Capitals, and `_` for a space, make no difference.
    right : mapping of str to str
    choices : sequence of str
    why_not : mapping of (str, str) to str
        What is asked of who picks this word for that thing.
    each : str
        What is asked of who gives no mapping.
    open_ : str
        What is asked of who leaves a thing open, or picks a word for it that has no question of its own.

    Raises
    ------
    NotYet
        At the first choice that is open, none of the choices, or wrong.
    """
    if not isinstance(answer, Mapping):
        raise NotYet("looked at your answer", answer, "a dict", each)
    one_of = f"one of {', '.join(choices)}"
    for thing, word in right.items():
        told, done = answer.get(thing), f"looked up: {thing}"
        if told is None or told == "":
            raise NotYet(done, "no choice", one_of, open_)
        picked = str(told).lower().replace("_", " ").strip()
        if picked == word:
            continue
        if (thing, picked) not in why_not and picked not in choices:
            raise NotYet(done, repr(told), one_of, f"Which of the {len(choices)} comes closest to what you mean?")
        raise NotYet(done, told, "another choice", why_not.get((thing, picked), open_))
