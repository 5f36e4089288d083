"""The lanes of a process: who took part, which event led to which, and what was undone, for any step that fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

import pandas as pd

from cqrs_lab.arguments import refuse, text, whole_number
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show import shapes
from cqrs_lab.show.doors import by_name, function_of, instance, listed
from cqrs_lab.show.label_places import LINE, Four, Label, Mark, placed
from cqrs_lab.show.lane_marks import REFUSING, WIDTH, left_no_event, mark, ring, stroke, together
from cqrs_lab.show.picture import Picture, drawing, table
from cqrs_lab.show.style import LOG, WRITE
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.write.refusal import Refusal

Play = Callable[[str, int, int], tuple[pd.DataFrame, Sequence[str]]]
Places = Mapping[Any, tuple[float, float]]

COLUMNS = (
    "at", "stream", "event", "command", "cause", "time_is_up", "undoes", "sent", "crash", "units_aside", "money_mills",
)  # fmt: skip
LEFT, TOP, LANE = 146, 24, 76
ASIDE = 0.45
"""So much of a column is between an event and the line of what came right before or right after it."""
LEGEND = (
    f"{LOG.marker} an event that a command of the process led to; ✖ one by which somebody says no; ◆ one that undoes a "
    "step; hollow, as ○: from outside. "
    "An arrow is a command, from the event that the process answered to the one that it led to; dashed where it undoes."
    " A cross below the lanes is a command that was refused, and left no event."
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

    Every setting is played from the start. The controls: what fails, after how many minutes the customer cancels,
    after which of its commands the process manager dies, and how many of the run's events are shown.

    Parameters
    ----------
    play : callable
        ``play(failure, cancels_after, crash_after)`` gives a log and notes, as `cqrs_lab.shop.one_order.see_through`
        does. The log is a DataFrame, one row per event and at least one, by position; columns at, stream, event,
        command, cause, time_is_up, undoes, sent, crash, units_aside, money_mills. An event whose name ends in Refused
        or Declined is drawn as one by which somebody says no. A note that is a `Refusal` is drawn below the lanes, at
        its time.
    failures : sequence of str
        What may fail; the first comes first.
    lanes : mapping of str to str
        How a stream's name begins, and whose lane that is.
    columns : int, optional
        The number of events that have room; a longer log makes the columns narrower.
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
    function_of("play", play, 3, "a function; write def play(failure, cancels_after, crash_after)")
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
        Control("cancel", "Customer cancels after (0: never)", 0, latest_cancel, 0, scale=Scale("minutes")),
        Control("crash", "Process dies after command number (0: never)", 0, most_commands, 0),
        Control("step", "Events shown", 1, last_step, last_step(start), plays=True),
    ]
    return View(draw, controls)


def _check_arguments(failures: Sequence[str], lanes: Mapping[str, str], columns: int, *ends: int) -> None:
    wanted = "a list of what may fail; give texts, such as ['nothing fails']"
    for one in listed("failures", failures, wanted):
        text("failures", one, wanted)
    wanted = "a mapping from how a stream's name begins to its lane; give {'order-': 'Orders'}"
    for one in by_name("lanes", lanes, wanted).values():
        text("lanes", one, wanted)
    for name, least, number in zip(
        ("columns", "latest_cancel", "most_commands"), (1, 0, 0), (columns, *ends), strict=True
    ):
        whole_number(name, number, f"a whole number; give {least} or more", least=least)


def _compared(log: pd.DataFrame, without: pd.DataFrame) -> str:
    same = list(log["event"]) == list(without["event"]) and list(log["at"]) == list(without["at"])
    return f"The log is {'the same as' if same else 'not the one'} without the crash."


def _checked(
    played: tuple[pd.DataFrame, Sequence[str]], lanes: Mapping[str, str]
) -> tuple[pd.DataFrame, Sequence[str]]:
    """Refuse a log that cannot be drawn."""
    wanted = "a log and notes; let it return (DataFrame, list of sentences)"
    if not isinstance(played, tuple) or len(played) != 2:
        raise refuse("play(…)", played, wanted)
    log, notes = played
    instance("play(…), its log", log, pd.DataFrame, wanted)
    listed("play(…), its notes", notes, wanted, least=0)
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
        f"<figure>{_drawing(log, shown, lanes, columns, name, _refused(log, shown, notes))}"
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


def _refused(log: pd.DataFrame, shown: pd.DataFrame, notes: Sequence[str]) -> list[tuple[float, str]]:
    """Find the commands that were refused and left no event: after how many of the events, and what to say."""
    refused = [note for note in notes if isinstance(note, Refusal)]
    found = [(int((log["at"] <= one.at).sum()), f"{one.command} refused, {one.at:%H:%M}") for one in refused]
    return [one for one in found if one[0] <= len(shown)]


def _drawing(log: pd.DataFrame, shown: pd.DataFrame, lanes: Mapping[str, str], columns: int, *said: Any) -> str:
    name, refused = said
    wide, bottom = (WIDTH - LEFT) / columns, TOP + LANE * len(lanes)
    prefixes = list(lanes)
    place = {
        position: (LEFT + (at + 0.5) * wide, _level(prefixes.index(_lane(stream, prefixes))))
        for at, (position, stream) in enumerate(log["stream"].items())
    }
    labels = _labels(log, place, wide, bottom, prefixes)
    # The tips that a drawing has come in other colours.
    parts = [
        '<marker id="tip-undo" viewBox="0 0 10 10" refX="5" refY="5" markerWidth="5" markerHeight="5" orient="auto">'
        '<path d="M 0 0 L 10 5 L 0 10 z" style="fill:var(--ink)"/></marker>'
    ]
    for at, who in enumerate(lanes.values()):
        parts.append(stroke((LEFT, _level(at), WIDTH, _level(at)), "stroke:var(--rule);stroke-width:1"))
        parts.append(shapes.label(LEFT - 12, _level(at) + 5, who, "strong", "end"))
    for _, row in shown.iterrows():
        before = [*_arrow(row, place, wide), *_breaks(row, place[row.name][0], wide, bottom)]
        parts.append(together(before, "command", row.name, row["event"]))
    for (position, row), new in zip(shown.iterrows(), shown["at"].ne(shown["at"].shift()), strict=True):
        event = [mark(row, *place[position]), *_said(labels[position]), *_below(row, place[position][0], bottom, new)]
        parts.append(together(event, "event", position, row["event"]))
    parts.append(ring(*place[shown.index[-1]]))
    for after, words in refused:
        parts += left_no_event(LEFT + after * wide, bottom - 14, words)
    parts.append(shapes.label(LEFT - 12, bottom + 14, "position in the log", "small", "end"))
    parts.append(shapes.label(LEFT - 12, bottom + 32, "time of day", "small", "end"))
    return drawing(WIDTH, bottom + 76, name, parts)


def _below(row: pd.Series, x: float, bottom: float, new: bool) -> list[str]:
    """Write the position of an event, and its time of day where that is a new one."""
    time = f"{row['at']:%H:%M}" if new else ""
    return [shapes.label(x, bottom + 14, str(row.name), "small strong"), shapes.label(x, bottom + 32, time, "small")]


def _level(at: int) -> float:
    return TOP + (at + 0.32) * LANE


def _lane(stream: str, prefixes: Sequence[str]) -> str:
    return next(prefix for prefix in prefixes if stream.startswith(prefix))


def _labels(log: pd.DataFrame, place: Places, wide: float, bottom: float, prefixes: Sequence[str]) -> dict[Any, Label]:
    """Place the labels of the whole run, so that none of them moves while its events are shown one by one."""
    lines = [way for _, row in log.iterrows() if (way := _way(row, place, wide))]
    for position, row in log.iterrows():
        lines += [line for line, *_ in _upright(row, place[position][0], wide, bottom)]
    boxes = [(x - 12, y - 12, x + 12, y + 12) for x, y in place.values()]
    marks = [
        # Arrows reach the first lane from below.
        Mark(_words(row["event"], _lane(row["stream"], prefixes)), *place[position], place[position][1] == _level(0))
        for position, row in log.iterrows()
    ]
    return dict(zip(log.index, placed(marks, lines, boxes), strict=True))


def _said(label: Label) -> list[str]:
    levels = ((label.y + LINE * at, word) for at, word in enumerate(label.words))
    return [shapes.label(label.x, y, word, "small label", label.anchor) for y, word in levels]


def _way(row: pd.Series, place: Places, wide: float) -> Four | None:
    """Return the path of the command that led to an event; where a time was up, it comes from there."""
    end, start = place[row.name], place.get(row["cause"])
    if row["time_is_up"]:
        start = (end[0] - ASIDE * wide, end[1])
    if start is None:
        return None
    across, down = end[0] - start[0], end[1] - start[1]
    length = (across**2 + down**2) ** 0.5
    from_, to = (0 if row["time_is_up"] else 11 / length), 1 - 15 / length
    return start[0] + from_ * across, start[1] + from_ * down, start[0] + to * across, start[1] + to * down


def _arrow(row: pd.Series, place: Places, wide: float) -> list[str]:
    way = _way(row, place, wide)
    style, tip = f"stroke:{WRITE.paint};stroke-width:2.5", "tip-write"
    if row["undoes"]:
        style, tip = "stroke:var(--ink);stroke-width:2;stroke-dasharray:7 4", "tip-undo"
    return [stroke(way, style, f' marker-end="url(#{tip})"')] if way else []


def _upright(row: pd.Series, x: float, wide: float, bottom: float) -> list[tuple[Four, str, str, int]]:
    """Return the lines before and after an event, from below the first lane's labels on: style, words, level."""
    lines = (
        (row["time_is_up"], x - ASIDE * wide, "stroke-dasharray:2 5", "time is up", 68),
        (row["crash"], x + ASIDE * wide, "", "process died", 52),
    )
    return [
        ((at, _level(0) - 16, at, bottom + level - 13), style, words, level)
        for is_so, at, style, words, level in lines
        if is_so
    ]


def _breaks(row: pd.Series, x: float, wide: float, bottom: float) -> list[str]:
    """Draw where a time was up, and where the process died; their words stand below everything."""
    parts = []
    for line, style, words, level in _upright(row, x, wide, bottom):
        anchor = "end" if line[0] > WIDTH - 48 else "middle"
        parts.append(stroke(line, f"stroke:var(--ink);stroke-width:2;{style}"))
        parts.append(shapes.label(line[0], bottom + level, words, "small strong", anchor))
    return parts


def _words(event: str, lane: str) -> tuple[str, ...]:
    """Return an event's name in its lane: StockReserved is "reserved" among the stock's; a refusal says only that."""
    kind = lane.rstrip("-").capitalize()
    words = tuple(word.lower() for word in re.findall(r"[A-Z][a-z]*", event.removeprefix(kind)))
    return words[-1:] if event.endswith(REFUSING) else words


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
    return table(frame, "The log from the order on, and what the process sent", name="log")


def _cause(row: pd.Series) -> str:
    return "time is up" if row["time_is_up"] else str(row["cause"] or "outside")


def _held(shown: pd.DataFrame) -> str:
    units, mills = (int(shown[column].iloc[-1]) for column in ("units_aside", "money_mills"))
    held = pd.Index(["units set aside", "mills kept"], name="what")
    return table(pd.DataFrame({"held": [units, mills]}, index=held), f"After event {shown.index[-1]}", name="held")
