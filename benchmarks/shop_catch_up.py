"""The shop's seven tables: catching up 1,000 new events after a long log against after a short one. 

The log is a drawn day of trade, said again under other order and cart numbers until it is long enough; products and
customers stay. So the tables of orders and carts grow with the log, those of products and days do not, and the work of
a batch depends on neither (see docs/decisions/0030).
"""

import dataclasses
import itertools
import statistics
import sys
import time

from tools.claims import at_most

import cqrs_lab as lab
from cqrs_lab.shop import read, workload, write

SHORT, LONG, NEW, RUNS = 10_000, 1_000_000, 1_000, 7
NUMBERED = ("order_id", "cart_id", "return_id")


def a_day():
    """Send a day of trade through the deciders, and give its events."""
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    write.register(bus)
    for command in workload.commands(seed=1, orders_per_day=600):
        bus.send(command)
    return [recorded.event for recorded in store.read_all()]


def days(day):
    """Say the day again and again, under other numbers."""
    for number in itertools.count():
        for event in day:
            ids = {name: getattr(event, name, "") for name in NUMBERED}
            yield dataclasses.replace(event, **{name: f"{number}-{value}" for name, value in ids.items() if value})


def record(store, events, count):
    """Record the next events, a hundred to a commit."""
    for _ in range(count // 100):
        store.append("trade", list(itertools.islice(events, 100)), expected=lab.Expected.ANY)


def a_shop(day, count):
    """Give a store with that many events, what comes next, and the seven projectors, caught up."""
    store, events = lab.MemoryEventStore(), days(day)
    record(store, events, count)
    projectors = [lab.Projector(store, projection) for projection in read.projections()]
    for projector in projectors:
        projector.catch_up()
        print(f"\rafter {count:,}: {projector.projection.name:<20}", end="", file=sys.stderr, flush=True)
    return store, events, projectors


def milliseconds(work):
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def main():
    day = a_day()
    shops = [a_shop(day, count) for count in (SHORT, LONG)]
    times = [{projector.projection.name: [] for projector in projectors} for _, _, projectors in shops]
    for _ in range(RUNS):
        for (store, events, projectors), taken in zip(shops, times, strict=True):
            record(store, events, NEW)
            for projector in projectors:
                taken[projector.projection.name].append(milliseconds(projector.catch_up))
    print("\r" + " " * 40, end="\r", file=sys.stderr)
    for short, long in zip(shops[0][2], shops[1][2], strict=True):
        name = short.projection.name
        before, after = (statistics.median(taken[name]) for taken in times)
        rows = f"{len(long.table):,} rows : {len(short.table):,} rows"
        at_most(f"{NEW:,} events after {LONG:,} : after {SHORT:,}, {name}, {rows}", after / before, 1.5)


if __name__ == "__main__":
    main()
