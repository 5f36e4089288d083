"""Exercise 12.3: a process sees a stay through, or undoes it, whatever fails and wherever it dies."""

from __future__ import annotations

from collections.abc import Sequence
from inspect import isgeneratorfunction
from typing import Any

import pandas as pd

from cqrs_lab.course.exercises import lesson_12_hotel as hotel
from cqrs_lab.course.exercises.arguments import expect_arguments
from cqrs_lab.course.guard import NotYet, call, shown
from cqrs_lab.shop.played import Course

RETURNS = "a list of commands, [] for none"
DEAD_AFTER = range(1, 7)
"""A right answer sends no more than six commands about a stay."""
CANCELS = (1, 3, 5, 6, 12)
OVER = "a cancelled stay, no room and no money"


def stay(answer: Any) -> None:
    """Judge ``react(event, state)``: a stay ends with a key, a room and the money, or with none of them."""
    if not callable(answer):
        raise NotYet("looked for react", shown(answer), "a function", "What did you hand over?")
    expect_arguments(answer, "react", "event", "state")
    react = _React(answer)
    _forward(react)
    for failure in hotel.FAILURES[1:]:
        _given_up(failure, _play(react, failure))
    _cancelled(react)
    for failure in hotel.FAILURES:
        _dies(react, failure)


class _React:
    """The answer, with a look at what it returns."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def __call__(self, event: Any, state: Any) -> Sequence[Any]:
        commands = call(self._answer, event, state, name="react", returns=RETURNS)
        done = f"called react({event}, {state})"
        if isgeneratorfunction(self._answer) or not isinstance(commands, list | tuple):
            raise NotYet(done, shown(commands), RETURNS, "Even one command stands in a list. What does yours return?")
        if strange := [one for one in commands if not isinstance(one, hotel.Command)]:
            ask = "The hotel takes commands, and records events itself. Which of its commands leads to what you want?"
            raise NotYet(done, shown(strange[0]), RETURNS, ask)
        return commands


def _play(react: _React, failure: str, cancels_after: int = 0, crash_after: int = 0) -> Course:
    return hotel.see_through(failure, cancels_after, crash_after, hotel.process(react))


def _names(log: pd.DataFrame) -> list[str]:
    names: list[str] = log["event"].tolist()
    return names


def _came(log: pd.DataFrame) -> str:
    rooms, pounds = log[["rooms held", "pounds kept"]].iloc[-1]
    return f"{', '.join(_names(log))}; rooms held: {rooms}, pounds kept: {pounds}"


def _holds(log: pd.DataFrame) -> tuple[int, int]:
    rooms, pounds = log[["rooms held", "pounds kept"]].iloc[-1]
    return int(rooms), int(pounds)


def _forward(react: _React) -> None:
    log, _ = _play(react, "nothing fails")
    names, done = _names(log), "played a stay in which nothing fails"
    expected = "a room, then the money, then the key"
    if "KeyGiven" not in names:
        missing = "The guest has no key. Which event of this log does your react let pass, and what should follow?"
        raise NotYet(done, _came(log), expected, missing)
    if "PaymentTaken" not in names[: names.index("KeyGiven")]:
        early = "The key was given before the money was there. Which event says that the bank has paid?"
        raise NotYet(done, _came(log), expected, early)
    if _holds(log) != (1, hotel.POUNDS):
        lost = "The guest has the key, and something went back. What may never be undone once the key is given?"
        raise NotYet(done, _came(log), expected, lost)


GIVES_UP = {
    "no room is left": "Somebody else has the room, and this guest still hopes. Which event says no, and which command "
    "ends a stay?",
    "the bank declines": "The bank said no, and the stay goes on. Which command ends it?",
}


def _given_up(failure: str, course: Course) -> None:
    log, _ = course
    done = f"played a stay in which this fails: {failure}"
    names = _names(log)
    if "KeyGiven" in names:
        raise NotYet(done, _came(log), OVER, "This guest got a key. What had been paid by then?")
    if "StayCancelled" not in names:
        raise NotYet(done, _came(log), OVER, GIVES_UP[failure])
    _all_went_back(log, done)


def _all_went_back(log: pd.DataFrame, done: str) -> None:
    rooms, pounds = _holds(log)
    if rooms:
        ask = "The stay is over, and nobody else can have the room. Which event do all ways back have in common?"
        raise NotYet(done, _came(log), OVER, ask)
    open_ = "PaymentRequested" in _names(log) and not {"PaymentDeclined", "PaymentWithdrawn", "PaymentTaken"} & {
        *_names(log)
    }
    if pounds or open_:
        ask = "The stay is over, and the bank still pays, or may pay yet. Which command tells it to stop, or to refund?"
        raise NotYet(done, _came(log), OVER, ask)


def _cancelled(react: _React) -> None:
    for minutes in CANCELS:
        log, _ = _play(react, "nothing fails", minutes)
        done = f"let the guest cancel after {minutes} minutes"
        if "KeyGiven" not in _names(log):
            _all_went_back(log, done)
        elif _holds(log) != (1, hotel.POUNDS):
            ask = "The guest has the key, and the cancellation was refused. What went back all the same, and why?"
            raise NotYet(done, _came(log), "the room and the money stay", ask)


def _dies(react: _React, failure: str) -> None:
    calm, _ = _play(react, failure)
    for number in DEAD_AFTER:
        log, _ = _play(react, failure, crash_after=number)
        if _names(log) != _names(calm):
            ask = (
                "Your process died, and the new one knows only its state and the events that come. What did yours "
                "remember beside them?"
            )
            done = f"let it die after command {number}, where this fails: {failure}"
            raise NotYet(done, _came(log), _came(calm), ask)


def forward_only(event: Any, state: Any) -> Any:
    """Stand for what is in the cell at first."""
    match event:
        case hotel.StayBooked(stay, at):
            return [hotel.HoldRoom(stay, at)]
        case hotel.RoomHeld(stay, at):
            return [hotel.RequestPayment(stay, at)]
        case hotel.PaymentTaken(stay, at):
            return [hotel.GiveKey(stay, at)]
    return []
