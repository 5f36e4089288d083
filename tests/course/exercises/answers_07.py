"""Answers to the exercises of lesson 7: right ones in several styles, and wrong ones with what each is told."""

import bisect
import functools
import itertools
import math
from fractions import Fraction
from random import Random

import numpy as np
import pandas as pd

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
        "At 40 s the first two are shown",
    ),
    "booked a moment too late": (
        lambda transfers, moment: sum(booked < moment < shown for booked, shown in transfers),
        "At 10 s the first is booked",
    ),
    "as if in order": (by_the_newest_shown, "before the first"),
    "fails when empty": (lambda transfers, moment: behind(transfers, moment) if transfers[0] else 0, "no transfer"),
    "nothing": (lambda transfers, moment: None, "Is there a return"),
    "a constant": (lambda transfers, moment: 2, "So it was at 33 s"),
    "each kind once": (lambda transfers, moment: len({p for p in transfers if p[0] <= moment < p[1]}), "Are they one"),
    "two at most": (lambda transfers, moment: min(2, behind(transfers, moment)), "none is shown yet"),
    "changes what it is given": (lambda transfers, moment: transfers.clear() or 2, "Make a new value"),
    "the pairs": (lambda transfers, moment: [p for p in transfers if p[0] <= moment < p[1]], "not a number"),
    "whether": (lambda transfers, moment: behind(transfers, moment) > 0, "a yes or a no"),
    "not a number": (lambda transfers, moment: math.nan, "not finite"),
    "raises": (lambda transfers, moment: transfers.booked, "compare names"),
    "the first two": (lambda transfers, moment: behind(transfers[:2], moment), "What is left"),
    "up to the first that is to come": (
        lambda transfers, moment: behind(list(itertools.takewhile(lambda p: p[0] <= moment, transfers)), moment),
        "in no order",
    ),
    "the cell": (lambda transfers, moment: len(transfers), "in place of what it holds"),
}
counted_so_far = []


def goes_on_counting(transfers, moment):
    counted_so_far.extend(pair for pair in transfers if pair[0] <= moment < pair[1])
    return len(counted_so_far)


ALSO_BEHIND = {
    "keeps what it counted": (goes_on_counting, "What does it remember from the first call"),
    "in whole seconds": (lambda transfers, moment: behind(transfers, int(moment)), "rounds one, or moves it"),
    "a tolerance": (lambda transfers, moment: behind(transfers, moment + 1e-4), "rounds one, or moves it"),
    "nothing before time begins": (
        lambda transfers, moment: moment and behind(transfers, moment),
        "Time begins at 0 s",
    ),
    "0 is no booking": (
        lambda transfers, moment: sum(1 for booked, shown in transfers if booked and booked <= moment < shown),
        "Time begins at 0 s",
    ),
    "ten at most": (lambda transfers, moment: min(10, behind(transfers, moment)), "How many of them do you look at"),
    "the first hundred": (lambda transfers, moment: behind(transfers[:100], moment), "How many of them do you look at"),
    "without the first": (lambda transfers, moment: behind(transfers[1:], moment), "Which of them are shown"),
    "less than none": (lambda transfers, moment: -behind(transfers, moment), "Which of them are shown"),
    "one argument": (lambda transfers: len(transfers), "Compare what the call passes"),
    "far too much": (lambda transfers, moment: [0] * 10**12, "does the task need all of it at once"),
}


def with_a_loop(transfers, moment):
    waiting = 0
    for booked, shown in transfers:
        if booked > moment:
            continue
        if shown > moment:
            waiting += 1
    return waiting


def with_a_frame(transfers, moment):
    frame = pd.DataFrame(transfers, columns=["booked", "shown"])
    return ((frame["booked"] <= moment) & (frame["shown"] > moment)).sum()


def with_two_bisects(transfers, moment):
    booked, shown = (sorted(times) for times in zip(*transfers, strict=True)) if transfers else ([], [])
    return bisect.bisect_right(booked, moment) - bisect.bisect_right(shown, moment)


def with_a_filter(transfers, moment):
    return len(list(filter(lambda one: one[0] <= moment and not one[1] <= moment, transfers)))


def by_sweeping(transfers, moment):
    """Go through all moments in order, up at a booking, down where it is shown."""
    steps = sorted([(at, 1) for at, _ in transfers] + [(at, -1) for _, at in transfers])
    return np.int64(sum(step for at, step in steps if at <= moment))


def as_a_float(transfers, moment):
    return float(np.count_nonzero([booked <= moment < shown for booked, shown in transfers]))


def with_reduce(transfers, moment):
    return Fraction(functools.reduce(lambda n, one: n + (one[0] <= moment < one[1]), transfers, 0))


def one_after_the_other(transfers, moment):
    if not transfers:
        return 0
    (booked, shown), *others = transfers
    return (booked <= moment < shown) + one_after_the_other(others, moment)


def by_pattern(transfers: list[tuple[float, float]], moment: float) -> np.ndarray:
    waiting = 0
    for transfer in transfers:
        match transfer:
            case (booked, shown) if booked <= moment < shown:
                waiting += 1
    return np.array(waiting)


def with_intervals(transfers, moment):
    return pd.IntervalIndex.from_tuples(transfers, closed="left").contains(moment).sum() if transfers else 0


class Stairs:
    def __call__(self, transfers, moment):
        print("at", moment)
        return Fraction(sum(Fraction(booked) <= moment < Fraction(shown) for booked, shown in transfers))


# --- 07.2 -------------------------------------------------------------------------------------------------


def p99(rate, handling):
    return theory.pushed(rate, handling).quantile(0.99)


def simulated(rate, handling):
    run = simulate_lag(LagModel(Poisson(rate), Exponential(handling)), events=400_000, seed=1)
    return run.summary().loc["p99", "lag_seconds"]


def from_the_events(rate, handling):
    run = simulate_lag(LagModel(Poisson(rate), Exponential(handling)), events=10_000, seed=7)
    return np.quantile(run.events["lag_seconds"], 0.99)


def in_order(rate, handling):
    run = simulate_lag(LagModel(Poisson(rate), Exponential(handling)), events=20_000, seed=3)
    lags = sorted(run.events["lag_seconds"])
    return lags[round(0.99 * len(lags))]


def by_hand(rate, handling):
    random, free, lags, now = np.random.default_rng(5), 0.0, [], 0.0
    for _ in range(20_000):
        now += random.exponential(1 / rate)
        free = max(now, free) + random.exponential(handling)
        lags.append(free - now)
    return np.float32(np.percentile(lags, 99))


def by_the_mean(rate, handling):
    return 4.6 * handling / (1 - rate * handling)


def by_formula(rate, handling):
    return -math.log(0.01) / (1 / handling - rate)


def by_several_runs(rate, handling):
    model = LagModel(Poisson(rate), Exponential(mean=handling))
    return np.mean([simulate_lag(model, 10_000, seed).summary().loc["p99", "lag_seconds"] for seed in range(5)])


def by_stale_reads(rate, handling):
    lag, after = theory.pushed(rate, handling), 0.0
    while lag.stale_probability(after) > 0.01:
        after += handling / 20
    return after


WRONG_P99 = {
    "the handling": (lambda rate, handling: handling, "That is the handling alone"),
    "the cell": (lambda rate, handling: 2 * handling, "in place of what it holds"),
    "twice the handling": (lambda rate, handling: handling + handling, "That is twice the handling"),
    "the mean": (lambda rate, handling: theory.pushed(rate, handling).mean, "How many in 100 lag more than that"),
    "twice the mean": (lambda rate, handling: 2 * theory.pushed(rate, handling).mean, "14 in 100 lag more"),
    "nobody in front": (lambda rate, handling: math.log(100) * handling, "as if nobody ever stood in front"),
    "p95": (lambda rate, handling: theory.pushed(rate, handling).quantile(0.95), "5 in 100 lag more"),
    "something": (lambda rate, handling: 77.0, "look at the 99th of 100"),
    "a run": (lambda rate, handling: LagModel(Poisson(rate), Exponential(handling)), "not a number"),
    "no function": (9.21, "What did you hand over"),
    "not a number": (lambda rate, handling: math.nan, "not finite"),
    "no return": (lambda rate, handling: None, "Is there a return"),
    "a name that is not there": (lambda rate, handling: theory.pushed(rate, handling).p99, "compare names"),
}
ALSO_P99 = {
    "endless": (lambda rate, handling: math.inf, "Which line of yours makes it so"),
    "a text": (lambda rate, handling: f"{p99(rate, handling):.1f} s", "What does your last line return"),
    "milliseconds": (lambda rate, handling: 1000 * p99(rate, handling), "with many events"),
    "the greatest": (lambda rate, handling: 2.5 * p99(rate, handling), "Simulate it"),
    "a share": (lambda rate, handling: 0.99, "99th of 100"),
    "arguments the other way round": (lambda rate, handling: p99(handling, rate), "Simulate it"),
    "the wait alone": (lambda rate, handling: math.log(100 * rate * handling) / (1 / handling - rate), "Simulate it"),
    "one minute at most": (lambda rate, handling: min(60, p99(rate, handling)), "Simulate it"),
    "handling that is always the same": (lambda rate, handling: p99(rate, handling) / 2, "Simulate it"),
}

# --- 07.3 -------------------------------------------------------------------------------------------------


def slowest(rate, objective):
    return 1 / (rate + math.log(100) / objective)


def simulated_with(seed, events=10_000):
    def p99(rate, handling):
        run = simulate_lag(LagModel(Poisson(rate), Exponential(handling)), events, seed)
        return run.summary().loc["p99", "lag_seconds"]

    return p99


def searched_with(seed):
    p99 = simulated_with(seed)

    def slowest(rate, objective):
        handling = 0.95 / rate
        while p99(rate, handling) > objective:
            handling *= 0.97
        return handling

    return slowest


def by_trying(rate, objective):
    handling = 1 / rate
    while True:
        handling *= 0.98
        if p99(rate, handling) <= objective:
            return handling


def by_bisection(rate, objective):
    low, high = 0.0, 1 / rate
    for _ in range(50):
        middle = (low + high) / 2
        if p99(rate, middle) <= objective:
            low = middle
        else:
            high = middle
    return low


def by_simulating(rate, objective):
    for handling in np.arange(0.99, 0.01, -0.03) / rate:
        run = simulate_lag(LagModel(Poisson(rate), Exponential(float(handling))), 10_000, seed=11)
        if run.summary().loc["p99", "lag_seconds"] <= objective:
            return handling


def by_the_free_share(rate, objective):
    """The free rate, 1 / handling - rate, has to be ln 100 / objective."""
    free = 4.605 / objective
    return np.float64(1 / (free + rate))


def from_a_grid(rate, objective):
    grid = [handling for handling in np.linspace(0.01, 0.99, 99) / rate if p99(rate, handling) <= objective]
    return max(grid)


def by_counting(rate, objective):
    low, high = 0.0, 1 / rate
    for _ in range(12):
        middle = (low + high) / 2
        run = simulate_lag(LagModel(Poisson(rate), Exponential(middle)), 10_000, seed=2)
        low, high = (middle, high) if run.stale_probability(objective) <= 0.01 else (low, middle)
    return low


def in_plain_python(rate, objective):
    """Try handlings from short to long, one event at a time: slow, and right."""
    longest = 0.0
    for handling in np.arange(0.04, 0.99, 0.02) / rate:
        random, free, lags, now = Random(4), 0.0, [], 0.0
        for _ in range(10_000):
            now += random.expovariate(rate)
            free = max(now, free) + random.expovariate(1 / handling)
            lags.append(free - now)
        if sorted(lags)[9_899] > objective:
            break
        longest = handling
    return longest


def as_a_fraction(rate, objective):
    return Fraction(1 / (rate + math.log(100) / objective))


WRONG_SLOWEST = {
    "the objective": (lambda rate, objective: objective, "takes the whole objective by itself"),
    "the cell": (lambda rate, objective: 0.9 / rate, "in place of what it holds"),
    "90 % busy": (lambda rate, objective: 1 / rate * 0.9, "90 % busy sounds like room to spare"),
    "always busy": (lambda rate, objective: 1 / rate, "the lag grows forever"),
    "the mean": (lambda rate, objective: 1 / (rate + 1 / objective), "Now the mean is the objective"),
    "nobody in front": (lambda rate, objective: objective / math.log(100), "How busy is your projector"),
    "far too fast": (lambda rate, objective: slowest(rate, objective) / 3, "faster than it has to be"),
    "a little too slow": (lambda rate, objective: slowest(rate, objective) * 1.8, "Does it keep the objective"),
    "a word": (lambda rate, objective: "fast", "What does your last line return"),
    "p95": (lambda rate, objective: 1 / (rate + math.log(20) / objective), "Now 5 in 100 may miss it"),
    "nothing found": (lambda rate, objective: None, "Is there a return"),
    "not a number": (lambda rate, objective: math.nan, "not finite"),
    "whether": (lambda rate, objective: True, "a yes or a no"),
    "a name that is not there": (lambda rate, objective: rate.p99, "compare names"),
}
ALSO_SLOWEST = {
    "the rate it can handle": (lambda rate, objective: 1 / slowest(rate, objective), "Put your number into p99"),
    "in milliseconds": (lambda rate, objective: 1000 * slowest(rate, objective), "Those are milliseconds"),
    "nothing at all": (lambda rate, objective: 0, "What is left if you give it none"),
    "below nothing": (
        lambda rate, objective: 1 / (rate - math.log(100) / objective),
        "What is left if you give it none",
    ),
    "to a tenth": (lambda rate, objective: round(slowest(rate, objective), 1), "it"),
    "whole hundredths of a second": (
        lambda rate, objective: max(at / 100 for at in range(100) if at / 100 <= slowest(rate, objective)),
        "What is left if you give it none",
    ),
    "one second at most": (lambda rate, objective: min(1.0, slowest(rate, objective)), "faster than it has to be"),
    "half of the objective": (lambda rate, objective: slowest(rate, objective / 2), "faster than it has to be"),
}

RIGHT = {
    "07.1": [
        *(behind, by_two_counts, with_a_loop, with_a_frame, with_two_bisects, with_a_filter, by_sweeping, as_a_float),
        *(with_reduce, one_after_the_other, by_pattern, with_intervals, Stairs()),
    ],
    "07.2": [
        *(p99, simulated, from_the_events, in_order, by_hand, by_the_mean, by_formula, by_several_runs),
        by_stale_reads,
    ],
    "07.3": [
        *(slowest, by_trying, by_bisection, by_simulating, by_the_free_share, from_a_grid, by_counting, as_a_fraction),
        in_plain_python,
    ],
}
WRONG = {"07.1": WRONG_BEHIND, "07.2": WRONG_P99, "07.3": WRONG_SLOWEST}
ALSO_WRONG = {"07.1": ALSO_BEHIND, "07.2": ALSO_P99, "07.3": ALSO_SLOWEST}
