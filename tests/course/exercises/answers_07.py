"""Answers to the exercises of lesson 7: right ones in several styles, and wrong ones with what each is told."""

import math

import numpy as np

from cqrs_lab.simulation import Exponential, LagModel, Poisson, simulate_lag, theory

# --- 07.1 -------------------------------------------------------------------------------------------------


def behind(transfers, moment):
    return sum(booked <= moment < shown for booked, shown in transfers)


def by_two_counts(transfers, moment):
    booked, shown = np.array(transfers, dtype=float).reshape(-1, 2).T
    return int((booked <= moment).sum() - (shown <= moment).sum())


def by_the_newest_shown(transfers, moment):
    booked = [at for at, pair in enumerate(transfers, 1) if pair[0] <= moment]
    shown = [at for at, pair in enumerate(transfers, 1) if pair[1] <= moment]
    return max(booked, default=0) - max(shown, default=0)


WRONG_BEHIND = {
    "what is to come too": (lambda transfers, moment: sum(shown > moment for _, shown in transfers), "not happened"),
    "all that is booked": (lambda transfers, moment: sum(at <= moment for at, _ in transfers), "on the page already"),
    "seconds": (lambda transfers, moment: moment - transfers[1][0], "That is a time"),
    "shown a moment too late": (
        lambda transfers, moment: sum(booked <= moment <= shown for booked, shown in transfers),
        "Does 'shown at 4' hold",
    ),
    "booked a moment too late": (
        lambda transfers, moment: sum(booked < moment < shown for booked, shown in transfers),
        "Does 'booked at 1' hold",
    ),
    "as if in order": (by_the_newest_shown, "before the first"),
    "fails when empty": (
        lambda transfers, moment: behind(transfers, moment) if transfers[0] else 0,
        "Try that line alone",
    ),
    "nothing": (lambda transfers, moment: None, "gives the result back"),
    "a constant": (lambda transfers, moment: 2, "So it was at 3 s"),
}

# --- 07.2 -------------------------------------------------------------------------------------------------


def p99(rate, handling):
    return theory.pushed(rate, handling).quantile(0.99)


def simulated(rate, handling):
    run = simulate_lag(LagModel(Poisson(rate), Exponential(handling)), events=400_000, seed=1)
    return run.summary().loc["p99", "lag_seconds"]


WRONG_P99 = {
    "the handling": (lambda rate, handling: handling, "That is the handling alone"),
    "the mean": (lambda rate, handling: theory.pushed(rate, handling).mean, "How many in 100 lag more than that"),
    "twice the mean": (lambda rate, handling: 2 * theory.pushed(rate, handling).mean, "14 in 100 lag more"),
    "nobody in front": (lambda rate, handling: math.log(100) * handling, "as if nobody ever stood in front"),
    "p95": (lambda rate, handling: theory.pushed(rate, handling).quantile(0.95), "5 in 100 lag more"),
    "something": (lambda rate, handling: 77.0, "look at the 99th of 100"),
    "a run": (lambda rate, handling: LagModel(Poisson(rate), Exponential(handling)), "gives the result back"),
    "no function": (9.21, "What did you hand over"),
}

# --- 07.3 -------------------------------------------------------------------------------------------------


def slowest(rate, objective):
    return 1 / (rate + math.log(100) / objective)


def by_trying(rate, objective):
    handling = 1 / rate
    while True:
        handling *= 0.98
        if p99(rate, handling) <= objective:
            return handling


WRONG_SLOWEST = {
    "the objective": (lambda rate, objective: objective, "takes the whole objective by itself"),
    "90 % busy": (lambda rate, objective: 0.9 / rate, "90 % busy sounds like room to spare"),
    "always busy": (lambda rate, objective: 1 / rate, "the lag grows for ever"),
    "the mean": (lambda rate, objective: 1 / (rate + 1 / objective), "Now the mean is the objective"),
    "nobody in front": (lambda rate, objective: objective / math.log(100), "How busy is your projector"),
    "far too fast": (lambda rate, objective: slowest(rate, objective) / 3, "faster than it has to be"),
    "a little too slow": (lambda rate, objective: slowest(rate, objective) * 1.1, "Does it keep the objective"),
    "a word": (lambda rate, objective: "fast", "gives the result back"),
}

RIGHT = {"07.1": [behind, by_two_counts], "07.2": [p99, simulated], "07.3": [slowest, by_trying]}
WRONG = {"07.1": WRONG_BEHIND, "07.2": WRONG_P99, "07.3": WRONG_SLOWEST}
