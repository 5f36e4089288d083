"""A person's facts are forgotten by throwing their key away; the log keeps every byte."""

from __future__ import annotations

import pickle
import threading
from collections import deque
from dataclasses import InitVar, dataclass, field, fields
from functools import cached_property

import pytest
from cryptography.fernet import Fernet
from hypothesis import given, settings
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.log import memory, slice
from cqrs_lab.log.contract import Happened
from cqrs_lab.log.wrappers.shredding import KeyRing, PersonalFields, ShreddingStore
from cqrs_lab.read import batch
from cqrs_lab.simulation.gappy_store import GappyEventStore
from tests.log.planted_stores import ThirtyLines


@dataclass(frozen=True)
class Registered1:
    """The name in one field, as it once was."""

    member: str
    name: str


@dataclass(frozen=True)
class Registered:
    member: str
    given: str
    family: str
    phone: str | None = None


@dataclass(frozen=True)
class Lent:
    member: str
    book: str


PERSONAL = {
    Registered1: PersonalFields("member", {"name": "(forgotten) (forgotten)"}),
    Registered: PersonalFields("member", {"given": "(forgotten)", "family": "(forgotten)", "phone": ""}),
}
UPCASTERS = {Registered1: lambda old: Registered(old.member, *old.name.split(" "))}
FORGOTTEN = Registered("7", "(forgotten)", "(forgotten)")
ANY = lab.Expected.ANY


def a_library(log=None):
    """Ada is member 7, Ben member 8; each has borrowed a book."""
    log, keys = log or lab.MemoryEventStore(clock=lambda: 5.0), KeyRing()
    store = ShreddingStore(log, keys, PERSONAL)
    store.append("member-7", [Registered1("7", "Ada Lovelace")], expected=ANY, command_id="c1")
    store.append("member-8", [Registered("8", "Ben", "Müller", "0123 456")], expected=ANY)
    store.append("member-7", [Lent("7", "Emma")], expected=ANY)
    return log, keys, store


def bytes_of(log):
    return pickle.dumps(list(log.read_all()))


@pytest.mark.parametrize(
    "make_store", [lambda: lab.MemoryEventStore(clock=lambda: 5.0), ThirtyLines, lambda: GappyEventStore(lambda: 5.0)]
)
def test_who_is_forgotten_cannot_be_read_any_more_and_the_record_stays_byte_for_byte(make_store):
    log, keys, store = a_library(make_store())
    today = lab.UpcastingStore(store, UPCASTERS)
    before = bytes_of(log)
    assert not [name for name in ("Ada L", "Lovelace", "Müller", "0123 456") if name.encode() in before]
    ada, ben, lent = Registered("7", "Ada", "Lovelace"), Registered("8", "Ben", "Müller", "0123 456"), Lent("7", "Emma")
    assert [one.event for one in today.read_all()] == [ada, ben, lent]
    keys.forget("7")
    assert [one.event for one in today.read_all()] == [FORGOTTEN, ben, lent]
    assert [one.event for one in today.read_stream("member-7")] == [FORGOTTEN, lent]
    assert bytes_of(log) == before
    envelopes = [
        [(one.stream, one.version, one.position, one.recorded_at, one.command_id) for one in each.read_all()]
        for each in (log, today)
    ]
    assert envelopes[0] == envelopes[1] and (today.head(), today.stream_version("member-7")) == (3, 2)


class Members:
    name, version, events = "members", 1, (Registered,)
    schema = lab.Schema(index=["member"], columns={"family": "str", "position": "int64"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(Registered).drop_duplicates("member", keep="last"))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, latest={"position": ["family"]})


def test_a_read_model_shows_the_facts_until_it_is_rebuilt():
    _, keys, store = a_library()
    members = lab.Projector(lab.UpcastingStore(store, UPCASTERS), Members())
    members.catch_up()
    keys.forget("7")
    members.catch_up()
    assert members.table["family"].to_dict() == {"7": "Lovelace", "8": "Müller"}
    difference = lab.rebuild(members, to=Members()).run().difference()
    assert members.table["family"].to_dict() == {"7": "(forgotten)", "8": "Müller"}
    assert list(difference.index) == ["7"]


@dataclass(frozen=True)
class Lend:
    member: str
    book: str


def decide(command, member):
    if member is None:
        raise lab.CommandRejected("nobody is registered under this number")
    return [Lent(command.member, f"{command.book}, for {member.given}")]


def evolve(member, event):
    return event if isinstance(event, Registered) else member


def test_deciders_go_on_and_no_snapshot_remembers_who_is_forgotten():
    _, keys, store = a_library()
    today, counter = lab.UpcastingStore(store, UPCASTERS), lab.Decider(None, decide, evolve)
    snapshots = lab.Snapshots(counter, shape="member", every=1)
    bus = lab.CommandBus(today, snapshots=[snapshots])
    bus.register(Lend, counter, stream=lambda command: f"member-{command.member}")
    for _ in range(2):
        assert bus.send(Lend("7", "Persuasion")).events == (Lent("7", "Persuasion, for Ada"),)
    keys.forget("7")
    assert "Lovelace" in str(snapshots.kept)  # not used any more, but there: delete them
    assert bus.send(Lend("7", "Persuasion")).events == (Lent("7", "Persuasion, for (forgotten)"),)
    assert snapshots.dropped == {"member-7": "the store now reads old events differently"}
    snapshots.kept.clear()
    assert bus.send(Lend("7", "Persuasion")).events == (Lent("7", "Persuasion, for (forgotten)"),)


def test_a_backup_of_the_keys_remembers_and_one_from_before_a_person_came_is_no_forgetting():
    log, keys, store = a_library()
    backup = dict(keys._keys)
    keys.forget("7")
    again = ShreddingStore(log, KeyRing(backup), PERSONAL)
    assert next(again.read_all()).event == Registered1("7", "Ada Lovelace")
    too_old = ShreddingStore(log, KeyRing({"7": b""}), PERSONAL)
    assert KeyRing({"7": b""}).forgotten == {"7"}
    with pytest.raises(lab.DecryptionFailed, match="position 2 is about '8' .* no key, and it was not thrown away"):
        list(too_old.read_all())


def test_a_wrong_key_does_not_look_like_forgotten():
    log, keys, _ = a_library()
    wrong = ShreddingStore(log, KeyRing({"7": Fernet.generate_key(), "8": Fernet.generate_key()}), PERSONAL)
    with pytest.raises(
        lab.DecryptionFailed, match="the Registered1 at position 1 .* locked with another key"
    ) as caught:
        list(wrong.read_all())
    assert (caught.value.event, caught.value.position, caught.value.person) == ("Registered1", 1, "7")
    assert isinstance(caught.value, lab.UnreadableEvent)
    clear = lab.MemoryEventStore()
    clear.append("member-7", [Registered("7", "Ada", "Lovelace")], expected=ANY)
    clear.append("member-8", [Registered("8", "Ben", 5)], expected=ANY)
    for stream in ("member-7", "member-8"):
        with pytest.raises(lab.DecryptionFailed, match="recorded in the clear"):
            list(ShreddingStore(clear, keys, PERSONAL).read_stream(stream))


@dataclass(frozen=True)
class Numbered:
    member: int
    name: str


def test_a_person_is_one_person_as_a_number_and_as_text():
    log, keys = lab.MemoryEventStore(), KeyRing()
    store = ShreddingStore(log, keys, {Numbered: PersonalFields("member", {"name": "(forgotten)"})})
    store.append("member-7", [Numbered(7, "Ada"), Numbered(8, "Ben")], expected=ANY)
    assert keys.find(7) == keys.find("7") == keys.find_or_make(7) != keys.find(8)
    keys.forget(7)
    assert [one.event.name for one in store.read_all()] == ["(forgotten)", "Ben"] and keys.forgotten == {"7"}
    with pytest.raises(lab.InvalidArgument, match="person '7' is forgotten"):
        store.append("member-7", [Numbered(7, "Ada")], expected=ANY)
    keys.forget("8")
    assert [one.event.name for one in store.read_all()] == ["(forgotten)"] * 2 and keys.forgotten == {"7", "8"}


@pytest.mark.parametrize("nobody", [None, ""])
def test_nobody_cannot_be_forgotten(nobody):
    keys = KeyRing()
    with pytest.raises(lab.InvalidArgument, match=f"person={nobody!r} is nobody; give the id"):
        keys.forget(nobody)
    assert keys.forgotten == frozenset()


@pytest.mark.parametrize("no_key", [b"abc", b"x" * 44, "", "ä" * 44, 5])
def test_what_is_no_key_is_told_with_its_place_and_locks_nothing(no_key):
    log, keys, _ = a_library()
    broken = ShreddingStore(log, KeyRing({**keys._keys, "8": no_key}), PERSONAL)
    with pytest.raises(lab.DecryptionFailed, match="position 2 is about '8' .* the key kept for them is not valid"):
        list(broken.read_all())
    with pytest.raises(lab.InvalidArgument, match="Registered: the key of person '8' is not valid"):
        broken.append("member-8", [Registered("8", "Ben", "Day")], expected=ANY)
    assert log.head() == 3


def test_a_second_key_for_one_person_is_told_to_whoever_reads_what_the_first_one_locked():
    log, keys, _ = a_library()
    lost = ShreddingStore(log, KeyRing(), PERSONAL)
    lost.append("elsewhere", [Registered("8", "Ben", "Day")], expected=ANY)  # to the ring, 8 is somebody new
    with pytest.raises(lab.DecryptionFailed, match="position 2 .* was a key lost, and a second one made"):
        list(lost.read_stream("member-8"))
    with pytest.raises(lab.DecryptionFailed, match="position 4 .* was a key lost, and a second one made"):
        list(ShreddingStore(log, keys, PERSONAL).read_all())


@dataclass(frozen=True)
class Patron(Registered):
    """A kind of member; the library forgot to declare it."""

    estate: str = "Ockham"


def test_a_subclass_of_what_is_declared_is_not_recorded_in_the_clear():
    log, keys, store = a_library()
    with pytest.raises(lab.InvalidArgument, match="Patron is a Registered, which has personal fields; declare Patron"):
        store.append("member-9", [Lent("9", "Emma"), Patron("9", "Ada", "King")], expected=ANY)
    assert log.head() == 3
    declared = {**PERSONAL, Patron: PersonalFields("member", {**PERSONAL[Registered].fields, "estate": ""})}
    ShreddingStore(log, keys, declared).append("member-9", [Patron("9", "Ada", "King")], expected=ANY)
    assert not [name for name in ("King", "Ockham") if f"'{name}'" in str(list(log.read_all()))]


def test_each_person_has_a_key_of_their_own_also_under_many_threads():
    keys, made, together = KeyRing(), [], threading.Barrier(8)

    def make():
        together.wait()
        made.extend((person, keys.find_or_make(person)) for person in map(str, range(50)))

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 400 and len(set(made)) == len({key for _, key in made}) == 50


def test_facts_of_one_who_is_forgotten_are_refused_but_placeholders_may_be_recorded():
    log, keys, store = a_library()
    keys.forget("7")
    with pytest.raises(lab.InvalidArgument, match="person '7' is forgotten; give a person who comes back a new id"):
        store.append("member-7", [Lent("7", "Emma"), Registered("7", "Ada", "King")], expected=ANY)
    assert log.head() == 3
    store.append("member-7", [Registered("7", "(forgotten)", "(forgotten)")], expected=ANY)
    assert list(store.read_stream("member-7"))[-1].event == FORGOTTEN
    # The same command once more: nothing is recorded, and the first receipt comes back.
    first = store.append("member-7", [Registered1("7", "Ada Lovelace")], expected=ANY, command_id="c1")
    assert first == lab.Appended("member-7", 1, 1) and log.head() == 4
    with pytest.raises(lab.InvalidArgument, match="is forgotten"):
        store.append("member-7", [Registered1("7", "Ada Lovelace")], expected=ANY, command_id="c2")


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (Registered("", "Ada", "King"), "Registered.member is empty; facts without a person"),
        (Registered(None, "Ada", "King"), "Registered.member is empty; facts without a person"),
        (Registered("9", "Ada", 3), "Registered.family is of type int; a personal field holds text or None"),
    ],
)
def test_what_could_not_be_forgotten_is_not_recorded(event, why):
    log, _, store = a_library()
    with pytest.raises(lab.InvalidArgument, match=why):
        store.append("member-9", [event], expected=ANY)
    assert log.head() == 3


@pytest.mark.parametrize(
    ("event_type", "declared", "why"),
    [
        (Lent, PersonalFields("member", {"title": ""}), "Lent has no field 'title'; its fields: member, book"),
        (Lent, PersonalFields("who", {"book": ""}), "Lent has no field 'who'"),
        (Lent, PersonalFields("member", {"member": ""}), "says which key to use"),
        (Lent, PersonalFields("member", {}), "at least one"),
        (Lent, PersonalFields("member", None), "Lent: fields=None: give a mapping of each field's name to the text"),
        (Lent, PersonalFields("member", 5), "Lent: fields=5: give a mapping"),
        (Lent, PersonalFields("member", ["book"]), r"Lent: fields=\['book'\]: give a mapping"),
        (Lent, PersonalFields("member", {"book": None}), "Lent: fields={'book': None}: give a mapping"),
        (Lent, PersonalFields("member", {5: ""}), "Lent has no field 5; its fields: member, book"),
        (Lent, {"book": ""}, "give a dataclass and its PersonalFields"),
        (str, PersonalFields("member", {"book": ""}), "give a dataclass"),
        (
            Happened,
            PersonalFields("note", {"number": ""}),
            "Happened.number is <class 'int'>; a personal field is a str",
        ),
    ],
)
def test_a_declaration_that_does_not_fit_is_refused(event_type, declared, why):
    with pytest.raises(lab.InvalidArgument, match=why):
        ShreddingStore(lab.MemoryEventStore(), KeyRing(), {event_type: declared})


def test_it_keeps_the_laws_of_a_store_while_it_encrypts():
    personal = {Happened: PersonalFields("number", {"note": "?"})}
    logs = []

    def make_store():
        logs.append(lab.MemoryEventStore())
        return ShreddingStore(logs[-1], KeyRing(), personal)

    report = lab.check_event_store(make_store, threads=2)
    assert report.ok, report
    happened = [one.event for log in logs for one in log.read_all() if type(one.event) is Happened]
    assert happened and all(event.note.startswith("gAAAA") for event in happened)


def test_an_error_does_not_say_the_fact_itself():
    _, _, store = a_library()
    with pytest.raises(lab.InvalidArgument) as caught:
        store.append("member-9", [Registered("9", b"Cleo", "Day")], expected=ANY)
    assert str(caught.value) == "Registered.given is of type bytes; a personal field holds text or None"


@settings(deadline=None)
@given(text=st.text(max_size=30), other=st.text(max_size=30))
def test_any_text_comes_back_as_it_was_until_it_is_forgotten(text, other):
    log, keys = lab.MemoryEventStore(), KeyRing()
    store = ShreddingStore(log, keys, PERSONAL)
    events = [Registered("1", text, other, None), Registered("2", other, text, text)]
    store.append("members", events, expected=ANY)
    assert [one.event for one in store.read_all()] == events
    keys.forget("1")
    assert [one.event for one in store.read_all()] == [Registered("1", "(forgotten)", "(forgotten)"), events[1]]


def test_a_projector_follows_it_by_itself():
    _, _, store = a_library()
    with lab.Projector(lab.UpcastingStore(store, UPCASTERS), Members()) as members:
        position = store.append("member-9", [Registered("9", "Cleo", "Day")], expected=ANY).position
        members.wait_for(position, 10)
        assert members.table.at["9", "family"] == "Day"


@pytest.mark.parametrize("of", [iter, lambda events: (one for one in events), deque])
def test_whatever_holds_the_events_they_are_locked(of):
    log, keys, store = a_library()
    store.append("member-9", of([Registered("9", "Cleo", "Dunn")]), expected=ANY)
    assert "Cleo" not in str([one.event for one in log.read_all()])
    assert [one.event.given for one in store.read_stream("member-9")] == ["Cleo"]
    with pytest.raises(lab.InvalidArgument, match="is not a list of events"):
        store.append("member-9", "Cleo", expected=ANY)


@pytest.fixture
def slices_of_four(monkeypatch):
    for module in (memory, slice):
        monkeypatch.setattr(module, "SLICE_EVENTS", 4)


def test_upcasters_over_upcasters_do_not_keep_who_is_forgotten(slices_of_four):
    log, keys, store = a_library()
    store.append("member-8", [Lent("8", "Emma")] * 5, expected=ANY)
    today = lab.UpcastingStore(lab.UpcastingStore(store, UPCASTERS), {Lent: lambda old: Borrowed(old.member, old.book)})
    assert "Ada" in str(list(batch.read_batch(today, after=0)))
    keys.forget("7")
    assert "Ada" not in str(list(batch.read_batch(today, after=0)))


@dataclass(frozen=True)
class Borrowed:
    member: str
    book: str


# --- events that change or refuse what they are given -------------------------------------------------------


def tidied(event):
    """Be a `__post_init__` that neither ciphertext nor placeholder would survive."""
    if len(event.name) > 20 or "(" in event.name:
        raise ValueError(f"{event.name} is no name")
    object.__setattr__(event, "name", event.name.lower())


@dataclass(frozen=True)
class Frozen:
    member: str
    name: str
    __post_init__ = tidied


@dataclass(frozen=True, slots=True)
class Slots:
    member: str
    name: str
    __post_init__ = tidied


@dataclass(frozen=True)
class OldSlots:
    """Slots as they were written by hand; `copy.copy` fails on it."""

    __slots__ = ("member", "name")
    member: str
    name: str
    __post_init__ = tidied


@dataclass(frozen=True, kw_only=True)
class Child(Frozen):
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class SlotsChild(Slots):
    phone: str | None = None


@dataclass(frozen=True)
class Computed:
    member: str
    name: str
    key: str = field(init=False)
    length: int = field(init=False)

    def __post_init__(self):
        tidied(self)
        object.__setattr__(self, "key", self.name[::-1])
        object.__setattr__(self, "length", len(self.name))


@dataclass(frozen=True)
class FromOutside:
    """`dataclasses.replace` cannot make it again: it does not know the title any more."""

    member: str
    name: str = field(init=False)
    full: InitVar[str]
    phone: str | None = field(init=False, default=None)

    def __post_init__(self, full):
        object.__setattr__(self, "name", full)
        tidied(self)


@dataclass(frozen=True)
class Remembering:
    member: str
    name: str
    __post_init__ = tidied

    @cached_property
    def greeting(self):
        return f"Dear {self.name}"


@dataclass(frozen=True)
class Owned:
    """Whose facts they are is computed: that stays readable in any case."""

    member: str = field(init=False)
    owner: InitVar[str]
    name: str

    def __post_init__(self, owner):
        object.__setattr__(self, "member", owner)
        tidied(self)


TIDY = [
    Frozen,
    Slots,
    OldSlots,
    Child,
    SlotsChild,
    Computed,
    FromOutside,
    Remembering,
    Owned,
]
TEXTS = st.text(st.characters(exclude_characters="(", exclude_categories=["Cs"]), max_size=20)


def told(event):
    return {one.name: getattr(event, one.name) for one in fields(event) if hasattr(event, one.name)}


@pytest.mark.parametrize("event_type", TIDY)
@settings(deadline=None)
@given(names=st.lists(TEXTS, min_size=1, max_size=3), phone=st.none() | TEXTS)
def test_an_event_that_changes_or_refuses_what_it_is_made_of_comes_back_as_it_was(event_type, names, phone):
    texts = [one.name for one in fields(event_type) if one.name in ("name", "phone", "key", "nickname")]
    more = {"phone": phone} if event_type in (Child, SlotsChild) else {}
    events = [event_type(str(number), name, **more) for number, name in enumerate(names)]
    before = [told(event) for event in events]
    log, keys = lab.MemoryEventStore(), KeyRing()
    store = ShreddingStore(log, keys, {event_type: PersonalFields("member", dict.fromkeys(texts, "(forgotten)"))})
    store.append("members", events, expected=ANY)
    assert [told(one.event) for one in store.read_all()] == [told(event) for event in events] == before
    for locked, clear in zip(log.read_all(), before, strict=True):
        assert type(locked.event) is event_type
        assert all(getattr(locked.event, name).startswith("gAAAA") for name in texts if clear.get(name) is not None)
    keys.forget("0")
    first, *others = [one.event for one in store.read_all()]
    assert type(first) is event_type and [told(event) for event in others] == before[1:]
    assert told(first) == {
        name: "(forgotten)" if name in texts and value is not None else value for name, value in before[0].items()
    }
    assert {one.event for one in list(store.read_all())[1:]} == set(events[1:])


def test_whoever_refuses_its_placeholder_stops_no_reader():
    log, keys = lab.MemoryEventStore(), KeyRing()
    store = ShreddingStore(log, keys, {Frozen: PersonalFields("member", {"name": "(forgotten)"})})
    store.append("member-7", [Frozen("7", "Ada Lovelace")], expected=ANY)
    assert next(store.read_all()).event.name == "ada lovelace"
    keys.forget("7")
    assert next(store.read_all()).event.name == "(forgotten)"


def test_what_an_event_has_computed_from_a_name_is_not_recorded_in_the_clear():
    log, keys = lab.MemoryEventStore(), KeyRing()
    store = ShreddingStore(log, keys, {Remembering: PersonalFields("member", {"name": "(forgotten)"})})
    event = Remembering("7", "Cleo")
    assert event.greeting == "Dear cleo"  # kept in the event, beside its fields
    store.append("member-7", [event], expected=ANY)
    assert b"cleo" not in bytes_of(log)
    assert next(store.read_all()).event.greeting == "Dear cleo"
    keys.forget("7")
    assert next(store.read_all()).event.greeting == "Dear (forgotten)"
    with pytest.raises(
        lab.InvalidArgument, match=r"Computed.key is computed \(init=False\) and would be recorded in th"
    ):
        ShreddingStore(log, keys, {Computed: PersonalFields("member", {"name": ""})})


@dataclass(frozen=True)
class Beside:
    member: str
    name: str

    def __post_init__(self):
        object.__setattr__(self, "initial", self.name[:1])


def test_what_an_event_sets_beside_its_fields_would_be_lost_and_is_refused():
    log = lab.MemoryEventStore()
    store = ShreddingStore(log, KeyRing(), {Beside: PersonalFields("member", {"name": ""})})
    with pytest.raises(
        lab.InvalidArgument, match=r"Beside.initial is not a field, and would be lost; declare it, or use"
    ):
        store.append("member-7", [Beside("7", "Ada")], expected=ANY)
    assert log.head() == 0


# --- forgotten while somebody reads -------------------------------------------------------------------------


class Interrupted(ShreddingStore):
    """Somebody is forgotten when the events are read, and not yet handed on."""

    def read_all(self, **between):
        yield from super().read_all(**between)
        self._keys.forget("7")


def test_who_is_forgotten_while_a_segment_is_read_is_not_kept_in_it(slices_of_four):
    log, keys, store = a_library()
    store.append("member-8", [Lent("8", "Emma")] * 5, expected=ANY)
    inner = lab.UpcastingStore(Interrupted(log, keys, PERSONAL), UPCASTERS)
    today = lab.UpcastingStore(inner, {Lent: lambda old: Borrowed(old.member, old.book)})
    assert "Ada" in str(list(batch.read_batch(today, after=0)))  # this reader began before
    assert "Ada" not in str(list(batch.read_batch(today, after=0)))


def test_who_is_forgotten_while_another_reader_upcasts_is_not_kept_for_a_third(slices_of_four):
    log, keys, store = a_library()
    store.append("member-8", [Lent("8", "Emma")] * 5, expected=ANY)
    others = []

    def borrowed(old):
        if not others:
            others.append("has come")
            keys.forget("7")
            others.append(str(list(batch.read_batch(today, after=0))))
        return Borrowed(old.member, old.book)

    today = lab.UpcastingStore(lab.UpcastingStore(store, UPCASTERS), {Lent: borrowed})
    assert "Ada" in str(list(batch.read_batch(today, after=0)))  # this reader began before
    assert "Ada" not in others[1]
    assert "Ada" not in str(list(batch.read_batch(today, after=0)))
