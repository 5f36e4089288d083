"""The decision table: what a decider decides, for each history and each command, and what your rules change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from cqrs_lab.show.decisions import Decision, Place, decided_by, other_words
from cqrs_lab.show.doors import a_decider, by_name, listed
from cqrs_lab.show.icons import icon, icon_of
from cqrs_lab.show.picture import Picture
from cqrs_lab.show.style import READ, WRITE
from cqrs_lab.show.view import Control, View
from cqrs_lab.words import count
from cqrs_lab.write.decider import Decider

MOST_NAMED = 3
"""Of many changed cells, the sentence names these first ones."""
ICON = 18


def decision_table(
    decider: Decider[Any, Any, Any],
    histories: Mapping[str, Sequence[object]],
    commands: Mapping[str, object],
    mine: Decider[Any, Any, Any] | None = None,
) -> View:
    """Show every decision of a decider as a table, and one of them as a sentence.

    An event, a refusal and nothing to do each have a colour, a pattern and a mark. With a decider of your own beside
    the first, each cell in which the two differ shows both decisions.

    Parameters
    ----------
    decider : Decider
        Any decider: nothing in the table is written by hand.
    histories : mapping of str to sequence of events
        What has happened, keyed by a name for the state that it leads to.
    commands : mapping of str to command
    mine : Decider, optional
        Another decider for the same histories and commands.

    Returns
    -------
    View
        `frame()`: one row per history, one column per command; the decision, as text. A cell that `mine` changes
        reads "before → after".

    Examples
    --------
    >>> from cqrs_lab import Decider
    >>> from cqrs_lab.show.decision_table import decision_table
    >>> lamp = Decider(False, lambda command, is_on: [command], lambda is_on, event: event == "on")
    >>> fixed = Decider(
    ...     False, lambda command, is_on: [] if is_on == (command == "on") else [command], lamp.evolve
    ... )
    >>> decision_table(lamp, {"dark": [], "lit": ["on"]}, {"press": "on"}, mine=fixed).at(state=1)
    Your rules change 1 of 2 cells: press on 'lit'. Given str, when press, then nothing to do: that is already \
the case. Without your rules: on.
    """
    a_decider(decider)
    histories = {
        name: listed(f"histories[{name!r}]", events, "a list of events; give [] where nothing has happened", least=0)
        for name, events in by_name("histories", histories, 'histories by name; give {"nothing yet": []}').items()
    }
    commands = by_name("commands", commands, 'commands by name; give {"place": PlaceOrder(…)}')
    table = _Table(decided_by(decider, histories, commands), histories, tuple(commands))
    if mine is not None:
        table.compare(decided_by(a_decider(mine, "mine"), histories, commands))
    controls = [Control.among("state", "State", tuple(histories)), Control.among("command", "Command", tuple(commands))]
    return View(table.picture, controls)


class _Table:
    """The decisions, those that others take the place of, and the cells in which they differ."""

    def __init__(
        self, decided: Mapping[Place, Decision], histories: Mapping[str, Sequence[object]], commands: Sequence[str]
    ) -> None:
        self.before, self.now, self.histories, self.commands = decided, decided, histories, commands
        self.turned: list[Place] = []
        self.compared = ""

    def compare(self, others: Mapping[Place, Decision]) -> None:
        """Show other decisions, and where they differ."""
        self.now = others
        self.turned = [place for place in others if others[place] != self.before[place]]
        named = ", ".join(f"{command} on {state!r}" for state, command in self.turned[:MOST_NAMED])
        more = f" and {len(self.turned) - MOST_NAMED} more" if len(self.turned) > MOST_NAMED else ""
        there = count(len(others), "cell")
        self.compared = (
            f"Your rules change {len(self.turned)} of {there}: {named}{more}."
            if self.turned
            else f"Your rules change none of the {there}."
        )

    def picture(self, state: int, command: int) -> Picture:
        here = list(self.histories)[state], self.commands[command]
        decided = self.sentence(*here)
        frame = pd.DataFrame(
            [[self.text((one, name)) for name in self.commands] for one in self.histories],
            index=pd.Index(list(self.histories), name="state"),
            columns=list(self.commands),
            dtype="str",
        )
        compared = f'<p class="says">{escape(self.compared)}</p>' if self.compared else ""
        html = f'{compared}{self.grid(here)}<p class="says roomy">{escape(decided)}</p>'
        return Picture(html, f"{self.compared} {decided}".strip(), frame)

    def sentence(self, state: str, command: str) -> str:
        given = ", ".join(type(event).__name__ for event in self.histories[state]) or "no events"
        place = state, command
        before = f" Without your rules: {self.before[place].detail}." if place in self.turned else ""
        return f"Given {given}, when {command}, then {self.now[place].detail}.{before}"

    def text(self, place: Place) -> str:
        before, now = self.before[place], self.now[place]
        return f"{before.word} → {other_words(before, now)}" if place in self.turned else now.word

    # --- the markup

    def grid(self, here: Place) -> str:
        heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in self.commands)
        rows = []
        for number, state in enumerate(self.histories):
            cells = (self.cell((state, name), (number, at), here) for at, name in enumerate(self.commands))
            rows.append(f'<tr><th scope="row">{escape(state)}</th>{"".join(cells)}</tr>')
        turned = f" {READ.marker} dashed: a cell that your rules change." if self.compared else ""
        return (
            '<div class="scrolls"><table class="decisions" role="grid"><caption>What the decider decides. '
            f'Pick a cell.</caption><thead><tr><th scope="col">state</th>{heads}</tr></thead>'
            f"<tbody>{''.join(rows)}</tbody></table></div>"
            f'<p class="says">{WRITE.marker} an event; ✗ a refusal; – nothing to do.{turned}</p>'
        )

    def cell(self, place: Place, at: tuple[int, int], here: Place) -> str:
        sets = escape(json.dumps({"state": at[0], "command": at[1]}))
        is_here, stop = ("true", "0") if place == here else ("false", "-1")
        before, now = self.before[place], self.now[place]
        if place in self.turned:
            change = f'{READ.marker}<span class="only-read-out"> changed, before:</span>'
            decided = f"<del>{_drawn(before, before.word)}</del> → <ins>{_drawn(now, other_words(before, now))}</ins>"
            decided = f'<div class="turned"><span class="change">{change}</span> {decided}</div>'
        else:
            decided = _drawn(now, now.word)
        return f'<td data-set="{sets}" aria-selected="{is_here}" tabindex="{stop}">{decided}</td>'


def _drawn(decision: Decision, words: str) -> str:
    """Return a decision as words with its mark, on the ground of its kind."""
    mark = {"event": f"{_icons(decision)} ", "refusal": "", "nothing": "– ", "unknown": ""}[decision.kind]
    return f'<span class="{decision.kind}">{mark}{escape(words)}</span>'


def _icons(decision: Decision) -> str:
    names = dict.fromkeys(icon_of(type(event)) for event in decision.events)
    return "".join(
        f'<svg class="in-line" width="{ICON}" height="{ICON}" aria-hidden="true">{icon(name, 0, 0, ICON)}</svg>'
        for name in names
    )
