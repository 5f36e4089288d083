"""The simulated lag agrees with figures that were worked out and simulated elsewhere.

The few models that `LagModel` does not express, independent draws with no queue, are in test_theory.py: a closed form
against a direct draw. The end of the run tells which went which way.
"""

import json
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from cqrs_lab.simulation import (
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
)

CASES = json.loads((Path(__file__).parents[1] / "oracles" / "lag.json").read_text())
MILLION = 1_000_000


def pushed(p, handling, **more):
    return LagModel(Poisson(p["lam"]), handling, **more)


def memoryless(p, **more):
    return pushed(p, Exponential(1 / p["mu"]), **more)


def asleep(p, handling, **more):
    return pushed(p, handling, polling=Polling(Fixed(p["V"]), mode="sleep_after", **more))


def ticking(p, interval, **more):
    return pushed(p, Fixed(0), polling=Polling(interval, **more))


def service(p):
    return Fixed(p["service_mean"]) if p["service"] == "D" else Exponential(p["service_mean"])


MODELS = {
    "mm1": memoryless,
    "md1": lambda p: pushed(p, Fixed(p["D"])),
    "mg1_lognormal": lambda p: pushed(p, LogNormal(p["mean"], p["sigma"])),
    "mg1_erlang2": lambda p: pushed(p, Erlang(p["k"], p["mean"])),
    "mg1_hyperexp": lambda p: pushed(p, Mixture([(p["p"], Exponential(p["m1"])), (1 - p["p"], Exponential(p["m2"]))])),
    "dm1": lambda p: LagModel(Clockwork(1 / p["lam"]), Exponential(1 / p["mu"])),
    "dd1": lambda p: LagModel(Clockwork(p["a"]), Fixed(p["D"])),
    "mm3": lambda p: memoryless(p, consumers=p["c"]),
    "mm8": lambda p: memoryless(p, consumers=p["c"]),
    "partitions4": lambda p: LagModel(
        Poisson(sum(p["lams"])), Exponential(1 / p["mu"]), partitions=[one / sum(p["lams"]) for one in p["lams"]]
    ),
    "poll_fixed": lambda p: ticking(p, Fixed(p["T"])),
    "poll_stale": lambda p: ticking(p, Fixed(p["T"])),
    "poll_exponential": lambda p: ticking(p, Exponential(p["T_mean"])),
    "poll_jittered": lambda p: ticking(p, Uniform(p["lo"], p["hi"])),
    "gated_sleep_percentiles": lambda p: asleep(p, Fixed(p["D"])),
    "gated_sleep": lambda p: asleep(p, service(p)),
    "gated_batch_commit": lambda p: asleep(p, Fixed(p["D"]), commit="batch"),
    "gated_limited": lambda p: asleep(p, Exponential(p["service_mean"]), commit="batch", batch_limit=p["bmax"]),
    "exhaustive_sleep": lambda p: pushed(p, Fixed(p["D"]), polling=Polling(Fixed(p["V"]), mode="drain")),
    "bailey": lambda p: ticking(p, Fixed(p["T"]), batch_limit=p["b"]),
    "tandem_mm1": lambda p: pushed(p, Exponential(1 / p["mu2"]), relay=Exponential(1 / p["mu1"])),
    "tandem_D_lognormal": lambda p: pushed(p, LogNormal(p["mean2"], p["sigma"]), relay=Fixed(p["D"])),
    "mm1_const_network": lambda p: memoryless(p, delivery=Fixed(p["d"])),
    "mm1_breakdown": lambda p: memoryless(p, crashes=Crashes(p["crash_rate"], Exponential(1 / p["repair_rate"]))),
    "mg1_operational": lambda p: memoryless(
        p, crashes=Crashes(p["crash_rate"], Exponential(p["repair_mean"]), when="handling")
    ),
    "md1_crash": lambda p: pushed(
        p,
        Fixed(p["D"]),
        crashes=Crashes(p["crash_rate"], Exponential(p["repair_mean"]), when="handling", then="redeliver"),
    ),
    "outage": lambda p: LagModel(Clockwork(1 / p["lam"]), Fixed(1 / p["mu"]), outages=[(1000.05, p["R"])]),
    "mm1_immediate": lambda p: memoryless(p, retries=Retries(p["p_fail"])),
    "mg1_blocking": lambda p: memoryless(p, retries=Retries(p["p_fail"], p["backoff"])),
    "mx1": lambda p: LagModel(Poisson(p["lam_commands"]), Exponential(1 / p["mu"]), events_per_command=p["k"]),
    "forkjoin": lambda p: memoryless(p, replicas=p["N"]),
    "mginf": lambda p: pushed(p, Fixed(0), delivery=Exponential(p["delay_mean"]), delivery_in_order=False),
    "aoi_mm1": memoryless,
    "aoi_md1": lambda p: pushed(p, Fixed(p["D"])),
    "aoi_dm1": lambda p: LagModel(Clockwork(1 / p["lam"]), Exponential(1 / p["mu"])),
    "aoi_poll": lambda p: ticking(p, Fixed(p["T"])),
    "paoi_mm1": memoryless,
    "token_wait_mm1": memoryless,
    "token_wait_poll": lambda p: ticking(p, Fixed(p["T"])),
}


def model_of(case):
    names = [name for name in MODELS if case["name"].startswith(name)]
    return MODELS[max(names, key=len)](case["params"]) if names else None


def size(case):
    busy = any(f"rho{rho}" in case["name"] for rho in ("0.9", "0.95")) or "lams" in case["params"]
    return 10 * MILLION if busy or case["tolerance"] > 0.15 else MILLION


@lru_cache(maxsize=1)
def simulated(name, params, events):
    return simulate_lag(MODELS[name](json.loads(params)), events, seed=2026)


def run_of(case):
    name = max((name for name in MODELS if case["name"].startswith(name)), key=len)
    return simulated(name, json.dumps(case["params"]), size(case))


def all_done(run):
    """When every replica shows an event, after its commit."""
    lag = run.visible_at.max(axis=0) - run.committed_at
    return lag[int(0.05 * len(lag)) :]


def caught_up_after(run, outage_begins):
    lag = run.visible_at[0] - run.committed_at
    late = run.committed_at[lag > 1.5 * lag.min()]
    return late.max() - outage_begins


def peak_age(run):
    """The age just before each new event is visible."""
    return np.mean(run.visible_at[0, 1:] - run.committed_at[:-1])


def figure(case, run):
    metric, p = case["metric"], case["params"]
    if case["name"].startswith("forkjoin"):
        done = all_done(run)
        return done.mean() if metric == "mean" else np.quantile(done, int(metric[1:]) / 100)
    if metric in ("mean", "p50", "p95", "p99"):
        return run.summary().loc[metric, "lag_seconds"]
    lag = run.events["lag_seconds"]
    return {
        "p_stale_at_t": lambda: run.stale_probability(p["t"]),
        "p_behind": run.behind_probability,
        "version_lag_mean": run.events_behind_mean,
        "aoi": run.age_of_information_mean,
        "peak_aoi": lambda: peak_age(run),
        "mean_extra_wait": lambda: run.token_wait_mean(p["t"]),
        "lag_first": lambda: lag[0],
        "lag_1000th": lambda: lag[999],
        "lag_10000th": lambda: lag[9_999],
        "max_lag": lambda: lag.max(),
        "drain_end": lambda: caught_up_after(run, 1000.05),
        "p_version_lag_gt5": lambda: more_behind_than(run, 5),
    }[metric]()


def more_behind_than(run, count):
    """Share of time in which more than so many events are on their way."""
    times = np.concatenate([run.committed_at, run.visible_at[0]])
    steps = np.repeat([1, -1], len(run.committed_at))
    order = np.argsort(times, kind="stable")
    behind = np.cumsum(steps[order])[:-1]
    lasts = np.diff(times[order])
    return lasts[behind > count].sum() / lasts.sum()


BY_ENGINE = [case for case in CASES if model_of(case) is not None]
DIRECT = [case for case in CASES if model_of(case) is None]


def test_the_few_that_the_engine_does_not_express_have_no_queue():
    assert len(BY_ENGINE) + len(DIRECT) == len(CASES) == 139
    direct = {case["name"].split(":")[0] for case in DIRECT}
    assert direct == {"max_of_3_exp", "max_of_10_exp", "replica_reads_exp", "random_read_per_key"}


@pytest.mark.parametrize("case", BY_ENGINE, ids=lambda case: case["name"])
def test_the_engine_agrees(case):
    assert figure(case, run_of(case)) == pytest.approx(case["expected"], rel=case["tolerance"])
