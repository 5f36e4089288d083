"""Two people decide on one stream: their four moves in any order, really played on a store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from inspect import signature
from typing import Any, Literal, NamedTuple

from cqrs_lab.arguments import refuse
from cqrs_lab.errors import CommandRejected, ConcurrencyError, InvalidArgument, recording_errors, said
from cqrs_lab.log.guards.recordable import events_in
from cqrs_lab.show.doors import a_decider, function_of
from cqrs_lab.words import count
from cqrs_lab.write.decider import Decider

Act = Literal["load", "append"]
Kind = Literal["loaded", "recorded", "conflict", "refused", "failed"]
REFUSED = "the rules refuse"
MOST, MISSING = 9, -1
# Who acts when: 0 is the first person, 1 the second. Nobody can append before they have loaded.
ORDERS: tuple[tuple[tuple[int, Act], ...], ...] = (
    ((0, "load"), (0, "append"), (1, "load"), (1, "append")),
    ((0, "load"), (1, "load"), (0, "append"), (1, "append")),
    ((0, "load"), (1, "load"), (1, "append"), (0, "append")),
    ((1, "load"), (1, "append"), (0, "load"), (0, "append")),
    ((1, "load"), (0, "load"), (1, "append"), (0, "append")),
    ((1, "load"), (0, "load"), (0, "append"), (1, "append")),
)


def earlier(order: int, place: int) -> int | None:
    """Return the order in which the move at this place comes one earlier; None where it cannot."""
    moves = list(ORDERS[order])
    if place == 0 or moves[place - 1][0] == moves[place][0]:
        return None
    moves[place - 1 : place + 1] = moves[place], moves[place - 1]
    return ORDERS.index(tuple(moves))


class Moment(NamedTuple):
    """What one of the two did, and what came of it.

    Attributes
    ----------
    who, does, outcome : str
    version : int
        Of the stream, after it.
    left : int or None
        How many are left after it; None where the state does not say.
    refused : bool
    stale : bool
        Whether something was recorded that the rules would not have decided on the stream as it was by then.
    act : {"load", "append"}
    kind : {"loaded", "recorded", "conflict", "refused", "failed"}
    seen, found : int
        The version that was loaded, and that of the stream just before.
    events : tuple
        What was recorded.
    """

    who: str
    does: str
    outcome: str
    version: int
    left: int | None
    refused: bool
    stale: bool
    act: Act
    kind: Kind
    seen: int
    found: int
    events: tuple[object, ...] = ()


def promised(
    people: Sequence[str], left: Sequence[int | None], moments: Sequence[Moment]
) -> tuple[list[int], dict[str, list[int]]]:
    """Return the numbers of the things still there, and of those promised to each person, nine at most.

    `left` begins with how many there were at first. What was promised and is not there has the number `MISSING`.
    """
    there, held = list(range(min(max(left[0] or 0, 0), MOST))), {name: list[int]() for name in people}
    for one, before in zip(moments, left, strict=False):
        if one.left is None or before is None:
            continue
        for taken in range(min(before - one.left, MOST)):
            is_there = before - taken > 0
            held[one.who].append((there.pop() if there else MOST + taken) if is_there else MISSING)
        if one.left > before:
            there = list(range(min(max(one.left, 0), MOST)))
    return there, held


class Rules(NamedTuple):
    """The rules of a stream, how their errors begin, and how many are left in a state."""

    decider: Decider[Any, Any, Any]
    named: str
    asked: str
    left: Callable[[Any], int | None]

    def decided(self, command: object, state: Any) -> list[object] | str:
        """Return the events that the rules decide on, or why there are none."""
        stopped: dict[str, str] = {}
        with recording_errors(stopped, "decide", f"{self.named} failed"):
            try:
                given = self.decider.decide(command, state)
            except CommandRejected as refusal:
                return f"{REFUSED}: {refusal}"
        if stopped:
            return stopped["decide"]
        return events_in(given, f"{self.named} for {type(command).__name__}", self.asked)


def rules_of(decider: Any, left: Any = None) -> Rules:
    """Return rules from a decider, or from a function of a command and the list of events that were loaded."""
    if left is not None:
        function_of("left", left, 1, "a function of the state; let it return how many are left")
    if isinstance(decider, type) or hasattr(decider, "decide") or not callable(decider):
        return Rules(a_decider(decider), "decide", "return", _counted(left or _number))
    wanted = "a decider; give one, or a function of a command and a list of events: def rule(command, facts)"
    rule = function_of("decider", decider, 2, wanted)
    facts: Decider[Any, Any, Any] = Decider(
        (), lambda command, facts: rule(command, list(facts)), lambda facts, event: (*facts, event)
    )
    counted = _counted(left or _number)
    return Rules(facts, "your rule", "let it return", lambda facts: counted(list(facts)))


def _number(state: Any) -> int | None:
    found = getattr(state, "available", state)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _counted(left: Callable[[Any], Any]) -> Callable[[Any], int | None]:
    """Return the function, so that whatever is wrong with it is said in a sentence."""

    def counted(state: Any) -> int | None:
        wanted = "let it return how many are left"
        try:
            found = left(state)
        except Exception as error:
            raise InvalidArgument(f"left raised {said(error)}; {wanted}, for every state") from error
        if found is None or (isinstance(found, int) and not isinstance(found, bool)):
            return found
        raise refuse("left(…)", found, f"a whole number; {wanted}")

    return counted


@dataclass(slots=True)
class TwoWriters:
    """One run on a store of its own.

    Attributes
    ----------
    checks : bool
        Whether each append names the version that was loaded. Otherwise it names the latest, whatever that is.
    now : list of events
        The stream, as it was when it was last read.
    broken : str
        Why nothing could be played, or "".
    """

    rules: Rules
    stream: str
    store: Any
    checks: bool
    now: list[object] = field(default_factory=list)
    loaded: dict[str, tuple[Any, int]] = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=list)
    broken: str = ""

    def begin(self, history: Sequence[object]) -> int | None:
        """Record what happened before; return how many are left then."""
        stopped: dict[str, str] = {}
        with recording_errors(stopped, "history", "the store failed at what happened before"):
            if history:
                self._write(list(history), 0)
            self._look()
        if not stopped and self.now != list(history):
            lost = f"{count(len(history), 'event')} appended, {len(self.now)} read back as they were"
            stopped["history"] = f"the store does not keep what happened before: {lost}"
        self.broken = stopped.get("history", "")
        return None if self.broken else self._left()

    def play(self, people: Sequence[str], commands: Sequence[object], order: int) -> None:
        """Make the four moves, and those that a conflict adds."""
        if self.broken:
            return
        for at, act in ORDERS[order]:
            if act == "load":
                self.load(people[at])
            else:
                self.append(people[at], commands[at])

    def load(self, who: str) -> None:
        """Read the stream and fold it: what this person knows from now on."""
        stopped: dict[str, str] = {}
        with recording_errors(stopped, who, "the fold failed"):
            self._look()
            self.loaded[who] = self.rules.decider.fold(self.now), len(self.now)
        if stopped:
            self.loaded.pop(who, None)
            self._note(who, "load", "loads", stopped[who], "failed")
        else:
            self._note(who, "load", "loads", f"version {len(self.now)}", "loaded", seen=len(self.now))

    def append(self, who: str, command: object, tries: int = 2) -> None:
        """Decide on what was loaded, and append; after a first conflict load and decide again."""
        if who not in self.loaded:
            self._note(who, "append", "decides", "nothing was loaded", "failed")
            return
        state, seen = self.loaded[who]
        events, found = self.rules.decided(command, state), len(self.now)
        if isinstance(events, str):
            kind: Kind = "refused" if events.startswith(REFUSED) else "failed"
            self._note(who, "append", "decides", events, kind, seen=seen)
            return
        stale = found != seen and self._would_differ(command, events)
        does = f"appends {', '.join(type(event).__name__ for event in events) or 'nothing'}"
        outcome, kind = self._recorded(events, seen if self.checks else found)
        known = {"events": tuple(events), "stale": stale} if kind == "recorded" else {}
        self._note(who, "append", does, outcome, kind, seen=seen, found=found, **known)
        if kind == "conflict" and tries > 1:
            self.load(who)
            self.append(who, command, tries - 1)

    def _recorded(self, events: list[object], expected: int) -> tuple[str, Kind]:
        """Append, and return what came of it."""
        stopped: dict[str, str] = {}
        found = len(self.now)
        with recording_errors(stopped, "append", "the store failed"):
            try:
                self._write(events, expected)
            except ConcurrencyError as conflict:
                return f"the store refuses: expected version {expected}, found {conflict.actual}", "conflict"
            self._look()
        if stopped:
            return stopped["append"], "failed"
        if (kept := len(self.now) - found) != len(events):
            return f"the store takes {count(len(events), 'event')}, and has recorded {kept}", "failed"
        if not self.checks:
            return "nobody checks the version: accepted", "recorded"
        if expected != found:
            return f"expected version {expected}, found {found}, and the store accepts it", "recorded"
        return f"expected version {expected}: accepted", "recorded"

    def _write(self, events: list[object], expected: int) -> None:
        """Append; the learner's own method may have other names for its arguments."""
        if "expected" in signature(self.store.append).parameters:
            self.store.append(self.stream, events, expected=expected)
        else:
            self.store.append(self.stream, events, expected)

    def _look(self) -> None:
        self.now = [recorded.event for recorded in self.store.read_stream(self.stream)]

    def _would_differ(self, command: object, events: list[object]) -> bool:
        """Return whether the rules would decide otherwise on the stream as it is now."""
        stopped: dict[str, str] = {}
        again: list[object] | str = events
        with recording_errors(stopped, "again", "the rules failed"):
            again = self.rules.decided(command, self.rules.decider.fold(self.now))
        return again != events

    def _left(self) -> int | None:
        stopped: dict[str, str] = {}
        state: Any = None
        with recording_errors(stopped, "fold", "the fold failed"):
            state = self.rules.decider.fold(self.now)
        return None if stopped else self.rules.left(state)

    def _note(self, who: str, act: Act, does: str, outcome: str, kind: Kind, **known: Any) -> None:
        version, refused = len(self.now), kind in ("conflict", "refused", "failed")
        values = {"stale": False, "seen": 0, "found": version} | known
        self.moments.append(Moment(who, does, outcome, version, self._left(), refused, act=act, kind=kind, **values))
