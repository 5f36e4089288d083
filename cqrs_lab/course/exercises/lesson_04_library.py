"""Exercise 04.2: a rule for the members of a library."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cqrs_lab.course.exercises.deciding import as_decider, expect, state_after


@dataclass(frozen=True)
class BorrowCopy:
    """A member asks to take a copy home, on this day."""

    copy: str
    today: date


@dataclass(frozen=True)
class ReturnCopy:
    """A member brings a copy back, on this day."""

    copy: str
    today: date


@dataclass(frozen=True)
class CopyBorrowed:
    """A copy is with the member."""

    copy: str


@dataclass(frozen=True)
class CopyReturned:
    """A copy is back."""

    copy: str


MONDAY, SUNDAY = date(2026, 1, 5), date(2026, 1, 4)
OTHER_OPEN_DAYS = [MONDAY + timedelta(days=number) for number in range(1, 6)]
# Arithmetic on the day of the month alone gets one of these wrong.
SUNDAYS = [SUNDAY, date(2025, 12, 28), date(2027, 2, 7), date(2028, 4, 30), date(1999, 8, 15), date(2024, 3, 3)]
OTHER_WEEKDAYS = [date(2027, 2, 6), date(2028, 5, 1), date(1999, 8, 18), date(2024, 2, 29), date(2031, 1, 3)]
FOUR = [CopyBorrowed(f"c{number}") for number in range(1, 5)]
NO_REFUSING = "She had these at home before there was a rule. May evolve refuse what has happened? Only decide may."
Case = tuple[list[Any], Any, list[Any] | None, str]


def rule(answer: Any) -> None:
    """Judge a decider for one member: at most three copies, and no borrowing on a Sunday."""
    decider = as_decider(answer)
    state_after(decider, [*FOUR, CopyReturned("c1")], NO_REFUSING)
    for history, command, expected, ask in (*_days(), *_limits(), *_no_news(), *_beyond()):
        done = f"sent {command!r} after {', '.join(map(repr, history)) or 'no events'}"
        expect(decider, state_after(decider, history, NO_REFUSING), done, command, expected, ask)


# History, command, decision (None for a refusal), and what is asked of another decision.


def _days() -> Iterable[Case]:
    borrowed, nothing = [CopyBorrowed("c1")], "She has nothing at home, and it is a Monday. What forbids it?"
    yield [], BorrowCopy("c1", MONDAY), borrowed, nothing
    for day in OTHER_OPEN_DAYS:
        number = f"That was a {day:%A}, and only Sundays are closed. Which number does your rule take for a Sunday?"
        yield [], BorrowCopy("c1", day), borrowed, number
    for day in SUNDAYS:
        clock = f"It was a Sunday when she asked, {day}. Which day did your rule look at? It comes with the command."
        yield [], BorrowCopy("c1", day), None, clock
    closed = "Only borrowing is closed on Sundays. Which commands does your rule ask for the day?"
    yield FOUR[:1], ReturnCopy("c1", SUNDAY), [CopyReturned("c1")], closed


def _limits() -> Iterable[Case]:
    third = "She has two at home. Is the third copy allowed, or only two?"
    yield FOUR[:2], BorrowCopy("c3", MONDAY), [CopyBorrowed("c3")], third
    elsewhere = "She has three at home. Where does your rule look: at the state, or at something else it can reach?"
    yield FOUR[:3], BorrowCopy("c4", MONDAY), None, elsewhere
    exactly = "She has four, from before there was a rule. Does yours refuse at exactly three, or from three on?"
    yield FOUR, BorrowCopy("c5", MONDAY), None, exactly
    unheard = "She brought one back. Does your state know? Only evolve can change it."
    yield [*FOUR[:3], CopyReturned("c2")], BorrowCopy("c4", MONDAY), [CopyBorrowed("c4")], unheard
    still = "She brought this very copy back, and asks for it again. Does your state still list it?"
    yield [*FOUR[:1], CopyReturned("c1")], BorrowCopy("c1", MONDAY), [CopyBorrowed("c1")], still
    fourth = "She had four at home, and the fourth counts like the others. Did your evolve leave it out?"
    yield [*FOUR, CopyReturned("c1")], BorrowCopy("c5", MONDAY), None, fourth
    yield FOUR, ReturnCopy("c4", MONDAY), [CopyReturned("c4")], fourth
    first = "She had four at home. Did your evolve drop the first of them when the fourth came?"
    yield FOUR, ReturnCopy("c1", MONDAY), [CopyReturned("c1")], first


def _no_news() -> Iterable[Case]:
    for history in (FOUR[:2], FOUR[:3], FOUR):
        already = (
            f"She has {len(history)} at home, and this is one of them. That is no error and no news: what should be "
            f"recorded?"
        )
        yield history, BorrowCopy("c2", MONDAY), [], already
    yield [], ReturnCopy("c9", MONDAY), [], "That copy is not with her. What has changed, that an event could say?"
    yield [*FOUR[:2], CopyReturned("c1")], ReturnCopy("c1", MONDAY), [], "It was back already. What has changed since?"


def _beyond() -> Iterable[Case]:
    borrowed = [CopyBorrowed("c1")]
    for day in OTHER_WEEKDAYS:
        another = f"{day} was a {day:%A}, and only Sundays are closed. How does your rule find the day of the week?"
        yield [], BorrowCopy("c1", day), borrowed, another
    more = [CopyBorrowed(f"d{number}") for number in range(1, 8)]
    seven = "She has seven, from before there was a rule. Does yours refuse at some numbers, or from three on?"
    yield more, BorrowCopy("c5", MONDAY), None, seven
    both = "She had four and brought two of them back. Which two has she, by your state?"
    yield [*FOUR, CopyReturned("c3"), CopyReturned("c2")], BorrowCopy("c2", MONDAY), [CopyBorrowed("c2")], both
    yield [*FOUR, CopyReturned("c3"), CopyReturned("c2")], ReturnCopy("c4", MONDAY), [CopyReturned("c4")], both
    yield [*FOUR, CopyReturned("c3"), CopyReturned("c2")], ReturnCopy("c1", MONDAY), [CopyReturned("c1")], both
    yield [*FOUR, CopyReturned("c3"), CopyReturned("c2")], ReturnCopy("c3", MONDAY), [], both
    alike = "She has c1, and asks for c10. How do you compare two copies?"
    yield FOUR[:1], BorrowCopy("c10", MONDAY), [CopyBorrowed("c10")], alike
    yield FOUR[:1], ReturnCopy("c", MONDAY), [], alike
    yield FOUR[:1], BorrowCopy("C1", MONDAY), [CopyBorrowed("C1")], alike
