"""A live table of a million rows, and the one that was copied.

1. One event that adds a row, or changes one, caught up: a table of a million rows : of a thousand.
2. From sending a command to a fresh answer, in one thread (send, catch_up, ask with at_least): the same, and against
   a table that is copied with each batch and hashed whole with each new row, as the kit's was up to commit a76a6f5.
"""

import argparse
import statistics
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
from tools.claims import row

import cqrs_lab as lab
from cqrs_lab.read.frames.merge import upsert

SMALL, LARGE, RUNS = 1_000, 1_000_000, 51


@dataclass(frozen=True, slots=True)
class Sold:
    product: str
    units: int


@dataclass(frozen=True, slots=True)
class Sell:
    product: str


@dataclass(frozen=True, slots=True)
class UnitsOf:
    product: str


class Totals:
    name, version, events = "totals", 1, (Sold,)
    schema = lab.Schema(index=["product"], columns={"units": "int64", "last": "int64", "last_stream": "str"})

    def summarise(self, batch):
        sold = batch.frame(Sold).assign(last=lambda frame: frame["position"], last_stream=lambda frame: frame["stream"])
        return sold.groupby("product").agg(units=("units", "sum"), last=("last", "max"), last_stream=("stream", "last"))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"], latest={"last": ["last_stream"]})


class Shop:
    """A log without events, and a table with many rows."""

    def __init__(self, rows):
        names = pd.Index([f"product-{number}" for number in range(rows)], dtype="str", name="product")
        text = pd.array(["till"] * rows, dtype="str")
        columns = {"units": np.arange(rows), "last": np.zeros(rows, "int64"), "last_stream": text}
        table = pd.DataFrame(columns, index=names)
        self.store, self.added = lab.MemoryEventStore(), 0
        self.projector = lab.Projector(self.store, Totals(), model=lab.ReadModel(table))
        self.bus, self.queries = lab.CommandBus(self.store), lab.QueryBus()
        decider = lab.Decider(None, lambda command, state: [Sold(command.product, 1)], lambda state, event: None)
        self.bus.register(Sell, decider, stream=lambda command: f"sale-{command.product}")
        handler = lambda query, table: int(table.at[query.product, "units"])  # noqa: E731
        self.queries.register(UnitsOf, handler, reads=self.projector)
        for name in (self.new(), self.known()):  # what is made once is made
            self.fresh(name)

    def new(self):
        self.added += 1
        return f"new-{self.added}"

    def known(self):
        self.added += 1
        return f"product-{self.added}"

    def caught_up(self, product):
        self.store.append(f"sale-{product}", [Sold(product, 1)], expected=lab.Expected.ANY)
        start = time.perf_counter()
        self.projector.catch_up()
        return 1000 * (time.perf_counter() - start)

    def fresh(self, product):
        start = time.perf_counter()
        receipt = self.bus.send(Sell(product))
        self.projector.catch_up()
        answer = self.queries.ask(UnitsOf(product), at_least=receipt.position)
        assert answer.freshness == "fresh"
        return 1000 * (time.perf_counter() - start)


class Copied(Shop):
    """Keeps its table as the kit did: every column is copied, and pandas hashes the whole index when a row is added."""

    def __init__(self, rows):
        super().__init__(rows)
        self.table, self.projection = self.projector.table, Totals()

    def fresh(self, product):
        start = time.perf_counter()
        receipt = self.bus.send(Sell(product))
        if not hasattr(self, "table"):
            return None  # the first ones, which warm up what is shared
        batch = lab.EventBatch(list(self.store.read_all(after=receipt.position - 1)))
        rows = self.projection.summarise(batch)
        at = self.table.index.get_indexer(rows.index)
        self.table = upsert(self.table, self.projection.merge(self.table.take(at[at >= 0]), rows))
        assert self.table.at[product, "units"]
        return 1000 * (time.perf_counter() - start)


def against_copies(runs):
    live, copied = Shop(LARGE), Copied(LARGE)
    for what, product in (("added", Shop.new), ("changed", Shop.known)):
        times = [[shop.fresh(product(shop)) for shop in (live, copied)] for _ in range(runs)]
        ours, theirs = (statistics.median(column) for column in zip(*times, strict=True))
        row(f"send to fresh, {LARGE:,} rows, a row is {what}: copied as before : live", theirs / ours, 5, least=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--runs", type=int, default=RUNS)
    runs = arguments.parse_args().runs
    shops = {rows: Shop(rows) for rows in (SMALL, LARGE)}
    for what, took, product in (
        ("one event that adds a row, caught up", Shop.caught_up, Shop.new),
        ("one event that changes a row, caught up", Shop.caught_up, Shop.known),
        ("send to fresh, a row is added", Shop.fresh, Shop.new),
        ("send to fresh, a row is changed", Shop.fresh, Shop.known),
    ):
        times = {rows: [] for rows in shops}
        for _ in range(runs):
            for rows, shop in shops.items():
                times[rows].append(took(shop, product(shop)))
        small, large = (statistics.median(times[rows]) for rows in shops)
        limit = 2 if took is Shop.caught_up else None
        row(f"{what}: {LARGE:,} rows : {SMALL:,} rows", large / small, limit)
    against_copies(max(1, runs // 5))


if __name__ == "__main__":
    main()
