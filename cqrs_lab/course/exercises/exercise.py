"""What an exercise is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise and its judge.

    Attributes
    ----------
    key : str
        Lesson and number: "02.1".
    judge : callable
        ``judge(answer)`` raises `NotYet` unless the answer does what is asked. It has an oracle of its own, and shares
        no code with the solution.
    hints : tuple of str
        From a nudge to nearly the answer.
    showed : str
        What a passed exercise has shown.
    """

    key: str
    judge: Callable[[Any], None]
    hints: tuple[str, ...]
    showed: str
