"""A run is the same for the same seed, its parts have random numbers of their own, and its table tells all."""

import numpy as np
import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.simulation import (
    Clockwork,
    Crashes,
    Exponential,
    Fixed,
    LagModel,
    Poisson,
    Polling,
    RecordedTimes,
    Retries,
    Uniform,
    simulate_lag,
)
from cqrs_lab.simulation.capacity import load

BUSY = LagModel(Poisson(0.8), Exponential(1.0))


def test_the_same_seed_gives_the_same_run_and_another_seed_another():
    first, again, other = (simulate_lag(BUSY, 1000, seed).events for seed in (4, 4, 5))
    pd.testing.assert_frame_equal(first, again)
    assert not first.equals(other)


@pytest.mark.parametrize(
    "more",
    [
        {"crashes": Crashes(0.1, Fixed(1))},
        {"retries": Retries(0.3)},
        {"relay": Exponential(0.1)},
        {"polling": Polling(Exponential(1.0))},
        {"replicas": 3},
        {"partitions": 4},
    ],
    ids=lambda more: next(iter(more)),
)
def test_switching_a_component_on_leaves_the_draws_of_the_others_as_they_were(more):
    plain, with_more = (simulate_lag(LagModel(Poisson(0.3), Exponential(1.0), **m), 500, 1) for m in ({}, more))
    assert plain.committed_at.tolist() == with_more.committed_at.tolist()
    if "retries" not in more:
        quick, with_quick = (
            simulate_lag(LagModel(Clockwork(1e6), Exponential(1.0), **m), 200, 1).visible_at[0]
            - 1e6 * np.arange(1, 201)
            for m in ({}, {name: value for name, value in more.items() if name in ("replicas", "partitions")})
        )
        assert quick == pytest.approx(with_quick, abs=1e-6)


def test_the_events_are_told_one_by_one():
    run = simulate_lag(LagModel(Clockwork(1.0), Fixed(0.25), replicas=2, events_per_command=3), 7, 0)
    events = run.events
    assert events.dtypes.astype(str).to_dict() == {
        "position": "int64",
        "committed_at": "float64",
        "visible_at": "float64",
        "lag_seconds": "float64",
        "partition": "int64",
        "replica": "int64",
    }
    assert events["position"].tolist() == [*range(1, 8)] * 2 and events["replica"].tolist() == [0] * 7 + [1] * 7
    assert events["committed_at"].tolist()[:7] == [1, 1, 1, 2, 2, 2, 3]
    assert events["lag_seconds"].tolist()[:7] == pytest.approx([0.25, 0.5, 0.75, 0.25, 0.5, 0.75, 0.25])


def test_an_outage_is_a_flat_step_that_is_worked_off():
    lag = simulate_lag(LagModel(Clockwork(1.0), Fixed(0.5), outages=[(10.2, 3.0)]), 30, 0).events["lag_seconds"]
    # Event 10 is being handled when the projector goes down, with 0.3 of its 0.5 seconds left.
    assert lag[9] == pytest.approx(3.5) and lag[10] == pytest.approx(3.0) and lag[13] == pytest.approx(1.5)
    assert lag[16:].tolist() == pytest.approx([0.5] * 14)


def test_each_tick_is_one_poll_even_if_handling_takes_no_time():
    polling = Polling(Uniform(0.5, 1.5), batch_limit=1)
    model = LagModel(RecordedTimes([0.1, 10.0]), Fixed(0), events_per_command=3, polling=polling)
    visible = simulate_lag(model, events=6, seed=1).events["visible_at"].to_numpy()
    assert (np.diff(visible) >= 0.5).all()


def test_ticks_take_what_committed_at_the_tick_and_no_more_than_the_limit():
    polling = Polling(Fixed(2.0), batch_limit=1)
    lag = simulate_lag(LagModel(Clockwork(1.0), Fixed(0), polling=polling), 4, 0).events["lag_seconds"]
    assert lag.tolist() == [1, 2, 3, 4]


def test_a_projector_that_cannot_keep_up_is_told():
    assert load(BUSY) == pytest.approx(0.8)
    assert load(LagModel(Poisson(2), Fixed(0.75), retries=Retries(0.5))) == pytest.approx(3)
    assert load(LagModel(Poisson(2), Fixed(0.1), retries=Retries(0.5, backoff_seconds=1.0))) == pytest.approx(2.4)
    assert load(LagModel(Poisson(2), Fixed(0.1), relay=Fixed(0.6))) == pytest.approx(1.2)
    assert load(LagModel(Poisson(2), Fixed(0.1), polling=Polling(Fixed(1.0), batch_limit=4))) == pytest.approx(0.5)
    assert load(LagModel(Poisson(2), Fixed(0.3), polling=Polling(Fixed(1.0), batch_limit=4))) == pytest.approx(1.0)
    assert load(LagModel(Poisson(2), Fixed(0), polling=Polling(Fixed(1.0), batch_limit=4))) == pytest.approx(0.5)
    # Three tenths are done at the third tick exactly, and that tick is a poll.
    assert load(LagModel(Poisson(2), Fixed(0.1), polling=Polling(Fixed(0.1), batch_limit=3))) == pytest.approx(0.2)
    asleep = Polling(Fixed(1.0), batch_limit=4, mode="sleep_after")
    assert load(LagModel(Poisson(2), Fixed(0.3), polling=asleep)) == pytest.approx(1.1)
    assert load(LagModel(Poisson(2), Fixed(0.2), crashes=Crashes(0.5, Fixed(1.0)))) == pytest.approx(0.6)
    again = Crashes(0.5, Fixed(1.0), when="handling", then="redeliver")
    assert load(LagModel(Poisson(2), Fixed(0.2), crashes=again)) == pytest.approx(6 * np.expm1(0.1))
    assert load(LagModel(Poisson(2), Fixed(0.2), partitions=[0.75, 0.25])) == pytest.approx(0.3)


@pytest.mark.parametrize("limit", [9, 11])
def test_the_load_tells_whether_the_lag_grows(limit):
    model = LagModel(Poisson(20.0), Fixed(0.01), polling=Polling(Fixed(0.5), batch_limit=limit))
    run = simulate_lag(model, 40_000, 3)
    early, late = run.events["lag_seconds"].iloc[10_000], run.events["lag_seconds"].iloc[-1]
    assert (late > 100 and late > 2 * early) == (run.load >= 1) == (limit == 9)


def test_a_model_without_a_steady_state_runs_and_says_so():
    run = simulate_lag(LagModel(Poisson(1.25), Fixed(1.0)), 10_000, 0)
    assert run.load == pytest.approx(1.25) and "1.25 times as fast" in repr(run) and "no steady state" in repr(run)
    assert run.summary()[["low", "high"]].isna().all(axis=None) and run.events["lag_seconds"].iloc[-1] > 1_500


def test_a_run_shows_itself_with_its_figures():
    run = simulate_lag(LagModel(Clockwork(1.0), Fixed(0.25)), 1_000, 0)
    assert repr(run) == "1,000 events: mean lag 0.25 s, 99 in 100 within 0.25 s."
    assert "<table" in run._repr_html_() and "mean lag 0.25 s" in run._repr_html_()


@pytest.mark.parametrize("when", ["always", "handling"])
@pytest.mark.parametrize("polling", [None, Polling(Fixed(1.0)), Polling(Fixed(1.0), mode="drain")])
def test_work_that_is_hardly_ever_done_is_refused_with_the_number_of_crashes(polling, when):
    crashes = Crashes(10.0, Fixed(0.1), when=when, then="redeliver")
    with pytest.raises(InvalidArgument, match=r"this would draw 1\.0e\+23 crashes; at most 5e\+06 can be: crash less"):
        simulate_lag(LagModel(Poisson(0.1), Fixed(5.0), polling=polling, crashes=crashes), 10, 0)


@pytest.mark.parametrize("when", ["always", "handling"])
def test_a_batch_that_is_never_done_is_refused_when_it_was_begun_too_often(when):
    crashes = Crashes(1.0, Fixed(0.1), when=when, then="redeliver")
    batches = Polling(Fixed(100.0), commit="batch")
    with pytest.raises(InvalidArgument, match="begun again 10,000 times: it takes far longer than the 1 seconds"):
        simulate_lag(LagModel(Clockwork(1.0), Fixed(0.5), polling=batches, crashes=crashes), 200, 0)


def test_replicas_share_arrivals_and_have_handling_times_of_their_own():
    run = simulate_lag(LagModel(Poisson(0.8), Exponential(1.0), replicas=3), 200_000, 2)
    lag = run.visible_at - run.committed_at
    assert np.corrcoef(lag)[0, 1] == pytest.approx(0.5, abs=0.3) and not (lag[0] == lag[1]).any()
    # What they share makes them late together: independent ones would all be stale 0.0025 of the time.
    all_stale = float(np.mean((lag[:, 10_000:] > 10).all(axis=0)))
    assert all_stale == pytest.approx(0.018, rel=0.4)


def test_a_visitor_at_a_random_moment_waits_for_the_newest_event_less_than_it_lags():
    # M/M/1: the work that is there, seen at random: utilisation times mean lag.
    run = simulate_lag(LagModel(Poisson(0.8), Exponential(1.0)), 400_000, 1)
    assert run.newest_wait_mean() == pytest.approx(0.8 * 5.0, rel=0.05)
    tiny = simulate_lag(LagModel(Clockwork(1.0), Fixed(0.25), replicas=2), 100, 0)
    assert tiny.newest_wait_mean() == pytest.approx(0.25**2 / 2)
    assert run.newest_wait_mean() < run.token_wait_mean(0)


def test_waiting_for_the_newest_event_is_what_visitors_at_random_moments_wait():
    run = simulate_lag(LagModel(Poisson(2.0), Exponential(0.4), polling=Polling(Fixed(1.5))), 5_000, 3)
    moments = np.random.default_rng(0).uniform(run.committed_at[250], run.committed_at[-1], 200_000)
    newest = np.searchsorted(run.committed_at, moments, side="right") - 1
    waits = np.maximum(np.maximum.accumulate(run.visible_at[0])[newest] - moments, 0)
    assert run.newest_wait_mean() == pytest.approx(waits.mean(), rel=0.01)


@pytest.mark.parametrize("replicas", [1, 3])
def test_what_is_changed_in_the_events_of_a_run_stays_out_of_the_run(replicas):
    run = simulate_lag(LagModel(Poisson(0.5), Exponential(1.0), replicas=replicas), events=50, seed=1)
    committed, visible, before = run.committed_at.copy(), run.visible_at.copy(), run.events.copy()
    events = run.events
    events.loc[0, ["committed_at", "visible_at"]] = -1.0
    events["partition"] += 7
    events.iloc[3:, 1:4] = 0.0
    assert (run.committed_at == committed).all() and (run.visible_at == visible).all() and (run.partition == 0).all()
    assert run.events.equals(before)
