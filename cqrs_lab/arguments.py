"""What a public function accepts: each check returns the argument, or refuses it in one sentence.

A sentence has the fact (``attempts='3'``), what is expected, and the next step. `wanted` is its second half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import index
from reprlib import Repr
from typing import Any

from cqrs_lab.errors import InvalidArgument

_short = Repr()
_short.maxstring = _short.maxother = 80


def shown(value: object) -> str:
    """Return a value's `repr` in one short line, also where that `repr` is long or raises.

    Examples
    --------
    >>> from cqrs_lab.arguments import shown
    >>> shown("order-7"), shown(dict)
    ("'order-7'", 'the class dict')
    """
    return f"the class {value.__qualname__}" if isinstance(value, type) else " ".join(_short.repr(value).split())


def refuse(name: str, value: object, wanted: str) -> InvalidArgument:
    """Return the error that says what was given under this name, and what is wanted."""
    return InvalidArgument(f"{name}={shown(value)} is not {wanted}")


def whole_number(name: str, value: Any, wanted: str, *, least: int = 0) -> int:
    """Return the argument as an int: of any integer type, NumPy's too, but no bool.

    Examples
    --------
    >>> from cqrs_lab.arguments import whole_number
    >>> whole_number("attempts", "3", "a number of attempts; give 1 or more", least=1)
    Traceback (most recent call last):
        ...
    cqrs_lab.errors.InvalidArgument: attempts='3' is not a number of attempts; give 1 or more
    """
    try:
        number = index(value)
    except TypeError:
        raise refuse(name, value, wanted) from None
    if isinstance(value, bool) or number < least:
        raise refuse(name, value, wanted)
    return number


def text(name: str, value: Any, wanted: str) -> str:
    """Return the argument if it is a text, and not an empty one."""
    if not isinstance(value, str) or not value:
        raise refuse(name, value, wanted)
    return value


def function(name: str, value: Any, wanted: str) -> Callable[..., Any]:
    """Return the argument if it can be called."""
    if not callable(value):
        raise refuse(name, value, wanted)
    returned: Callable[..., Any] = value
    return returned


def having(name: str, value: Any, methods: Iterable[str], wanted: str) -> Any:
    """Return the argument if it is an object, and no class, with all of these methods.

    Examples
    --------
    >>> from cqrs_lab.arguments import having
    >>> having("store", dict, ["append"], "an event store; give one, such as MemoryEventStore()")
    Traceback (most recent call last):
        ...
    cqrs_lab.errors.InvalidArgument: store=the class dict is not an event store; give one, such as MemoryEventStore()
    """
    if isinstance(value, type) or not all(callable(getattr(value, one, None)) for one in methods):
        raise refuse(name, value, wanted)
    return value
