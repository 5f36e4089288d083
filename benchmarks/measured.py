"""Measured and predicted lag of real processes on SQLite, at 30, 60 and 80 % busy, over five runs each.

For each load one run calibrates, and five others are measured. The prediction knows the handling times of the first
run, and the moments at which events were due in the others; it is simulated forty times. What chance alone does is the
spread of these forty: a difference within it says nothing about the model. Near its limit a projector shows every small
difference between the run that calibrates and those that judge: at 80 % busy, handling that takes 7 % longer makes the
mean lag 49 % longer. So the mean handling of both is printed.
"""

from __future__ import annotations

import numpy as np
from tools.claims import missing, row

from cqrs_lab.simulation import Empirical, Exponential, LagModel, RecordedTimes, simulate_lag

LOADS, RUNS, EVENTS, AGAIN = (0.3, 0.6, 0.8), 5, 600, 40
WORK, POLL = Exponential(mean=0.004), 0.002
WARM_UP = int(0.05 * EVENTS)
LIMITS = {"p50": (0.5, 0.10), "p99": (0.99, 0.20)}


def measured_at(rate, seed, events=EVENTS):
    from cqrs_lab.simulation.measure import measure_lag

    return measure_lag(rate=rate, events=events, handling=WORK, poll=POLL, seed=seed)


def lags(run):
    return run.events["lag_seconds"].to_numpy()[WARM_UP:]


def predicted(calibrated, runs):
    """Return the lags of the five runs, simulated again and again: one row per time."""
    handling, polling = Empirical(calibrated.steps["handling_seconds"].tolist()), calibrated.model.polling
    models = [LagModel(RecordedTimes(one.steps["due_at"].tolist()), handling, polling=polling) for one in runs]
    return np.array(
        [
            np.concatenate(
                [lags(simulate_lag(model, events=EVENTS, seed=AGAIN * at + number)) for at, model in enumerate(models)]
            )
            for number in range(AGAIN)
        ]
    )


def compare(load, rate):
    calibrated, *runs = (measured_at(rate, seed) for seed in range(100, 101 + RUNS))
    late = max(float(one.steps["late_seconds"].quantile(0.99)) for one in runs)
    handled = [calibrated.model.handling.mean, float(np.mean([one.model.handling.mean for one in runs]))]
    print(
        f"asked for {load:.0%} busy, {rate:.1f} events per second: busy {rate * handled[1]:.0%}; mean handling "
        f"{handled[0] * 1000:.2f} ms where it was calibrated, {handled[1] * 1000:.2f} ms in the five runs; "
        f"99 in 100 writes began within {late * 1000:.1f} ms"
    )
    together = np.concatenate([lags(one) for one in runs])
    simulated = predicted(calibrated, runs)
    for name, (share, limit) in LIMITS.items():
        found, each = float(np.quantile(together, share)), np.quantile(simulated, share, axis=1)
        expected, (low, high) = float(np.median(each)), np.quantile(each, [0.025, 0.975])
        alone = [float(np.quantile(lags(one), share)) * 1000 for one in runs]
        print(f"  {name} of each run, ms: {', '.join(f'{one:.1f}' for one in alone)}")
        row(
            f"  {name}: measured {found * 1000:.2f} ms, predicted {expected * 1000:.2f} "
            f"(by chance {low * 1000:.2f} to {high * 1000:.2f}): differs by",
            abs(found / expected - 1) * 100,
            limit * 100,
            unit=" %",
        )


def main():
    if missing("msgspec"):
        return
    handling = measured_at(40, seed=1, events=200).model.handling.mean
    for load in LOADS:
        compare(load, load / handling)


if __name__ == "__main__":
    main()
