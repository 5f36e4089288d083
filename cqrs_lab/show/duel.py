"""The duel: two people decide on one stream at the same time; the reader arranges their moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import pandas as pd

from cqrs_lab.arguments import having, refuse, text
from cqrs_lab.errors import InvalidArgument, said
from cqrs_lab.log.guards.recordable import events_in
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.show.doors import by_name, function_of, listed
from cqrs_lab.show.duel_drawing import Drawing
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.two_writers import ORDERS, Moment, TwoWriters, rules_of
from cqrs_lab.show.view import Control, View
from cqrs_lab.words import shortened

COLUMNS = ("who", "does", "outcome", "version", "left", "refused", "stale")


class _Played(NamedTuple):
    """A run: how many were left before it, its moments, and why there are none."""

    left: int | None
    moments: tuple[Moment, ...]
    broken: str


def duel(
    decider: Any,
    stream: str,
    history: Sequence[object],
    commands: dict[str, object],
    *,
    left: Callable[[Any], int | None] | None = None,
    store: Callable[[], Any] = MemoryEventStore,
) -> View:
    """Let two people send one command each to a stream, with their four moves in any order.

    Every order is really played, on a store of its own: each person loads, decides on what was loaded, and appends
    with the version that was loaded as expected version. After a conflict they load and decide again. Without the
    check, an append names whatever version the stream is at.

    Parameters
    ----------
    decider : Decider or callable
        The rules; or one function of a command and the list of events that were loaded, which returns a list of events.
    stream : str
    history : sequence of events
        What happened before.
    commands : dict of str to command
        Two people, and the command each of them sends.
    left : callable, optional
        ``left(state)`` returns how many are left; for a rule that is a function, the state is the list of events. By
        default it is the state itself if that is a number, or its `available`.
    store : callable, optional
        Makes an empty store for each run, such as your own class. It needs `append(stream, events, expected)` and
        `read_stream(stream)`.

    Returns
    -------
    View
        `frame()`: one row per move so far; columns who, does, outcome, version, left, refused, stale. Stale is what was
        recorded although the rules would have decided otherwise by then.

    Examples
    --------
    >>> from cqrs_lab.show import duel
    >>> def sell(who, facts):
    ...     return [f"sold to {who}"] if len(facts) < 2 else []
    >>> race = duel(sell, "stock-cup", ["one in"], {"Ada": "Ada", "Ben": "Ben"}, left=lambda facts: 2 - len(facts))
    >>> race.at(order=1, check=1, step=4).frame["left"].tolist()
    [1, 1, 0, -1]
    >>> race.at(order=1, check=0, step=6).frame["left"].tolist()
    [1, 1, 0, 0, 0, 0]
    """
    rules = rules_of(decider, left)
    text("stream", stream, "the name of a stream; give a text such as 'order-7'")
    past = listed("history", history, "a list of events; give [] where nothing has happened", least=0)
    past = events_in(past, "history", "give")
    wanted = "two people and a command each; give {'Ada': Borrow(…), 'Ben': Borrow(…)}"
    if len(by_name("commands", commands, wanted)) != 2:
        raise refuse("commands", commands, wanted)
    _a_kind_of_store(store)
    people = tuple(commands)

    def play(order: int, checks: bool) -> _Played:
        game = TwoWriters(rules, stream, store(), checks)
        before = game.begin(past)
        game.play(people, list(commands.values()), order)
        return _Played(before, tuple(game.moments), game.broken)

    played = {(order, check): play(order, not check) for order in range(len(ORDERS)) for check in (0, 1)}
    game = _Game(people, stream, len(past), played)
    return View(game.draw, game.controls())


class _Game(NamedTuple):
    """All runs, by the order of the moves and whether the version is checked."""

    people: tuple[str, ...]
    stream: str
    version: int
    played: Mapping[tuple[int, int], _Played]

    def controls(self) -> list[Control]:
        """Return the controls: the order of the moves, the check, and the step if there is any."""
        orders = [", ".join(f"{self.people[who]} {act}s" for who, act in order) for order in ORDERS]
        steps = [Control("step", "Step", 0, self.end, 0, plays=True)] if any(map(self._moments, self.played)) else []
        return [
            Control.among("order", "Order of the moves", orders),
            Control.among("check", "Store checks the version", ("yes", "no")),
            *steps,
        ]

    def _moments(self, run: tuple[int, int]) -> int:
        return len(self.played[run].moments)

    def end(self, values: Mapping[str, int]) -> int:
        """Return how many moments a run has."""
        return self._moments((values["order"], values["check"]))

    def draw(self, order: int, check: int, step: int = 0) -> Picture:
        """Return the picture of a run so far."""
        run = self.played[order, check]
        seen = run.moments[:step]
        says = _sentence(run, seen, self.stream, self.version)
        done = step == len(run.moments)
        drawn = Drawing(self.people, self.stream, seen, run.left, order, check, self.version, done).drawn(says)
        html = f'<figure>{drawn}<figcaption class="roomy">{escape(says)}</figcaption></figure>'
        numbers = pd.DataFrame([one._asdict() for one in seen], columns=list(COLUMNS))
        return Picture(html + _told(seen, len(run.moments)), says, numbers)


def _a_kind_of_store(store: Any) -> None:
    wanted = "what makes an empty store; give a class such as MemoryEventStore, or your own"
    function_of("store", store, 0, wanted)
    try:
        made = store()
    except Exception as error:
        raise InvalidArgument(f"store() raised {said(error)}; let it make an empty store") from error
    having("store()", made, ("append", "read_stream"), "an event store; let it have append and read_stream")


def _sentence(run: _Played, seen: Sequence[Moment], stream: str, version: int) -> str:
    if run.broken:
        return f"Nothing can be played: {shortened(' '.join(run.broken.split()), 240)}."
    if not seen:
        there = "" if run.left is None else f", {run.left} left"
        return f"{stream} is at version {version}{there}. Nobody has done anything yet."
    last = seen[-1]
    happened = f"{last.who} {last.does}; {shortened(' '.join(last.outcome.split()), 240)}."
    wrong = _wrong(run, seen) if len(seen) == len(run.moments) else ""
    if wrong:
        return f"{happened} {wrong}"
    all_of_it = " That was all." if len(seen) == len(run.moments) else ""
    return f"{happened} {stream} is at version {last.version}.{all_of_it}"


def _wrong(run: _Played, seen: Sequence[Moment]) -> str:
    """Return what went wrong and why, or ""."""
    stale = next((one for one in seen if one.stale), None)
    left, before = seen[-1].left, run.left
    why = f"{stale.who} decided on version {stale.seen}, and the stream was at {stale.found}." if stale else ""
    if left is not None and before is not None and left < min(before, 0):
        rule = "Nobody was late: it is the rule that sells too much."
        return f"Oversold: {max(before, 0)} there, {before - left} promised. {why or rule}"
    return f"{why} By then the rules would have decided otherwise." if stale else ""


def _told(seen: Sequence[Moment], most: int) -> str:
    """Return the moves as a table, with room for those to come."""
    rows = [
        {"who": one.who, "does": one.does, "outcome": shortened(one.outcome, 90), "version": str(one.version)}
        | {"left": "" if one.left is None else str(one.left).replace("-", "\N{MINUS SIGN}")}
        for one in seen
    ]
    rows += [dict.fromkeys(("who", "does", "outcome", "version", "left"), "") for _ in range(most - len(seen))]
    frame = pd.DataFrame(rows, columns=["who", "does", "outcome", "version", "left"], dtype="str")
    frame.index = pd.Index([str(at) for at in range(1, len(rows) + 1)], name="move")
    return table(frame, "The same in words", nothing="nothing was played")
