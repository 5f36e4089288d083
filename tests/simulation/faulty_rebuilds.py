"""Rebuilds for the harness: right ones in three styles, and ones that make a mistake each."""


import cqrs_lab as lab
from cqrs_lab.read.tables import MemoryTables
from cqrs_lab.simulation.faults import KitRebuilder, RebuildStory, by_function
from tests.simulation.faulty_workers import DELIVERIES, PLAIN, Received, stock_in


class ReceivedTwice(Received):
    """Version 2: how many deliveries there were besides."""

    version = 2
    schema = lab.Schema(index=["product_id"], columns={"units": "int64", "deliveries": "int64"})

    def summarise(self, batch):
        rows = batch.frame(self.events[0]).rename(columns={"quantity": "units"}).assign(deliveries=1)
        return rows.groupby("product_id")[["units", "deliveries"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units", "deliveries"])


COMMANDS = (*DELIVERIES, *DELIVERIES, stock_in("lid", 1), stock_in("cup", 1))
STORY = RebuildStory(PLAIN.register, COMMANDS, Received, to=ReceivedTwice, before=7)


def after(store, position, limit=None):
    return lab.EventBatch(list(store.read_all(after=position, limit=limit)))


def merged(table, projection, batch):
    return projection.merge(table, projection.summarise(batch))


# --- right -----------------------------------------------------------------------------------------------------


def step_by_step(tables, store, projection):
    while tables.beside.checkpoint < store.head():
        batch = after(store, tables.beside.checkpoint, limit=2)
        tables.beside.save(table=merged(tables.beside.table, projection, batch), checkpoint=batch.last_position)
        yield
    tables.swap()


def all_at_once(tables, store, projection):
    batch = after(store, 0)
    tables.beside.save(table=projection.summarise(batch), checkpoint=batch.last_position)
    tables.swap()
    yield


def in_memory(tables, store, projection):
    table, position = projection.schema.empty(), 0
    while position < store.head():
        batch = after(store, position, limit=3)
        table, position = merged(table, projection, batch), batch.last_position
        yield
    tables.beside.save(table=table, checkpoint=position)
    tables.swap()


def tidies_up(tables, store, projection):
    yield from step_by_step(tables, store, projection)
    tables.beside.save(table=tables.beside.table.iloc[:0], checkpoint=0)


# --- with a mistake ----------------------------------------------------------------------------------------------


def clears_the_serving_table(tables, store, projection):
    tables.serving.save(table=tables.serving.table.iloc[:0], checkpoint=0)
    yield
    yield from step_by_step(tables, store, projection)


def clears_the_rows_and_keeps_the_checkpoint(tables, store, projection):
    tables.serving.table = tables.serving.table.iloc[:0]
    yield
    yield from step_by_step(tables, store, projection)


def builds_in_place(tables, store, projection):
    tables.serving.save(table=projection.schema.empty(), checkpoint=0)
    for _ in range(9):
        batch = after(store, tables.serving.checkpoint, limit=2)
        if len(batch):
            tables.serving.save(table=merged(tables.serving.table, projection, batch), checkpoint=batch.last_position)
        yield


def misses_the_meantime(tables, store, projection):
    head = store.head()
    while tables.beside.checkpoint < head:
        batch = after(store, tables.beside.checkpoint, limit=min(2, head - tables.beside.checkpoint))
        tables.beside.save(table=merged(tables.beside.table, projection, batch), checkpoint=batch.last_position)
        yield
    tables.swap()


def misses_the_meantime_and_says_it_has_it(tables, store, projection):
    table, position, head = projection.schema.empty(), 0, store.head()
    while position < head:
        batch = after(store, position, limit=min(2, head - position))
        table, position = merged(table, projection, batch), batch.last_position
        yield
    tables.beside.save(table=table, checkpoint=store.head())
    tables.swap()


def swaps_before_it_has_caught_up(tables, store, projection):
    while tables.beside.checkpoint < store.head() - 3:
        batch = after(store, tables.beside.checkpoint, limit=2)
        tables.beside.save(table=merged(tables.beside.table, projection, batch), checkpoint=batch.last_position)
        yield
    tables.swap()


def checkpoint_apart(tables, store, projection):
    while tables.beside.checkpoint < store.head():
        batch = after(store, tables.beside.checkpoint, limit=2)
        tables.beside.table = merged(tables.beside.table, projection, batch)
        tables.beside.checkpoint = batch.last_position
        yield
    tables.swap()


def loses_its_checkpoint(tables, store, projection):
    position = 0
    while position < store.head():
        batch = after(store, position, limit=2)
        position = batch.last_position
        tables.beside.save(table=merged(tables.beside.table, projection, batch), checkpoint=position)
        yield
    tables.swap()


def swaps_twice_over(tables, store, projection):
    yield from step_by_step(tables, store, projection)
    tables.serving.save(table=merged(tables.serving.table, projection, after(store, 0)), checkpoint=store.head())


def sends_all_mails_again(tables, store, projection):
    if tables.beside.checkpoint == 0:
        tables.mailer.checkpoint = 0
    yield from step_by_step(tables, store, projection)


def holds_mails_back(tables, store, projection):
    tables.mailer.checkpoint = store.head() + 1
    yield from step_by_step(tables, store, projection)


def never_swaps(tables, store, projection):
    while tables.beside.checkpoint < store.head():
        batch = after(store, tables.beside.checkpoint, limit=2)
        tables.beside.save(table=merged(tables.beside.table, projection, batch), checkpoint=batch.last_position)
        yield


class SwapsEarly(KitRebuilder):
    """The kit's, but it hands over what it has after the first step."""

    def step(self):
        super().step()
        if not self.swapped and self._work.state == "building":
            now = self._projector.serving
            early = now.model.kept_in(now.model.tables.swap(self._work.model.tables))
            self._projector._publish(now, projection=self._new, model=early, handlers={})


class ForgetsWhatItRead(KitRebuilder):
    """The kit's, but after a crash the table built so far is taken with a checkpoint of 0."""

    def restart(self):
        if not self.swapped:
            self._built.tables = MemoryTables(self._built.table)
        super().restart()


RIGHT = {one.__name__: by_function(one) for one in (step_by_step, all_at_once, in_memory, tidies_up)} | {
    "kit": KitRebuilder
}
MISTAKES = {
    one.__name__: by_function(one)
    for one in (
        clears_the_serving_table,
        clears_the_rows_and_keeps_the_checkpoint,
        builds_in_place,
        misses_the_meantime,
        misses_the_meantime_and_says_it_has_it,
        swaps_before_it_has_caught_up,
        checkpoint_apart,
        loses_its_checkpoint,
        swaps_twice_over,
        sends_all_mails_again,
        holds_mails_back,
        never_swaps,
    )
} | {"swaps_early": SwapsEarly, "forgets_what_it_read": ForgetsWhatItRead}
