"""Tries a learner's projection on slices of a log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

from cqrs_lab.course.guard import NotYet, shown, what_it_means
from cqrs_lab.errors import CqrsLabError
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.contract import SAME_AGAIN, UNCHANGED, check_projection
from cqrs_lab.read.guards.accepted import check_declaration

Told = dict[str, Any]
QUICK_CUTS = 6
MOST_SHOWN = 9
ASK_OF_LAW = {
    SAME_AGAIN: "The same slice gave other rows the second time. What does yours remember outside its table?",
    UNCHANGED: "Somebody may still be reading the table that you were given. Can you make a new one instead?",
}
CHANGED_BY_A_QUESTION = "Your question changed the table, and the next slice is merged into it. Can it make a new one?"

StreamOf = Callable[[Any], str]


def recorded(events: Sequence[object], stream_of: StreamOf | None = None) -> list[RecordedEvent]:
    """Make a log of some events.

    Without `stream_of` they stand on one stream, a second apart, so that version, time and position agree. With it
    they stand where it says, and all in the same second: then the position alone says what came last.
    """
    log: list[RecordedEvent] = []
    versions: Counter[str] = Counter()
    for at, event in enumerate(events, 1):
        versions[name := stream_of(event) if stream_of else "log"] += 1
        seconds = 0.0 if stream_of else float(at)
        log.append(RecordedEvent(name, StreamVersion(versions[name]), Position(at), event, recorded_at=seconds))
    return log


class Folds:
    """Folds slices with a learner's projection, and compares what its question returns.

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
        if isinstance(self.projection, type):
            called = self.projection.__name__
            ask = f"That is the class, and a projection is an object of it. Hand over {called}()."
            raise NotYet("looked at your answer", shown(self.projection), wanted, ask)
        try:
            check_declaration(self.projection)
        except CqrsLabError as error:
            ask = "What does every projection declare, and which two functions does it have?"
            raise NotYet("looked at your answer", str(error), wanted, ask) from None
        if not callable(self.question):
            raise NotYet("looked at your answer", shown(self.question), wanted, "What asks your table?")

    def expect(
        self,
        slices: Sequence[Sequence[object]],
        expected: Told,
        ask: str,
        backwards: bool = False,
        misread: Mapping[Any, str] | None = None,
        stream_of: StreamOf | None = None,
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
            Other questions, by the first value that came, or by a tuple of all values.
        stream_of : callable, optional
            As in `recorded`.
        """
        cut = " | ".join(map(_events, slices))
        done = f"cut the log into [{cut}]{' and merged backwards' if backwards else ''}"
        table = self._fold(slices, backwards, done, stream_of)
        before = table.copy()
        with _errors_first(f"{done}, then asked your table", ""):
            came = self._read(self.question(table))
        if not table.equals(before):
            columns = f"columns {', '.join(map(str, table))}", f"columns {', '.join(map(str, before))}"
            now, then = columns if columns[0] != columns[1] else ("other rows", "the rows as they were")
            raise NotYet(f"{done}, then asked your table, and looked at it again", now, then, CHANGED_BY_A_QUESTION)
        if came != expected:
            values, others = tuple(came.values()), misread or {}
            first = next(iter(values), None)
            raise NotYet(done, came, expected, others.get(values, others.get(first, ask)))

    def _fold(self, slices: Sequence[Sequence[object]], backwards: bool, done: str, stream_of: StreamOf | None) -> Any:
        log, summaries, after = recorded([event for part in slices for event in part], stream_of), [], 0
        for part in slices:
            here = f"{done}, then summarised [{_events(part)}]"
            with _errors_first(here, _unlike(part, self.projection.events)):
                rows = self.projection.summarise(EventBatch(log[after : after + len(part)]))
                self._check(rows, "summarise")
            summaries.append(rows)
            after += len(part)
        if backwards:
            summaries.reverse()
        table = self.projection.schema.empty()
        for rows in summaries:
            with _errors_first(f"{done}, then merged", ""):
                table = self.projection.merge(table, rows)
                self._check(table, "merge")
        return table

    def _check(self, frame: Any, whose: str) -> None:
        if frame is None:
            raise NoReturn(f"{whose} returned None")
        self.projection.schema.check(frame, whose)

    def obeys_law_5(self, events: Sequence[object], stream_of: StreamOf | None = None) -> None:
        """Try whatever else the law asks for, with the kit's own check."""
        report = check_projection(self.projection, recorded(events, stream_of), cuts=QUICK_CUTS)
        for fault in report.faults:
            ask = ASK_OF_LAW.get(fault.law, "Which line of yours depends on how the log was cut?")
            law = fault.law.partition(": ")[2]
            raise NotYet(f"tried whether this holds: {law}. {fault.done}", fault.came, fault.expected, ask)


class NoReturn(Exception):
    """A function of the learner's returned nothing."""


@contextmanager
def _errors_first(done: str, unlike: str) -> Iterator[None]:
    """Report what an answer raises, before anything is asked about the subject."""
    try:
        yield
    except NotYet:
        raise
    except NoReturn as error:
        ask = f"{unlike}Is there a return on every path through it?"
        raise NotYet(done, str(error), "a DataFrame", ask) from None
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        raise NotYet(done, error, "no error", f"{unlike}{what_it_means(error)}") from None


def _unlike(part: Sequence[object], kinds: tuple[type, ...]) -> str:
    """Say what is particular about a slice on which an answer raises."""
    if not part:
        return "Many slices hold no event at all. What does yours make of an empty one? "
    if others := [type(event).__name__ for event in part if not isinstance(event, kinds)]:
        return f"The log also holds a {others[0]}. Which events does yours read? "
    first, *more = (kind.__name__ for kind in kinds)
    if more and not any(isinstance(event, kinds[0]) for event in part):
        return f"This slice holds no {first}. What do your lines make of {type(part[0]).__name__} alone? "
    return ""


def _the_table(table: Any) -> Any:
    return table


def _events(part: Sequence[object]) -> str:
    shown_first = [_named(event) for event in part[:MOST_SHOWN]]
    more = len(part) - MOST_SHOWN
    return ", ".join([*shown_first, *([f"and {more} more"] if more > 0 else [])]) or "nothing"


def _named(event: Any) -> str:
    if hasattr(event, "lines"):
        lines = [f"{line.product_id} {line.quantity}" for line in event.lines[:3]]
        return f"{type(event).__name__}({', '.join(lines)}{', …' if len(event.lines) > 3 else ''})"
    values = (str(getattr(event, field.name)) for field in fields(event))
    return f"{type(event).__name__}({', '.join(values)})"
