"""The lanes of a process: who took part, which event led to which, and what was undone, for any step that fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape

import pandas as pd

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.picture import Picture, drawing, table
from cqrs_lab.show.style import LOG, WRITE
from cqrs_lab.show.view import Control, View

Play = Callable[[str, int, int], tuple[pd.DataFrame, Sequence[str]]]

COLUMNS = (
    "at", "stream", "event", "command", "cause", "time_is_up", "undoes", "sent", "crash", "units_aside", "money_mills",
)  # fmt: skip
WIDTH, LEFT, TOP, LANE = 960, 146, 60, 76
LEGEND = (
    f"{LOG.marker} an event that a command of the process led to; ○ one from outside; ◆ or ◇ one that undoes a step. "
    "An arrow is a command, from the event that the process answered to the one that it led to; dashed where it undoes."
)


def process_lanes(
    play: Play,
    failures: Sequence[str],
    lanes: Mapping[str, str],
    *,
    columns: int = 12,
    latest_cancel: int = 30,
    most_commands: int = 10,
) -> View:
    """Let any step of a process fail, and see in lanes who does what because of whom.

    Every setting is played anew. The controls: what fails, after how many minutes the customer cancels, after which of
    its commands the process manager dies, and how many of the run's events are shown.

    Parameters
    ----------
    play : callable
        ``play(failure, cancels_after, crash_after)`` gives a log and notes, as `cqrs_lab.shop.one_order.see_through`
        does. The log is a DataFrame, one row per event and at least one, by position; columns at, stream, event,
        command, cause, time_is_up, undoes, sent, crash, units_aside, money_mills.
    failures : sequence of str
        What may fail; the first comes first.
    lanes : mapping of str to str
        How a stream's name begins, and whose lane that is.
    columns : int, optional
        So many events have room; a longer log makes the columns narrower.
    latest_cancel, most_commands : int, optional
        How far the controls go.

    Returns
    -------
    View
        `frame()`: the rows of the log that are shown.

    Raises
    ------
    InvalidArgument
        There is nothing that may fail, a number makes no sense, or a log does not fit: it has no events, lacks a
        column, or a stream of it has no lane.

    Examples
    --------
    >>> from cqrs_lab.shop import one_order
    >>> from cqrs_lab.show import process_lanes
    >>> view = process_lanes(one_order.see_through, one_order.FAILURES, one_order.LANES)
    >>> view.move(failure=5, step=10)
    >>> view
    10 of 12 events. At 12:25 PaymentRefunded, since the process answered event 11 with WithdrawPayment: it undoes a \
step. Set aside: 4 units; taken and not given back: 0 mills.
    """
    _check_arguments(failures, lanes, columns, latest_cancel, most_commands)

    # The end of a run is asked for, then its picture; and a learner goes back and forth between a few.
    @lru_cache(maxsize=64)
    def run(failure: int, cancel: int, crash: int) -> tuple[pd.DataFrame, Sequence[str]]:
        return _checked(play(failures[failure], cancel, crash), lanes)

    def last_step(at: Mapping[str, int]) -> int:
        return len(run(at["failure"], at["cancel"], at["crash"])[0])

    def draw(failure: int, cancel: int, crash: int, step: int) -> Picture:
        log, notes = run(failure, cancel, crash)
        if crash and log["crash"].any():
            notes = [*notes, _compared(log, run(failure, cancel, 0)[0])]
        return _picture(log, log.iloc[:step], notes, lanes, max(columns, len(log)))

    start = {"failure": 0, "cancel": 0, "crash": 0}
    controls = [
        Control.among("failure", "What fails", failures),
        Control("cancel", "Customer cancels after minutes (0: never)", 0, latest_cancel, 0),
        Control("crash", "Process dies after command (0: never)", 0, most_commands, 0),
        Control("step", "Events shown", 1, last_step, last_step(start)),
    ]
    return View(draw, controls)


def _check_arguments(failures: Sequence[str], lanes: Mapping[str, str], columns: int, *ends: int) -> None:
    if isinstance(failures, str) or not failures:
        raise InvalidArgument(f"failures={failures!r}: give a list of what may fail, such as ['nothing fails']")
    if not lanes:
        raise InvalidArgument("lanes is empty; tell how a stream's name begins, and whose lane that is")
    for name, least, number in zip(
        ("columns", "latest_cancel", "most_commands"), (1, 0, 0), (columns, *ends), strict=True
    ):
        if type(number) is not int or number < least:
            raise InvalidArgument(f"{name}={number!r}: give a whole number, {least} or more")


def _compared(log: pd.DataFrame, without: pd.DataFrame) -> str:
    same = list(log["event"]) == list(without["event"]) and list(log["at"]) == list(without["at"])
    return f"The log is {'the same as' if same else 'not the one'} without the crash."


def _checked(
    played: tuple[pd.DataFrame, Sequence[str]], lanes: Mapping[str, str]
) -> tuple[pd.DataFrame, Sequence[str]]:
    """Refuse a log that cannot be drawn."""
    log, _ = played
    if missing := [column for column in COLUMNS if column not in log]:
        raise InvalidArgument(f"play gave a log without the column {missing[0]!r}; it needs {', '.join(COLUMNS)}")
    if log.empty:
        raise InvalidArgument("play gave a log without events; let it give one row per event, and at least one")
    if astray := [stream for stream in log["stream"] if not stream.startswith(tuple(lanes))]:
        raise InvalidArgument(
            f"stream {astray[0]!r} has no lane; there is one for names that begin with {', '.join(lanes)}. "
            "Add its own to lanes"
        )
    return played


def _picture(
    log: pd.DataFrame, shown: pd.DataFrame, notes: Sequence[str], lanes: Mapping[str, str], columns: int
) -> Picture:
    says = _sentence(log, shown, notes)
    name = f"A lane each for {', '.join(lanes.values())}; the log from left to right. {says}"
    html = (
        f"<figure>{_drawing(shown, lanes, columns, name)}"
        f'<figcaption style="min-height:6em">{escape(says)}</figcaption></figure><p class="says">{LEGEND}</p>'
        f'<div class="tables" style="min-height:24rem">{_events(shown)}{_held(shown)}</div>'
    )
    return Picture(html, says, shown)


def _sentence(log: pd.DataFrame, shown: pd.DataFrame, notes: Sequence[str]) -> str:
    last = shown.iloc[-1]
    undoes = ": it undoes a step" if last["undoes"] else ""
    held = f"Set aside: {last['units_aside']} units; taken and not given back: {last['money_mills']:,} mills."
    parts = (
        f"{len(shown)} of {len(log)} events. At {last['at']:%H:%M} {last['event']}, {_because(last)}{undoes}.",
        held,
        *(notes if len(shown) == len(log) else ()),
    )
    return " ".join(parts)


def _because(row: pd.Series) -> str:
    if row["time_is_up"]:
        return f"since time was up and the process sent {row['command']}"
    if row["cause"]:
        return f"since the process answered event {row['cause']} with {row['command']}"
    return f"from outside by {row['command']}"


# --- the drawing ------------------------------------------------------------------------------------------


def _drawing(shown: pd.DataFrame, lanes: Mapping[str, str], columns: int, name: str) -> str:
    wide, bottom = (WIDTH - LEFT) / columns, TOP + LANE * len(lanes)
    prefixes = list(lanes)
    place = {
        position: (LEFT + (at + 0.5) * wide, _level(prefixes.index(_lane(stream, prefixes))))
        for at, (position, stream) in enumerate(shown["stream"].items())
    }
    # The tips that a drawing has come in other colours.
    parts = [
        '<marker id="tip-undo" viewBox="0 0 10 10" refX="5" refY="5" markerWidth="5" markerHeight="5" orient="auto">'
        '<path d="M 0 0 L 10 5 L 0 10 z" style="fill:var(--ink)"/></marker>'
    ]
    for at, who in enumerate(lanes.values()):
        parts.append(_line(LEFT, _level(at), WIDTH, _level(at), "stroke:var(--rule);stroke-width:1"))
        parts.append(_text(LEFT - 12, _level(at) + 5, who, "strong", "end"))
    for position, row in shown.iterrows():
        parts += _arrow(row, place[position], place.get(row["cause"]), wide, bottom)
        parts += _crash(row, place[position][0] + wide / 2, bottom)
    for at, (position, row) in enumerate(shown.iterrows()):
        parts += _mark(row, *place[position], newest=at == len(shown) - 1, lane=_lane(row["stream"], prefixes))
        new = at == 0 or row["at"] != shown["at"].iloc[at - 1]
        parts.append(_text(place[position][0], bottom + 14, str(position), "small strong"))
        parts.append(_text(place[position][0], bottom + 32, f"{row['at']:%H:%M}" if new else "", "small"))
    parts.append(_text(LEFT - 12, bottom + 14, "position in the log", "small", "end"))
    parts.append(_text(LEFT - 12, bottom + 32, "time of day", "small", "end"))
    return drawing(WIDTH, bottom + 40, name, parts)


def _level(at: int) -> float:
    return TOP + (at + 0.32) * LANE


def _lane(stream: str, prefixes: Sequence[str]) -> str:
    return next(prefix for prefix in prefixes if stream.startswith(prefix))


def _arrow(
    row: pd.Series, end: tuple[float, float], start: tuple[float, float] | None, wide: float, bottom: float
) -> list[str]:
    """Draw the command that led to an event; where a time was up, it comes from there."""
    parts = []
    if row["time_is_up"]:
        start = (end[0] - wide / 2, end[1])
        parts += [
            _line(start[0], TOP - 30, start[0], bottom, "stroke:var(--ink);stroke-width:2;stroke-dasharray:2 5"),
            _text(start[0], TOP - 36, "time is up", "small strong"),
        ]
    if start is None:
        return parts
    across, down = end[0] - start[0], end[1] - start[1]
    length = (across**2 + down**2) ** 0.5
    from_, to = (0 if row["time_is_up"] else 11 / length), 1 - 15 / length
    style, tip = f"stroke:{WRITE.colour};stroke-width:2.5", "tip-write"
    if row["undoes"]:
        style, tip = "stroke:var(--ink);stroke-width:2;stroke-dasharray:7 4", "tip-undo"
    ends = (start[0] + from_ * across, start[1] + from_ * down, start[0] + to * across, start[1] + to * down)
    return [*parts, _line(*ends, style, f' marker-end="url(#{tip})"')]


def _mark(row: pd.Series, x: float, y: float, newest: bool, lane: str) -> list[str]:
    """Draw an event: a circle, or a diamond if it undoes; hollow if it came from outside."""
    colour = "var(--ink)" if row["undoes"] else LOG.colour
    fill = colour if row["cause"] else "var(--ground)"
    style = f'style="fill:{fill};stroke:{colour};stroke-width:2.5"'
    shape = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8" {style}/>'
    if row["undoes"]:
        shape = f'<path d="M {x:.1f} {y - 10:.1f} l 10 10 l -10 10 l -10 -10 z" {style}/>'
    ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="14" style="fill:none;stroke:var(--ink);stroke-width:1.5"/>'
    words = _words(row["event"], lane)
    # Arrows reach the first lane from below, so its labels stand above.
    first = y + 27 if y > _level(0) else y - 7 - 14 * len(words)
    labels = [_text(x, first + 14 * at, word, "small label") for at, word in enumerate(words)]
    return [shape, *([ring] if newest else []), *labels]


def _crash(row: pd.Series, x: float, bottom: float) -> list[str]:
    if not row["crash"]:
        return []
    style = "stroke:var(--ink);stroke-width:2"
    return [_line(x, TOP - 14, x, bottom, style), _text(x, TOP - 19, "✗ process died", "small strong")]


def _words(event: str, lane: str) -> list[str]:
    """Name an event in its lane: StockReserved is "reserved" among the stock's."""
    kind = lane.rstrip("-").capitalize()
    return [word.lower() for word in re.findall(r"[A-Z][a-z]*", event.removeprefix(kind))]


def _line(x1: float, y1: float, x2: float, y2: float, style: str, more: str = "") -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" style="{style}"{more}/>'


def _text(x: float, y: float, text: str, css: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{css}">{escape(text)}</text>'


# --- what stands below it ---------------------------------------------------------------------------------


def _events(shown: pd.DataFrame) -> str:
    frame = pd.DataFrame(
        {
            "at": shown["at"].dt.strftime("%H:%M"),
            "event": shown["event"],
            "command": shown["command"],
            "cause": [_cause(row) for _, row in shown.iterrows()],
            "sent": [["", "once", "twice"][min(times, 2)] for times in shown["sent"]],
        }
    )
    return table(frame, "The log from the order on, and what the process sent")


def _cause(row: pd.Series) -> str:
    return "time is up" if row["time_is_up"] else str(row["cause"] or "outside")


def _held(shown: pd.DataFrame) -> str:
    units, mills = (int(shown[column].iloc[-1]) for column in ("units_aside", "money_mills"))
    held = pd.Index(["units set aside", "mills kept"], name="what")
    return table(pd.DataFrame({"held": [units, mills]}, index=held), f"After event {shown.index[-1]}")
