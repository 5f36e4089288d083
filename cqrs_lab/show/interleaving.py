"""Two writers and a reader take turns in any order, and the reader may pass an event before it is committed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape

import pandas as pd

from cqrs_lab.arguments import refuse
from cqrs_lab.show.doors import listed
from cqrs_lab.show.picture import Picture, drawing, joined, key, table
from cqrs_lab.show.rules import failed_picture, some_rules
from cqrs_lab.show.shapes import label
from cqrs_lab.show.style import READ, WRITE
from cqrs_lab.show.turns import READER, WHO, WRITERS, Turns
from cqrs_lab.show.view import Control, View
from cqrs_lab.simulation.gap_rules import Rule, RuleFailed, everything

MOVES = 5
ONE_AFTER_THE_OTHER = ("Ada", "Ada", "Ben", "Ben", READER)
MOVED = tuple(f"move_{number}" for number in range(1, MOVES + 1))
NO_RULE, MOST_RULES = "no rule", 4
WANTED = f"who moves at each of the {MOVES} moves; give {MOVES} of {', '.join(map(repr, WHO))}"
LEFT, COLUMN, CARD, LANES = 106, 85, (78, 48), {"Ada": 62, "Ben": 142, READER: 232}
WIDTH, HEIGHT, TOP = 960, 286, 22


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
    for number, (name, who) in enumerate(zip(MOVED, begin, strict=True), 1):
        controls.append(Control.among(name, f"Move {number}", WHO)._replace(value=WHO.index(who)))

    @cache
    def played(rule: int, order: tuple[int, ...]) -> Turns | RuleFailed:
        try:
            return Turns(named[names[rule]], [WHO[who] for who in order])
        except RuleFailed as failed:
            return failed

    def turns_of(values: Mapping[str, int]) -> Turns | RuleFailed:
        return played(values.get("rule", 0), tuple(values[name] for name in MOVED))

    def last(values: Mapping[str, int]) -> int:
        turns = turns_of(values)
        return MOVES if isinstance(turns, RuleFailed) else len(turns.moves)

    def draw(**values: int) -> Picture:
        turns = turns_of(values)
        if isinstance(turns, RuleFailed):
            return failed_picture(turns)
        return _picture(turns, {name: values[name] for name in MOVED}, values["step"])

    end = last({one.name: one.value for one in controls})
    return View(draw, [*controls, Control("step", "Moves so far", 0, last, end, plays=True)])


def _picture(turns: Turns, values: Mapping[str, int], step: int) -> Picture:
    says = turns.said() if step == len(turns.moves) else _so_far(turns, step)
    name = f"Two writers and a reader, move by move. {says}"
    lanes = drawing(WIDTH, HEIGHT, name, _parts(turns, values, step), role="group")
    rows = [
        (turns.position[who], turns.took[who], turns.committed[who], str(turns.read.get(who, "never")))
        for who in WRITERS
    ]
    heads = ["position", "takes it at move", "commits at move", "read at move"]
    below = table(pd.DataFrame(rows, pd.Index(WRITERS, name="writer"), heads), "The two events")
    return Picture(f'{lanes}<p class="says">{escape(says)}</p>{below}', says, turns.frame())


def _so_far(turns: Turns, step: int) -> str:
    return f"Move {step}. {turns.moves[step - 1]}." if step else "Nobody has moved yet."


def _parts(turns: Turns, values: Mapping[str, int], step: int) -> Iterator[str]:
    for who, y in LANES.items():
        yield label(4, y + 5, who, "small strong", "start")
        yield f'<path class="way" d="M {LEFT} {y} H {WIDTH - 10}" style="stroke:var(--rule)"/>'
    end = LEFT + MOVES * COLUMN
    yield f'<path class="way" d="M {end} 8 V {HEIGHT - 6}" stroke-dasharray="2 4" style="stroke:var(--faint)"/>'
    yield label(end + 8, TOP, "then everybody finishes, and the reader looks again", "small faint", "start")
    for number in range(1, MOVES + 1):
        yield label(_x(number), TOP, f"{number}", "small faint")
    for who in WRITERS:
        yield from _transaction(turns, who, step)
    sets = {number: _earlier(number, values) for number in range(1, step + 1)}
    pressed = [number for number, earlier in sets.items() if earlier]
    yield from (_card(turns, number, "") for number in sets if number not in pressed)
    yield '<g role="listbox" aria-label="Moves that can come one earlier">'
    for number in pressed:
        what = escape(f"Move {number}, {turns.moves[number - 1]}: let it come one earlier")
        yield _card(
            turns,
            number,
            f' role="option" aria-selected="false" aria-label="{what}" tabindex="{0 if number == pressed[0] else -1}"'
            f' data-set="{escape(json.dumps(sets[number]))}" data-part="{joined(*_name(turns, number))}"',
        )
    yield "</g>"


def _transaction(turns: Turns, who: str, step: int) -> Iterator[str]:
    committed, y = _x(turns.committed[who]), LANES[who]
    if turns.took[who] <= step:
        yield (
            f'<path d="M {_x(turns.took[who]):g} {y} H {min(committed, _x(step)):g}" stroke-width="12"'
            f' style="stroke:{WRITE.paint};stroke-opacity:0.35"/>'
        )
    if turns.read.get(who, len(turns.moves)) > step:
        return
    if who in turns.read:
        way = f"M {committed:g} {y + CARD[1] / 2:g} L {_x(turns.read[who]):g} {LANES[READER] - CARD[1] / 2:g}"
        yield f'<path class="way" d="{way}" stroke-dasharray="{READ.dashes}" style="stroke:{READ.paint}"/>'
    elif turns.passed(who):
        yield label(committed, y + CARD[1] / 2 + 17, "✕ never read", "strong small", style="fill:var(--bad)")


def _card(turns: Turns, number: int, sets: str) -> str:
    """Draw a move; with `sets` it can be pressed, and has an arrow."""
    move, (width, height) = turns.moves[number - 1], CARD
    paint, dashes = (READ.paint, READ.dashes) if move.who == READER else (WRITE.paint, "")
    if move.does == "waits":
        paint, dashes = "var(--faint)", "2 4"
    box = f'x="{-width / 2:g}" y="{-height / 2:g}" width="{width}" height="{height}" rx="7"'
    arrow = f'<path d="M {-width / 2 + 9:g} 8 l -5 4 l 5 4" class="way" style="stroke:var(--ink)"/>'
    body = (
        f'<rect {box} class="box" stroke-dasharray="{dashes}" style="stroke:{paint}"/>'
        + (f'<title>Let it come one earlier</title><rect {box} class="grip"/>{arrow}' if sets else "")
        + label(0, -4, move.words[0], "small")
        + label(0, 16, move.words[1], "small strong")
    )
    return f'<g{key(*_name(turns, number))}{sets} transform="translate({_x(number):g} {LANES[move.who]})">{body}</g>'


def _name(turns: Turns, number: int) -> tuple[object, ...]:
    """Return the name of a move, wherever it stands: who, what, and the how-manieth time."""
    move = turns.moves[number - 1]
    return move.who, move.does, sum(one[:2] == move[:2] for one in turns.moves[:number])


def _earlier(number: int, values: Mapping[str, int]) -> dict[str, int]:
    """Return the controls to set so that a move and the one before it change places; none if that changes nothing."""
    here, before = f"move_{number}", f"move_{number - 1}"
    if before not in values or here not in values or values[before] == values[here]:
        return {}
    return {before: values[here], here: values[before]}


def _x(number: float) -> float:
    return LEFT + COLUMN * (number - 0.5)
