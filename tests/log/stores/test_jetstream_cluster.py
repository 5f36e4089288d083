"""One of three servers is killed under load: nothing acknowledged is lost or doubled, no reader skips an event.

Twenty rounds, by hand: ``CQRS_LAB_ROUNDS=20 pytest tests/log/stores/test_jetstream_cluster.py``.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import defaultdict
from pathlib import Path
from random import Random

import pytest

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened
from cqrs_lab.log.stores.jetstream import JetStreamEventStore
from tests.log.stores import nats_servers

ROOT = Path(__file__).parents[3]
ROUNDS = int(os.environ.get("CQRS_LAB_ROUNDS", "2"))
WRITERS, COMMANDS, ANY = 16, 6, lab.Expected.ANY


class Total:
    """How many events each stream has, and the sum of their numbers."""

    name, version, events = "total", 1, (Happened,)
    schema = lab.Schema(index=["stream"], columns={"events": "int64", "number": "int64"})

    def summarise(self, batch):
        frame = batch.frame(Happened)
        return self.schema.conform(frame.assign(events=1).groupby("stream")[["events", "number"]].sum())

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["events", "number"])


class Load:
    """Writers with a store for each four, which send half of their commands twice; and a reader."""

    def __init__(self, url):
        self.url, self.receipts, self.errors, self.read = url, {}, [], []
        self.stores = [JetStreamEventStore(url, EVENTS) for _ in range(WRITERS // 4)]
        self.progress, self.ended = threading.Condition(), threading.Event()

    def write(self, writer, turn):
        store, random = self.stores[writer % len(self.stores)], Random(f"{writer} {turn}")
        try:
            for number in range(COMMANDS):
                stream = random.choice([f"own-{writer}", "common-1", "common-2"])
                self.send(store, stream, f"{turn}.{writer}.{number}", random)
                if random.random() < 0.5:
                    self.send(random.choice(self.stores), stream, f"{turn}.{writer}.{number}", random)
        except Exception as error:  # noqa: BLE001 - judged below; a thread must not lose it
            self.errors.append(repr(error))

    def send(self, store, stream, id, random):
        """Send a command until it is acknowledged: an unknown end, or another writer, is no reason to give up."""
        events = [Happened(random.randrange(100), id) for _ in range(random.randrange(1, 4))]
        while True:
            expected = store.stream_version(stream) if random.random() < 0.5 else ANY
            try:
                receipt = store.append(stream, events, expected=expected, command_id=id)
            except (lab.ConcurrencyError, lab.StoreUnavailable):
                continue
            break
        with self.progress:
            first = self.receipts.setdefault((stream, id), receipt)
            self.progress.notify_all()
        if first != receipt:
            self.errors.append(f"{id}: {first}, and then {receipt}")

    def follow(self):
        """Read on from the last position, as a reader does who keeps nothing else."""
        with JetStreamEventStore(self.url, EVENTS) as store:
            last_round = False
            while True:
                new = list(store.read_all(after=self.read[-1].position if self.read else 0))
                self.read += new
                if last_round:
                    return
                last_round = self.ended.wait(0.01)

    def wait_for_receipts(self, count):
        with self.progress:
            assert self.progress.wait_for(lambda: len(self.receipts) >= count or self.errors, 120)


def a_round(load, servers, turn):
    """Let all writers work, kill one server in the middle, and start it again when all are done."""
    before = len(load.receipts)
    writers = [threading.Thread(target=load.write, args=(writer, turn), daemon=True) for writer in range(WRITERS)]
    for one in writers:
        one.start()
    load.wait_for_receipts(before + WRITERS)
    leader = nats_servers.admin(servers, f"STREAM.INFO.{load.stores[0]._log.name}")["cluster"]["leader"]
    victim = next(one for one in servers if (one.name == leader) is (turn % 3 != 2))  # now and then it is no leader
    victim.kill()
    for one in writers:
        one.join(120)
        assert not one.is_alive()
    victim.start()
    nats_servers.wait_for(servers)


@pytest.fixture
def cluster(tmp_path):
    if nats_servers.BINARY is None:
        (pytest.fail if "CI" in os.environ else pytest.skip)(nats_servers.MISSING)
    servers = nats_servers.three(tmp_path)
    yield servers
    for one in servers:
        one.kill()


def test_a_killed_server_takes_nothing_with_it(cluster):
    load = Load(nats_servers.url(cluster, "SHOP"))
    projector = lab.Projector(JetStreamEventStore(load.url, EVENTS), Total())
    reader = threading.Thread(target=load.follow, daemon=True)
    reader.start()
    with projector:
        for turn in range(ROUNDS):
            a_round(load, cluster, turn)
        queries = lab.QueryBus()
        queries.register(str, lambda query, table: table, reads=projector)
        head = max(one.position for one in load.receipts.values())
        assert queries.ask("?", at_least=head, timeout_seconds=60).freshness == "fresh"
        load.ended.set()
        reader.join(60)
        assert load.errors == []
        judge(load, list(load.stores[0].read_all()), projector.table)
    for store in (*load.stores, projector.store):
        store.close()


def judge(load, log, table):
    commits, versions = defaultdict(list), defaultdict(list)
    for one in log:
        commits[one.stream, one.command_id].append(one)
        versions[one.stream].append(one.version)
    assert commits.keys() == load.receipts.keys()
    for place, events in commits.items():
        receipt = load.receipts[place]
        assert (events[-1].version, events[-1].position) == (receipt.version, receipt.position)
        assert len({one.recorded_at for one in events}) == 1 and len(events) <= 3
    assert all(own == list(range(1, len(own) + 1)) for own in versions.values())
    positions = [one.position for one in log]
    assert positions == sorted(set(positions)) and load.read == log
    assert table["events"].to_dict() == {stream: len(own) for stream, own in versions.items()}
    assert table["number"].sum() == sum(one.event.number for one in log)


# --- several processes ---------------------------------------------------------------------------------------

PROCESS = """
import sys
import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened
url, process = sys.argv[1:]
with lab.open_event_store(url, events=EVENTS) as store:
    for number in range(12):
        store.append(f"own {process}", [Happened(number), Happened(number)], expected=2 * number)
        store.append("once", [Happened(number)], expected=lab.Expected.ANY, command_id=f"command {number}")
        while True:
            version = store.stream_version("counter")
            try:
                store.append("counter", [Happened(version + 1)], expected=version)
            except lab.ConcurrencyError:
                continue
            break
"""


@pytest.mark.parametrize("jetstream", ["on_one", "on_three"], indirect=True)
def test_several_processes_share_a_log_and_a_reader_misses_nothing(jetstream):
    store = jetstream()
    command = [sys.executable, "-c", PROCESS, str(store._client.place)]
    writers = [subprocess.Popen([*command, str(process)], cwd=ROOT) for process in range(3)]
    read, running = [], True
    while running:
        running = any(one.poll() is None for one in writers)
        read += list(store.read_all(after=read[-1].position if read else 0))
    assert [one.wait() for one in writers] == [0, 0, 0] and read == list(store.read_all())
    assert [one.event.number for one in store.read_stream("counter")] == list(range(1, 37))
    assert sorted(one.event.number for one in store.read_stream("once")) == list(range(12))
    for process in range(3):
        assert [one.version for one in store.read_stream(f"own {process}")] == list(range(1, 25))
