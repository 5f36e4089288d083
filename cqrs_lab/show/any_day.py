"""Any day: the tables as they were at the end of a day, and the summaries they are merged from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from html import escape
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from cqrs_lab.arguments import function, refuse, text
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.raised import naming_the_line
from cqrs_lab.read.history import TableHistory
from cqrs_lab.show.chart import HERE, INK, drawn, new_charts, ticks
from cqrs_lab.show.doors import by_name, listed
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.style import READ
from cqrs_lab.show.view import Control, View
from cqrs_lab.words import count

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PAIR = "(TableHistory(projection, parts), lambda table: table.head())"
# Of the axis: how wide a box has to be for "64 days", and for "64".
FOR_WORDS, FOR_A_NUMBER = 1 / 11, 1 / 50
Asked = tuple[TableHistory, Callable[[pd.DataFrame], Any]]


def any_day(days: Sequence[date], *, what: str, daily: Asked, tables: Mapping[str, Asked]) -> View:
    """Go to any day, and see the tables as they were at its end.

    Parameters
    ----------
    days : sequence of date
        One after the other without a gap, each the date of a part of the histories.
    what : str
        What is drawn for each day, with its unit.
    daily : (TableHistory, callable)
        The function returns that number, from the table of one day or of several.
    tables : mapping of str to (TableHistory, callable)
        The caption of each table, and the small DataFrame to be shown of it, such as the answer to a query.

    Returns
    -------
    View
        `frame()`: one row per day up to the chosen one; what is drawn, and its sum so far.

    Examples
    --------
    >>> from cqrs_lab import CommandBus, MemoryEventStore
    >>> from cqrs_lab.read.history import TableHistory
    >>> from cqrs_lab.shop import read, week, write
    >>> from cqrs_lab.shop.online_retail import by_day
    >>> from cqrs_lab.show import any_day
    >>> store = MemoryEventStore()
    >>> bus = CommandBus(store)
    >>> write.register(bus)
    >>> receipts = [bus.send(command) for command in week.commands()]
    >>> days = by_day(store.read_all())
    >>> sellers = TableHistory(read.BestSellers(), days.values())
    >>> sold = sellers, lambda table: table["units"].sum()
    >>> best = sellers, lambda table: table.nlargest(1, "units")
    >>> view = any_day(list(days), what="Units sold", daily=sold, tables={"best sellers": best})
    >>> view.at(day=3).says.partition(". ")[0::2]
    ('At the end of Saturday 3 January 2026',
     'Units sold: 2 that day, 4 so far. First of best sellers: cup. Merged from 2 summaries: 2 + 1 days.')
    """
    shown = _Shown.checked(days, what, daily, tables)

    def draw(day: int) -> Picture:
        return _picture(shown, day)

    last = len(shown.days)
    first_day = shown.days[0].isoformat()
    return View(draw, [Control("day", "At the end of", 1, last, last, first_day=first_day, plays=True)])


class _Shown(NamedTuple):
    """What is shown of any day; `numbers` has a number for each of them."""

    days: list[date]
    what: str
    daily: Asked
    numbers: np.ndarray
    tables: dict[str, Asked]

    @classmethod
    def checked(cls, days: Any, what: Any, daily: Any, tables: Any) -> _Shown:
        every = _checked_days(days)
        text("what", what, "what is drawn; give a text such as 'Revenue, £'")
        others = by_name("tables", tables, f'what is shown; give {{"best sellers": {PAIR}}}')
        for name, asked in {"daily": daily, **others}.items():
            _check_asked(name, asked, len(every))
        history, number = daily
        with naming_the_line("daily(table)"):
            numbers = [_number(number(history.part(day))) for day in range(1, len(every) + 1)]
        return cls(every, what, daily, np.array(numbers), others)


def _checked_days(days: Any) -> list[date]:
    wanted = "a list of dates; give list(by_day(store.read_all()))"
    every = listed("days", days, wanted)
    if not all(isinstance(one, date) for one in every):
        raise refuse("days", days, wanted)
    for one, following in pairwise(every):
        if following - one != timedelta(days=1):
            raise InvalidArgument(f"days has {following} after {one}; give every day, also those with nothing to show")
    return every


def _check_asked(name: str, asked: Any, days: int) -> None:
    if not isinstance(asked, tuple) or len(asked) != 2 or not isinstance(asked[0], TableHistory):
        raise refuse(name, asked, f"a history and a question; give {PAIR}")
    function(name, asked[1], "a function of a table; give one such as lambda table: table.head()")
    if len(asked[0]) != days:
        parts = count(len(asked[0]), "part")
        raise InvalidArgument(f"{name!r} has {parts} for {count(days, 'day')}; give a part for each")


def _number(value: Any) -> float:
    with suppress(TypeError, ValueError):
        if isfinite(number := float(value)):
            return number
    raise refuse("daily(table)", value, "a number; let the function return one, such as table['units'].sum()")


def _frame(caption: str, value: Any) -> pd.DataFrame:
    if not isinstance(value, pd.DataFrame):
        raise refuse(f"{caption}(table)", value, "a DataFrame; let the function return one, such as table.head()")
    return value


def _picture(shown: _Shown, day: int) -> Picture:
    history, number = shown.daily
    spans = [span for span, _ in history.pieces(day)]
    with naming_the_line("daily(table)"):
        so_far, today = _number(number(history.as_of(day))), shown.numbers[day - 1]
    asked = {caption: _table(caption, one, day) for caption, one in shown.tables.items()}
    firsts = "".join(f" First of {caption}: {first}." for caption, (_, first) in asked.items() if first)
    which = f"At the end of {_in_words(shown.days[day - 1])}"
    says = f"{which}. {shown.what}: {_brief(today)} that day, {_brief(so_far)} so far.{firsts} {_merged(spans)}"
    name = f"{shown.what} of each day up to this one. {says}"
    frame = pd.DataFrame({"day": pd.to_datetime(shown.days[:day]), shown.what: shown.numbers[:day]}).set_index("day")
    frame["so far"] = frame[shown.what].cumsum()
    html = (
        f'<p class="says">{escape(says)}</p>{_chart(shown, day, spans, name)}'
        f'<div class="tables">{"".join(html for html, _ in asked.values())}</div>'
    )
    return Picture(html, says, frame)


def _table(caption: str, asked: Asked, day: int) -> tuple[str, str]:
    """Return a table with what this day changed in it, and the key of its first row."""
    history, ask = asked
    with naming_the_line(f"{caption}(table)"):
        now, before = (_frame(caption, ask(history.as_of(number))) for number in (day, day - 1))
    # Rows of one name cannot be told apart: of them, nothing is said to have changed.
    old = before.reindex(index=now.index, columns=now.columns) if before.index.is_unique else now
    same = (now == old) | (now.isna() & old.isna())
    first = " ".join(map(str, np.atleast_1d(np.asarray(now.index[0], dtype=object)))) if len(now) else ""
    return table(now, caption, changed=~same.astype(bool), name=f"table {caption}"), first


def _in_words(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _brief(number: float) -> str:
    # A price can be below a penny.
    return f"{number:,.3f}".removesuffix("0").removesuffix(".00")


def _merged(spans: list[int]) -> str:
    if len(spans) == 1:
        return f"One summary says it all: that of {spans[0]} days." if spans[0] > 1 else "One summary: that of the day."
    return f"Merged from {len(spans)} summaries: {' + '.join(map(str, spans))} days."


def _chart(shown: _Shown, day: int, spans: list[int], name: str) -> str:
    figure, axes = new_charts("A;A;A;A;B", 9.0, 2.7)
    figure.subplots_adjust(left=0.13, right=0.9, top=0.96, bottom=0.14, hspace=0.1)
    last = len(shown.days)
    every, upto = axes["A"], np.arange(1, day + 1)
    every.fill_between(upto, 0, shown.numbers[:day], step="mid", color=READ.colour, alpha=0.55, linewidth=0)
    every.vlines([day], 0, [shown.numbers[day - 1]], color=INK, linewidth=2)
    every.plot([day], [shown.numbers[day - 1]], marker="o", color=INK, markersize=6, clip_on=False, gid=HERE)
    low, high = min(0.0, shown.numbers.min()), max(shown.numbers.max(), 1.0)
    every.set(xlim=(0, last + 1), ylim=(low * 1.05, high * 1.05), ylabel=shown.what)
    ticks(every.yaxis, high, low)
    every.set_xticks([])
    _spans(axes["B"], spans, last)
    months = [at for at, one in enumerate(shown.days, 1) if one.day == 1 or at == 1]
    axes["B"].set_xticks(months, [f"{shown.days[at - 1]:%b}" for at in months])
    return drawn(figure, name)


def _spans(axes: Axes, spans: list[int], last: int) -> None:
    """Draw the merged summaries as boxes along the days that they cover; what is too narrow is written behind them."""
    start, narrow = 0.5, list[int]()
    for span in spans:
        axes.broken_barh([(start, span)], (0.1, 0.8), facecolor="none", edgecolor=READ.colour, linewidth=1.6)
        if span >= FOR_A_NUMBER * last:
            words = count(span, "day") if span >= FOR_WORDS * last else str(span)
            axes.text(start + span / 2, 0.5, words, ha="center", va="center")
        else:
            narrow.append(span)
        start += span
    if narrow:
        behind = ("+ " if len(narrow) < len(spans) else "") + " + ".join(map(str, narrow))
        axes.annotate(behind, (start, 0.5), (5, 0), textcoords="offset points", va="center", annotation_clip=False)
    axes.set(xlim=(0, last + 1), ylim=(0, 1))
    axes.set_yticks([0.5], ["merged"])
