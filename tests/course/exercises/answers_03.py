"""Answers to the exercises of lesson 3: right ones in several styles, and wrong ones with what each is told."""

import sqlite3
import threading
from collections import Counter
from functools import reduce, singledispatch
from itertools import accumulate, count, islice, repeat

import numpy as np
import pandas as pd

import cqrs_lab as lab
from cqrs_lab.course.exercises.lesson_03 import HalfStore
from cqrs_lab.course.exercises.lesson_03_further import Readable
from cqrs_lab.log.event_store import check_expected
from cqrs_lab.shop import write
from cqrs_lab.shop.events import StockAdjusted, StockReceived, StockReleased, StockReserved

# --- 03.1 -------------------------------------------------------------------------------------------------


class AllAtOnce(HalfStore):
    def append(self, stream, events, expected):
        found, head = self.version(stream), len(self.log)
        if found != expected:
            raise lab.ConcurrencyError(stream, expected, found)
        new = [(head + at, stream, found + at, event) for at, event in enumerate(events, 1)]
        self.log.extend(new)
        for tell in self.listeners:
            tell(new)


class OneByOne(HalfStore):
    def append(self, stream, events, expected):
        version = self.version(stream)
        if expected != version:
            raise lab.ConcurrencyError(stream, expected, version)
        first = len(self.log)
        for event in events:
            version += 1
            self.log.append((len(self.log) + 1, stream, version, event))
        [tell(self.log[first:]) for tell in self.listeners]


class Rebinds(HalfStore):
    def append(self, stream, events, expected):
        if (found := self.version(stream)) != expected:
            raise lab.ConcurrencyError(stream=stream, expected=expected, actual=found)
        numbered = zip(count(len(self.log) + 1), repeat(stream), count(found + 1), events)  # noqa: B905 - two never end
        new = list(numbered)
        self.log = self.log + new
        any(listener(new) for listener in self.listeners)


class TakesBack(HalfStore):
    """Records first, and takes it back if the writer knew less."""

    def append(self, stream, events, expected):
        found, before = self.version(stream), list(self.log)
        self.log += [(len(before) + at, stream, found + at, event) for at, event in enumerate(events, start=1)]
        if found != expected:
            self.log[:] = before
            raise lab.ConcurrencyError(stream, expected, found)
        for listener in self.listeners:
            listener(tuple(self.log[len(before) :]))


class KeepsCounts(HalfStore):
    def __init__(self):
        super().__init__()
        self.versions, self.position = Counter(), 0

    def version(self, stream):
        return self.versions[stream]

    def append(self, stream, events, expected):
        self._check(stream, expected)
        entries = [self._entry(stream, event) for event in events]
        self.log.extend(entries)
        self._tell(entries)

    def _check(self, stream, expected):
        if self.versions[stream] == expected:
            return
        raise lab.ConcurrencyError(stream, expected, self.versions[stream])

    def _entry(self, stream, event):
        self.versions[stream] += 1
        self.position += 1
        return [self.position, stream, self.versions[stream], event]

    def _tell(self, entries):
        list(map(lambda listener: listener(entries), self.listeners))


class ComparesEachTime(HalfStore):
    def append(self, stream, events, expected):
        new = []
        for at, event in enumerate(events):
            found = self.version(stream) + len(new)
            if found != expected + at:
                raise lab.ConcurrencyError(stream, expected, found)
            new.append((len(self.log) + len(new) + 1, stream, found + 1, event))
        self.log.extend(new)
        for listener in list(self.listeners):
            listener(list(new))


class SkipsNewStreams(HalfStore):
    def append(self, stream, events, expected):
        found = self.version(stream)
        if found and found != expected:
            raise lab.ConcurrencyError(stream, expected, found)
        AllAtOnce.append(self, stream, events, found)


class ChecksNothing(HalfStore):
    def append(self, stream, events, expected):
        AllAtOnce.append(self, stream, events, self.version(stream))


class ChecksNewOnly(HalfStore):
    def append(self, stream, events, expected):
        found = self.version(stream)
        if not found and expected:
            raise lab.ConcurrencyError(stream, expected, found)
        AllAtOnce.append(self, stream, events, found)


class HalfWritten(HalfStore):
    def append(self, stream, events, expected):
        found = self.version(stream)
        AllAtOnce.append(self, stream, events[:1], found)
        if found != expected:
            raise lab.ConcurrencyError(stream, expected, found)
        AllAtOnce.append(self, stream, events[1:], found + 1)


class ChecksEachEvent(HalfStore):
    def append(self, stream, events, expected):
        for event in events:
            AllAtOnce.append(self, stream, [event], expected)


class TellsInside(HalfStore):
    def append(self, stream, events, expected):
        found = self.version(stream)
        if found != expected:
            raise lab.ConcurrencyError(stream, expected, found)
        for event in events:
            AllAtOnce.append(self, stream, [event], self.version(stream))


class TellsNobody(HalfStore):
    def append(self, stream, events, expected):
        told, self.listeners = self.listeners, []
        AllAtOnce.append(self, stream, events, expected)
        self.listeners = told


class TellsOfConflicts(HalfStore):
    def append(self, stream, events, expected):
        if self.version(stream) != expected:
            for tell in self.listeners:
                tell([])
        AllAtOnce.append(self, stream, events, expected)


class OneCountForAll(HalfStore):
    def append(self, stream, events, expected):
        if self.version(stream) != expected:
            raise lab.ConcurrencyError(stream, expected, self.version(stream))
        self.log.extend(
            (len(self.log) + at, stream, len(self.log) + at, event) for at, event in enumerate(list(events), 1)
        )


class TellsTheFirst(HalfStore):
    def append(self, stream, events, expected):
        others, self.listeners = self.listeners[1:], self.listeners[:1]
        AllAtOnce.append(self, stream, events, expected)
        self.listeners += others


class TellsOnce(HalfStore):
    """Throws the listeners away with the first news."""

    def append(self, stream, events, expected):
        AllAtOnce.append(self, stream, events, expected)
        self.listeners = []


class Tells(HalfStore):
    """Right but for what it tells, and when."""

    def append(self, stream, events, expected):
        listeners, self.listeners = self.listeners, []
        try:
            AllAtOnce.append(self, stream, events, expected)
        finally:
            self.listeners = listeners
        self.tell(self.log[-len(events) :])


class TellsThree(Tells):
    def tell(self, new):
        for listener in self.listeners[:3]:
            listener(new)


class SharesItsLog(AllAtOnce):
    """Keeps one list for all stores."""

    log = []

    def __init__(self):
        self.listeners = []


class EmptiesTheList(HalfStore):
    def append(self, stream, events, expected):
        AllAtOnce.append(self, stream, events, expected)
        events.clear()


class Sorts(HalfStore):
    def append(self, stream, events, expected):
        AllAtOnce.append(self, stream, sorted(events), expected)


class ComparesObjects(HalfStore):
    def append(self, stream, events, expected):
        if self.version(stream) is not expected:
            raise lab.ConcurrencyError(stream, expected, self.version(stream))
        AllAtOnce.append(self, stream, events, expected)


class LockedHalf(OneByOne):
    def __init__(self):
        super().__init__()
        self.lock = threading.RLock()

    def append(self, stream, events, expected):
        with self.lock:
            super().append(stream, events, expected)


class TellsEventsOnly(Tells):
    def tell(self, new):
        for listener in self.listeners:
            listener([entry[3] for entry in new])


class TellsTheWholeLog(Tells):
    def tell(self, new):
        for listener in self.listeners:
            listener(self.log)


class TellsOneByOne(Tells):
    def tell(self, new):
        for entry in new:
            for listener in self.listeners:
                listener([entry])


class TellsNothingNew(Tells):
    def tell(self, new):
        for listener in self.listeners:
            listener()


class TellsApart(Tells):
    def tell(self, new):
        for listener in self.listeners:
            listener(*new)


class TellsTwice(Tells):
    def tell(self, new):
        for listener in self.listeners * 2:
            listener(new)


class TellsAGenerator(Tells):
    def tell(self, new):
        entries = (entry for entry in new)
        for listener in self.listeners:
            listener(entries)


class TellsBefore(HalfStore):
    def append(self, stream, events, expected):
        found, head = self.version(stream), len(self.log)
        if found != expected:
            raise lab.ConcurrencyError(stream, expected, found)
        new = [(head + at, stream, found + at, event) for at, event in enumerate(events, 1)]
        for tell in self.listeners:
            tell(new)
        self.log.extend(new)


class OneDirection(HalfStore):
    def append(self, stream, events, expected):
        found = self.version(stream)
        if found > expected or (found == 0 and expected):
            raise lab.ConcurrencyError(stream, expected, found)
        AllAtOnce.append(self, stream, events, found)


class OtherDirection(HalfStore):
    def append(self, stream, events, expected):
        if self.version(stream) < expected:
            raise lab.ConcurrencyError(stream, expected, self.version(stream))
        AllAtOnce.append(self, stream, events, self.version(stream))


class SkipsZero(HalfStore):
    def append(self, stream, events, expected):
        if expected and expected != self.version(stream):
            raise lab.ConcurrencyError(stream, expected, self.version(stream))
        AllAtOnce.append(self, stream, events, self.version(stream))


class Swaps(HalfStore):
    def append(self, stream, events, expected):
        if self.version(stream) != expected:
            raise lab.ConcurrencyError(stream, self.version(stream), expected)
        AllAtOnce.append(self, stream, events, expected)


class RaisesItsOwn(HalfStore):
    def append(self, stream, events, expected):
        if self.version(stream) != expected:
            raise ValueError("a conflict")
        AllAtOnce.append(self, stream, events, expected)


class RefusesInSilence(HalfStore):
    def append(self, stream, events, expected):
        if self.version(stream) == expected:
            AllAtOnce.append(self, stream, events, expected)
        return self.version(stream)


class CountsTheLog(HalfStore):
    def append(self, stream, events, expected):
        found = len(self.log)
        if found != expected:
            raise lab.ConcurrencyError(stream, expected, found)
        AllAtOnce.append(self, stream, events, self.version(stream))


class ExpectsTheNext(HalfStore):
    def append(self, stream, events, expected):
        if self.version(stream) + 1 != expected:
            raise lab.ConcurrencyError(stream, expected, self.version(stream))
        AllAtOnce.append(self, stream, events, self.version(stream))


class FromZero(HalfStore):
    def append(self, stream, events, expected):
        if self.version(stream) != expected:
            raise lab.ConcurrencyError(stream, expected, self.version(stream))
        self.log.extend((len(self.log) + at, stream, expected + at, event) for at, event in enumerate(list(events)))


class OnlyTheFirst(HalfStore):
    def append(self, stream, events, expected):
        AllAtOnce.append(self, stream, events[:1], expected)


class OnlyTheBatch(HalfStore):
    """One entry for all events of an append."""

    def append(self, stream, events, expected):
        AllAtOnce.append(self, stream, [tuple(events)], expected)


class StreamFirst(HalfStore):
    def append(self, stream, events, expected):
        start = sum(entry[0] == stream for entry in self.log)
        if start != expected:
            raise lab.ConcurrencyError(stream, expected, start)
        self.log += [(stream, len(self.log) + at, start + at, event) for at, event in enumerate(events, 1)]


class Mistyped(HalfStore):
    def append(self, stream, events, expected):
        if self.versoin(stream) != expected:
            raise lab.ConcurrencyError(stream, expected, 0)


WRONG_STORES = {
    "only the first is told": (TellsTheFirst, "How many do you call, and every time"),
    "events without their places": (TellsEventsOnly, "They got the events alone"),
    "the whole log is told": (TellsTheWholeLog, "What in it is new"),
    "told one by one": (TellsOneByOne, "How often does a listener want to hear of it"),
    "told without the news": (TellsNothingNew, "What is handed to a listener"),
    "compares in one direction": (OneDirection, "in one direction only"),
    "0 is no version": (SkipsZero, "Is the check left out where expected is 0"),
    "the error's numbers swapped": (Swaps, "are your three in this order"),
    "an error of its own": (RaisesItsOwn, "waits for a ConcurrencyError"),
    "refuses in silence": (RefusesInSilence, "How do they learn that they have to load again"),
    "the whole log's count": (CountsTheLog, "of this stream, or of the whole log"),
    "expects the next": (ExpectsTheNext, "Which two numbers do you compare"),
    "counts from 0": (FromZero, "From which number do you count"),
    "only the first event": (OnlyTheFirst, "Which of the events are in the log"),
    "the fields in another order": (StreamFirst, "Are all four there, in this order"),
    "check skipped for a new stream": (SkipsNewStreams, "does not exist yet at version 0"),
    "stale version let through": (ChecksNewOnly, "What did the writer know when they decided"),
    "half-written batch": (HalfWritten, "part of it is in the log"),
    "checks each event": (ChecksEachEvent, "Do you compare before the first event only"),
    "published inside the append": (TellsInside, "the whole order, or only the beginning"),
    "nobody told": (TellsNobody, "Who tells the projectors"),
    "told of a conflict": (TellsOfConflicts, "What is there to tell"),
    "one count for all": (OneCountForAll, "Which number counts the whole log"),
    "an instance": (AllAtOnce(), "the class itself"),
    "records nothing": (type("Empty", (HalfStore,), {"append": lambda *arguments: None}), "Where do the events go"),
}

# --- 03.2 -------------------------------------------------------------------------------------------------


def on_hand_at(facts, moment):
    came = sum(one.quantity for one in facts if isinstance(one, StockReceived) and one.received_at <= moment)
    return came + sum(one.quantity for one in facts if isinstance(one, StockAdjusted) and one.adjusted_at <= moment)


def by_match(facts, moment):
    level = 0
    for fact in facts:
        match fact:
            case StockReceived(_, quantity, at) | StockAdjusted(_, quantity, _, _, at) if at <= moment:
                level += quantity
    return level


def by_dict(facts, moment):
    when = {StockReceived: "received_at", StockAdjusted: "adjusted_at"}
    return sum(fact.quantity * (getattr(fact, when[type(fact)]) <= moment) for fact in facts if type(fact) in when)


def by_frame(facts, moment):
    moved = [(fact.received_at, fact.quantity) for fact in facts if isinstance(fact, StockReceived)]
    moved += [(fact.adjusted_at, fact.quantity) for fact in facts if isinstance(fact, StockAdjusted)]
    frame = pd.DataFrame(moved, columns=["at", "quantity"]).astype({"at": "datetime64[ns]", "quantity": "int64"})
    return frame.loc[frame["at"] <= moment, "quantity"].sum()


def by_attribute(facts, moment):
    times = (getattr(fact, "received_at", None) or getattr(fact, "adjusted_at", None) for fact in facts)
    return float(sum(fact.quantity for fact, at in zip(facts, times, strict=True) if at and not at > moment))


def by_decider(facts, moment):
    return write.stock.fold(fact for fact in facts if _time(fact) <= moment).on_hand


def _time(fact):
    return next(getattr(fact, name) for name in fact.__slots__ if name.endswith("_at"))


def by_recursion(facts, moment):
    if not facts:
        return 0
    first, *rest = facts
    moves = isinstance(first, StockReceived | StockAdjusted) and _time(first) <= moment
    return (first.quantity if moves else 0) + by_recursion(rest, moment)


@singledispatch
def moved_by(fact, moment):
    return 0


@moved_by.register
def _(fact: StockReceived, moment):
    return fact.quantity if fact.received_at <= moment else 0


@moved_by.register
def _(fact: StockAdjusted, moment):
    return fact.quantity if moment >= fact.adjusted_at else 0


def by_dispatch(facts, moment):
    return np.sum([moved_by(fact, moment) for fact in facts], dtype="int64")


def today(facts, moment):
    return sum(one.quantity for one in facts if not isinstance(one, StockReserved))


def received_only(facts, moment):
    return sum(one.quantity for one in facts if isinstance(one, StockReceived) and one.received_at <= moment)


def strictly_before(facts, moment):
    came = sum(one.quantity for one in facts if isinstance(one, StockReceived) and one.received_at < moment)
    return came + sum(one.quantity for one in facts if isinstance(one, StockAdjusted) and one.adjusted_at < moment)


def without_reserved(facts, moment):
    held = sum(one.quantity for one in facts if isinstance(one, StockReserved) and one.reserved_at <= moment)
    return on_hand_at(facts, moment) - held


def to_the(**left_out):
    """Compare times without a part of them."""

    def answer(facts, moment):
        cut = [(_time(fact).replace(**left_out), fact) for fact in facts if isinstance(fact, MOVES)]
        return sum(fact.quantity for at, fact in cut if at <= moment.replace(**left_out))

    return answer


def each_quantity_once(facts, moment):
    return sum({fact.quantity for fact in up_to(facts, moment) if isinstance(fact, MOVES)})


def no_gifts(facts, moment):
    return sum(
        fact.quantity
        for fact in up_to(facts, moment)
        if isinstance(fact, MOVES) and getattr(fact, "reason", "broken") in ("broken", "found")
    )


def up_to(facts, moment):
    return [fact for fact in facts if _time(fact) <= moment]


MOVES = StockReceived | StockAdjusted
WRONG_PASTS = {
    "leaves out the last fact": (lambda facts, moment: on_hand_at(list(facts)[:-1], moment), "Do you stop before it"),
    "today's shelf": (today, "whose day is that"),
    "forgets adjustments": (received_only, "and one was found again"),
    "forgets deliveries": (
        lambda facts, moment: on_hand_at(facts, moment) - received_only(facts, moment),
        "thirty more",
    ),
    "too strict": (strictly_before, "too strict"),
    "compares days": (lambda facts, moment: on_hand_at(facts, moment.replace(hour=23)), "days, or moments"),
    "reserved is gone": (without_reserved, "Did they leave the shelf"),
    "reserved is gone, released is back": (
        lambda facts, moment: (
            without_reserved(facts, moment)
            + sum(one.quantity for one in up_to(facts, moment) if isinstance(one, StockReleased))
        ),
        "Did any of them leave the shelf",
    ),
    "whatever has a quantity": (
        lambda facts, moment: sum(one.quantity for one in up_to(facts, moment)),
        "Which of all these events move a cup",
    ),
    "all but what is reserved": (
        lambda facts, moment: sum(one.quantity for one in up_to(facts, moment) if not isinstance(one, StockReserved)),
        "Which two kinds move one",
    ),
    "takes the minus off": (
        lambda facts, moment: 2 * received_only(facts, moment) - on_hand_at(facts, moment),
        "Do you subtract it a second time",
    ),
    "loses the minus": (
        lambda facts, moment: sum(abs(one.quantity) for one in up_to(facts, moment) if isinstance(one, MOVES)),
        "Where did you lose the minus",
    ),
    "counts events": (
        lambda facts, moment: sum(isinstance(one, MOVES) for one in up_to(facts, moment)),
        "how many events there were",
    ),
    "the last move": (
        lambda facts, moment: [0, *(one.quantity for one in up_to(facts, moment) if isinstance(one, MOVES))][-1],
        "what the last event moved",
    ),
    "off by one": (lambda facts, moment: on_hand_at(facts, moment) + 1, "Which event do you count differently"),
    "nothing without facts": (
        lambda facts, moment: on_hand_at(facts, moment) if facts else None,
        "Is there a return, on every path",
    ),
    "one without facts": (lambda facts, moment: on_hand_at(facts, moment) if facts else 1, "How many cups are on its"),
    "changes the record": (lambda facts, moment: facts.clear(), "Make a new value instead"),
}

# --- 03.3 -------------------------------------------------------------------------------------------------


def lowest_balance(facts):
    return min(accumulate(fact.pence for fact in facts))


def by_loop(facts):
    balance, lowest = 0, float("inf")
    for fact in facts:
        balance += fact.pence
        lowest = min(lowest, balance)
    return lowest


def by_numpy(facts):
    return np.cumsum([fact.pence for fact in facts]).min()


def by_pandas(facts):
    return pd.Series([fact.pence for fact in facts]).cumsum().min()


def by_slices(facts):
    return min(sum(fact.pence for fact in facts[:end]) for end in range(1, len(facts) + 1))


def by_recursion_too(facts):
    *before, last = facts
    balance = sum(fact.pence for fact in facts)
    return min(balance, by_recursion_too(before)) if before else last.pence


def by_sorting(facts):
    balances = []
    for fact in facts:
        balances.append(fact.pence + (balances[-1] if balances else 0))
    return sorted(balances)[0]


def by_reduce(facts):
    def step(state, fact):
        balance = state[0] + fact.pence
        return balance, balance if state[1] is None else min(balance, state[1])

    return float(reduce(step, facts, (0, None))[1])


def balances(facts):
    return list(accumulate(fact.pence for fact in facts))


WRONG_LOWEST = {
    "the last balance": (lambda facts: sum(fact.pence for fact in facts), "That is the last balance"),
    "the largest withdrawal": (lambda facts: min(fact.pence for fact in facts), "the largest withdrawal, not"),
    "begins at 0": (lambda facts: min(accumulate((f.pence for f in facts), initial=0)), "Before the first event"),
    "the highest": (lambda facts: max(balances(facts)), "That is the highest balance"),
    "without the last event": (lambda facts: min(balances(facts[:-1] or facts)), "before the last event"),
    "without the first event": (lambda facts: min(balances(facts)[1:] or balances(facts)), "after the second event"),
    "never below zero": (lambda facts: max(0, min(balances(facts))), "Where do you cut the balance off"),
    "without the minus": (lambda facts: min(map(abs, balances(facts))), "lower than one of 100"),
    "adds what was withdrawn": (lambda facts: min(accumulate(abs(f.pence) for f in facts)), "add it all the same"),
    "which event": (lambda facts: balances(facts).index(min(balances(facts))), "the number of the event"),
    "after the largest withdrawal": (
        lambda facts: balances(facts)[min(range(len(facts)), key=lambda at: facts[at].pence)],
        "Can several small ones lead lower",
    ),
    "sorted": (lambda facts: min(accumulate(sorted(f.pence for f in facts))), "In which order did they happen"),
    "the average": (lambda facts: sum(balances(facts)) / len(facts), "Write the balance down"),
    "empties the record": (lambda facts: facts.clear(), "Make a new value instead"),
}

# --- 03.4 and 03.5: whole stores --------------------------------------------------------------------------


class Shelf(Readable):
    """Right; each attribute brings one bug in."""

    skips_new = each_event = tells_inside = forgets_ids = one_count = False
    look_late = ids_anywhere = id_after_check = remembers_nothing = False
    tells_first = tells_twice = tells_nobody = forgets_listeners = loses_events = False
    no_stream_is_any = exists_is_any = any_is_zero = no_receipt = counts_from_zero = same_position = False

    def append(self, stream, events, *, expected, command_id=None):
        receipt = self.record(stream, events, expected, command_id)
        return None if self.no_receipt else receipt

    def record(self, stream, events, expected, command_id):
        key = command_id if self.ids_anywhere else (stream, command_id)
        known = None if self.forgets_ids or command_id is None else self.receipts.get(key)
        version = self.stream_version(stream)
        if self.id_after_check and events:
            self.check(stream, expected)
        if not events or known:
            if self.remembers_nothing and not events:
                self.receipts.setdefault(key, self.end_of(stream))
            return known or self.end_of(stream)
        if not self.look_late and not self.each_event and (version or not self.skips_new):
            self.check(stream, expected)
        if self.loses_events:
            events = events[:-1] or events
        for number, event in enumerate(events, 1):
            if self.each_event:
                self.check(stream, expected)
            at = version + number if not self.one_count else self.head() + 1
            at, position = at - self.counts_from_zero, version + number if self.same_position else self.head() + 1
            self.log.append(lab.RecordedEvent(stream, at, position, event, 0.0, command_id))
            if self.tells_inside:
                self.tell()
        if self.look_late:
            check_expected(stream, expected, version)
        self.receipts[key] = self.end_of(stream)
        if not self.tells_inside and not self.tells_nobody:
            self.tell()
        return self.end_of(stream)

    def check(self, stream, expected):
        lenient = (self.no_stream_is_any, lab.Expected.NO_STREAM), (self.exists_is_any, lab.Expected.STREAM_EXISTS)
        if (True, expected) in lenient:
            return
        super().check(stream, 0 if self.any_is_zero and expected is lab.Expected.ANY else expected)

    def tell(self):
        for listener in self.listeners[:1] if self.tells_first else self.listeners * (1 + self.tells_twice):
            listener()
        if self.forgets_listeners:
            self.listeners.clear()


class Locked(Shelf):
    """Takes a lock for what it appends; nobody asked for one, and it does no harm."""

    def __init__(self):
        super().__init__()
        self.lock = threading.RLock()

    def append(self, stream, events, *, expected, command_id=None):
        with self.lock:
            return super().append(stream, events, expected=expected, command_id=command_id)


class TellsThreeProjectors(Shelf):
    def tell(self):
        for listener in self.listeners[:3]:
            listener()


class TellsWhere(Shelf):
    def tell(self):
        for listener in self.listeners:
            listener(self.head())


class CountsUp(Shelf):
    def append(self, stream, events, *, expected, command_id=None):
        receipt = super().append(stream, events, expected=expected, command_id=command_id)
        expected += len(events)
        return receipt


def with_bug(**bugs):
    return type("Shelf", (Shelf,), bugs)


class FromNothing:
    """Another style: lists per stream, and no base class."""

    def __init__(self):
        self.streams, self.everything, self.ids = {}, [], {}

    def append(self, stream, events, *, expected, command_id=None):
        own = self.streams.get(stream, [])
        if events and command_id is not None and (stream, command_id) in self.ids:
            return self.ids[stream, command_id]
        if events:
            check_expected(stream, expected, len(own))
            first, head = len(own) + 1, len(self.everything) + 1
            new = [
                lab.RecordedEvent(stream, first + at, head + at, event, 0.0, command_id)
                for at, event in enumerate(events)
            ]
            own = self.streams[stream] = own + new
            self.everything = self.everything + new
        receipt = lab.Appended(stream, len(own), own[-1].position if own else 0)
        return self.ids.setdefault((stream, command_id), receipt) if events and command_id else receipt

    def read_stream(self, stream, *, after=0, limit=None):
        return iter(self.streams.get(stream, [])[after:][:limit])

    def read_all(self, *, after=0, limit=None):
        return iter(self.everything[after:][:limit])

    def stream_version(self, stream):
        return len(self.streams.get(stream, []))

    def head(self):
        return len(self.everything)


class ReadsLive(Shelf):
    def read_all(self, *, after=0, limit=None):
        return islice((one for one in self.log if one.position > after), limit)


class LosesTheFirst(Shelf):
    def read_all(self, *, after=0, limit=None):
        return iter([one for one in self.log if one.position > after + (after > 0)][:limit])


class Commit(Readable):
    def append(self, stream, events, *, expected, command_id=None):
        if events and (stream, command_id) not in self.receipts:
            self.check(stream, expected)
            at, head = self.stream_version(stream), self.head()
            numbers = range(1, len(events) + 1)
            self.log += [
                lab.RecordedEvent(stream, at + n, head + n, event, 0.0, command_id)
                for n, event in zip(numbers, events, strict=True)
            ]
            if command_id:
                self.receipts[stream, command_id] = self.end_of(stream)
            [listener() for listener in self.listeners]
        return self.receipts.get((stream, command_id)) if events and command_id else self.end_of(stream)


class TakesBackAll(Readable):
    """Records and compares event by event, and takes all of it back if one does not fit."""

    def append(self, stream, events, *, expected, command_id=None):
        if not events:
            return self.end_of(stream)
        if (stream, command_id) in self.receipts:
            return self.receipts[stream, command_id]
        before = self.log.copy()
        try:
            self.check(stream, expected)
            for event in events:
                self.log += [
                    lab.RecordedEvent(
                        stream=stream,
                        version=self.stream_version(stream) + 1,
                        position=self.head() + 1,
                        event=event,
                        recorded_at=0.0,
                        command_id=command_id,
                    )
                ]
        except lab.ConcurrencyError:
            self.log = before
            raise
        return self.done(stream, command_id)

    def done(self, stream, command_id):
        receipt = self.end_of(stream)
        if command_id is not None:
            self.receipts.update({(stream, command_id): receipt})
        [listener() for listener in self.listeners]
        return receipt


class Small(Readable):
    def append(self, stream, events, *, expected, command_id=None):
        known = events and self.receipts.get((stream, command_id))
        return known or (self.new(stream, events, expected, command_id) if events else self.end_of(stream))

    def new(self, stream, events, expected, command_id):
        self.check(stream, expected)
        numbers = zip(count(self.stream_version(stream) + 1), count(self.head() + 1), events)  # noqa: B905
        self.log = [*self.log, *(lab.RecordedEvent(stream, v, p, e, 0.0, command_id) for v, p, e in numbers)]
        receipt = self.end_of(stream)
        if command_id:
            self.receipts[stream, command_id] = receipt
        any(listener() for listener in self.listeners)
        return receipt


class LooksInTheLog(Readable):
    """Keeps no receipts: a command id is found in the log."""

    def append(self, stream, events, *, expected, command_id=None):
        mine = [one for one in self.log if one.stream == stream]
        same = [one for one in mine if command_id is not None and one.command_id == command_id]
        if events and same:
            return lab.Appended(stream, same[-1].version, same[-1].position)
        if events:
            self.check(stream, expected)
            self.log.extend(
                [
                    lab.RecordedEvent(stream, len(mine) + at, len(self.log) + at, event, 0.0, command_id)
                    for at, event in enumerate(events, 1)
                ]
            )
            for at in range(len(self.listeners)):
                self.listeners[at]()
        return self.end_of(stream)


class InSqlite:
    def __init__(self):
        self.db = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.db.execute("CREATE TABLE log (position INTEGER PRIMARY KEY, stream, version, event, id)")
        self.objects = {}

    def append(self, stream, events, *, expected, command_id=None):
        ask = "SELECT version, position FROM log WHERE stream = ? AND id = ? ORDER BY position DESC LIMIT 1"
        known = self.db.execute(ask, (stream, command_id)).fetchone()
        if events and known:
            return lab.Appended(stream, *known)
        version = self.stream_version(stream)
        if events:
            check_expected(stream, expected, version)
            head = self.head()
            for at, event in enumerate(events, 1):
                self.objects[head + at] = event
            rows = [(head + at, stream, version + at, "", command_id) for at in range(1, len(events) + 1)]
            self.db.executemany("INSERT INTO log VALUES (?, ?, ?, ?, ?)", rows)
        last = self.db.execute("SELECT max(position) FROM log WHERE stream = ?", (stream,)).fetchone()[0]
        return lab.Appended(stream, self.stream_version(stream), last or 0)

    def _rows(self, where, values, limit):
        query = f"SELECT stream, version, position, id FROM log WHERE {where} ORDER BY position LIMIT ?"
        rows = self.db.execute(query, (*values, -1 if limit is None else limit)).fetchall()
        for stream, version, position, command_id in rows:
            yield lab.RecordedEvent(stream, version, position, self.objects[position], 0.0, command_id)

    def read_stream(self, stream, *, after=0, limit=None):
        return iter(list(self._rows("stream = ? AND version > ?", (stream, after), limit)))

    def read_all(self, *, after=0, limit=None):
        return iter(list(self._rows("position > ?", (after,), limit)))

    def stream_version(self, stream):
        return self.db.execute("SELECT count(*) FROM log WHERE stream = ?", (stream,)).fetchone()[0]

    def head(self):
        return self.db.execute("SELECT count(*) FROM log").fetchone()[0]


class InOneTuple:
    """Nothing is ever changed: each append makes another tuple of commits."""

    commits = ()

    def _all(self):
        return [one for commit in self.commits for one in commit]

    def append(self, stream, events, *, expected, command_id=None):
        for commit in self.commits if events and command_id is not None else ():
            if (commit[0].stream, commit[0].command_id) == (stream, command_id):
                return lab.Appended(stream, commit[-1].version, commit[-1].position)
        version, head = self.stream_version(stream), self.head()
        if events:
            wrong = {
                lab.Expected.ANY: False,
                lab.Expected.NO_STREAM: version > 0,
                lab.Expected.STREAM_EXISTS: version == 0,
            }
            if wrong.get(expected, expected != version):
                raise lab.ConcurrencyError(stream, expected, version)
            numbered = [(version + at, head + at, event) for at, event in enumerate(events, 1)]
            commit = tuple(lab.RecordedEvent(stream, v, p, event, 0.0, command_id) for v, p, event in numbered)
            self.commits = (*self.commits, commit)
            return lab.Appended(stream, commit[-1].version, commit[-1].position)
        own = list(self.read_stream(stream))
        return lab.Appended(stream, version, own[-1].position if own else 0)

    def read_stream(self, stream, *, after=0, limit=None):
        return islice([one for one in self._all() if one.stream == stream and one.version > after], limit)

    def read_all(self, *, after=0, limit=None):
        return islice([one for one in self._all() if one.position > after], limit)

    def stream_version(self, stream):
        return len([one for one in self._all() if one.stream == stream])

    def head(self):
        return len(self._all())


class TellsAlways(Shelf):
    tells_nobody = True

    def append(self, stream, events, *, expected, command_id=None):
        try:
            return super().append(stream, events, expected=expected, command_id=command_id)
        finally:
            self.tell()


class NoReaders:
    def append(self, stream, events, *, expected, command_id=None):
        return lab.Appended(stream, 1, 1)

    def head(self):
        return 1


class KeepsBareEvents(FromNothing):
    def read_all(self, *, after=0, limit=None):
        return iter([one.event for one in self.everything][after:][:limit])


class ForgetsLimit(FromNothing):
    def read_stream(self, stream, *, after=0, limit=None):
        return iter(self.streams.get(stream, [])[after:])


class FromAfter(FromNothing):
    def read_all(self, *, after=0, limit=None):
        return iter([one for one in self.everything if one.position >= after][:limit])


class CountsAllStreams(FromNothing):
    def stream_version(self, stream):
        return len(self.everything)


class ByPrefix(FromNothing):
    def read_stream(self, stream, *, after=0, limit=None):
        return iter([one for one in self.everything if one.stream.startswith(stream) and one.version > after][:limit])


class HeadIsNext(FromNothing):
    def head(self):
        return len(self.everything) + 1


class NoLimitAtZero(FromNothing):
    def read_all(self, *, after=0, limit=None):
        return iter(self.everything[after:][: limit or None])


class BeginsAgain(FromNothing):
    def read_all(self, *, after=0, limit=None):
        return iter((self.everything[after:] or self.everything)[:limit])


class ReadsNothing(FromNothing):
    """Forgets the return."""

    def read_stream(self, stream, *, after=0, limit=None):
        iter(self.streams.get(stream, [])[after:][:limit])


WRONG_MENDED = {
    "check skipped for a new stream": (with_bug(skips_new=True), "were never there"),
    "half-written batch": (with_bug(each_event=True), "How often do you compare"),
    "published inside the append": (with_bug(tells_inside=True), "the whole commit, or a piece of it"),
    "looks when it is written": (with_bug(look_late=True), "part of it is in the log"),
    "an instance": (Shelf(), "the class itself"),
    "only the first is told": (with_bug(tells_first=True), "How many do you call, and how often"),
    "nobody is told": (with_bug(tells_nobody=True), "Who tells the projectors"),
    "told of what was refused": (TellsAlways, "What is there to tell"),
    "forgets the listeners": (with_bug(forgets_listeners=True), "What happened to the list of listeners"),
    "loses events": (with_bug(loses_events=True), "Where did the others go"),
    "forgets ids": (with_bug(forgets_ids=True), "whether it is there already"),
    "compares before it looks for the id": (with_bug(id_after_check=True), "id or expected"),
}
WRONG_WHOLE = {
    "forgets ids": (with_bug(forgets_ids=True), "whether it is there already"),
    "ids anywhere": (with_bug(ids_anywhere=True), "two things together"),
    "compares before it looks for the id": (with_bug(id_after_check=True), "id or expected"),
    "remembers nothing": (with_bug(remembers_nothing=True), "left no trace"),
    "one count": (with_bug(one_count=True), "Each stream counts its own"),
    "a position in each stream": (with_bug(same_position=True), "Which number comes after the last one"),
    "reads live": (ReadsLive, "What did the log hold when it asked"),
    "loses the first": (LosesTheFirst, "Which of the two readers is wrong"),
    "looks when it is written": (with_bug(look_late=True), "When do you compare"),
    "new streams unchecked": (with_bug(skips_new=True), "were never there"),
    "any stream is no stream": (with_bug(no_stream_is_any=True), "Who compares, and with what"),
    "no receipt": (with_bug(no_receipt=True), "waits for a receipt"),
    "bare events": (KeepsBareEvents, "What do you keep, and what do you return"),
    "0 is no limit": (NoLimitAtZero, "0 events are none"),
    "no readers": (NoReaders, "Write a first line for each"),
}
ALSO_WRONG = {
    "03.1": [
        (None, "in place of what it holds"),
        (AllAtOnce.append, "the class itself"),
        (HalfStore, "the class itself"),
        (type("NoVersion", (HalfStore,), {"append": lambda self, stream, events: None}), "Which arguments does"),
        (TellsApart, "What is handed to a listener"),
        (TellsAGenerator, "What is handed to a listener"),
        (TellsTwice, "How often does a listener want to hear of it"),
        (TellsBefore, "the whole order, or only the beginning"),
        (TellsOnce, "What happened to the list of listeners"),
        (OtherDirection, "What did the writer know when they decided"),
        (ChecksNothing, "What did the writer know when they decided"),
        (OnlyTheBatch, "one for each event"),
        (TellsThree, "How many do you call"),
        (SharesItsLog, "made once, in the class"),
        (EmptiesTheList, "Can you leave it as it is"),
        (Sorts, "Try that line alone"),
        (ComparesObjects, "with `is`, or with `==`"),
    ],
    "03.2": [
        (lambda facts, moment: 0, "whose day is that"),
        (lambda facts, moment: on_hand_at(facts, moment) > 0, "That is a yes or a no"),
        (lambda facts, moment: float("nan"), "not finite"),
        (lambda facts, moment: None, "Is there a return"),
        (lambda facts, moment: 41, "whose day is that"),
        (lambda facts, moment: str(on_hand_at(facts, moment)), "That is not a number"),
        (lambda facts, moment: write.stock.fold(up_to(facts, moment)).available, "Did any of them leave the shelf"),
        (lambda facts, moment: on_hand_at(facts, moment.replace(hour=0)), "too strict"),
        *[
            (to_the(**left_out), "Which of them do you not compare")
            for left_out in (
                {"microsecond": 0},
                {"second": 0, "microsecond": 0},
                {"minute": 0, "second": 0, "microsecond": 0},
                {"year": 2000},
                {"month": 1},
            )
        ],
        (lambda facts, moment: on_hand_at(facts, moment.replace(microsecond=0)), "Which of them do you not compare"),
        (each_quantity_once, "do both of them count"),
        (no_gifts, "Which event do you count differently"),
        (lambda facts, moment: max([0, *(one.quantity for one in up_to(facts, moment))]), "Add up by hand"),
    ],
    "03.3": [
        (lambda facts: balances(facts)[-1], "That is the last balance"),
        (lambda facts: None, "Is there a return"),
        (lambda facts: min(0, min(balances(facts))), "Before the first event"),
        (lambda facts: balances(facts), "That is not a number"),
        (lambda facts: str(min(balances(facts))), "That is not a number"),
        (lambda facts: min([1_000, *balances(facts)]), "Write the balance down"),
        (lambda facts: 20, "Write the balance down"),
        *[
            (lambda facts, read=read: read(balances(facts)), "Write the balance down")
            for read in (
                lambda found: min([10**9, *found]),
                lambda found: max(-1_000, min(found)),
                lambda found: round(min(found), -1),
                lambda found: min(found[:100]),
                lambda found: min([one for one in found if one] or [0]),
                lambda found: next((one for one in found if one < 0), min(found)),
                lambda found: float(np.float32(min(found))),
            )
        ],
        (lambda facts: min(accumulate({fact.pence: 0 for fact in facts})), "Write the balance down"),
        (lambda facts: min(balances(facts)) / 100, "That is in pounds"),
        (lambda facts: min(balances(facts)[:-1], default=facts[0].pence), "before the last event"),
    ],
    "03.4": [
        (None, "in place of what it holds"),
        (with_bug(tells_twice=True), "How many do you call, and how often"),
        (with_bug(skips_new=True, each_event=True), "How often do you compare"),
        (with_bug(skips_new=True, tells_inside=True), "were never there"),
        (with_bug(each_event=True, tells_inside=True), "How often do you compare"),
        (with_bug(one_count=True), "Each stream counts its own"),
        (with_bug(ids_anywhere=True), "two things together"),
        (with_bug(remembers_nothing=True), "left no trace"),
        (with_bug(counts_from_zero=True), "Each stream counts its own"),
        (TellsThreeProjectors, "How many do you call, and how often"),
        (TellsWhere, "With which arguments does the task call it"),
        (CountsUp, "Try that line alone"),
    ],
    "03.5": [
        (None, "in place of what it holds"),
        (FromNothing(), "the class itself"),
        (type("Empty", (), {"append": lambda *all, **named: None}), "Write a first line for each"),
        (BeginsAgain, "Nothing comes after the end"),
        (ForgetsLimit, "Which of the two readers is wrong"),
        (FromAfter, "Which of the two readers is wrong"),
        (ByPrefix, "How do you compare a name"),
        (CountsAllStreams, "Each stream counts its own"),
        (HeadIsNext, ""),
        (type("NoId", (Shelf,), {"append": lambda self, stream, events, expected: None}), "Which arguments does"),
        (ReadsNothing, "What do you keep, and what do you return"),
        (with_bug(exists_is_any=True), "Is that version 0, or any version"),
        (with_bug(any_is_zero=True), ""),
        (with_bug(counts_from_zero=True), "begin at 1: do yours"),
        (with_bug(loses_events=True), ""),
    ],
}

RIGHT = {
    "03.1": [AllAtOnce, OneByOne, Rebinds, TakesBack, KeepsCounts, ComparesEachTime, LockedHalf],
    "03.2": [on_hand_at, by_match, by_dict, by_frame, by_attribute, by_decider, by_recursion, by_dispatch],
    "03.3": [
        lowest_balance,
        by_loop,
        by_numpy,
        by_pandas,
        by_slices,
        by_recursion_too,
        by_sorting,
        by_reduce,
    ],
    "03.4": [Shelf, Locked, Commit, TakesBackAll, Small, LooksInTheLog, type("Mine", (Small,), {})],
    "03.5": [Shelf, FromNothing, lab.MemoryEventStore, InSqlite, InOneTuple, LooksInTheLog],
}
WRONG = {"03.1": WRONG_STORES, "03.2": WRONG_PASTS, "03.3": WRONG_LOWEST, "03.4": WRONG_MENDED, "03.5": WRONG_WHOLE}
