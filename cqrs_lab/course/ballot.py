"""A vote in a room: hands are counted per choice, the room talks, and hands are counted again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from cqrs_lab.course.accept import as_plain
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.style import STYLESHEET
from cqrs_lab.show.view import IN_FRONT

VOTES = ("first vote", "second vote")
MOST = 1_000
# Without hands, a bar has no length; with all hands of a vote it has this one.
LONGEST_REM = 10
LOOKS = ("border:2px solid var(--write)", "border:2px solid var(--read);background:var(--read)")


class Ballot(anywidget.AnyWidget):
    """Counts hands per choice, twice: buttons and a number for each, and a bar beside it.

    ``ballot.count("two", 22, vote=2)`` counts as the instructor would.

    Parameters
    ----------
    question : str
    choices : sequence of str
    keep : callable
        ``keep(vote, choice, hands)`` keeps a count, and returns what the instructor should know about it; "" if all is
        well.

    Attributes
    ----------
    votes : list of list of int
        The hands of the first and of the second vote, per choice.
    """

    _esm = IN_FRONT + Path(__file__).with_name("ballot.js").read_text(encoding="utf-8")
    _css = STYLESHEET

    question = traitlets.Unicode().tag(sync=True)
    choices: traitlets.List[Any] = traitlets.List().tag(sync=True)
    names: traitlets.List[Any] = traitlets.List(list(VOTES)).tag(sync=True)
    votes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    html = traitlets.Unicode().tag(sync=True)
    says = traitlets.Unicode().tag(sync=True)
    most = traitlets.Int(MOST).tag(sync=True)

    def __init__(self, question: str, choices: Sequence[str], keep: Callable[[int, str, int], str]) -> None:
        self._keep = keep
        self._before = votes = [[0] * len(choices) for _ in VOTES]
        html = bars(choices, votes)
        super().__init__(question=question, choices=list(choices), votes=votes, html=html, says=said(choices, votes))
        self.observe(self._count, names="votes")

    def count(self, choice: str, hands: int, vote: int = 1) -> None:
        """Set how many hands a choice has, in the first vote or the second."""
        if choice not in self.choices:
            raise InvalidArgument(f"no choice {choice!r} here; give one of {', '.join(self.choices)}")
        if vote not in (1, 2):
            raise InvalidArgument(f"vote={vote!r}: a room votes twice; give 1 or 2")
        plain = as_plain(hands)
        if not _are_hands(plain):
            raise InvalidArgument(f"{hands!r} hands for {choice}: give a whole number from 0 to {MOST:,}")
        votes = [list(each) for each in self.votes]
        votes[vote - 1][self.choices.index(choice)] = plain
        self.votes = votes

    @traitlets.validate("votes")
    def _counted(self, proposal: Any) -> Any:
        """Put back what no room can say: it comes from the page, where an exception would be seen by nobody."""
        now = proposal["value"]
        shape = [len(each) if isinstance(each, list) else -1 for each in now]
        good = shape == [len(self.choices)] * len(VOTES) and all(_are_hands(one) for each in now for one in each)
        return now if good else self._before

    def _count(self, change: Any) -> None:
        now, before, self._before = change["new"], self._before, change["new"]
        news = [
            self._keep(vote, choice, hands)
            for vote, (was, is_now) in enumerate(zip(before, now, strict=True), 1)
            for choice, old, hands in zip(self.choices, was, is_now, strict=True)
            if old != hands
        ]
        with self.hold_sync():
            self.html = bars(self.choices, now)
            self.says = " ".join(filter(None, [said(self.choices, now), *news]))

    def __repr__(self) -> str:
        return f"{self.question} ({' / '.join(self.choices)}) {self.says}"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Show the ballot; where no widget can be shown, its question and the bars."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        still = f'<div class="cqrs-lab"><p>{escape(repr(self))}</p>{self.html}</div>'
        return {**data, "text/html": still, "text/plain": repr(self)}, metadata


def _are_hands(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= MOST


def bars(choices: Sequence[str], votes: Sequence[Sequence[int]], answer: str = "") -> str:
    """Return a table with the hands of both votes side by side, a bar each; the row of the answer is marked."""
    head = "".join(f'<th scope="col">{name}</th>' for name in ("choice", *VOTES))
    rows = []
    for at, choice in enumerate(choices):
        mark = " ✓ the answer" if choice == answer else ""
        cells = "".join(
            f"<td>{_bar(hands[at], sum(hands), look)}</td>" for hands, look in zip(votes, LOOKS, strict=True)
        )
        rows.append(f'<tr><th scope="row">{escape(choice + mark)}</th>{cells}</tr>')
    caption = "<caption>The room</caption>"
    table = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    return f'<div class="scrolls">{table}</div>'


def _bar(hands: int, all_hands: int, look: str) -> str:
    long = LONGEST_REM * hands / all_hands if all_hands else 0
    shown = f"height:1em;width:{long:.2f}rem;margin-right:0.4rem;vertical-align:-2px" if hands else "width:0"
    looks = f"display:inline-block;box-sizing:border-box;{shown};{look if hands else ''}"
    bar = f'<span aria-hidden="true" style="{looks}"></span>'
    return f'<span style="display:inline-block;width:{LONGEST_REM + 2}rem">{bar}{hands}</span>'


def said(choices: Sequence[str], votes: Sequence[Sequence[int]]) -> str:
    """Return the votes in words; a vote without hands was not held."""
    each = [
        f"{name.capitalize()}: {', '.join(f'{choice} {one}' for choice, one in zip(choices, hands, strict=True))}."
        for name, hands in zip(VOTES, votes, strict=True)
        if any(hands)
    ]
    return " ".join(each) or "Nobody has voted yet."
