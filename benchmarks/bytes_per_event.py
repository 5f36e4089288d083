"""How many bytes of memory an event of the shop takes in the memory store: the event, its envelope and the indexes."""

from __future__ import annotations

import gc
import tracemalloc

import cqrs_lab as lab
from cqrs_lab.shop import workload, write

LIMIT_BYTES = 400


def bytes_per_event(with_ids: bool) -> float:
    """Send 20 days of trade, and return the bytes that stay allocated, by event."""
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


if __name__ == "__main__":
    print(f"bytes an event, commands without ids : {bytes_per_event(False):.0f} (limit {LIMIT_BYTES})")
    print(f"bytes an event, each command with an id of its own : {bytes_per_event(True):.0f}")
