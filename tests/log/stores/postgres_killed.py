"""A server that is killed under load, again and again: writers, a reader, and a projector that go on by themselves.

    python -m tests.log.stores.postgres_killed ROUNDS SEED
"""

from __future__ import annotations

import sys
import threading
import time
from random import Random

import cqrs_lab as lab
from cqrs_lab.log.contract import Happened
from tests.log.stores.postgres_of_our_own import Server

WRITERS, STREAMS, LIVES_SECONDS = 16, 5, 0.25


class Counted:
    name, version, events = "counted", 1, (Happened,)
    schema = lab.Schema(index=["stream"], columns={"events": "int64"})

    def summarise(self, batch):
        counts = batch.frame(Happened).groupby("stream")[["number"]].count()
        return self.schema.conform(counts.set_axis(["events"], axis=1))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["events"])


class Load:
    """Writers, each in turn with an id sent twice and without one, and a reader; what they were told and saw."""

    def __init__(self, store, seed):
        self.store, self.seed, self.stop, self.written = store, seed, threading.Event(), threading.Event()
        self.told, self.seen, self.errors = {}, [], []
        works = [self._read, *(lambda writer=writer: self._write(writer) for writer in range(WRITERS))]
        self.threads = [threading.Thread(target=self._guarded, args=(one,)) for one in works]
        for one in self.threads:
            one.start()

    def _guarded(self, work):
        try:
            work()
        except Exception as error:  # noqa: BLE001 - judged below; a thread must not lose it
            self.errors.append(f"{type(error).__name__}: {error}")

    def _write(self, writer):
        random, number = Random(f"{self.seed} {writer}"), 0
        while not self.stop.is_set():
            note, stream = f"{writer}.{number}", f"s{random.randrange(STREAMS)}"
            new, id = [Happened(one, note) for one in range(1, random.randrange(2, 6))], note if number % 2 else None
            receipt = self.store.append(stream, new, expected=lab.Expected.ANY, command_id=id)
            self.told[note] = (receipt.stream, receipt.version, receipt.position, len(new))
            if id is not None:
                again = self.store.append(stream, new, expected=lab.Expected.ANY, command_id=id)
                if again != receipt or again.again is not True:
                    self.errors.append(f"sent twice: {receipt}, then {again}")
            number += 1

    def _read(self):
        last_round = False
        while not last_round:
            last_round = self.written.is_set()
            for one in self.store.read_all(after=self.seen[-1][0] if self.seen else 0):
                self.seen.append((one.position, one.stream, one.version, one.event.note))

    def end(self):
        self.stop.set()
        for one in self.threads[1:]:
            one.join(120)
        self.written.set()  # only now, so that the reader's last round begins after the last commit
        self.threads[0].join(120)


def judge(load, log):
    """Return what is wrong: lost, doubled, torn, skipped, out of place."""
    wrong, commits, versions = list(load.errors), {}, {}
    for one in log:
        commits.setdefault(one.event.note, []).append(one)
        if one.version != versions.get(one.stream, 0) + 1:
            wrong.append(f"version {one.version} of {one.stream} after {versions.get(one.stream, 0)}")
        versions[one.stream] = one.version
    positions = [one.position for one in log]
    wrong += ["positions"] * (positions != sorted(set(positions)))
    wanted = [(one.position, one.stream, one.version, one.event.note) for one in log]
    wrong += ["the reader saw another log"] * (load.seen != wanted)
    for note, (stream, version, position, count) in load.told.items():
        found = commits.get(note, [])
        if [one.event.number for one in found] != list(range(1, count + 1)):
            wrong.append(f"commit {note} of {count} events has {[one.event.number for one in found]}")
        elif (found[-1].stream, found[-1].version, found[-1].position) != (stream, version, position):
            wrong.append(f"commit {note} is not where its receipt says")
    wrong += [f"nobody was told of {note}" for note in set(commits) - set(load.told)]
    return wrong


def killed(server, rounds, seed, kind=None, **more):
    """Kill the server again and again under load; return what is wrong, and how long the way back took each time."""
    random, took = Random(seed), []
    store = server.new_store(**({"kind": kind} if kind else {}), **more)
    projector = lab.Projector(store, Counted())
    with store, projector:
        load = Load(store, seed)
        for _ in range(rounds):
            time.sleep(LIVES_SECONDS * random.random())
            told = len(load.told)
            server.kill()
            server.start()
            back, head = time.monotonic(), store.head()
            while len(load.told) < told + 2 * WRITERS and not load.errors and time.monotonic() < back + 60:
                time.sleep(0.01)
            took.append(time.monotonic() - back)
            assert store.head() >= head
        load.end()
        log = list(store.read_all())
        wrong = judge(load, log)
        until = time.monotonic() + 60
        while projector.position < store.head() and time.monotonic() < until:
            time.sleep(0.01)
        behind = projector.position < store.head()
        wrong += [f"the projector stands at {projector.position}: {projector.status}"] * behind
        counted = {stream: sum(one.stream == stream for one in log) for stream in {one.stream for one in log}}
        wrong += ["the projector's table"] * (projector.table["events"].to_dict() != counted)
    return wrong, took, len(load.told)


if __name__ == "__main__":
    mine = Server()
    try:
        wrong, took, commits = killed(mine, int(sys.argv[1]), int(sys.argv[2]))
        print(f"{commits} commits; seconds until the writers went on: {', '.join(f'{one:.2f}' for one in took)}")
        print("\n".join(wrong) or "nothing is wrong")
    finally:
        mine.stop()
