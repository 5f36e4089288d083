"""Tries a learner's projection on slices of a log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from functools import reduce
from typing import Any

from cqrs_lab.course.guard import NotYet, shown, what_it_means
from cqrs_lab.errors import CqrsLabError
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.read.accepted import check_declaration
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.contract import SAME_AGAIN, UNCHANGED, check_projection

Told = dict[str, Any]
QUICK_CUTS = 6
ASK_OF_LAW = {
    SAME_AGAIN: "The same slice gave other rows the second time. What does yours remember outside its table?",
    UNCHANGED: "Somebody may still be reading the table that you were given. Can you make a new one instead?",
}


def recorded(events: Sequence[object], after: int = 0) -> list[RecordedEvent]:
    """Make of some events the log that goes on after a position."""
    return [
        RecordedEvent("log", StreamVersion(at), Position(at), event, recorded_at=0.0)
        for at, event in enumerate(events, after + 1)
    ]


class Folds:
    """Folds slices with a learner's projection, and compares what its question gives.

    Parameters
    ----------
    answer : Any
        A projection; or a pair, of a projection and a function of its table.
    wanted : str
        What the answer should have been.
    read : callable
        Turns what the function returns (or the table) into a mapping to compare; `as_mapping` reads any kind.
    """

    def __init__(self, answer: Any, wanted: str, read: Callable[[Any], Told]) -> None:
        pair: Any = answer if isinstance(answer, tuple | list) and len(answer) == 2 else (answer, _the_table)
        self.projection, self.question = pair
        self._read = read
        try:
            check_declaration(self.projection)
        except CqrsLabError as error:
            ask = "What does every projection declare, and which two functions does it have?"
            raise NotYet("looked at your answer", error, wanted, ask) from None
        if not callable(self.question):
            raise NotYet("looked at your answer", shown(self.question), wanted, "What asks your table?")

    def expect(
        self,
        slices: Sequence[Sequence[object]],
        expected: Told,
        ask: str,
        backwards: bool = False,
        misread: Mapping[Any, str] | None = None,
    ) -> None:
        """Summarise each slice, merge the summaries, ask the table, and compare.

        Parameters
        ----------
        slices : sequence of sequence of events
        expected : mapping
            What `read` should make of the answer.
        ask : str
            The question to a wrong answer.
        backwards : bool, optional
            Merge the last slice first.
        misread : mapping, optional
            Other questions, by the first value that came.
        """
        done = " | ".join(", ".join(map(_named, part)) or "nothing" for part in slices)
        done = f"cut the log into [{done}]{' and merged backwards' if backwards else ''}"
        try:
            came = self._read(self.question(self._fold(slices, backwards)))
        except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
            # An error mostly comes of the very slice that is asked about, such as an empty one; a name does not.
            misspelt = isinstance(error, NameError)
            raise NotYet(done, error, expected, what_it_means(error) if misspelt else ask) from None
        if came != expected:
            first = next(iter(came.values()), None)
            raise NotYet(done, came, expected, (misread or {}).get(first, ask))

    def _fold(self, slices: Sequence[Sequence[object]], backwards: bool) -> Any:
        summaries, after = [], 0
        for part in slices:
            summaries.append(self.projection.summarise(EventBatch(recorded(part, after))))
            self.projection.schema.check(summaries[-1], "summarise")
            after += len(part)
        if backwards:
            summaries.reverse()
        return reduce(self.projection.merge, summaries, self.projection.schema.empty())

    def obeys_law_5(self, events: Sequence[object]) -> None:
        """Try whatever else the law asks for, with the kit's own check."""
        report = check_projection(self.projection, recorded(events), cuts=QUICK_CUTS)
        for fault in report.faults:
            ask = ASK_OF_LAW.get(fault.law, "Which line of yours depends on how the log was cut?")
            law = fault.law.partition(": ")[2]
            raise NotYet(f"tried whether this holds: {law}. {fault.done}", fault.came, fault.expected, ask)


def _the_table(table: Any) -> Any:
    return table


def _named(event: Any) -> str:
    if hasattr(event, "lines"):
        shown = [f"{line.product_id} {line.quantity}" for line in event.lines[:3]]
        return f"{type(event).__name__}({', '.join(shown)}{', …' if len(event.lines) > 3 else ''})"
    values = (str(getattr(event, field.name)) for field in fields(event))
    return f"{type(event).__name__}({', '.join(values)})"
