"""Exercises of lesson 14: what a simulator may be calibrated by, and which predictions to believe."""

from __future__ import annotations

from typing import Any

import pandas as pd

from cqrs_lab.course.accept import as_items, as_number
from cqrs_lab.course.exercises.cases import Case, Turn, judge_cases
from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.simulation.durations import Empirical

# --- 14.1 -------------------------------------------------------------------------------------------------

COLUMNS = ("due_at", "committed_at", "begun_at", "visible_at", "handling_seconds")
Times = tuple[float, ...]


def _steps(*rows: Times) -> pd.DataFrame:
    steps = pd.DataFrame(list(rows), columns=list(COLUMNS))
    steps.insert(0, "position", range(1, len(rows) + 1))
    return steps


# The second event of the first run waits; in the third case two events of the first run are one batch.
ALONE = _steps((0.9, 1.0, 1.25, 2.25, 1.0), (1.4, 1.5, 2.25, 2.75, 0.5), (5.9, 6.0, 6.5, 8.5, 2.0))
JUDGE = _steps((0.9, 1.0, 1.5, 4.5, 3.0), (1.9, 2.0, 4.5, 8.5, 4.0), (8.9, 9.0, 9.25, 14.25, 5.0))
BATCHED = _steps((0.9, 1.0, 2.0, 3.0, 0.5), (1.4, 1.5, 2.0, 3.0, 0.5), (5.9, 6.0, 6.5, 6.75, 0.25))
CASES = (
    Case((ALONE, JUDGE), (0.5, 1.0, 2.0), "The first run has three events. How long was the projector busy with each?"),
    Case((JUDGE, ALONE), (3.0, 4.0, 5.0), "The runs have changed places. Which of the two may your prediction know?"),
    Case((BATCHED, JUDGE), (0.25, 0.5, 0.5), "Two of these became visible together. How long did each take of that?"),
)


def _sorted(values: Any) -> Times:
    return tuple(sorted(round(float(one), 6) for one in values))


def _lag(steps: pd.DataFrame) -> pd.Series:
    return steps["visible_at"] - steps["committed_at"]


TURNS: tuple[Turn, ...] = (
    (
        lambda first, second: _sorted(second["handling_seconds"]),
        "These are the times of the run that is to judge. It would agree with whatever you take from it, so what could "
        "it still find wrong?",
    ),
    (
        lambda first, second: _sorted([*first["handling_seconds"], *second["handling_seconds"]]),
        "Half of these times come from the run that is to judge. What does it prove if it agrees with itself?",
    ),
    (
        lambda first, second: _sorted(_lag(first)),
        "That is the lag, and the wait is in it. The simulator lets events wait by itself: how often do they wait now?",
    ),
    (
        lambda first, second: _sorted(_lag(second)),
        "That is the lag of the judge: the very figure that you are to predict. What is left to predict?",
    ),
    (
        lambda first, second: _sorted([first["handling_seconds"].mean()] * len(first)),
        "Every event takes the average now. What made the slowest one in a hundred slow?",
    ),
    (
        lambda first, second: _sorted([first["handling_seconds"].mean()]),
        "One number: the average. What made the slowest one in a hundred slow?",
    ),
    (
        lambda first, second: _sorted(first["begun_at"] - first["committed_at"]),
        "That is how long each event waited before the projector began. How long did the work take?",
    ),
    (
        lambda first, second: _sorted(first["visible_at"] - first["begun_at"]),
        "Two became visible together, and you count the whole poll for each of them. How long did each take of that?",
    ),
    (
        lambda first, second: _sorted(first["visible_at"].diff().dropna()),
        "That is the time from one visible event to the next. What does the projector do while nothing comes?",
    ),
    (
        lambda first, second: _sorted(first["handling_seconds"] * 1000),
        "These are milliseconds. The simulator's clock counts seconds.",
    ),
)
EACH = "handling times in seconds, one for each event"


def calibrate(answer: Any) -> None:
    """Judge a function of the steps of two runs: the handling times that predict the second one."""
    judge_cases(answer, ("calibrate", "first", "second"), CASES, TURNS, _times, returns=EACH)


def _times(came: Any, done: str, *given: Any) -> Times:
    if isinstance(came, Empirical):
        came = came.seconds
    if isinstance(came, float):
        came = [came]
    done = "called calibrate(first, second) with the steps of two short runs"
    return _sorted([as_number(one, done, "a number of seconds") for one in as_items(came, done, EACH)])


# --- 14.2: a library --------------------------------------------------------------------------------------

WHY = ("believe", "handling", "arrivals", "too few")
LIBRARY = {
    "Loans at 40 per second, one by one. Calibrated on the same machine at 25 per second.": "believe",
    "The same, but the projector now takes 50 loans a poll.": "handling",
    "Calibrated at night. By day a backup reads the same disk.": "handling",
    "Calibrated in the week. On Saturday a van returns 3,000 books at once.": "arrivals",
    "The slowest loan in 100,000, from 400 measured handling times.": "too few",
    "The median at 30 per second, from 400 measured handling times.": "believe",
}
_BUSIER, _BATCHES, _BACKUP, _VAN, _SLOWEST, _MEDIAN = LIBRARY
WHY_NOT = {
    (_BUSIER, "handling"): "Same machine, same work, one at a time. What about an event takes longer if more come?",
    (_BUSIER, "arrivals"): "The rate is a number that the model is given. Is 40 anything that it cannot be told?",
    (_BUSIER, "too few"): "400 times say well enough what handling takes. What changes with the rate is the waiting.",
    (_BATCHES, "believe"): "Is the cost of a poll paid once a loan now, or once for fifty?",
    (_BATCHES, "arrivals"): "The loans come as before. What has changed is how many are handled together.",
    (_BATCHES, "too few"): "More times of single loans would say the same. What do they say about fifty together?",
    (_BACKUP, "believe"): "What was measured at night is how long a save takes on an idle disk. And by day?",
    (_BACKUP, "arrivals"): "A backup brings no loans. What does a save wait for now?",
    (_BACKUP, "too few"): "A thousand nights would not have a backup in them either. What is different by day?",
    (_VAN, "believe"): "The model lets books come at random, one by one. How many wait behind the 2,999th?",
    (_VAN, "handling"): "A book takes as long as ever. What is it that comes differently?",
    (_VAN, "too few"): "However many weekdays you measure, there is no van in them. What comes differently?",
    (_SLOWEST, "believe"): "The longest of 400 times is the longest that the simulator can draw. And of 100,000?",
    (_SLOWEST, "handling"): "Handling is as it was. But can 400 times know what happens once in 100,000?",
    (_SLOWEST, "arrivals"): "The loans come as before. What can a simulator draw that was never measured?",
    (_MEDIAN, "handling"): "Same machine, same work. Which of the numbers that the median needs is not known?",
    (_MEDIAN, "arrivals"): "The rate is one that the model is told. What else would come differently?",
    (_MEDIAN, "too few"): "Half of the events are below the median. Are 400 times few to say where the middle is?",
}  # fmt: skip


def which_to_believe(answer: Any) -> None:
    """Judge which predictions of a library's lag to believe, and where the others fail."""
    judge_choices(
        answer,
        LIBRARY,
        WHY,
        WHY_NOT,
        each="For each prediction: do you believe it, or what about it is wrong?",
        open_="Is the work of an event as it was measured, do events come as the model says, and was it seen at all?",
    )


EXERCISES = (
    Exercise(
        "14.1",
        calibrate,
        (
            "Of the two runs, one may be known and one may not. The one that judges is the second.",
            "The simulator adds the waiting by itself. So it needs the time that the projector spends on each event.",
            'There is a column for it: first["handling_seconds"].',
        ),
        "One run calibrates, another one judges. If the same run does both, agreement proves nothing.",
        untouched=lambda first, second: second["handling_seconds"],
    ),
    Exercise(
        "14.2",
        which_to_believe,
        (
            "Ask three things: is the work as it was measured, do events come as the model says, was it seen at all?",
            "A rate is told to the model, so another rate alone is no reason. A van, a batch and a backup are.",
            "Two to believe, two where handling is different, one where events come differently, one with too few.",
        ),
        "A model is believed for what it was held against: the same work, arrivals of that kind, events that often.",
        untouched=dict.fromkeys(LIBRARY, ""),
    ),
)
