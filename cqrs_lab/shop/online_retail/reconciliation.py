"""The read models beside the file's own sums, beside the published totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from cqrs_lab.shop.online_retail.figures import Figure, table
from cqrs_lab.shop.online_retail.models import figures_of_models
from cqrs_lab.shop.online_retail.outcomes import RowOutcomes
from cqrs_lab.shop.online_retail.published import published_totals
from cqrs_lab.shop.online_retail.rows import OnlineRetail
from cqrs_lab.shop.online_retail.sending import Replay
from cqrs_lab.shop.online_retail.totals import duplicate_lines, rows_of_file, totals
from cqrs_lab.words import count

DUPLICATES = "exact duplicate lines beyond the first"
TOGETHER = "together"
TOLD_OF_A_ROW = ("outcome", "reason", "code", "customer", "country", "units", "value_mills")


@dataclass(frozen=True)
class Reconciliation:
    """The outcome of a replay, figure by figure; print it.

    Attributes
    ----------
    replay : Replay
    outcomes : mapping of outcome to three Figures
        Rows, units and value of each outcome, and of all together.
    rows : tuple of Figure
        Whether each row has one outcome, and the one its text asks for.
    totals : tuple of Figure
        The totals that are published.
    models : tuple of Figure
        The shop's seven read models, each beside what the file says of it.
    """

    replay: Replay
    outcomes: Mapping[str, tuple[Figure, ...]]
    rows: tuple[Figure, ...]
    totals: tuple[Figure, ...]
    models: tuple[Figure, ...]

    @property
    def faults(self) -> tuple[Figure, ...]:
        """The figures that do not agree."""
        of_outcomes = (figure for figures in self.outcomes.values() for figure in figures)
        figures = (*of_outcomes, *self.rows, *self.totals, *self.models)
        return tuple(figure for figure in figures if not figure.agrees)

    @property
    def ok(self) -> bool:
        """True if every figure agrees."""
        return not self.faults

    def __str__(self) -> str:
        return "\n".join(_report(self))


def reconcile(replay: Replay) -> Reconciliation:
    """Compare what the read models say of a replayed file with what the file says of itself."""
    recorded = replay.projectors[RowOutcomes.name].table.reset_index()
    rows = rows_of_file(replay.file.text)
    return Reconciliation(
        replay,
        _outcomes(recorded, rows),
        tuple(_row_by_row(recorded, rows)),
        tuple(_totals(recorded, rows, replay.file)),
        tuple(figures_of_models(replay.projectors, rows, replay.file.text)),
    )


def compare_totals(recorded: pd.DataFrame, file: OnlineRetail) -> pd.DataFrame:
    """Return the totals of a file: as the read model has them, as the file's text has them, and as published.

    Parameters
    ----------
    recorded : DataFrame
        The table of `RowOutcomes`, its index as columns.
    file : OnlineRetail

    Returns
    -------
    DataFrame
        One row per total; columns read models, file, published (texts, money in pounds; empty where nothing is known)
        and agrees.
    """
    figures = list(_totals(recorded, rows_of_file(file.text), file))
    rows = [(*figure.cells, figure.agrees) for figure in figures]
    names = [figure.name for figure in figures]
    return pd.DataFrame(rows, index=names, columns=["read models", "file", "published", "agrees"])


def _outcomes(recorded: pd.DataFrame, rows: pd.DataFrame) -> dict[str, tuple[Figure, ...]]:
    ours, theirs = _by_outcome(recorded), _by_outcome(rows)
    labels = sorted({*ours, *theirs} - {TOGETHER}, key=lambda label: (label.startswith("rejected"), label))
    return {
        label: tuple(
            Figure(f"{label}, {measure}", read, file)
            for measure, read, file in zip(
                ("rows", "units", "value"), ours.get(label, (0, 0, 0)), theirs.get(label, (0, 0, 0)), strict=True
            )
        )
        for label in [*labels, TOGETHER]
    }


def _by_outcome(rows: pd.DataFrame) -> dict[str, tuple[int, ...]]:
    """Return rows, units and value in mills of each outcome."""
    sums = rows.groupby(["outcome", "reason"]).agg(
        rows=("units", "size"), units=("units", "sum"), mills=("value_mills", "sum")
    )
    found = {
        f"{outcome}: {reason}" if reason else outcome: tuple(map(int, line))
        for (outcome, reason), line in zip(sums.index, sums.to_numpy(), strict=True)
    }
    return {**found, TOGETHER: tuple(int(total) for total in sums.sum())}


def _row_by_row(recorded: pd.DataFrame, rows: pd.DataFrame) -> Iterator[Figure]:
    documents = rows["document"].cat.categories
    at = pd.Index(_key(recorded, documents)).get_indexer(_key(rows, documents))
    found = at >= 0
    ours, theirs = recorded.take(at[found]), rows[found]
    same = [ours[name].array == theirs[name].astype(ours[name].dtype).array for name in TOLD_OF_A_ROW]
    yield Figure("rows accounted for once", int((ours["times"] == 1).sum()), len(rows))
    yield Figure("rows accounted for as their text requires", int(np.logical_and.reduce(same).sum()), len(rows))
    yield Figure("rows accounted for that are not in the file", len(recorded) - int(found.sum()), 0)


def _key(rows: pd.DataFrame, documents: pd.Index) -> Any:
    """Return a number for each (document, line): half a million numbers are quicker to look up than as many pairs."""
    return documents.get_indexer(rows["document"].array) * 10**9 + rows["line"].to_numpy()


def _totals(recorded: pd.DataFrame, rows: pd.DataFrame, file: OnlineRetail) -> Iterator[Figure]:
    published = published_totals(file.rows)
    ours, theirs = totals(recorded), totals(rows)
    for name, total in theirs.items():
        yield Figure(name, ours[name], total, published.get(name))
    yield Figure(DUPLICATES, None, duplicate_lines(file.text), published.get(DUPLICATES))


def _report(found: Reconciliation) -> Iterator[str]:
    sent = found.replay
    yield f"{sent.file.path.name}: {count(len(sent.file.text), 'row')} became {count(sent.commands, 'command')}."
    yield f"Understood: {sent.file.form}."
    yield f"{count(sent.recorded, 'event')} {'was' if sent.recorded == 1 else 'were'} recorded now."
    yield "The file names no opening stock: 0 is assumed, and levels may stand below it."
    yield ""
    yield from table(
        ("Each row ends as one of", "rows", "units", "value, GBP", ""),
        [
            (label, *(figure.cells[0] for figure in figures), _verdict(*figures))
            for label, figures in found.outcomes.items()
        ],
    )
    for title, figures in (
        ("Row by row", found.rows),
        ("Totals", found.totals),
        ("The shop's read models", found.models),
    ):
        yield ""
        head = (title, "read models", "file", "published", "")
        yield from table(head, [(one.name, *one.cells, _verdict(one)) for one in figures])
    yield ""
    yield "Duplicate lines are kept, each as a line of its own. Money is in pounds, to the mill."
    if found.ok:
        yield "Everything reconciles."
    else:
        yield f"{len(found.faults):,} figures do not reconcile:"
        yield from (f"  {fault}" for fault in found.faults)


def _verdict(*figures: Figure) -> str:
    return "agrees" if all(figure.agrees for figure in figures) else "DIFFERS"
