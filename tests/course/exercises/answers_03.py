"""Answers to the exercises of lesson 3: right ones in several styles, and wrong ones with what each is told."""

from itertools import accumulate, islice

import cqrs_lab as lab
from cqrs_lab.course.exercises.lesson_03 import HalfStore
from cqrs_lab.course.exercises.lesson_03_further import Readable
from cqrs_lab.log.event_store import check_expected
from cqrs_lab.shop.events import StockAdjusted, StockReceived, StockReserved

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


WRONG_STORES = {
    "check skipped for a new stream": (SkipsNewStreams, "does not exist yet at version 0"),
    "stale version let through": (ChecksNewOnly, "What did the writer know when they decided"),
    "half-written batch": (HalfWritten, "half of it stands in the log"),
    "checks each event": (ChecksEachEvent, "compare before the first event only"),
    "published inside the append": (TellsInside, "the whole order, or the beginning of one"),
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


WRONG_PASTS = {
    "today's shelf": (today, "that is today's shelf"),
    "forgets adjustments": (received_only, "Which kind of event tells of that"),
    "too strict": (strictly_before, "too strict"),
    "reserved is gone": (without_reserved, "Did they leave the shelf"),
    "off by one": (lambda facts, moment: on_hand_at(facts, moment) + 1, "Which event do you count otherwise"),
    "changes the record": (lambda facts, moment: facts.clear(), "Nothing of that name is there"),
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


WRONG_LOWEST = {
    "the last balance": (lambda facts: sum(fact.pence for fact in facts), "That is the last balance"),
    "the largest withdrawal": (lambda facts: min(fact.pence for fact in facts), "the largest withdrawal"),
    "begins at 0": (lambda facts: min(accumulate((f.pence for f in facts), initial=0)), "Before the first event"),
    "the highest": (lambda facts: max(accumulate(fact.pence for fact in facts)), "Which is the lowest"),
    "empties the record": (lambda facts: facts.clear(), "Make a new value instead"),
}

# --- 03.4 and 03.5: whole stores --------------------------------------------------------------------------


class Shelf(Readable):
    """Right; each attribute brings one bug in."""

    skips_new = each_event = tells_inside = forgets_ids = one_count = False
    look_late = ids_anywhere = id_after_check = remembers_nothing = False

    def append(self, stream, events, *, expected, command_id=None):
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
        for number, event in enumerate(events, 1):
            if self.each_event:
                self.check(stream, expected)
            at = version + number if not self.one_count else self.head() + 1
            self.log.append(lab.RecordedEvent(stream, at, self.head() + 1, event, 0.0, command_id))
            if self.tells_inside:
                self.tell()
        if self.look_late:
            check_expected(stream, expected, version)
        self.receipts[key] = self.end_of(stream)
        if not self.tells_inside:
            self.tell()
        return self.end_of(stream)

    def tell(self):
        for listener in self.listeners:
            listener()


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


WRONG_MENDED = {
    "check skipped for a new stream": (with_bug(skips_new=True), "Why was nobody asked"),
    "half-written batch": (with_bug(each_event=True), "How often do you compare"),
    "published inside the append": (with_bug(tells_inside=True), "the whole commit, or a piece of it"),
    "looks when it is written": (with_bug(look_late=True), "something of it stands in the log"),
    "an instance": (Shelf(), "the class itself"),
}
WRONG_WHOLE = {
    "forgets ids": (with_bug(forgets_ids=True), "if it is there already"),
    "ids anywhere": (with_bug(ids_anywhere=True), "two things together"),
    "compares before it looks for the id": (with_bug(id_after_check=True), "name or expected"),
    "remembers nothing": (with_bug(remembers_nothing=True), "left no trace"),
    "one count": (with_bug(one_count=True), "Each stream counts its own"),
    "reads live": (ReadsLive, "What did the log hold when it asked"),
    "loses the first": (LosesTheFirst, "Which of the two readers loses it"),
    "looks when it is written": (with_bug(look_late=True), "When do you look"),
    "nothing at all": (type("Empty", (), {"append": lambda *all: None}), "raises, or is missing"),
}

RIGHT = {
    "03.1": [AllAtOnce, OneByOne],
    "03.2": [on_hand_at, by_match],
    "03.3": [lowest_balance, by_loop],
    "03.4": [Shelf, Commit],
    "03.5": [Shelf, FromNothing, lab.MemoryEventStore],
}
WRONG = {"03.1": WRONG_STORES, "03.2": WRONG_PASTS, "03.3": WRONG_LOWEST, "03.4": WRONG_MENDED, "03.5": WRONG_WHOLE}
