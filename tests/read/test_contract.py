"""check_projection passes right projections of any style, and names what is wrong with each of many planted ones."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.read import contract
from cqrs_lab.read.frames.difference import difference
from tests.read import strange_projections
from tests.read.planted_projections import (
    PLANTED,
    LatestWins,
    ReadsWhatItDoesNotDeclare,
    Returned,
    UnitsSold,
    a_mixed_log,
)
from tests.read.right_projections import RIGHT
from tests.shop_of_tea import Line, Priced, Sold, TeaSales, a_log, recorded

LOG = a_mixed_log()


@pytest.mark.parametrize("make", [*RIGHT, *strange_projections.RIGHT], ids=lambda projection: projection.__name__)
def test_a_right_projection_passes_in_any_style(make):
    report = lab.check_projection(make(), LOG)
    assert report.ok, report


@dataclass(frozen=True)
class Opened:
    account: str
    cents: int


class Accounts:
    """One row for each account, which is opened once: two rows for one would be a mistake in the log."""

    name, version, events = "accounts", 1, (Opened,)
    schema = lab.Schema(index=["account"], columns={"cents": "int64"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(Opened))

    def merge(self, table, rows):
        return pd.concat([table, rows], verify_integrity=True)


def test_what_happens_once_by_the_rules_of_the_business_is_not_repeated():
    log = [lab.RecordedEvent(name, 1, at, Opened(name, at), float(at)) for at, name in enumerate("abcdefg", 1)]
    assert lab.check_projection(Accounts(), log).ok


def test_a_right_projection_passes_on_a_store_on_a_batch_and_on_a_short_log():
    store = lab.MemoryEventStore()
    for one in a_log():
        store.append(one.stream, [one.event], expected=lab.Expected.ANY)
    for log in (store, lab.EventBatch(a_log()), a_log()[:2], tuple(a_log()[:7])):
        report = lab.check_projection(TeaSales(), log, cuts=7)
        assert report.ok, report


@pytest.mark.parametrize("make", PLANTED, ids=lambda projection: projection.__name__)
def test_a_planted_fault_is_caught_with_default_arguments_and_blamed_on_the_law_it_breaks(make):
    report = lab.check_projection(make(), a_mixed_log())
    assert PLANTED[make] in [fault.law for fault in report.faults], report


@pytest.mark.parametrize("make", strange_projections.PLANTED, ids=lambda projection: projection.__name__)
def test_a_projection_as_a_stranger_would_write_it_is_caught_with_default_arguments(make):
    report = lab.check_projection(make(), a_mixed_log())
    assert strange_projections.PLANTED[make] in [fault.law for fault in report.faults], report
    assert all(fault.done and fault.expected != fault.came for fault in report.faults), report


def test_more_than_fifty_projections_are_planted():
    assert len(PLANTED) > 50


def test_the_report_shows_the_row_that_came_out_wrong_for_as_few_events_as_make_it_wrong():
    log = recorded(*[Sold("ann", (Line("tea", 1),))] * 4)
    faults = {fault.law: fault for fault in lab.check_projection(LatestWins(), log).faults}
    fault = faults[contract.CUTS]
    assert fault.done.startswith("cut 2 events in halves, merged one after another: [2] | [4], where 2 is Sold(")
    assert (fault.expected, fault.came) == ("'tea': {'units': 2}", "'tea': {'units': 1}")


def test_a_type_that_is_read_and_not_declared_is_shown_with_the_event_that_makes_the_difference():
    log = recorded(Sold("ann", (Line("tea", 5),)), Priced("tea", 1), Returned("tea", 5))
    faults = {fault.law: fault for fault in lab.check_projection(ReadsWhatItDoesNotDeclare(), log).faults}
    fault = faults[contract.ITS_EVENTS]
    assert fault.done.count(" is ") == 2 and "Returned" in fault.done
    assert (fault.expected, fault.came) == ("'tea': {'units': 5}", "'tea': {'units': 0}")


# --- what the report covers ---------------------------------------------------------------------------------


def test_a_declared_type_that_the_log_does_not_hold_is_noted():
    report = lab.check_projection(TeaSales(), recorded(*[Sold("ann", (Line("tea", 1),))] * 3), cuts=3)
    assert report.ok and "the log holds no Priced; how the projection handles it was not tried" in report.notes


@pytest.mark.parametrize(
    ("log", "why"),
    [
        (None, "log is of type NoneType, which is not a log; give a store, or a list of RecordedEvent"),
        ([Priced("tea", 1)], r"log\[0\] is Priced\(.*\), an event that is not recorded; append it to a store"),
        (pd.DataFrame({"units": [1]}), "log is of type DataFrame"),
        (lab.MemoryEventStore, "log is the class MemoryEventStore"),
        ("sqlite://", "log='sqlite://' is text"),
        (5, "log is of type int"),
        (a_log()[::-1], "log is not in order: position 59 comes after 60"),
        (a_log()[:1] * 2, "position 1 comes after 1"),
    ],
    ids=str,
)
def test_what_is_no_log_is_refused_with_what_to_give(log, why):
    with pytest.raises(lab.InvalidArgument, match=why):
        lab.check_projection(UnitsSold(), log)


@pytest.mark.parametrize("cuts", [0, -1, "24", 2.0, True, None])
def test_a_number_of_cuts_that_is_none_is_refused(cuts):
    with pytest.raises(lab.InvalidArgument, match="cuts=.*; give 1 or more"):
        lab.check_projection(UnitsSold(), LOG, cuts=cuts)


@pytest.mark.parametrize("projection", [UnitsSold, None, "units_sold", 5])
def test_what_is_no_projection_is_a_fault_that_says_so(projection):
    (fault,) = lab.check_projection(projection, LOG).faults
    assert fault.law == contract.DECLARED and ("give an instance" in fault.came or "is not a projection" in fault.came)


def test_a_log_without_events_for_the_projection_proves_nothing_and_says_so():
    report = lab.check_projection(UnitsSold(), recorded(Priced("tea", 1)))
    assert [(fault.law, fault.came) for fault in report.faults] == [(contract.SAYS_SOMETHING, "none")]


@dataclass(frozen=True)
class Put:
    shelf: str | None
    count: int


class OnShelves(UnitsSold):
    events = (Put,)
    filled = False

    def summarise(self, batch):
        frame = batch.frame(Put).rename(columns={"shelf": "product", "count": "units"})
        frame["product"] = frame["product"].fillna("(none)") if self.filled else frame["product"]
        return frame.groupby("product")[["units"]].sum()


@pytest.mark.parametrize(
    ("shelves", "note"),
    [
        (["a", None, "a", "b", None], "2 of 2 events that hold None left no row, the first at position 2: Put(shelf=N"),
        ([None, None], "2 of 2 events"),
        (["a", "b", "a"], None),
    ],
)
def test_events_that_leave_no_row_for_want_of_a_key_are_counted(shelves, note):
    log = recorded(*[Put(shelf, 1) for shelf in shelves])
    notes = [one for one in lab.check_projection(OnShelves(), log).notes if "no row, " in one]
    assert [one for one in notes if note and one.startswith(note)] == notes and bool(notes) == bool(note)
    filled = type("Filled", (OnShelves,), {"filled": True})()
    assert not [one for one in lab.check_projection(filled, log).notes if "no row, " in one]


class ByPosition(UnitsSold):
    """Each event has a row of its own, so no key ever comes up again."""

    schema = lab.Schema(index={"position": "int64"}, columns={"customer": "str"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(Sold))

    def merge(self, table, rows):
        return pd.concat([table, rows])


def test_a_log_in_which_no_key_comes_up_again_is_noted():
    each_once = recorded(*[Sold("ann", (Line(f"tea {number}", 1),)) for number in range(6)])
    report = lab.check_projection(ByPosition(), each_once)
    assert report.ok and [note for note in report.notes if "was never tried" in note]
    assert "note: " in str(report) and "Note: " in report._repr_html_()
    appends = type("Appends", (UnitsSold,), {"merge": ByPosition.merge})()
    report = lab.check_projection(appends, each_once)
    assert report.ok and [note for note in report.notes if "was never tried" in note], "a key may come up only once"
    assert not lab.check_projection(UnitsSold(), each_once).notes


def floats(**values):
    return pd.DataFrame({"amount": list(values.values())}, index=pd.Index(list(values), name="account"))


def test_rounding_is_no_difference_and_what_is_one_is_named_and_not_a_row_beside_it():
    assert difference(floats(ada=0.0, ben=1e9), floats(ada=0.1 + 0.2 - 0.3, ben=1e9 + 0.1)) is None
    assert difference(floats(ada=0.0), floats(ada=2e-9)) == ("'ada': {'amount': 0.0}", "'ada': {'amount': 2e-09}")
    told = difference(floats(ada=0.3, ben=1.0), floats(ada=0.1 + 0.2, ben=1.1))
    assert told == ("'ben': {'amount': 1.0}", "'ben': {'amount': 1.1}")
