"""The gap: a position taken before its commit falls through between two polls, at zero lag; three remedies."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.simulation import gap_rules
from cqrs_lab.simulation.faults import SlowCommit, find_failure, simulate_faults
from cqrs_lab.simulation.gap import REMEDIES, GapRun, Transaction, compare_remedies, draw_transactions, simulate_gap
from cqrs_lab.simulation.gappy_store import GappyEventStore
from tests.simulation.faulty_workers import STORY

FALLS_THROUGH = [Transaction(0.2, 2.0), Transaction(0.5, 0.2)]
transactions = st.lists(
    st.builds(
        Transaction,
        st.integers(0, 60).map(lambda n: n / 8 + 0.01),
        st.integers(1, 30).map(lambda n: n / 8),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


def by_hand(transactions, remedy):
    """Work out when each transaction is seen, with lists and a clock that ticks once a second."""
    order = sorted(range(len(transactions)), key=lambda n: transactions[n].takes_at)
    free, took, over = 0.0, {}, {}
    for n in order:
        took[n] = max(free, transactions[n].takes_at) if remedy == "lock" else transactions[n].takes_at
        over[n] = free = took[n] + transactions[n].lasts
    position = {n: place for place, n in enumerate(sorted(took, key=lambda n: (took[n], order.index(n))), 1)}
    seen, read_upto = {}, 0
    for tick in range(1, math.ceil(max(over.values())) + 3):
        bound = (
            min((position[n] for n in order if took[n] <= tick < over[n]), default=99)
            if remedy == "low watermark"
            else 99
        )
        there = [n for n in order if over[n] <= tick and not transactions[n].aborts and read_upto < position[n] < bound]
        seen |= dict.fromkeys(there, tick)
        read_upto = max([read_upto, *(position[n] for n in there)])
    return [seen.get(n, math.nan) for n in range(len(transactions))]


@pytest.mark.parametrize("remedy", ["none", "lock", "low watermark"])
@given(transactions)
def test_what_the_reader_sees_and_when_is_what_a_count_by_hand_says(remedy, transactions):
    run = simulate_gap(transactions, remedy)
    np.testing.assert_allclose(run.events["visible_at"], by_hand(transactions, remedy))


@given(transactions)
def test_a_gap_aware_reader_skips_nothing_if_its_patience_outlasts_every_transaction(transactions):
    run = simulate_gap(transactions, "gap-aware reader", patience_seconds=5)
    assert not run.events["skipped"].any()
    assert run.events["visible_at"].notna().equals(run.events["committed_at"].notna())
    seen = run.events.dropna().sort_values("position")["visible_at"]
    assert seen.is_monotonic_increasing


def test_an_event_falls_through_at_zero_lag():
    run = simulate_gap(FALLS_THROUGH)
    assert list(run.events["skipped"]) == [True, False] and list(run.events["position"]) == [1, 2]
    assert set(run.polls["lag_events"]) == {0}
    for remedy in REMEDIES[1:]:
        assert list(simulate_gap(FALLS_THROUGH, remedy).events["visible_at"]) == [3, 3]


def test_a_gap_aware_reader_gives_up_on_what_takes_longer_than_its_patience():
    run = simulate_gap([Transaction(0.2, 9.0), Transaction(0.5, 0.2)], "gap-aware reader", patience_seconds=5)
    assert list(run.events["skipped"]) == [True, False] and run.events["visible_at"][2] == 6


def test_remedies_are_compared_by_what_they_skip_and_what_they_add():
    table = compare_remedies(draw_transactions(150, seed=3))
    assert list(table.index) == list(REMEDIES)
    assert table.at["none", "skipped"] > 0 and (table["skipped"].drop("none") == 0).all()
    assert table.at["none", "added_seconds"] == 0 and (table["added_seconds"].drop("none") > 0).all()
    assert table.equals(compare_remedies(draw_transactions(150, seed=3)))


def test_the_fault_harness_finds_the_skipped_event():
    assert not simulate_faults(STORY, [SlowCommit(1, 3)], store=GappyEventStore).ok
    run = find_failure(STORY, store=GappyEventStore, kinds=(SlowCommit,), seeds=range(20))
    assert run is not None and len(run.plan) == 1
    assert find_failure(STORY, store=low_watermark, kinds=(SlowCommit,), seeds=range(20)) is None


def low_watermark(clock):
    return GappyEventStore(clock, "low watermark")


def test_a_transaction_that_gives_up_leaves_its_position_unused():
    store = GappyEventStore(clock=lambda: 0.0)
    with store.hold(aborts=True):
        store.append("a", ["never"], expected=lab.Expected.NO_STREAM)
    store.append("a", ["there"], expected=lab.Expected.NO_STREAM)
    assert [(one.position, one.event) for one in store.read_all()] == [(2, "there")]
    assert (store.head(), store.stream_version("a")) == (2, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: simulate_gap(FALLS_THROUGH, "hope"),
        lambda: simulate_gap(FALLS_THROUGH, interval_seconds=0),
        lambda: simulate_gap(FALLS_THROUGH, patience_seconds=-1),
        lambda: GappyEventStore(lambda: 0.0, "lock"),
    ],
)
def test_what_has_no_meaning_is_refused(wrong):
    with pytest.raises(lab.InvalidArgument):
        wrong()


def test_a_gap_is_seen_only_once_a_later_position_is_there():
    late = [Transaction(0.2, 9.0), Transaction(3.5, 0.2)]  # at poll 4 the reader finds 2, and no 1
    run = simulate_gap(late, "gap-aware reader", patience_seconds=2)
    assert run.polls.loc[run.polls["upto"] == 2, "seconds"].min() == 6
    assert run.events.at[2, "visible_at"] == 6


@pytest.mark.parametrize(("remedy", "seen"), [("none", 1), ("lock", None), ("low watermark", None)])
def test_a_transaction_that_never_ends_is_watched_for_a_while(remedy, seen):
    stays_open = [Transaction(0.2, math.inf), Transaction(0.5, 0.2)]
    run = simulate_gap(stays_open, remedy, until_seconds=20)
    assert list(run.polls["seconds"]) == list(range(1, 21))
    assert run.events.at[2, "visible_at"] == seen if seen else math.isnan(run.events.at[2, "visible_at"])
    assert not run.events["skipped"].any(), "what waits is not skipped"
    with pytest.raises(lab.InvalidArgument, match="give until_seconds"):
        simulate_gap(stays_open, remedy)
    with pytest.raises(lab.InvalidArgument, match="before the first poll"):
        simulate_gap(stays_open, remedy, until_seconds=0.5)


# --- the store by itself ---------------------------------------------------------------------------------------------


def test_without_an_open_transaction_the_store_keeps_every_law():
    for remedy in ("none", "low watermark", "gap-aware reader"):
        report = lab.check_event_store(lambda remedy=remedy: GappyEventStore(lambda: 0.0, remedy))
        assert report.ok and report.checks > 50, report


def test_with_one_it_breaks_the_one_order_of_the_log_and_nothing_else():
    store, read = GappyEventStore(lambda: 0.0), []
    for _ in range(2):
        with store.hold():
            for stream in ("slow", "quick"):
                store.append(stream, [stream], expected=lab.Expected.ANY)
            read += [one.position for one in store.read_all(after=max(read, default=0))]
        read += [one.position for one in store.read_all(after=max(read))]
    assert read == [2, 4] and [one.position for one in store.read_all()] == [1, 2, 3, 4]
    versions = [(one.stream, one.version) for one in store.read_all()]
    assert versions == [("slow", 1), ("quick", 1), ("slow", 2), ("quick", 2)]


def test_a_transaction_that_appends_nothing_leaves_nothing_behind():
    store = GappyEventStore(lambda: 0.0)
    with store.hold():
        pass
    store.append("a", ["there"], expected=lab.Expected.NO_STREAM)
    assert [one.event for one in store.read_all()] == ["there"]


def test_a_rejected_command_does_not_take_the_next_one_along():
    quarrel = [*STORY.commands, "nobody decides this"]
    story = replace(STORY, register=register_with_a_refusal, commands=tuple(reversed(quarrel)), expected=None)
    run = simulate_faults(story, store=GappyEventStore)
    assert run.ok and run.head == len(STORY.commands) and (run.steps["kind"] == "rejected").sum() == 1


def register_with_a_refusal(bus):
    def refuse(command, state):
        raise lab.CommandRejected("not for us")

    STORY.register(bus)
    bus.register(str, lab.Decider(None, refuse, lambda state, event: state), stream=lambda command: "none")


def test_an_error_within_a_transaction_undoes_it():
    store = GappyEventStore(lambda: 0.0)
    with pytest.raises(OSError, match="no room"), store.hold():
        store.append("a", ["half"], expected=lab.Expected.NO_STREAM)
        raise OSError("no room")
    assert list(store.read_all()) == [] and store.stream_version("a") == 0


def test_a_command_that_comes_twice_gets_its_first_receipt_whole():
    store = GappyEventStore(lambda: 0.0)
    first = store.append("a", ["one", "two"], expected=lab.Expected.NO_STREAM, command_id="c")
    store.append("a", ["three"], expected=2)
    assert store.append("a", ["one", "two"], expected=lab.Expected.NO_STREAM, command_id="c") == first


nan = math.nan


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: simulate_gap(FALLS_THROUGH, interval_seconds=nan), "interval_seconds=nan"),
        (lambda: simulate_gap(FALLS_THROUGH, interval_seconds=math.inf), "interval_seconds=inf: give a number above 0"),
        (lambda: simulate_gap(FALLS_THROUGH, patience_seconds=math.inf), "patience_seconds=inf"),
        (lambda: simulate_gap(FALLS_THROUGH, "gap-aware reader", patience_seconds=nan), "patience_seconds=nan"),
        (lambda: simulate_gap(FALLS_THROUGH, until_seconds=math.inf), "until_seconds=inf: give a number of 0 or more"),
        (lambda: simulate_gap(FALLS_THROUGH, until_seconds=nan), "until_seconds=nan: give a number of 0 or more"),
        (lambda: simulate_gap([Transaction(nan, 1.0)]), "give takes_at and lasts in seconds"),
        (lambda: simulate_gap([Transaction(math.inf, 1.0)]), "only lasts may be endless"),
        (lambda: simulate_gap([Transaction(-1.0, 1.0)]), "seconds, 0 or more"),
        (lambda: simulate_gap([Transaction(0.0, nan)]), "give takes_at and lasts in seconds"),
        (lambda: simulate_gap([Transaction(0.0, -1.0)]), "seconds, 0 or more"),
        (lambda: simulate_gap([Transaction(0.0, 1e12)], "low watermark"), "give until_seconds, or a longer interval"),
        (lambda: simulate_gap(FALLS_THROUGH, patience_seconds=1e12), "or a longer interval"),
        (lambda: GappyEventStore(lambda: 0.0, patience_seconds=nan), "patience_seconds=nan: give seconds"),
    ],
)
def test_a_time_that_is_no_time_is_refused_before_anything_hangs(wrong, told):
    with pytest.raises(lab.InvalidArgument, match=told):
        wrong()


def test_no_transactions_at_all_are_a_run_too():
    assert len(simulate_gap([]).events) == 0


def test_every_column_of_a_run_is_told():
    run = simulate_gap(FALLS_THROUGH, "lock")
    told = " ".join(GapRun.__doc__.split())
    assert all(f"{name} (" in told for name in [*run.events, *run.polls])
    assert list(run.events["wanted_at"]) == [0.2, 0.5] and list(run.events["took_at"]) == [0.2, 2.2]


@given(transactions)
def test_the_low_watermark_as_a_rule_is_the_low_watermark(transactions):
    ruled, kit = simulate_gap(transactions, gap_rules.low_watermark), simulate_gap(transactions, "low watermark")
    assert ruled.events.equals(kit.events) and ruled.polls.equals(kit.polls)


@given(transactions)
def test_a_rule_that_reads_whatever_is_committed_is_no_remedy(transactions):
    assert simulate_gap(transactions, gap_rules.everything).events.equals(simulate_gap(transactions).events)


@given(transactions)
def test_a_rule_hears_what_is_committed_and_what_is_open_and_nothing_else(transactions):
    heard = []

    def rule(committed, still_open):
        heard.append((committed, still_open))
        return gap_rules.low_watermark(committed, still_open)

    run = simulate_gap(transactions, rule)
    over = run.events["took_at"] + [one.lasts for one in transactions]
    for second in run.polls["seconds"]:
        taken = run.events[run.events["took_at"] <= second]
        there = sorted(taken.loc[taken["committed_at"] <= second, "position"])
        still_open = sorted(taken.loc[over[taken.index] > second, "position"])
        assert not there or (there, still_open) in heard


def test_what_is_waited_before_forever_is_unread_and_not_skipped():
    table = compare_remedies([Transaction(0.2, 2.0, aborts=True), Transaction(0.5, 0.2)], {"mine": lambda *_: 1})
    assert table.loc["mine", ["skipped", "unread"]].to_list() == [0, 1]
    assert table.loc["none", ["skipped", "unread"]].to_list() == [0, 0]


def test_a_rule_that_returns_no_position_is_told_for_which_positions():
    for wrong in (None, -1, 1.5, True, [1], math.inf):
        with pytest.raises(gap_rules.RuleFailed, match=r"with \[2\] and \[1\], returned .*; let it return the last"):
            gap_rules.last_to_read(lambda committed, still_open, came=wrong: came, [2], [1])
    with pytest.raises(gap_rules.RuleFailed, match="raised ZeroDivisionError: division by zero") as raised:
        simulate_gap(FALLS_THROUGH, lambda committed, still_open: 1 / 0)
    assert isinstance(raised.value.__cause__, ZeroDivisionError)
