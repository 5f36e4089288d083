"""The same visitors under another policy: what is worked out from moments is what the real buses answered."""

import numpy as np
import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.shop import visits, write
from cqrs_lab.simulation import Clockwork, Erlang, Exponential, Fixed, LagModel, Poisson, Polling, Uniform
from cqrs_lab.simulation.visitors import POLICIES, SLEEP_SECONDS
from cqrs_lab.simulation.world import Domain, simulate_world

TEA = Domain(write.register, visits.order_one, visits.UnitsOrdered, ("cup", "pot"))
BUSY = LagModel(Poisson(2.0), Exponential(0.4), replicas=2)


@pytest.fixture(scope="module")
def base():
    return simulate_world(BUSY, TEA, visits=40, think=Fixed(0.5), seed=4)


@pytest.fixture(
    scope="module",
    params=[
        BUSY,
        LagModel(Clockwork(1.5), Erlang(2, 0.6), replicas=3),
        LagModel(Poisson(3.0), Uniform(0.0, 0.2), replicas=2, polling=Polling(Exponential(0.5))),
    ],
)
def first(request):
    return request.param, simulate_world(request.param, TEA, visits=30, reads=3, think=Fixed(2.0), seed=5)


@pytest.mark.parametrize("policy", POLICIES)
def test_who_comes_again_sees_what_the_real_buses_would_have_answered(first, policy):
    model, first = first
    real = simulate_world(model, TEA, visits=30, reads=3, think=Exponential(0.4), policy=policy, seed=5)
    pd.testing.assert_frame_equal(first.again(policy=policy, think=Exponential(0.4)).trace, real.trace)


def test_people_who_leave_at_one_moment_come_back_in_the_order_in_which_they_asked():
    """Several tokens wait for one event: all of them are let go when it is there."""
    first, real = (
        simulate_world(BUSY, TEA, visits=40, think=Exponential(0.3), policy=policy, seed=1)
        for policy in ("eventual", "token")
    )
    pd.testing.assert_frame_equal(first.again(policy="token", think=Exponential(0.3)).trace, real.trace)


def test_what_each_policy_promises(base):
    counted = {policy: base.again(policy=policy, think=Fixed(0.5)).summary() for policy in POLICIES}
    broken = {policy: (one["missed_own_write"] > 0, one["went_back"] > 0) for policy, one in counted.items()}
    assert broken == {
        "eventual": (True, True),
        "sleep": (True, True),
        "token": (False, False),
        "sticky replica": (True, False),
        "waiting command": (False, True),
        "primary": (False, False),
    }
    assert counted["sleep"]["missed_own_write"] < counted["eventual"]["missed_own_write"]
    assert {policy for policy, one in counted.items() if one["read_seconds"]} == {"sleep", "token"}
    assert counted["sleep"]["read_seconds"] == pytest.approx(SLEEP_SECONDS / 2)  # of two looks, before the first
    assert {policy for policy, one in counted.items() if one["command_seconds"]} == {"waiting command"}


def test_the_primary_shows_everything_that_is_committed(base):
    trace = base.again(policy="primary", think=Fixed(0.5)).trace
    reads = trace[trace["op"] == "r"]
    assert set(reads["replica"]) == {-1}
    committed = base.lag.committed_at
    assert reads["position"].tolist() == [int(np.sum(committed <= moment)) for moment in reads["ret"]]


def test_a_token_is_the_newest_position_that_a_session_has_written_or_seen(base):
    trace = base.again(policy="token", think=Fixed(0.5)).trace
    newest = dict.fromkeys(trace["session"], 0)
    for one in trace.itertuples():
        if one.op == "r":
            assert one.token == newest[one.session] <= one.position
        newest[one.session] = max(newest[one.session], one.position)
    assert (base.trace["token"] == 0).all()


# --- a function of the learner's --------------------------------------------------------------------------


def waits_for_it(shop, order):
    return shop.ask(at_least=shop.send(order).position).value


def looks_at_once(shop, order):
    shop.send(order)
    return shop.ask().value


def sleeps(shop, order):
    shop.send(order)
    shop.sleep(2.5)
    return shop.ask()


def asks_until_it_is_there(shop, order):
    shop.send(order)
    while order not in (page := shop.ask().value):
        pass
    return list(page)


def reads_the_log(shop, order):
    shop.send(order)
    return shop.read_the_log()


@pytest.mark.parametrize(
    ("mine", "policy"), [(waits_for_it, "token"), (looks_at_once, "eventual"), (reads_the_log, "primary")]
)
def test_a_function_that_does_what_a_policy_does_sees_what_the_policy_shows(base, mine, policy):
    """Of one look a visit, and by new people: a token of one who comes back may be newer than the receipt."""
    once = simulate_world(BUSY, TEA, visits=40, reads=1, think=Fixed(0.5), seed=4)
    expected, ours = (once.again(policy=one, think=Fixed(0.5)).trace for one in (policy, mine))
    columns = ["session", "op", "key", "invoke", "ret", "version", "replica", "position"]
    pd.testing.assert_frame_equal(ours[columns], expected[columns])
    direct = simulate_world(BUSY, TEA, visits=40, reads=1, think=Fixed(0.5), policy=mine, seed=4)
    pd.testing.assert_frame_equal(direct.trace, ours)


def test_what_a_function_does_takes_its_time(base):
    slept, asked = (base.again(policy=mine, think=Fixed(0.5)).trace for mine in (sleeps, asks_until_it_is_there))
    waits = {name: (one["ret"] - one["invoke"])[one["op"] == "r"] for name, one in (("s", slept), ("a", asked))}
    assert waits["s"].to_numpy() == pytest.approx(2.5)
    assert waits["a"].max() > 1 and (waits["a"] / 0.1 % 1).round(6).isin([0, 1]).all()
    assert base.again(policy=asks_until_it_is_there, think=Fixed(0.5)).summary()["missed_own_write"] == 0
    assert base.again(policy=sleeps, think=Fixed(0.5)).summary()["missed_own_write"] > 0


def test_a_position_that_never_comes_shows_nothing(base):
    def too_far(shop, order):
        shop.send(order)
        answer = shop.ask(at_least=10**6)
        assert answer.freshness == "timeout"
        return answer.value

    assert base.again(policy=too_far, think=Fixed(0.5)).summary()["missed_own_write"] == 40


def optimistic(shop, order):
    return (*looks_at_once(shop, order), order)


@pytest.mark.parametrize(
    ("mine", "says"),
    [
        (lambda shop, order: shop.ask().value, r"did not send the order; call shop.send\(order\)"),
        (lambda shop, order: shop.send("tea"), "order='tea' is not the visitor's; send 'order 1'"),
        (lambda shop, order: shop.send(order), "which is no answer of the shop's; return what shop.ask"),
        (lambda shop, order: (shop.send(order), None)[1], "returned None, which is no answer"),
        (lambda shop, order: (shop.send(order), shop.ask(at_least=0.5)), "at_least=0.5"),
        (lambda shop, order: shop.sleep(-1), "seconds=-1"),
        (optimistic, "which is no answer"),
        (lambda shop, order: pd.DataFrame(looks_at_once(shop, order)), "which is no answer"),
    ],
)
def test_a_function_that_does_something_else_is_told_what_to_do(base, mine, says):
    with pytest.raises(InvalidArgument, match=says):
        base.again(policy=mine, think=Fixed(0.5))


def test_an_error_of_the_function_comes_out_as_it_was_raised(base):
    def fails(shop, order):
        raise KeyError("hers")

    with pytest.raises(KeyError, match="hers"):
        base.again(policy=fails, think=Fixed(0.5))


@pytest.mark.parametrize("policy", ["luck", None, 3])
def test_an_unknown_policy_is_refused(base, policy):
    with pytest.raises(InvalidArgument, match="accepted are 'eventual', 'sleep', 'token'"):
        base.again(policy=policy, think=Fixed(0.5))
