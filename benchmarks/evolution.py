"""What it costs to change: old shapes read as today's, and long streams loaded. Prints ratios of medians of one run.

1. Rebuild from a million events, half of them of an old shape, through UpcastingStore : from a log that holds today's
   shape alone. Once with the columns kept, and once for the first reader, who makes them.
2. Sending a command to a stream of 10,000 events with snapshots : the same bus without.
"""

import statistics
from dataclasses import dataclass

from read_side import PRODUCTS, Sold, Totals
from tools.claims import row, seconds

import cqrs_lab as lab

EVENTS, LONG, SENT, RUNS = 1_000_000, 10_000, 40, 7


@dataclass(frozen=True, slots=True)
class Sold1:
    product: str
    dozens: int


def record(store, old):
    """Record a million sales, a hundred to a commit; the first half in the shape `old` gives."""
    for first in range(0, EVENTS, 100):
        shape = old if first < EVENTS // 2 else Sold
        sales = [shape(PRODUCTS[number * 7919 % len(PRODUCTS)], number % 5) for number in range(first, first + 100)]
        store.append(f"till-{first // 100 % 5000}", sales, expected=lab.Expected.ANY)


def rebuild_through_upcasters():
    bare, old = lab.MemoryEventStore(), lab.MemoryEventStore()
    record(bare, Sold)
    record(old, Sold1)
    stores = {"today": bare, "upcast": lab.UpcastingStore(old, {Sold1: lambda one: Sold(one.product, one.dozens)})}
    times, first = {}, {}
    projectors = {name: lab.Projector(store, Totals()) for name, store in stores.items()}
    for name, projector in projectors.items():
        first[name] = seconds(projector.catch_up)
    for _ in range(RUNS):
        for name, projector in projectors.items():
            times.setdefault(name, []).append(seconds(lab.rebuild(projector, to=Totals()).run))
    assert projectors["upcast"].table.equals(projectors["today"].table)
    ratio = statistics.median(times["upcast"]) / statistics.median(times["today"])
    row(f"rebuild from {EVENTS:,} events, half of them upcast : all of today's shape", ratio)
    row("first reading, which upcasts and builds the columns : the same", first["upcast"] / first["today"])


@dataclass(frozen=True, slots=True)
class Sell:
    product: str
    units: int


def a_till(with_snapshots):
    """Give a bus whose one stream has ten thousand events, each under a command id, and a state of a hundred rows."""
    store = lab.MemoryEventStore()
    decider = lab.Decider(
        {},
        lambda command, sold: [Sold(command.product, command.units + sold.get(command.product, 0) % 2)],
        lambda sold, event: {**sold, event.product: sold.get(event.product, 0) + event.units},
    )
    snapshots = [lab.Snapshots(decider, shape="sold", every=100)] if with_snapshots else []
    bus = lab.CommandBus(store, snapshots=snapshots)
    bus.register(Sell, decider, stream=lambda command: "till")
    for number in range(LONG):
        sold = Sold(PRODUCTS[number % 100], number % 5)
        store.append("till", [sold], expected=number, command_id=f"command-{number}")
    return bus


def send_to_a_long_stream():
    buses = {"with": a_till(True), "without": a_till(False)}
    times = {"with": [], "without": []}
    for number in range(SENT):
        for name, bus in buses.items():
            command = Sell(PRODUCTS[number % 100], number)
            times[name].append(seconds(lambda bus=bus, command=command, id=f"sent-{number}": bus.send(command, id)))
    # The first command with snapshots reads the whole stream too, and saves the first of them.
    medians = {name: statistics.median(taken) for name, taken in times.items()}
    ratio = medians["with"] / medians["without"]
    row(f"a command to a stream of {LONG:,} events, with snapshots : without", ratio)
    first = times["with"][0] / medians["without"]
    row("the first such command, which saves the first snapshot : without", first)


def main():
    rebuild_through_upcasters()
    send_to_a_long_stream()


if __name__ == "__main__":
    main()
