"""What a step of a recorded run holds, as tables: positions, the message, and what the person saw last."""

from __future__ import annotations

import dataclasses
from typing import Any

import pandas as pd

from cqrs_lab.read.queries import Answer
from cqrs_lab.show.picture import brief, table
from cqrs_lab.show.recorded_run import RecordedStep


def positions(step: RecordedStep) -> str:
    """Return where the log ends, and how far each projection has read."""
    head = step.head
    rows = {"end of the log": (head, 0)} | {name: (at, head - at) for name, at in step.positions.items()}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["position", "events behind"])
    return table(frame.rename_axis("who"), "How far each has read")


def message(step: RecordedStep) -> str:
    """Return the fields of the command, event, receipt or query of this step."""
    messages = step.shown if step.way == "events" else (step.shown,)
    if step.way in ("none", "answer", "follows") or not all(map(dataclasses.is_dataclass, messages)):
        return ""
    return "".join(table(_fields(message), f"The message: {type(message).__name__}") for message in messages)


def _fields(message: Any) -> pd.DataFrame:
    values = {field.name: brief(getattr(message, field.name)) for field in dataclasses.fields(message)}
    return pd.DataFrame({"value": values}).rename_axis("field")


def screen(answer: Answer | None, person: str) -> str:
    """Return what the person saw last: the table of an answer, or that there was none."""
    caption = f"What {person} saw last"
    if answer is None:
        return table(pd.DataFrame({"answer": []}, dtype="str"), caption, nothing=f"{person} has not asked yet")
    if isinstance(answer.value, pd.DataFrame):
        return table(answer.value, f"{caption}: as of position {answer.position}", nothing="nothing")
    return table(pd.DataFrame({"answer": []}, dtype="str"), caption, nothing=f"no answer yet: {answer.freshness}")
