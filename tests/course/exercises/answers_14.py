"""Answers to the exercises of lesson 14: right ones in several styles, and wrong ones with what each is told."""

import pandas as pd

from cqrs_lab.course.exercises.lesson_14 import LIBRARY
from cqrs_lab.simulation import Empirical

# --- 14.1 -------------------------------------------------------------------------------------------------


def the_column(first, second):
    return first["handling_seconds"]


def a_duration(first, second):
    return Empirical(first["handling_seconds"].tolist())


def worked_out(first, second):
    polls = first.groupby("visible_at")
    return [(seen - poll["begun_at"].iloc[0]) / len(poll) for seen, poll in polls for _ in range(len(poll))]


def an_array(first, second):
    return first.handling_seconds.to_numpy()[::-1]


WRONG_TIMES = {
    "as it was": (lambda first, second: second["handling_seconds"], "in place of what it holds"),
    "calibrating on the run that validates": (
        lambda first, second: list(second["handling_seconds"]),
        "These are the times of the run that is to judge",
    ),
    "both runs": (
        lambda first, second: pd.concat([first, second])["handling_seconds"],
        "Half of these times come from the run that is to judge",
    ),
    "the lag, wait included": (
        lambda first, second: first["visible_at"] - first["committed_at"],
        "That is the lag, and the wait is in it",
    ),
    "the lag of the judge": (
        lambda first, second: second["visible_at"] - second["committed_at"],
        "That is the lag of the judge",
    ),
    "the average for all": (
        lambda first, second: [first["handling_seconds"].mean()] * len(first),
        "Every event takes the average now",
    ),
    "one average": (lambda first, second: float(first["handling_seconds"].mean()), "One number: the average"),
    "the wait alone": (
        lambda first, second: first["begun_at"] - first["committed_at"],
        "how long each event waited before",
    ),
    "the whole poll for each": (
        lambda first, second: first["visible_at"] - first["begun_at"],
        "you count the whole poll for each of them",
    ),
    "from one visible to the next": (
        lambda first, second: first["visible_at"].diff().dropna(),
        "What does the projector do while nothing comes",
    ),
    "milliseconds": (lambda first, second: first["handling_seconds"] * 1000, "The simulator's clock counts seconds"),
    "without the longest": (
        lambda first, second: first["handling_seconds"].sort_values()[:-1],
        "How long was the projector busy with each",
    ),
    "the whole table": (lambda first, second: first, "Which of its columns is the answer"),
}

# --- 14.2 -------------------------------------------------------------------------------------------------

_BUSIER, _BATCHES, _BACKUP, _VAN, _SLOWEST, _MEDIAN = LIBRARY


def but(thing, word):
    return LIBRARY | {thing: word}


WRONG_BELIEFS = {
    "as it was": (dict.fromkeys(LIBRARY, ""), "in place of what it holds"),
    "left open": (but(_VAN, ""), "Is the work of an event as it was measured"),
    "all are believed": (dict.fromkeys(LIBRARY, "believe"), "Is the cost of a poll paid once a loan now"),
    "none is believed": (dict.fromkeys(LIBRARY, "handling"), "What about an event takes longer if more come"),
    "another rate is too much": (but(_BUSIER, "arrivals"), "Is 40 anything that it cannot be told"),
    "a batch is more loans": (but(_BATCHES, "arrivals"), "how many are handled together"),
    "a backup is more loans": (but(_BACKUP, "arrivals"), "A backup brings no loans"),
    "night is like day": (but(_BACKUP, "believe"), "on an idle disk. And by day"),
    "a van is bad luck": (but(_VAN, "believe"), "How many wait behind the 2,999th"),
    "a van is slow": (but(_VAN, "handling"), "A book takes as long as ever"),
    "measure more weekdays": (but(_VAN, "too few"), "there is no van in them"),
    "the far tail": (but(_SLOWEST, "believe"), "The longest of 400 times is the longest that"),
    "nothing can be believed": (but(_MEDIAN, "too few"), "Are 400 times few to say where the middle is"),
    "another word": (but(_MEDIAN, "perhaps"), "Which of the 4 comes closest"),
}

RIGHT = {
    "14.1": [the_column, a_duration, worked_out, an_array],
    "14.2": [LIBRARY, pd.Series(LIBRARY), {thing: word.title() for thing, word in LIBRARY.items()}],
}
WRONG = {"14.1": WRONG_TIMES, "14.2": WRONG_BELIEFS}
