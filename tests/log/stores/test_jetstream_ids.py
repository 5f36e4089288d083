"""Command ids are found again, however long ago, and not all of them are kept in memory."""

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened
from cqrs_lab.log.stores import jetstream_ids
from cqrs_lab.log.stores.jetstream import JetStreamEventStore
from tests.log.stores import jetstream_laws as laws


def test_a_command_is_found_again_whatever_came_after_it(jetstream):
    laws.a_command_is_found_again_whatever_came_after_it(jetstream)


def test_only_so_many_are_remembered_and_the_others_are_read_again(on_one, monkeypatch):
    monkeypatch.setattr(jetstream_ids, "MOST_IDS", 4)
    with JetStreamEventStore(on_one.url(), EVENTS) as store:
        for stream in "abc":
            for number in range(3):
                store.append(stream, [Happened(number)], expected=number, command_id=f"{number}")
        ids = store._ids
        for stream, number in [(stream, number) for stream in "cab" for number in range(3)]:
            receipt = store.append(stream, [Happened(number)], expected=lab.Expected.ANY, command_id=f"{number}")
            assert receipt.again and receipt.version == number + 1
            assert ids._count == sum(len(one.places) for one in ids._streams.values()) <= 4


def test_what_was_read_is_not_read_again(on_one):
    with JetStreamEventStore(on_one.url(), EVENTS) as store:
        for number in range(3):
            store.append("a", [Happened(number)], expected=number, command_id=f"{number}")
        store.append("a", [Happened(0)], expected=0, command_id="0")
        read = []
        real, store._log.of_stream = store._log.of_stream, lambda *place: read.append(place) or real(*place)
        assert store.append("a", [Happened(1)], expected=0, command_id="1").version == 2
        assert read == []
