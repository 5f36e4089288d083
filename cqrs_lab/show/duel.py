"""The duel: two people decide on one stream at the same time; the store lets one of them through."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal, NamedTuple

import pandas as pd

from cqrs_lab.arguments import refuse, text
from cqrs_lab.errors import CommandRejected, ConcurrencyError
from cqrs_lab.log.guards.recordable import events_in
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.show.doors import a_decider, by_name, listed
from cqrs_lab.show.picture import Picture, key
from cqrs_lab.show.view import Control, View
from cqrs_lab.write.decider import Decider

Act = Literal["load", "append"]
# Who acts when: 0 is the first person, 1 the second.
ORDERS: dict[str, tuple[tuple[int, Act], ...]] = {
    "one after the other": ((0, "load"), (0, "append"), (1, "load"), (1, "append")),
    "both load, the first is faster": ((0, "load"), (1, "load"), (0, "append"), (1, "append")),
    "both load, the second is faster": ((0, "load"), (1, "load"), (1, "append"), (0, "append")),
}


class _Moment(NamedTuple):
    """What one of the two did, what came of it, and the version of the stream after it."""

    who: str
    does: str
    outcome: str
    version: int
    refused: bool = False


@dataclass(slots=True)
class Duel:
    """One duel on its own store, played to the end."""

    decider: Decider[Any, Any, Any]
    stream: str
    store: MemoryEventStore = field(default_factory=MemoryEventStore)
    loaded: dict[str, tuple[Any, int]] = field(default_factory=dict)
    moments: list[_Moment] = field(default_factory=list)

    def load(self, who: str) -> None:
        """Read the stream and fold it: what this person knows from now on."""
        events = [recorded.event for recorded in self.store.read_stream(self.stream)]
        self.loaded[who] = self.decider.fold(events), len(events)
        self._note(who, "loads", f"version {len(events)}")

    def append(self, who: str, command: object) -> None:
        """Decide on what was loaded, and append under that version; after a conflict load and decide again."""
        state, version = self.loaded[who]
        try:
            events = events_in(self.decider.decide(command, state), f"decide for {type(command).__name__}", "return")
        except CommandRejected as refusal:
            self._note(who, "decides", f"the rules refuse: {refusal}", refused=True)
            return
        names = ", ".join(type(event).__name__ for event in events) or "nothing"
        try:
            self.store.append(self.stream, events, expected=version)
        except ConcurrencyError as conflict:
            outcome = f"the store refuses: expected version {version}, found {conflict.actual}"
            self._note(who, f"appends {names}", outcome, refused=True)
            self.load(who)
            self.append(who, command)
        else:
            self._note(who, f"appends {names}", f"expected version {version}: accepted")

    def _note(self, who: str, does: str, outcome: str, refused: bool = False) -> None:
        self.moments.append(_Moment(who, does, outcome, int(self.store.stream_version(self.stream)), refused))


def duel(decider: Decider[Any, Any, Any], stream: str, history: Sequence[object], commands: dict[str, object]) -> View:
    """Let two people send one command each to a stream, in three orders.

    Every order is really played, each on its own store: load, decide on what was loaded, append with the version
    that was loaded as expected version, and after a conflict load and decide again.

    Parameters
    ----------
    decider : Decider
    stream : str
    history : sequence of events
        What happened before.
    commands : dict of str to command
        Two people, and the command each of them sends; the first one named acts first.

    Returns
    -------
    View
        `frame()`: one row per moment; columns who, does, outcome, version, refused.
    """
    a_decider(decider)
    text("stream", stream, "the name of a stream; give a text such as 'order-7'")
    history = listed("history", history, "a list of events; give [] where nothing has happened", least=0)
    wanted = "two people and a command each; give {'Ada': Borrow(…), 'Ben': Borrow(…)}"
    if len(by_name("commands", commands, wanted)) != 2:
        raise refuse("commands", commands, wanted)
    played = {name: _play(decider, stream, history, commands, order) for name, order in ORDERS.items()}
    most = max(map(len, played.values()))
    people = list(commands)

    def draw(order: int, step: int) -> Picture:
        moments = list(played.values())[order]
        seen = moments[:step]
        says = _sentence(seen, stream, len(history), done=step >= len(moments))
        html = f'<p class="says">{escape(says)}</p>{_lanes(seen, people, stream, most)}'
        return Picture(html, says, pd.DataFrame(seen, columns=list(_Moment._fields)))

    step = Control("step", "Step", 0, most, 0, plays=True)
    return View(draw, [Control.among("order", "Sequence", tuple(ORDERS)), step])


def _play(
    decider: Decider[Any, Any, Any],
    stream: str,
    history: Sequence[object],
    commands: dict[str, object],
    order: Sequence[tuple[int, Act]],
) -> list[_Moment]:
    game = Duel(decider, stream)
    game.store.append(stream, list(history), expected=0)
    people = list(commands)
    for at, act in order:
        if act == "load":
            game.load(people[at])
        else:
            game.append(people[at], commands[people[at]])
    return game.moments


def _sentence(seen: Sequence[_Moment], stream: str, version: int, done: bool) -> str:
    if not seen:
        return f"{stream} is at version {version}. Nobody has done anything yet."
    last = seen[-1]
    end = " That was all." if done else ""
    return f"{last.who} {last.does}; {last.outcome}. {stream} is at version {last.version}.{end}"


def _lanes(seen: Sequence[_Moment], people: Sequence[str], stream: str, most: int) -> str:
    """Return a lane for each person and one for the stream; time runs to the right, with room for later steps."""
    head = "".join(f'<th scope="col">{number}</th>' for number in range(1, most + 1))
    rows = []
    for who in people:
        cells = (_cell(seen[at] if at < len(seen) and seen[at].who == who else None, at) for at in range(most))
        rows.append(f'<tr><th scope="row">{escape(who)}</th>{"".join(cells)}</tr>')
    versions = [f"<td{key('version', at)}>version {moment.version}</td>" for at, moment in enumerate(seen)]
    later = "<td></td>" * (most - len(seen))
    rows.insert(1, f'<tr><th scope="row">{escape(stream)}</th>{"".join(versions)}{later}</tr>')
    return (
        '<div class="scrolls"><table class="lanes"><caption>Who does what, from left to right</caption>'
        f'<thead><tr><th scope="col">step</th>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _cell(moment: _Moment | None, at: int) -> str:
    if moment is None:
        return "<td></td>"
    css, mark = (' class="changed"', "✗ ") if moment.refused else ("", "")
    return f"<td{key('does', at)}{css}>{mark}{escape(moment.does)}<br>{escape(moment.outcome)}</td>"
