"""The log on NATS JetStream, on one server and on three: the contract, and what else a store of this kit does."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from random import Random

import pytest

import cqrs_lab as lab
from cqrs_lab import cli
from cqrs_lab.log.contract import EVENTS, Happened, interleaving, sizes
from cqrs_lab.log.contract.histories import random_history
from cqrs_lab.log.guards.command_id import CommandId
from cqrs_lab.log.stores import jetstream as module
from cqrs_lab.log.stores.jetstream import JetStreamEventStore
from cqrs_lab.log.stores.jetstream_commits import EVENTS_A_COMMIT
from cqrs_lab.log.stores.sqlite import SqliteEventStore
from cqrs_lab.shop import events as shop_events
from tests.log.stores import nats_servers
from tests.log.test_store_arguments import refuses_at_every_door

ROOT = Path(__file__).parents[3]
ANY = lab.Expected.ANY
EVERY_MOMENT = "CQRS_LAB_EVERY_MOMENT" in os.environ


def happened(*numbers):
    return [Happened(number) for number in numbers]


def log_of(store):
    return list(store.read_all())


# --- the contract -------------------------------------------------------------------------------------------


def test_it_keeps_the_contract_with_eight_threads_and_over_restarts(jetstream, monkeypatch):
    if not EVERY_MOMENT:
        monkeypatch.setattr(sizes, "SIZES", sizes.SIZES[:3])
        monkeypatch.setattr(sizes, "COMMANDS", 60)
        _stop_at_some_lines(monkeypatch, 16 if len(jetstream.logs.servers) == 1 else 60)

    def reopen(store):
        store.close()
        return jetstream(str(store._client.place))

    report = lab.check_event_store(jetstream, threads=8, reopen=reopen)
    assert report.ok, report
    assert any("subscribe, read_slice, caused_by and metadata, again" in note for note in report.notes)


def _stop_at_some_lines(monkeypatch, every):
    """Let the other thread come at a part of the lines; CQRS_LAB_EVERY_MOMENT: at all of them, which takes a minute."""
    all_of_them = interleaving._Lines.worth_a_stop
    monkeypatch.setattr(interleaving._Lines, "worth_a_stop", lambda lines: all_of_them(lines)[::every])


def append(store, op, number):
    events, why = op.events(), {"caused_by": f"step {number}", "metadata": {"number": str(number)}}
    try:
        receipt = store.append(op.stream, events, expected=op.expected, command_id=op.command_id, **why)
    except lab.ConcurrencyError as error:
        return str(error)
    return receipt.stream, receipt.version, receipt.again


def without_positions(store):
    return [replace(one, position=0) for one in store.read_all()]


def test_random_histories_give_the_log_that_memory_and_sqlite_give(jetstream, path):
    store, memory = jetstream(), lab.MemoryEventStore(clock=lambda: 1.5)
    with SqliteEventStore(path, EVENTS, clock=lambda: 1.5) as sqlite:
        for seed in range(int(os.environ.get("CQRS_LAB_HISTORIES", "5"))):
            for number, op in enumerate(random_history(Random(seed), 20)):
                op = replace(op, stream=f"{seed} {op.stream}")
                came = append(store, op, number)
                assert came == append(memory, op, number) == append(sqlite, op, number)
        assert without_positions(store) == without_positions(memory) == without_positions(sqlite)
    streams = defaultdict(list)
    for one in store.read_all():
        streams[one.stream].append(one)
    positions = [one.position for one in store.read_all()]
    assert positions == sorted(set(positions)) and positions[-1] == store.head()
    for stream, own in streams.items():
        assert list(store.read_stream(stream)) == own


def test_the_last_event_of_a_commit_is_at_a_multiple_and_its_others_are_before_it(jetstream):
    store = jetstream()
    assert store.append("a", happened(1, 2, 3), expected=0).position == EVENTS_A_COMMIT == store.head()
    assert store.append("b", happened(4), expected=0).position == 2 * EVENTS_A_COMMIT
    assert [one.position for one in store.read_all()] == [99_998, 99_999, 100_000, 200_000]
    for after, limit in product((0, 1, 99_997, 99_998, 99_999, 100_000, 150_000, 200_000), (None, 0, 1, 2, 9)):
        wanted = [one for one in (99_998, 99_999, 100_000, 200_000) if one > after][:limit]
        assert [one.position for one in store.read_all(after=after, limit=limit)] == wanted
        assert list(store.read_slice(after=after, limit=limit).positions) == wanted


def test_a_command_id_keeps_what_it_stands_for_over_a_restart(jetstream):
    url = jetstream.logs.url()
    decider = lab.Decider(None, lambda command, state: [Happened(command)], lambda state, event: state)
    for again in range(2):
        store = jetstream(url)
        bus = lab.CommandBus(store)
        bus.register(int, decider, stream=lambda command: "a")
        assert bus.send(7, command_id="x") == lab.Receipt("a", 1, EVENTS_A_COMMIT, (Happened(7),)) or again
        (recorded,) = log_of(store)
        assert isinstance(recorded.command_id, CommandId) and recorded.command_id.stands_for.startswith("int ")
        with pytest.raises(lab.CommandIdReused):
            bus.send(8, command_id="x")
    store.append("b", happened(1), expected=0, command_id="plain")
    assert type(log_of(store)[-1].command_id) is str


def test_projectors_and_upcasting_work_on_it(jetstream):
    @dataclass(frozen=True)
    class Old:
        number: int

    before = jetstream(events={"happened": Old})
    before.append("a", [Old(3)], expected=0)
    now = jetstream(str(before._client.place), events={"happened": (Old, Happened)})
    now.append("a", happened(4), expected=1)
    today = lab.UpcastingStore(now, {Old: lambda old: Happened(old.number, "old")})
    assert [one.event for one in today.read_all()] == [Happened(3, "old"), Happened(4)]
    assert [one.event for one in now.read_stream("a")] == [Old(3), Happened(4)]


def test_whole_slices_are_the_same_each_time_and_a_growing_one_is_not_kept(on_one, monkeypatch):
    monkeypatch.setattr(module, "SLICE_EVENTS", 4)
    with JetStreamEventStore(on_one.url(), EVENTS) as store:
        for number in range(3):
            store.append("a", happened(1, 2), expected=2 * number)
        first, rest = store.read_slice(after=0), store.read_slice(after=2 * EVENTS_A_COMMIT)
        assert first.upto == rest.after and first.sealed is store.read_slice(after=0).sealed is not None
        assert rest.sealed is None and len(rest.positions) == 2


# --- what cannot be recorded ------------------------------------------------------------------------------------


def test_what_cannot_be_recorded_is_named_and_nothing_is_recorded(jetstream, monkeypatch):
    store = jetstream()
    with pytest.raises(lab.InvalidArgument, match="append to 'a': event 2: Happened.number is 1.5, a float"):
        store.append("a", [Happened(1), Happened(1.5)], expected=0)
    with pytest.raises(lab.InvalidArgument, match="append to 'a': event 1: 'placed': str is not a declared event type"):
        store.append("a", ["placed"], expected=0)
    for name in ("stream", "command_id", "caused_by"):
        with pytest.raises(lab.InvalidArgument, match="surrogate"):
            store.append(**{"stream": "a", name: "\ud800"}, events=happened(1), expected=0)
    monkeypatch.setattr(module, "EVENTS_A_COMMIT", 2)
    with pytest.raises(lab.InvalidArgument, match="3 events are more than a commit can have, 2; append them in"):
        store.append("a", happened(1, 2, 3), expected=0)
    for now in (float("inf"), float("nan")):
        store._clock = lambda now=now: now
        with pytest.raises(lab.InvalidArgument, match="the clock=.* is not a time"):
            store.append("a", happened(1), expected=0)
    assert log_of(store) == [] and store.head() == 0


def test_every_door_refuses_what_has_no_meaning_and_records_nothing(on_one):
    with JetStreamEventStore(on_one.url(), EVENTS) as store:
        refuses_at_every_door(store)


def test_a_commit_that_is_too_long_is_refused_and_the_store_goes_on(jetstream):
    store, most = jetstream(), nats_servers.MAX_PAYLOAD
    long = [Happened(1, "x" * (most // 2))] * 2
    with pytest.raises(lab.InvalidArgument, match=r"longer than the server takes, 1,048,576 \(max_payload\); append"):
        store.append("a", long, expected=0)
    assert store.append("a", long[:1], expected=0, metadata={"why": "x" * 400_000}).version == 1
    (recorded,) = store.read_stream("a")
    assert recorded.event == long[0]


# --- the object -----------------------------------------------------------------------------------------------


def test_it_says_where_it_is_and_no_password_and_cannot_be_pickled_or_copied(jetstream):
    store = jetstream()
    assert repr(store) == f"JetStreamEventStore('{store._client.place}')"
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(lab.InvalidArgument, match="make a store for the same log there"):
            attempt(store)


def test_it_is_used_after_close_and_in_a_with_statement(jetstream):
    with jetstream() as store:
        store.append("a", happened(1), expected=0)
    assert store.append("a", happened(2), expected=1).version == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_makes_a_connection_of_its_own(on_one):
    code = f"""
import os
from cqrs_lab.log.contract import EVENTS, Happened
from cqrs_lab.log.stores.jetstream import JetStreamEventStore
store = JetStreamEventStore({on_one.url()!r}, EVENTS)
store.append("a", [Happened(1)], expected=0)
if (child := os.fork()) == 0:
    store.append("a", [Happened(2)], expected=1)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
print(store.append("a", [Happened(3)], expected=2).version)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout == "3\n"


def test_a_projector_hears_what_another_store_object_records(jetstream):
    class Total:
        name, version, events = "total", 1, (Happened,)
        schema = lab.Schema(index=["stream"], columns={"number": "int64"})

        def summarise(self, batch):
            return self.schema.conform(batch.frame(Happened).groupby("stream")[["number"]].sum())

        def merge(self, table, rows):
            return lab.merge_rows(table, rows, add=["number"])

    store = jetstream()
    other, queries, projector = jetstream(str(store._client.place)), lab.QueryBus(), lab.Projector(store, Total())
    queries.register(str, lambda query, table: int(table.number.sum()), reads=projector)
    with projector:
        receipt = other.append("a", happened(1, 2), expected=0)
        assert queries.ask("?", at_least=receipt.position, timeout_seconds=30).value == 3


def test_it_is_opened_by_its_url(on_one):
    url = on_one.url()
    with lab.open_event_store(url, events=EVENTS) as store:
        store.append("a", happened(1), expected=0)
    with lab.open_event_store(url, events=EVENTS) as store:
        assert isinstance(store, JetStreamEventStore) and store.stream_version("a") == 1


TRADE = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
1001,111,TEA POT,1200,2011-01-04 10:00:00,2.55,42,France
C1002,111,TEA POT,-1,2011-01-04 11:00:00,2.55,42,France
"""


def test_trade_is_replayed_into_it_and_reconciles_and_is_not_sent_again(on_one, tmp_path, capsys):
    (tmp_path / "trade.csv").write_text(TRADE)
    command, said = ["replay", str(tmp_path / "trade.csv"), "--store", on_one.url()], []
    for _ in range(2):
        assert cli.main(command) == 0
        said.append(capsys.readouterr().out)
    assert said[0].splitlines()[1:] and said[0] != said[1]
    with lab.open_event_store(command[-1], events=shop_events.EVENTS) as store:
        ids = [one.command_id for one in store.read_all()]
    assert len(ids) > 1
