"""The living pipeline: a recorded run, one step at a time."""

from __future__ import annotations

import dataclasses
from html import escape
from itertools import accumulate
from typing import Any

import pandas as pd

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.read.queries import Answer
from cqrs_lab.show.doors import instance
from cqrs_lab.show.kinds import letters_of
from cqrs_lab.show.picture import Picture, brief, drawing, key, table
from cqrs_lab.show.recorded_run import RecordedRun, RecordedStep, Way
from cqrs_lab.show.style import LOG, READ, WRITE, Part
from cqrs_lab.show.view import Control, View

WIDTH, HEIGHT = 960, 404
PERSON, RULES, RECORD = (16, 30, 110, 344), (270, 30, 130, 84), (556, 30, 388, 84)
TABLES_TOP, TABLE_HEIGHT, TABLES_LEFT = 214, 84, 464
PART_OF: dict[Way, Part] = {
    "command": WRITE,
    "receipt": WRITE,
    "events": WRITE,
    "follows": READ,
    "query": READ,
    "answer": READ,
}


def pipeline(run: RecordedRun) -> View:
    """Show a recorded run in a view with one control: the step.

    Commands go in at the top, and the receipt comes back when the log has recorded the events. Projections
    follow the log. Queries come from the person's side, at their own moments, and see what the table holds then.

    Parameters
    ----------
    run : RecordedRun
        Steps recorded later are not shown.

    Returns
    -------
    View
        `frame()`: one row per step so far, as `RecordedRun.frame`.
    """
    instance("run", run, RecordedRun, "a recorded run; give RecordedRun(store, bus, queries, [projector])")
    if not run.steps:
        raise InvalidArgument("the run has no steps; record one: run.send(command), run.ask(query), run.catch_up(name)")
    steps, frame, person = tuple(run.steps), run.frame(), run.person
    # How many ways have been begun so far: a command, its events and its receipt go one, a query and its answer too.
    begun = list(accumulate(step.way in ("command", "query", "follows") for step in steps))

    def draw(step: int) -> Picture:
        says = f"Step {step} of {len(steps) - 1}. {steps[step].says}"
        seen = [one for one in steps[: step + 1] if one.way in ("answer", "receipt")]
        html = (
            f"<figure>{_drawing(steps[step], person, begun[step])}<figcaption>{escape(says)}</figcaption></figure>"
            f'<div class="beside"><div>{_positions(steps[step])}{_screen(seen, person)}</div>'
            f"<div>{_message(steps[step])}</div></div>"
        )
        return Picture(html, says, frame.iloc[: step + 1])

    return View(draw, [Control("step", "Step", 0, len(steps) - 1, 0, plays=True)])


# --- the drawing ------------------------------------------------------------------------------------------


def _drawing(step: RecordedStep, person: str, begun: int) -> str:
    message = key("message", begun)
    name = f"Pipeline from {person} through the write side into the log, and from its read models back. {step.says}"
    names = list(step.positions)
    asked = names.index(step.reads[0]) if step.way in ("query", "answer") else 0
    left, _ = _place(asked, len(names))
    parts = [
        _box(PERSON, None if step.way in ("none", "events", "follows") else PART_OF[step.way]),
        _text(71, 196, person, "strong"),
        _text(71, 218, "at the screen", "small faint"),
        _box(RULES, WRITE),
        _text(335, 66, f"{WRITE.marker} write side", "strong"),
        _text(335, 90, "commands, rules", "small"),
        _box(RECORD, LOG),
        _strip(step),
        _way(step, message, "command", "M 126 54 H 258", "commands", (196, 42)),
        _way(step, message, "receipt", "M 270 92 H 138", "receipts", (198, 114)),
        _way(step, message, "events", "M 400 72 H 544", "events", (476, 60)),
        _way(step, message, "query", f"M 126 326 H {left + 36} V 310", "queries", (250, 318)),
        _way(step, message, "answer", f"M {left + 76} 298 V 362 H 138", "answers", (250, 382)),
    ]
    for at, name_of_table in enumerate(names):
        parts += _read_model(step, message, name_of_table, *_place(at, len(names)))
    return drawing(WIDTH, HEIGHT, name, parts)


def _place(at: int, count: int) -> tuple[int, int]:
    """Return the left edge and the width of a read model's box."""
    width = (WIDTH - TABLES_LEFT - 16 * count) // count
    return TABLES_LEFT + at * (width + 16), width


def _read_model(step: RecordedStep, message: str, name: str, left: int, width: int) -> list[str]:
    position, head = step.positions[name], step.head
    behind = f"{head - position} behind" if position < head else "up to date"
    middle = left + width // 2
    # The arrow starts below the log, or beside its left edge for the first boxes.
    start = max(middle, RECORD[0] + 20)
    return [
        _box((left, TABLES_TOP, width, TABLE_HEIGHT), READ),
        _text(middle, TABLES_TOP + 34, f"{READ.marker} {name}", "strong"),
        _text(middle, TABLES_TOP + 60, f"position {position}, {behind}", "small"),
        _way(
            step,
            message,
            "follows",
            f"M {start} 114 V 150 H {middle} V {TABLES_TOP - 12}",
            "follows the log" if name in step.reads or step.way != "follows" else "",
            (middle + 66, 172),
            of=name,
        ),
    ]


def _strip(step: RecordedStep) -> str:
    """Return the last events of the log as tiles: position and letters."""
    left, top, width, _ = RECORD
    latest = step.latest
    parts = [_text(left + width // 2, top + 21, f"{LOG.marker} log, position {step.head}", "strong")]
    new = len(step.shown) if step.way == "events" else 0
    letters = letters_of(type(recorded.event) for recorded in latest)
    for at, recorded in enumerate(latest):
        x = left + 20 + at * 58
        stroke = 4 if at >= len(latest) - new else 1.5
        tile = (
            f'<rect class="box" x="{x}" y="{top + 30}" width="52" height="46" stroke="{LOG.colour}"'
            f' stroke-width="{stroke}"/>',
            _text(x + 26, top + 49, letters[type(recorded.event)], "strong small"),
            _text(x + 26, top + 69, str(recorded.position), "small"),
        )
        parts += ["<g", key("event", recorded.position), ">", *tile, "</g>"]
    return "".join(parts)


def _way(step: RecordedStep, message: str, way: Way, path: str, idle: str, at: tuple[int, int], of: str = "") -> str:
    """Return an arrow; the one used in this step is thick and shows the message's name, which has a key."""
    now = step.way == way and (not of or of in step.reads)
    part = PART_OF[way]
    dashes = f' stroke-dasharray="{part.dashes}"' if part.dashes else ""
    colour, tip = (part.colour, part.name.split()[0]) if now else ("var(--faint)", "idle")
    css, tip = ("way now" if now else "way"), f"url(#tip-{tip})"
    line = f'<path class="{css}" d="{path}"{dashes} style="stroke:{colour}" marker-end="{tip}"/>'
    return line + (_text(*at, step.label, "label strong", message) if now else _text(*at, idle, "label small faint"))


def _box(place: tuple[int, int, int, int], part: Part | None) -> str:
    x, y, width, height = place
    colour = f"stroke:{part.colour}" if part else "stroke:var(--faint)"
    dashes = f' stroke-dasharray="{part.dashes}"' if part and part.dashes else ""
    return f'<rect class="box" x="{x}" y="{y}" width="{width}" height="{height}" rx="6" style="{colour}"{dashes}/>'


def _text(x: float, y: float, text: str, css: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="middle" class="{css}"{more}>{escape(text)}</text>'


# --- what stands below it ---------------------------------------------------------------------------------


def _positions(step: RecordedStep) -> str:
    head = step.head
    rows = {"end of the log": (head, 0)} | {name: (at, head - at) for name, at in step.positions.items()}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["position", "events behind"])
    return table(frame.rename_axis("who"), "How far each has read", name="positions")


def _message(step: RecordedStep) -> str:
    """Return the fields of the command, event, receipt or query of this step."""
    messages = step.shown if step.way == "events" else (step.shown,)
    if step.way in ("none", "answer", "follows") or not all(map(dataclasses.is_dataclass, messages)):
        return ""
    return "".join(table(_fields(message), f"The message: {type(message).__name__}") for message in messages)


def _fields(message: Any) -> pd.DataFrame:
    values = {field.name: brief(getattr(message, field.name)) for field in dataclasses.fields(message)}
    return pd.DataFrame({"value": values}).rename_axis("field")


def _screen(seen: list[RecordedStep], person: str) -> str:
    """Return what the person saw last: the table of an answer, or that there was none."""
    answers = [one.shown for one in seen if isinstance(one.shown, Answer)]
    caption = f"What {person} saw last"
    if not answers:
        return table(pd.DataFrame({"answer": []}, dtype="str"), caption, nothing=f"{person} has not asked yet")
    answer = answers[-1]
    if isinstance(answer.value, pd.DataFrame):
        return table(answer.value, f"{caption}: as of position {answer.position}", nothing="nothing", name="screen")
    return table(pd.DataFrame({"answer": []}, dtype="str"), caption, nothing=f"no answer yet: {answer.freshness}")
