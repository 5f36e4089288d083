"""The log in one SQLite file: the contract, and every way in which a file, a disk or a process can be in the way."""

from __future__ import annotations

import copy
import os
import pickle
import sqlite3
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from random import Random

import pytest

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened, sizes
from cqrs_lab.log.contract.histories import random_history
from cqrs_lab.log.guards.command_id import CommandId
from cqrs_lab.log.stores import sqlite_file
from cqrs_lab.log.stores.sql_rows import PAGE_EVENTS
from cqrs_lab.log.stores.sqlite import SqliteEventStore
from tests.interrupts import in_another_thread, interrupted, moments

ROOT = Path(__file__).parents[3]
ANY = lab.Expected.ANY


def happened(*numbers):
    return [Happened(number) for number in numbers]


def log_of(store):
    return list(store.read_all())


# --- the contract -------------------------------------------------------------------------------------------


def test_it_keeps_the_contract_with_eight_threads_and_over_restarts(tmp_path, monkeypatch):
    monkeypatch.setattr(sizes, "SIZES", sizes.SIZES[:3])
    monkeypatch.setattr(sizes, "COMMANDS", 60)
    numbers = count()

    def make():
        return SqliteEventStore(tmp_path / f"{next(numbers)}.db", EVENTS)

    def reopen(store):
        store.close()
        return SqliteEventStore(store._file.path, EVENTS)

    report = lab.check_event_store(make, threads=8, reopen=reopen)
    assert report.ok, report


def append(store, op, number):
    events, why = op.events(), {"caused_by": f"step {number}", "metadata": {"number": str(number)}}
    try:
        return store.append(op.stream, events, expected=op.expected, command_id=op.command_id, **why)
    except lab.ConcurrencyError as error:
        return str(error)


def play(store, seed, appends):
    return [append(store, op, number) for number, op in enumerate(random_history(Random(seed), appends))]


def same_logs(path, histories, appends):
    """Play random histories in memory and in one file, each in streams of its own; both must agree."""
    memory = lab.MemoryEventStore(clock=lambda: 1.5)
    with SqliteEventStore(path, EVENTS, clock=lambda: 1.5) as store:
        for seed in range(histories):
            for number, op in enumerate(random_history(Random(seed), appends)):
                op = replace(op, stream=f"{seed} {op.stream}")
                assert append(store, op, number) == append(memory, op, number)
        assert log_of(store) == log_of(memory) and store.head() == memory.head() > 0
        for stream in {one.stream for one in log_of(memory)}:
            assert list(store.read_stream(stream)) == list(memory.read_stream(stream))


def test_random_histories_give_the_log_that_memory_gives(path):
    same_logs(path, histories=int(os.environ.get("CQRS_LAB_HISTORIES", "20")), appends=20)


def test_reads_from_any_place_and_over_pages(store):
    store.append("a", happened(*range(1, 2 * PAGE_EVENTS + 6)), expected=0)
    store.append("b", happened(1), expected=0)
    head = 2 * PAGE_EVENTS + 6
    some = [(0, None), (0, 1), (5, PAGE_EVENTS), (PAGE_EVENTS, PAGE_EVENTS + 1), (head - 1, None), (head, 3), (3, 0)]
    for after, limit in [*some, (10**30, 5), (0, 10**30)]:
        wanted = list(range(1, head + 1))[min(after, head) :][: None if limit is None else min(limit, head)]
        assert [one.position for one in store.read_all(after=after, limit=limit)] == wanted
    assert [one.version for one in store.read_stream("a", after=PAGE_EVENTS - 1, limit=3)] == [1000, 1001, 1002]


def test_a_read_covers_the_log_as_it_was_at_the_call(store):
    store.append("a", happened(*range(1, PAGE_EVENTS + 2)), expected=0)
    everything, stream = store.read_all(), store.read_stream("a")
    next(everything)
    store.append("a", happened(0), expected=ANY)
    assert sum(1 for _ in everything) == PAGE_EVENTS and sum(1 for _ in stream) == PAGE_EVENTS + 1


def test_a_command_id_keeps_what_it_stands_for_over_a_restart(path):
    bus = None
    decider = lab.Decider(None, lambda command, state: [Happened(command)], lambda state, event: state)
    for again in range(2):
        with SqliteEventStore(path, EVENTS) as store:
            bus = lab.CommandBus(store)
            bus.register(int, decider, stream=lambda command: "a")
            assert bus.send(7, command_id="x") == lab.Receipt("a", 1, 1, (Happened(7),)) or again
            (recorded,) = log_of(store)
            assert isinstance(recorded.command_id, CommandId) and recorded.command_id.stands_for.startswith("int ")
            with pytest.raises(lab.CommandIdReused):
                bus.send(8, command_id="x")
    with SqliteEventStore(path, EVENTS) as store:
        store.append("b", happened(1), expected=0, command_id="plain")
        assert type(log_of(store)[-1].command_id) is str


def test_projectors_and_upcasting_work_on_it(path):
    @dataclass(frozen=True)
    class Old:
        number: int

    with SqliteEventStore(path, {"happened": Old}) as before:
        before.append("a", [Old(3)], expected=0)
    with SqliteEventStore(path, {"happened": (Old, Happened)}) as now:
        now.append("a", happened(4), expected=1)
        today = lab.UpcastingStore(now, {Old: lambda old: Happened(old.number, "old")})
        assert [one.event for one in today.read_all()] == [Happened(3, "old"), Happened(4)]
        assert [one.event for one in now.read_stream("a")] == [Old(3), Happened(4)]


# --- what cannot be recorded, and what cannot be read ---------------------------------------------------------


def test_what_cannot_be_recorded_is_named_and_nothing_is_recorded(store):
    with pytest.raises(lab.InvalidArgument, match="append to 'a': event 2: Happened.number is 1.5, a float"):
        store.append("a", [Happened(1), Happened(1.5)], expected=0)
    with pytest.raises(lab.InvalidArgument, match="append to 'a': event 1: 'placed': str is not a declared event type"):
        store.append("a", ["placed"], expected=0)
    for name in ("stream", "command_id", "caused_by"):
        with pytest.raises(lab.InvalidArgument, match="surrogate"):
            store.append(**{"stream": "a", name: "\ud800"}, events=happened(1), expected=0)
    assert log_of(store) == [] and store.head() == 0


def change(path, sql, *parameters):
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(sql, parameters)


def test_an_event_that_cannot_be_read_is_named_after_those_before_it(store, path):
    store.append("a", happened(1, 2, 3), expected=0)
    change(path, "UPDATE events SET payload = '{\"number\": 2}' WHERE position = 2")
    read = []
    with pytest.raises(lab.DecodingFailed, match="at position 2 cannot be read: note is missing") as caught:
        read.extend(store.read_all())
    assert caught.value.position == 2
    reader = store.read_all()
    assert next(reader).event == Happened(1)
    with pytest.raises(lab.DecodingFailed):
        next(reader)
    assert [one.event for one in store.read_all(after=2)] == happened(3)
    change(path, "UPDATE events SET type = 'other' WHERE position = 2")
    with pytest.raises(lab.UnknownEventType, match="position 2 is of type 'other', version 1"):
        list(store.read_stream("a"))


@pytest.mark.parametrize("noted", ["{", "[1]", '{"who": 5}', "[" * 100_000, "null"], ids=lambda one: one[:8])
def test_metadata_that_cannot_be_read_is_named(store, path, noted):
    store.append("a", happened(1), expected=0, metadata={"who": "ada"})
    change(path, "UPDATE events SET metadata = ?", noted)
    with pytest.raises(lab.DecodingFailed, match="at position 1 cannot be read: metadata is no JSON object of texts"):
        log_of(store)


def test_names_that_are_no_text_are_said(store, path):
    store.append("a", happened(1), expected=0)
    change(path, "UPDATE events SET stream = CAST(x'ff' AS TEXT)")
    with pytest.raises(lab.StoreUnreadable, match="is not what an event log of this version is .*UTF-8"):
        log_of(store)


# --- interrupts ---------------------------------------------------------------------------------------------


def test_an_append_interrupted_at_any_bytecode_leaves_all_of_the_commit_or_nothing(tmp_path):
    store = SqliteEventStore(tmp_path / "log.db", EVENTS, clock=lambda: 1.5)
    numbers = count()

    def work(stream):
        return store.append(stream, happened(1, 2, 3), expected=0, command_id="x")

    work("warm up")
    found = moments(lambda: work("count"))
    for at in found[:: 1 if "CQRS_LAB_EVERY_MOMENT" in os.environ else 7]:
        stream, before = f"s{next(numbers)}", store.head()
        assert interrupted(lambda stream=stream: work(stream), at)
        assert (store.head(), store.stream_version(stream)) in ((before, 0), (before + 3, 3))
        # Another thread waits for no lock, and the command is recorded once.
        receipt = in_another_thread(lambda stream=stream: work(stream))
        assert receipt == work(stream) == lab.Appended(stream, 3, before + 3)
    assert [one.position for one in store.read_all()] == list(range(1, store.head() + 1))
    assert len(found) > 200
    store.close()


def test_a_store_interrupted_while_it_is_made_leaves_a_file_that_opens(tmp_path):
    numbers = count()

    def make():
        SqliteEventStore(tmp_path / f"{next(numbers)}.db", EVENTS).close()

    make()
    found = moments(make)
    for at in found[:: 1 if "CQRS_LAB_EVERY_MOMENT" in os.environ else 37]:
        assert interrupted(make, at)
        with SqliteEventStore(tmp_path / f"{next(numbers) - 1}.db", EVENTS) as again:
            assert again.append("a", happened(1), expected=0).position == 1


# --- the object -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", ":memory:", None, 5])
def test_a_path_that_is_none_is_refused(path):
    with pytest.raises(lab.InvalidArgument, match="is not a file; give its path"):
        SqliteEventStore(path, EVENTS)


def test_it_cannot_be_pickled_or_copied(store):
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(lab.InvalidArgument, match="make a store for the same log there"):
            attempt(store)


# --- listening ----------------------------------------------------------------------------------------------


def test_a_projector_follows_what_another_store_object_records(store, path):
    class Total:
        name, version, events = "total", 1, (Happened,)
        schema = lab.Schema(index=["stream"], columns={"number": "int64"})

        def summarise(self, batch):
            return self.schema.conform(batch.frame(Happened).groupby("stream")[["number"]].sum())

        def merge(self, table, rows):
            return lab.merge_rows(table, rows, add=["number"])

    queries = lab.QueryBus()
    projector = lab.Projector(store, Total())
    queries.register(str, lambda query, table: int(table.number.sum()), reads=projector)
    with SqliteEventStore(path, EVENTS) as other, projector:
        receipt = other.append("a", happened(1, 2), expected=0)
        assert queries.ask("?", at_least=receipt.position, timeout_seconds=30).value == 3


# --- many appends together -------------------------------------------------------------------------------


def test_appends_made_together_are_seen_by_others_at_the_end_alone(store, path):
    other, heard = SqliteEventStore(path, EVENTS), []
    end = store.subscribe(lambda: heard.append(other.head()))

    def work():
        for n in range(5):
            store.append("a", happened(n), expected=n)
        assert (store.head(), other.head(), heard) == (5, 0, [])
        assert store.append("a", happened(9), expected=5, command_id="x").again is False
        return store.append("a", happened(9), expected=0, command_id="x")

    assert store.together(work).again is True
    assert other.head() == 6 and 6 in heard
    end()
    other.close()


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError, lab.ConcurrencyError("a", 1, 2)])
def test_if_the_work_raises_none_of_it_is_recorded_and_the_store_goes_on(store, path, error):
    store.append("a", happened(1), expected=0)

    def work():
        store.append("a", happened(2, 3), expected=1)
        raise error

    with pytest.raises(error if isinstance(error, type) else type(error)):
        store.together(work)
    other = SqliteEventStore(path, EVENTS)
    for one in (store, other):
        assert one.head() == 1
    assert other.append("a", happened(4), expected=1).position == 2
    assert store.append("a", happened(5), expected=2).position == 3
    other.close()


def test_a_conflict_in_the_work_takes_nothing_else_with_it(store):
    def work():
        store.append("a", happened(1), expected=0)
        with pytest.raises(lab.ConcurrencyError):
            store.append("a", happened(2), expected=0)
        store.append("a", happened(3), expected=1)

    store.together(work)
    assert [one.event.number for one in store.read_all()] == [1, 3]


def test_work_within_work_is_refused_and_the_outer_one_stands(store):
    def work():
        store.append("a", happened(1), expected=0)
        with pytest.raises(lab.InvalidArgument, match="end that work first"):
            store.together(lambda: None)
        store.append("a", happened(2), expected=1)

    store.together(work)
    assert store.head() == 2


def test_work_that_is_no_function_is_refused(store):
    with pytest.raises(lab.InvalidArgument, match="work=5 is not work to do; give a function"):
        store.together(5)
    assert store.append("a", happened(1), expected=0).position == 1


@pytest.mark.parametrize("goes_on", [True, False], ids=["goes on", "ends"])
def test_work_that_closes_the_store_has_lost_what_it_recorded_and_records_nothing_more(store, goes_on):
    def work():
        store.append("a", happened(1), expected=0)
        store.close()
        return goes_on and store.append("b", happened(2), expected=0)

    with pytest.raises(lab.StoreUnavailable, match=r"within together\(\); nothing was recorded"):
        store.together(work)
    assert log_of(store) == []
    assert store.append("a", happened(1), expected=0).position == 1


def test_another_threads_appends_are_commits_of_their_own(store, monkeypatch):
    monkeypatch.setattr(sqlite_file, "PATIENCE_SECONDS", 0.2)
    said = []

    def append():
        try:
            store.append("b", happened(1), expected=0)
        except lab.StoreUnavailable as error:
            said.append(str(error))

    def work():
        store.append("a", happened(1), expected=0)
        in_another_thread(append)

    store.together(work)
    assert "is locked" in said[0] and store.head() == 1


def test_an_interrupt_at_any_bytecode_leaves_all_that_was_made_together_or_nothing(tmp_path):
    store, numbers = SqliteEventStore(tmp_path / "log.db", EVENTS), count()

    def work(stream):
        store.append(stream, happened(1), expected=0, command_id="x")
        store.append(f"{stream}-too", happened(2, 3), expected=0, command_id="x")

    def together(stream):
        store.together(lambda: work(stream))

    together("warm up")
    found = moments(lambda: together("count"))
    for at in found[:: 1 if "CQRS_LAB_EVERY_MOMENT" in os.environ else 17]:
        stream, before = f"s{next(numbers)}", store.head()
        assert interrupted(lambda stream=stream: together(stream), at)
        here, elsewhere = store.head() - before, in_another_thread(store.head) - before
        assert (here, store.stream_version(stream), elsewhere) in ((0, 0, 0), (3, 1, 3))
        in_another_thread(lambda stream=stream: together(stream))
        assert store.head() == before + 3
    assert len(found) > 300
    store.close()
