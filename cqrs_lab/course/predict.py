"""Predict before you run: a guess is kept, and the run answers it."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from html import escape
from math import isfinite, nan
from re import fullmatch
from typing import Any

import pandas as pd

from cqrs_lab.course.accept import as_plain, as_word
from cqrs_lab.course.ask import Ask, Question
from cqrs_lab.course.ballot import Ballot, bars, said
from cqrs_lab.course.lessons import KEY
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
) -> Ask | Ballot | None:
    """Ask for a guess and keep the first one; `reveal` compares it later.

    Parameters
    ----------
    key : str
        Lesson and number: "03.1".
    question : str, optional
    choices, range : optional
        What may be guessed: one of these words, or a number from the first to the second.
    guess : optional
        The guess itself, without the form: ``predict("03.1", guess="two")``.
    room : bool, optional
        For a class: count the hands for each choice, let them talk, and count again. Each run of the cell begins with
        a new room.

    Returns
    -------
    Ask or Ballot or None
        The form, for a room a ballot; None if `guess` was passed.
    """
    asked = _question(key, question, choices, range)
    if guess is not None:
        not_kept = _keep(asked or _asked.get(key) or Question(key, question), guess)
        if not_kept:
            warnings.warn(not_kept, stacklevel=2)
        return None
    if asked is None:
        raise InvalidArgument(
            f"predict({key!r}, …) does not say what may be guessed; give choices=[…], or range=(least, most)"
        )
    _asked[key] = asked
    if room:
        return _room(asked)
    kept = _first_guess(key)
    return Ask([asked], _kept_guess, given={} if kept is None else {key: kept})


_asked: dict[str, Question] = {}
"""What was asked in this session, so that a guess without the form, or from earlier, can be checked against it."""


def _question(key: str, text: str, choices: Any, range: Any) -> Question | None:
    """Return the question; None if there are neither choices nor a range."""
    _check_key(key)
    if choices is not None and range is not None:
        raise InvalidArgument(f"predict({key!r}, …) has both choices and a range; give one of the two")
    if choices is not None:
        listed = [choices] if isinstance(choices, str) or not isinstance(choices, Iterable) else list(choices)
        if len(listed) < 2 or not all(isinstance(one, str) for one in listed) or len(set(listed)) < len(listed):
            raise InvalidArgument(f'choices={choices!r} leaves nothing to guess; give different texts: ["one", "two"]')
        return Question(key, text, _in_order(listed))
    if range is None:
        return None
    try:
        least, most = (float(as_plain(one)) for one in range)
    except (TypeError, ValueError, OverflowError):
        least = most = nan
    if not (least < most and isfinite(most - least)):
        raise InvalidArgument(f"range={range!r} holds no number to guess; give (least, most), such as (0, 10)")
    return Question(key, text, None, least, most)


NUMBERS = ["no", "none", "never", "one", "once", "two", "twice", "three"]


def _in_order(choices: list[str]) -> tuple[str, ...]:
    """Return choices in an order that hints at nothing: numbers as they are, words by the alphabet."""
    numbers = all(one in NUMBERS or fullmatch(r"(about )?\d.*", one) for one in choices)
    return tuple(choices if numbers else sorted(choices))


def _check_key(key: Any) -> None:
    if not isinstance(key, str) or not fullmatch(rf"{KEY}\.\d+", key):
        raise InvalidArgument(f'{key!r} is not the key of a question; give the lesson and a number: "03.1"')


def _first_guess(key: str) -> Any:
    """Return the first guess that answers the question as it is asked today; None if there is none."""
    guesses = [note["guess"] for note in notes().all("guess", key)]
    asked = _asked.get(key)
    return next((guess for guess in guesses if asked is None or asked.reads(guess)), None)


def _kept_guess(question: Question, guess: Any) -> str:
    return f"Kept: {guess}. Now run the next cell. {_keep(question, guess)}".rstrip()


def _keep(question: Question, guess: Any) -> str:
    plain = as_plain(guess)
    if question.choices is not None or question.most is not None or not isinstance(plain, str):
        plain = question.read(guess)
    not_kept = notes().add("guess", question.key, guess=plain) if _first_guess(question.key) is None else ""
    for view in _veiled.pop(question.key, []):
        view.veil = ""
    return not_kept


_veiled: dict[str, list[View]] = {}


def veiled(key: str, view: View) -> View:
    """Hide a view's picture until there is a guess, or until the learner presses "Show me"; return the view.

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
    _check_key(key)
    if _first_guess(key) is None:
        view.veil = f"What do you expect? Your guess ({key}) uncovers the picture."
        _veiled.setdefault(key, []).append(view)
    return view


def _room(asked: Question) -> Ballot:
    if asked.choices is None:
        raise InvalidArgument("room=True counts votes for choices, and a range has none; give choices=[…]")

    def keep(vote: int, choice: str, hands: int) -> str:
        return notes().add("room", asked.key, choice=choice, votes=hands, vote=vote)

    for vote in (1, 2):  # this room begins; what another one said is over
        for choice in asked.choices:
            if _votes(asked.key)[vote - 1].get(choice, 0):
                keep(vote, choice, 0)
    return Ballot(asked.text, asked.choices, keep)


def _votes(key: str) -> list[dict[str, int]]:
    """Return what the room said last in its first and in its second vote, hands per choice."""
    kept = notes().all("room", key)
    return [{note["choice"]: note["votes"] for note in kept if note.get("vote", 1) == vote} for vote in (1, 2)]


def reveal(key: str, outcome: Any) -> Picture:
    """Compare the guess with what the run computed; without a guess, say so.

    The reason follows here: in the text of the lesson it would be directly below the question.

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

    Raises
    ------
    InvalidArgument
        The outcome is a table or a column of one.
    """
    _check_key(key)
    outcome = as_plain(outcome)
    if isinstance(outcome, pd.Series | pd.Index | pd.DataFrame):
        raise InvalidArgument(
            f"the outcome of {key} is a {type(outcome).__name__}; give the one value that answers the question"
        )
    came, guess = _shown(outcome), _first_guess(key)
    frame = pd.DataFrame({"guess": [guess], "outcome": [outcome]}, index=[key])
    drawn, room = _said_by_the_room(key, came)
    if guess is None:
        lines = [f"Answer: {came}." if room else f"Answer: {came}. (You didn't guess first.)"]
    else:
        about = SAID_TO.get(key, {}).get(str(guess), "") if str(guess) != came else ""
        reply, right = _met(guess, outcome, about)
        lines = [reply]
        if notes().first("outcome", key) is None:
            lines.append(notes().add("outcome", key, outcome=came, right=right))
    says = " ".join(filter(None, [*lines, SAID_TO.get(key, {}).get(came, ""), room]))
    return Picture(f'<p class="says" role="status">{escape(says)}</p>{drawn}', says, frame)


def _met(guess: Any, outcome: Any, about: str) -> tuple[str, bool]:
    """Return the reply to a guess, and whether it counts as right. What is said about the guess follows the guess."""
    said, came = _shown(guess), _shown(outcome)
    if guess == outcome or as_word(said) == as_word(came):
        return f"Yes: {came}.", True
    numbers = _is_number(guess) and _is_number(outcome)
    if numbers and guess * outcome > 0 and abs(guess) <= 2 * abs(outcome) and abs(outcome) <= 2 * abs(guess):
        return f"You said {said}. The answer is {came}: within a factor of two, a good guess.", True
    it = "the answer" if numbers else "it"
    if about:
        return f"You said {said}. Not quite. {about} {it.capitalize()} is {came}.", False
    return f"You said {said}. Not quite: {it} is {came}.", False


def _shown(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _said_by_the_room(key: str, came: str) -> tuple[str, str]:
    """Return the votes of a room as markup and in words; "" where there was no vote."""
    first, second = _votes(key)
    asked = _asked.get(key)
    choices = list(first | second) if asked is None or asked.choices is None else list(asked.choices)
    votes = [[each.get(choice, 0) for choice in choices] for each in (first, second)]
    if not any(map(any, votes)):
        return "", ""
    return bars(choices, votes, came), f"The room said: {said(choices, votes)}"
