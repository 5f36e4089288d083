"""The stores around a store, and snapshots, refuse what has no meaning, and say what to write instead."""

from dataclasses import dataclass

import pytest

import cqrs_lab as lab
from cqrs_lab.log.wrappers.shredding import KeyRing, PersonalFields, ShreddingStore


@dataclass(frozen=True)
class Named:
    member: str
    name: str


store, keys = lab.MemoryEventStore(), KeyRing()
counter = lab.Decider(0, lambda command, count: [command], lambda count, event: count + 1)
personal = {Named: PersonalFields("member", {"name": "(forgotten)"})}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: lab.UpcastingStore(store, [Named]), "upcasters=.*is not a mapping of old event types to functions"),
        (lambda: lab.UpcastingStore(store, None), "upcasters=None is not a mapping"),
        (lambda: lab.UpcastingStore(store, {"Named": str}), "'Named': .* is not an upcaster; give an event type"),
        (lambda: lab.UpcastingStore(store, {Named: "Named2"}), "'Named2' is not an upcaster"),
        (lambda: lab.UpcastingStore("log", {}), "store='log' is not an event store; give one"),
        (lambda: lab.UpcastingStore(lab.MemoryEventStore, {}), "store=the class MemoryEventStore is not an event"),
        (lambda: ShreddingStore(None, keys, personal), "store=None is not an event store"),
        (lambda: ShreddingStore(store, {}, personal), "keys={} is not a key ring; give one, such as KeyRing()"),
        (lambda: ShreddingStore(store, KeyRing, personal), "keys=the class KeyRing is not a key ring"),
        (lambda: ShreddingStore(store, keys, [Named]), "personal=.*is not a mapping of event types"),
        (lambda: ShreddingStore(store, keys, {"Named": personal[Named]}), "give a dataclass and its PersonalFields"),
        (lambda: ShreddingStore(store, keys, {Named: {"name": ""}}), "give a dataclass and its PersonalFields"),
        (lambda: KeyRing("keys"), "keys='keys' is not a place to keep keys; give a dict"),
        (lambda: KeyRing([]), r"keys=\[\] is not a place to keep keys"),
        (lambda: lab.Snapshots("counter", shape="1"), "decider='counter' is not a decider"),
        (lambda: lab.Snapshots(lab.Decider, shape="1"), "decider=the class Decider is not a decider"),
        (lambda: lab.Snapshots(counter, shape=1), "shape=1 is not a name; give one for today's state and evolve"),
        (lambda: lab.Snapshots(counter, shape=""), "shape='' is not a name"),
        (lambda: lab.Snapshots(counter, shape="1", every=0), "every=0 is not a number of events; give 1 or more"),
        (lambda: lab.Snapshots(counter, shape="1", every="3"), "every='3' is not a number of events"),
        (lambda: lab.Snapshots(counter, shape="1", every=True), "every=True is not a number of events"),
        (lambda: lab.Snapshots(counter, shape="1", every=2.5), "every=2.5 is not a number of events"),
        (lambda: lab.Snapshots(counter, shape="1", upcast=str), "upcast=the class str is not a mapping"),
        (lambda: lab.Snapshots(counter, shape="1", upcast=["0"]), "upcast=.*is not a mapping; give {'cart 1': f"),
        (lambda: lab.Snapshots(counter, shape="1", kept="file"), "kept='file' is not a place to keep snapshots"),
    ],
)
def test_what_has_no_meaning_is_refused_with_what_to_write(call, message):
    with pytest.raises(lab.InvalidArgument, match=message) as refused:
        call()
    assert "\n" not in str(refused.value)


def test_a_number_of_numpy_is_a_number_of_events():
    import numpy as np

    assert lab.Snapshots(counter, shape="1", every=np.int64(3)).every == 3
