"""Answers to the exercises of lesson 9: right ones in several styles, and wrong ones with what each is told."""

import pandas as pd

import cqrs_lab as lab
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


WRONG_PROJECTIONS = {
    "adds": ((Sums(), balances), "came twice, and counted twice"),
    "drops equal amounts": ((SumsOfDifferentAmounts(), balances), "two equal amounts one and the same"),
    "remembers in Python": ((Remembers(), balances), "The process may die at any moment"),
    "the last to come wins": ((LastToCome(), balances), "An old event came once more"),
    "the largest wins": ((Largest(), balances), "She took out 100"),
    "the first to come wins": ((FirstToCome(), balances), "What has become of the first"),
    "a line twice in a slice": ((LedgerWithTwoLines(), added_up), "It came twice in one delivery"),
    "shows amounts": ((Balances(), lambda table: table["at_position"]), "What does your question read"),
    "a column that is not there": ((Misspelt(), balances), "Nothing of that name is there"),
    "not as declared": ((NotAsDeclared(), balances), "the rows are not like that"),
    "another error": ((Raises(), balances), "Try that line alone"),
    "a name that nobody made": ((Unnamed(), balances), "Python knows no such name here"),
    "no return": ((WithoutReturn(), balances), "Does yours return its rows"),
    "no projection": ("balances", "which two functions"),
}

ALSO_RAISING = (
    ((UnnamedInMerge(), balances), "Python knows no such name here"),
    ((Balances(), lambda table: table["amount"]), "Nothing of that name is there"),
    ((Balances(), lambda table: table.balances), "Nothing of that name is there"),
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


WRONG_WORKERS = {
    "checkpoint first": (checkpoint_then_table, "The checkpoint has passed an event that no table has"),
    "counts deliveries": (counts_deliveries, "your checkpoint counted both"),
    "checkpoint goes back": (checkpoint_goes_back, "your checkpoint went back with it"),
    "no checkpoint": (no_checkpoint, "Who says how far you are"),
    "a transaction": (in_one_transaction, "This disk has no transaction"),
    "swallows an error": (swallows, "Who hears of it"),
    "only the new rows": (only_the_new_rows, "Nothing went wrong yet"),
    "raises": (raises, "Which line of yours raises it"),
    "no function": ("take_in", "What did you hand over"),
}

# --- 09.3 -------------------------------------------------------------------------------------------------


def skipped(commits, polls):
    found = set()
    for position, committed in commits.items():
        passed = [second for second, upto in polls if upto >= position]
        if committed is not None and passed and passed[0] < committed:
            found.add(position)
    return found


def as_the_reader_reads(commits, polls):
    seen, before = [], 0
    for second, upto in polls:
        seen += [at for at, done in commits.items() if before < at <= upto and done is not None and done <= second]
        before = upto
    return [at for at, done in commits.items() if done is not None and at <= before and at not in seen]


WRONG_SKIPPED = {
    "zero lag": (lambda commits, polls: set(), "so its lag is zero"),
    "missing numbers": (lambda commits, polls: {at for at, done in commits.items() if done is None}, "gave up"),
    "late": (
        lambda commits, polls: {at for at, done in commits.items() if done is not None and done > polls[-1][0]},
        "No poll has passed it yet",
    ),
    "out of order": (
        lambda commits, polls: {
            at for at, done in commits.items() if done and any(o > at and d and d < done for o, d in commits.items())
        },
        "before any poll",
    ),
    "at the poll": (
        lambda commits, polls: {
            at
            for at, done in commits.items()
            if done and next((second for second, upto in polls if upto >= at), 99.0) <= done
        },
        "Which sign do you compare with",
    ),
    "the last poll": (
        lambda commits, polls: {
            at for at, done in commits.items() if done and polls[-1][0] < done and at <= polls[-1][1]
        },
        "Does a later poll look back",
    ),
}

NO_POSITIONS = ([[1]], [1, "a"], {1, None}, "12", 3)
WRONG_SKIPPED["no positions"] = (lambda commits, polls: [[1]], "A position is a whole number")

RIGHT = {
    "09.1": [(Balances(), balances), (Ledger(), added_up)],
    "09.2": [table_then_checkpoint, hears_all_again, event_by_event],
    "09.3": [skipped, as_the_reader_reads],
}
WRONG = {"09.1": WRONG_PROJECTIONS, "09.2": WRONG_WORKERS, "09.3": WRONG_SKIPPED}
