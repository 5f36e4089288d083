"""Memory: what an event of the shop takes in the memory store, and what a rebuild from a long SQLite log takes at most.

The long log: `--events`, two million by default; ten million take a minute or two, and 2 GB of disk. The rebuild is a
process of its own, whose greatest resident size is measured; it depends little on the length of the log.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import resource
import sys
import tempfile
import tracemalloc
from datetime import datetime

from tools.claims import at_most, missing, row
from tqdm import tqdm

import cqrs_lab as lab
from cqrs_lab.shop import events, workload, write

EVENTS, TOGETHER = 2_000_000, 20_000


def bytes_per_event(with_ids: bool) -> float:
    """Send 20 days of trade, and return the bytes that stay allocated, by event: itself, envelope and indexes."""
    commands = workload.commands(seed=1, days=20)
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    write.register(bus)
    gc.collect()
    tracemalloc.start()
    for number, command in enumerate(commands):
        bus.send(command, f"click-{number}" if with_ids else None)
    gc.collect()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return taken / store.head()


def record(url: str, count: int) -> None:
    """Record so many payments and parcels, in turn."""
    at = datetime(2011, 7, 4)
    with lab.open_event_store(url, events=events.EVENTS) as store:
        for first in tqdm(range(0, count, TOGETHER), leave=False, disable=None):
            trade = [
                events.OrderPaid(f"o-{number}", 1000, at) if number % 2 else events.OrderShipped(f"o-{number}", at)
                for number in range(first, first + TOGETHER)
            ]
            store.append(f"trade-{first}", trade, expected=0)


class Days:
    """What was paid and shipped, by day: it reads every event."""

    name, version, events = "days", 1, (events.OrderPaid, events.OrderShipped)
    schema = lab.Schema(index=["day"], columns={"paid": "int64", "shipped": "int64"})

    def summarise(self, batch):
        paid, shipped = batch.frame(events.OrderPaid), batch.frame(events.OrderShipped)
        paid = paid.groupby(paid["paid_at"].dt.strftime("%F"))["amount_mills"].sum()
        shipped = shipped.groupby(shipped["shipped_at"].dt.strftime("%F")).size()
        table = paid.to_frame("paid").join(shipped.rename("shipped"), how="outer").fillna(0)
        return self.schema.conform(table.rename_axis("day").astype("int64").reset_index())

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["paid", "shipped"])


def rebuild(url: str, answer) -> None:
    with lab.open_event_store(url, events=events.EVENTS) as store:
        projector = lab.Projector(store, Days())
        projector.catch_up()
        assert projector.position == store.head()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer.put(most / 1e6 if sys.platform == "darwin" else most * 1024 / 1e6)


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--events", type=int, default=EVENTS)
    count = -(-arguments.parse_args().events // TOGETHER) * TOGETHER
    at_most("memory store, an event of the shop", bytes_per_event(with_ids=False), 400, unit=" B")
    row("memory store, an event of the shop, each command with an id of its own", bytes_per_event(True), unit=" B")
    if missing("msgspec"):
        return
    with tempfile.TemporaryDirectory() as folder:
        url, apart = f"sqlite:///{folder}/long.db", multiprocessing.get_context("spawn")
        record(url, count)
        answer = apart.SimpleQueue()
        process = apart.Process(target=rebuild, args=(url, answer))
        process.start()
        at_most(f"rebuild from SQLite, {count:,} events, peak of the process", answer.get(), 1000, unit=" MB")
        process.join()


if __name__ == "__main__":
    main()
