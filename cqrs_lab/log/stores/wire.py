"""How a value of each annotation stands in JSON: what may be written, and what is read. See `docs/wire_format.md`.

Exact and slow, with the standard library's parser: `codec` takes msgspec's result where the two cannot differ.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import partial
from itertools import chain
from types import MemberDescriptorType
from typing import Any, get_args, get_origin
from uuid import UUID

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.guards.shape import Value, beside_the_fields, fields_of, value_of
from cqrs_lab.log.stores.plain_values import PLAIN, Form, Misfit, NoSuch, unsure

ACCEPTED = (
    "bool, int, float, str, bytes, date, time, datetime, timedelta, Decimal, UUID, an enum or a Literal of str or int "
    "(each also '| None'), a tuple or a dataclass of these, or a frozenset of str, int, date, Decimal, UUID or bytes"
)
# What a set may hold is written in its order, so it must have one.
_ORDERED = (str, int, date, Decimal, UUID, bytes)


def parse(payload: bytes) -> Any:
    """Return what a JSON text holds; fractions as `Decimal`, so that none is rounded yet."""
    try:
        return json.loads(
            payload.decode(), object_pairs_hook=_no_key_twice, parse_float=Decimal, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        raise Misfit(f"is not UTF-8 (byte {error.start})") from None
    except RecursionError:
        raise Misfit("is nested too deeply") from None
    except ValueError as error:
        raise Misfit(f"is not JSON ({error})") from None


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise Misfit("is there twice", next(name for name in names if names.count(name) > 1))
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def form_of(hint: Any, whose: str, holders: tuple[type, ...] = ()) -> Form:
    """Return how values of an annotation are written and read.

    Raises
    ------
    InvalidArgument
        There is no such way.
    """
    value, text = value_of(hint), hint.__name__ if isinstance(hint, type) else str(hint).replace("typing.", "")
    form = _form(value, whose, holders)
    if form is None:
        raise InvalidArgument(f"{whose}: {text} cannot be recorded as JSON; use {ACCEPTED}")
    check, read = _checked(form, value, text), partial(_read, form, value, text)
    return Form(check, read, form.plain, form.whole, partial(_all_fit, form, value))


def _form(value: Value, whose: str, holders: tuple[type, ...]) -> Form | None:
    kind, origin, held = value.kind, get_origin(value.kind), get_args(value.kind)
    if kind in PLAIN:
        return PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum(kind)
    if origin in (tuple, frozenset):
        series = origin is frozenset or (len(held) == 2 and held[1] is Ellipsis)
        if origin is frozenset and ((item := value_of(held[0])).kind not in _ORDERED or item.optional):
            return None
        forms = [form_of(one, whose, holders) for one in held if one is not Ellipsis]
        return _series(origin, forms[0]) if series else _fixed(forms)
    if isinstance(kind, type) and is_dataclass(kind):
        return class_form(kind, holders)
    return None


def _checked(form: Form, expected: Value, text: str) -> Callable[[Any], None]:
    kind, optional, listed, check = get_origin(expected.kind) or expected.kind, *expected[1:], form.check

    def checked(value: Any) -> None:
        if value is None and optional:
            return
        if type(value) is not kind:
            raise Misfit(f"is {shown(value)}, a {type(value).__name__}, declared as {text}")
        if listed and value not in listed:
            raise Misfit(f"is {shown(value)}, declared as {text}")
        check(value)

    return checked


def _all_fit(form: Form, expected: Value, values: Sequence[Any]) -> bool:
    if expected.optional:
        values = [one for one in values if one is not None]
    if set(map(type, values)) - {get_origin(expected.kind) or expected.kind}:
        return False
    return (not expected.listed or expected.listed.issuperset(values)) and form.all_fit(values)


def _read(form: Form, expected: Value, text: str, raw: Any) -> Any:
    if raw is None and expected.optional:
        return None
    try:
        value = form.read(raw)
    except NoSuch:
        raise Misfit(f"is {_as_json(raw)}, declared as {text}") from None
    if expected.listed and value not in expected.listed:
        raise Misfit(f"is {_as_json(raw)}, declared as {text}")
    return value


def _as_json(raw: Any) -> str:
    if isinstance(raw, Decimal):
        return str(raw)
    return "null" if raw is None else str(raw).lower() if isinstance(raw, bool) else shown(raw)


# --- dataclasses, tuples and sets ---------------------------------------------------------------------------


def class_form(kind: Any, holders: tuple[type, ...] = ()) -> Form:
    """Return how objects of a dataclass are written and read: an object with exactly its fields, in their order.

    No code of the class runs as one is read: it was made and checked when it happened, and is what was recorded.
    """
    if kind in holders:
        raise InvalidArgument(f"{kind.__name__} holds itself, without a bound; record ids instead")
    forms = {
        name: form_of(hint, f"{kind.__name__}.{name}", (*holders, kind)) for name, hint in fields_of(kind).items()
    }
    try:
        object.__new__(kind)
    except TypeError as error:
        raise InvalidArgument(f"{kind.__name__} cannot be read back ({error}); declare a plain dataclass") from None
    own_code = hasattr(kind, "__post_init__") or not all(one.init for one in fields(kind))
    plain = not own_code and all(one.plain for one in forms.values())
    loose = {name for name in forms if not isinstance(getattr(kind, name, None), MemberDescriptorType)}
    whole = not any(hasattr(kind, name) for name in loose) and all(one.whole for one in forms.values())
    all_fit = unsure if loose or kind.__dictoffset__ else partial(_all_fields_fit, forms)
    return Form(partial(_check_fields, forms, loose), partial(_read_fields, kind, forms), plain, whole, all_fit)


def _check_fields(forms: dict[str, Form], loose: set[str], value: Any) -> None:
    name = ""
    if loose and not loose <= value.__dict__.keys():  # what it has from its class alone, msgspec does not write
        raise Misfit("was never set; make the event by calling its class", min(loose - value.__dict__.keys()))
    try:
        for name, form in forms.items():
            form.check(getattr(value, name))
    except Misfit as misfit:
        raise misfit.within(name) from None
    if beside := beside_the_fields(value):
        raise Misfit("is no field, and would be lost; declare it, or use a property", beside[0])


def _all_fields_fit(forms: dict[str, Form], values: Sequence[Any]) -> bool:
    return all(form.all_fit([getattr(one, name) for one in values]) for name, form in forms.items())


def _read_fields(kind: Any, forms: dict[str, Form], raw: Any) -> Any:
    if type(raw) is not dict:
        raise NoSuch
    for name in raw:
        if name not in forms:
            known = ", ".join(forms) or "none"
            raise Misfit(f"is no field of {kind.__name__} (its fields: {known})", name)
    made = object.__new__(kind)
    for name, form in forms.items():
        if name not in raw:
            raise Misfit("is missing", name)
        try:
            object.__setattr__(made, name, form.read(raw[name]))
        except Misfit as misfit:
            raise misfit.within(name) from None
    return made


def _each(work: Callable[[Any], Any], items: Iterable[Any]) -> Iterable[Any]:
    number = 0
    try:
        for number, item in enumerate(items):  # noqa: B007 - the last one is named
            yield work(item)
    except Misfit as misfit:
        raise misfit.within(f"[{number}]") from None


def _series(kind: Any, item: Form) -> Form:
    def check(value: Any) -> None:
        for _ in _each(item.check, value):
            pass

    def read(raw: Any) -> Any:
        if type(raw) is not list:
            raise NoSuch
        made = kind(_each(item.read, raw))
        if len(made) < len(raw):
            raise Misfit("holds an item twice, but is a set")
        return made

    return Form(check, read, item.plain, item.whole, lambda values: item.all_fit(list(chain.from_iterable(values))))


def _fixed(items: list[Form]) -> Form:
    def check(value: Any) -> None:
        if len(value) != len(items):
            raise Misfit(f"holds {len(value)} items, declared with {len(items)}")
        for _ in _each(lambda pair: pair[0].check(pair[1]), zip(items, value, strict=True)):
            pass

    def read(raw: Any) -> Any:
        if type(raw) is not list:
            raise NoSuch
        if len(raw) != len(items):
            raise Misfit(f"holds {len(raw)} items, declared with {len(items)}")
        return tuple(_each(lambda pair: pair[0].read(pair[1]), zip(items, raw, strict=True)))

    return Form(check, read, all(one.plain for one in items), all(one.whole for one in items))


def _enum(kind: type[Enum]) -> Form | None:
    members = {one.value: one for one in kind}
    types = set(map(type, members))
    if types not in ({str}, {int}):
        return None
    value = PLAIN[types.pop()]

    def read(raw: Any) -> Any:
        if (found := members.get(value.read(raw))) is None:
            raise NoSuch
        return found

    fit = value.all_fit(list(members))
    return Form(lambda member: value.check(member.value), read, all_fit=lambda values: fit)
