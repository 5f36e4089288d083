"""What a judge says about an answer, and how it calls a learner's function."""

from __future__ import annotations

import copy
import re
from inspect import isgenerator, isroutine
from typing import Any

from cqrs_lab.errors import SchemaError, said


class NotYet(Exception):
    """An answer does not do what the exercise asks.

    Parameters
    ----------
    done : str
        What was done to the answer. It follows "I", as in "called f(2)", "sent …", "cut the log into …".
    came, expected : object
        What came of it, and what was expected. A str is shown as it is, so pass a *value* that may be a str through
        `shown` first; any other value is shown by its repr.
    ask : str
        A question or a sentence that points at what may be misunderstood.
    """

    def __init__(self, done: str, came: object, expected: object, ask: str) -> None:
        super().__init__(ask)
        self.done, self.ask = done, ask
        self.came, self.expected = (one if isinstance(one, str) else shown(one) for one in (came, expected))


class Raised(NotYet):
    """An answer raises an error. What it misunderstands may show elsewhere: see `cases.errors_last`."""


class NotCopied(Exception):
    """An answer uses something that exists only in the notebook's process."""


CANNOT_BE_COPIED = (
    "Your answer runs as a copy, in a separate process. What does it hold that exists only in this notebook: an "
    "open file, a connection, a generator, a thread? Make it inside your function."
)


ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+(?=>)")
"""A place in memory, as Python's own repr has it: it says nothing, and is another one in every run."""


def shown(value: object) -> str:
    """Return a learner's value as text: the first 160 characters of its repr.

    Examples
    --------
    >>> shown("0"), shown(0), shown(ValueError("no")), shown(len)
    ("'0'", '0', 'ValueError: no', 'the function len')
    >>> shown([object()])
    '[<object object>]'
    """
    text = ADDRESS.sub("", _as_text(value))
    return text if len(text) <= 160 else f"{text[:160]}…"


def shows_an_address(value: object) -> bool:
    """Return whether the text of a value holds a place in memory: it names what it is, and not which one."""
    return ADDRESS.search(_as_text(value)) is not None


def _as_text(value: object) -> str:
    if isinstance(value, BaseException):
        return said(value)
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, tuple) and value and all(isinstance(one, type) for one in value):
        return f"({', '.join(one.__name__ for one in value)}{',' * (len(value) == 1)})"
    if isroutine(value) and value.__name__ != "<lambda>":
        return f"the function {value.__name__}"
    try:
        return "a lambda" if isroutine(value) else repr(value)
    except Exception as error:  # noqa: BLE001 - a repr of the learner's may raise anything
        return f"a {type(value).__name__} whose repr raises {type(error).__name__}"


MEANS: tuple[tuple[tuple[type[BaseException], ...], str], ...] = (
    ((NotCopied,), CANNOT_BE_COPIED),
    (
        (SchemaError,),
        "Your schema declares an index, columns and their kinds, and the rows are not like that. Print both: "
        "what differs? schema.conform(rows) takes the columns it knows, sets the index, and makes 3 of 3.0 where the "
        "schema says int64.",
    ),
    (
        (NameError,),
        "Python knows no such name here. Is it spelt as it was where you made it, and imported in the first cell? "
        "Run the cell that makes it, and then this one again.",
    ),
    (
        (KeyError, AttributeError),
        "There is nothing of that name. Print what you look into (a frame has .columns), and compare names.",
    ),
    (
        (NotImplementedError,),
        "This part is not written yet. Write it in place of the raise, and run that cell and this one again.",
    ),
    ((RecursionError,), "Your function calls itself again and again. On which input does it stop?"),
    ((MemoryError,), "Which list or table grows, and does the task need all of it at once?"),
    (
        (EOFError,),
        "A check has no keyboard, so input() has nothing to read. Take what you need from the arguments.",
    ),
    (
        (SystemExit, KeyboardInterrupt, GeneratorExit),
        "That would end the whole kernel. Use return, or raise an error of your own.",
    ),
)
"""What an error of these types means; the first that fits."""
OTHER_ARGUMENTS = (
    "Compare what the call passes with the parameters of the function: how many are there, in which order, and what "
    "is each one called?"
)


def what_it_means(error: BaseException) -> str:
    """Return what an error in an answer means, and what to do next."""
    if isinstance(error, TypeError) and "argument" in str(error):
        return OTHER_ARGUMENTS
    alone = "Try that line alone, on one input, and look at what goes into it."
    return next((means for types, means in MEANS if isinstance(error, types)), alone)


def call(function: Any, *arguments: Any, name: str = "", returns: str = "", ask: str = "") -> Any:
    """Call a learner's function with copies, and refuse a function that changes them or raises.

    A generator is read to its end and returned as a list, so whatever it raises is caught here.

    Parameters
    ----------
    function : Any
        The learner's answer, which should be a function.
    *arguments : Any
        Its arguments; it gets copies.
    name : str, optional
        What the task calls it.
    returns : str, optional
        What it should return; None is then refused, with a question about the `return`.
    ask : str, optional
        The question to ask when it raises, instead of what the error means.

    Raises
    ------
    Raised
        It raises an error.
    NotYet
        It is no function, it changes an argument, or it returns None where a value is needed.
    """
    named = name or getattr(function, "__name__", "your answer").replace("<lambda>", "your lambda")
    done = f"called {named}({', '.join(map(shown, arguments))})"
    if not callable(function):
        raise NotYet(f"looked for {name or 'a function'}", shown(function), "a function", "What did you hand over?")
    given = copy.deepcopy(arguments)
    try:
        value = function(*given)
        value = list(value) if isgenerator(value) else value
    except NotYet:
        raise
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        raise Raised(done, error, returns or "no error", ask or what_it_means(error)) from None
    if not _same(given, arguments):
        changed = "Who else may be holding what you were given? Make a new value instead of changing it."
        raise NotYet(f"{done}, then looked at what went in", shown(given), shown(arguments), changed)
    if value is None and returns:
        raise NotYet(done, None, returns, "Your function returned None. Is there a return, on every path through it?")
    return value


def _same(one: Any, other: Any) -> bool:
    """Return whether two values are equal, even where `==` compares element by element."""
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return len(one) == len(other) and all(map(_same, one, other))
    equal = one.equals(other) if hasattr(one, "equals") else one == other
    return bool(equal.all() if hasattr(equal, "all") else equal)
