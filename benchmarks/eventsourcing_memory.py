"""In memory, against eventsourcing 9.5, each in its own way.

1. Load, decide, append: one command to a stream of many events, without snapshots.
2. Send, and read the answer that shows it: a started projector with a table of 1,000 rows : a started projection runner
   with a dict of as many, and its `wait`.
3. The first reading of a log, which builds the columns, into a table of totals : once a bare loop that folds
   eventsourcing's events into a dict, and once its projection, which notes its place with each event.
"""

from __future__ import annotations

from dataclasses import dataclass

from tools.claims import at_least, by_turns, missing, row

import cqrs_lab as lab

LENGTHS, SENT, ANSWERS, COMMITS, RUNS = {10: None, 100: None, 1_000: 100}, 51, 9, 500, 3


@dataclass(frozen=True, slots=True)
class UnitsOf:
    product: str


def load_decide_append():
    from tools.tills import Tills, race_to_load_decide_append

    contenders = race_to_load_decide_append(lab.MemoryEventStore(), Tills())
    for length, limit in LENGTHS.items():
        times = by_turns(SENT, **contenders(length))
        what = f"load, decide, append in memory, {length:,} events before: eventsourcing : kit"
        row(what, times["theirs"] / times["kit"], limit, least=True)


def read_own_write():
    from tools.sales import Totals
    from tools.tills import Sell, bus_of, sales, started

    store, queries = lab.MemoryEventStore(), lab.QueryBus()
    bus, projector = bus_of(store), lab.Projector(store, Totals())
    queries.register(UnitsOf, lambda query, table: int(table.at[query.product, "units"]), reads=projector)
    store.append("till-0", sales(1_000), expected=0)

    def ours():
        receipt = bus.send(Sell("till-1", "product-7", 2))
        answer = queries.ask(UnitsOf("product-7"), at_least=receipt.position, timeout_seconds=5.0)
        assert answer.freshness == "fresh"

    with projector, started() as runner:
        runner.app.record(sales(1_000))
        till = runner.app.record(sales(1))

        def theirs():
            runner.wait(runner.app.sell(till, "product-7", 2), timeout=5.0)
            assert runner.projection.view.units["product-7"]

        # A few at a time: the one who has waited finds nothing in the processor's caches.
        times = by_turns(ANSWERS, kit=lambda: [ours() for _ in range(5)], theirs=lambda: [theirs() for _ in range(5)])
    at_least("send to fresh answer, started, 1,000 rows: eventsourcing : kit", times["theirs"] / times["kit"], 50)


def first_reading():
    from tools.sales import Totals
    from tools.tills import Tills, sales

    store, their = lab.MemoryEventStore(), Tills()
    for number in range(COMMITS):
        sold = sales(100, first=100 * number)
        store.append(f"till-{number}", sold, expected=0)
        their.record(sold)

    def ours():
        store._sealed.clear()  # as if nobody had read it yet
        lab.Projector(store, Totals()).catch_up()

    times = by_turns(RUNS, kit=ours, bare=their.totals, runner=their.projected)
    what = f"first reading in memory, {100 * COMMITS:,} events into totals"
    at_least(f"{what}: eventsourcing's events in a bare loop : kit", times["bare"] / times["kit"], 25)
    at_least(f"{what}: eventsourcing's projection : kit", times["runner"] / times["kit"], 25)


def main():
    if missing("eventsourcing"):
        return
    load_decide_append()
    read_own_write()
    first_reading()


if __name__ == "__main__":
    main()
