"""The lanes of a process as a picture: the drawing, the sentence that says what it shows, and the log as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd

from cqrs_lab.show.lane_marks import legend
from cqrs_lab.show.lanes_drawn import lanes_drawn, refused
from cqrs_lab.show.lanes_runs import COLUMNS
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.style import tint
from cqrs_lab.words import count

HELD = {
    "units_aside": ("Set aside: {:,} units", "units set aside"),
    "money_mills": ("taken and not given back: {:,} mills", "mills kept"),
}
"""What the shop's own columns are called in a sentence and in the table; others are called what they are."""
NOT_HELD = {*COLUMNS, "no_return"}


def lanes_picture(
    log: pd.DataFrame, shown: pd.DataFrame, notes: Sequence[str], lanes: Mapping[str, str], columns: int
) -> Picture:
    """Return the lanes with the events that are shown, of a run that is drawn with room for all of them."""
    says = _sentence(log, shown, notes)
    name = f"A lane each for {', '.join(lanes.values())}; the log from left to right. {says}"
    html = (
        f"<figure>{lanes_drawn(log, shown, lanes, columns, name, refused(log, shown, notes))}"
        f'<figcaption style="min-height:6em">{escape(says)}</figcaption></figure>{legend(tint(0))}'
        f'<div class="tables" style="min-height:{2 * columns}rem">{_events(shown)}{_held(shown)}</div>'
    )
    return Picture(html, says, shown)


def _sentence(log: pd.DataFrame, shown: pd.DataFrame, notes: Sequence[str]) -> str:
    last = shown.iloc[-1]
    undoes = ": it undoes a step" if last["undoes"] else ""
    held = _held_in_words(shown)
    parts = (
        f"{len(shown)} of {count(len(log), 'event')}. At {last['at']:%H:%M} {last['event']}, {_because(last)}{undoes}.",
        f"{held[:1].upper()}{held[1:]}." if held else "",
        *(notes if len(shown) == len(log) else ()),
    )
    return " ".join(part for part in parts if part)


def _because(row: pd.Series) -> str:
    if row["time_is_up"]:
        return f"since time was up and the process sent {row['command']}"
    if row["cause"]:
        return f"since the process answered event {row['cause']} with {row['command']}"
    return f"from outside by {row['command']}"


# --- what stands below it ------------------------------------------------------------------------------------


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
    return table(frame, "The log, and what the process sent", name="log")


def _cause(row: pd.Series) -> str:
    return "time is up" if row["time_is_up"] else str(row["cause"] or "outside")


def _things(log: pd.DataFrame) -> list[str]:
    return [str(column) for column in log if column not in NOT_HELD]


def things_held(log: pd.DataFrame) -> dict[str, int]:
    """Return what is held after the last event, by what it is called in a table."""
    return {HELD.get(name, ("", name))[1]: int(log[name].iloc[-1]) for name in _things(log)}


def _held_in_words(log: pd.DataFrame) -> str:
    texts = (HELD.get(name, (f"{name}: {{:,}}", ""))[0].format(log[name].iloc[-1]) for name in _things(log))
    return "; ".join(texts)


def _held(shown: pd.DataFrame) -> str:
    held = things_held(shown)
    frame = pd.DataFrame({"held": list(held.values())}, index=pd.Index(list(held), name="what"))
    return table(frame, f"After event {shown.index[-1]}", name="held") if held else ""
