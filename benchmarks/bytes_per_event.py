"""How many bytes of memory an event of the shop takes in the memory store: the event, its envelope and the indexes."""

from __future__ import annotations

import gc
import sys
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


def main() -> bool:
    """Print both figures, and return whether the limit is passed."""
    plain = bytes_per_event(with_ids=False)
    print(f"bytes an event, commands without ids: {plain:.0f} (at most {LIMIT_BYTES})")
    print(f"bytes an event, each command with an id of its own: {bytes_per_event(with_ids=True):.0f}")
    return plain > LIMIT_BYTES


if __name__ == "__main__":
    sys.exit(main())
