"""The log on a PostgreSQL server: the contract, the log of memory and SQLite, and what cannot be recorded or read."""

from __future__ import annotations

import copy
import os
import pickle
import threading
from dataclasses import replace
from itertools import count
from random import Random

import pytest

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened, sizes
from cqrs_lab.log.contract.histories import random_history
from cqrs_lab.log.guards.command_id import CommandId
from cqrs_lab.log.stores import sql_rows
from cqrs_lab.log.stores.postgres import PostgresEventStore
from cqrs_lab.log.stores.sql_rows import PAGE_EVENTS
from cqrs_lab.log.stores.sqlite import SqliteEventStore
from tests.interrupts import in_another_thread, interrupted, moments

ANY = lab.Expected.ANY


def happened(*numbers):
    return [Happened(number) for number in numbers]


def another(store, **more):
    """Return another store for the same log, as another process would make it."""
    conninfo = {"postgresql": store._server.where}["postgresql"]
    return PostgresEventStore(conninfo.replace("://", "://postgres:secret@"), EVENTS, schema=store._schema.name, **more)


# --- the contract -------------------------------------------------------------------------------------------


def test_it_keeps_the_contract_with_eight_threads_and_over_restarts(server, monkeypatch):
    monkeypatch.setattr(sizes, "SIZES", sizes.SIZES[:2])
    monkeypatch.setattr(sizes, "COMMANDS", 60)

    make = server.recycling(monkeypatch)

    def reopen(store):
        store.close()
        return make(empty=False)

    with make.wiping:
        report = lab.check_event_store(make, threads=8, reopen=reopen)
    assert report.ok, report


def append(store, op, number):
    events, why = op.events(), {"caused_by": f"step {number}", "metadata": {"number": str(number)}}
    try:
        return store.append(op.stream, events, expected=op.expected, command_id=op.command_id, **why)
    except lab.ConcurrencyError as error:
        return str(error)


def test_random_histories_give_the_log_that_memory_and_sqlite_give(kept, tmp_path):
    memory = lab.MemoryEventStore(clock=lambda: 1.5)
    with SqliteEventStore(tmp_path / "log.db", EVENTS, clock=lambda: 1.5) as file:
        for seed in range(int(os.environ.get("CQRS_LAB_HISTORIES", "20"))):
            for number, op in enumerate(random_history(Random(seed), 20)):
                op = replace(op, stream=f"{seed} {op.stream}")
                wanted = append(memory, op, number)
                assert append(kept, op, number) == append(file, op, number) == wanted
        assert list(kept.read_all()) == list(file.read_all()) == list(memory.read_all())
        assert kept.head() == memory.head() > 0
        for stream in {one.stream for one in memory.read_all()}:
            assert list(kept.read_stream(stream)) == list(memory.read_stream(stream))


def test_reads_from_any_place_and_over_pages(kept):
    kept.append("a", happened(*range(1, 2 * PAGE_EVENTS + 6)), expected=0)
    kept.append("b", happened(1), expected=0)
    head = 2 * PAGE_EVENTS + 6
    some = [(0, None), (0, 1), (5, PAGE_EVENTS), (PAGE_EVENTS, PAGE_EVENTS + 1), (head - 1, None), (head, 3), (3, 0)]
    for after, limit in [*some, (10**30, 5), (0, 10**30)]:
        wanted = list(range(1, head + 1))[min(after, head) :][: None if limit is None else min(limit, head)]
        assert [one.position for one in kept.read_all(after=after, limit=limit)] == wanted
    assert [one.version for one in kept.read_stream("a", after=PAGE_EVENTS - 1, limit=3)] == [1000, 1001, 1002]
    assert (kept.read_slice(after=10**30).upto, list(kept.read_slice(after=10**30))) == (10**30, [])
    with pytest.raises(lab.ConcurrencyError):
        kept.append("a", happened(1), expected=10**30)


def test_whole_slices_are_sealed_under_one_name_and_the_last_few_are_remembered(kept, monkeypatch):
    monkeypatch.setattr(sql_rows, "SLICE_EVENTS", 2)
    monkeypatch.setattr(sql_rows, "MOST_SEALED", 1)
    kept.append("a", happened(1, 2, 3, 4, 5), expected=0)
    first, again = kept.read_slice(after=0), kept.read_slice(after=0)
    assert first.sealed is not None and first.sealed is again.sealed and len(first.positions) == 2
    assert kept.read_slice(after=1).sealed is None and kept.read_slice(after=4).sealed is None
    assert kept.read_slice(after=2).sealed is not first.sealed
    assert kept.read_slice(after=0).sealed is not first.sealed, "forgotten meanwhile"


def test_a_command_id_keeps_what_it_stands_for(kept):
    decider = lab.Decider(None, lambda command, state: [Happened(command)], lambda state, event: state)
    for store in (kept, other := another(kept)):
        bus = lab.CommandBus(store)
        bus.register(int, decider, stream=lambda command: "a")
        assert bus.send(7, command_id="x") == lab.Receipt("a", 1, 1, (Happened(7),))
        (recorded,) = store.read_all()
        assert isinstance(recorded.command_id, CommandId) and recorded.command_id.stands_for.startswith("int ")
        with pytest.raises(lab.CommandIdReused):
            bus.send(8, command_id="x")
    other.append("b", happened(1), expected=0, command_id="plain")
    assert type(list(kept.read_all())[-1].command_id) is str
    other.close()


def test_a_projector_follows_what_another_store_object_records(kept):
    class Total:
        name, version, events = "total", 1, (Happened,)
        schema = lab.Schema(index=["stream"], columns={"number": "int64"})

        def summarise(self, batch):
            return self.schema.conform(batch.frame(Happened).groupby("stream")[["number"]].sum())

        def merge(self, table, rows):
            return lab.merge_rows(table, rows, add=["number"])

    queries, projector = lab.QueryBus(), lab.Projector(kept, Total())
    queries.register(str, lambda query, table: int(table.number.sum()), reads=projector)
    with another(kept) as other, projector:
        receipt = other.append("a", happened(1, 2), expected=0)
        assert queries.ask("?", at_least=receipt.position, timeout_seconds=30).value == 3


# --- what is recorded, byte for byte ------------------------------------------------------------------------


def test_a_payload_is_kept_as_it_was_written(kept, server):
    kept.append("a", [Happened(2**63 - 1, 'a\0b "\\u0000" \u2028 1.0 caf\u00e9')], expected=0)
    ((payload,),) = server.execute(f"SELECT payload FROM {kept._schema.quoted('events')}")
    assert payload == kept._codec.encode(Happened(2**63 - 1, 'a\0b "\\u0000" \u2028 1.0 caf\u00e9')).payload
    server.execute(f"UPDATE {kept._schema.quoted('events')} SET payload = %s", b'{"number":1e16,"note":"","note":""}')
    with pytest.raises(lab.DecodingFailed, match="note is there twice"):
        list(kept.read_all())


def test_what_cannot_be_recorded_is_named_and_nothing_is_recorded(kept):
    with pytest.raises(lab.InvalidArgument, match="append to 'a': event 2: Happened.number is 1.5, a float"):
        kept.append("a", [Happened(1), Happened(1.5)], expected=0)
    for name in ("stream", "command_id", "caused_by"):
        for text, why in [("\ud800", "surrogate"), ("a\0b", "cannot record a text as it is .*NUL")]:
            with pytest.raises(lab.InvalidArgument, match=why):
                kept.append(**{"stream": "a", name: text}, events=happened(1), expected=0)
    assert kept.append("a", happened(1), expected=0, metadata={"a\0": "b\0\ud800"}).position == 1
    assert next(kept.read_all()).metadata == {"a\0": "b\0\ud800"}


def test_an_event_that_cannot_be_read_is_named_after_those_before_it(kept, server):
    events = kept._schema.quoted("events")
    kept.append("a", happened(1, 2, 3), expected=0, metadata={"who": "ada"})
    server.execute(f"UPDATE {events} SET payload = '{{\"number\": 2}}' WHERE position = 2")
    read = []
    with pytest.raises(lab.DecodingFailed, match="at position 2 cannot be read: note is missing"):
        read.extend(kept.read_all())
    assert [one.event for one in kept.read_all(after=2)] == happened(3)
    server.execute(f"UPDATE {events} SET type = 'other' WHERE position = 2")
    with pytest.raises(lab.UnknownEventType, match="position 2 is of type 'other', version 1"):
        list(kept.read_stream("a"))
    server.execute(f"UPDATE {events} SET metadata = '{{'")
    with pytest.raises(lab.DecodingFailed, match="metadata is no JSON object of texts"):
        list(kept.read_all(limit=1))


# --- interrupts ---------------------------------------------------------------------------------------------


def test_an_append_interrupted_at_any_bytecode_leaves_all_of_the_commit_or_nothing(kept):
    numbers = count()

    def work(stream):
        return kept.append(stream, happened(1, 2, 3), expected=0, command_id="x")

    work("warm up")
    found = moments(lambda: work("count"))
    for at in found[:: 1 if "CQRS_LAB_EVERY_MOMENT" in os.environ else 7]:
        stream, before = f"s{next(numbers)}", kept.head()
        assert interrupted(lambda stream=stream: work(stream), at)
        assert (kept.head(), kept.stream_version(stream)) in ((before, 0), (before + 3, 3))
        # Another thread waits for no lock, and the command is recorded once.
        receipt = in_another_thread(lambda stream=stream: work(stream))
        assert receipt == work(stream) == lab.Appended(stream, 3, before + 3)
    assert [one.position for one in kept.read_all()] == list(range(1, kept.head() + 1))
    assert len(found) > 200
    assert kept._server._pool().get_stats()["pool_size"] <= 10


# --- the object -----------------------------------------------------------------------------------------------


def test_it_cannot_be_pickled_or_copied_and_shows_no_password(kept):
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(lab.InvalidArgument, match="make a store for the same log there") as caught:
            attempt(kept)
        assert "secret" not in str(caught.value)
    assert "secret" not in repr(kept) and kept._schema.name in repr(kept)


def test_a_closed_store_opens_again_at_the_next_call(kept):
    kept.append("a", happened(1), expected=0)
    kept.close()
    assert kept.append("a", happened(2), expected=1).position == 2
    kept.close()
    kept.close()


def test_two_stores_that_are_made_at_once_make_one_log(server):
    made, schema = [], f"at once {os.getpid()}"
    threads = [
        threading.Thread(target=lambda: made.append(PostgresEventStore(server.url, EVENTS, schema=schema)))
        for _ in range(6)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    receipts = [one.append("a", happened(1), expected=ANY).position for one in made]
    assert receipts == [1, 2, 3, 4, 5, 6]
    for one in made:
        one.close()
