"""A projector that keeps its table in a DuckDB file, in a process that is killed again and again.

    python -m tests.read.killed_projector FOLDER RUNS SEED
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import cqrs_lab as lab
from cqrs_lab.read.duckdb import DuckDBTables
from cqrs_lab.shop import read, workload, write
from cqrs_lab.shop.events import EVENTS

ROOT = Path(__file__).parents[2]
STEP_EVENTS = 3


def project(folder):
    """Apply a few events at a time, and tell each checkpoint once it is kept; begin again at the end of the log."""
    with lab.open_event_store(f"sqlite:///{folder}/log.db", events=EVENTS) as store:
        projection = read.OrderDetails()
        tables = DuckDBTables(Path(folder, "tables.duckdb"), projection.name, projection.schema)
        projector = lab.Projector(store, projection, tables=tables)
        while projector.catch_up(limit=STEP_EVENTS):
            print(projector.position, flush=True)
        print("the end", flush=True)


def trade(folder):
    """Record a day of trade, and return its log in memory, as the judge's own copy."""
    memory = lab.MemoryEventStore()
    with lab.open_event_store(f"sqlite:///{folder}/log.db", events=EVENTS) as file:
        for store in (memory, file):
            bus = lab.CommandBus(store)
            write.register(bus)
            for command in workload.commands(seed=5, orders_per_day=60):
                bus.send(command)
    return memory


def killed(folder, runs, seed):
    """Kill a projector so many times while it works; return what is wrong, and how many checkpoints were told."""
    memory, random, kills, told = trade(folder), Random(seed), 0, 0
    projection, reached = read.OrderDetails(), 0
    while kills < runs:
        command = [sys.executable, "-m", "tests.read.killed_projector", "project", str(folder)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        last = reached
        for _ in range(random.randrange(1, 12)):
            said = process.stdout.readline().strip()
            if said == "the end":
                break
            last, told = int(said), told + 1
        process.send_signal(signal.SIGKILL)
        for said in process.stdout.read().split():  # what was written before it was killed
            last = int(said) if said.isdigit() else last
        kills += process.wait() == -signal.SIGKILL and said != "the end"
        process.stdout.close()
        tables = DuckDBTables(folder / "tables.duckdb", projection.name, projection.schema)
        kept, table = tables.checkpoint.position, tables.table()
        tables.connection.close()
        if kept < last:
            return f"it told {last}, and kept {kept}", told
        fold = lab.Projector(memory, projection)
        fold.catch_up(limit=kept)
        if not lab.compare_tables(fold.table, table).empty:
            return f"at {kept} the table is not the fold of the log", told
        reached = kept
        if kept == memory.head():  # the next one begins with nothing
            (folder / "tables.duckdb").unlink()
            reached = 0
    return "", told


if __name__ == "__main__":
    if sys.argv[1] == "project":
        project(sys.argv[2])
    else:
        Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
        print(killed(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
