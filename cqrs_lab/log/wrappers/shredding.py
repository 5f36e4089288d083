"""Crypto-shredding: a person's facts can be forgotten although the log never forgets; needs `cqrs-lab[privacy]`."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, get_type_hints

from cryptography.fernet import Fernet, InvalidToken

from cqrs_lab.arguments import refuse, shown, text
from cqrs_lab.errors import DecryptionFailed, InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.guards.identity import check_declared, check_read, named_alike
from cqrs_lab.log.guards.shape import beside_the_fields
from cqrs_lab.log.wrappers.read_through import ReadThroughStore

FORGOTTEN = b""
"""Replaces a key that was thrown away, so that it can be told apart from one that was lost."""


class KeyRing:
    """One key for each person. Throwing a key away forgets what it locked, in every copy of the log.

    Parameters
    ----------
    keys : mutable mapping of str to bytes, optional
        Where the keys are kept; a new dict by default. Keep them apart from the log and its backups. A backup of the
        keys remembers everybody who is forgotten after it was made, so keep it for a short time only. A ring learns who
        is forgotten when it is made and at each `forget`: use one ring per process, and make a new one if another
        process forgets somebody.

    Notes
    -----
    A ring does not know the log, so it cannot tell a person whose key is lost from one who is new: as soon as more is
    recorded about them they get a second key, and no ring opens both. Restore lost keys before you record again.

    Examples
    --------
    >>> from cqrs_lab.log.wrappers.shredding import KeyRing
    >>> keys = KeyRing()
    >>> keys.forget("ada")
    >>> keys.forgotten
    frozenset({'ada'})
    """

    def __init__(self, keys: MutableMapping[str, bytes] | None = None) -> None:
        if keys is not None and not isinstance(keys, MutableMapping):
            raise refuse("keys", keys, "a place to keep keys; give a dict, or another mutable mapping of str to bytes")
        self._keys: MutableMapping[str, bytes] = {} if keys is None else keys
        self._lock = threading.Lock()
        self._forgotten = frozenset(person for person, key in self._keys.items() if key == FORGOTTEN)

    @property
    def forgotten(self) -> frozenset[str]:
        """The persons whose key was thrown away."""
        return self._forgotten

    def find(self, person: object) -> bytes | None:
        """Return the person's key: `FORGOTTEN` if it was thrown away, None if there never was one."""
        return self._keys.get(str(person))

    def find_or_make(self, person: object) -> bytes:
        """Return the person's key, a new one if there is none: `FORGOTTEN` if it was thrown away."""
        person = str(person)
        with self._lock:  # two keys for one person would lose what the first of them locked
            if person not in self._keys:
                self._keys[person] = Fernet.generate_key()
            return self._keys[person]

    def forget(self, person: object) -> None:
        """Throw the person's key away for good; 7 and "7" are the same person.

        Forget first, and then rebuild the read models: a rebuild that began earlier, and any `model` kept from one,
        still hold the person. So does a process manager that is running: make a new one.

        Raises
        ------
        InvalidArgument
            `person` is None or "".
        """
        if person is None or (isinstance(person, str) and not person):
            raise InvalidArgument(f"person={person!r} is nobody; give the id that the events use for the person")
        person = str(person)
        with self._lock:
            # In this order: what is read before the person stands on the list was made before they were forgotten.
            self._keys[person] = FORGOTTEN
            self._forgotten |= {person}


@dataclass(frozen=True)
class PersonalFields:
    """Which fields of an event are about a person.

    Attributes
    ----------
    person : str
        The field that says whom they are about. It stays readable, so keep an id in it, not a name.
    fields : mapping of str to str
        Each field to be locked, declared str or ``str | None``, and its placeholder: the text that is read in its place
        once the person is forgotten. Choose one that deciders, upcasters and projections can work with. A field that
        is computed from another is recorded too: declare it as well, or make it a property.
    """

    person: str
    fields: Mapping[str, str]


class ShreddingStore(ReadThroughStore):
    """An event store around another one, in which each person's facts are locked with their own key.

    What `personal` declares is encrypted as it is appended and decrypted as it is read. Once a person is forgotten,
    readers get the declared placeholder. The record is never rewritten; versions, positions, command ids, `caused_by`
    and `metadata` stay, so put nothing about a person there.

    Parameters
    ----------
    store : EventStore
    keys : KeyRing
    personal : mapping of type to PersonalFields
        By event type. Declare the old shapes too, and put an `UpcastingStore` around this store, not inside it: an
        upcaster has to read what it splits or merges.

    Notes
    -----
    This does not forget: what was recorded in the clear before; read models, until they are rebuilt; snapshots, until
    they are deleted (`Snapshots.kept.clear()`; they are no longer used); backups of the keys; and error messages, in
    lists of parked events, statuses and logs, if an upcaster or a projection puts a value into its message. Events are
    decrypted every time they are read, so a rebuild takes tens of microseconds more for each personal field.

    An event's `__post_init__` runs when the event is made, and not again when it is locked, read or forgotten.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from cqrs_lab import Expected, MemoryEventStore
    >>> from cqrs_lab.log.wrappers.shredding import KeyRing, PersonalFields, ShreddingStore
    >>> @dataclass(frozen=True)
    ... class Registered:
    ...     member: str
    ...     name: str
    >>> log, keys = MemoryEventStore(), KeyRing()
    >>> store = ShreddingStore(log, keys, {Registered: PersonalFields("member", {"name": "(forgotten)"})})
    >>> store.append("member-7", [Registered("7", "Ada")], expected=Expected.NO_STREAM).version
    1
    >>> "Ada" in str(list(log.read_all())), [one.event for one in store.read_all()]
    (False, [Registered(member='7', name='Ada')])
    >>> keys.forget("7")
    >>> [one.event for one in store.read_all()]
    [Registered(member='7', name='(forgotten)')]
    """

    def __init__(self, store: EventStore, keys: KeyRing, personal: Mapping[type, PersonalFields]) -> None:
        if not isinstance(keys, KeyRing):
            raise refuse("keys", keys, "a key ring; give one, such as KeyRing()")
        if not isinstance(personal, Mapping):
            wanted = "a mapping of event types to their personal fields; give {Registered: PersonalFields(…)}"
            raise refuse("personal", personal, wanted)
        for event_type, declared in personal.items():
            _check(event_type, declared)
        super().__init__(store)
        self._keys, self._personal = keys, dict(personal)

    def _written(self, stream: str, events: Sequence[object], command_id: str | None) -> Sequence[object]:
        """Return the events with their personal fields locked.

        Raises
        ------
        InvalidArgument
            An event has no person, or one who is forgotten, or one whose key is not valid; a personal field does not
            hold text; `__post_init__` set an attribute that is not a field; or the event's type is not declared, but is
            a subclass of one that is, or has the name of one: its class was defined again.
        """
        try:
            return [self._locked(event) for event in events]
        except InvalidArgument:
            # A command that is in the log already is not recorded again: its sender gets the first receipt even now.
            if command_id is None or command_id not in {one.command_id for one in self._store.read_stream(stream)}:
                raise
            return events

    def _locked(self, event: Any) -> object:
        what, declared = type(event).__name__, self._personal.get(type(event))
        if declared is None:
            check_declared(self._personal, type(event), "has personal fields")
            for one in self._personal:
                if isinstance(event, one):
                    raise InvalidArgument(f"{what} is a {one.__name__}, which has personal fields; declare {what} too")
            return event
        person, values = _person(event, declared), _personal_values(event, declared)
        if not person:
            raise InvalidArgument(f"{what}.{declared.person} is empty; facts without a person cannot be forgotten")
        if wrong := [name for name, value in values.items() if not isinstance(value, str)]:
            held = type(values[wrong[0]]).__name__  # not the value: an error message cannot be forgotten
            raise InvalidArgument(f"{what}.{wrong[0]} is of type {held}; a personal field holds text or None")
        # What `__post_init__` set beside the fields may be personal, and a copy lacks it.
        if lost := beside_the_fields(event):
            raise InvalidArgument(f"{what}.{lost[0]} is not a field, and would be lost; declare it, or use a property")
        # What a decider copies from a forgotten person's events is the placeholder already.
        if all(value == declared.fields[name] for name, value in values.items()):
            return event
        key = self._keys.find_or_make(person)
        if key == FORGOTTEN:
            raise InvalidArgument(f"{what}: person {person!r} is forgotten; give a person who comes back a new id")
        if (lock := _lock(key)) is None:
            raise InvalidArgument(f"{what}: the key of person {person!r} is not valid; restore the right one")
        return _with(event, {name: lock.encrypt(value.encode()).decode() for name, value in values.items()})

    def _read(self, recorded: RecordedEvent) -> RecordedEvent:
        event: Any = recorded.event
        declared = self._personal.get(type(event))
        if declared is None:
            if alike := named_alike(self._personal, type(event)):
                check_read({type(event): recorded.position}, alike)
            return recorded
        person, values = _person(event, declared), _personal_values(event, declared)
        if all(value == declared.fields[name] for name, value in values.items()):
            return recorded
        key = self._keys.find(person)
        if key == FORGOTTEN:
            return replace(recorded, event=_with(event, {name: declared.fields[name] for name in values}))
        if (lock := _lock(key)) is None:
            why = "the key kept for them is not valid"
            if key is None:
                why = "there is no key, and it was not thrown away; was the key ring restored from an old backup?"
            raise DecryptionFailed(type(event).__name__, recorded.position, person, why)
        try:
            clear = {name: lock.decrypt(token).decode() for name, token in values.items()}
        except (InvalidToken, TypeError):
            why = "it was recorded in the clear, or locked with another key; was a key lost, and a second one made?"
            raise DecryptionFailed(type(event).__name__, recorded.position, person, why) from None
        return replace(recorded, event=_with(event, clear))

    def _schema_version(self) -> Hashable:
        return self._keys.forgotten


def _lock(key: Any) -> Fernet | None:
    """Return what encrypts and decrypts with the key; None if the key is not valid."""
    try:
        return Fernet(key)
    except (ValueError, TypeError):
        return None


def _person(event: object, declared: PersonalFields) -> str:
    person = getattr(event, declared.person, None)
    return "" if person is None else str(person)


def _personal_values(event: object, declared: PersonalFields) -> dict[str, Any]:
    """Return the personal fields that have a value."""
    found = {name: getattr(event, name, None) for name in declared.fields}
    return {name: value for name, value in found.items() if value is not None}


def _with(event: Any, values: Mapping[str, str]) -> Any:
    """Return a copy of an event, of its fields alone, some with another value.

    Not as `dataclasses.replace` does: `__post_init__` was written for clear values, and might change or refuse locked
    ones and placeholders. Nor as `copy.copy` does: a cached property would be copied in the clear.
    """
    copied = object.__new__(type(event))
    for name in (one.name for one in fields(event)):
        if hasattr(event, name):
            object.__setattr__(copied, name, values[name] if name in values else getattr(event, name))
    return copied


def _check(event_type: type, declared: PersonalFields) -> None:
    """Refuse a declaration that does not fit the event type."""
    if not is_dataclass(event_type) or not isinstance(declared, PersonalFields):
        what = f"{event_type!r}: {shown(declared)}"
        raise InvalidArgument(f"{what}: give a dataclass and its PersonalFields, at least one")
    text("person", declared.person, "the name of a field; give the one that says whom the event is about")
    placeholders: object = declared.fields
    texts = isinstance(placeholders, Mapping) and all(isinstance(one, str) for one in placeholders.values())
    if not isinstance(placeholders, Mapping) or not texts or not len(placeholders):
        wanted = "give a mapping of each field's name to the text that is read in its place, at least one"
        raise InvalidArgument(f"{event_type.__name__}: fields={shown(placeholders)}: {wanted}")
    known, hints = [one.name for one in fields(event_type)], get_type_hints(event_type)
    for name in (declared.person, *declared.fields):
        if name not in known:
            raise InvalidArgument(f"{event_type.__name__} has no field {name!r}; its fields: {', '.join(known)}")
    if declared.person in declared.fields:
        raise InvalidArgument(f"{event_type.__name__}.{declared.person} says which key to use, so it cannot be locked")
    for name in declared.fields:
        if hints[name] not in (str, str | None):
            raise InvalidArgument(f"{event_type.__name__}.{name} is {hints[name]}; a personal field is a str")
    computed = [one.name for one in fields(event_type) if not one.init and hasattr(event_type, "__post_init__")]
    for name in computed:
        if name not in (declared.person, *declared.fields) and hints[name] in (str, str | None):
            where = f"{event_type.__name__}.{name} is computed (init=False) and would be recorded in the clear"
            raise InvalidArgument(f"{where}; declare it personal too, or make it a property")
