"""Processes that share one log: writers, a reader that follows them, and writers that are killed.

    python -m tests.log.stores.processes killed FOLDER RUNS SEED
    python -m tests.log.stores.processes crowd FOLDER COMMITS EVENTS
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened
from cqrs_lab.log.stores.sqlite import SqliteEventStore

ROOT = Path(__file__).parents[3]
WRITERS = (3, 3, 2, 2)
SLOW_SECONDS = 0.01


def run(role, *arguments, **how):
    command = [sys.executable, "-m", "tests.log.stores.processes", role, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, **how)


# --- a crowd ------------------------------------------------------------------------------------------------


def write(path, process, commits, events):
    """Append from several threads: each to a stream of its own, and in turn with the others to a common one."""
    store = SqliteEventStore(path, EVENTS)

    def work(writer):
        for number in range(commits):
            note = f"{process}.{writer}.{number}"
            new = [Happened(one, note) for one in range(1, events + 1)]
            store.append(f"own {process}.{writer}", new, expected=events * number)
            while True:
                version = store.stream_version("common")
                try:
                    store.append("common", new[:1], expected=version)
                except lab.ConcurrencyError:
                    continue
                break
            store.append("once", new[:1], expected=lab.Expected.ANY, command_id=f"command {number}")
            if number % 10 == 5:
                commit_slowly(path, f"slow {process}.{writer}", note)

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(WRITERS[process])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def commit_slowly(path, stream, note):
    """Hold a transaction open with a position taken, as another program might."""
    columns = "stream, version, type, type_version, payload, recorded_at"
    sql = f"INSERT INTO events ({columns}) VALUES (?, ?, 'happened', 1, ?, 0)"
    connection = sqlite3.connect(path, isolation_level=None, timeout=60)
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("SELECT count(*) FROM events WHERE stream = ?", (stream,)).fetchone()
    for one in (1, 2):
        connection.execute(sql, (stream, version + one, json.dumps({"number": one, "note": note})))
        time.sleep(SLOW_SECONDS)
    connection.execute("COMMIT")
    connection.close()


def follow(path, end):
    """Follow the log until it holds `end` events; return what was seen, and that no commit was seen in part."""
    seen = []
    with SqliteEventStore(path, EVENTS) as store:
        while len(seen) < int(end):
            new = list(store.read_all(after=seen[-1].position if seen else 0))
            seen += new
            time.sleep(0.001)
    return seen


def crowd(folder, commits, events):
    """Let ten writers in four processes write, and a reader follow; return what is wrong."""
    path, commits, events = Path(folder) / "crowd.db", int(commits), int(events)
    SqliteEventStore(path, EVENTS).close()
    slow = len([one for one in range(commits) if one % 10 == 5])
    end = 10 * commits * (events + 1) + commits + 10 * slow * 2
    reader = run("follow", path, end)
    writers = [run("write", path, process, commits, events) for process in range(4)]
    codes = [one.wait() for one in writers]
    seen = [tuple(json.loads(line)) for line in reader.stdout]
    for one in (reader, *writers):
        one.stdout.close()
    wrong = [f"exit codes {codes}, {reader.wait()}"] if any(codes) or reader.returncode else []
    with SqliteEventStore(path, EVENTS) as store:
        log = [(one.position, one.stream, one.version, one.event.number) for one in store.read_all()]
    wrong += ["positions"] * ([one[0] for one in log] != list(range(1, end + 1)))
    wrong += ["the reader saw another log"] * (seen != log)
    versions = {}
    for _, stream, version, _ in log:
        if version != versions.get(stream, 0) + 1:
            wrong.append(f"versions of {stream}")
        versions[stream] = version
    wanted = {f"own {p}.{w}": commits * events for p in range(4) for w in range(WRITERS[p])}
    wanted |= {f"slow {p}.{w}": 2 * slow for p in range(4) for w in range(WRITERS[p]) if slow}
    wanted |= {"common": 10 * commits, "once": commits}
    return wrong + ([] if versions == wanted else [f"counts: {versions}"])


# --- killed -------------------------------------------------------------------------------------------------


def sizes(number):
    return number * 7 % 12 + 1


def commit(store, number):
    events = [Happened(one, f"commit {number}") for one in range(1, sizes(number) + 1)]
    return store.append(f"s{number % 3}", events, expected=lab.Expected.ANY, command_id=f"c{number}")


def killed(folder, runs, seed):
    """Kill a process while it writes, again and again; return what is wrong: lost, doubled, torn, or out of place."""
    path, random, wrong, acknowledged, next_number = Path(folder) / "killed.db", Random(int(seed)), [], {}, 0
    for _ in range(int(runs)):
        answers, answer = os.pipe()
        if (child := os.fork()) == 0:
            store, number = SqliteEventStore(path, EVENTS), next_number
            while True:
                receipt = commit(store, number)
                os.write(answer, f"{number} {receipt.version} {receipt.position}\n".encode())
                number += 1
        os.close(answer)
        heard = os.read(answers, 20)  # it has begun
        time.sleep(random.random() * 0.03)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        while more := os.read(answers, 65_536):
            heard += more
        os.close(answers)
        told = [tuple(map(int, line.split())) for line in heard.decode().splitlines()]
        acknowledged |= {number: place for number, *place in told}
        next_number = told[-1][0] + 1
        wrong += judge(path, acknowledged, next_number)
        next_number += 1
    return wrong


def judge(path, acknowledged, unknown):
    """Compare the log with what was acknowledged; the commit after the last of these may be there or not."""
    with SqliteEventStore(path, EVENTS) as store:
        wrong = compare(list(store.read_all()), acknowledged, unknown)
        # Sent again under its id, the commit whose answer was never heard is there exactly once.
        receipt = commit(store, unknown)
        acknowledged[unknown] = [receipt.version, receipt.position]
        return wrong or compare(list(store.read_all()), acknowledged, None)


def compare(log, acknowledged, unknown):
    found = {}
    for one in log:
        found.setdefault(int(one.command_id[1:]), []).append(one)
    wrong = [f"lost or new: {one}" for one in (set(found) - {unknown}) ^ set(acknowledged)]
    for number, events in found.items():
        if [one.event.number for one in events] != list(range(1, sizes(number) + 1)):
            wrong.append(f"commit {number} has {len(events)} events")
        place = [events[-1].version, events[-1].position]
        if place != acknowledged.get(number, place):
            wrong.append(f"commit {number} is at {place}, acknowledged at {acknowledged[number]}")
    return wrong + ["positions"] * ([one.position for one in log] != list(range(1, len(log) + 1)))


def main(role, *arguments):
    if role == "write":
        path, *numbers = arguments
        return write(path, *map(int, numbers))
    if role == "follow":
        for one in follow(*arguments):
            print(json.dumps([one.position, one.stream, one.version, one.event.number]))
        return None
    wrong = {"crowd": crowd, "killed": killed}[role](*arguments)
    print("\n".join(wrong) or "nothing is wrong")
    return sys.exit(bool(wrong))


if __name__ == "__main__":
    main(*sys.argv[1:])
