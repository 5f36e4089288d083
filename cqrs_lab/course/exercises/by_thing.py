"""Reads a choice for each thing, whichever way round a learner has written them down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cqrs_lab.course.accept import as_choice


def by_thing(answer: Any, choices: Sequence[str]) -> Any:
    """Return an answer as a mapping of thing to choice; one that is no mapping as it is.

    Parameters
    ----------
    answer : Any
        A mapping of thing to choice, or of choice to things. "Events" and "an event" are the choice "event".
    choices : sequence of str

    Returns
    -------
    dict
        A thing that was written under two choices has both: "event and query".

    Examples
    --------
    >>> by_thing({"Queries": ["HowMany", "WhoHas"], "Borrow": "a command"}, ("command", "query"))
    {'HowMany': 'query', 'WhoHas': 'query', 'Borrow': 'command'}
    """
    if not isinstance(answer, Mapping | pd.Series):
        return answer
    found: dict[Any, Any] = {}
    for key, value in answer.items():
        choice, things = _choice(key, choices), [value] if isinstance(value, str) else value
        if choice is None or value is None or not hasattr(things, "__iter__"):
            found[key] = _choice(value, choices) or value
            continue
        for thing in things:
            found[thing] = f"{found[thing]} and {choice}" if thing in found else choice
    return found


def _choice(word: Any, choices: Sequence[str]) -> str | None:
    return found if (found := as_choice(word, choices)) in choices else None
