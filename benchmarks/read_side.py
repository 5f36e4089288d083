"""The read side against bare pandas, and against itself with a longer log. Prints ratios of medians of one run.

1. Rebuild of a totals projection from a million events : pandas group-by of a ready frame with the same columns.
2. Catching up 1,000 new events after a million : after ten thousand, with a table of 10,000 rows.
3. From sending a command to a fresh answer, with a started projector on such a table (milliseconds; a limit, no ratio).
"""

import statistics
import time
from dataclasses import dataclass

from tools.claims import at_most, row, seconds
from tools.sales import Sold, Totals

import cqrs_lab as lab

PRODUCTS = [f"product-{number}" for number in range(10_000)]
RUNS = 7


@dataclass(frozen=True, slots=True)
class Sell:
    product: str
    sale: int


@dataclass(frozen=True, slots=True)
class UnitsOf:
    product: str


def record(store, count):
    """Record sales that touch every product in turn, a hundred to a commit."""
    head = store.head()
    for first in range(head, head + count, 100):
        sales = [Sold(PRODUCTS[number * 7919 % len(PRODUCTS)], number % 5) for number in range(first, first + 100)]
        store.append(f"till-{first // 100 % 5000}", sales, expected=lab.Expected.ANY)


def rebuild_against_group_by(store, projector):
    frame = lab.EventBatch(list(store.read_all())).frame(Sold)
    first = seconds(projector.catch_up)
    ours, pandas = [], []
    for _ in range(RUNS):
        ours.append(seconds(lab.rebuild(projector, to=Totals()).run))
        pandas.append(seconds(lambda: frame.groupby("product")[["units"]].sum()))
    ratio = statistics.median(ours) / statistics.median(pandas)
    at_most(f"rebuild from {store.head():,} events : bare group-by", ratio, 5)
    # The first reader of a log also turns its events into columns, once.
    row("first reading, which builds the columns : bare group-by", first / statistics.median(pandas))


def catch_up_against_short_log(long_store, long_projector):
    short_store = lab.MemoryEventStore()
    record(short_store, 10_000)
    short_projector = lab.Projector(short_store, Totals())
    short_projector.catch_up()
    times = {"short": [], "long": []}
    for _ in range(3 * RUNS):
        for name, store, projector in (
            ("short", short_store, short_projector),
            ("long", long_store, long_projector),
        ):
            record(store, 1_000)
            times[name].append(seconds(projector.catch_up))
    ratio = statistics.median(times["long"]) / statistics.median(times["short"])
    rows = len(long_projector.table)
    at_most(f"1,000 events after a million : after ten thousand, {rows:,} rows", ratio, 1.3)


def send_to_fresh_answer(store, projector):
    bus, queries = lab.CommandBus(store), lab.QueryBus()
    decider = lab.Decider(None, lambda command, state: [Sold(command.product, 1)], lambda state, event: None)
    bus.register(Sell, decider, stream=lambda command: f"sale-{command.sale}")
    queries.register(UnitsOf, lambda query, table: int(table.at[query.product, "units"]), reads=projector)
    times = []
    with projector:
        for sale in range(400):
            product = PRODUCTS[sale * 31 % len(PRODUCTS)]
            start = time.perf_counter()
            receipt = bus.send(Sell(product, sale))
            answer = queries.ask(UnitsOf(product), at_least=receipt.position, timeout_seconds=5.0)
            times.append(time.perf_counter() - start)
            assert answer.freshness == "fresh"
    median, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    at_most("send to fresh answer, started, 10,000 rows", 1000 * median, 5, unit=" ms")
    row("send to fresh answer, started, 10,000 rows, 95th of 100", 1000 * p95, unit=" ms")


def main():
    store = lab.MemoryEventStore()
    record(store, 1_000_000)
    projector = lab.Projector(store, Totals())
    rebuild_against_group_by(store, projector)
    catch_up_against_short_log(store, projector)
    send_to_fresh_answer(store, projector)


if __name__ == "__main__":
    main()
