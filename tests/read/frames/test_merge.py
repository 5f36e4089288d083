"""Adding rows never wraps round: a sum that 64 bits cannot hold is refused, in the kit's merge and in one's own."""

from dataclasses import dataclass

import pandas as pd
import pytest

import cqrs_lab as lab

BIG = 2**62


@dataclass(frozen=True)
class Paid:
    who: str
    cents: int


class Totals:
    name, version, events = "totals", 1, (Paid,)
    schema = lab.Schema(index=["who"], columns={"cents": "int64"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(Paid).groupby("who")[["cents"]].sum())

    def merge(self, table, rows):
        return self.schema.conform(table.add(rows, fill_value=0) if len(table) else rows)


class ByPlus(Totals):
    def merge(self, table, rows):
        return self.schema.conform(pd.concat([table, rows]).groupby("who")[["cents"]].sum())


class ByRule(Totals):
    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["cents"])


class Highest(Totals):
    def merge(self, table, rows):
        return self.schema.conform(pd.concat([table, rows]).groupby("who")[["cents"]].max())


def table(**cents):
    return Totals.schema.conform(pd.DataFrame({"who": list(cents), "cents": list(cents.values())}))


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("projection", [ByPlus, ByRule])
def test_a_sum_that_wraps_round_stops_the_projector_before_it(projection, sign):
    store = lab.MemoryEventStore()
    projector = lab.Projector(store, projection())
    store.append("a", [Paid("ada", sign * BIG), Paid("bob", 1)], expected=0)
    projector.catch_up()
    store.append("a", [Paid("ada", sign * BIG + sign - (sign < 0))], expected=2)
    with pytest.raises(lab.ProjectionFailed, match="position 3.*'cents' of 'ada' is more than 64 bits can hold"):
        projector.catch_up()
    assert projector.table.cents.to_dict() == {"ada": sign * BIG, "bob": 1}


@pytest.mark.parametrize("projection", [ByPlus, ByRule, Highest])
def test_large_numbers_that_fit_and_merges_that_do_not_add_are_left_alone(projection):
    store = lab.MemoryEventStore()
    projector = lab.Projector(store, projection())
    for number, cents in enumerate((BIG, BIG - 1, -BIG, -1, 1)):
        store.append("a", [Paid("ada", cents)], expected=number)
        projector.catch_up()
    assert projector.table.cents.to_dict() == {"ada": BIG if projection is Highest else BIG - 1}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda one: lab.merge_rows(one, [1], add=["cents"]), r"rows=\[1\] is not a DataFrame"),
        (lambda one: lab.merge_rows(None, one, add=["cents"]), "table=None is not a DataFrame"),
        (lambda one: lab.merge_rows(one, one, add="cents"), r"add='cents' is not a list of columns; give \['cents'\]"),
        (lambda one: lab.merge_rows(one, pd.concat([one, one]), add=["cents"]), "rows has two rows for 'ada'"),
        (lambda one: lab.merge_rows(one, one.rename(columns={"cents": "c"}), add=["cents"]), "the rows have"),
        (lambda one: lab.merge_rows(one, one, add=[]), "name each column once"),
        (lambda one: lab.compare_tables(one, None), "new=None is not a table; give two DataFrames"),
        (lambda one: lab.compare_tables([], one), r"old=\[\] is not a table"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_write(call, message):
    with pytest.raises(lab.InvalidArgument, match=message):
        call(table(ada=1))


class Payers(Totals):
    """Who ever paid: a table of keys, without a column."""

    schema = lab.Schema(index=["who"], columns={})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(Paid).drop_duplicates("who"))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows)


def test_a_table_without_columns_keeps_its_keys():
    store = lab.MemoryEventStore(clock=lambda: 0.0)
    projector = lab.Projector(store, Payers())
    for who in ("ada", "ben", "ada", "cleo"):
        store.append("till", [Paid(who, 1)], expected=lab.Expected.ANY)
        projector.catch_up()
    assert sorted(projector.table.index) == ["ada", "ben", "cleo"]
    assert lab.check_projection(Payers(), store).ok
