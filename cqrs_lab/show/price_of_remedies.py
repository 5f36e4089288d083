"""What each remedy against the skipped event costs, as more is written: the lock is a queue."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from cqrs_lab.show.chart import APART, HERE, INK, drawn, new_chart, places_of_names
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.rules import failed_picture, some_rules
from cqrs_lab.show.style import READ, WRITE
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.simulation.arguments import whole
from cqrs_lab.simulation.gap import REMEDIES, GapRun, Remedy, compare_runs, draw_transactions, simulate_gap
from cqrs_lab.simulation.gap_rules import Rule, RuleFailed
from cqrs_lab.words import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

RATES = range(1, 9)
LASTS_SECONDS = 0.2
TRANSACTIONS = 200
LINES = {
    "lock": (WRITE.colour, "-", "o"),
    "low watermark": (READ.colour, "-", "^"),
    "gap-aware reader": (READ.colour, ":", "s"),
}
OWN = ((INK, "--", "D"), (INK, "-.", "v"))
"""The looks of the lines of one's own rules."""


def price_of_remedies(seed: int = 0, *, rules: Mapping[str, Rule] | None = None) -> View:
    """Let more and more transactions be written, and see how much later each remedy lets events be read.

    Parameters
    ----------
    seed : int, optional
        Of the 200 transactions; a faster shop has the same ones, closer together.
    rules : mapping of str to callable, optional
        Up to two rules of readers of your own, as `simulation.gap_rules.Rule`; each has a line.

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
    seed, own = whole("seed", seed, least=0), some_rules(rules, len(OWN), taken=REMEDIES)

    @cache
    def costs(rate: int) -> pd.DataFrame:
        kits = {remedy: _run(rate, seed, remedy) for remedy in REMEDIES}
        return compare_runs(kits | {name: _simulated(rate, seed, rule) for name, rule in own.items()})

    def draw(rate: int) -> Picture:
        try:
            return _picture(rate, {one: costs(one) for one in RATES}, list(own))
        except RuleFailed as failed:
            return failed_picture(failed)

    return View(draw, [Control("rate", "Transactions", RATES[0], RATES[-1], 2, scale=Scale("a second"))])


def _simulated(rate: int, seed: int, remedy: Remedy | Rule) -> GapRun:
    return simulate_gap(draw_transactions(TRANSACTIONS, seed, rate=rate, lasts=LASTS_SECONDS), remedy)


@lru_cache(maxsize=4 * len(RATES) * len(REMEDIES))
def _run(rate: int, seed: int, remedy: Remedy) -> GapRun:
    """Return the run of a remedy of the kit. A cell that is run again shows the same runs, which take seconds."""
    return _simulated(rate, seed, remedy)


def _picture(rate: int, costs: Mapping[int, pd.DataFrame], own: list[str]) -> Picture:
    here = costs[rate]
    says = _said(rate, here, own)
    figure, axes = new_chart(9.0, 3.6)
    figure.subplots_adjust(left=0.09, right=0.78, bottom=0.16)
    lines = LINES | dict(zip(own, OWN, strict=False))
    for name, (colour, dashes, marker) in lines.items():
        # An event that is never read has no price: where there is one, the line has a hole.
        seconds = [costs[one]["added_seconds"].mask(costs[one]["unread"] > 0)[name] for one in RATES]
        axes.plot(list(RATES), seconds, dashes, marker=marker, color=colour, label=name)
    _queue_in_theory(axes)
    highest = max(costs[one].loc[list(lines), "added_seconds"].max() for one in RATES) * 1.05
    axes.axvline(rate, color=INK, linewidth=0.8, gid=HERE)
    axes.set(xlabel="transactions a second", ylabel="read later by, seconds", ylim=(0, highest))
    _name_the_lines(axes, costs[RATES[-1]].loc[list(lines)], highest)
    name = f"How much later events are read with each remedy, from 1 to 8 transactions a second. {says}"
    columns = {"skipped": "skipped", "unread": "never read", "added_seconds": "read later by, s"}
    shown = here[list(columns)].round(2).rename(columns=columns)
    caption = f"At {rate} transaction{'s'[: rate != 1]} a second"
    return Picture(f'{drawn(figure, name)}<p class="says">{escape(says)}</p>{table(shown, caption)}', says, here.copy())


def _said(rate: int, costs: pd.DataFrame, own: list[str]) -> str:
    busy, later, unread = rate * LASTS_SECONDS, costs["added_seconds"].to_dict(), costs["unread"].to_dict()
    end = "; one writer at a time is not enough, and the queue grows" if busy >= 1 else ""
    each = ", ".join(f"{name} {later[name]:.2f} s" for name in [*LINES, *own] if not unread[name])
    gone = "".join(
        f" With {name}, {count(int(unread[name]), 'event')} will never be read." for name in own if unread[name]
    )
    return (
        f"At {rate} transaction{'s'[: rate != 1]} a second, of {LASTS_SECONDS} s each, writing takes {busy:.0%} of the "
        f"time{end}: each event is read later (averages: {each}); without a remedy {unread['none']} are skipped.{gone}"
    )


def _queue_in_theory(axes: Axes) -> None:
    """Draw how long a writer waits for the lock, by the formula of lesson 7 without the handling itself."""
    rates = np.linspace(0.5, 1 / LASTS_SECONDS, 80)[:-1]
    busy = rates * LASTS_SECONDS
    axes.plot(rates, LASTS_SECONDS * busy / (1 - busy), color=INK, linewidth=0.8, label="queue in theory")


def _name_the_lines(axes: Axes, ends: pd.DataFrame, highest: float) -> None:
    """Write each name beside the end of its line, and none over another."""
    unread = ends["unread"].to_dict()
    later = {str(name): float(seconds) for name, seconds in ends["added_seconds"].items()}
    for name, height in places_of_names(later, APART * highest).items():
        words = f"{name}: some never read" if unread[name] else f"{name}"
        _write(axes, words, (RATES[-1], height), 8, "left")
    _write(axes, "a queue in theory", (1 / LASTS_SECONDS, highest * 0.93), -6, "right")


def _write(axes: Axes, words: str, place: tuple[float, float], beside: int, align: Literal["left", "right"]) -> None:
    axes.annotate(words, place, (beside, -4), textcoords="offset points", color=INK, annotation_clip=False, ha=align)
