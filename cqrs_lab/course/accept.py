"""Accepts answers in every form that a task permits: any number type, any container, any spelling of a word."""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from itertools import islice
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from cqrs_lab.course.guard import NotYet, shown

MOST_ITEMS = 1_000_000
NO_RETURN = "Your function returned None. Is there a return, on every path through it?"


def as_plain(value: Any) -> Any:
    """Return a value of NumPy as Python's own; anything else as it is."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    return value


def as_number(value: Any, done: str, expected: object = "a number") -> float:
    """Return a finite number of any type: int, float, NumPy's, Fraction, Decimal. True and False are not numbers.

    Parameters
    ----------
    value : Any
        What came from the learner.
    done : str
        What was done to the answer, as in `NotYet`.
    expected : object, optional
        What was expected.

    Raises
    ------
    NotYet
        It is None, a text, a container, a bool, or a number that is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> as_number(np.int64(3), "called count()"), as_number(2.5, "called mean()")
    (3, 2.5)
    """
    number = as_plain(value)
    if number is None:
        raise NotYet(done, shown(value), expected, NO_RETURN)
    if isinstance(number, bool):
        raise NotYet(done, shown(value), expected, "That is a yes or a no. How many, or how much, is it?")
    if not isinstance(number, Real | Decimal):
        raise NotYet(done, shown(value), expected, "That is not a number. What does your last line return?")
    if not _is_finite(number):
        ask = "That number is not finite, or far too large. Which line of yours makes it so?"
        raise NotYet(done, shown(value), expected, ask)
    return int(number) if isinstance(number, Integral) else float(number)


def _is_finite(number: Any) -> bool:
    try:
        return math.isfinite(number)
    except (OverflowError, ValueError):  # more digits than a float has room for; a signalling NaN
        return False


def as_whole(value: Any, done: str, expected: object = "a whole number") -> int:
    """Return a whole number of any type; 3.0 is 3, and 3.5 is refused."""
    number = as_number(value, done, expected)
    if number != int(number):
        ask = "Only a whole number makes sense here. Which line of yours divides?"
        raise NotYet(done, shown(value), expected, ask)
    return int(number)


def as_items(value: Any, done: str, expected: object = "a list") -> list[Any]:
    """Return the items of a container of any kind: list, tuple, set, generator, array, dict (its keys), Series, Index.

    Raises
    ------
    NotYet
        It is None, a text, a DataFrame, something without items, or a generator that does not end.

    Examples
    --------
    >>> as_items({3: "x"}.keys(), "called skipped()"), as_items((n * n for n in [1, 2]), "called squares()")
    ([3], [1, 4])
    """
    if value is None:
        raise NotYet(done, shown(value), expected, NO_RETURN)
    if isinstance(value, pd.DataFrame):
        raise NotYet(done, shown(value), expected, "That is a whole table. Which of its columns is the answer?")
    if isinstance(value, Real | Decimal):
        ask = "That is one number, and the task asks for several things. Which ones?"
        raise NotYet(done, shown(value), expected, ask)
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise NotYet(done, shown(value), expected, "The task asks for several things. Which container are yours in?")
    items = [as_plain(one) for one in islice(np.ravel(value) if isinstance(value, np.ndarray) else value, MOST_ITEMS)]
    if len(items) == MOST_ITEMS:
        raise NotYet(done, f"more than {MOST_ITEMS:,} things", expected, "When does your generator end?")
    return items


def as_mapping(value: Any, done: str, expected: object = "a dict") -> dict[Any, Any]:
    """Return a mapping of any kind: dict, Series, DataFrame of one column, pairs of key and value.

    Examples
    --------
    >>> as_mapping([("cup", 2)], "asked your table")
    {'cup': 2}
    """
    if value is None:
        raise NotYet(done, shown(value), expected, NO_RETURN)
    if isinstance(value, pd.DataFrame) and value.shape[1] == 1:
        value = value.iloc[:, 0]
    pairs = list(value.items()) if isinstance(value, Mapping | pd.Series) else as_items(value, done, expected)
    if not all(isinstance(one, tuple | list) and len(one) == 2 for one in pairs):
        ask = "Each thing needs its own value. Where does yours say which is whose?"
        raise NotYet(done, shown(value), expected, ask)
    return {as_plain(key): as_plain(one) for key, one in pairs}


def as_word(value: Any) -> str:
    """Return a word without what makes no difference: capitals, hyphens, underscores, extra spaces, a full stop.

    Examples
    --------
    >>> as_word(" Read-your_Writes.")
    'read your writes'
    """
    if isinstance(value, Enum):
        value = value.value if isinstance(value.value, str) else value.name
    return re.sub(r"[\s_\-\u2010-\u2015]+", " ", str(value)).strip(" .,;:!'\"`").lower()


def as_choice(value: Any, choices: Sequence[str] = ()) -> str:
    """Return which of some choices a word stands for, as `as_word` does: with an article or not, one or several.

    A word that is none of them comes back without its article.

    Examples
    --------
    >>> as_choice("A token"), as_choice("Queries", ["command", "query"])
    ('token', 'query')
    """
    word = re.sub("^(an?|the) ", "", as_word(value))
    plain = map(as_choice, choices)
    return next((one for one in plain if word in _one_or_several(one) or one in _one_or_several(word)), word)


def _one_or_several(word: str) -> tuple[str, str, str]:
    return word, f"{word}s", f"{word.removesuffix('y')}ies"


def build(maker: Any, values: Mapping[str, Any], also: Mapping[str, Sequence[str]] | None = None) -> Any:
    """Return an object of the learner's class, whatever its fields are called, in any order, keyword-only or not.

    Parameters
    ----------
    maker : callable
        A dataclass, a NamedTuple, any class, or a function that makes one.
    values : mapping of str to value
        The values to pass, under the names that the task uses.
    also : mapping of str to words, optional
        Other words that a field for that value may contain: ``{"payer": ("from", "source", "debit")}``. A value that
        no word fits goes to the next field that is left.

    Raises
    ------
    NotYet
        There is no field for a value, or no value for a field.

    Examples
    --------
    >>> from collections import namedtuple
    >>> build(namedtuple("Pay", "pence to_account from_account"), {"payer": "ada", "payee": "ben", "pence": 5},
    ...       {"payer": ("from",), "payee": ("to",)})
    Pay(pence=5, to_account='ben', from_account='ada')
    """
    name = getattr(maker, "__name__", shown(maker))
    done = f"made {name}({', '.join(f'{key}={value!r}' for key, value in values.items())})"
    if not callable(maker):
        raise NotYet(f"looked for {name}", maker, "a class", "What did you pass: the class, or an instance?")
    fields = [
        one
        for one in inspect.signature(maker).parameters.values()
        if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]
    taken = _fields_of(values, [one.name for one in fields], also or {})
    missing = [one.name for one in fields if one.name not in taken.values() and one.default is one.empty]
    if len(taken) < len(values) or missing:
        came = f"fields {', '.join(one.name for one in fields) or 'none'}"
        raise NotYet(done, came, f"a field for each of {', '.join(values)}", "Which field is missing, or one too many?")
    given = {field: values[key] for key, field in taken.items()}
    positional = [given.pop(one.name) for one in fields if one.kind is one.POSITIONAL_ONLY and one.name in given]
    return maker(*positional, **given)


def _fields_of(values: Mapping[str, Any], fields: Sequence[str], also: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the field for each value: by name, by one of its other words, and then by order."""
    taken: dict[str, str] = {}
    ways: tuple[Callable[[str, str], bool], ...] = (
        lambda key, field: as_word(field) == as_word(key),
        lambda key, field: any(word in as_word(field).split() for word in (key, *also.get(key, ()))),
        lambda key, field: True,
    )
    for fits in ways:
        for key in values:
            free = [field for field in fields if field not in taken.values() and fits(key, field)]
            if key not in taken and free:
                taken[key] = free[0]
    return taken
