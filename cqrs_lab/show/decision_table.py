"""The decision table: what a decider decides, for each history and each command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import pandas as pd

from cqrs_lab.errors import CommandRejected
from cqrs_lab.log.guards.recordable import events_in
from cqrs_lab.show.doors import a_decider, by_name, listed
from cqrs_lab.show.picture import Picture, brief
from cqrs_lab.show.view import Control, View
from cqrs_lab.write.decider import Decider

NOTHING = "nothing to do"


class Decision(NamedTuple):
    """A decision: in a word or two, in a sentence, and whether it is a refusal."""

    word: str
    detail: str
    refused: bool = False


def decision_table(
    decider: Decider[Any, Any, Any], histories: Mapping[str, Sequence[object]], commands: Mapping[str, object]
) -> View:
    """Show every decision of a decider as a table, and one of them as a sentence.

    Parameters
    ----------
    decider : Decider
        Any decider, including yours: nothing in the table is written by hand.
    histories : mapping of str to sequence of events
        What has happened, keyed by a name for the state that it leads to.
    commands : mapping of str to command

    Returns
    -------
    View
        `frame()`: one row per history, one column per command; the decision, as text.
    """
    a_decider(decider)
    histories = {
        name: listed(f"histories[{name!r}]", events, "a list of events; give [] where nothing has happened", least=0)
        for name, events in by_name("histories", histories, 'histories by name; give {"nothing yet": []}').items()
    }
    commands = by_name("commands", commands, 'commands by name; give {"place": PlaceOrder(…)}')
    decided = {
        (state, name): _decide(decider, events, command)
        for state, events in histories.items()
        for name, command in commands.items()
    }
    rows = [[decided[state, name].word for name in commands] for state in histories]
    frame = pd.DataFrame(rows, index=pd.Index(list(histories), name="state"), columns=list(commands), dtype="str")

    def draw(state: int, command: int) -> Picture:
        here = list(histories)[state], list(commands)[command]
        given = ", ".join(type(event).__name__ for event in histories[here[0]]) or "no events"
        says = f"Given {given}, when {here[1]}, then {decided[here].detail}."
        html = f'<p class="says">{escape(says)}</p>{_table(frame, decided, here)}'
        return Picture(html, says, frame)

    controls = [Control.among("state", "State", tuple(histories)), Control.among("command", "Command", tuple(commands))]
    return View(draw, controls)


def _decide(decider: Decider[Any, Any, Any], events: Sequence[object], command: object) -> Decision:
    try:
        decided = events_in(decider.decide(command, decider.fold(events)), f"decide for {brief(command)}", "return")
    except CommandRejected as refusal:
        return Decision("✗ refused", f"it is refused: {refusal}", refused=True)
    if not decided:
        return Decision(NOTHING, f"{NOTHING}: that is already the case")
    return Decision(", ".join(type(event).__name__ for event in decided), "; ".join(map(brief, decided)))


def _table(frame: pd.DataFrame, decided: Mapping[tuple[str, str], Decision], here: tuple[str, str]) -> str:
    heads = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in frame.columns)
    rows = []
    for state in frame.index:
        cells = (
            f'<td class="changed">{escape(decided[state, name].word)}<span class="only-read-out"> (chosen)</span></td>'
            if (state, name) == here
            else f"<td>{escape(decided[state, name].word)}</td>"
            for name in frame.columns
        )
        rows.append(f'<tr><th scope="row">{escape(str(state))}</th>{"".join(cells)}</tr>')
    return (
        '<div class="scrolls"><table><caption>What the decider decides</caption>'
        f'<thead><tr><th scope="col">state</th>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )
