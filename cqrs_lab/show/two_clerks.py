"""Two clerks sell from one row with the reader's own function: one comes between the statements of the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import escape
from textwrap import wrap

import pandas as pd

from cqrs_lab.arguments import how_many, refuse
from cqrs_lab.show.clerks_meeting import CLERKS, LEFT_OPEN, MOST_STATEMENTS, WAITS, Met, Sell, Statement, meet
from cqrs_lab.show.doors import function_of, listed
from cqrs_lab.show.picture import Picture, drawing
from cqrs_lab.show.shapes import keyed, label
from cqrs_lab.show.style import WRITE
from cqrs_lab.show.view import Control, View
from cqrs_lab.words import count, shortened

LANES, WIDE, HIGH, TOP, RIGHT = {"Mona": 8, "Cleo": 358}, 334, 56, 40, 700
PER_LINE, LINES = 38, 2


def two_clerks(sell: Sell, *, on_hand: int = 12, wanted: Sequence[int] = (3, 2)) -> View:
    """Let two clerks sell from one row, and choose before which statement of Mona's Cleo makes her whole sale.

    Every setting is really played in an SQLite file, with a connection for each of the two. While Mona holds the write
    lock, Cleo waits until she is done.

    Parameters
    ----------
    sell : callable
        ``sell(file, product_id, quantity)``: it gets a connection that commits each statement by itself, and returns
        whether the units were sold. The table is ``stock (product_id, on_hand, version)``.
    on_hand : int, optional
        How many cups there are.
    wanted : (int, int), optional
        How many Mona sells, and how many Cleo.

    Returns
    -------
    View
        `frame()`: one row per statement up to the step; columns who, does, in_the_file (the committed stock after it).

    Examples
    --------
    >>> from cqrs_lab.show import two_clerks
    >>> def sell(file, product_id, quantity):
    ...     [on_hand] = file.execute("SELECT on_hand FROM stock WHERE product_id = ?", (product_id,)).fetchone()
    ...     file.execute("UPDATE stock SET on_hand = ? WHERE product_id = ?", (on_hand - quantity, product_id))
    ...     return True
    >>> two_clerks(sell).at(cleo=1, step=4).says
    'Mona: sold 3. Cleo: sold 2. 5 of 12 are sold, and the file says that 9 are left, not 7: 2 too many.'
    """
    function_of("sell", sell, 3, "a function; write def sell(file, product_id, quantity)")
    cups = how_many("on_hand", on_hand, "a number of cups; give 1 or more, such as 12", least=1)
    pair = "how many each of the two sells; give two numbers, such as (3, 2)"
    each = [how_many("wanted", one, pair, least=1) for one in listed("wanted", wanted, pair)]
    if len(each) != len(CLERKS):
        raise refuse("wanted", wanted, pair)

    @cache
    def met(place: int) -> Met:
        return meet(sell, cups, each, place + 1)

    # Alone, Mona makes this number of statements; Cleo comes before one of them, or after the last.
    alone = sum(one.who == "Mona" for one in met(MOST_STATEMENTS).statements)
    places = [*(f"before Mona's statement {at}" for at in range(1, alone + 1)), "after Mona"]
    begins = min(1, alone)

    def last(values: Mapping[str, int]) -> int:
        return len(met(values["cleo"]).statements)

    def draw(cleo: int, step: int) -> Picture:
        return _picture(met(cleo), step, cups, each)

    return View(
        draw,
        [
            Control.among("cleo", "Cleo sells", places)._replace(value=begins),
            Control("step", "Step", 0, last, last({"cleo": begins}), plays=True),
        ],
    )


def _picture(met: Met, step: int, on_hand: int, wanted: Sequence[int]) -> Picture:
    seen = met.statements[:step]
    says = _says(met, step, on_hand, wanted)
    height = TOP + HIGH * len(met.statements) + 8
    drawn = drawing(RIGHT + 90, height, f"Two clerks, statement by statement. {says}", _parts(met, step))
    frame = pd.DataFrame(
        [(one.who, one.does, met.after(at)) for at, one in enumerate(seen, 1)],
        columns=["who", "does", "in_the_file"],
    ).astype({"in_the_file": "int64"})
    return Picture(f'<p class="says">{escape(says)}</p>{drawn}', says, frame)


def _says(met: Met, step: int, on_hand: int, wanted: Sequence[int]) -> str:
    if step == len(met.statements):
        return _verdict(met, on_hand, sum(one for who, one in zip(CLERKS, wanted, strict=True) if met.sold.get(who)))
    if step == 0:
        return f"{count(on_hand, 'cup')} in the file. Mona wants to sell {wanted[0]}, and Cleo {wanted[1]}."
    one = met.statements[step - 1]
    return f"Step {step}: {one.who}, {_plain(one.does)}. In the file: {met.after(step)}."


def _verdict(met: Met, on_hand: int, sold: int) -> str:
    should, came = on_hand - sold, " ".join(f"{who}: {met.came[who]}." for who in CLERKS)
    if met.left == should:
        return f"{came} {sold} of {on_hand} are sold, and {met.left} are left: no sale is lost."
    wrong = f"{abs(met.left - should)} too {'many' if met.left > should else 'few'}"
    return f"{came} {sold} of {on_hand} are sold, and the file says that {met.left} are left, not {should}: {wrong}."


def _plain(sql: str) -> str:
    return " ".join(sql.split())


def _parts(met: Met, step: int) -> Iterator[str]:
    for who, x in LANES.items():
        yield label(x + WIDE / 2, 24, who, "strong")
    yield label(RIGHT + 40, 24, "in the file", "small faint")
    told = dict.fromkeys(CLERKS, 0)
    for at, one in enumerate(met.statements, 1):
        told[one.who] += 1
        y = TOP + HIGH * (at - 1)
        yield f'<path class="way" d="M 8 {y + HIGH - 3} H {RIGHT + 84}" style="stroke:var(--rule)"/>'
        if at <= step:
            yield keyed((one.who, told[one.who]), LANES[one.who], y, _card(one))
            changed = met.after(at) != one.before
            stock = label(0, 0, str(met.after(at)), "strong" if changed else "small faint")
            yield keyed(("in the file", one.who, told[one.who]), RIGHT + 40, y + 30, stock)


def _card(one: Statement) -> str:
    is_sql = one.does not in (WAITS, LEFT_OPEN)
    style = f"stroke:{WRITE.paint}" if is_sql else "stroke:var(--bad);stroke-dasharray:4 3"
    lines = wrap(_plain(one.does), PER_LINE) or [""]
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], shortened(" ".join(lines[LINES - 1 :]), PER_LINE)]
    middle = (HIGH - 10) / 2 + 5
    first = middle - 9 * (len(lines) - 1)
    words = [label(10, first + 18 * number, line, "small", "start") for number, line in enumerate(lines)]
    return f'<rect class="box" width="{WIDE}" height="{HIGH - 10}" rx="6" style="{style}"/>{"".join(words)}'
