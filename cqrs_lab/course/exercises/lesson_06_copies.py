"""Exercises of lesson 6 about copies: when a kept answer is stale, and which copies of a balance are wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cqrs_lab.course.accept import as_items, as_plain
from cqrs_lab.course.exercises.cases import Case, Turn, judge_cases
from cqrs_lab.course.guard import NotYet, shown

AROUND = (0, 1, -1)
"""Where an answer that takes a position for a place in the list may begin or end: there, or one beside it."""
NO_INDEX = (
    "You take the position for a place in the list. Positions may be skipped, so what has position 9 need not be the "
    "ninth. Which ones have a {}?"
)

# --- 06.2 -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that was kept: the position it reflects, the streams it was made from, and when that was."""

    position: int
    streams: tuple[str, ...]
    at_seconds: float

    def __repr__(self) -> str:
        return f"Kept({self.position}, {self.streams}, {self.at_seconds})"


@dataclass(frozen=True, slots=True)
class Written:
    """An event in the log, without what it says."""

    position: int
    stream: str
    at_seconds: float

    # Short: in the message about an answer, a log with its last event cut off hides what the answer was wrong about.
    def __repr__(self) -> str:
        return f"Written({self.position}, {self.stream!r}, {self.at_seconds})"


def _log(*places: tuple[int, str], every: float = 10.0, start: float = 0.0) -> list[Written]:
    return [Written(position, stream, start + every * at) for at, (position, stream) in enumerate(places)]


ADA, BOTH, LATER = Kept(2, ("order-7",), 10.0), Kept(5, ("order-7", "order-9"), 40.0), Kept(40, ("order-7",), 5.0)
BY_OTHERS, EMPTY = Kept(3, ("order-7",), 25.0), Kept(0, ("order-7",), 0.0)
BEFORE = _log((1, "order-7"), (2, "order-7"))
OTHERS = [*BEFORE, *_log((3, "order-8"), (4, "order-12"), (5, "cart-7"), start=20.0)]
PAID = [*BEFORE, *_log((3, "order-8"), (4, "order-7"), start=20.0)]
MANY = _log(*((at, f"order-{at % 50 + 100}") for at in range(3, 400)), every=1.0, start=20.0)
ONE_OF_MANY = [*MANY[:99], Written(102, "order-7", 119.0), *MANY[100:]]
GAPS = "Positions may be skipped: this log has two events, at 40 and 90. What do you count?"
LAST = "There are hundreds of events, and perhaps one that concerns the answer. How many do you look at?"
STALE = (
    Case((ADA, BEFORE, 20.0), False, "The answer reflects position 2. Is anything newer in order-7?"),
    Case((ADA, BEFORE, 90_000.0), False, "Nothing was written to order-7 since. What has the clock to do with it?"),
    Case(
        (ADA, OTHERS, 60.0), False, "Three events are new, and none of them is of order-7. What in the answer changes?"
    ),
    Case((ADA, PAID, 60.0), True, "Position 4 is a new event of order-7. What does the answer know of it?"),
    Case(
        (ADA, [*BEFORE, Written(3, "order-7", 10.5)], 11.0), True, "order-7 has moved. What does the clock know of it?"
    ),
    Case((ADA, [*PAID, *_log((5, "order-8"), start=50.0)], 80.0), True, "Does the answer become right again?"),
    Case(
        (BOTH, [Written(6, "order-7", 50.0), Written(7, "cart-1", 51.0)], 60.0),
        True,
        "It was made from two streams, and one has moved. Do both have to?",
    ),
    Case((BOTH, [Written(6, "order-9", 50.0)], 60.0), True, "It was made from two streams. Which do you look at?"),
    Case((BOTH, [Written(6, "order-8", 50.0)], 60.0), False, "One new event, of another stream. What changes?"),
    Case((BY_OTHERS, OTHERS[:3], 60.0), False, "It reflects position 3, of order-8. What in order-7 is newer?"),
    Case((LATER, _log((40, "order-7"), (90, "order-8")), 20.0), False, GAPS),
    Case((LATER, _log((40, "order-8"), (90, "order-7")), 20.0), True, GAPS),
    Case(
        (ADA, [*BEFORE, Written(3, "order-70", 30.0), Written(4, "reorder-7", 31.0)], 40.0),
        False,
        "order-70 is not order-7. How do you compare the names of streams?",
    ),
    Case(
        (ADA, [*BEFORE, Written(3, "order-7", 4.0)], 60.0),
        True,
        "The clock was set back, and the event still has the greater position. Which of the two orders the log?",
    ),
    Case(
        (ADA, [Written(1, "order-7", 15.0), *BEFORE[1:]], 60.0),
        False,
        "This event was in the log before the answer was made; its clock ran fast. Which number orders the log?",
    ),
    Case((EMPTY, [], 60.0), False, "The log holds nothing yet. What can have moved?"),
    Case((EMPTY, [Written(1, "order-7", 0.0)], 0.0), True, "The answer is as of position 0. Does 1 come after that?"),
    Case((ADA, [*BEFORE, *MANY], 500.0), False, LAST),
    Case((ADA, [*BEFORE, *ONE_OF_MANY], 500.0), True, LAST),
)


def _new(kept: Kept, log: Iterable[Written]) -> list[str]:
    return [one.stream for one in log if one.position > kept.position]


def _from_place(offset: int) -> Callable[[Kept, Sequence[Written], float], bool]:
    return lambda kept, log, now: any(one.stream in kept.streams for one in log[kept.position + offset :])


STALE_TURNS: tuple[Turn, ...] = (
    (lambda kept, log, now: False, "Your answers never go stale. Ada pays order 7: what does her page say then?"),
    (lambda kept, log, now: True, "Then nothing is ever kept. Which answer could still be shown?"),
    (
        lambda kept, log, now: bool(_new(kept, log)),
        "Every write of anybody throws the answer away. What does Ben's cart have to do with order 7?",
    ),
    (
        lambda kept, log, now: any(stream not in kept.streams for stream in _new(kept, log)),
        "You throw it away when another stream is written. Which streams was it made from?",
    ),
    (
        lambda kept, log, now: any(one.stream in kept.streams for one in log),
        "The answer was made from events of these streams. Which of them has it not seen?",
    ),
    (
        lambda kept, log, now: any(one.stream in kept.streams and one.position >= kept.position for one in log),
        "The answer reflects its position: the event there is in it. Where does 'newer' begin?",
    ),
    (
        lambda kept, log, now: any(one.stream in kept.streams and one.at_seconds > kept.at_seconds for one in log),
        "You compare times. Clocks are set back, and run fast. Which number orders the log?",
    ),
    (
        lambda kept, log, now: bool(_new(kept, log)) and _new(kept, log)[-1] in kept.streams,
        "You look at the newest event alone. What if the one before it concerns the answer?",
    ),
    (
        lambda kept, log, now: len(log) > kept.position,
        "You count events. Positions may be skipped: what does the number of events say about one?",
    ),
    *((_from_place(offset), NO_INDEX.format("greater position")) for offset in AROUND),
)


def is_stale(answer: Any) -> None:
    """Judge a function of a kept answer, the log and the time: whether the answer is stale."""
    named = ("is_stale", "answer", "log", "now_seconds")
    judge_cases(answer, named, STALE, STALE_TURNS, _yes_or_no, "True or False", _by_age)


def _by_age(cases: Sequence[Case], results: Sequence[bool]) -> str:
    """Return what is asked where the age of an answer alone decides, or "" where it does not."""
    ages = [now - kept.at_seconds for kept, _, now in (one.given for one in cases)]
    old = [age for age, stale in zip(ages, results, strict=True) if stale]
    young = [age for age, stale in zip(ages, results, strict=True) if not stale]
    if not old or not young or min(old) <= max(young):
        return ""
    return "You go by the clock: old answers are stale, young ones are not. What changes an answer?"


def _yes_or_no(came: Any, done: str, *given: Any) -> bool:
    came = as_plain(came)
    if not isinstance(came, bool):
        ask = "Python would take that for a yes or a no, and the task asks for one. Return True or False."
        raise NotYet(done, shown(came), "True or False", ask)
    return came


# --- 06.3: a bank -----------------------------------------------------------------------------------------

Entries = Sequence[tuple[int, int]]
Balances = Mapping[str, tuple[int, int]]
ACCOUNT: Entries = [(1, 100), (2, -30), (5, 50), (9, -20)]
BEHIND: Balances = {"app": (9, 100), "branch": (5, 120), "letter": (2, 70)}
HUNDREDS: Entries = [(at * 3, at) for at in range(1, 301)]
FORTY: Balances = {f"c{at}": (at * 3, at * (at + 1) // 2) for at in range(1, 300, 7)}
MOST = "Copies agree, and are wrong. What do you compare them with?"
COPIES = (
    Case((ACCOUNT, BEHIND), [], "All three say what was so at their own position. Is a copy wrong if it is behind?"),
    Case(
        (ACCOUNT, {**BEHIND, "app": (9, 110)}),
        ["app"],
        "The app says 110 at position 9, and the amounts up to there make 100. Is that behind, or wrong?",
    ),
    Case(
        (ACCOUNT, {**BEHIND, "branch": (5, 100)}),
        ["branch"],
        "The branch says 100 at position 5. Did the account hold that then?",
    ),
    Case(
        (ACCOUNT, {"atm": (7, 120), "web": (8, 100)}),
        ["web"],
        "Positions 7 and 8 belong to another account. What did this one hold there?",
    ),
    Case((ACCOUNT, {"new": (0, 0), "old": (0, 100)}), ["old"], "Position 0 is before the first event. What was there?"),
    Case((ACCOUNT, {}), [], "There are no copies. How many of them are wrong?"),
    Case((ACCOUNT, {"app": (9, 99), "web": (9, 99), "atm": (9, 100)}), ["app", "web"], MOST),
    Case((ACCOUNT, {"app": (9, 120), "atm": (2, 100)}), ["app", "atm"], "It held 120 at position 5. And at 9?"),
    Case(
        (((3, -10), (4, -15)), {"app": (4, -25), "atm": (3, 10)}), ["atm"], "Both are withdrawals. What sign have they?"
    ),
    Case(([], {"app": (8, 0), "atm": (8, 5)}), ["atm"], "Nothing has happened on this account. How much is on it?"),
    Case((HUNDREDS, FORTY), [], "Each of these copies is right at its own place. How many amounts do you add up?"),
    Case((ACCOUNT, {f"c{at}": (9, at) for at in (98, 99, 100, 101)}), ["c101", "c98", "c99"], MOST),
)


def _names(came: Any, done: str, log: Entries, copies: Balances) -> list[str]:
    names = sorted({one if isinstance(one, str) else shown(one) for one in as_items(came, done, "names of copies")})
    if unknown := [one for one in names if one not in copies]:
        ask = "No copy has that name. What do you collect: the names, or what belongs to them?"
        raise NotYet(done, unknown[0], f"names among {', '.join(copies)}", ask)
    return names


def _held(log: Entries, upto: float) -> int:
    held = 0
    for position, amount in log:
        held += amount if position <= upto else 0
    return held


def _differ(copies: Balances, right: Callable[[int], int]) -> list[str]:
    return sorted(name for name, (position, balance) in copies.items() if balance != right(position))


def _most_common(copies: Balances) -> int:
    return Counter(balance for _, balance in copies.values()).most_common(1)[0][0] if copies else 0


def _newest(copies: Balances) -> int:
    return max(copies.values())[1] if copies else 0


def _upto_place(offset: int) -> Callable[[Entries, Balances], list[str]]:
    return lambda log, copies: _differ(copies, lambda at: sum(amount for _, amount in log[: at + offset]))


COPY_TURNS: tuple[Turn, ...] = (
    (lambda log, copies: [], "You find no copy wrong, ever. Which of them did the log never say?"),
    (
        lambda log, copies: sorted(copies),
        "You find every copy wrong. What did the account hold at each one's position?",
    ),
    (
        lambda log, copies: _differ(copies, lambda position: _held(log, float("inf"))),
        "You compare each copy with today's balance. Is a copy wrong because it is behind, and says so?",
    ),
    (
        lambda log, copies: _differ(copies, lambda position: _newest(copies)),
        "You compare each copy with the newest copy. Who says that this one is right?",
    ),
    (
        lambda log, copies: _differ(copies, lambda position: _most_common(copies)),
        "You let the copies vote. Two that share a mistake outvote the log: what does it say?",
    ),
    (
        lambda log, copies: _differ(copies, lambda position: _held(log, position - 1)),
        "You leave out the amount at the copy's own position. Does the copy reflect it?",
    ),
    (
        lambda log, copies: sorted(
            name for name, (at, _) in copies.items() if at < max((position for position, _ in log), default=0)
        ),
        "Those are the copies that are behind. Which of them say something that was never so?",
    ),
    (
        lambda log, copies: sorted(set(copies) - set(_differ(copies, lambda position: _held(log, position)))),
        "Those are the copies that are right. Which ones does the task ask for?",
    ),
    (
        lambda log, copies: _differ(copies, lambda position: sum(abs(one) for at, one in log if at <= position)),
        "You add up amounts without their sign. What does a withdrawal do to the balance?",
    ),
    (
        lambda log, copies: sorted(
            name for name, (_, balance) in copies.items() if balance not in {_held(log, at) for at, _ in [(0, 0), *log]}
        ),
        "You ask whether the account ever held that much. At which position does the copy say it did?",
    ),
    *((_upto_place(offset), NO_INDEX.format("smaller position, or the same")) for offset in AROUND),
)


def wrong_copies(answer: Any) -> None:
    """Judge a function of an account's log and copies of its balance: the names of the copies that are wrong."""
    judge_cases(answer, ("wrong_copies", "log", "copies"), COPIES, COPY_TURNS, _names, "the names of the wrong copies")
