"""Judges an answer that picks one of a few words for each of several things."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from cqrs_lab.course.accept import as_choice, as_mapping, as_word
from cqrs_lab.course.guard import NotYet, shown

Right = str | Collection[str]


def judge_choices(
    answer: Any,
    right: Mapping[str, Right],
    choices: Sequence[str],
    why_not: Mapping[tuple[str, str], str],
    *,
    each: str,
    open_: str,
    none: str = "",
) -> None:
    """Compare an answer with the right choices, one after the other.

    Parameters
    ----------
    answer : mapping of str to str
        Of any kind that `as_mapping` reads. Capitals, hyphens, underscores, spaces and articles make no
        difference.
    right : mapping of str to str, or to several words
        Where the text permits more than one reading, each of them: ``{"order minus two cups": ("error", "event")}``.
    choices : sequence of str
    why_not : mapping of (str, str) to str
        What is asked of who picks this word for that thing.
    each : str
        What is asked of who gives no mapping.
    open_ : str
        What is asked of who leaves a thing open, or picks a word for it that has no question of its own.
    none : str, optional
        What is asked of who writes Python's None, where that is not how the learner's cell leaves a thing open.

    Raises
    ------
    NotYet
        At the first choice that is open, none of the choices, or wrong.
    """
    try:
        picked = {as_choice(thing): word for thing, word in as_mapping(answer, "").items()}
    except NotYet:
        raise NotYet("looked at your answer", shown(answer), "a dict", each) from None
    one_of = f"one of {', '.join(choices)}"
    for thing, words in right.items():
        told, done = picked.get(as_choice(thing), ""), f"looked up: {thing}"
        if none and is_none(told):
            raise NotYet(done, "None", one_of, none)
        if told is None or told is ... or as_word(told) == "":
            raise NotYet(done, "no choice", one_of, open_)
        word = as_choice(told, choices)
        if word in _words(words):
            continue
        asks = {as_choice(other): ask for (about, other), ask in why_not.items() if about == thing}
        if word not in asks and word not in map(as_choice, choices):
            raise NotYet(done, shown(told), one_of, f"Which of the {len(choices)} comes closest to what you mean?")
        raise NotYet(done, shown(told), "another choice", asks.get(word, open_))


def is_none(value: Any) -> bool:
    """Return whether a value is Python's None, which a Series keeps as NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _words(right: Right) -> set[str]:
    return {as_choice(one) for one in ([right] if isinstance(right, str) else right)}
