"""The contract passes right stores of any style, and names what is wrong with each of many planted ones."""

from __future__ import annotations

import sys
import threading
from collections import namedtuple
from dataclasses import replace
from random import Random

import pytest

import cqrs_lab as lab
from cqrs_lab.log import contract
from cqrs_lab.log.contract import check, listening, sizes
from cqrs_lab.log.contract.histories import random_history
from cqrs_lab.log.contract.interleaving import for_several_threads
from cqrs_lab.log.guards.command_id import CommandId
from tests.log import planted_stores, strange_stores
from tests.log.planted_stores import (
    PLANTED,
    RESTARTS,
    IdsAsText,
    NeverChecks,
    SkipsCheckOnNewStream,
    Tens,
    ThirtyLines,
)
from tests.log.right_stores import FOR_THREADS, RIGHT, ChecksEverything, SqliteOnDisk
from tests.log.strange_stores import Lines, Plain, SelectsThenInserts

NAMES = {kind: name for name, kind in vars(planted_stores).items() if isinstance(kind, type)}


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.setattr(SqliteOnDisk, "folder", tmp_path)


@pytest.fixture
def small(monkeypatch):
    """Leave out the long runs: the law under test needs none."""
    monkeypatch.setattr(sizes, "SIZES", sizes.SIZES[:1])
    monkeypatch.setattr(sizes, "COMMANDS", 20)


def laws(report):
    return [fault.law for fault in report.faults]


# --- stores -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make_store", [*RIGHT, *strange_stores.RIGHT], ids=lambda store: store.__name__)
def test_a_right_store_passes_in_any_style(make_store, monkeypatch):
    if make_store not in (lab.MemoryEventStore, ThirtyLines, Tens):
        monkeypatch.setattr(sizes, "SIZES", sizes.SIZES[:8])
        monkeypatch.setattr(sizes, "COMMANDS", 600)
    report = lab.check_event_store(make_store)
    assert report.ok, report


@pytest.mark.parametrize("make_store", FOR_THREADS, ids=lambda store: store.__name__)
def test_a_right_store_for_several_threads_passes_with_three(make_store, small):
    report = lab.check_event_store(make_store, threads=3)
    assert report.ok, report


@pytest.mark.parametrize("make_store", PLANTED, ids=lambda store: NAMES.get(store, store.__name__))
def test_a_planted_fault_is_caught_with_default_arguments_and_blamed_on_the_law_it_breaks(make_store, monkeypatch):
    if PLANTED[make_store] == contract.RUNS:  # these never answer
        monkeypatch.setattr(check, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(sizes, "COMMANDS_SECONDS", 3.0)  # a busy machine tries no fewer commands,
    monkeypatch.setattr(sizes, "LIMIT_SECONDS", 12.0)  # and no shorter log
    report = lab.check_event_store(make_store)
    assert PLANTED[make_store] in laws(report) and len(report.faults) <= 2, report


@pytest.mark.parametrize("make_store", strange_stores.PLANTED, ids=lambda store: store.__name__)
def test_a_store_as_a_stranger_would_write_it_is_caught_with_default_arguments(make_store, monkeypatch):
    monkeypatch.setattr(check, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(listening, "SOON_SECONDS", 0.1)
    monkeypatch.setattr(sizes, "COMMANDS_SECONDS", 3.0)  # a busy machine tries no fewer commands
    report = lab.check_event_store(make_store)
    assert strange_stores.PLANTED[make_store] in laws(report), report
    assert all(fault.done and fault.expected != fault.came for fault in report.faults), report


@pytest.mark.parametrize("make_store", strange_stores.WRONG_AT_A_SIZE, ids=lambda store: store.__name__)
def test_what_goes_wrong_at_one_size_is_caught(make_store, monkeypatch):
    monkeypatch.setattr(sizes, "LIMIT_SECONDS", 30.0)  # a busy machine tries no shorter log
    assert not lab.check_event_store(make_store).ok


def test_a_race_between_two_statements_of_sql_is_told(small):
    assert f"with two, {contract.EXPECTED}: " in lab.check_event_store(SelectsThenInserts).notes[0]


def test_more_than_a_hundred_stores_are_planted():
    assert len(PLANTED) > 100


# --- restarts -----------------------------------------------------------------------------------------------


def test_a_store_that_keeps_everything_passes_the_restart(small):
    report = lab.check_event_store(ThirtyLines, reopen=planted_stores.reopened(lambda log: log))
    assert report.ok, report


def test_a_store_in_a_file_passes_the_restart(small):
    report = lab.check_event_store(SqliteOnDisk, reopen=SqliteOnDisk.reopen)
    assert report.ok, report


@pytest.mark.parametrize("name", RESTARTS)
def test_what_a_restart_loses_is_caught(name, small):
    assert laws(lab.check_event_store(ThirtyLines, reopen=RESTARTS[name])) == [contract.KEPT]


@pytest.mark.parametrize("reopen", strange_stores.RESTARTS, ids=lambda reopen: reopen.__name__)
def test_what_a_restart_loses_of_a_long_log_is_caught(reopen, small):
    assert laws(lab.check_event_store(Lines, reopen=reopen)) == [contract.KEPT]


# --- the report ---------------------------------------------------------------------------------------------


def test_the_report_shows_the_calls_what_was_expected_and_what_came():
    fault = lab.check_event_store(SkipsCheckOnNewStream).faults[0]
    assert fault.law == "law 1: the expected version is checked for a new stream too"
    assert fault.done == "store.append('order-1', [Happened(1), Happened(2), Happened(3)], expected=1)"
    assert (fault.expected, fault.came) == ("ConcurrencyError, for its version is 0", "no error")


def test_the_calls_of_a_report_can_be_typed_and_show_the_fault_again():
    report = lab.check_event_store(NeverChecks)
    names = {"store": NeverChecks(), "Happened": contract.Happened, "Expected": lab.Expected}
    for call in report.faults[1].done.split("; "):
        eval(call, names)
    assert names["store"].stream_version("order-1") == 5, "it was refused nothing"


def test_a_fault_that_only_a_random_history_shows_is_told_in_its_shortest_form():
    class FailsAtTheFourthCommand(ThirtyLines):
        def record(self, stream, events, command_id):
            ids = {one.command_id for one in self.log if one.command_id}
            super().record(stream, events, None if command_id == "c" and len(ids - {"c"}) == 3 else command_id)

    report = lab.check_event_store(FailsAtTheFourthCommand)
    assert laws(report) == [contract.WRITTEN]
    assert report.faults[0].done.count("store.append") <= 6


def test_random_histories_hold_what_is_refused_what_comes_again_and_nothing():
    store, refused, again = ThirtyLines(), 0, 0
    history = random_history(Random(1), 40)
    for op in history:
        before = store.head()
        try:
            store.append(op.stream, op.events(), expected=op.expected, command_id=op.command_id)
        except lab.ConcurrencyError:
            refused += 1
        else:
            again += bool(op.count) and store.head() == before
    assert refused > 3 and again > 0 and any(not op.count for op in history)


def test_a_race_in_a_store_without_a_lock_is_told_and_is_a_fault_with_two_threads(small):
    class NoLock(Plain):
        pass

    report = lab.check_event_store(NoLock)
    assert report.ok and "the store holds no lock" in report.notes[0]
    assert f"with two, {contract.EXPECTED}: " in report.notes[0] and "expected 1, came 2. " in report.notes[0]
    assert contract.EXPECTED in laws(lab.check_event_store(NoLock, threads=2))


@pytest.mark.parametrize("where", ["instance", "class", "slot", "within"])
def test_a_lock_is_found_wherever_the_store_keeps_it(where):
    lock = threading.Lock()
    bodies = {
        "instance": lambda: type("Store", (), {"__init__": lambda self: setattr(self, "lock", lock)})(),
        "class": lambda: type("Store", (), {"lock": lock})(),
        "slot": lambda: type("Store", (), {"__slots__": ("lock",), "__init__": lambda s: setattr(s, "lock", lock)})(),
        "within": lambda: type("Store", (), {"__init__": lambda self: setattr(self, "of", {"a": [(lock,)]})})(),
    }
    assert for_several_threads(bodies[where]())
    assert not for_several_threads(type("Store", (), {"rows": []})())


def test_a_slow_store_is_tried_with_a_shorter_log_and_the_report_says_so(monkeypatch):
    monkeypatch.setattr("cqrs_lab.log.contract.sizes.LIMIT_SECONDS", 0.0)
    report = lab.check_event_store(Tens)
    assert report.ok and any("a longer log was not tried" in note for note in report.notes)


def test_the_check_leaves_the_threads_and_the_trace_function_as_they_were(small):
    switch = sys.getswitchinterval()

    def mine(frame, event, argument):
        return None

    sys.settrace(mine)
    try:
        lab.check_event_store(ThirtyLines, threads=2)
        assert sys.gettrace() is mine
    finally:
        sys.settrace(None)
    assert sys.getswitchinterval() == switch


# --- notes --------------------------------------------------------------------------------------------------


def noted(report, what):
    found = [note for note in report.notes if what in note]
    assert len(found) <= 1, "each thing is said once"
    return found[0] if found else ""


def test_what_a_store_takes_without_a_word_is_noted_and_no_fault(small):
    report = lab.check_event_store(ThirtyLines)
    note = noted(report, "takes wrong arguments without a word")
    assert report.ok and "events_in of cqrs_lab.log.guards.recordable" in note
    for wrong in (
        "expected = 1.0 or True;", "stream = '' or 7 or None or b'order-1';", "events = None or 'on' or {",
        "an event = None or the class Happened or ", "after = -1 or 1.5;", "limit = -1.",
    ):  # fmt: skip
        assert wrong in note, note
    assert noted(report, "an event that can still be changed, and the log changes with it")


@pytest.mark.parametrize("make_store", [lab.MemoryEventStore, ChecksEverything])
def test_of_a_store_that_checks_its_arguments_nothing_is_noted(make_store, small):
    report = lab.check_event_store(make_store)
    assert report.ok and len(report.notes) == 2, report
    assert not noted(report, "without a word") and not noted(report, "can still be changed")


def test_a_store_that_breaks_down_at_a_name_that_is_no_text_is_noted(small):
    class Sharded(ThirtyLines):
        def record(self, stream, events, command_id):
            super().record(stream, events, command_id)
            stream.encode()

    report = lab.check_event_store(Sharded)
    assert report.ok and "it breaks down at stream=7 (AttributeError), stream=None" in noted(report, "breaks down")


@pytest.mark.parametrize(("make_store", "lost"), [(IdsAsText, True), (SqliteOnDisk, True), (ThirtyLines, False)])
def test_a_store_that_keeps_the_text_of_a_command_id_alone_gets_a_note(make_store, lost, small):
    report = lab.check_event_store(make_store)
    assert report.ok and bool(noted(report, "a command id is kept as plain text, ")) is lost


def test_a_store_whose_command_ids_are_plain_text_after_a_restart_gets_a_note(small):
    def text(log):
        return [replace(one, command_id=one.command_id and str(one.command_id)) for one in log]

    report = lab.check_event_store(ThirtyLines, reopen=planted_stores.reopened(text))
    assert report.ok and noted(report, "a command id is kept as plain text at a restart, ")
    kept = lab.check_event_store(ThirtyLines, reopen=planted_stores.reopened(lambda log: log))
    assert not noted(kept, "plain text")


def test_a_command_id_that_stands_for_another_command_after_a_restart_is_a_fault(small):
    def mixed(log):
        return [replace(one, command_id=one.command_id and CommandId(one.command_id, "Happened 0")) for one in log]

    assert laws(lab.check_event_store(ThirtyLines, reopen=planted_stores.reopened(mixed))) == [contract.KEPT]


@pytest.mark.parametrize(
    ("make_store", "tried", "missing"),
    [
        (ThirtyLines, "none", "subscribe, read_slice, together, caused_by and metadata, again of the receipt"),
        (planted_stores.Bulk, "together", "subscribe, read_slice, caused_by and metadata, again of the receipt"),
        (lab.MemoryEventStore, "subscribe, read_slice, caused_by and metadata, again of the receipt", "together"),
    ],
)
def test_the_report_says_which_further_methods_were_tried(make_store, tried, missing, small):
    report = lab.check_event_store(make_store)
    assert noted(report, "further methods") == f"further methods tried: {tried}; not found: {missing}"


def test_the_report_says_that_no_restart_was_tried_if_it_was_told_of_none(small):
    assert "reopen=" in noted(lab.check_event_store(ThirtyLines), "restart")
    assert not noted(lab.check_event_store(ThirtyLines, reopen=planted_stores.reopened(lambda log: log)), "restart")
    assert not noted(lab.check_event_store(NeverChecks), "further methods"), "the faults come first"


# --- doors --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((ThirtyLines(),), r"is a ThirtyLines, and cannot be called; .* check_event_store\(ThirtyLines\)"),
        ((None,), "make_store=None .* give a function that returns a new, empty store each time"),
        (("sqlite://",), "give a function that returns a new, empty store"),
        ((ThirtyLines, "4"), "threads='4' is not a number of threads; give 1 or more"),
        ((ThirtyLines, 0), "threads=0"),
        ((ThirtyLines, True), "threads=True"),
        ((ThirtyLines, 2.0), r"threads=2\.0"),
        ((ThirtyLines, 1, ThirtyLines()), "reopen=.* cannot be called; give a function that closes the store"),
    ],
)
def test_an_argument_that_cannot_be_used_is_refused_with_what_to_give(arguments, why):
    with pytest.raises(lab.InvalidArgument, match=why):
        lab.check_event_store(*arguments)


USED = ThirtyLines()


def broken_disk():
    raise OSError("disk on fire")


@pytest.mark.parametrize(
    ("make_store", "came"),
    [
        (lambda: None, "None; does the function end with a return?"),
        (broken_disk, "OSError: disk on fire"),
        (lambda: namedtuple("Half", "append head")(print, print)(), "TypeError: 'Half' object is not callable"),
        (lambda: namedtuple("Half", "append head")(print, print), "without read_stream, read_all, stream_version"),
        (lambda: ThirtyLines, "TypeError: "),
        (lambda store=USED: store, "events in it"),
    ],
)
def test_what_makes_no_new_store_is_reported(make_store, came):
    report = lab.check_event_store(make_store)
    assert laws(report) == [contract.RUNS] and came in report.faults[0].came, report


class KnowsNoTypes(ThirtyLines):
    def append(self, stream, events, *, expected, command_id=None):
        raise lab.InvalidArgument(f"{type(events[0]).__name__} is not declared")


def test_a_store_that_was_not_told_the_types_is_told_where_they_are(small):
    report = lab.check_event_store(KnowsNoTypes)
    assert laws(report) == [contract.RUNS] and "Happened is not declared" in report.faults[0].came
    assert "cqrs_lab.log.contract.EVENTS" in str(report)
    assert "EVENTS" not in str(lab.check_event_store(ThirtyLines))


@pytest.mark.parametrize("method", check.METHODS)
@pytest.mark.parametrize("error", [OSError("disk on fire"), SystemExit(3), RecursionError()])
def test_a_store_that_raises_is_reported_and_raises_nothing(method, error):
    def burns(*arguments, **more):
        raise error

    report = lab.check_event_store(type("Burns", (ThirtyLines,), {method: burns}))
    assert not report.ok and type(error).__name__ in str(report)
