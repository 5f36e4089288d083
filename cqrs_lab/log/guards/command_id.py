"""A command id stands for one command: the id carries a fingerprint of the command it was first used for.

The fingerprint is an attribute of the id, so every store that keeps the id as it is keeps the fingerprint too.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from hashlib import sha256
from math import isfinite
from numbers import Integral, Real
from operator import attrgetter
from types import BuiltinFunctionType, FunctionType, MappingProxyType
from typing import Any, Self

from cqrs_lab.arguments import shown, text
from cqrs_lab.errors import CommandIdReused, InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent

_PYTHONS_OWN = frozenset({str, int, float, bool, type(None), datetime, timedelta, Decimal, tuple, list, dict, type})


class CommandId(str):
    """The id of a command, and what it stands for.

    It is a string, equal to the text it is made from. A store that writes ids to a file saves `stands_for` beside the
    text, and makes the id from both when it reads them.

    Parameters
    ----------
    written : str
    stands_for : str, optional
        The command's type and fingerprint; "" if unknown.

    Examples
    --------
    >>> from cqrs_lab.log.guards.command_id import CommandId
    >>> CommandId("payment-7") == "payment-7", CommandId("payment-7").stands_for
    (True, '')
    """

    __slots__ = ("stands_for",)  # a log keeps many of them

    stands_for: str

    def __new__(cls, written: str, stands_for: str = "") -> Self:  # noqa: D102 - said above
        made = super().__new__(cls, written)
        made.stands_for = stands_for
        return made

    @classmethod
    def of(cls, command: object, given: str | None) -> Self | None:
        """Return the id with this command's fingerprint; None if there is no id."""
        if given is None:
            return None
        return cls(text("command_id", given, "an id; give a string such as 'payment-7', or None"), fingerprint(command))

    def check(self, first: Sequence[RecordedEvent], stream: str, command: object) -> None:
        """Refuse this command if the events recorded under its id belong to another command.

        If the store kept only the id's text, there is nothing to compare, and nothing is refused.

        Raises
        ------
        CommandIdReused
        InvalidArgument
            There are no such events: the store does not keep ids.
        """
        if not first:
            todo = "keep append's command_id on each RecordedEvent, or send without ids"
            raise InvalidArgument(f"the store shows no event of command id {self!r} in stream {stream!r}; {todo}")
        recorded = getattr(first[0].command_id, "stands_for", "")
        if recorded and recorded != self.stands_for:
            raise CommandIdReused(stream, self, recorded.partition(" ")[0], shown(command))


def fingerprint(command: object) -> str:
    """Return the command's type and a short hash of its values.

    It is the same for commands of one class with equal values: in every process, for a class defined again under the
    same name and module, and whatever the order of a dict or a set. A number, a text or a time is the same in every
    type that keeps it exactly, such as 5, 5.0 and ``np.int64(5)``, or a datetime and a ``pd.Timestamp``. Containers are
    the same if they are of one kind: a list is no tuple. Fields declared with ``compare=False`` do not count.

    Raises
    ------
    InvalidArgument
        The command holds something without a value to compare, such as a lock, a generator or a connection.

    Examples
    --------
    >>> from cqrs_lab.log.guards.command_id import fingerprint
    >>> fingerprint("switch on"), fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2.0, "a": 1})
    ('str 6bb50cdf93fc7404', True)
    """
    try:
        written = _written(command)
    except Exception as error:
        why = "holds what cannot be compared later"
        todo = "let commands hold plain values, or send this one without an id"
        raise InvalidArgument(f"{shown(command)} {why} ({type(error).__name__}: {error}); {todo}") from error
    return f"{type(_plain(command)).__qualname__} {sha256(written.encode(errors='surrogatepass')).hexdigest()[:16]}"


# A dataclass that is one of these too is written as that.
_WRITTEN_BY_VALUE = (str, bytes, bytearray, Real, Decimal, complex, date, time, timedelta, type, set, frozenset, dict)
# What most fields hold, for speed: as `_written` would write it.
_FORMS: dict[type, str] = {str: "%r", int: "%x/1"}
_AT_ONCE: dict[type, Callable[[Any], str]] = {kind: form.__mod__ for kind, form in _FORMS.items()}


def _written(value: Any) -> str:
    """Return a text for a value; equal values have equal texts."""
    kind: Any = type(value)  # to mypy, a class is not hashable
    if (write := _AT_ONCE.get(kind) or _of_dataclass(kind)) is not None:
        return write(value)
    value = _plain(value)
    if value is None or isinstance(value, (str, bytes)):
        return repr(value) if value is None or isinstance(value, bytes) else repr(str.__str__(value))
    if isinstance(value, (Real, Decimal)):
        return _number(value)
    if isinstance(value, complex):
        return f"complex({_number(value.real)},{_number(value.imag)})" if value.imag else _number(value.real)
    if isinstance(value, (date, time, timedelta)):
        return _time(value)
    if isinstance(value, (type, FunctionType, BuiltinFunctionType)):
        if "<" in value.__qualname__ and not isinstance(value, type):
            raise TypeError("two functions without a name of their own cannot be told apart")
        return f"{value.__module__}.{value.__qualname__}"
    if type(value) in (list, tuple):
        return f"{type(value).__name__}({','.join(map(_written, value))})"
    if isinstance(value, (set, frozenset)):
        return f"set({','.join(sorted(map(_written, value)))})"
    if isinstance(value, (dict, MappingProxyType)) and not isinstance(value, OrderedDict):
        return f"dict({','.join(sorted(f'{_written(key)}:{_written(held)}' for key, held in value.items()))})"
    return f"{_written(type(value))}({_parts(value)})"


@cache
def _of_dataclass(kind: Any) -> Callable[[Any], str] | None:
    """Return what writes objects of a dataclass; None for another class."""
    if issubclass(kind, _WRITTEN_BY_VALUE) or not is_dataclass(kind):
        return None
    # The fields that count, in the order in which a dict of them is written.
    names = sorted((one.name for one in fields(kind) if one.compare), key=repr)
    begin = f"{_written(kind)}(dict(".replace("%", "%%")
    # A command may hold hundreds of lines, so what all objects with values of the same types share is made once:
    # a form, and whether it takes the values as they are.
    known: dict[tuple[type, ...], tuple[str, bool]] = {}

    # Of a single name, `attrgetter` would return no tuple.
    values_of: Callable[[Any], tuple[Any, ...]] = attrgetter(*names) if len(names) > 1 else (
        lambda value: tuple([getattr(value, name) for name in names])
    )

    def form_of(types: tuple[type, ...]) -> tuple[str, bool]:
        parts = [f"{name!r}:{_FORMS.get(one, '%s')}" for name, one in zip(names, types, strict=True)]
        return known.setdefault(types, (f"{begin}{','.join(parts)}))", _FORMS.keys() >= set(types)))

    def write(value: Any) -> str:
        held = values_of(value)
        types = tuple(map(type, held))
        form, as_they_are = known.get(types) or form_of(types)
        if not as_they_are:
            held = tuple([one if type(one) in _FORMS else _written(one) for one in held])
        return form % held

    return write


def _parts(value: Any) -> str:
    """Return a text for the parts an object is made of."""
    reduced = value.__reduce_ex__(4)  # as `copy` and `pickle` take any object apart
    if isinstance(reduced, str):
        return reduced
    make, arguments, *more = reduced
    return ",".join([_written(make), *map(_written, arguments), *(_written(_listed(one)) for one in more)])


def _listed(part: Any) -> Any:
    return list(part) if hasattr(part, "__next__") else part


def _plain(value: Any) -> Any:
    """Return the equal value of Python's own types, for one of NumPy's or pandas' that has one."""
    if type(value) in _PYTHONS_OWN:
        return value
    if hasattr(value, "to_pydatetime") and not value.nanosecond:
        return value.to_pydatetime()
    if hasattr(value, "to_pytimedelta") and not value.nanoseconds:
        return value.to_pytimedelta()
    if isinstance(value, bytearray):
        return bytes(value)
    if type(value).__module__ != "numpy" or getattr(value, "shape", None) != () or hasattr(value, "__setitem__"):
        return value
    if value.dtype.kind not in "mM":
        return value.item()
    # In nanoseconds, `item` returns a number.
    exact = value if value.dtype == "datetime64[D]" else value.astype(f"{value.dtype.kind}8[us]")
    if exact == value and isinstance(found := exact.item(), (date, timedelta)):
        return found
    return str(value.dtype), value.astype("int64").item()


def _time(value: Any) -> str:
    if value != value:
        return "NaT"
    if isinstance(value, datetime):
        offset, naive = value.utcoffset(), datetime.combine(value.date(), value.time())
        since = naive - datetime.min - (offset or timedelta(0))  # no date: the first day of all may have an offset
        return f"datetime({_time(since)},{'local' if offset is None else 'utc'},{getattr(value, 'nanosecond', 0)})"
    if isinstance(value, timedelta):
        return f"timedelta({value.days},{value.seconds},{value.microseconds},{getattr(value, 'nanoseconds', 0)})"
    return f"{'date' if isinstance(value, date) else 'time'}({value.isoformat()})"


def _number(value: Any) -> str:
    if isinstance(value, Integral):
        return f"{int(value):x}/1"
    if not isfinite(value):
        return str(float(value))
    above, below = value.as_integer_ratio()
    return f"{above:x}/{below:x}"
