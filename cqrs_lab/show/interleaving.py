"""Two writers and a reader take turns in any order, and the reader may pass an event before it is committed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from html import escape
from typing import NamedTuple

import pandas as pd

from cqrs_lab.arguments import refuse
from cqrs_lab.log.event_store import Expected
from cqrs_lab.read.projector import Projector
from cqrs_lab.show.doors import listed
from cqrs_lab.show.picture import Picture, drawing, table
from cqrs_lab.show.rules import failed_picture, some_rules
from cqrs_lab.show.shapes import keyed, label
from cqrs_lab.show.style import READ, WRITE
from cqrs_lab.show.view import Control, View
from cqrs_lab.simulation.gap import TransactionRecorded, TransactionsSeen
from cqrs_lab.simulation.gap_rules import Rule, RuleFailed, everything
from cqrs_lab.simulation.gappy_store import GappyEventStore

WRITERS, READER = ("Ada", "Ben"), "the reader"
WHO = (*WRITERS, READER)
MOVES = 5
ONE_AFTER_THE_OTHER = ("Ada", "Ada", "Ben", "Ben", READER)
NO_RULE, MOST_RULES = "no rule", 4
WANTED = f"who moves at each of the {MOVES} moves; give {MOVES} of {', '.join(map(repr, WHO))}"
LEFT, COLUMN, CARD, LANES = 106, 85, (78, 48), {"Ada": 62, "Ben": 142, READER: 232}
WIDTH, HEIGHT, TOP = 960, 286, 22


class _Move(NamedTuple):
    """What somebody did: begin, commit, look, or nothing where a writer has finished."""

    who: str
    does: str
    words: tuple[str, str]


def interleaving(order: Sequence[str] = ONE_AFTER_THE_OTHER, *, rules: Mapping[str, Rule] | None = None) -> View:
    """Let two writers and a reader take turns on a store that hands out positions before the commit.

    A writer's first move takes a position, the second commits. At each move of its own the reader's real projector
    reads on. After the last move everybody who has not finished does, and the reader looks again.

    Parameters
    ----------
    order : sequence of str, optional
        Where it begins: who moves at each of the five moves; "Ada", "Ben" or "the reader".
    rules : mapping of str to callable, optional
        Rules of readers of your own to choose from, as `simulation.gap_rules.Rule`; it begins with the first one.

    Returns
    -------
    View
        `frame()`: one row per writer; position (int64), took_at, committed_at, read_at (float64: the move; NaN if
        never), never_read (bool).

    Examples
    --------
    >>> from cqrs_lab.show import interleaving
    >>> interleaving(["Ada", "Ben", "Ben", "the reader", "Ada"])
    Ada's event at position 1 is never read, and the reader's lag is 0. Ben's event is read at move 4.
    """
    begin = listed("order", order, WANTED)
    if len(begin) != MOVES or any(who not in WHO for who in begin):
        raise refuse("order", order, WANTED)
    named = {NO_RULE: everything} | some_rules(rules, MOST_RULES, taken=[NO_RULE])
    names = list(named)
    controls = [Control.among("rule", "The reader's rule", names)._replace(value=1)] if len(names) > 1 else []
    for number, who in enumerate(begin, 1):
        controls.append(Control.among(f"move_{number}", f"Move {number}", WHO)._replace(value=WHO.index(who)))

    def draw(rule: int = 0, **moves: int) -> Picture:
        try:
            game = _Game(named[names[rule]], [WHO[who] for who in moves.values()])
        except RuleFailed as failed:
            return failed_picture(failed)
        return game.picture(moves)

    return View(draw, controls)


class _Game:
    """One order, played to the end on a store of its own; what each writer's event went through, by the move."""

    def __init__(self, rule: Rule, order: Sequence[str]) -> None:
        self.moves: list[_Move] = []
        self.store = GappyEventStore(lambda: float(len(self.moves)), rule)
        self.reader = Projector(self.store, TransactionsSeen(), clock=lambda: float(len(self.moves)))
        self.open = dict[str, ExitStack]()
        self.position, self.took, self.committed, self.read = (dict[str, int]() for _ in range(4))
        for who in order:
            self._move(who)
        for who in WRITERS:
            while who not in self.committed:
                self._move(who)
        self._move(READER)

    def _move(self, who: str) -> None:
        number = len(self.moves) + 1
        if who == READER:
            did = self._look(number)
        elif who not in self.took:
            did = self._begin(who, number)
        elif who in self.open:
            self.open.pop(who).close()
            self.committed[who] = number
            did = _Move(who, "commits", ("commits", f"{self.position[who]}"))
        else:
            did = _Move(who, "waits", ("is done", ""))
        self.moves.append(did)

    def _begin(self, who: str, number: int) -> _Move:
        self.open[who] = ExitStack()
        self.open[who].enter_context(self.store.hold())
        event = TransactionRecorded(WRITERS.index(who) + 1)
        self.position[who] = self.store.append(who, [event], expected=Expected.NO_STREAM).position
        self.took[who] = number
        return _Move(who, "begins", ("takes", f"{self.position[who]}"))

    def _look(self, number: int) -> _Move:
        self.reader.catch_up()
        seen = [WRITERS[at - 1] for at in self.reader.table.index]
        new = [who for who in seen if who not in self.read]
        self.read |= dict.fromkeys(new, number)
        read = ", ".join(sorted(f"{self.position[who]}" for who in new))
        return _Move(READER, "looks", (f"reads {read}" if new else "no news", f"at {self.reader.position}"))

    def frame(self) -> pd.DataFrame:
        """Return one row per writer, as `interleaving` says."""
        index = pd.Index(WRITERS, name="writer")
        columns = {"took_at": self.took, "committed_at": self.committed, "read_at": self.read}
        frame = pd.DataFrame({"position": pd.Series(self.position)}, index)
        for name, moves in columns.items():
            frame[name] = pd.Series(moves, index, dtype="float64")
        return frame.assign(never_read=frame["read_at"].isna())

    def picture(self, values: Mapping[str, int]) -> Picture:
        """Draw it."""
        says = " ".join(self._said(who) for who in sorted(WRITERS, key=self.position.__getitem__))
        name = f"Two writers and a reader, move by move. {says}"
        lanes = drawing(WIDTH, HEIGHT, name, self._parts(values), role="group")
        rows = [
            (self.position[who], self.took[who], self.committed[who], str(self.read.get(who, "never")))
            for who in WRITERS
        ]
        heads = ["position", "takes it at move", "commits at move", "read at move"]
        below = table(pd.DataFrame(rows, pd.Index(WRITERS, name="writer"), heads), "The two events")
        return Picture(f'{lanes}<p class="says">{escape(says)}</p>{below}', says, self.frame())

    def _said(self, who: str) -> str:
        if who in self.read:
            return f"{who}'s event is read at move {self.read[who]}."
        if self.reader.position < self.position[who]:
            return f"{who}'s event at position {self.position[who]} is not read: the reader stops before it."
        lag = self.reader.status.lag_events
        return f"{who}'s event at position {self.position[who]} is never read, and the reader's lag is {lag}."

    def _parts(self, values: Mapping[str, int]) -> Iterator[str]:
        for who, y in LANES.items():
            yield label(4, y + 5, who, "small strong", "start")
            yield f'<path class="way" d="M {LEFT} {y} H {WIDTH - 10}" style="stroke:var(--rule)"/>'
        end = LEFT + MOVES * COLUMN
        yield f'<path class="way" d="M {end} 8 V {HEIGHT - 6}" stroke-dasharray="2 4" style="stroke:var(--faint)"/>'
        yield label(end + 8, TOP, "then everybody finishes, and the reader looks again", "small faint", "start")
        for number in range(1, MOVES + 1):
            yield label(_x(number), TOP, f"{number}", "small faint")
        for who in WRITERS:
            yield from self._transaction(who)
        for number, move in enumerate(self.moves, 1):
            yield self._card(number, move, _earlier(number, values))

    def _transaction(self, who: str) -> Iterator[str]:
        committed, y = _x(self.committed[who]), LANES[who]
        yield (
            f'<path d="M {_x(self.took[who]):g} {y} H {committed:g}" stroke-width="12"'
            f' style="stroke:{WRITE.paint};stroke-opacity:0.35"/>'
        )
        if who in self.read:
            way = f"M {committed:g} {y + CARD[1] / 2:g} L {_x(self.read[who]):g} {LANES[READER] - CARD[1] / 2:g}"
            yield f'<path class="way" d="{way}" stroke-dasharray="{READ.dashes}" style="stroke:{READ.paint}"/>'
        elif self.reader.position >= self.position[who]:
            yield label(committed, y + CARD[1] / 2 + 17, "✕ never read", "strong small", style="fill:var(--bad)")

    def _card(self, number: int, move: _Move, earlier: Mapping[str, int]) -> str:
        paint = READ.paint if move.who == READER else WRITE.paint
        dashes = f' stroke-dasharray="{READ.dashes}"' if move.who == READER else ""
        if move.does == "waits":
            paint, dashes = "var(--faint)", ' stroke-dasharray="2 4"'
        width, height = CARD
        body = (
            f'<rect x="{-width / 2:g}" y="{-height / 2:g}" width="{width}" height="{height}" rx="7" class="box"{dashes}'
            f' style="stroke:{paint}"/>'
            + label(0, -4, move.words[0], "small")
            + label(0, 15, move.words[1], "small strong")
        )
        looks = sum(one.does == move.does and one.who == move.who for one in self.moves[:number])
        card = keyed((move.who, move.does, looks), _x(number), LANES[move.who], body)
        if not earlier:
            return card
        words = f"Move {number}, {move.who} {' '.join(move.words)}: let it happen one move earlier"
        sets = escape(json.dumps(earlier))
        return (
            f'<g role="button" tabindex="0" aria-label="{escape(words)}" data-set="{sets}"'
            f' data-part="move {number}"><title>One move earlier</title>{card}</g>'
        )


def _earlier(number: int, values: Mapping[str, int]) -> dict[str, int]:
    """Return the controls to set so that a move and the one before it change places; none if that changes nothing."""
    here, before = f"move_{number}", f"move_{number - 1}"
    if before not in values or here not in values or values[before] == values[here]:
        return {}
    return {before: values[here], here: values[before]}


def _x(number: float) -> float:
    return LEFT + COLUMN * (number - 0.5)
