"""Predict before you run: a guess is kept, and met when the run has told."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd

from cqrs_lab.course.ask import Ask, Question
from cqrs_lab.course.predictions import SAID_TO
from cqrs_lab.course.progress import notes
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.picture import Picture
from cqrs_lab.show.view import View


def predict(
    key: str,
    question: str = "",
    *,
    choices: Sequence[str] | None = None,
    range: tuple[float, float] | None = None,
    guess: Any = None,
    room: bool = False,
) -> Ask | None:
    """Ask for a guess and keep the first one; `reveal` meets it later.

    Parameters
    ----------
    key : str
        Lesson and number: "03.1".
    question : str, optional
    choices, range : optional
        What may be guessed: one of these words, or a number from the first to the second.
    guess : optional
        Guess plainly, without the form: ``predict("03.1", guess="two")``.
    room : bool, optional
        For a class: take how many chose each, instead of one guess. A room may vote again.

    Returns
    -------
    Ask or None
        The form; None where the guess was given plainly.
    """
    if guess is not None:
        _keep(key, guess)
        return None
    if (choices is None) == (range is None):
        raise InvalidArgument("give either choices=[…] or range=(least, most)")
    if room:
        return _room(key, question, tuple(choices or ()))
    least, most = range or (None, None)
    asked = Question(key, question, tuple(choices) if choices is not None else None, least, most)
    first = notes().first("guess", key)
    return Ask([asked], _kept_guess, given={key: first["guess"]} if first else None)


def _kept_guess(question: Question, guess: Any) -> str:
    _keep(question.key, guess)
    return f"Kept: {guess}. Now run on."


def _keep(key: str, guess: Any) -> None:
    if notes().first("guess", key) is None:
        notes().add("guess", key, guess=guess)
    for view in _veiled.pop(key, []):
        view.veil = ""


_veiled: dict[str, list[View]] = {}


def veiled(key: str, view: View) -> View:
    """Keep a view's picture hidden until the guess is kept, or until the learner presses "Show me".

    Parameters
    ----------
    key : str
        As in `predict`.
    view : View

    Returns
    -------
    View
        The same one. Without a front end nothing is hidden.
    """
    if notes().first("guess", key) is None:
        view.veil = f"What do you expect? Your guess ({key}) takes this away."
        _veiled.setdefault(key, []).append(view)
    return view


def _room(key: str, question: str, choices: tuple[str, ...]) -> Ask:
    if not choices:
        raise InvalidArgument("room=True counts votes: give choices=[…]")
    asked = [Question(f"{key} {one}", f"{question} How many say: {one}?", None, 0, 1000) for one in choices]

    def count(question: Question, votes: Any) -> str:
        choice = question.key.removeprefix(f"{key} ")
        notes().add("room", key, choice=choice, votes=votes)
        return f"{votes} for {choice}."

    return Ask(asked, count)


def reveal(key: str, outcome: Any) -> Picture:
    """Meet the guess with what the run has told; without a guess, say so and go on.

    Parameters
    ----------
    key : str
        As in `predict`.
    outcome : Any
        What the run computed.

    Returns
    -------
    Picture
        `frame`: one row; columns guess and outcome.
    """
    came, first = str(outcome), notes().first("guess", key)
    frame = pd.DataFrame({"guess": [first["guess"] if first else None], "outcome": [outcome]}, index=[key])
    if first is None:
        lines = [f"It is: {came}. (You kept no guess.)"]
    else:
        guess = first["guess"]
        right = guess == outcome or str(guess) == came
        if notes().first("outcome", key) is None:
            notes().add("outcome", key, outcome=came, right=right)
        verdict = f"Yes: {came}." if right else f"You said {guess}, and it is {came}."
        lines = [verdict, SAID_TO.get(key, {}).get(str(guess), "")]
    lines += _said_by_the_room(key)
    says = " ".join(filter(None, lines))
    return Picture(f'<p class="says" role="status">{escape(says)}</p>', says, frame)


def _said_by_the_room(key: str) -> list[str]:
    votes = {note["choice"]: note["votes"] for note in notes().all("room", key)}
    if not votes:
        return []
    return ["The room said: " + ", ".join(f"{choice} {count:g}" for choice, count in votes.items()) + "."]
