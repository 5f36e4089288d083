"""The world's lag is that of the simulator, its policies keep what they promise, and the real parts are at work."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.shop import visits, write
from cqrs_lab.shop.events import OrderPlaced
from cqrs_lab.simulation import (
    Clockwork,
    Crashes,
    Erlang,
    Exponential,
    Fixed,
    LagModel,
    Poisson,
    Polling,
    Uniform,
    simulate_lag,
)
from cqrs_lab.simulation.world import POLICIES, Domain, simulate_world

TEA = Domain(write.register, visits.order_one, visits.UnitsOrdered, ("cup", "pot"))
BUSY = LagModel(Poisson(2.0), Exponential(0.4), replicas=2)


def world(model=BUSY, **more):
    return simulate_world(model, TEA, **{"visits": 60, "think": Exponential(0.3), "seed": 4, **more})


@cache
def seen():
    """Return the run that several tests look at: each looks for something else."""
    return world()


@pytest.mark.parametrize(
    "model",
    [
        BUSY,
        LagModel(Clockwork(0.5), Erlang(2, 0.45), replicas=3),
        LagModel(Poisson(2.0), Fixed(0), polling=Polling(Fixed(1.0))),
        LagModel(Poisson(3.0), Uniform(0.0, 0.4), replicas=2, polling=Polling(Exponential(1.0))),
        LagModel(Poisson(2.0), Exponential(0.2), polling=Polling(Fixed(1.0), batch_limit=3)),
        LagModel(Clockwork(1.0), Fixed(0.25), polling=Polling(Fixed(1.0), batch_limit=2)),
    ],
)
def test_the_lag_is_that_of_the_simulator(model):
    expected = simulate_lag(model, 60, seed=4)
    np.testing.assert_allclose(world(model).lag.visible_at, expected.visible_at, rtol=1e-9)


@pytest.mark.parametrize("policy", POLICIES)
def test_the_lag_does_not_depend_on_the_policy(policy):
    np.testing.assert_array_equal(world(policy=policy).lag.visible_at, seen().lag.visible_at)


def test_every_replica_shows_in_the_end_what_the_log_says():
    run = seen()
    ordered = run.trace[run.trace["op"] == "w"].groupby("key").size()
    for table in run.tables:
        assert table["units"].to_dict() == ordered.to_dict()


def test_a_version_is_the_newest_write_of_the_key_that_was_visible_at_the_replica():
    run = seen()
    writes = run.trace[run.trace["op"] == "w"].set_index("version")
    for read in run.trace[run.trace["op"] == "r"].itertuples():
        visible = np.flatnonzero(run.lag.visible_at[read.replica] <= read.ret) + 1
        assert read.position == len(visible)
        of_the_key = [version for version in visible if writes.at[version, "key"] == read.key]
        assert read.version == max(of_the_key, default=0)


def test_without_a_policy_readers_miss_their_own_writes_and_go_back():
    counted = seen().summary()
    assert counted["reads"] == 120 and counted["missed_own_write"] > 20 and counted["went_back"] > 0
    assert counted["read_seconds"] == 0 and counted["command_seconds"] == 0


def test_a_token_keeps_both_and_costs_the_reader_time():
    three = LagModel(Poisson(2.0), Exponential(0.4), replicas=3)
    counted = world(three, policy="token", reads=5).summary()
    assert counted["missed_own_write"] == counted["went_back"] == 0
    assert counted["read_seconds"] > 0 and counted["command_seconds"] == 0


def test_a_token_waits_as_long_as_the_simulator_says():
    model = LagModel(Poisson(1.0), Exponential(0.6))
    counted = simulate_world(model, TEA, visits=1000, reads=1, think=Fixed(0.5), policy="token", seed=2).summary()
    lag = simulate_lag(model, 1000, seed=2).events["lag_seconds"]
    assert counted["read_seconds"] == pytest.approx(np.maximum(lag - 0.5, 0).mean(), rel=0.03)


def test_a_sticky_replica_never_goes_back_but_misses_own_writes():
    counted = world(policy="sticky replica").summary()
    assert counted["went_back"] == 0 and counted["missed_own_write"] > 20 and counted["read_seconds"] == 0


def test_a_waiting_command_shows_own_writes_and_costs_the_sender_time():
    run = world(policy="waiting command")
    counted, writes = run.summary(), run.trace[run.trace["op"] == "w"]
    assert counted["missed_own_write"] == 0 and counted["read_seconds"] == 0
    waited = run.lag.visible_at.max(axis=0) - run.lag.committed_at
    assert (writes["ret"] - writes["invoke"]).to_numpy() == pytest.approx(waited[writes["version"] - 1])


def test_a_session_does_one_thing_after_the_other():
    trace = world(policy="token").trace
    for _, own in trace.groupby("session"):
        assert (own["invoke"].to_numpy()[1:] >= own["ret"].to_numpy()[:-1]).all()


def test_the_same_seed_gives_the_same_trace():
    pd.testing.assert_frame_equal(world().trace, seen().trace)
    assert not world(seed=5).trace.equals(seen().trace)


class Revenue:
    """A projection of a learner's own."""

    name, version, events = "revenue", 1, (OrderPlaced,)
    schema = lab.Schema(index=["customer_id"], columns={"revenue": "int64"})

    def summarise(self, batch):
        lines = batch.frame(OrderPlaced, each="lines").assign(
            revenue=lambda line: line.quantity * line.unit_price_mills
        )
        return lines.groupby("customer_id")[["revenue"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["revenue"])


def test_a_projection_of_the_learner_can_be_put_in():
    before = tuple(write.ReceiveStock(product, 9, visits.NOON) for product in visits.PRICES)
    own = Domain(write.register, visits.order_one, Revenue, ("cup", "pot"), before)
    run = simulate_world(BUSY, own, visits=20, think=Fixed(0.1))
    assert run.tables[0]["revenue"].sum() > 20 * 2550
    # What happened before the first visitor came is no version of theirs.
    assert run.trace["version"].max() == 20


@pytest.mark.parametrize(
    "model",
    [
        LagModel(Poisson(1.0), Fixed(0.1), partitions=2),
        LagModel(Poisson(1.0), Fixed(0.1), crashes=Crashes(0.1, Fixed(1.0))),
        LagModel(Poisson(1.0), Fixed(0.1), polling=Polling(Fixed(1.0), mode="drain")),
        LagModel(Poisson(1.0), Fixed(0.1), polling=Polling(Fixed(1.0), commit="batch")),
    ],
)
def test_a_model_that_the_world_does_not_know_is_refused(model):
    with pytest.raises(lab.InvalidArgument, match="leave the rest out, or use simulate_lag"):
        world(model)


@pytest.mark.parametrize("wrong", [{"visits": 0}, {"reads": 1.5}, {"visits": True}])
def test_a_world_has_visitors_who_read(wrong):
    with pytest.raises(lab.InvalidArgument, match="whole number, 1 or more"):
        world(**wrong)


def test_an_unknown_policy_is_refused():
    with pytest.raises(lab.InvalidArgument, match="accepted are 'eventual', 'sleep', 'token'"):
        world(policy="luck")


def test_a_command_that_leads_to_no_event_is_refused():
    twice = Domain(
        write.register, lambda number, person, key: visits.order_one(0, person, key), visits.UnitsOrdered, ("cup",)
    )
    with pytest.raises(lab.CqrsLabError):
        simulate_world(BUSY, twice, visits=3, think=Fixed(0.1))
