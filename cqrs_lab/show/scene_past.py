"""What a scene shows of the steps before: looked up, not looked for, since a run may have tens of thousands."""

from collections.abc import Iterable, Sequence

from cqrs_lab.read.queries import Answer
from cqrs_lab.show.recorded_run import RecordedStep
from cqrs_lab.show.style import tint


class Past:
    """For each step of a run the number of the last answer and receipt so far; and a colour for each stream."""

    def __init__(self, steps: Sequence[RecordedStep]) -> None:
        streams = dict.fromkeys(one.stream for step in steps for one in step.latest)
        self.tints = {stream: tint(number) for number, stream in enumerate(streams)}
        self.answer = _last(isinstance(step.shown, Answer) for step in steps)
        self.receipt = _last(step.way == "receipt" for step in steps)


def _last(wanted: Iterable[bool]) -> list[int | None]:
    """Return for each step the number of the last one so far that is wanted."""
    found, last = list[int | None](), None
    for number, one in enumerate(wanted):
        last = number if one else last
        found.append(last)
    return found
