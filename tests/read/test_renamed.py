"""A class renamed in its cell: its old events are not passed over in silence, and other types raise no alarm."""

import sys
import types
import warnings

import pytest

import cqrs_lab as lab

FIRST_CELL = """
import cqrs_lab as lab
from dataclasses import dataclass

@dataclass(frozen=True)
class Moved:
    account: str
    cents: int
"""
EVENTS = """
store = lab.MemoryEventStore()
store.append("a", [Moved("ada", 1), Moved("ada", 2)], expected=0)
"""
TOTALS = """
class Totals:
    name, version, events = "totals", 1, (Shifted,)
    schema = lab.Schema(index=["account"], columns={"cents": "int64"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(Shifted).groupby("account")[["cents"]].sum())

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["cents"])

projector = lab.Projector(store, Totals())
"""
SHIFTED = """
@dataclass(frozen=True)
class Shifted:
    account: str
    cents: int
"""


@pytest.fixture
def notebook(monkeypatch):
    """Return a function that runs cells, one after the other, in one module."""
    module = types.ModuleType("a_notebook")
    monkeypatch.setitem(sys.modules, module.__name__, module)

    def run(*cells):
        for cell in cells:
            exec(cell, module.__dict__)
        return module

    return run


RENAMED = {
    "the same fields": SHIFTED,
    "a field more": SHIFTED + "    note: str = ''\n",
    "a field less": SHIFTED.replace("    account: str\n", ""),
    "another order": SHIFTED.replace("    account: str\n", "") + "    account: str = ''\n",
}


@pytest.mark.parametrize("name", RENAMED)
@pytest.mark.parametrize("more", ["", "store.append('a', [Shifted(cents=4)], expected=2)\n"])
def test_a_projector_says_that_events_of_the_old_name_are_not_read(notebook, name, more):
    if "account" in RENAMED[name] and more:
        more = more.replace("cents=4", "account='ada', cents=4")
    cells = notebook(FIRST_CELL, EVENTS, RENAMED[name], more, TOTALS)
    with pytest.warns(UserWarning) as seen:
        if more and name == "a field less":
            with pytest.raises(lab.ProjectionFailed):  # its summarise reads the account
                cells.projector.catch_up()
        else:
            cells.projector.catch_up()
    said = str(seen[0].message)
    assert said.startswith("events of Moved (the first at position 1) are not read, and Shifted has the same fields")
    assert "UpcastingStore(store, {Moved: …})" in said and "starting with the one that makes the store" in said


def test_the_remedies_end_the_warning(notebook):
    cells = notebook(FIRST_CELL, EVENTS, SHIFTED, TOTALS)
    today = lab.UpcastingStore(cells.store, {cells.Moved: lambda old: cells.Shifted(old.account, old.cents)})
    projector = lab.Projector(today, cells.Totals())
    projector.catch_up()
    assert projector.table.loc["ada", "cents"] == 3
    notebook(EVENTS.replace("Moved", "Shifted"), TOTALS).projector.catch_up()


QUIET = {
    "defined together": (FIRST_CELL, SHIFTED, EVENTS, TOTALS),
    "both are read": (FIRST_CELL, EVENTS, SHIFTED, TOTALS.replace("(Shifted,)", "(Shifted, Moved)")),
    "the new one came first in the log": (
        FIRST_CELL,
        "store = lab.MemoryEventStore()",
        SHIFTED,
        "store.append('a', [Shifted('ada', 1), Moved('ada', 2)], expected=0)",
        TOTALS,
    ),
    "no field in common": (
        FIRST_CELL,
        EVENTS,
        SHIFTED.replace("account", "holder").replace("cents", "pence"),
        TOTALS.replace("account", "holder").replace("cents", "pence"),
    ),
    "one field in common": (FIRST_CELL, EVENTS, *(cell.replace("account", "holder") for cell in (SHIFTED, TOTALS))),
}


@pytest.mark.parametrize("name", QUIET)
def test_types_that_are_two_things_raise_no_alarm(notebook, name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        notebook(*QUIET[name]).projector.catch_up()


def test_the_check_of_the_projection_says_it_too(notebook):
    cells = notebook(FIRST_CELL, EVENTS, SHIFTED, "store.append('a', [Shifted('ada', 4)], expected=2)", TOTALS)
    with pytest.warns(UserWarning, match="events of Moved"):
        lab.check_projection(cells.Totals(), cells.store)
