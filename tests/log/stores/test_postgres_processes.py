"""Several processes on one log, and a server that is killed under load: nothing is lost, doubled or skipped.

The full size, by hand: ``python -m tests.log.stores.postgres_killed 20 1``, or CQRS_LAB_KILLS=20.
"""

import os
import subprocess
import sys
from pathlib import Path

from tests.log.stores.postgres_killed import killed

ROOT = Path(__file__).parents[3]
WRITE = """
import sys
import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened
from cqrs_lab.log.stores.postgres import PostgresEventStore
url, schema, process = sys.argv[1:]
with PostgresEventStore(url, EVENTS, schema=schema) as store:
    for number in range(20):
        new = [Happened(one, f"{process}.{number}") for one in (1, 2, 3)]
        store.append(f"own {process}", new, expected=3 * number)
        store.append("once", new[:1], expected=lab.Expected.ANY, command_id=f"command {number}")
        while True:
            try:
                store.append("common", new[:2], expected=store.stream_version("common"))
                break
            except lab.ConcurrencyError:
                continue
"""


def test_four_processes_and_a_reader_that_misses_nothing(server):
    with server.new_store() as store:
        command = [sys.executable, "-c", WRITE, server.url, store._schema.name]
        writers = [subprocess.Popen([*command, str(process)], cwd=ROOT) for process in range(4)]
        seen, end = [], 4 * 20 * (3 + 2) + 20
        while len(seen) < end and not any(one.poll() for one in writers):
            seen += store.read_all(after=seen[-1].position if seen else 0)
        assert [one.wait() for one in writers] == [0, 0, 0, 0]
        assert seen == list(store.read_all()) and [one.position for one in seen] == list(range(1, end + 1))
        for stream, count in {"once": 20, "common": 160, **{f"own {one}": 60 for one in range(4)}}.items():
            assert [one.version for one in store.read_stream(stream)] == list(range(1, count + 1))


def test_a_server_that_is_killed_under_load_loses_and_doubles_nothing(own_server):
    wrong, took, commits = killed(own_server, int(os.environ.get("CQRS_LAB_KILLS", "3")), seed=1)
    assert wrong == [] and commits > 0 and took
