"""The report of a contract: used by check_event_store and check_projection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape

from cqrs_lab.errors import said
from cqrs_lab.words import count


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken law: what was done, what was expected and what came instead."""

    law: str
    done: str
    expected: str
    came: str

    def __str__(self) -> str:
        return f"{self.law}\n  done:     {self.done}\n  expected: {self.expected}\n  got:      {self.came}"


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a contract: ``ok``, the faults that were found, and notes on what could not be tried.

    Examples
    --------
    >>> print(Report("MyStore", checks=12, faults=()))
    MyStore keeps its laws: 12 checks, no faults
    """

    subject: str
    checks: int
    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """True if no broken law was found."""
        return not self.faults

    def __str__(self) -> str:
        return "\n".join([self._verdict(), *map(str, self.faults), *(f"note: {one}" for one in self.notes)])

    __repr__ = __str__

    def _verdict(self) -> str:
        if self.ok:
            return f"{self.subject} keeps its laws: {count(self.checks, 'check')}, no faults"
        laws = "a law" if len(self.faults) == 1 else f"{len(self.faults)} laws"
        return f"{self.subject} breaks {laws}; the simplest case of each:"

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>Note: {escape(note)}</p>" for note in self.notes)
        mark = f'<span role="img" aria-label="{"passed" if self.ok else "failed"}">{"✓" if self.ok else "✗"}</span>'
        title = f"{mark} {escape(self._verdict())}"
        if self.ok:
            return f'<div role="status"><p>{title}</p>{notes}</div>'
        head = "".join(f'<th scope="col">{name}</th>' for name in ("law", "done", "expected", "got"))
        style = "text-align:left;vertical-align:top;white-space:pre-wrap;overflow-wrap:anywhere"
        rows = "".join(
            "<tr>"
            + f'<th scope="row" style="{style};font-weight:normal">{escape(fault.law)}</th>'
            + "".join(f'<td style="{style}">{escape(cell)}</td>' for cell in (fault.done, fault.expected, fault.came))
            + "</tr>"
            for fault in self.faults
        )
        table = f"<table><caption>{title}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        return f'<div role="status">{table}{notes}</div>'


class Findings:
    """Collects what a contract finds; of each law the first fault is kept, since the rest often follow from it."""

    def __init__(self, subject: str) -> None:
        self._subject = subject
        self._checks = 0
        self._faults: dict[str, Fault] = {}
        self._notes: list[str] = []

    def expect(self, law: str, done: str, expected: object, came: object) -> None:
        """Record a fault unless what came equals what was expected."""
        self.note(law, done, None if expected == came else (repr(expected), repr(came)))

    def note(self, law: str, done: str, difference: tuple[str, str] | None) -> None:
        """Count one check; a difference, if there is one, is what was expected and what came."""
        self._checks += 1
        if difference is not None:
            self._faults.setdefault(law, Fault(law, done, *difference))

    def count(self, checks: int) -> None:
        """Add checks that passed."""
        self._checks += checks

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The faults found so far."""
        return tuple(self._faults.values())

    def remark(self, note: str) -> None:
        """Add a note on what the report does not cover."""
        if note not in self._notes:
            self._notes.append(note)

    def remark_all(self, notes: Iterable[str]) -> None:
        """Add several notes."""
        for note in notes:
            self.remark(note)

    @contextmanager
    def trying(self, law: str, done: str) -> Iterator[None]:
        """Run the code under test; whatever it raises is a fault."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - the code under test may raise anything; it is reported
            self.note(law, done, ("no error", said(error)))

    def report(self) -> Report:
        """Return the report."""
        return Report(self._subject, self._checks, self.faults, tuple(self._notes))
