"""A report about a system: its claims, their verdicts, and the file that it was written to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pandas as pd
from tqdm import tqdm

from cqrs_lab.own_report.about_lag import about_the_lag
from cqrs_lab.own_report.about_never import about_what_must_never_be
from cqrs_lab.own_report.about_process import about_the_process
from cqrs_lab.own_report.about_projections import about_projections
from cqrs_lab.own_report.about_readers import about_readers
from cqrs_lab.own_report.about_rules import about_the_rules, decided
from cqrs_lab.own_report.about_store import about_the_store
from cqrs_lab.own_report.claim import FALSE, Claim
from cqrs_lab.own_report.given import GivenParts
from cqrs_lab.own_report.page import counted, page
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.whole import write_whole


@dataclass(frozen=True, repr=False)
class SystemReport:
    """What `report` returns.

    Attributes
    ----------
    path : Path
        The file.
    claims : tuple of Claim
        Each with `part`, `says`, `verdict`, `tried`, `came`, `witness` (markup) and `again` (lines of Python).
    """

    path: Path
    claims: tuple[Claim, ...]

    @classmethod
    def of(cls, given: GivenParts, path: Path) -> Self:
        """Try everything, and then write the file: if something stops it, a file that was there stays as it was."""
        with tqdm(total=_steps(given), desc="trying", leave=False, disable=None) as bar:
            claims = tuple(_claims(given, bar.update))
        write_whole(path, page(given.name, claims, given.seed, given.runs))
        return cls(path, claims)

    @property
    def ok(self) -> bool:
        """True if no claim is false; some may be unknown."""
        return all(claim.verdict != FALSE for claim in self.claims)

    def frame(self) -> pd.DataFrame:
        """Return the verdicts as a table.

        Returns
        -------
        DataFrame
            One row per claim, in the order of the file; columns part, claim, verdict, tried, came (str).
        """
        rows = [(one.part, one.says, one.verdict, one.tried, one.came) for one in self.claims]
        return pd.DataFrame(rows, columns=["part", "claim", "verdict", "tried", "came"], dtype="str")

    def __repr__(self) -> str:
        return "\n".join([counted(self.claims), *map(str, self.claims), f"The report is in {self.path}."])

    def _repr_html_(self) -> str:
        shown = self.frame()[["part", "claim", "verdict"]].set_index("part")
        caption = f"{counted(self.claims)} The report is in {self.path}."
        return Picture(table(shown, caption), repr(self), shown)._repr_html_()


def _claims(given: GivenParts, tick: Callable[[], object]) -> Iterator[Claim]:
    yield about_the_store(given)
    tick()
    recorded = decided(given)
    yield about_the_rules(given, recorded)
    tick()
    yield from about_what_must_never_be(given)
    yield from about_projections(given, recorded, tick)
    yield about_the_process(given, tick)
    yield from about_readers(given)
    yield about_the_lag(given)


def _steps(given: GivenParts) -> int:
    """Return how many steps the bar has: it ends early where a law breaks."""
    return 2 + (given.runs + 1) * len(given.projections) + (given.runs if given.process is not None else 0)
