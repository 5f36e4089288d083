"""check_projection passes a good projection, and names what is wrong with each of many bad ones."""

from __future__ import annotations

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.read import contract
from cqrs_lab.read.contract import difference
from tests.shop_of_tea import Line, Priced, Sold, TeaSales, a_log, recorded


class UnitsSold:
    """The smallest right projection; each planted one below spoils one thing."""

    name, version, events = "units_sold", 1, (Sold,)
    schema = lab.Schema(index=["product"], columns={"units": "int64"})

    def summarise(self, batch):
        return batch.frame(Sold, each="lines").groupby("product")[["units"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


class LatestWins(UnitsSold):
    def merge(self, table, rows):
        return pd.concat([table.loc[~table.index.isin(rows.index)], rows])


class Averages(UnitsSold):
    schema = lab.Schema(index=["product"], columns={"units": "float64"})

    def summarise(self, batch):
        return batch.frame(Sold, each="lines").groupby("product")[["units"]].mean()

    def merge(self, table, rows):
        return pd.concat([table, rows]).groupby("product")[["units"]].mean()


class ForgetsOldRows(UnitsSold):
    def merge(self, table, rows):
        return super().merge(table, rows).loc[rows.index] if len(rows) else table


class TurnsToFloat(UnitsSold):
    def merge(self, table, rows):
        return table.add(rows, fill_value=0)


class NoColumnsWhenEmpty(UnitsSold):
    def summarise(self, batch):
        lines = [line for one in batch if isinstance(one.event, Sold) for line in one.event.lines]
        frame = pd.DataFrame([{"product": line.product, "units": line.units} for line in lines])
        return frame.groupby("product")[["units"]].sum() if len(frame) else pd.DataFrame()


class WritesIntoTheTable(UnitsSold):
    def merge(self, table, rows):
        merged = super().merge(table, rows)
        table["units"] = 0
        return merged


class WritesIntoTheRows(UnitsSold):
    def merge(self, table, rows):
        merged = super().merge(table, rows)
        rows["units"] += 1
        return merged


class CountsInAnAttribute(UnitsSold):
    def __init__(self):
        self.seen = 0

    def summarise(self, batch):
        self.seen += len(batch)
        return super().summarise(batch)


class RemembersOutsideTheTable(UnitsSold):
    total = pd.DataFrame()  # on the class, where the instance's own attributes do not show it

    def summarise(self, batch):
        rows = super().summarise(batch)
        type(self).total = rows.add(self.total, fill_value=0).astype("int64") if len(self.total) else rows
        return type(self).total


class DropsDuplicateLines(UnitsSold):
    def summarise(self, batch):
        lines = batch.frame(Sold, each="lines").drop_duplicates(["product", "units"])
        return lines.groupby("product")[["units"]].sum()


class RanksTheWholeTable(UnitsSold):
    schema = lab.Schema(index=["product"], columns={"units": "int64", "rank": "int64"})

    def summarise(self, batch):
        return self.ranked(super().summarise(batch))

    def merge(self, table, rows):
        return self.ranked(lab.merge_rows(table[["units"]], rows[["units"]], add=["units"]))

    def ranked(self, frame):
        return frame.assign(rank=frame["units"].rank(method="min").astype("int64"))


class Subtracts(UnitsSold):
    def merge(self, table, rows):
        return lab.merge_rows(table, -rows, add=["units"])


class LeavesHoles(UnitsSold):
    schema = lab.Schema(index=["product"], columns={"units": "float64"})

    def summarise(self, batch):
        frame = batch.frame(Sold, each="lines").groupby("product")[["units"]].sum()
        return frame.where(frame["units"] > 40).astype("float64")

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


class OneRowPerEvent(UnitsSold):
    def summarise(self, batch):
        return batch.frame(Sold, each="lines").set_index("product")[["units"]]


class RaisesOnSmallSlices(UnitsSold):
    def summarise(self, batch):
        if len(batch) == 1:
            raise ValueError("at least two events, please")
        return super().summarise(batch)


class LacksMerge:
    name, version, events, schema = "lacks_merge", 1, (Sold,), UnitsSold.schema

    def summarise(self, batch):
        return self.schema.empty()


class ReadsTwice(UnitsSold):
    events = (Sold, Sold)


PLANTED = {
    LatestWins: contract.CUTS,
    Averages: contract.CUTS,
    ForgetsOldRows: contract.CUTS,
    TurnsToFloat: contract.SCHEMA,
    NoColumnsWhenEmpty: contract.EMPTY,
    WritesIntoTheTable: contract.UNCHANGED,
    WritesIntoTheRows: contract.UNCHANGED,
    CountsInAnAttribute: contract.SAME_AGAIN,
    RemembersOutsideTheTable: contract.SAME_AGAIN,
    DropsDuplicateLines: contract.CUTS,
    RanksTheWholeTable: contract.ROW_BY_ROW,
    Subtracts: contract.COMMUTES,
    LeavesHoles: contract.SCHEMA,
    OneRowPerEvent: contract.SCHEMA,
    RaisesOnSmallSlices: contract.SCHEMA,
    LacksMerge: contract.DECLARED,
    ReadsTwice: contract.DECLARED,
}


@pytest.mark.parametrize("make", [UnitsSold, TeaSales])
def test_a_good_projection_passes_on_a_list_and_on_a_store(make):
    store = lab.MemoryEventStore()
    for one in a_log():
        store.append(one.stream, [one.event], expected=lab.Expected.ANY)
    for log in (a_log(), store, a_log()[:2]):
        report = lab.check_projection(make(), log)
        assert report.ok, report


@pytest.mark.parametrize("make", PLANTED, ids=lambda projection: projection.__name__)
def test_a_planted_fault_is_caught_and_named(make):
    report = lab.check_projection(make(), a_log())
    assert PLANTED[make] in [fault.law for fault in report.faults], report


def test_the_report_tells_the_row_that_came_out_wrong():
    log = recorded(*[Sold("ann", (Line("tea", 1),))] * 4)
    faults = {fault.law: fault for fault in lab.check_projection(LatestWins(), log).faults}
    fault = faults[contract.CUTS]
    assert fault.done == "cut 4 events into slices of 2, 2"
    assert (fault.expected, fault.came) == ("'tea': {'units': 4}", "'tea': {'units': 2}")


def test_a_log_without_events_for_the_projection_proves_nothing_and_says_so():
    report = lab.check_projection(UnitsSold(), recorded(Priced("tea", 1)))
    assert [(fault.law, fault.came) for fault in report.faults] == [(contract.SAYS_SOMETHING, "none")]


def test_a_report_shows_itself_as_a_table_with_a_caption_and_escapes_what_it_shows():
    faulty = lab.Report("<mine>", 3, (lab.Fault("law 5", "did <b>", "1", "2"),))
    html = faulty._repr_html_()
    assert "<caption>✗ &lt;mine&gt; breaks its laws: 1 of 3 checks failed</caption>" in html
    assert "did &lt;b&gt;" in html and 'scope="col"' in html
    assert "keeps its laws: 3 checks" in lab.Report("mine", 3, ())._repr_html_()


def test_a_log_in_which_no_key_comes_up_again_is_noted():
    each_once = [Sold("ann", (Line(f"tea {number}", 1),)) for number in range(6)]
    appends = type("Appends", (UnitsSold,), {"merge": lambda self, table, rows: pd.concat([table, rows])})()
    report = lab.check_projection(appends, recorded(*each_once))
    assert report.ok and [note for note in report.notes if "was never tried" in note]
    assert "note: " in str(report) and "Note: " in report._repr_html_()
    again = recorded(*each_once, *each_once)
    assert not lab.check_projection(appends, again).ok and not lab.check_projection(UnitsSold(), again).notes


def floats(**values):
    return pd.DataFrame({"amount": list(values.values())}, index=pd.Index(list(values), name="account"))


def test_rounding_is_no_difference_and_what_is_one_is_named_and_not_a_row_beside_it():
    assert difference(floats(ada=0.0, ben=1e9), floats(ada=0.1 + 0.2 - 0.3, ben=1e9 + 0.1)) is None
    assert difference(floats(ada=0.0), floats(ada=2e-9)) == ("'ada': {'amount': 0.0}", "'ada': {'amount': 2e-09}")
    told = difference(floats(ada=0.3, ben=1.0), floats(ada=0.1 + 0.2, ben=1.1))
    assert told == ("'ben': {'amount': 1.0}", "'ben': {'amount': 1.1}")
