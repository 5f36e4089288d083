"""The contract passes right stores of any style, and names what is wrong with each of many planted ones."""

from __future__ import annotations

import sys
from collections import namedtuple

import pytest

import cqrs_lab as lab
from cqrs_lab.log import contract
from cqrs_lab.log.contract import check, listening, sizes
from tests.log import planted_stores, strange_stores
from tests.log.contract.reports import laws
from tests.log.planted_stores import (
    PLANTED,
    WRONG_ARGUMENTS,
    NeverChecks,
    SkipsCheckOnNewStream,
    Tens,
    ThirtyLines,
)
from tests.log.right_stores import FOR_THREADS, RIGHT
from tests.log.strange_stores import Plain, SelectsThenInserts

NAMES = {kind: name for name, kind in vars(planted_stores).items() if isinstance(kind, type)}


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
    if make_store not in WRONG_ARGUMENTS:  # those are tried last, and need no long runs before
        monkeypatch.setattr(sizes, "COMMANDS_SECONDS", 60.0)  # a busy machine tries no fewer commands,
        monkeypatch.setattr(sizes, "LIMIT_SECONDS", 60.0)  # and no shorter log
    report = lab.check_event_store(make_store)
    assert PLANTED[make_store] in laws(report) and len(report.faults) <= 2, report


@pytest.mark.parametrize("make_store", strange_stores.PLANTED, ids=lambda store: store.__name__)
def test_a_store_as_a_stranger_would_write_it_is_caught_with_default_arguments(make_store, monkeypatch):
    monkeypatch.setattr(check, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(listening, "SOON_SECONDS", 0.1)
    monkeypatch.setattr(sizes, "COMMANDS_SECONDS", 60.0)  # a busy machine tries no fewer commands
    report = lab.check_event_store(make_store)
    assert strange_stores.PLANTED[make_store] in laws(report), report
    assert all(fault.done and fault.expected != fault.came for fault in report.faults), report


@pytest.mark.parametrize("make_store", strange_stores.WRONG_AT_A_SIZE, ids=lambda store: store.__name__)
def test_what_goes_wrong_at_one_size_is_caught(make_store, monkeypatch):
    monkeypatch.setattr(sizes, "LIMIT_SECONDS", 60.0)  # a busy machine tries no shorter log
    assert not lab.check_event_store(make_store).ok


def test_a_race_between_two_statements_of_sql_is_told(small):
    """Two threads record on one version, or meet in one transaction, which SQLite refuses: whichever comes first."""
    note = lab.check_event_store(SelectsThenInserts).notes[0]
    assert any(f"with two, {law}: " in note for law in (contract.EXPECTED, contract.RUNS)), note


def test_more_than_a_hundred_stores_are_planted():
    assert len(PLANTED) > 100


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


def test_a_race_in_a_store_without_a_lock_is_told_and_is_a_fault_with_two_threads(small):
    class NoLock(Plain):
        pass

    report = lab.check_event_store(NoLock)
    assert report.ok and "the store holds no lock" in report.notes[0]
    assert f"with two, {contract.EXPECTED}: " in report.notes[0] and "expected 1, came 2. " in report.notes[0]
    assert contract.EXPECTED in laws(lab.check_event_store(NoLock, threads=2))


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
        (lambda store=USED: store, "1 event in it"),
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
