"""Your system: its five numbers, its picture, and the views that it moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import Self

import pandas as pd

from cqrs_lab.own_system import sentences
from cqrs_lab.own_system.figure import PLACES, curve, stick
from cqrs_lab.own_system.given import GivenSystem
from cqrs_lab.own_system.headroom import MOST_FIGURES as SEARCHED
from cqrs_lab.own_system.headroom import headroom
from cqrs_lab.own_system.measured import MISSED, Estimate, figures
from cqrs_lab.own_system.progress import counted
from cqrs_lab.own_system.rebuilding import rebuild_hours
from cqrs_lab.own_system.remedy import Remedy, remedy
from cqrs_lab.own_system.views import explorer, mover
from cqrs_lab.own_system.words import interval, quantity
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.view import View

LONGER = 10
"""How many times as long the run at the present rate may be, where its p99 needs that for an interval."""
MOST_FIGURES = SEARCHED + 3
"""What is simulated at most for the numbers: the system at work, its headroom, and the two remedies."""


@dataclass(frozen=True, repr=False, eq=False)
class YourSystem:
    """What `your_system` returns.

    Attributes
    ----------
    given : GivenSystem
        The numbers it was given, as models of the simulation.
    remedy : Remedy
        The remedy for the skipped event that fits: `name` is "lock" or "low watermark".
    rows : mapping of str to (Estimate, str, str)
        Each number with its unit and its sentence.
    """

    given: GivenSystem
    remedy: Remedy
    rows: Mapping[str, tuple[Estimate, str, str]]

    @classmethod
    def of(cls, given: GivenSystem) -> Self:
        """Simulate a system, and work its numbers out."""
        with counted(given, MOST_FIGURES, "runs") as work:
            at_work = figures(work, given.model, ["p50", "p99", MISSED], LONGER)
            spare, hours, fits = headroom(work), rebuild_hours(given), remedy(work)
        rows = {
            "lag p50": (at_work["p50"], "s", sentences.p50(at_work["p50"])),
            "lag p99": (at_work["p99"], "s", sentences.p99(given, at_work["p99"])),
            "missed reads": (at_work[MISSED], "of all reads", sentences.missed(given, at_work[MISSED])),
            "headroom": (spare, "times the rate", sentences.headroom(given, spare)),
            "rebuild": (hours, "hours", sentences.rebuild(given, hours)),
            "lock or watermark": (fits.dearer, "s", sentences.remedy(given, fits)),
        }
        return cls(given, fits, rows)

    @cached_property
    def _numbers(self) -> pd.DataFrame:
        rows = {
            name: (figure.value, figure.low, figure.high, unit, says)
            for name, (figure, unit, says) in self.rows.items()
        }
        columns = ["value", "low", "high", "unit", "says"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("number")

    @property
    def numbers(self) -> pd.DataFrame:
        """The five numbers; the lag has two rows.

        Returns
        -------
        DataFrame
            One row per number: lag p50, lag p99, missed reads, headroom, rebuild, lock or watermark; columns value,
            low, high (float64; a 95 % interval, NaN where there is none), unit, says (str, a sentence). A rebuild that
            never catches up, and a lock that never does, are infinite. The last number is how much later each event is
            read with a lock than with a low watermark.
        """
        return self._numbers.copy()

    @cached_property
    def _curve(self) -> pd.DataFrame:
        with counted(self.given, len(PLACES) + 2, "runs for the picture") as work:
            return curve(work, self.rows["headroom"][0].value)

    def figure(self) -> Picture:
        """Draw the lag against the rate: where the system stands, what it promises, and where that breaks.

        Returns
        -------
        Picture
            `frame`: one row per rate; p50 and p99 of the lag, each with _low and _high, in seconds.
        """
        rows = {name: figure for name, (figure, _, _) in self.rows.items()}
        return stick(self.given, self._curve, rows)

    def lag_explorer(self) -> View:
        """Return lesson 7's explorer over ranges around these numbers: rate, handling, poll, batch and replicas."""
        return explorer(self.given)

    def hockey_stick(self) -> View:
        """Return lesson 7's hockey stick of this system, from a tenth of its rate to what it can take."""
        return mover(self.given)

    def __repr__(self) -> str:
        read = "" if self.given.times is None else f"{self.given.times.says}\n"
        return read + "\n".join(says for _, _, says in self.rows.values())

    def _repr_html_(self) -> str:
        read = "" if self.given.times is None else f'<p class="says">{escape(self.given.times.says)}</p>'
        rows = {
            name: (quantity(figure.value, unit), interval(figure.low, figure.high, unit), says)
            for name, (figure, unit, says) in self.rows.items()
        }
        columns = ["value", "95 % interval", "what it says"]
        shown = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("number")
        picture = self.figure()
        html = read + picture.html + table(shown, "Your system in five numbers")
        return Picture(html, picture.says, picture.frame)._repr_html_()
