"""Answers to the exercises of lesson 9: right ones in several styles, and wrong ones with what each is told."""

import contextlib

import numpy as np
import pandas as pd

import cqrs_lab as lab
from cqrs_lab import merge_rows
from cqrs_lab.course.exercises.lesson_09 import BalanceChanged

# --- 09.1 -------------------------------------------------------------------------------------------------


class Balances:
    name, version, events = "balances", 1, (BalanceChanged,)
    schema = lab.Schema(index=["account"], columns={"balance": "int64", "at_position": "int64"})

    def summarise(self, batch):
        changed = batch.frame(BalanceChanged).rename(columns={"position": "at_position"})
        return self.schema.conform(changed.drop_duplicates("account", keep="last"))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, latest={"at_position": ["balance"]})


def balances(table):
    return table["balance"]


class Ledger(Balances):
    """Keep a line for each change: the same line twice is one line."""

    schema = lab.Schema(index={"account": "str", "at_position": "int64"}, columns={"amount": "int64"})

    def summarise(self, batch):
        changed = batch.frame(BalanceChanged).rename(columns={"position": "at_position"})
        return self.schema.conform(changed.drop_duplicates("at_position"))

    def merge(self, table, rows):
        return self.schema.conform(pd.concat([table, rows]).reset_index().drop_duplicates(["account", "at_position"]))


def added_up(table):
    return table["amount"].groupby("account").sum().to_dict()


class Sums(Balances):
    schema = lab.Schema(index=["account"], columns={"balance": "int64"})

    def summarise(self, batch):
        changed = batch.frame(BalanceChanged).drop(columns="balance").rename(columns={"amount": "balance"})
        return changed.groupby("account")[["balance"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["balance"])


class SumsOfDifferentAmounts(Sums):
    def summarise(self, batch):
        changed = batch.frame(BalanceChanged).drop(columns="balance").rename(columns={"amount": "balance"})
        return changed.drop_duplicates(["account", "balance"]).groupby("account")[["balance"]].sum()


class Remembers(Sums):
    def __init__(self):
        self.seen = set()

    def summarise(self, batch):
        new = [one for one in batch if one.position not in self.seen]
        self.seen |= {one.position for one in new}
        return super().summarise(lab.EventBatch(new))


class LastToCome(Sums):
    def summarise(self, batch):
        last = batch.frame(BalanceChanged).drop_duplicates("account", keep="last")
        return self.schema.conform(last)

    def merge(self, table, rows):
        return self.schema.conform(pd.concat([table[~table.index.isin(rows.index)], rows]).reset_index())


class Largest(Sums):
    def summarise(self, batch):
        return batch.frame(BalanceChanged).groupby("account")[["balance"]].max()

    def merge(self, table, rows):
        return pd.concat([table, rows]).groupby(level=0).max()


class OnceASlice(Sums):
    """Look at positions within a slice, and add slices."""

    def summarise(self, batch):
        once = {one.position: one for one in batch}
        return super().summarise(lab.EventBatch(list(once.values())))


class LedgerWithTwoLines(Ledger):
    def summarise(self, batch):
        changed = batch.frame(BalanceChanged).rename(columns={"position": "at_position"})
        return changed.groupby(["account", "at_position"])[["amount"]].sum()


class FirstToCome(LastToCome):
    """Let what is there stand."""

    def merge(self, table, rows):
        return self.schema.conform(pd.concat([table, rows[~rows.index.isin(table.index)]]).reset_index())


class Misspelt(Balances):
    def summarise(self, batch):
        return batch.frame(BalanceChanged)[["amuont"]]


class NotAsDeclared(Balances):
    """Forget the index: the account stays a column."""

    def summarise(self, batch):
        return batch.frame(BalanceChanged)[["account", "balance"]]


class Raises(Balances):
    def merge(self, table, rows):
        raise ValueError("columns overlap")


class Unnamed(Balances):
    def summarise(self, batch):
        raise NameError("name 'merged_rows' is not defined")


class UnnamedInMerge(Balances):
    def merge(self, table, rows):
        raise NameError("name 'merge_row' is not defined")


class WithoutReturn(Balances):
    def summarise(self, batch):
        super().summarise(batch)


# --- further right ones


class ByHand(Balances):
    """Without the kit's helpers."""

    schema = lab.Schema(index=["account"], columns={"at_position": "int64", "balance": "int64"})

    def summarise(self, batch):
        rows = {}
        for one in batch:
            rows[one.event.account] = (one.position, one.event.balance)
        return self._table(rows)

    def merge(self, table, rows):
        merged = {key: tuple(values) for key, *values in table.itertuples()}
        for key, *values in rows.itertuples():
            merged[key] = max(merged.get(key, (0, 0)), tuple(values))
        return self._table(merged)

    def _table(self, rows):
        frame = pd.DataFrame(
            [(key, *values) for key, values in rows.items()], columns=["account", "at_position", "balance"]
        )
        return self.schema.conform(frame)


class ByVersion(Balances):
    """Each account has a stream, so its version says what is newer."""

    schema = lab.Schema(index=["account"], columns={"balance": "int64", "at_version": "int64"})

    def summarise(self, batch):
        changed = batch.frame(BalanceChanged).rename(columns={"version": "at_version"})
        return self.schema.conform(changed.sort_values("at_version").drop_duplicates("account", keep="last"))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, latest={"at_version": ["balance"]})


class SortedAndCut(Balances):
    def merge(self, table, rows):
        both = pd.concat([table, rows]).sort_values("at_position", kind="stable")
        return self.schema.conform(both[~both.index.duplicated(keep="last")].reset_index())


class LedgerByVersion(Balances):
    """A line for each change of an account, by stream and version, added up when somebody asks."""

    schema = lab.Schema(index={"stream": "str", "version": "int64"}, columns={"account": "str", "amount": "int64"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(BalanceChanged).drop_duplicates(["stream", "version"]))

    def merge(self, table, rows):
        return pd.concat([table, rows[~rows.index.isin(table.index)]])


def holding_something(table):
    """Whoever holds nothing is left out."""
    return {who: float(held) for who, held in table["balance"].items() if held}


def as_pairs(table):
    yield from zip(table.index, table["balance"], strict=True)


# --- further wrong ones


class TheNewRows(Balances):
    def merge(self, table, rows):
        return rows


class NeverBelowZero(Balances):
    def summarise(self, batch):
        rows = super().summarise(batch)
        return rows.assign(balance=rows["balance"].clip(lower=0))


class EmptyAccountsGo(Balances):
    """An account that holds nothing is dropped, and with it how new that is."""

    def merge(self, table, rows):
        merged = super().merge(table, rows)
        return merged[merged["balance"] != 0]


class OldestWins(Balances):
    def merge(self, table, rows):
        both = pd.concat([table, rows]).sort_values("at_position", kind="stable")
        return self.schema.conform(both[~both.index.duplicated(keep="first")].reset_index())


class ComparesAmounts(Balances):
    """What brings the same balance has been heard."""

    def merge(self, table, rows):
        new = rows[~rows["balance"].isin(table["balance"])]
        return self.schema.conform(pd.concat([table[~table.index.isin(new.index)], new]).reset_index())


class Half(Balances):
    """Positions are kept, and the sum is still made of amounts."""

    schema = lab.Schema(index=["account"], columns={"balance": "int64", "at_position": "int64"})

    def summarise(self, batch):
        changed = batch.frame(BalanceChanged)
        rows = changed.groupby("account").agg(balance=("amount", "sum"), at_position=("position", "max"))
        return self.schema.conform(rows)

    def merge(self, table, rows):
        new = rows[rows["at_position"] > table["at_position"].reindex(rows.index, fill_value=0)]
        return pd.concat([table, new]).groupby(level=0).agg({"balance": "sum", "at_position": "max"})


class Counts(Balances):
    heard = 0

    def summarise(self, batch):
        Counts.heard += 1
        return super().summarise(batch) if Counts.heard % 2 else super().summarise(batch).iloc[:0]


WRONG_PROJECTIONS = {
    "the new rows alone": ((TheNewRows(), balances), "an account that only the table has"),
    "never below zero": ((NeverBelowZero(), balances), "Who made it zero"),
    "empty accounts go": ((EmptyAccountsGo(), balances), "know when it was emptied"),
    "half an account": ((Balances(), lambda table: table["balance"] / 7), "Only a whole number"),
    "no mapping": ((Balances(), lambda table: table["balance"].sum()), "the task asks for several things"),
    "adds": ((Sums(), balances), "came twice, and counted twice"),
    "drops equal amounts": ((SumsOfDifferentAmounts(), balances), "two equal amounts one and the same"),
    "remembers in Python": ((Remembers(), balances), "The process may die at any moment"),
    "the last to come wins": ((LastToCome(), balances), "An old event came again"),
    "the largest wins": ((Largest(), balances), "She took out 100"),
    "the first to come wins": ((FirstToCome(), balances), "What happened to the first"),
    "a line twice in a slice": ((LedgerWithTwoLines(), added_up), "It came twice in one delivery"),
    "shows amounts": ((Balances(), lambda table: table["at_position"]), "What does your question read"),
    "a column that is not there": ((Misspelt(), balances), "There is nothing of that name"),
    "not as declared": ((NotAsDeclared(), balances), "the rows are not like that"),
    "another error": ((Raises(), balances), "Try that line alone"),
    "a name that nobody made": ((Unnamed(), balances), "Python knows no such name here"),
    "no return": ((WithoutReturn(), balances), "Does yours return its rows"),
    "no projection": ("balances", "which two functions"),
}


class OfTheCell(Balances):
    schema = lab.Schema(index=["account"], columns={"amount": "int64"})

    def summarise(self, batch):
        return batch.frame(BalanceChanged).groupby("account")[["amount"]].sum()

    def merge(self, table, rows):
        return merge_rows(table, rows, add=["amount"])


ALSO_WRONG_PROJECTIONS = (
    ((OldestWins(), balances), "What happened to the first"),
    ((ComparesAmounts(), balances), "An old event came again"),
    ((Half(), balances), "It came twice in one delivery"),
    ((Counts(), balances), "The process may die at any moment"),
    ((Balances, balances), "Hand over Balances()"),
    (Balances(), "Which of its columns is the answer"),
    ((Balances(), "balance"), "What asks your table"),
    ((Balances(), lambda table: None), "Your function returned None"),
    ((OfTheCell(), lambda table: table["amount"]), "Write your answer there"),
    ((UnnamedInMerge(), balances), "Python knows no such name here"),
    ((Balances(), lambda table: table["amount"]), "There is nothing of that name"),
    ((Balances(), lambda table: table.balances), "There is nothing of that name"),
)

# --- 09.2 -------------------------------------------------------------------------------------------------


def table_then_checkpoint(disk, batch, projection):
    new = batch.after(disk.checkpoint)
    if len(new):
        disk.table = projection.merge(disk.table, projection.summarise(new))
        disk.checkpoint = new.last_position


def hears_all_again(disk, batch, projection):
    disk.table = projection.merge(disk.table, projection.summarise(batch))
    disk.checkpoint = max(disk.checkpoint, batch.last_position)


def event_by_event(disk, batch, projection):
    for one in batch.after(disk.checkpoint):
        disk.table = projection.merge(disk.table, projection.summarise(lab.EventBatch([one])))
        disk.checkpoint = one.position


def checkpoint_then_table(disk, batch, projection):
    new = batch.after(disk.checkpoint)
    if len(new):
        disk.checkpoint = new.last_position
        disk.table = projection.merge(disk.table, projection.summarise(new))


def checkpoint_goes_back(disk, batch, projection):
    disk.table = projection.merge(disk.table, projection.summarise(batch))
    disk.checkpoint = batch.last_position


def counts_deliveries(disk, batch, projection):
    disk.table = projection.merge(disk.table, projection.summarise(batch))
    disk.checkpoint += len(batch)


def no_checkpoint(disk, batch, projection):
    disk.table = projection.merge(disk.table, projection.summarise(batch))


def in_one_transaction(disk, batch, projection):
    new = batch.after(disk.checkpoint)
    if len(new):
        disk.save(
            table=projection.merge(disk.table, projection.summarise(new)),
            checkpoint=new.last_position,
        )


def swallows(disk, batch, projection):
    try:
        hears_all_again(disk, batch, projection)
    except Exception:  # noqa: BLE001 - the planted mistake
        disk.checkpoint = max(disk.checkpoint, batch.last_position)


def only_the_new_rows(disk, batch, projection):
    new = batch.after(disk.checkpoint)
    if len(new):
        disk.table = projection.summarise(new)
        disk.checkpoint = new.last_position


def raises(disk, batch, projection):
    disk.tabel = projection.summarize(batch)


class TakeIn:
    """A callable object, with a memory that only saves work."""

    def __init__(self):
        self.done = 0

    def __call__(self, disk, batch, projection):
        if batch.last_position <= max(self.done, disk.checkpoint):
            return
        table = projection.merge(disk.table, projection.summarise(batch))
        disk.table = table
        disk.checkpoint = self.done = batch.last_position


def new_events_in_a_list(disk, batch, projection):
    new = [one for one in batch if one.position > disk.checkpoint]
    if not new:
        return
    disk.table = projection.merge(disk.table, projection.summarise(lab.EventBatch(new)))
    disk.checkpoint = np.int64(new[-1].position)


def keyword_names(disk, batch, projection):
    table, last = disk.table, disk.checkpoint
    rows = projection.summarise(batch=batch)
    disk.table = projection.merge(table=table, rows=rows)
    if batch.last_position > last:
        disk.checkpoint = batch.last_position


def cleans_up(disk, batch, projection):
    """Whatever is raised goes on its way."""
    try:
        rows = projection.summarise(batch)
    except Exception as error:
        raise RuntimeError("cannot be read") from error
    disk.table = projection.merge(disk.table, rows)
    disk.checkpoint = max(batch.last_position, disk.checkpoint)


def one_step_at_a_time(disk, batch, projection):
    """Go forward by one, so the rest of the batch comes again: slow, and nothing is missed."""
    new = batch.after(disk.checkpoint)
    if len(new):
        disk.table = projection.merge(disk.table, projection.summarise(new))
        disk.checkpoint += 1


def beyond(disk, batch, projection):
    disk.table = projection.merge(disk.table, projection.summarise(batch))
    disk.checkpoint = max(disk.checkpoint, batch.last_position + 1)


def drops_what_overlaps(disk, batch, projection):
    if next(iter(batch)).position > disk.checkpoint:
        disk.table = projection.merge(disk.table, projection.summarise(batch))
        disk.checkpoint = batch.last_position


_table = []


def keeps_the_table_in_memory(disk, batch, projection):
    """Keep it at hand; the disk gets a copy."""
    _table.append(projection.summarise(batch))
    table = projection.schema.empty()
    for rows in _table:
        table = projection.merge(table, rows)
    disk.table = table
    disk.checkpoint = max(disk.checkpoint, batch.last_position)


_seen = set()


def seen_in_memory(disk, batch, projection):
    """Note it before it is written."""
    new = [one for one in batch if one.position not in _seen]
    _seen.update(one.position for one in new)
    disk.checkpoint = max(disk.checkpoint, batch.last_position)
    if new:
        disk.table = projection.merge(disk.table, projection.summarise(lab.EventBatch(new)))


def before_and_after(disk, batch, projection):
    disk.checkpoint = max(disk.checkpoint, batch.last_position)
    disk.table = projection.merge(disk.table, projection.summarise(batch))
    disk.checkpoint = max(disk.checkpoint, batch.last_position)


def checkpoint_in_the_loop(disk, batch, projection):
    """Events one by one, the table at the end."""
    table = disk.table
    for one in batch.after(disk.checkpoint):
        table = projection.merge(table, projection.summarise(lab.EventBatch([one])))
        disk.checkpoint = one.position
    disk.table = table


def of_the_cell(disk, batch, projection):
    disk.checkpoint = batch.last_position
    disk.table = projection.merge(disk.table, projection.summarise(batch))


def passes_over(disk, batch, projection):
    try:
        hears_all_again(disk, batch, projection)
    except Exception:  # noqa: BLE001 - the planted mistake
        return


def empties_it_first(disk, batch, projection):
    table = disk.table
    disk.table = table.iloc[:0]
    disk.table = projection.merge(table, projection.summarise(batch))
    disk.checkpoint = max(disk.checkpoint, batch.last_position)


def by_the_version(disk, batch, projection):
    disk.table = projection.merge(disk.table, projection.summarise(batch))
    disk.checkpoint = max(disk.checkpoint, *(one.version for one in batch))


def leaves_out_what_it_cannot_read(disk, batch, projection):
    for one in batch:
        with contextlib.suppress(ValueError):
            disk.table = projection.merge(disk.table, projection.summarise(lab.EventBatch([one])))
    disk.checkpoint = max(disk.checkpoint, batch.last_position)


def whatever_happens(disk, batch, projection):
    try:
        disk.table = projection.merge(disk.table, projection.summarise(batch))
    finally:
        disk.checkpoint = max(disk.checkpoint, batch.last_position)


def the_newer_into_the_older(disk, batch, projection):
    """The merge is symmetric: the newer move wins on either side."""
    disk.table = projection.merge(projection.summarise(batch), disk.table)
    if disk.checkpoint < batch.last_position:
        disk.checkpoint = batch.last_position
    return disk


_at_hand = {}


def with_the_table_at_hand(disk, batch, projection):
    """Keep the table in memory too; a new process begins with what the disk has."""
    _at_hand["table"] = projection.merge(_at_hand.get("table", disk.table), projection.summarise(batch))
    disk.table = _at_hand["table"]
    disk.checkpoint = max([disk.checkpoint, batch.last_position])


def ends_the_process(disk, batch, projection):
    raise SystemExit


ALSO_WRONG_WORKERS = (
    (empties_it_first, "The checkpoint has passed an event that no table has"),
    (by_the_version, "Who says how far you are"),
    (leaves_out_what_it_cannot_read, "Who hears about that"),
    (whatever_happens, "The checkpoint has passed an event that no table has"),
    (ends_the_process, "called ends_the_process(disk, batch, projection)"),
    (keeps_the_table_in_memory, "The checkpoint has passed an event that no table has"),
    (seen_in_memory, "The checkpoint has passed an event that no table has"),
    (before_and_after, "The checkpoint has passed an event that no table has"),
    (checkpoint_in_the_loop, "The checkpoint has passed an event that no table has"),
    (lambda disk, batch, projection: disk.save(batch), "Compare what the call passes"),
    (lambda disk, batch: None, "Which arguments does the task name"),
    (lambda disk, batch, projection: None, "Nothing has gone wrong yet"),
    (of_the_cell, "Write your answer there"),
)
WRONG_WORKERS = {
    "beyond the end": (beyond, "Your checkpoint is beyond the last event"),
    "drops what overlaps": (drops_what_overlaps, "Which part of it did you drop"),
    "checkpoint first": (checkpoint_then_table, "The checkpoint has passed an event that no table has"),
    "counts deliveries": (counts_deliveries, "your checkpoint counted both"),
    "checkpoint goes back": (checkpoint_goes_back, "your checkpoint went back with it"),
    "no checkpoint": (no_checkpoint, "Who says how far you are"),
    "a transaction": (in_one_transaction, "This disk has no transaction"),
    "swallows an error": (swallows, "Who hears about that"),
    "only the new rows": (only_the_new_rows, "Nothing has gone wrong yet"),
    "raises": (raises, "There is nothing of that name"),
    "no function": ("take_in", "What did you hand over"),
}

RIGHT = {
    "09.1": [
        (Balances(), balances),
        (Ledger(), added_up),
        (ByHand(), balances),
        [ByVersion(), balances],
        (SortedAndCut(), holding_something),
        (LedgerByVersion(), lambda table: table.groupby("account")[["amount"]].sum()),
        (Balances(), as_pairs),
        (Balances(), lambda table: table["balance"].astype("float64").to_dict()),
    ],
    "09.2": [
        table_then_checkpoint,
        hears_all_again,
        event_by_event,
        TakeIn(),
        new_events_in_a_list,
        keyword_names,
        cleans_up,
        one_step_at_a_time,
        the_newer_into_the_older,
        with_the_table_at_hand,
    ],
}
WRONG = {"09.1": WRONG_PROJECTIONS, "09.2": WRONG_WORKERS}
ALSO_WRONG = {"09.1": ALSO_WRONG_PROJECTIONS, "09.2": ALSO_WRONG_WORKERS}
