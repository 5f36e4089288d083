"""A right store in thirty lines, and stores that each break one law, by the law that they break."""

from __future__ import annotations

import fnmatch
import json
import threading
import time
import unicodedata
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile

import cqrs_lab as lab
from cqrs_lab.log import contract
from cqrs_lab.log.guards.command_id import CommandId
from cqrs_lab.log.slice import EventSlice, Sealed


class ThirtyLines:
    """A store as a learner might write it: right, if slow; each planted store below spoils one thing."""

    def __init__(self) -> None:
        self.log: list[lab.RecordedEvent] = []
        self.lock = threading.RLock()

    def stream_version(self, stream):
        return len(self.of(stream))

    def of(self, stream):
        return [one for one in self.log if one.stream == stream]

    def head(self):
        return self.log[-1].position if self.log else 0

    def check(self, stream, expected, actual):
        wrong = {lab.Expected.NO_STREAM: actual > 0, lab.Expected.STREAM_EXISTS: actual == 0, lab.Expected.ANY: False}
        if wrong.get(expected, actual != expected):
            raise lab.ConcurrencyError(stream, expected, actual)

    def append(self, stream, events, *, expected, command_id=None):
        with self.lock:
            own = self.of(stream)
            first = [one for one in own if command_id and one.command_id == command_id]
            if events and not first:
                self.check(stream, expected, len(own))
                self.record(stream, events, command_id)
                own = self.of(stream)
            last = (first or own or [None])[-1]
            return lab.Appended(stream, last.version if last else 0, last.position if last else 0)

    def record(self, stream, events, command_id):
        new, version, position = [], self.stream_version(stream), self.head()
        for k, event in enumerate(events, 1):
            new.append(lab.RecordedEvent(stream, version + k, position + k, event, 0.0, command_id))
        self.log = self.log + new  # one assignment: readers see the whole commit or none of it

    def read_stream(self, stream, *, after=0, limit=None) -> Iterator[lab.RecordedEvent]:
        return iter([one for one in self.of(stream) if one.version > after][:limit])

    def read_all(self, *, after=0, limit=None):
        return iter([one for one in self.log if one.position > after][:limit])


class Traces(ThirtyLines):
    """A right store that also keeps what led to a commit."""

    def append(self, stream, events, *, expected, command_id=None, caused_by=None, metadata=()):
        with self.lock:
            self.why = caused_by, dict(metadata)
            return super().append(stream, events, expected=expected, command_id=command_id)

    def record(self, stream, events, command_id):
        (caused_by, noted), version, position = self.why, self.stream_version(stream), self.head()
        self.log = self.log + self.traced([
            lab.RecordedEvent(stream, version + k, position + k, event, 0.0, command_id, caused_by, noted)
            for k, event in enumerate(events, 1)
        ])

    def traced(self, new):
        return new


class TracesNothing(Traces):
    def traced(self, new):
        return [replace(one, caused_by=None, metadata={}) for one in new]


class TracesTheFirstEventAlone(Traces):
    def traced(self, new):
        return [new[0], *(replace(one, caused_by=None) for one in new[1:])]


class TracesTextThatIsCut(Traces):
    def traced(self, new):
        return [replace(one, caused_by=one.caused_by and one.caused_by.split(",")[0]) for one in new]


class TracesWithoutEmptyNotes(Traces):
    def traced(self, new):
        return [replace(one, metadata={name: note for name, note in one.metadata.items() if note}) for one in new]


class TracesWhatCameLast(Traces):
    def traced(self, new):
        self.before, now = {**getattr(self, "before", {}), **new[0].metadata}, new
        return [replace(one, metadata=self.before) for one in now]


class Slices(ThirtyLines):
    """A right store that also hands out slices."""

    def read_slice(self, *, after, limit=None):
        return EventSlice(self.read_all(after=after, limit=limit), after)


class SlicesSkipAnEvent(Slices):
    def read_slice(self, *, after, limit=None):
        return EventSlice(self.read_all(after=after + 1, limit=limit), after)


class SlicesRepeatAnEvent(Slices):
    def read_slice(self, *, after, limit=None):
        return EventSlice(self.read_all(after=after, limit=limit), after, max(after + 1, self.head() - 1))


class SlicesWithoutLimit(Slices):
    def read_slice(self, *, after, limit=None):
        return super().read_slice(after=after)


class SlicesThatStandStill(Slices):
    def read_slice(self, *, after, limit=None):
        return EventSlice([], after)


class SlicesThatAreLists(Slices):
    def read_slice(self, *, after, limit=None):
        return list(self.read_all(after=after, limit=limit))


class SlicesThatGrow(Slices):
    def read_slice(self, *, after, limit=None):
        store = self

        class Growing(EventSlice):
            def __iter__(self):
                return store.read_all(after=after, limit=limit)

        return Growing(self.read_all(after=after, limit=limit), after)


class SlicesBeyondTheEnd(Slices):
    def read_slice(self, *, after, limit=None):
        found = list(self.read_all(after=after, limit=limit))
        return EventSlice(found, after, self.head() + 100 if limit and len(found) < limit else None)


class SlicesSealedAlike(Slices):
    sealed = Sealed()

    def read_slice(self, *, after, limit=None):
        return EventSlice(self.read_all(after=after, limit=limit), after, sealed=self.sealed)


class SlicesSealedByANumber(Slices):
    def read_slice(self, *, after, limit=None):
        return EventSlice(self.read_all(after=after, limit=limit), after, sealed=(after, limit))


class SlicesOfAllTypes(Slices):
    def read_slice(self, *, after, limit=None):
        whole = super().read_slice(after=after, limit=limit)
        whole.of = lambda event_type: list(whole)
        return whole


class SlicesInWrongParts(Slices):
    def read_slice(self, *, after, limit=None):
        whole = super().read_slice(after=after, limit=limit)
        whole.part = lambda start, stop: EventSlice(list(whole)[start:stop], after, whole.upto)
        return whole


class Bulk(ThirtyLines):
    """A right store that also records appends together."""

    def together(self, work):
        with self.lock:
            before = self.log
            try:
                return work()
            except BaseException:
                self.log = before
                raise


class TogetherKeepsWhatFailed(Bulk):
    def together(self, work):
        return work()


class TogetherSwallowsTheError(Bulk):
    def together(self, work):
        with suppress(Exception):
            return super().together(work)


class TogetherReturnsNothing(Bulk):
    def together(self, work):
        super().together(work)


class TogetherRecordsNothing(Bulk):
    def together(self, work):
        before = self.log
        result, self.log = work(), before
        return result


class TogetherDoesTheWorkTwice(Bulk):
    def together(self, work):
        super().together(work)
        return super().together(work)


class SaysAgainAlways(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        return replace(super().append(stream, events, expected=expected, command_id=command_id), again=True)


class SaysAgainNever(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        return replace(super().append(stream, events, expected=expected, command_id=command_id), again=False)


class SaysAgainWhenNothingIsAppended(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        before = self.head()
        receipt = super().append(stream, events, expected=expected, command_id=command_id)
        return replace(receipt, again=self.head() == before)


class SkipsCheckOnNewStream(ThirtyLines):
    def check(self, stream, expected, actual):
        if actual:
            super().check(stream, expected, actual)


class NeverChecks(ThirtyLines):
    def check(self, stream, expected, actual):
        pass


class AcceptsAnOlderVersion(ThirtyLines):
    def check(self, stream, expected, actual):
        if not (isinstance(expected, int) and 0 < expected < actual):
            super().check(stream, expected, actual)


class IgnoresNoStream(ThirtyLines):
    def check(self, stream, expected, actual):
        if expected is not lab.Expected.NO_STREAM:
            super().check(stream, expected, actual)


class HalfWrittenOnConflict(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        try:
            return super().append(stream, events, expected=expected, command_id=command_id)
        except lab.ConcurrencyError:
            self.record(stream, events[:1], command_id)
            raise


class WrongErrorAttributes(ThirtyLines):
    def check(self, stream, expected, actual):
        try:
            super().check(stream, expected, actual)
        except lab.ConcurrencyError as error:
            raise lab.ConcurrencyError(stream, actual, expected) from error


class ReusesPositions(ThirtyLines):
    def record(self, stream, events, command_id):
        for event in events:
            version = self.stream_version(stream) + 1
            self.log = [*self.log, lab.RecordedEvent(stream, version, version, event, 0.0, command_id)]


class OnePositionPerCommit(ThirtyLines):
    def record(self, stream, events, command_id):
        version, position = self.stream_version(stream), self.head() + 1
        self.log = self.log + [
            lab.RecordedEvent(stream, version + k, position, event, 0.0, command_id)
            for k, event in enumerate(events, 1)
        ]


class AppearsLate(ThirtyLines):
    """Hands out positions at once, but publishes every fifth commit only after the one that follows it."""

    def __init__(self):
        super().__init__()
        self.commits, self.hidden = 0, []

    def record(self, stream, events, command_id):
        seen, everything = self.log, sorted(self.log + self.hidden, key=lambda one: one.position)
        self.log = everything
        super().record(stream, events, command_id)
        self.commits += 1
        new = self.log[len(everything) :]
        if self.commits % 5 == 0:
            self.log, self.hidden = everything, new
        elif self.commits % 5 == 1:
            self.log = seen + new
        else:
            self.hidden = []

    def of(self, stream):
        return [one for one in self.log + self.hidden if one.stream == stream]

    def head(self):
        return max((one.position for one in self.log + self.hidden), default=0)


class ShowsUncommitted(ThirtyLines):
    """Writes first, then checks, then takes back: a reader in between sees what never happened."""

    def check(self, stream, expected, actual):
        try:
            super().check(stream, expected, actual)
        except lab.ConcurrencyError:
            before = self.log
            self.record(stream, [contract.Happened(1, "refused"), contract.Happened(2, "refused")], None)
            threading.Event().wait(0.001)
            self.log = before
            raise


class PublishesInsideTheLoop(ThirtyLines):
    def record(self, stream, events, command_id):
        for event in events:
            super().record(stream, [event], command_id)
            threading.Event().wait(0.0001)


class LosesUpdatesUnderThreads(ThirtyLines):
    def record(self, stream, events, command_id):
        before = self.log
        threading.Event().wait(0.0001)
        new, version, position = [], self.stream_version(stream), self.head()
        for k, event in enumerate(events, 1):
            new.append(lab.RecordedEvent(stream, version + k, position + k, event, 0.0, command_id))
        self.log = before + new

    def append(self, *args, **kwargs):
        self.lock = threading.RLock()  # a lock of one's own guards nothing
        return super().append(*args, **kwargs)


class RecordsDuplicates(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        with self.lock:
            receipt = super().append(stream, [], expected=expected)
            if not events:
                return receipt
            self.check(stream, expected, receipt.version)
            self.record(stream, events, command_id)
            return super().append(stream, [], expected=0)


class LooksAtExpectedFirst(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        if events:
            self.check(stream, expected, self.stream_version(stream))
        return super().append(stream, events, expected=expected, command_id=command_id)


class DuplicateGetsTheLatestReceipt(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        super().append(stream, events, expected=expected, command_id=command_id)
        return super().append(stream, [], expected=expected)


class IdsAcrossStreams(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        if command_id and events and any(one.command_id == command_id for one in self.log):
            events = []
        return super().append(stream, events, expected=expected, command_id=command_id)


class RemembersEmptyCommands(ThirtyLines):
    def __init__(self):
        super().__init__()
        self.empty = set()

    def append(self, stream, events, *, expected, command_id=None):
        if not events:
            self.empty.add((stream, command_id))
        elif command_id and (stream, command_id) in self.empty:
            events = []
        return super().append(stream, events, expected=expected, command_id=command_id)


class ChecksWhenNothingIsAppended(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        if not events:
            self.check(stream, expected, self.stream_version(stream))
        return super().append(stream, events, expected=expected, command_id=command_id)


class MatchesStreamsByPrefix(ThirtyLines):
    def read_stream(self, stream, *, after=0, limit=None):
        return iter([one for one in self.log if one.stream.startswith(stream) and one.version > after][:limit])


class ReadsBeyondTheCall(ThirtyLines):
    def read_all(self, *, after=0, limit=None):
        count = 0
        while rest := [one for one in self.log if one.position > after]:
            if count == limit:
                return
            after, count = rest[0].position, count + 1
            yield rest[0]


class AfterIsInclusive(ThirtyLines):
    def read_all(self, *, after=0, limit=None):
        return iter([one for one in self.log if one.position >= after][:limit])


class LimitIsIgnored(ThirtyLines):
    def read_all(self, *, after=0, limit=None):
        return super().read_all(after=after)


class VersionsFromZero(ThirtyLines):
    def record(self, stream, events, command_id):
        position, version = self.head(), len(self.of(stream))
        self.log = self.log + [
            lab.RecordedEvent(stream, version + k, position + k + 1, event, 0.0, command_id)
            for k, event in enumerate(events)
        ]


class ForgetsIdsOnRestart(ThirtyLines):
    pass


def forget_ids(store):
    again = ForgetsIdsOnRestart()
    again.log = [
        lab.RecordedEvent(one.stream, one.version, one.position, one.event, one.recorded_at) for one in store.log
    ]
    return again


# --- the review's, and more ---------------------------------------------------------------------------------


class ComparesBeforeTheLock(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        known = command_id and any(one.command_id == command_id for one in self.of(stream))
        if events and not known:
            self.check(stream, expected, self.stream_version(stream))
            expected = lab.Expected.ANY
        return super().append(stream, events, expected=expected, command_id=command_id)


class LooksForTheIdBeforeTheLock(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        if not events or (command_id and any(one.command_id == command_id for one in self.of(stream))):
            return super().append(stream, events, expected=expected, command_id=command_id)
        with self.lock:
            self.check(stream, expected, len(self.of(stream)))
            self.record(stream, events, command_id)
            return super().append(stream, [], expected=0)


class SlowToPublish(ThirtyLines):
    """Hands out positions under the lock and publishes after it: another commit overtakes this one."""

    def __init__(self):
        super().__init__()
        self.next = 0
        self.versions = defaultdict(int)

    def append(self, stream, events, *, expected, command_id=None):
        with self.lock:
            own = self.of(stream)
            if not events or (command_id and any(one.command_id == command_id for one in own)):
                return super().append(stream, events, expected=expected, command_id=command_id)
            self.check(stream, expected, self.versions[stream])
            version, position = self.versions[stream], self.next
            self.versions[stream] += len(events)
            self.next += len(events)
        new = [
            lab.RecordedEvent(stream, version + k, position + k, event, 0.0, command_id)
            for k, event in enumerate(events, 1)
        ]
        with self.lock:
            self.log = sorted(self.log + new, key=lambda one: one.position)
        return lab.Appended(stream, new[-1].version, new[-1].position)


class ReadsStreamAfterStream(ThirtyLines):
    """Collects the log from its streams one by one, while a writer may be at it."""

    def read_all(self, *, after=0, limit=None):
        found = []
        for stream in sorted({one.stream for one in self.log} | {"order-1", "order-2"}):
            found += self.of(stream)
        found.sort(key=lambda one: one.position)
        return iter([one for one in found if one.position > after][:limit])


class RefusedKeepsItsId(ThirtyLines):
    def __init__(self):
        super().__init__()
        self.ids = {}

    def append(self, stream, events, *, expected, command_id=None):
        if events and command_id and (stream, command_id) in self.ids:
            return self.ids[stream, command_id] or super().append(stream, [], expected=0)
        if events and command_id:
            self.ids[stream, command_id] = None
        receipt = super().append(stream, events, expected=expected, command_id=command_id)
        if events and command_id:
            self.ids[stream, command_id] = receipt
        return receipt


def with_receipt(change):
    class ChangesTheReceipt(ThirtyLines):
        def append(self, stream, events, *, expected, command_id=None):
            before = self.log
            receipt = super().append(stream, events, expected=expected, command_id=command_id)
            return change(receipt, len(events), self.log is before, self)

    return ChangesTheReceipt


def receipt_of(receipt, version=0, position=0):
    return lab.Appended(receipt.stream, receipt.version + version, receipt.position + position)


PositionTooHigh = with_receipt(lambda receipt, count, same, store: receipt_of(receipt, position=not same))
VersionOfTheFirstEvent = with_receipt(
    lambda receipt, count, same, store: receipt if same else receipt_of(receipt, version=1 - count)
)
NoReceipt = with_receipt(lambda receipt, count, same, store: None if not same else receipt)
ReceiptOfAnotherStream = with_receipt(
    lambda receipt, count, same, store: receipt if same else lab.Appended("order-1", receipt.version, receipt.position)
)
NothingGetsTheHead = with_receipt(
    lambda receipt, count, same, store: (
        receipt if count else lab.Appended(receipt.stream, receipt.version, store.head())
    )
)
NothingGetsZero = with_receipt(
    lambda receipt, count, same, store: receipt if count else lab.Appended(receipt.stream, 0, 0)
)
DuplicateGetsTheFirstEvent = with_receipt(
    lambda receipt, count, same, store: receipt_of(receipt, 1 - count, 1 - count) if same and count > 1 else receipt
)
DuplicateGetsTheHead = with_receipt(
    lambda receipt, count, same, store: (
        receipt if not same or not count else lab.Appended(receipt.stream, receipt.version, store.head())
    )
)


def reading(all_of=None, of_stream=None):
    """Make a store whose readers choose otherwise: each gets the whole list, after and limit."""

    class ReadsOtherwise(ThirtyLines):
        def read_all(self, *, after=0, limit=None):
            return iter(all_of(self.log, after, limit)) if all_of else super().read_all(after=after, limit=limit)

        def read_stream(self, stream, *, after=0, limit=None):
            if not of_stream:
                return super().read_stream(stream, after=after, limit=limit)
            return iter(of_stream(self.of(stream), after, limit))

    return ReadsOtherwise


def above(events, after):
    return [one for one in events if one.position > after]


def above_version(events, after):
    return [one for one in events if one.version > after]


LimitZeroGivesAll = reading(lambda log, after, limit: above(log, after)[: limit or None])
LimitZeroOfAStreamGivesAll = reading(of_stream=lambda own, after, limit: above_version(own, after)[: limit or None])
OneTooMany = reading(lambda log, after, limit: above(log, after)[: limit and limit + 1])
OneTooFew = reading(of_stream=lambda own, after, limit: above_version(own, after)[: limit and limit - 1])
StreamLimitIgnored = reading(of_stream=lambda own, after, limit: above_version(own, after))
LimitBeforeAfter = reading(lambda log, after, limit: above(log[:limit], after))
AfterBeyondTheHeadStartsAgain = reading(
    lambda log, after, limit: above(log, after if log and after <= log[-1].position else 0)[:limit]
)
StreamAfterIsAPosition = reading(of_stream=lambda own, after, limit: above(own, after)[:limit])
StreamAfterIsInclusive = reading(of_stream=lambda own, after, limit: [x for x in own if x.version >= after][:limit])
AfterOf32Bits = reading(lambda log, after, limit: above(log, after & 0xFFFFFFFF)[:limit])
LimitOf32Bits = reading(
    of_stream=lambda own, after, limit: above_version(own, after)[: limit if limit is None else limit & 0xFFFFFFFF]
)
NeverMoreThan1000 = reading(
    lambda log, after, limit: above(log, after)[: min(limit or 1000, 1000) if limit != 0 else 0]
)
StreamNeverMoreThan4096 = reading(of_stream=lambda own, after, limit: above_version(own, after)[:limit][:4096])
PagesOf500LoseOne = reading(
    lambda log, after, limit: [x for k, x in enumerate(above(log, after)) if k % 501 != 500][:limit]
)
PagesOf256RepeatOne = reading(
    of_stream=lambda own, after, limit: [
        x for k, x in enumerate(above_version(own, after)) for _ in range(1 + (k % 256 == 255))
    ][:limit]
)
ForgetsAllBut10000 = reading(lambda log, after, limit: above(log[-10_000:], after)[:limit])
ForgetsAllBut50000OfAStream = reading(of_stream=lambda own, after, limit: above_version(own[-50_000:], after)[:limit])
ReadsByStream = reading(lambda log, after, limit: sorted(above(log, after), key=lambda one: one.stream)[:limit])
NewestFirst = reading(of_stream=lambda own, after, limit: above_version(own, after)[::-1][:limit])
WithoutIds = reading(lambda log, after, limit: [replace(one, command_id=None) for one in above(log, after)[:limit]])
StampsWhenRead = reading(
    lambda log, after, limit: [replace(x, recorded_at=time.time()) for x in above(log, after)[:limit]]
)
NoTimes = reading(lambda log, after, limit: [replace(x, recorded_at=None) for x in above(log, after)[:limit]])
VersionsAsText = reading(
    lambda log, after, limit: [replace(x, version=str(x.version)) for x in above(log, after)[:limit]]
)
FloatPositions = reading(
    lambda log, after, limit: [replace(x, position=float(x.position)) for x in above(log, after)[:limit]]
)


def changing(change):
    """Make a store that records something else than it was given."""

    class ChangesEvents(ThirtyLines):
        def record(self, stream, events, command_id):
            super().record(stream, change(list(events)), command_id)

    return ChangesEvents


def with_note(change):
    return changing(lambda events: [replace(one, note=change(one.note)) for one in events])


def with_number(change):
    return changing(lambda events: [replace(one, number=change(one.number)) for one in events])


Reverses = changing(lambda events: events[::-1])
Sorts = changing(lambda events: sorted(events, key=lambda one: one.number))
DropsEqualOnes = changing(lambda events: list(dict.fromkeys(events)))
LosesTheLast = changing(lambda events: events[:-1] if len(events) > 1 else events)
CutsCommitsAt1000 = changing(lambda events: events[:1000])
StripsNotes = with_note(str.strip)
NormalisesNotes = with_note(lambda note: unicodedata.normalize("NFC", note))
TurnsLineEnds = with_note(lambda note: note.replace("\n", "\r\n"))
CutsNotesAt255 = with_note(lambda note: note[:255])
TakesNullForNothing = with_note(lambda note: "" if note == "NULL" else note)
NumbersAsFloats = with_number(float)
NumbersThroughFloats = with_number(lambda number: int(float(number)))
NumbersOf32Bits = with_number(lambda number: (number + 2**31) % 2**32 - 2**31)
OneIsTrue = with_number(lambda number: number == 1 or number)


class ForgetsEqualEvents(ThirtyLines):
    def record(self, stream, events, command_id):
        there = [one.event for one in self.of(stream)]
        super().record(stream, [one for one in events if one not in there], command_id)


class KeepsTheListItWasGiven(ThirtyLines):
    def __init__(self):
        super().__init__()
        self.commits = []

    @property
    def log(self):
        found, versions = [], defaultdict(int)
        for stream, events, command_id in self.commits:
            for event in events:
                versions[stream] += 1
                found.append(lab.RecordedEvent(stream, versions[stream], len(found) + 1, event, 0.0, command_id))
        return found

    @log.setter
    def log(self, value):
        pass

    def record(self, stream, events, command_id):
        self.commits.append((stream, events, command_id))


class HandsOutItsOwnList(ThirtyLines):
    def record(self, stream, events, command_id):
        before = self.log
        super().record(stream, events, command_id)
        before[:] = self.log
        self.log = before

    def read_all(self, *, after=0, limit=None):
        return self.log if not after and limit is None else super().read_all(after=after, limit=limit)


class HandsOutAKeptCopy(ThirtyLines):
    """The copy stays the same as long as nothing is recorded, so whoever empties it empties the next reader's too."""

    copy = (None, [])

    def read_all(self, *, after=0, limit=None):
        if after or limit is not None:
            return super().read_all(after=after, limit=limit)
        if self.copy[0] != self.head():
            self.copy = self.head(), list(self.log)
        return self.copy[1]


class OneCursorForAll(ThirtyLines):
    """A second read takes the rows of the first one, as on one cursor of a database."""

    cursor: Iterator = iter(())

    def read_all(self, *, after=0, limit=None):
        type(self).cursor = super().read_all(after=after, limit=limit)
        return self.rows()

    def read_stream(self, stream, *, after=0, limit=None):
        type(self).cursor = super().read_stream(stream, after=after, limit=limit)
        return self.rows()

    def rows(self):
        while (one := next(self.cursor, None)) is not None:
            yield one


class StreamReadsBeyondTheCall(ThirtyLines):
    def read_stream(self, stream, *, after=0, limit=None):
        yield from [one for one in self.of(stream) if one.version > after][:limit]


class ReadsOnce(ThirtyLines):
    def __init__(self):
        super().__init__()
        self.reads = {}

    def read_stream(self, stream, *, after=0, limit=None):
        key = stream, after, limit, self.head()
        return self.reads.setdefault(key, super().read_stream(stream, after=after, limit=limit))


class ReadsHoldTheLock(ThirtyLines):
    """Until they are read to their end: whoever appends in a loop over them waits for ever."""

    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()

    def read_all(self, *, after=0, limit=None):
        self.lock.acquire()
        return self.rows([one for one in self.log if one.position > after][:limit])

    def rows(self, found):
        try:
            yield from found
        finally:
            self.lock.release()


class RefusalKeepsTheLock(ThirtyLines):
    def __init__(self):
        super().__init__()
        self.gate = threading.Lock()

    def append(self, stream, events, *, expected, command_id=None):
        self.gate.acquire()
        receipt = super().append(stream, events, expected=expected, command_id=command_id)
        self.gate.release()
        return receipt


class HeadCountsRefusedAppends(ThirtyLines):
    refused = 0

    def check(self, stream, expected, actual):
        self.refused += 1
        super().check(stream, expected, actual)
        self.refused -= 1

    def head(self):
        return super().head() + self.refused


class VersionCountsRefusedAppends(ThirtyLines):
    def __init__(self):
        super().__init__()
        self.more = defaultdict(int)

    def stream_version(self, stream):
        return super().stream_version(stream) + self.more[stream]

    def append(self, stream, events, *, expected, command_id=None):
        try:
            return super().append(stream, events, expected=expected, command_id=command_id)
        except lab.ConcurrencyError:
            self.more[stream] += 1
            raise

    def record(self, stream, events, command_id):
        self.more[stream] = 0
        super().record(stream, events, command_id)


class Tens(ThirtyLines):
    """Positions 10, 20, 30, …; right."""

    def record(self, stream, events, command_id):
        version, position = self.stream_version(stream), self.log[-1].position if self.log else 0
        self.log = self.log + [
            lab.RecordedEvent(stream, version + k, position + 10 * k, event, 0.0, command_id)
            for k, event in enumerate(events, 1)
        ]


class HeadIsTheNumberOfEvents(Tens):
    def head(self):
        return len(self.log)


class AfterIsAPlaceInTheList(Tens):
    def read_all(self, *, after=0, limit=None):
        return iter(self.log[after:][:limit])


class LimitIsASpanOfPositions(Tens):
    def read_all(self, *, after=0, limit=None):
        upto = self.head() if limit is None else after + limit
        return iter([one for one in self.log if after < one.position <= upto])


def counting(version=lambda number: number, position=lambda number: number):
    """Make a store whose numbers are too narrow."""

    class Narrow(ThirtyLines):
        def record(self, stream, events, command_id):
            at, place = len(self.of(stream)), len(self.log)
            self.log = self.log + [
                lab.RecordedEvent(stream, version(at + k), position(place + k), event, 0.0, command_id)
                for k, event in enumerate(events, 1)
            ]

    return Narrow


VersionsOf8Bits = counting(version=lambda number: (number + 128) % 256 - 128)
VersionsOf16Bits = counting(version=lambda number: (number + 2**15) % 2**16 - 2**15)
PositionsOf16Bits = counting(position=lambda number: number % 2**16)
PositionsStartAgainAt1000 = counting(position=lambda number: (number - 1) % 1000 + 1)


class PositionsFromZero(counting(position=lambda number: number - 1)):
    def read_all(self, *, after=0, limit=None):
        return iter([one for one in self.log if one.position > after or not after][:limit])


class ReadingMakesTheStream(ThirtyLines):
    def __init__(self):
        super().__init__()
        self.known = set()

    def stream_version(self, stream):
        self.known.add(stream)
        return super().stream_version(stream)

    def check(self, stream, expected, actual):
        if expected is lab.Expected.STREAM_EXISTS and stream in self.known:
            return
        super().check(stream, expected, actual)


class NothingMakesTheStream(ReadingMakesTheStream):
    def stream_version(self, stream):
        return ThirtyLines.stream_version(self, stream)

    def append(self, stream, events, *, expected, command_id=None):
        if not events:
            self.known.add(stream)
        return super().append(stream, events, expected=expected, command_id=command_id)


class StreamExistsIsAny(ThirtyLines):
    def check(self, stream, expected, actual):
        if expected is not lab.Expected.STREAM_EXISTS:
            super().check(stream, expected, actual)


class AnyIsNoStream(ThirtyLines):
    def check(self, stream, expected, actual):
        super().check(stream, lab.Expected.NO_STREAM if expected is lab.Expected.ANY else expected, actual)


class ANumberIsAtLeast(ThirtyLines):
    def check(self, stream, expected, actual):
        if not (isinstance(expected, int) and expected > actual > 0):
            super().check(stream, expected, actual)


class ZeroIsAny(ThirtyLines):
    def check(self, stream, expected, actual):
        super().check(stream, expected or lab.Expected.ANY, actual)


class RaisesSomethingElse(ThirtyLines):
    def check(self, stream, expected, actual):
        try:
            super().check(stream, expected, actual)
        except lab.ConcurrencyError as error:
            raise ValueError(str(error)) from error


class RefusesWithoutAWord(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        try:
            return super().append(stream, events, expected=expected, command_id=command_id)
        except lab.ConcurrencyError:
            return super().append(stream, [], expected=0)


class NoVersionOfTheUnknown(ThirtyLines):
    def stream_version(self, stream):
        return super().stream_version(stream) or None

    def record(self, stream, events, command_id):
        version, position = len(self.of(stream)), self.head()
        self.log = self.log + [
            lab.RecordedEvent(stream, version + k, position + k, event, 0.0, command_id)
            for k, event in enumerate(events, 1)
        ]


class UnknownStreamIsAnError(ThirtyLines):
    def read_stream(self, stream, *, after=0, limit=None):
        if not self.of(stream):
            raise KeyError(stream)
        return super().read_stream(stream, after=after, limit=limit)


def keyed(stream_key=lambda name: name, id_key=lambda name: name):
    """Make a store that takes names, or ids, for the same if their keys are."""

    class Keyed(ThirtyLines):
        def of(self, stream):
            return [one for one in self.log if stream_key(one.stream) == stream_key(stream)]

        def append(self, stream, events, *, expected, command_id=None):
            known = [one.command_id for one in self.of(stream) if one.command_id]
            same = [one for one in known if command_id and id_key(one) == id_key(command_id)]
            return super().append(stream, events, expected=expected, command_id=same[0] if same else command_id)

    return Keyed


NamesWithoutCase = keyed(str.casefold)
NamesOfOneForm = keyed(lambda name: unicodedata.normalize("NFC", name))
NamesOfOneKindOfForm = keyed(lambda name: unicodedata.normalize("NFKC", name))
NamesWithoutSpacesAround = keyed(str.strip)
NamesCutAt255 = keyed(lambda name: name[:255])
NamesAsNumbers = keyed(lambda name: float(name) if name.replace(".", "").isdigit() else name)
NamesWithoutSigns = keyed(lambda name: "".join(one for one in name if one.isalnum()))
IdsWithoutCase = keyed(id_key=str.lower)
IdsCutAt36 = keyed(id_key=lambda name: name[:36])
IdsOfOneForm = keyed(id_key=lambda name: unicodedata.normalize("NFC", name))


class NamesAreWildcards(ThirtyLines):
    def of(self, stream):
        pattern = stream.replace("%", "*").replace("_", "?")
        return [one for one in self.log if fnmatch.fnmatchcase(one.stream, pattern)]


def gluing(between):
    class GluesStreamAndId(ThirtyLines):
        def append(self, stream, events, *, expected, command_id=None):
            keys = [f"{one.stream}{between}{one.command_id}" for one in self.log if one.command_id]
            if events and command_id and f"{stream}{between}{command_id}" in keys:
                at = keys.index(f"{stream}{between}{command_id}")
                found = [one for one in self.log if one.command_id][at]
                own = [one for one in self.of(found.stream) if one.command_id == found.command_id]
                return lab.Appended(own[-1].stream, own[-1].version, own[-1].position)
            return super().append(stream, events, expected=expected, command_id=command_id)

    return GluesStreamAndId


class IdOnTheFirstEventOnly(ThirtyLines):
    def record(self, stream, events, command_id):
        super().record(stream, events[:1], command_id)
        super().record(stream, events[1:], None)


class RemembersTheLast1000Ids(ThirtyLines):
    def __init__(self):
        super().__init__()
        self.ids = deque(maxlen=1000)

    def append(self, stream, events, *, expected, command_id=None):
        fresh = command_id and (stream, command_id) not in self.ids
        if fresh and events:
            with self.lock:
                own = self.of(stream)
                self.check(stream, expected, len(own))
                self.record(stream, events, command_id)
                self.ids.append((stream, command_id))
                return super().append(stream, [], expected=0)
        return super().append(stream, events, expected=expected, command_id=command_id)


class LooksForIdsInTheLast500Events(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        with self.lock:
            own = self.of(stream)
            if events and command_id and command_id not in {one.command_id for one in own[-500:]}:
                self.check(stream, expected, len(own))
                self.record(stream, events, command_id)
                return lab.Appended(stream, len(own) + len(events), self.head())
            return super().append(stream, events, expected=expected, command_id=command_id)


class LosesUnderTheSize(ThirtyLines):
    """Segments of 65,536 events, of which each new one begins one too late."""

    def read_all(self, *, after=0, limit=None):
        found = [one for one in self.log if one.position > after and (one.position - 1) % 65_536 or one.position == 1]
        return iter([one for one in found if one.position > after][:limit])


# --- restarts -----------------------------------------------------------------------------------------------


def reopened(change, kind=ThirtyLines):
    def reopen(store):
        again = kind()
        again.log = change(list(store.log))
        return again

    return reopen


class DuplicateGetsThePresentEnd(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        known = events and command_id and command_id in {one.command_id for one in self.of(stream)}
        return super().append(
            stream, [] if known else events, expected=expected, command_id=None if known else command_id
        )


class ComparesNothing(ThirtyLines):
    def check(self, stream, expected, actual):
        pass


class CountsFromOneAgain(ThirtyLines):
    def record(self, stream, events, command_id):
        self.new = getattr(self, "new", 0)
        version = self.stream_version(stream)
        for event in events:
            self.new, version = self.new + 1, version + 1
            self.log = [*self.log, lab.RecordedEvent(stream, version, self.new, event, 0.0, command_id)]


# --- wrong arguments, and events of other types --------------------------------------------------------------


class RefusesNoEventTooLate(ThirtyLines):
    """It keeps what came before the one that is none."""

    def record(self, stream, events, command_id):
        right = list(takewhile(lambda event: event is not None, events))
        super().record(stream, right, command_id)
        if len(right) < len(events):
            raise lab.InvalidArgument("None is not an event")


class RefusesANameTooLate(ThirtyLines):
    def record(self, stream, events, command_id):
        super().record(stream, events, command_id)
        if not isinstance(stream, str) or not stream:
            raise lab.InvalidArgument(f"{stream!r} is not a name")


class RefusesAVersionTooLate(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        receipt = super().append(stream, events, expected=expected, command_id=command_id)
        if type(expected) not in (int, lab.Expected):
            raise TypeError("expected is not a version")
        return receipt


class RefusesAnIdTooLate(ThirtyLines):
    def record(self, stream, events, command_id):
        super().record(stream, events, command_id)
        if command_id is not None and not isinstance(command_id, str):
            raise ValueError("a command id is a text")


class RemembersTheIdOfWhatItRefused(ThirtyLines):
    def __init__(self):
        super().__init__()
        self.begun = set()

    def append(self, stream, events, *, expected, command_id=None):
        if (stream, command_id) in self.begun:
            return super().append(stream, [], expected=expected)
        if events and any(event is None for event in events):
            self.begun.add((stream, command_id))
            raise lab.InvalidArgument("None is not an event")
        return super().append(stream, events, expected=expected, command_id=command_id)


class LeavesOutNone(ThirtyLines):
    def record(self, stream, events, command_id):
        super().record(stream, [event for event in events if event is not None], command_id)


class ThroughJson(ThirtyLines):
    """It writes what is of another type as JSON: a tuple comes back as a list."""

    def record(self, stream, events, command_id):
        read = [event if isinstance(event, contract.Happened) else json.loads(json.dumps(event)) for event in events]
        super().record(stream, read, command_id)


class AnythingIsAText(ThirtyLines):
    def record(self, stream, events, command_id):
        kept = [event if isinstance(event, contract.Happened) else str(event) for event in events]
        super().record(stream, kept, command_id)


class CannotReadWhatItTook(ThirtyLines):
    """It meets the type that it does not know when it is too late."""

    def read_all(self, *, after=0, limit=None):
        read = list(super().read_all(after=after, limit=limit))
        return iter([replace(one, event=contract.Happened(one.event.number, one.event.note)) for one in read])


class ANegativePlaceTakesOneAway(ThirtyLines):
    def read_all(self, *, after=0, limit=None):
        if isinstance(after, int) and after < 0:
            self.log = self.log[:after]
        return super().read_all(after=after, limit=limit)


class IdsStandForTheLastCommand(ThirtyLines):
    """It keeps ids as text, and one place for what they stand for."""

    stands_for = ""

    def record(self, stream, events, command_id):
        self.stands_for = getattr(command_id, "stands_for", "")
        super().record(stream, events, command_id and str(command_id))

    def read_all(self, *, after=0, limit=None):
        return iter([
            replace(one, command_id=one.command_id and CommandId(one.command_id, self.stands_for))
            for one in super().read_all(after=after, limit=limit)
        ])


class IdsAsText(ThirtyLines):
    """A right store, if a simple one: it does not keep what a command id stands for."""

    def record(self, stream, events, command_id):
        super().record(stream, events, command_id and str(command_id))


RESTARTS = {
    "forgets ids": reopened(lambda log: [replace(one, command_id=None) for one in log]),
    "loses the last event": reopened(lambda log: log[:-1]),
    "loses everything": reopened(lambda log: []),
    "loses one stream": reopened(lambda log: [one for one in log if one.stream != "order-10"]),
    "numbers positions again from 0": reopened(lambda log: [replace(one, position=k) for k, one in enumerate(log)]),
    "moves positions": reopened(lambda log: [replace(one, position=one.position + 7) for one in log]),
    "sorts by stream": reopened(
        lambda log: [
            replace(one, position=k) for k, one in enumerate(sorted(log, key=lambda one: (one.stream, one.version)), 1)
        ]
    ),
    "gives a duplicate the present end": reopened(lambda log: log, DuplicateGetsThePresentEnd),
    "compares nothing": reopened(lambda log: log, ComparesNothing),
    "counts positions from one again": reopened(lambda log: log, CountsFromOneAgain),
    "forgets the last command": reopened(lambda log: [*log[:-1], replace(log[-1], command_id=None)] if log else log),
    "returns nothing": lambda store: None,
    "raises": lambda store: {}["log"],
}

# What is no event, and other wrong arguments.
WRONG_ARGUMENTS = {
    RefusesNoEventTooLate: contract.ALL_OR_NOTHING,
    RefusesANameTooLate: contract.ALL_OR_NOTHING,
    RefusesAVersionTooLate: contract.ALL_OR_NOTHING,
    RefusesAnIdTooLate: contract.ALL_OR_NOTHING,
    RemembersTheIdOfWhatItRefused: contract.ALL_OR_NOTHING,
    LeavesOutNone: contract.AS_GIVEN,
    ThroughJson: contract.AS_GIVEN,
    AnythingIsAText: contract.AS_GIVEN,
    CannotReadWhatItTook: contract.AS_GIVEN,
    ANegativePlaceTakesOneAway: contract.STAYS,
}
PLANTED = {
    SlicesSkipAnEvent: contract.SLICED,
    SlicesRepeatAnEvent: contract.SLICED,
    SlicesWithoutLimit: contract.SLICED,
    SlicesThatStandStill: contract.SLICED,
    SlicesThatAreLists: contract.SLICED,
    SlicesThatGrow: contract.SLICED,
    SlicesBeyondTheEnd: contract.SLICED,
    SlicesSealedAlike: contract.SLICED,
    SlicesSealedByANumber: contract.SLICED,
    SlicesOfAllTypes: contract.SLICED,
    SlicesInWrongParts: contract.SLICED,
    TogetherKeepsWhatFailed: contract.TOGETHER,
    TogetherSwallowsTheError: contract.TOGETHER,
    TogetherReturnsNothing: contract.TOGETHER,
    TogetherRecordsNothing: contract.TOGETHER,
    TogetherDoesTheWorkTwice: contract.TOGETHER,
    SaysAgainAlways: contract.SAYS_AGAIN,
    SaysAgainNever: contract.SAYS_AGAIN,
    SaysAgainWhenNothingIsAppended: contract.SAYS_AGAIN,
    TracesNothing: contract.TRACED,
    TracesTheFirstEventAlone: contract.TRACED,
    TracesTextThatIsCut: contract.TRACED,
    TracesWithoutEmptyNotes: contract.TRACED,
    TracesWhatCameLast: contract.TRACED,
    SkipsCheckOnNewStream: contract.EXPECTED_NEW,
    NeverChecks: contract.EXPECTED,
    AcceptsAnOlderVersion: contract.EXPECTED,
    IgnoresNoStream: contract.EXPECTED,
    HalfWrittenOnConflict: contract.ALL_OR_NOTHING,
    WrongErrorAttributes: contract.EXPECTED,
    ReusesPositions: contract.ONE_ORDER,
    OnePositionPerCommit: contract.ONE_ORDER,
    AppearsLate: contract.NOT_LATE,
    ShowsUncommitted: contract.COMMITTED,
    PublishesInsideTheLoop: contract.COMMITTED,
    LosesUpdatesUnderThreads: contract.EXPECTED,
    RecordsDuplicates: contract.ONCE,
    LooksAtExpectedFirst: contract.FIRST_RECEIPT,
    DuplicateGetsTheLatestReceipt: contract.FIRST_RECEIPT,
    IdsAcrossStreams: contract.PER_STREAM,
    RemembersEmptyCommands: contract.FORGETS,
    ChecksWhenNothingIsAppended: contract.NOTHING,
    MatchesStreamsByPrefix: contract.NAMES,
    ReadsBeyondTheCall: contract.AT_THE_CALL,
    AfterIsInclusive: contract.READS,
    LimitIsIgnored: contract.READS,
    VersionsFromZero: contract.VERSIONS,
    # Those of the review.
    ComparesBeforeTheLock: contract.EXPECTED,
    RefusedKeepsItsId: contract.FORGETS,
    PositionTooHigh: contract.RECEIPT,
    LimitZeroGivesAll: contract.READS,
    AfterBeyondTheHeadStartsAgain: contract.READS,
    gluing(""): contract.PER_STREAM,
    NamesWithoutCase: contract.NAMES,
    # Races.
    LooksForTheIdBeforeTheLock: contract.FIRST_RECEIPT,
    SlowToPublish: contract.NOT_LATE,
    ReadsStreamAfterStream: contract.NOT_LATE,
    ReadsHoldTheLock: contract.RUNS,
    RefusalKeepsTheLock: contract.RUNS,
    # Receipts.
    VersionOfTheFirstEvent: contract.RECEIPT,
    NoReceipt: contract.RECEIPT,
    ReceiptOfAnotherStream: contract.RECEIPT,
    NothingGetsTheHead: contract.NOTHING,
    NothingGetsZero: contract.NOTHING,
    DuplicateGetsTheFirstEvent: contract.FIRST_RECEIPT,
    DuplicateGetsTheHead: contract.FIRST_RECEIPT,
    # Readers.
    LimitZeroOfAStreamGivesAll: contract.READS,
    OneTooMany: contract.READS,
    OneTooFew: contract.READS,
    StreamLimitIgnored: contract.READS,
    LimitBeforeAfter: contract.READS,
    StreamAfterIsAPosition: contract.READS,
    StreamAfterIsInclusive: contract.READS,
    AfterOf32Bits: contract.READS,
    LimitOf32Bits: contract.READS,
    NewestFirst: contract.READS,
    NoTimes: contract.READS,
    HeadIsTheNumberOfEvents: contract.READS,
    AfterIsAPlaceInTheList: contract.READS,
    LimitIsASpanOfPositions: contract.READS,
    OneCursorForAll: contract.READS,
    ReadsOnce: contract.READS,
    UnknownStreamIsAnError: contract.READS,
    ReadsByStream: contract.ONE_ORDER,
    FloatPositions: contract.ONE_ORDER,
    PositionsFromZero: contract.ONE_ORDER,
    VersionsAsText: contract.VERSIONS,
    NoVersionOfTheUnknown: contract.VERSIONS,
    WithoutIds: contract.WRITTEN,
    IdOnTheFirstEventOnly: contract.WRITTEN,
    StampsWhenRead: contract.STAYS,
    KeepsTheListItWasGiven: contract.STAYS,
    HandsOutItsOwnList: contract.AT_THE_CALL,
    HandsOutAKeptCopy: contract.STAYS,
    StreamReadsBeyondTheCall: contract.AT_THE_CALL,
    # Sizes.
    NeverMoreThan1000: contract.READS,
    StreamNeverMoreThan4096: contract.READS,
    PagesOf500LoseOne: contract.READS,
    PagesOf256RepeatOne: contract.READS,
    ForgetsAllBut10000: contract.READS,
    ForgetsAllBut50000OfAStream: contract.READS,
    LosesUnderTheSize: contract.READS,
    CutsCommitsAt1000: contract.ALL_OR_NOTHING,
    VersionsOf8Bits: contract.VERSIONS,
    VersionsOf16Bits: contract.VERSIONS,
    PositionsOf16Bits: contract.ONE_ORDER,
    PositionsStartAgainAt1000: contract.ONE_ORDER,
    RemembersTheLast1000Ids: contract.FIRST_RECEIPT,
    LooksForIdsInTheLast500Events: contract.FIRST_RECEIPT,
    # What is recorded.
    Reverses: contract.READS,
    Sorts: contract.READS,
    DropsEqualOnes: contract.ALL_OR_NOTHING,
    LosesTheLast: contract.ALL_OR_NOTHING,
    ForgetsEqualEvents: contract.ALL_OR_NOTHING,
    StripsNotes: contract.READS,
    NormalisesNotes: contract.READS,
    TurnsLineEnds: contract.READS,
    CutsNotesAt255: contract.READS,
    TakesNullForNothing: contract.READS,
    NumbersAsFloats: contract.READS,
    NumbersThroughFloats: contract.READS,
    NumbersOf32Bits: contract.READS,
    OneIsTrue: contract.READS,
    # What is refused.
    HeadCountsRefusedAppends: contract.ALL_OR_NOTHING,
    VersionCountsRefusedAppends: contract.ALL_OR_NOTHING,
    ReadingMakesTheStream: contract.EXPECTED_NEW,
    NothingMakesTheStream: contract.EXPECTED_NEW,
    StreamExistsIsAny: contract.EXPECTED_NEW,
    AnyIsNoStream: contract.EXPECTED,
    ANumberIsAtLeast: contract.EXPECTED,
    ZeroIsAny: contract.EXPECTED,
    RaisesSomethingElse: contract.EXPECTED,
    RefusesWithoutAWord: contract.EXPECTED,
    # Names and ids.
    NamesOfOneForm: contract.NAMES,
    NamesOfOneKindOfForm: contract.NAMES,
    NamesWithoutSpacesAround: contract.NAMES,
    NamesCutAt255: contract.NAMES,
    NamesAsNumbers: contract.NAMES,
    NamesWithoutSigns: contract.NAMES,
    NamesAreWildcards: contract.NAMES,
    IdsWithoutCase: contract.IDS,
    IdsCutAt36: contract.IDS,
    IdsOfOneForm: contract.IDS,
    gluing("-"): contract.PER_STREAM,
    gluing("/"): contract.PER_STREAM,
    IdsStandForTheLastCommand: contract.STANDS_FOR,
    **WRONG_ARGUMENTS,
}
