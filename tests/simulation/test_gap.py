"""The gap: a position taken before its commit falls through between two polls, at zero lag; three remedies."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.simulation.faults import SlowCommit, find_failure, simulate_faults
from cqrs_lab.simulation.gap import REMEDIES, Transaction, compare_remedies, draw_transactions, simulate_gap
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
