"""The seventeen lessons: one question each."""

from __future__ import annotations

from typing import Literal, NamedTuple

Place = Literal["one model", "write side", "log", "read side", "the lag", "the whole"]
KEY = r"\d\d[a-z]?"
"""The form of a lesson's key."""


class Lesson(NamedTuple):
    """A lesson: its file in notebooks/ without the suffix, its question, its place on the map, and if it exists."""

    file: str
    question: str
    place: Place
    written: bool = False

    @property
    def key(self) -> str:
        """What the keys of its questions begin with: "07", "09b"."""
        return self.file.partition("_")[0]

    @property
    def number(self) -> str:
        """Its number as people write it: "0", "7", "9b"."""
        return self.key.lstrip("0") or "0"


LESSONS = (
    Lesson("00_start_here", "You pressed Order. Who knows?", "the whole", written=True),
    Lesson("01_one_model_for_everything", "What still hurts after we fix the CRUD shop?", "one model", written=True),
    Lesson("02_commands_and_queries", "Can asking a question change the answer?", "write side", written=True),
    Lesson("03_events_are_the_record", "If we keep only what happened, what is the stock?", "log", written=True),
    Lesson("04_business_rules", "Where do the rules live?", "write side", written=True),
    Lesson("05_read_models", "How do facts become answers?", "read side", written=True),
    Lesson("06_fast_queries", "Why keep several copies of the same fact?", "read side", written=True),
    Lesson("07_the_lag", "How far behind are the readers?", "the lag", written=True),
    Lesson("08_what_readers_notice", "Which surprises can a reader see?", "the lag", written=True),
    Lesson("09_when_things_break", "What if a projector crashes, or hears an event twice?", "the lag", written=True),
    Lesson("09b_the_event_that_nobody_reads", "Can an event be recorded, and never be read?", "the lag", written=True),
    Lesson("10_rebuilding_read_models", "Can yesterday's log answer today's question?", "read side", written=True),
    Lesson("11_scaling_reads", "Which part should you double?", "read side", written=True),
    Lesson("12_long_running_processes", "Who sees an order through?", "write side", written=True),
    Lesson("13_a_real_year_of_trade", "Does the shop survive 541,909 real rows?", "the whole", written=True),
    Lesson("14_is_the_simulation_true", "Should you believe the simulator?", "the whole", written=True),
    Lesson("15_should_you_use_cqrs", "When do the benefits outweigh the price?", "the whole", written=True),
)
