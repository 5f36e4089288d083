"""Lesson 3's exercises: two styles of right answer pass, and every wrong one is met with its own sentence."""

from itertools import accumulate

import pytest

import cqrs_lab as lab
from cqrs_lab.course import check
from cqrs_lab.course.exercises.lesson_03 import HalfStore
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
    "changes the record": (lambda facts, moment: facts.clear(), "Which line of yours raises"),
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
RIGHT = [
    ("03.1", AllAtOnce),
    ("03.1", OneByOne),
    ("03.2", on_hand_at),
    ("03.2", by_match),
    ("03.3", lowest_balance),
    ("03.3", by_loop),
]
WRONG = [
    (key, name, *wrong)
    for key, table in (("03.1", WRONG_STORES), ("03.2", WRONG_PASTS), ("03.3", WRONG_LOWEST))
    for name, wrong in table.items()
]


@pytest.mark.parametrize(("key", "answer"), RIGHT)
def test_two_styles_of_right_answer_pass(key, answer):
    verdict = check(key, answer)
    assert verdict.passed, verdict


@pytest.mark.parametrize(("key", "name", "answer", "sentence"), WRONG, ids=[f"{one[0]} {one[1]}" for one in WRONG])
def test_a_wrong_answer_is_met_with_its_own_sentence(key, name, answer, sentence):
    verdict = check(key, answer)
    assert not verdict.passed and sentence in verdict.ask, verdict


@pytest.mark.parametrize("key", ["03.1", "03.2", "03.3"])
def test_no_two_wrong_answers_get_the_same_sentence(key):
    asked = [check(one, answer).ask for one, _, answer, _ in WRONG if one == key]
    assert len(set(asked)) == len(asked)
