"""Nonsense at any door of the simulation is refused by name, with what is accepted; NumPy's numbers are numbers."""

import inspect
import math
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from itertools import count

import numpy as np
import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.simulation import (
    Bursts,
    Clockwork,
    Crashes,
    Empirical,
    Erlang,
    Exponential,
    Fixed,
    LagModel,
    LogNormal,
    Mixture,
    Pareto,
    Poisson,
    Polling,
    RecordedTimes,
    Retries,
    Uniform,
    guarantees,
    quorum,
    simulate_lag,
    simulate_world,
    theory,
)
from cqrs_lab.simulation.gap import Transaction, draw_transactions, simulate_gap

NO_NUMBERS = [math.nan, math.inf, -math.inf, -1, True, None, "1", [1], Decimal(1), 10**400, 1e300, np.datetime64("now")]
NO_COUNTS = [*NO_NUMBERS, 0, 1.5, np.float64(2.5), -2.0, 2e300]
NO_DURATIONS = [None, 0.5, "Fixed(1)", Fixed, [Fixed(1)]]
RUN = simulate_lag(LagModel(Poisson(0.5), Exponential(1.0)), 1_000, 1)
SSD = Exponential(0.001)
PUSHED = theory.pushed(0.5, 1.0)


def model(**more):
    return LagModel(Poisson(1), Exponential(0.5), **more)


def drawn(**more):
    return quorum.simulate(SSD, SSD, SSD, SSD, **{"n": 3, "r": 1, "w": 1, "samples": 10, **more})


# Door: (argument that the message has to name, how it is passed).
NUMBERS = {
    "Poisson": ("rate_per_second", Poisson),
    "Clockwork": ("interval_seconds", Clockwork),
    "Bursts high": ("high_rate", lambda x: Bursts(x, 1, 1, 1)),
    "Bursts low": ("low_rate", lambda x: Bursts(1, x, 1, 1)),
    "Bursts seconds": ("mean_low_seconds", lambda x: Bursts(1, 1, 1, x)),
    "Fixed": ("seconds", Fixed),
    "Exponential": ("mean", Exponential),
    "Erlang": ("mean", lambda x: Erlang(2, x)),
    "LogNormal": ("mean", lambda x: LogNormal(x, 1)),
    "LogNormal sigma": ("sigma", lambda x: LogNormal(1, x)),
    "Uniform": ("high", lambda x: Uniform(0, x)),
    "Pareto": ("scale", lambda x: Pareto(x, 2)),
    "Pareto shape": ("shape", lambda x: Pareto(1, x)),
    "Mixture": ("weight", lambda x: Mixture([(x, Fixed(1))])),
    "Empirical": ("seconds", lambda x: Empirical([0.5, x])),
    "RecordedTimes": ("seconds", lambda x: RecordedTimes([0.5, x])),
    "Crashes": ("rate_per_second", lambda x: Crashes(x, Fixed(1))),
    "Retries": ("probability", Retries),
    "Retries backoff": ("backoff_seconds", lambda x: Retries(0.5, x)),
    "partitions": (r"partitions\[0\]", lambda x: model(partitions=[x, 1])),
    "outage": ("outage start", lambda x: model(outages=[(x, 1)])),
    "outage seconds": ("outage seconds", lambda x: model(outages=[(1, x)])),
    "stale_probability": ("after_seconds", RUN.stale_probability),
    "stale_curve": ("after_seconds", lambda x: RUN.stale_curve([1.0, x])),
    "token_wait_mean": ("after_seconds", RUN.token_wait_mean),
    "theory's stale_probability": ("after_seconds", PUSHED.stale_probability),
    "theory's token_wait_mean": ("after_seconds", PUSHED.token_wait_mean),
    "theory's quantile": ("probability", PUSHED.quantile),
    "theory's shares": (r"shares\[0\]", lambda x: theory.partitions(0.5, 1.0, [x, 1])),
    "remote delay": ("remote_delay_seconds", lambda x: drawn(remote_delay_seconds=x)),
    "consistent_probability": ("after_seconds", lambda x: drawn().consistent_probability(x)),
    "gap interval": ("interval_seconds", lambda x: simulate_gap([], interval_seconds=x)),
    "gap rate": ("rate", lambda x: draw_transactions(3, rate=x)),
}
COUNTS = {
    "events": ("events", lambda x: simulate_lag(model(), x)),
    "Erlang": ("k", lambda x: Erlang(x, 1)),
    "batch_limit": ("batch_limit", lambda x: Polling(Fixed(1), x)),
    **{
        name: (name, lambda x, name=name: model(**{name: x}))
        for name in ("events_per_command", "consumers", "replicas")
    },
    **{name: (name, lambda x, name=name: drawn(**{name: x})) for name in ("n", "r", "w", "samples")},
    "visits": ("visits", lambda x: simulate_world(model(), DOMAIN, visits=x, think=Fixed(1))),
    "gap count": ("count", draw_transactions),
}
DURATIONS = {
    "handling": lambda x: LagModel(Poisson(1), x),
    "interval": Polling,
    "repair": lambda x: Crashes(1, x),
    "part": lambda x: Mixture([(1, x)]),
    "respond": lambda x: quorum.simulate(SSD, SSD, SSD, x, n=1, r=1, w=1),
    "think": lambda x: simulate_world(model(), DOMAIN, think=x),
}
SEEDS = {
    "simulate_lag": lambda x: simulate_lag(model(), 10, x),
    "quorum": lambda x: drawn(seed=x),
    "world": lambda x: simulate_world(model(), DOMAIN, think=Fixed(1), seed=x),
    "gap": lambda x: draw_transactions(3, x),
}


def a_domain():
    from cqrs_lab.shop import visits, write
    from cqrs_lab.simulation import Domain

    return Domain(write.register, visits.order_one, visits.UnitsOrdered, keys=("cup", "pot"))


DOMAIN = a_domain()


@pytest.mark.parametrize("door", NUMBERS)
def test_what_is_no_number_in_bounds_is_refused_by_name(door):
    name, pass_in = NUMBERS[door]
    for wrong in NO_NUMBERS:
        if not (door == "Retries backoff" and wrong is None):
            with pytest.raises(InvalidArgument, match=f"^{name}.*give"):
                pass_in(wrong)


@pytest.mark.parametrize("door", COUNTS)
def test_what_is_no_count_is_refused_by_name(door):
    name, pass_in = COUNTS[door]
    for wrong in NO_COUNTS:
        if not (name == "batch_limit" and wrong is None):
            with pytest.raises(InvalidArgument, match=f"{name}|events"):
                pass_in(wrong)


@pytest.mark.parametrize("door", COUNTS)
def test_a_whole_float_is_a_count_since_people_write_2e3(door):
    COUNTS[door][1](2e0)
    COUNTS[door][1](np.float32(2))


@pytest.mark.parametrize("door", DURATIONS)
def test_what_is_no_duration_is_refused_by_name(door):
    for wrong in NO_DURATIONS:
        with pytest.raises(InvalidArgument, match=f"^{door}=.*such as Fixed"):
            DURATIONS[door](wrong)


@pytest.mark.parametrize("door", SEEDS)
def test_a_seed_is_a_whole_number_of_0_or_more_since_the_same_seed_is_the_same_run(door):
    for wrong in (None, -1, 1.5, True, "1", math.nan, [1]):
        with pytest.raises(InvalidArgument, match="seed=.*whole number, 0 or more"):
            SEEDS[door](wrong)


def test_numbers_of_numpy_are_numbers():
    plain = LagModel(Poisson(1), Exponential(0.5), partitions=2, outages=[(5, 1)], retries=Retries(0.25))
    numpy = LagModel(
        Poisson(np.int64(1)),
        Exponential(np.float32(0.5)),
        partitions=np.int32(2),
        outages=np.array([[5, 1]]),
        retries=Retries(np.float64(0.25)),
    )
    assert numpy == plain
    one, other = simulate_lag(plain, 50, 1), simulate_lag(numpy, np.int64(50), np.uint8(1))
    assert one.visible_at.tolist() == other.visible_at.tolist()
    assert theory.pushed(np.float32(0.5), np.int64(1)).mean == 2.0
    assert Fixed(np.int64(4_000_000_000)).second_moment == 1.6e19  # NumPy's integers would overflow


def test_lists_may_be_any_iterable_and_are_kept_as_they_were_given():
    times = [0.5, 1.5]
    kept = Empirical(times)
    times.append(9.0)
    assert kept.seconds == (0.5, 1.5)
    for given in ((0.5, 1.5), np.array([0.5, 1.5]), pd.Series([0.5, 1.5]), (x for x in (0.5, 1.5))):
        assert Empirical(given) == kept
    assert Mixture((1, Fixed(s)) for s in (1, 2)).mean == 1.5
    assert model(partitions=(x for x in (0.25, 0.75))).shares == (0.25, 0.75)


DAY = [datetime(2026, 1, 5, 9), datetime(2026, 1, 5, 10)]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        *((lambda given=given: RecordedTimes(given), "give a list of times, in seconds") for given in
          (DAY, pd.Series(DAY), np.array(DAY, dtype="datetime64[s]"), [], "123", {"a": 1}, 5.0, [True], [None], [[1]])),
        (lambda: Empirical([]), "give a list of measured times"),
        (lambda: Mixture([0.5]), "give pairs"),
        (lambda: Mixture(0.5), "give pairs"),
        (lambda: Mixture([(1, Fixed(1), 2)]), "give pairs"),
        (lambda: LagModel(Poisson, Fixed(1)), "arrivals=.*give Poisson, Clockwork"),
        (lambda: model(polling=1.0), r"polling=1.0: give Polling\(…\)"),
        (lambda: model(polling=Fixed(1)), r"give Polling\(…\)"),
        (lambda: model(crashes=0.1), r"crashes=0.1: give Crashes\(…\)"),
        (lambda: model(retries=0.1), r"retries=0.1: give Retries\(…\)"),
        (lambda: model(partitions=[]), "shares above 0 that add up to 1"),
        (lambda: model(partitions="2"), "partitions='2'"),
        (lambda: model(partitions=[0.5, 0.4]), "add up to 1"),
        (lambda: model(outages=5), r"outages=5: give pairs of \(start second, seconds\)"),
        (lambda: model(outages=[5]), "give pairs"),
        (lambda: model(outages=[(1, 2, 3)]), "give pairs"),
        (lambda: model(delivery=Fixed(1), delivery_in_order="no"), "delivery_in_order='no': give True or False"),
        (lambda: Polling(Fixed(1), mode=3), "mode=3: accepted are 'ticks'"),
        (lambda: simulate_lag(Poisson(1)), "give a LagModel"),
        (lambda: simulate_world(None, DOMAIN, think=Fixed(1)), "give a LagModel"),
        (lambda: simulate_world(model(), None, think=Fixed(1)), "give a Domain"),
        (lambda: simulate_world(model(), DOMAIN, think=Fixed(1), policy=None), "accepted are 'eventual'"),
        (lambda: simulate_gap([1]), "give a list of Transaction"),
        (lambda: simulate_lag(model(), 1).events_behind_mean(), "simulate more events"),
        (lambda: simulate_lag(model(events_per_command=9), 9).behind_probability(), "simulate more events"),
        (lambda: drawn().t_visibility(math.nan), "not a share"),
        (lambda: drawn().t_visibility("1"), "not a share"),
        (lambda: guarantees.check([("Ada", "w")]), "give a DataFrame"),
    ],
)  # fmt: skip
def test_other_nonsense_is_refused_with_what_is_accepted(wrong, says):
    with pytest.raises(InvalidArgument, match=says):
        wrong()


OPERATION = {"session": "Ada", "op": "w", "key": "cup", "invoke": 0.0, "ret": 1.0, "version": 1, "applied": None}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"version": 1.5}, "version=1.5"),
        ({"version": math.nan}, "version=nan"),
        ({"version": "1"}, "version='1'"),
        ({"version": -1}, "version=-1"),
        ({"invoke": math.nan}, "invoke=nan"),
        ({"ret": math.inf}, "ret=inf"),
        ({"ret": "2"}, "ret='2'"),
        ({"op": "read"}, "accepted are 'w' and 'r'"),
        ({"op": "r", "applied": "12"}, "give the positions"),
        ({"op": "r", "applied": 3}, "give the positions"),
        ({"op": "r", "applied": (1.5,)}, "applied=1.5"),
    ],
)
def test_a_trace_holds_what_can_have_happened(changed, says):
    with pytest.raises(InvalidArgument, match=says):
        guarantees.check(pd.DataFrame([OPERATION | changed]))


@pytest.mark.parametrize("wrong", [-1, math.nan, "1", True])
def test_a_bound_on_staleness_is_a_number(wrong):
    trace = pd.DataFrame([OPERATION])
    for name in ("staleness_events", "staleness_seconds"):
        with pytest.raises(InvalidArgument, match=name):
            guarantees.check(trace, **{name: wrong})


FORMULAS = [one for name, one in vars(theory).items() if inspect.isfunction(one) and one.__module__ == theory.__name__
            and not name.startswith("_") and name != "checked"]  # fmt: skip
SOUND = {
    "rate": 0.5, "handling_mean": 0.5, "handling": Fixed(0.5), "interval": Fixed(0.5), "repair": Fixed(0.5),
    "consumers": 2, "replicas": 2, "batch_limit": 2, "events_per_command": 2, "probability": 0.1, "shares": [0.5, 0.5],
    "lag": Fixed(1),
}  # fmt: skip


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda one: one.__name__)
def test_every_formula_refuses_every_argument_that_has_no_meaning(formula):
    names = list(inspect.signature(formula).parameters)
    sound = {name: SOUND.get(name, 0.5) for name in names} | (
        {"interval_seconds": 2.0} if formula is theory.clockwork else {}
    )
    formula(**sound)
    for name in names:
        for wrong in (math.nan, -1, -math.inf, math.inf, "1", True, None):
            with pytest.raises(InvalidArgument):
                formula(**(sound | {name: wrong}))


def test_formulas_hold_where_their_terms_would_overflow():
    many = theory.competing(950.0, 1.0, 1_000)
    assert 1.0 < many.mean < 1.02
    assert theory.pushed_fixed(0.5, 1.0).stale_probability(1e12) == 0
    with pytest.raises(InvalidArgument, match="crash less often"):
        theory.redelivering_mean(1e-9, 1_000.0, 10.0, Fixed(1))


# What stands for a number: what the message has to say about it.
INSTEAD = [
    (Decimal("0.5"), r"float\(\) of it is one"),
    (np.timedelta64(1, "s"), r"divide it by np.timedelta64\(1, 's'\)"),
    (pd.Timedelta("1s"), r"\.total_seconds\(\) of it is one"),
    (10**5_000, "a number of 5,001 digits"),
    ("0.5" * 500, "rate_per_second='0.5"),
]
DOORS = {"rate_per_second": Poisson, "mean": Exponential, "seconds": Fixed, "probability": Retries}


@pytest.mark.parametrize("value, told", INSTEAD, ids=[type(value).__name__ for value, _ in INSTEAD])
def test_what_only_looks_like_a_number_is_refused_in_one_line_with_what_to_do(value, told):
    for name, door in DOORS.items():
        with pytest.raises(InvalidArgument, match=f"{name}=") as refused:
            door(value)
        assert "\n" not in str(refused.value) and len(str(refused.value)) < 250
    with pytest.raises(InvalidArgument, match=told):
        Poisson(value)


def test_a_table_for_a_number_is_shown_in_one_line():
    with pytest.raises(InvalidArgument, match="give a number above 0") as refused:
        Poisson(pd.Series(range(1_000)))
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 250


@pytest.mark.parametrize("value", [95, 99.9, np.int64(95)])
def test_per_cent_are_told_how_to_be_shares(value):
    doors = (Retries, PUSHED.quantile, drawn().t_visibility, lambda x: theory.retrying(0.1, 1.0, x))
    for door in doors:
        with pytest.raises(InvalidArgument, match="95 % is 0.95"):
            door(value)


@pytest.mark.parametrize("value", [0.5, np.float64(0.5), np.float32(0.5), Fraction(1, 2)])
def test_every_kind_of_real_number_is_a_share(value):
    assert drawn().t_visibility(value) == drawn().t_visibility(0.5)
    assert PUSHED.quantile(value) == PUSHED.quantile(0.5)


STAMPS = pd.date_range("2011-01-04", periods=3, freq="s")


@pytest.mark.parametrize(
    "times, told",
    [
        (STAMPS, r"seconds\[0\]=.*\(times - times\[0\]\) / np.timedelta64"),
        (STAMPS.to_numpy(), r"seconds\[0\]=.*\(times - times\[0\]\) / np.timedelta64"),
        (list(STAMPS.to_pydatetime()), r"seconds\[0\]=datetime"),
        (STAMPS - STAMPS[0], r"seconds\[0\]=.*total_seconds"),
        ((STAMPS - STAMPS[0]).to_numpy(), r"seconds\[0\]="),
        (list((STAMPS - STAMPS[0]).to_numpy()), r"seconds\[0\]=.*divide it by"),
        ([1, 2, math.nan], r"seconds\[2\]=nan: give a list"),
        (["2011-01-04"], r"seconds\[0\]='2011-01-04'"),
        (np.ones((3, 2)), r"seconds\[0\]="),
        (pd.DataFrame({"a": [1.0]}), r"seconds\[0\]='a'"),
        ([], r"seconds=\[\]: give a list"),
        (range(10**12), "more than 20,000,000"),
        (count(), "more than 20,000,000"),
    ],
)
def test_a_list_that_is_none_of_seconds_is_refused_with_the_entry_and_what_to_do(monkeypatch, times, told):
    monkeypatch.setattr("cqrs_lab.simulation.arguments.MOST_LISTED", 1_000)
    for door in (RecordedTimes, Empirical):
        with pytest.raises(InvalidArgument, match=told.replace("20,000,000", "1,000")) as refused:
            door(times)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("wrong", [{"session": [[1], [2]]}, {"key": None}, {"session": [math.nan, "ada"]}])
def test_an_operation_without_a_name_is_refused(wrong):
    rows = [("ada", "w", "cup", 0, 1, 1), ("ada", "r", "cup", 2, 2, 0)]
    trace = pd.DataFrame(rows, columns=["session", "op", "key", "invoke", "ret", "version"]).assign(**wrong)
    with pytest.raises(InvalidArgument, match="operation 0: (session|key)=.*give each a name"):
        guarantees.check(trace)


@pytest.mark.parametrize("transactions", [None, 5, [Transaction("a", 1)], [Transaction(0, None)], Transaction(0, 1)])
def test_transactions_that_are_none_are_refused(transactions):
    with pytest.raises(InvalidArgument, match="give"):
        simulate_gap(transactions)
