"""The envelope: an event's id, what led to it, and what was noted beside it, through every door."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

import cqrs_lab as lab
from cqrs_lab.log.wrappers.read_through import is_tracing
from cqrs_lab.log.wrappers.shredding import KeyRing, PersonalFields, ShreddingStore
from tests.log.planted_stores import ThirtyLines, Traces

NO_STREAM, ANY = lab.Expected.NO_STREAM, lab.Expected.ANY


@dataclass(frozen=True)
class Rung:
    name: str


@dataclass(frozen=True)
class Called:
    name: str
    given: str


def shredding():
    personal = {Called: PersonalFields(person="name", fields={"given": "?"})}
    return ShreddingStore(lab.MemoryEventStore(), KeyRing(), personal)


def upcasting():
    return lab.UpcastingStore(lab.MemoryEventStore(), {Rung: lambda old: Called(old.name, "ada")})


STORES = {
    "memory": lab.MemoryEventStore,
    "upcasting": upcasting,
    "shredding": shredding,
    "both": lambda: lab.UpcastingStore(shredding(), {}),
    "a learner's own": Traces,
    "a learner's own, read through": lambda: lab.UpcastingStore(Traces(), {}),
}


def test_an_event_id_names_one_event_of_the_log():
    store = lab.MemoryEventStore()
    store.append("a", ["one", "two"], expected=ANY)
    store.append("a@1", ["three"], expected=ANY)
    assert [one.event_id for one in store.read_all()] == ["a@1", "a@2", "a@1@1"]


@pytest.mark.parametrize("make_store", STORES.values(), ids=STORES)
def test_what_led_to_a_commit_is_read_back_from_every_store(make_store):
    store = make_store()
    assert is_tracing(store)
    events = [Called("7", "ada"), Called("8", "ben")]
    store.append("x", events, expected=NO_STREAM, caused_by="y@1", metadata={"who": "z"})
    store.append("x", [Called("9", "cleo")], expected=2)
    for read in (store.read_all(), store.read_stream("x")):
        assert [(one.caused_by, dict(one.metadata)) for one in read] == [("y@1", {"who": "z"})] * 2 + [(None, {})]


def test_an_upcast_event_keeps_what_led_to_it():
    beneath = lab.MemoryEventStore()
    beneath.append("x", [Rung("7")], expected=ANY, command_id="c", caused_by="y@1", metadata={"who": "z"})
    (read,) = lab.UpcastingStore(beneath, {Rung: lambda old: Called(old.name, "")}).read_all()
    assert (read.event, read.command_id, read.caused_by, read.metadata) == (Called("7", ""), "c", "y@1", {"who": "z"})


def test_a_store_of_five_plain_methods_does_without():
    assert not is_tracing(ThirtyLines())
    assert not is_tracing(lab.UpcastingStore(ThirtyLines(), {}))
    bus = lab.CommandBus(ThirtyLines())
    bus.register(Rung, lab.Decider(0, lambda command, state: ["rung"], lambda state, event: 1), stream=lambda c: c.name)
    assert bus.send(Rung("7"), "id").version == 1
    with pytest.raises(lab.InvalidArgument, match="ThirtyLines.append takes no caused_by; let it keep"):
        bus.send(Rung("7"), "other", caused_by="x@1")
    with pytest.raises(lab.InvalidArgument, match="send without caused_by and metadata"):
        bus.send(Rung("7"), "other", caused_by="x@1", metadata={"who": "ada"})
    assert bus.send(Rung("7"), "third", metadata={}).version == 2


def test_the_bus_records_what_led_to_a_command():
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    bus.register(Rung, lab.Decider(0, lambda command, state: ["rung"], lambda state, event: 1), stream=lambda c: c.name)
    bus.send(Rung("7"), caused_by="letter-5", metadata={"who": "ada"})
    bus.send(Rung("7"))
    recorded = [(one.caused_by, dict(one.metadata)) for one in store.read_all()]
    assert recorded == [("letter-5", {"who": "ada"}), (None, {})]


def test_a_process_says_which_event_led_to_its_commands():
    from cqrs_lab.shop import fulfilment, week, write

    store = lab.MemoryEventStore(clock=lambda: 0.0)
    bus = lab.CommandBus(store)
    write.register(bus)
    for command in week.commands()[:5]:
        receipt = bus.send(command)
    manager = lab.ProcessManager(store, bus, fulfilment.process)
    manager.catch_up()
    caused = list(store.read_all(after=receipt.position))
    (placed,) = store.read_stream(receipt.stream)
    reserved = caused[0]
    assert [one.caused_by for one in caused[:2]] == [placed.event_id, reserved.event_id]
    assert all(one.metadata == {"who": fulfilment.process.name} for one in caused)
