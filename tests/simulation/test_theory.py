"""The closed forms agree with the oracles to the digit and with the engine on other parameters, or there is none."""

import json
from pathlib import Path

import numpy as np
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.simulation import (
    Bursts,
    Clockwork,
    Crashes,
    Erlang,
    Exponential,
    Fixed,
    LagModel,
    LogNormal,
    Mixture,
    Poisson,
    Polling,
    Retries,
    Uniform,
    simulate_lag,
    theory,
)
from cqrs_lab.simulation.closed_form import lag_of, mean_of

CASES = json.loads((Path(__file__).parents[1] / "oracles" / "lag.json").read_text())


def calls(name, p):
    """Give the closed form of a case, as a distribution or as a figure; None if there is none."""
    poisson_only = {
        "mm1": lambda: theory.pushed(p["lam"], 1 / p["mu"]),
        "md1": lambda: theory.pushed_fixed(p["lam"], p["D"]),
        "dm1": lambda: theory.clockwork(1 / p["lam"], 1 / p["mu"]),
        "mm3": lambda: theory.competing(p["lam"], 1 / p["mu"], p["c"]),
        "mm8": lambda: theory.competing(p["lam"], 1 / p["mu"], p["c"]),
        "partitions4": lambda: theory.partitions(sum(p["lams"]), 1 / p["mu"], np.array(p["lams"]) / sum(p["lams"])),
        "poll_fixed": lambda: theory.polled(p["T"]),
        "poll_stale": lambda: theory.polled(p["T"]),
        "token_wait_poll": lambda: theory.polled(p["T"]),
        "token_wait_mm1": lambda: theory.pushed(p["lam"], 1 / p["mu"]),
        "tandem_mm1": lambda: theory.relayed(p["lam"], 1 / p["mu1"], 1 / p["mu2"]),
        "mm1_immediate": lambda: theory.retrying(p["lam"], 1 / p["mu"], p["p_fail"]),
        "max_of": lambda: theory.all_caught_up(p["N"], 1 / p["mu"]),
        "mg1_lognormal": lambda: theory.pushed_mean(p["lam"], LogNormal(p["mean"], p["sigma"])),
        "mg1_erlang2": lambda: theory.pushed_mean(p["lam"], Erlang(p["k"], p["mean"])),
        "mg1_hyperexp": lambda: theory.pushed_mean(
            p["lam"], Mixture([(p["p"], Exponential(p["m1"])), (1 - p["p"], Exponential(p["m2"]))])
        ),
        "poll_exponential": lambda: theory.polled_mean(Exponential(p["T_mean"])),
        "poll_jittered": lambda: theory.polled_mean(Uniform(p["lo"], p["hi"])),
        "gated_sleep": lambda: theory.sleeping_mean(
            p["lam"], (Fixed if p["service"] == "D" else Exponential)(p["service_mean"]), Fixed(p["V"])
        ),
        "exhaustive_sleep": lambda: theory.draining_mean(p["lam"], Fixed(p["D"]), Fixed(p["V"])),
        "bailey": lambda: theory.polled_limited_mean(p["lam"], p["T"], p["b"]),
        "mm1_breakdown": lambda: theory.crashing_mean(p["lam"], 1 / p["mu"], p["crash_rate"], 1 / p["repair_rate"]),
        "mg1_operational": lambda: theory.crashing_at_work_mean(
            p["lam"], Exponential(1 / p["mu"]), p["crash_rate"], Exponential(p["repair_mean"])
        ),
        "md1_crash": lambda: theory.redelivering_mean(p["lam"], p["D"], p["crash_rate"], Exponential(p["repair_mean"])),
        "mg1_blocking": lambda: theory.retrying_mean(p["lam"], Exponential(1 / p["mu"]), p["p_fail"], p["backoff"]),
        "mx1": lambda: theory.events_together_mean(p["lam_commands"] * p["k"], 1 / p["mu"], p["k"]),
        "forkjoin2_rho0.7:mean": lambda: theory.both_projections_mean(p["lam"], 1 / p["mu"]),
        "mm1_query_view:p_behind": lambda: theory.behind_probability(p["lam"], 1 / p["mu"]),
        "mm1_query_view:version": lambda: theory.events_behind_mean(p["lam"], 1 / (p["mu"] - p["lam"])),
        "mginf_network:version": lambda: theory.events_behind_mean(p["lam"], p["delay_mean"]),
        "aoi_mm1": lambda: theory.age_of_information_mean(p["lam"], 1 / p["mu"]),
        "aoi_poll": lambda: theory.polled_age_of_information_mean(p["lam"], p["T"]),
        "outage_fluid:max": lambda: theory.outage_greatest_lag(p["R"], 1 / p["mu"]),
        "outage_fluid:drain": lambda: theory.outage_caught_up_after(p["R"], p["lam"], 1 / p["mu"]),
        "replica_reads_exp:p_stale_random": lambda: theory.exponential(1 / p["mu"]).stale_probability(p["t"]),
        "replica_reads_exp:p_stale_freshest": lambda: theory.freshest_of(p["R"], 1 / p["mu"]).stale_probability(p["t"]),
        "replica_reads_exp:p_all": lambda: 1 - theory.all_caught_up(p["N"], 1 / p["mu"]).stale_probability(p["t"]),
        "random_read_per_key:p_stale_const": lambda: theory.key_stale_probability(p["lam"], Fixed(p["d"])),
        "random_read_per_key:p_stale_exp": lambda: theory.key_stale_probability(p["lam"], Exponential(1 / p["nu"])),
    }
    names = [known for known in poisson_only if name.startswith(known)]
    return poisson_only[max(names, key=len)]() if names else None


# Exact in the oracles, and no closed form of the table: deterministic, inverted transforms, or derived there.
NO_FORMULA = (
    "dd1", "mg1_erlang2_rho0.7:p", "mg1_hyperexp_rho0.6:p", "mm1_const_network", "gated_batch_commit", "aoi_md1",
    "aoi_dm1", "paoi", "mginf_network:p_behind", "forkjoin2_rho0.7:p", "poll_exponential:p", "mm1_query_view:p_version",
)  # fmt: skip
EXACT = [case for case in CASES if case["exact"] and not case["name"].startswith(NO_FORMULA)]


def test_there_is_a_formula_for_all_exact_cases_but_those_named():
    assert len(EXACT) == 93 and all(calls(case["name"], case["params"]) is not None for case in EXACT)


@pytest.mark.parametrize("case", EXACT, ids=lambda case: case["name"])
def test_a_closed_form_is_the_figure_of_the_oracles(case):
    known, metric, p = calls(case["name"], case["params"]), case["metric"], case["params"]
    if isinstance(known, theory.LagDistribution):
        known = {
            "mean": lambda: known.mean,
            "p_stale_at_t": lambda: known.stale_probability(p["t"]),
            "mean_extra_wait": lambda: known.token_wait_mean(p["t"]),
        }.get(metric, lambda: known.quantile(int(metric[1:]) / 100))()
    assert known == pytest.approx(case["expected"], rel=1e-8)


# --- other parameters: the formula that is chosen for a model, against the engine -------------------------------

TICKS = Polling(Fixed(0.4))
MODELS = {
    "pushed": LagModel(Poisson(3.0), Exponential(0.2)),
    "fixed": LagModel(Poisson(3.0), Fixed(0.22)),
    "clockwork": LagModel(Clockwork(0.25), Exponential(0.15)),
    "competing": LagModel(Poisson(7.0), Exponential(0.5), consumers=5),
    "partitions": LagModel(Poisson(6.0), Exponential(0.25), partitions=[0.5, 0.3, 0.2]),
    "partitions, fixed": LagModel(Poisson(6.0), Fixed(0.25), partitions=3),
    "relayed": LagModel(Poisson(2.0), Exponential(0.3), relay=Exponential(0.25)),
    "relayed, alike": LagModel(Poisson(2.0), Exponential(0.3), relay=Exponential(0.3)),
    "retried": LagModel(Poisson(2.0), Exponential(0.2), retries=Retries(0.3)),
    "polled": LagModel(Poisson(5.0), Fixed(0), polling=TICKS, partitions=2, replicas=2),
    "polled at random": LagModel(Poisson(5.0), Fixed(0), polling=Polling(Exponential(0.4))),
    "any handling": LagModel(Poisson(0.9), Uniform(0.1, 1.1)),
    "jittered": LagModel(Poisson(5.0), Fixed(0), polling=Polling(Uniform(0.1, 0.9))),
    "limited": LagModel(Poisson(6.0), Fixed(0), polling=Polling(Fixed(0.5), batch_limit=4)),
    "sleeping": LagModel(Poisson(3.0), Erlang(2, 0.2), polling=Polling(Uniform(0.2, 0.6), mode="sleep_after")),
    "draining": LagModel(Poisson(3.0), Exponential(0.2), polling=Polling(Exponential(0.3), mode="drain")),
    "crashing": LagModel(Poisson(2.0), Exponential(0.2), crashes=Crashes(0.1, Exponential(2.0))),
    "crashing at work": LagModel(
        Poisson(2.0), Erlang(3, 0.25), crashes=Crashes(0.2, Uniform(0.5, 1.5), when="handling")
    ),
    "redelivering": LagModel(
        Poisson(1.0), Fixed(0.4), crashes=Crashes(0.4, LogNormal(0.6, 0.5), when="handling", then="redeliver")
    ),
    "retried later": LagModel(Poisson(1.0), Uniform(0.1, 0.4), retries=Retries(0.2, backoff_seconds=0.7)),
    "events together": LagModel(Poisson(0.5), Exponential(0.4), events_per_command=3),
}
DISTRIBUTIONS = list(MODELS)[:11]


@pytest.mark.parametrize("name", MODELS)
def test_the_mean_that_is_chosen_for_a_model_is_that_of_the_engine(name):
    mean = simulate_lag(MODELS[name], 1_000_000, seed=5).summary().loc["mean"]
    # Three half intervals: of 21 models none should fall out by chance.
    assert mean_of(MODELS[name]) == pytest.approx(mean["lag_seconds"], abs=1.5 * (mean["high"] - mean["low"]))


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_the_distribution_that_is_chosen_for_a_model_is_that_of_the_engine(name):
    run, lag = simulate_lag(MODELS[name], 1_000_000, seed=6), lag_of(MODELS[name])
    after = lag.quantile(0.8)
    assert run.stale_probability(after) == pytest.approx(0.2, rel=0.05)
    if name != "competing":  # there, events overtake, and a token waits for those in front too
        assert run.token_wait_mean(after) == pytest.approx(lag.token_wait_mean(after), rel=0.15)
    assert run.summary().loc["p99", "lag_seconds"] == pytest.approx(lag.quantile(0.99), rel=0.08)


@pytest.mark.parametrize(
    "model",
    [
        LagModel(Bursts(5, 1, 1, 1), Exponential(0.1)),
        LagModel(Clockwork(1.0), Uniform(0.1, 0.5)),
        LagModel(Poisson(1.0), Exponential(0.1), polling=Polling(Fixed(1.0))),
        LagModel(Poisson(1.0), Exponential(0.1), polling=TICKS, crashes=Crashes(0.1, Fixed(1.0))),
        LagModel(Poisson(1.0), Uniform(0.1, 0.2), crashes=Crashes(0.1, Fixed(1.0))),
        LagModel(Poisson(1.0), Uniform(0.1, 0.2), events_per_command=2),
        LagModel(Poisson(1.0), Exponential(0.1), outages=[(10, 5)]),
        LagModel(Poisson(1.0), Exponential(2.0)),
        LagModel(Poisson(1.0), Exponential(0.1), relay=Exponential(2.0)),
    ],
)
def test_no_formula_is_given_where_there_is_none(model):
    assert lag_of(model) is None and mean_of(model) is None


def test_the_clockwork_of_fixed_handling_far_out_in_the_tail_stays_positive_and_falls():
    lag = theory.pushed_fixed(0.9, 1.0)
    tail = [lag.stale_probability(after) for after in range(1, 120)]
    assert all(0 < later < earlier for earlier, later in zip(tail, tail[1:], strict=False))
    # Far out the tail is exponential: the decay solves λ(e^(θD) − 1) = θ.
    assert tail[100] / tail[90] == pytest.approx(np.exp(-10 * 0.2071), rel=1e-3)


# --- direct: what no queue makes --------------------------------------------------------------------------------

DIRECT = [case for case in CASES if case["name"].startswith(("max_of", "replica_reads", "random_read"))]


def drawn(case, count=1_000_000):
    random, p = np.random.default_rng(12), case["params"]
    if case["name"].startswith("random_read"):
        age = random.exponential(1 / p["lam"], count)
        return np.mean((p["d"] if case["metric"] == "p_stale_const" else random.exponential(1 / p["nu"], count)) > age)
    lag = random.exponential(1 / p["mu"], (p["N"], count))
    return {
        "mean": lambda: lag.max(axis=0).mean(),
        "p_stale_random": lambda: np.mean(lag > p["t"]),
        "p_stale_freshest_of_R": lambda: np.mean(lag[: p["R"]].min(axis=0) > p["t"]),
        "p_all_caught_up": lambda: np.mean(lag.max(axis=0) <= p["t"]),
    }.get(case["metric"], lambda: np.quantile(lag.max(axis=0), int(case["metric"][1:]) / 100))()


@pytest.mark.parametrize("case", DIRECT, ids=lambda case: case["name"])
def test_what_no_queue_makes_agrees_with_a_direct_draw(case):
    assert drawn(case) == pytest.approx(case["expected"], rel=case["tolerance"])


# --- refusals ---------------------------------------------------------------------------------------------------


def test_what_cannot_keep_up_has_no_formula_and_is_told_so():
    with pytest.raises(InvalidArgument, match=r"utilisation 1\.25, there is no steady state; keep it below 1"):
        theory.pushed(1.25, 1.0)


@pytest.mark.parametrize("probability", [0, 1, -1, 2])
def test_a_quantile_lies_between_0_and_1(probability):
    with pytest.raises(InvalidArgument, match="between 0 and 1"):
        theory.pushed(0.5, 1.0).quantile(probability)


def test_no_formula_for_a_key_with_another_lag():
    with pytest.raises(InvalidArgument, match="Fixed and Exponential"):
        theory.key_stale_probability(1.0, Uniform(0, 1))


def test_erlang_c_is_one_server_s_utilisation_and_a_known_value():
    # With one consumer everyone waits who finds it busy; a table of Erlang C gives 0.2368 for 3 and a load of 1.5.
    assert theory.competing(0.7, 1.0, 1).quantile(0.9) == pytest.approx(theory.pushed(0.7, 1.0).quantile(0.9))
    waits = (theory.competing(1.5, 1.0, 3).mean - 1.0) * 1.5
    assert waits == pytest.approx(0.2368, abs=1e-3)


def test_a_hair_below_1_has_no_formula():
    # 0.9 / 9 × 10 is 0.9999999999999999.
    model = LagModel(Poisson(10.0), Fixed(0), polling=Polling(Fixed(0.9), batch_limit=9))
    assert lag_of(model) is None and mean_of(model) is None
