"""Event objects to JSON and back, strictly by a declared list of event types; needs `cqrs-lab[sqlite]` (msgspec).

The class of an event is looked up by the name that was declared for it: data never says which class is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from cqrs_lab.arguments import refuse, shown, text
from cqrs_lab.errors import DecodingFailed, InvalidArgument, UnknownEventType
from cqrs_lab.log.guards.identity import check_declared, held_by
from cqrs_lab.log.stores.plain_values import Form, Misfit
from cqrs_lab.log.stores.wire import class_form, parse

MOST_BYTES = 1_000_000
"""The longest payload. A longer one is a document: keep it elsewhere, and record where."""

EventTypes = Mapping[str, type | Sequence[type]]
"""For each name that is written to the log its class; with older shapes, all of them, the oldest first."""

_MARK = "__msgspec_cache__"
# No int outside of 64 bits is shorter, and msgspec reads those.
_LONG_NUMBER = b"0" * 19
_DIGITS_AS_ZEROS = bytes(ord("0") if chr(one).isdecimal() and one < 128 else ord(" ") for one in range(256))


class Encoded(NamedTuple):
    """An event as it is written: the declared name and version of its type, and its fields as JSON."""

    name: str
    version: int
    payload: bytes


class _Declared(NamedTuple):
    name: str
    version: int
    kind: type
    form: Form
    decoder: msgspec.json.Decoder[Any] | None
    """Reads what this program has written, fast; None if msgspec would run code of the class."""


class EventCodec:
    """Writes events as JSON and reads them, by declared names and versions.

    Parameters
    ----------
    events : mapping of str to type
        The name that each event type has in the log, and its class, a dataclass: ``{"order-placed": OrderPlaced}``. If
        its shape has changed, give all of its classes, the oldest first: ``{"registered": (Registered1, Registered)}``.
        They are versions 1, 2, …, and an event is read as the class it was recorded in; an `UpcastingStore` around the
        store makes the newest of it. Never rename an entry, and add classes at the end only.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from cqrs_lab.log.stores.codec import EventCodec
    >>> @dataclass(frozen=True)
    ... class Deposited:
    ...     account: str
    ...     cents: int
    >>> codec = EventCodec({"deposited": Deposited})
    >>> codec.encode(Deposited("a", 250))
    Encoded(name='deposited', version=1, payload=b'{"account":"a","cents":250}')
    >>> codec.decode("deposited", 1, b'{"account": "a", "cents": 250.0}', position=7)
    Deposited(account='a', cents=250)
    """

    def __init__(self, events: EventTypes) -> None:
        encoder = msgspec.json.Encoder(order="deterministic")
        self._encode, self._encode_lines = encoder.encode, encoder.encode_lines
        self._by_name: dict[tuple[str, int], _Declared] = {}
        self._newest: dict[str, _Declared] = {}
        self._by_class: dict[type, _Declared] = {}
        for name, version, kind in _listed(events):
            form = class_form(kind)
            declared = _Declared(name, version, kind, form, _fast(kind) if form.plain else None)
            if (other := self._by_class.setdefault(kind, declared)) is not declared:
                twice = f"{other.name!r} version {other.version} and {name!r} version {version}"
                raise InvalidArgument(f"events: {kind.__name__} is declared twice, as {twice}; give each a class")
            self._by_name[name, version] = self._newest[name] = declared

    def encode(self, event: Any) -> Encoded:
        """Return an event as it is written.

        Raises
        ------
        InvalidArgument
            Its class is not declared, or it would not be read as it is now.
        """
        declared = self._by_class.get(type(event))
        if declared is None:
            check_declared(self._by_class, type(event), "is declared as an event type")
            raise InvalidArgument(
                f"{shown(event)}: {type(event).__name__} is not a declared event type ({self._names()}); "
                "declare it, with the name it is to have in the log, in events={…}"
            )
        try:
            declared.form.check(event)
        except Misfit as misfit:
            where = f"{type(event).__name__}.{misfit.where}"
            raise InvalidArgument(f"{where} {misfit.why}") from None
        payload = self._encode(event)
        if len(payload) > MOST_BYTES:
            what = f"{type(event).__name__} takes {len(payload):,} bytes as JSON, more than {MOST_BYTES:,}"
            raise InvalidArgument(f"{what}; keep what is long elsewhere, and record where")
        return Encoded(declared.name, declared.version, payload)

    def encode_all(self, events: Sequence[Any]) -> list[Encoded]:
        """Return events as `encode` writes each of them; an error says the number of its event.

        What one look at all of them shows need not be looked for in each, which takes most of the time.

        Raises
        ------
        InvalidArgument
        """
        declared = {kind: self._by_class.get(kind) for kind in set(map(type, events))}
        if all(one and one.form.all_fit([e for e in events if type(e) is kind]) for kind, one in declared.items()):
            # No line break is inside a line: in a text, JSON has it as two characters.
            payloads = self._encode_lines(events).splitlines()
            if max(map(len, payloads), default=0) <= MOST_BYTES:
                types = [declared[type(event)] for event in events]
                return [Encoded(one.name, one.version, line) for one, line in zip(types, payloads, strict=True) if one]
        encoded = []
        for number, event in enumerate(events, 1):
            try:
                encoded.append(self.encode(event))
            except InvalidArgument as error:
                raise InvalidArgument(f"event {number}: {error}") from None
        return encoded

    def decode(self, name: str, version: int, payload: bytes, position: int) -> Any:
        """Return the event that was written.

        Raises
        ------
        UnknownEventType
            No class is declared for this name and version.
        DecodingFailed
            The payload does not hold exactly the fields of the class.
        """
        declared = self._by_name.get((name, version))
        if declared is None:
            raise UnknownEventType(name, version, position, self._names())
        if declared.decoder is not None and len(payload) <= MOST_BYTES:
            try:
                event = declared.decoder.decode(payload)
                # msgspec passes over unknown fields and repeated keys, and fills in defaults. Written again, the event
                # shows whether it did any of that, unless the default was left to the class.
                if self._encode(event) == payload and _LONG_NUMBER not in payload.translate(_DIGITS_AS_ZEROS):
                    if not declared.form.whole:
                        declared.form.check(event)
                    return event
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, Misfit):
                pass  # said below, exactly
        return _read(declared, payload, position)

    def decode_at_once(self, name: str, version: int, payloads: Sequence[bytes]) -> list[Any] | None:
        """Return the events of one type, if they were written by `encode`; None if one has to be read by `decode`."""
        declared = self._by_name.get((name, version))
        if declared is None or declared.decoder is None or not declared.form.whole:
            return None
        lines = b"\n".join([*payloads, b""])
        try:
            events = declared.decoder.decode_lines(lines)
            # One line for each event, and no other line break: so each line is the payload that is its event again.
            if len(events) != len(payloads) or self._encode_lines(events) != lines:
                return None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        long = _LONG_NUMBER in lines.translate(_DIGITS_AS_ZEROS) or max(map(len, payloads), default=0) > MOST_BYTES
        return None if long else events

    def kind_of(self, name: str, version: int) -> type | None:
        """Return the class of a type; of a version that is not declared, the newest class of that name, if any."""
        declared = self._by_name.get((name, version)) or self._newest.get(name)
        return declared.kind if declared else None

    def place_of(self, kind: type) -> tuple[str, int] | None:
        """Return the name and version that a class is declared as; None if it is not declared."""
        declared = self._by_class.get(kind)
        return None if declared is None else (declared.name, declared.version)

    def declared(self) -> dict[tuple[str, int], type]:
        """Return the class of each name and version."""
        return {place: one.kind for place, one in self._by_name.items()}

    def forget_marks(self) -> None:
        """Remove what msgspec keeps in the classes: with it, a class of a notebook cannot be sent to another process.

        It is made again when another codec needs it.
        """
        for kind in (held for declared in self._by_class for held in held_by(declared)):
            if _MARK in vars(kind):
                delattr(kind, _MARK)

    def _names(self) -> str:
        return ", ".join(f"{name!r} {version}" for name, version in self._by_name) or "none"


def _read(declared: _Declared, payload: bytes, position: int) -> Any:
    try:
        if len(payload) > MOST_BYTES:
            raise Misfit(f"takes {len(payload):,} bytes, more than {MOST_BYTES:,}")
        raw = parse(payload)
        if type(raw) is not dict:
            raise Misfit(f"is {shown(raw)}, and no object")
        return declared.form.read(raw)
    except Misfit as misfit:
        raise DecodingFailed(declared.name, declared.version, position, misfit.where, misfit.why) from None


def _fast(kind: type) -> msgspec.json.Decoder[Any] | None:
    try:
        return msgspec.json.Decoder(kind)
    except TypeError:
        return None  # msgspec has no way to read such a field, such as a Literal of members of an enum


def _listed(events: Any) -> list[tuple[str, int, type]]:
    if not isinstance(events, Mapping):
        classes = [one for one in events if isinstance(one, type)] if isinstance(events, (list, tuple, set)) else []
        name = classes[0].__name__ if classes else "OrderPlaced"
        example = f'{{"{re.sub("(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()}": {name}, …}}'
        why = "(a class may get another name, a recorded event never does)"
        raise refuse("events", events, f"a mapping; give each type the name it is to have in the log: {example} {why}")
    found = []
    for name, classes in events.items():
        text("events", name, "a name; give a string such as 'order-placed'")
        versions = classes if isinstance(classes, (tuple, list)) else [classes]
        for version, kind in enumerate(versions, 1):
            if not isinstance(kind, type):
                what = f"events[{name!r}]={shown(kind)} is not a class"
                raise InvalidArgument(f"{what}; give the dataclass of the event, or all its classes, the oldest first")
            found.append((name, version, kind))
    return found
