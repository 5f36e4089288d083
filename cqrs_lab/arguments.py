"""Check what a public function is given: each check returns the argument, or refuses it in one sentence.

A sentence says what was given (``attempts='3'``), what is expected, and what to do. `wanted` is its second half.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from numbers import Integral, Rational, Real
from operator import index
from reprlib import Repr
from typing import Any, TypeVar

from cqrs_lab.errors import CqrsLabError, InvalidArgument, said

Item = TypeVar("Item")


class _Short(Repr):
    def repr_int(self, x: int, level: int) -> str:
        """Python refuses to write out an int above 4,300 digits."""
        bits = x.bit_length()
        return super().repr_int(x, level) if bits < 10_000 else f"an int of {bits:,} bits"


_short = _Short()
_short.maxstring = _short.maxother = 80


def shown(value: object) -> str:
    """Return a value's `repr` in one short line, even if that `repr` is long or raises.

    Examples
    --------
    >>> from cqrs_lab.arguments import shown
    >>> shown("order-7"), shown(dict)
    ("'order-7'", 'the class dict')
    """
    return f"the class {value.__qualname__}" if isinstance(value, type) else " ".join(_short.repr(value).split())


def refuse(name: str, value: object, wanted: str) -> InvalidArgument:
    """Return an error that says what was given for this argument, and what is expected."""
    return InvalidArgument(f"{name}={shown(value)} is not {wanted}")


def whole_number(name: str, value: Any, wanted: str, *, least: int = 0) -> int:
    """Return the argument as an int: any integer type will do, NumPy's too, but not a bool.

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


def is_whole(value: Any) -> bool:
    """Return whether a number is whole, also when it is written as 2e7; True is none.

    Examples
    --------
    >>> from cqrs_lab.arguments import is_whole
    >>> is_whole(2e7), is_whole(7), is_whole(0.5), is_whole(True)
    (True, True, False, False)
    """
    if isinstance(value, Rational):
        return isinstance(value, Integral) and not isinstance(value, bool)
    return isinstance(value, Real) and float(value).is_integer()


def how_many(name: str, value: Any, wanted: str, *, least: int = 0) -> int:
    """Return a count as an int; a whole float is one, since people write 2e7.

    Examples
    --------
    >>> from cqrs_lab.arguments import how_many
    >>> how_many("events", 2e7, "a number of events; give 1 or more", least=1)
    20000000
    """
    written_as_float = is_whole(value) and not isinstance(value, Integral)
    return whole_number(name, int(value) if written_as_float else value, wanted, least=least)


def seconds(name: str, value: Any, wanted: str) -> Any:
    """Return the argument if it is a number of seconds, and not a bool."""
    if not isinstance(value, (int, float, Real)) or isinstance(value, bool) or value != value:
        raise refuse(name, value, wanted)
    return value


def text(name: str, value: Any, wanted: str) -> str:
    """Return the argument if it is a string, and not an empty one."""
    if not isinstance(value, str) or not value:
        raise refuse(name, value, wanted)
    return value


def kind(name: str, value: Any, wanted: str) -> type:
    """Return the argument if it is a class."""
    if not isinstance(value, type):
        raise refuse(name, value, wanted)
    return value


def items(name: str, value: Any, of: type[Item], wanted: str) -> list[Item]:
    """Return the argument as a list, if it holds only objects of this class."""
    found = list(value) if isinstance(value, Iterable) else None
    if found is None or not all(isinstance(one, of) for one in found):
        raise refuse(name, value, wanted)
    return found


def name_from(name: str, function: Callable[[Any], Any], argument: object) -> str:
    """Return the name that the caller's function returns, or refuse what is not a name."""
    try:
        found = function(argument)
    except CqrsLabError:
        raise
    except Exception as error:
        raise InvalidArgument(f"{name}({shown(argument)}) raised {said(error)}; make it return a name") from error
    if not isinstance(found, str) or not found:
        raise refuse(f"{name}({shown(argument)})", found, "a name; make it return a string such as 'order-7'")
    return found


def function(name: str, value: Any, wanted: str) -> Callable[..., Any]:
    """Return the argument if it can be called."""
    if not callable(value):
        raise refuse(name, value, wanted)
    returned: Callable[..., Any] = value
    return returned


def hashable(name: str, value: Item, wanted: str) -> Item:
    """Return the argument if it can be the key of a dict."""
    try:
        hash(value)
    except (TypeError, ValueError):
        raise refuse(name, value, wanted) from None
    return value


def having(name: str, value: Any, methods: Iterable[str], wanted: str) -> Any:
    """Return the argument if it is an object (not a class) with all of these methods.

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


def check_range(after: object, limit: object) -> tuple[int, int | None]:
    """Return a range of the log with its numbers as ints, or refuse one that has no meaning."""
    start = whole_number("after", after, "a place in the log; give 0 (from the start) or more")
    if limit is None:
        return start, None
    return start, whole_number("limit", limit, "a number of events; give 0 or more, or None for all")


def check_stream(stream: object, command_id: object = None) -> None:
    """Refuse a stream name or a command id that is empty or not a string."""
    text("stream", stream, "a name; give a string such as 'order-7'")
    if command_id is not None:
        text("command_id", command_id, "an id; give a string such as 'payment-7', or None")
