"""A process under every crash: for each failure what is held in the end, and after which crashes the log is another."""

from __future__ import annotations

import json
from dataclasses import replace
from html import escape

from cqrs_lab.show.lanes_picture import things_held
from cqrs_lab.show.lanes_runs import Runs
from cqrs_lab.show.picture import Picture, word
from cqrs_lab.words import count


class EveryCrash:
    """All failures with all crashes, for one minute of the cancellation."""

    def __init__(self, runs: Runs, cancel: int) -> None:
        self.runs, self.cancel = runs, cancel
        self.same = [runs.crashes(failure, cancel) for failure in range(len(runs.failures))]

    def above(self, picture: Picture, failure: int, crash: int) -> Picture:
        """Return a picture of one run with the table of all above it."""
        return replace(picture, html=self.table(failure, crash) + picture.html, says=f"{picture.says} {self.says()}")

    def says(self) -> str:
        """Return the verdict as a sentence."""
        tried = [one for crashes in self.same for one in crashes.values()]
        if all(tried):
            return f"{len(tried):,} crashes were tried: the log is the same after each."
        return f"{len(tried):,} crashes were tried: after {tried.count(False):,} of them the log is another one."

    def table(self, failure: int, crash: int) -> str:
        """Return the verdicts, each of which sets the failure and the crash."""
        most = max((max(crashes, default=0) for crashes in self.same), default=0)
        held = things_held(self.runs.played(failure, self.cancel, 0)[0])
        heads = [*held, "no crash", *map(str, range(1, most + 1))]
        rows = []
        for number, name in enumerate(self.runs.failures):
            log, chosen = self.runs.played(number, self.cancel, 0)[0], (failure, crash)
            cells = [f'<td class="number">{word(one)}</td>' for one in things_held(log).values()]
            cells.append(_cell(number, 0, chosen, "nothing", count(len(log), "event")))
            cells += [self.verdict(number, at, chosen) for at in range(1, most + 1)]
            rows.append(f'<tr><th scope="row">{escape(name)}</th>{"".join(cells)}</tr>')
        head = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
        return (
            '<div class="scrolls"><table class="decisions crashes" role="grid">'
            f"<caption>{escape(self.says())} Pick a run.</caption>"
            f'<thead><tr><th scope="col">what fails</th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
            '<p class="says">The numbers: after which of its commands the process dies. ✓ the same log; ✕ another.</p>'
        )

    def verdict(self, failure: int, crash: int, chosen: tuple[int, int]) -> str:
        """Return the cell of one crash; empty where the process does not send so many commands."""
        if crash not in self.same[failure]:
            return "<td></td>"
        kind, mark, aloud = ("same", "✓", "the same") if self.same[failure][crash] else ("refusal", "✕", "another")
        return _cell(failure, crash, chosen, kind, f'{mark}<span class="only-read-out"> {aloud} log</span>')


def _cell(failure: int, crash: int, chosen: tuple[int, int], kind: str, inner: str) -> str:
    sets = escape(json.dumps({"failure": failure, "crash": crash}))
    here, stop = ("true", "0") if (failure, crash) == chosen else ("false", "-1")
    return f'<td data-set="{sets}" aria-selected="{here}" tabindex="{stop}"><span class="{kind}">{inner}</span></td>'
