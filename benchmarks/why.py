"""Why a cell says what it says, from a log of 1,000 events: milliseconds, and against building the table without each.

1. The cell of the shop that most events touch, for each of its tables: at most 100 ms, once the summaries are made.
2. One row that all 1,000 events touch, of a table that adds up, and of one that keeps the last.
3. The naive way for the events that count, on the first of these : ours.
"""

import statistics

from tools.claims import at_least, at_most, by_turns, row, seconds
from tools.sales import Sold, Totals

import cqrs_lab as lab
from cqrs_lab.read.why import Lineage
from cqrs_lab.shop import read, workload, write

EVENTS, RUNS, LIMIT = 1_000, 7, 100


class Last(Totals):
    """What a product was last sold in."""

    schema = lab.Schema(index=["product"], columns={"units": "int64", "position": "int64"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(Sold).drop_duplicates("product", keep="last"))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, latest={"position": ["units"]})


def shop_log():
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    write.register(bus)
    for command in workload.commands(1, orders_per_day=100, products=10):
        if store.head() < EVENTS:
            bus.send(command)
    return list(store.read_all())[:EVENTS]


def busiest(projection, log):
    """Return the key that most events touch."""
    own = [one for one in log if isinstance(one.event, projection.events)]
    keys = [key for one in own for key in projection.summarise(lab.EventBatch([one])).index]
    return max(dict.fromkeys(keys), key=keys.count), len(own)


def median_of(work):
    return 1000 * statistics.median(seconds(work) for _ in range(RUNS))


def cells_of_the_shop(log):
    for projection in read.projections():
        key, count = busiest(projection, log)
        lineage = Lineage(projection, log)
        first = seconds(lambda key=key, lineage=lineage: lineage.why(key, list(lineage.table)[0]))
        each = [median_of(lambda name=name, key=key, of=lineage: of.why(key, name)) for name in lineage.table]
        at_most(
            f"{projection.name}, {count} events read: the slowest column of its busiest row",
            max(each),
            LIMIT,
            unit=" ms",
        )
        row(
            f"{projection.name}: the first question about that row, which makes the summaries", 1000 * first, unit=" ms"
        )


def one_row(projection, log):
    lineage = Lineage(projection, log)
    row(
        f"{type(projection).__name__}, one row, {len(log)} events: the summaries",
        seconds(lambda: lineage.why("tea", "units")),
        unit=" s",
    )
    at_most(
        f"{type(projection).__name__}, one row, {len(log)} events",
        median_of(lambda: lineage.why("tea", "units")),
        LIMIT,
        unit=" ms",
    )
    return lineage


def naive(projection, log):
    """Build the table without each event."""
    return [projection.summarise(lab.EventBatch(log[:at] + log[at + 1 :])) for at in range(len(log))]


def main():
    cells_of_the_shop(shop_log())
    store = lab.MemoryEventStore()
    store.append("till", [Sold("tea", 1 + number % 5) for number in range(EVENTS)], expected=0)
    log = list(store.read_all())
    adds = one_row(Totals(), log)
    one_row(Last(), log)
    took = by_turns(1, ours=lambda: adds.why("tea", "units"), naive=lambda: naive(Totals(), log))
    at_least("the table built without each event : ours, summaries made", took["naive"] / took["ours"], 10)


if __name__ == "__main__":
    main()
