"""Stories and workers for the fault harness; each worker makes a mistake."""

import time
from dataclasses import replace
from datetime import datetime

import pandas as pd

import cqrs_lab as lab
from cqrs_lab.shop import events, week, write
from cqrs_lab.simulation.faults import (
    Crash,
    Delay,
    Duplicate,
    LostAcknowledgement,
    LostReceipt,
    Poison,
    SlowCommit,
    Story,
    checkpoint_first,
    nothing_compared,
    on_disk,
    story_of,
    table_first,
)

NOON = datetime(2026, 1, 8, 12)
IN_ORDER = (Crash, Duplicate, LostAcknowledgement, Delay, LostReceipt, Poison, SlowCommit)
A_WEEK_AND_A_CART = (
    *week.commands(),
    write.AddToCart("c1", "ada", "cup", 2, 2550, NOON),
    write.AddToCart("c1", "ada", "pot", 1, 9900, NOON),
    write.ChangeCartQuantity("c1", "cup", 3, NOON),
    write.CheckOut("c1", NOON),
)


def shop_story(projection):
    return Story(write.register, A_WEEK_AND_A_CART, projection)


class _SummarisedOnce:
    def __init__(self, projection, known):
        self._projection, self._known = projection, known

    def __getattr__(self, name):
        return getattr(self._projection, name)

    def summarise(self, batch):
        # All of the envelope: a projection may read all of it.
        if (rows := self._known.get(log := tuple(batch))) is None:
            rows = self._known[log] = self._projection.summarise(batch)
        return rows.copy(deep=False)


def once(projection):
    """Return a maker of projections that share their summaries: hundreds of runs, each struck in another place, hand
    over the same few batches, and summaries were most of their time.

    For projections whose `summarise` depends on the batch alone, which `check_projection` shows elsewhere.
    """
    known = {}
    return lambda: _SummarisedOnce(projection(), known)


def summarised_once(story):
    """Return a story whose runs share their summaries."""
    return replace(story, projection=once(story.projection))


def stock_in(product_id, quantity):
    return events.StockReceived(product_id, quantity, NOON)


DELIVERIES = tuple(
    stock_in(product, units) for product, units in (("cup", 3), ("pot", 1), ("cup", 4), ("mug", 2), ("cup", 5))
)


class Received:
    """Units that came in, per product: small and quick."""

    name, version, events = "received", 1, (events.StockReceived,)
    schema = lab.Schema(index=["product_id"], columns={"units": "int64"})

    def summarise(self, batch):
        rows = batch.frame(events.StockReceived).rename(columns={"quantity": "units"})
        return rows.groupby("product_id")[["units"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


def came_in():
    """Tell what the deliveries add up to, counted by hand."""
    return pd.DataFrame({"units": [12, 1, 2]}, index=pd.Index(["cup", "pot", "mug"], name="product_id", dtype="str"))


PLAIN = story_of(DELIVERIES, Received)
STORY = Story(PLAIN.register, PLAIN.commands, Received, came_in)


class AddsInPlace(Received):
    """Keeps a sum outside its table, which counts whatever comes twice."""

    def __init__(self):
        self.seen = {}

    def summarise(self, batch):
        for one in batch:
            self.seen[one.event.product_id] = self.seen.get(one.event.product_id, 0) + one.event.quantity
        rows = pd.DataFrame({"product_id": list(self.seen), "units": list(self.seen.values())})
        return self.schema.conform(rows)

    def merge(self, table, rows):
        return lab.merge_rows(table.loc[~table.index.isin(rows.index)], rows, add=["units"])


class NewestResult(Received):
    """Keeps what the newest event says, by its position: hearing it twice changes nothing."""

    schema = lab.Schema(index=["product_id"], columns={"units": "int64", "at_position": "int64"})

    def summarise(self, batch):
        rows = batch.frame(events.StockReceived).rename(columns={"quantity": "units", "position": "at_position"})
        return self.schema.conform(rows.drop_duplicates("product_id", keep="last"))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, latest={"at_position": ["units"]})


# --- with a mistake --------------------------------------------------------------------------------------------


def error_swallowed(disk, batch, projection):
    batch = batch.after(disk.checkpoint)
    if len(batch):
        try:
            table = projection.merge(disk.table, projection.summarise(batch))
        except Exception:  # noqa: BLE001 - the planted mistake
            table = disk.table
        disk.save(table=table, checkpoint=batch.last_position)


def checkpoint_one_ahead(disk, batch, projection):
    batch = batch.after(disk.checkpoint)
    if len(batch):
        table = projection.merge(disk.table, projection.summarise(batch))
        disk.save(table=table, checkpoint=batch.last_position + 1)


class SavesNowAndThen:
    """Works in memory, and saves every second time: after a crash, what had been shown is gone for a while."""

    skipped = ()

    def __init__(self, store, projection, sites):
        self.projection, self.times = projection, 0
        self.saved = self.table, self.position = projection.schema.empty(), 0

    def receive(self, batch):
        batch = batch.after(self.position)
        if len(batch):
            self.table = self.projection.merge(self.table, self.projection.summarise(batch))
            self.position, self.times = batch.last_position, self.times + 1
            self.saved = self.saved if self.times % 2 else (self.table, self.position)

    def restart(self):
        self.table, self.position = self.saved

    def repaired(self):
        pass


def backwards(disk, batch, projection):
    """Write the table once for each event, the newest first."""
    batch = batch.after(disk.checkpoint)
    for one in reversed(list(batch)):
        disk.table = projection.merge(disk.table, projection.summarise(lab.EventBatch([one])))
    disk.checkpoint = max(disk.checkpoint, batch.last_position)


MISTAKES = {
    one.__name__: on_disk(one)
    for one in (checkpoint_first, table_first, nothing_compared, error_swallowed, checkpoint_one_ahead)
}


class KeepsNothing(dict):
    """Receipts that nobody finds again."""

    def get(self, key, default=None):
        return default


class Forgetful(lab.MemoryEventStore):
    """Knows no command id again: a command that is sent again is recorded again."""

    def __init__(self, clock=time.time):
        super().__init__(clock)
        self._receipts = KeepsNothing()

    def read_stream(self, stream, *, after=0, limit=None):
        events = super().read_stream(stream, after=after, limit=limit)
        return (replace(one, command_id=None) for one in events)
