"""How a number, a text, a time and other plain values stand in JSON: what may be written, and how each is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import partial
from math import isfinite
from typing import Any, NamedTuple, Self
from uuid import UUID

import msgspec

from cqrs_lab.arguments import shown


class Misfit(Exception):
    """A value, or what stands for it in JSON, is not what the annotation says."""

    def __init__(self, why: str, where: str = "") -> None:
        super().__init__(why, where)
        self.why, self.where = why, where

    def within(self, part: str) -> Self:
        """Return the same, as it is said from further outside."""
        dot = "." if self.where and not self.where.startswith("[") else ""
        return type(self)(self.why, f"{part}{dot}{self.where}")


def unsure(values: Sequence[Any]) -> bool:
    """Return False: each value has to be checked by itself."""
    return False


class Form(NamedTuple):
    """How values of one annotation are written and read."""

    check: Callable[[Any], None]
    """Raises a `Misfit` if a value would not be read as it is now."""
    read: Callable[[Any], Any]
    """Returns the value for what `parse` returns, or raises a `Misfit`."""
    plain: bool = True
    """Whether making a value runs no code of its class, so that any reader may make it."""
    whole: bool = True
    """Whether a value always has all its fields; one without slots may lack those that have a default."""
    all_fit: Callable[[Sequence[Any]], bool] = unsure
    """Whether one look at many values shows that `check` would pass each of them."""


class NoSuch(Exception):
    """What JSON holds stands for no value of the annotation."""


def _anything(value: Any) -> None:
    pass


def _check_int(value: int) -> None:
    if not -(2**63) <= value < 2**63:
        raise Misfit(f"is {shown(value)}, more than 64 bits hold; declare it as str")


def _check_float(value: float) -> None:
    if not isfinite(value):
        raise Misfit(f"is {value}, which JSON cannot hold; declare it '| None' and record None")


def _check_text(value: str) -> None:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise Misfit(f"is {shown(value)}, with half of a surrogate pair, which is no text") from None


def _check_decimal(value: Decimal) -> None:
    if not value.is_finite():
        raise Misfit(f"is {value}, which JSON cannot hold; declare it '| None' and record None")


def _check_time(value: Any) -> None:
    zone = value.tzinfo
    if zone is not None and (type(zone) is not timezone or zone.utcoffset(None) % timedelta(minutes=1)):
        raise Misfit(f"is {value}, in a zone that would be lost; record it in UTC: .astimezone(timezone.utc)")
    if value.fold:
        raise Misfit(f"is {value} with fold=1, which would be lost; record it in UTC: .astimezone(timezone.utc)")


def _always(values: Sequence[Any]) -> bool:
    return True


def _ints_fit(values: Sequence[int]) -> bool:
    return not values or (min(values) >= -(2**63) and max(values) < 2**63)


def _floats_fit(values: Sequence[float]) -> bool:
    return all(map(isfinite, values))


def _texts_fit(values: Sequence[str]) -> bool:
    return "".join(values).isascii()


def _times_fit(values: Sequence[Any]) -> bool:
    return all([one.tzinfo is None and not one.fold for one in values])


def _read_bool(raw: Any) -> Any:
    if type(raw) is not bool:
        raise NoSuch
    return raw


def _read_int(raw: Any) -> Any:
    if type(raw) is Decimal and raw.adjusted() < 19 and raw == int(raw):
        raw = int(raw)  # 1.0 and 1e2 are how JavaScript and pandas may write whole numbers
    if type(raw) is not int:
        raise NoSuch
    _check_int(raw)
    return raw


def _read_float(raw: Any) -> Any:
    if type(raw) not in (int, Decimal):
        raise NoSuch
    try:
        value = float(raw)
    except OverflowError:
        value = float("inf")
    if not isfinite(value) or (type(raw) is int and int(value) != raw):
        raise Misfit(f"is {shown(raw)}, equal to no float")
    return value


def _read_text(raw: Any) -> Any:
    if type(raw) is not str:
        raise NoSuch
    _check_text(raw)
    return raw


def _read_by_msgspec(kind: Any, exact: bool, raw: Any) -> Any:
    if type(raw) is not str:
        raise NoSuch
    digits = raw.partition(".")[2][:7]
    if not exact and len(digits) == 7 and digits.isdecimal():
        raise Misfit(f"is {shown(raw)}, with more than microseconds")
    try:
        value = msgspec.convert(raw, kind)
    except msgspec.ValidationError:
        raise NoSuch from None
    if exact and msgspec.to_builtins(value) != raw:
        raise NoSuch
    return value


PLAIN: dict[Any, Form] = {
    bool: Form(_anything, _read_bool, all_fit=_always),
    int: Form(_check_int, _read_int, all_fit=_ints_fit),
    float: Form(_check_float, _read_float, all_fit=_floats_fit),
    str: Form(_check_text, _read_text, all_fit=_texts_fit),
    Decimal: Form(_check_decimal, partial(_read_by_msgspec, Decimal, True)),
    datetime: Form(_check_time, partial(_read_by_msgspec, datetime, False), all_fit=_times_fit),
    time: Form(_check_time, partial(_read_by_msgspec, time, False), all_fit=_times_fit),
    **{kind: Form(_anything, partial(_read_by_msgspec, kind, False), all_fit=_always) for kind in (date, timedelta)},
    **{kind: Form(_anything, partial(_read_by_msgspec, kind, True), all_fit=_always) for kind in (bytes, UUID)},
}
