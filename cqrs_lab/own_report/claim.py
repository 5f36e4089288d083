"""A claim about a system, and its verdict: true, false or unknown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import pandas as pd

from cqrs_lab.findings import Fault
from cqrs_lab.show.picture import table
from cqrs_lab.show.view import View
from cqrs_lab.simulation.faults.broken_law import BrokenLaw

TRUE, FALSE, UNKNOWN = "true", "false", "unknown"
NOT_TRIED = "Not tried."
MARKS = {TRUE: "✓", FALSE: "✗", UNKNOWN: "?"}


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, its verdict, and what the verdict rests on.

    Attributes
    ----------
    part : str
        What it is about, such as "rules" or the name of a projection.
    says : str
        The claim, as a sentence.
    verdict : {"true", "false", "unknown"}
    tried, came : str
        What was done, and what came of it, in sentences.
    view : View or None
        The smallest case that shows why it is false, as a picture that moves.
    witness : str
        The same in tables, as markup; for some claims, what speaks for it.
    again : str
        Lines of Python that show the case again; "" if there is none.
    """

    part: str
    says: str
    verdict: str
    tried: str
    came: str
    view: View | None = None
    witness: str = ""
    again: str = ""

    def __str__(self) -> str:
        return f"{MARKS[self.verdict]} {self.verdict:<7}  {self.part}: {self.says[0].lower()}{self.says[1:-1]}"


def not_tried(part: str, says: str, give: str) -> Claim:
    """Return a claim that nobody could try, and what to give so that it is tried."""
    return Claim(part, says, UNKNOWN, NOT_TRIED, f"Give {give} to try it.")


def as_table(faults: Iterable[Fault | BrokenLaw], caption: str) -> str:
    """Return broken laws as a table: what was done, what was expected, what came."""
    rows = {one.law: _what_broke_it(one) for one in faults}
    columns = ["what was done", "expected", "what came"]
    return table(pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("law"), caption)


def _what_broke_it(one: Fault | BrokenLaw) -> tuple[str, str, str]:
    if isinstance(one, BrokenLaw) and not one.done:
        return str(one.detail), "", ""
    return one.done, one.expected, one.came


def paragraph(text: str) -> str:
    """Return a text as a paragraph."""
    return f"<p>{escape(text)}</p>"
