"""The contract passes a good store, and names what is wrong with each of many bad ones."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

import cqrs_lab as lab
from cqrs_lab.log import contract


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
        receipt = super().append(stream, [], expected=expected)
        if not events:
            return receipt
        with self.lock:
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


PLANTED = {
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
    LosesUpdatesUnderThreads: contract.VERSIONS,
    RecordsDuplicates: contract.ONCE,
    LooksAtExpectedFirst: contract.FIRST_RECEIPT,
    DuplicateGetsTheLatestReceipt: contract.FIRST_RECEIPT,
    IdsAcrossStreams: contract.PER_STREAM,
    RemembersEmptyCommands: contract.FORGETS,
    ChecksWhenNothingIsAppended: contract.RUNS,
    MatchesStreamsByPrefix: contract.VERSIONS,
    ReadsBeyondTheCall: contract.AT_THE_CALL,
    AfterIsInclusive: contract.READS,
    LimitIsIgnored: contract.READS,
    VersionsFromZero: contract.VERSIONS,
}
ONLY_UNDER_THREADS = {ShowsUncommitted, PublishesInsideTheLoop, LosesUpdatesUnderThreads}


@pytest.mark.parametrize("make_store", [lab.MemoryEventStore, ThirtyLines])
def test_a_good_store_passes_also_under_threads(make_store):
    report = lab.check_event_store(make_store, threads=4)
    assert report.ok, report


def test_a_store_that_keeps_everything_passes_the_restart():
    def reopen(store):
        again = ThirtyLines()
        again.log = list(store.log)
        return again

    report = lab.check_event_store(ThirtyLines, reopen=reopen)
    assert report.ok, report


def test_a_store_that_forgets_command_ids_on_restart_is_caught():
    report = lab.check_event_store(ForgetsIdsOnRestart, reopen=forget_ids)
    assert [fault.law for fault in report.faults] == [contract.KEPT], report


@pytest.mark.parametrize("make_store", PLANTED, ids=lambda store: store.__name__)
def test_a_planted_fault_is_caught_and_named(make_store):
    report = lab.check_event_store(make_store, threads=3 if make_store in ONLY_UNDER_THREADS else 1)
    assert PLANTED[make_store] in [fault.law for fault in report.faults], report


def test_the_report_says_what_was_done_expected_and_came():
    fault = lab.check_event_store(SkipsCheckOnNewStream).faults[0]
    assert fault.law == "law 1: the expected version is checked for a new stream too"
    assert fault.done == "appended three events to 'order-1', which had 0, with expected=3"
    assert (fault.expected, fault.came) == ("ConcurrencyError", "no error")


def test_a_store_that_raises_is_reported_not_raised():
    class Broken(ThirtyLines):
        def head(self):
            raise OSError("disk on fire")

    report = lab.check_event_store(Broken)
    assert "OSError: disk on fire" in str(report)
