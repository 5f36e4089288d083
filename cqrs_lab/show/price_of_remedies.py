"""What each remedy against the skipped event costs, as more is written: the lock is a queue."""

from __future__ import annotations

from functools import lru_cache
from html import escape

import pandas as pd

from cqrs_lab.show.chart import HERE, INK, drawn, new_chart
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.style import READ, WRITE
from cqrs_lab.show.view import Control, View
from cqrs_lab.simulation.arguments import whole
from cqrs_lab.simulation.gap import compare_remedies, draw_transactions

RATES = (2, 4, 5, 6, 8)
LASTS_SECONDS = 0.2
TRANSACTIONS = 200
LINES = {"lock": (WRITE, "-", "o"), "low watermark": (READ, "-", "^"), "gap-aware reader": (READ, ":", "s")}


def price_of_remedies(seed: int = 1) -> View:
    """Let more and more transactions be written, and see how much later each remedy lets events be read.

    Parameters
    ----------
    seed : int, optional
        Of the 200 transactions; a faster shop has the same ones, closer together.

    Returns
    -------
    View
        `frame()`: one row per remedy, as `compare_remedies` returns it, at the rate that is set.

    Examples
    --------
    >>> from cqrs_lab.show import price_of_remedies
    >>> price_of_remedies().says.partition(":")[0]
    'At 2 transactions a second, of 0.2 s each, writing takes 40% of the time'
    """
    seed = whole("seed", seed, least=0)

    def draw(rate: int) -> Picture:
        costs = {one: _costs(one, seed) for one in RATES}
        return _picture(RATES[rate], costs[RATES[rate]].copy(), {one: costs[one]["added_seconds"] for one in RATES})

    return View(draw, [Control.among("rate", "Transactions", [f"{rate} a second" for rate in RATES])])


@lru_cache(maxsize=4 * len(RATES))
def _costs(rate: int, seed: int) -> pd.DataFrame:
    """Return what `compare_remedies` does. A cell that is run again shows the same runs, which take seconds."""
    return compare_remedies(draw_transactions(TRANSACTIONS, seed, rate=rate, lasts=LASTS_SECONDS))


def _picture(rate: int, costs: pd.DataFrame, added: dict[int, pd.Series]) -> Picture:
    busy = rate * LASTS_SECONDS
    end = "; one writer at a time is not enough, and the queue grows" if busy >= 1 else ""
    later, skipped = costs["added_seconds"].to_dict(), int(costs["skipped"].to_dict()["none"])
    each = ", ".join(f"{remedy} {later[remedy]:.2f} s" for remedy in LINES)
    says = (
        f"At {rate} transactions a second, of {LASTS_SECONDS} s each, writing takes {busy:.0%} of the time{end}: "
        f"each event is read later (averages: {each}); without a remedy {skipped} are skipped."
    )
    figure, axes = new_chart(9.0, 3.6)
    figure.subplots_adjust(left=0.09, right=0.8, bottom=0.16)
    for remedy, (part, dashes, marker) in LINES.items():
        seconds = [added[one][remedy] for one in RATES]
        axes.plot(RATES, seconds, dashes, marker=marker, color=part.colour)
        place = (RATES[-1], seconds[-1])
        axes.annotate(remedy, place, (8, -4), textcoords="offset points", color=INK, annotation_clip=False)
    axes.axvline(rate, color=INK, linewidth=0.8, gid=HERE)
    axes.set(xlabel="transactions a second", ylabel="read later by, seconds", ylim=(0, None))
    name = f"How much later events are read with each remedy, from 2 to 8 transactions a second. {says}"
    shown = costs[["skipped", "added_seconds"]].round(2).set_axis(["skipped", "read later by, s"], axis="columns")
    caption = f"At {rate} transactions a second"
    return Picture(f'{drawn(figure, name)}<p class="says">{escape(says)}</p>{table(shown, caption)}', says, costs)
