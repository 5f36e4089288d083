"""CRUD or CQRS: the two numbers are sums that can be checked by hand, and flips are where the sums say."""

import math

import numpy as np
import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.simulation.choice import COSTS, RANGES, Traffic, choose, stretches
from cqrs_lab.simulation.choice_cases import CASES

BASE = dict(zip(COSTS, (1.0, 0.1, 20.0, 8.0, 0.2, 1.0, 40.0), strict=True))
AT = Traffic(0.9, staleness_seconds=10)


def machine(number, costs=BASE, runs=10):
    """Return what ten runs on one machine measure: a speed of its own, and noise in each figure."""
    random = np.random.default_rng([15, number])
    speed, noise = random.uniform(0.3, 3), random.lognormal(0, 0.15, (runs, len(COSTS)))
    return pd.DataFrame(speed * noise * [costs[name] for name in COSTS], columns=list(COSTS))


def swapped(costs):
    """Return the costs of a world in which each side is as fast as the other was; the poll has no counterpart."""
    sides = {"crud": "cqrs", "cqrs": "crud"}
    names = {name: f"{sides[name[:4]]}{name[4:]}" for name in COSTS if name != "cqrs_poll"}
    return costs.rename(columns=names)


@pytest.mark.parametrize("contention", [0, 0.25])
@pytest.mark.parametrize("rules", [0, 7])
@pytest.mark.parametrize("staleness", [0, 0.5, 10])
def test_the_two_numbers_are_what_a_hundred_thousand_requests_add_up_to(contention, rules, staleness):
    traffic = Traffic(0.9, contention, rules, staleness, rate_per_second=20)
    requests, seconds = 100_000, 100_000 / 20
    writes = round(requests * (1 - 0.9))
    crud = (requests - writes) * 20.0 + writes * (1.0 + rules * 0.1)
    attempts = writes / (1 - contention)
    polls = writes if staleness == 0 else min(writes, seconds / staleness)
    cqrs = (requests - writes) * 1.0 + attempts * (8.0 + rules * 0.2) + polls * 40.0
    made = choose(BASE, traffic)
    assert (made.crud, made.cqrs) == (pytest.approx(crud / requests), pytest.approx(cqrs / requests))
    assert made.choice == ("CQRS" if crud > 2 * cqrs else "CRUD")
    assert made.work.loc["CQRS"].sum() == pytest.approx(made.cqrs)


@pytest.mark.parametrize("name", CASES)
def test_on_the_two_sides_of_a_flip_the_choice_differs(name):
    part = CASES[name]
    for setting, flip in choose(part.costs, part.traffic).flips["at"].dropna().items():
        near = {"rules": 1.0}.get(setting, 0.005)
        below, above = (choose(part.costs, part.at(**{setting: flip + off}).traffic).choice for off in (-near, near))
        assert below != above, setting


@pytest.mark.parametrize("name", CASES)
def test_where_no_flip_is_named_there_is_none(name):
    part = CASES[name]
    made = choose(part.costs, part.traffic)
    for setting in made.flips.index[made.flips["at"].isna()]:
        some = RANGES[setting][::50]
        assert {choose(part.costs, part.at(**{setting: one}).traffic).choice for one in some} == {made.choice}, setting


def test_a_flip_is_where_the_sums_meet():
    """At 0.9 reads, without polls to speak of: 20 s + (1 - s) = 2 (s + 8 (1 - s)), so s = 15 / 33."""
    made = choose(BASE | {"cqrs_poll": 1e-9}, AT)
    assert made.flips.at["read_share", "at"] == pytest.approx(15 / 33, abs=1e-3)


def test_in_the_six_cases_each_side_wins_at_least_twice():
    made = [choose(part.costs, part.traffic).choice for part in CASES.values()]
    assert len(made) == 6 and min(made.count("CRUD"), made.count("CQRS")) >= 2


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize(
    ("setting", "at", "widest"),
    [
        ("read_share", AT, 0.2),
        ("contention", AT, 0.1),
        ("rules", Traffic(0.62, staleness_seconds=10), 50),
        ("staleness_seconds", Traffic(0.75, staleness_seconds=1), 0.2),
    ],
)
def test_on_five_machines_of_any_speed_each_flip_is_within_its_interval(number, setting, at, widest):
    known = choose(BASE, at).flips.at[setting, "at"]
    flip = choose(machine(number), at).flips.loc[setting]
    assert flip["low"] <= known <= flip["high"] and flip["runs"] == 1
    assert 0 < flip["high"] - flip["low"] < widest, "and the interval is narrow enough to be of use"


def test_of_eighty_machines_the_interval_of_nineteen_in_twenty_holds_the_flip():
    known = choose(BASE, AT).flips.at["read_share", "at"]
    flips = [choose(machine(number), AT).flips.loc["read_share"] for number in range(80)]
    assert 0.88 <= np.mean([one["low"] <= known <= one["high"] for one in flips]) <= 0.99


@pytest.mark.parametrize("number", range(5))
def test_with_the_speeds_of_the_opponents_swapped_the_conclusion_turns(number):
    costs = machine(number)
    assert choose(costs, AT).choice == "CQRS"
    turned = choose(swapped(costs), AT)
    assert turned.choice == "CRUD" and turned.crud < turned.cqrs


def test_a_tie_and_anything_short_of_what_it_has_to_be_worth_go_to_the_simpler_shop():
    even = dict.fromkeys(COSTS, 1.0) | {"cqrs_poll": 1e-12}
    made = choose(even, Traffic(1.0), worth=1)
    assert made.crud == made.cqrs == 1 and made.choice == "CRUD"
    assert [choose(even | {"crud_read": 2.5}, Traffic(1.0), worth=worth).choice for worth in (2, 3)] == ["CQRS", "CRUD"]


def test_staleness_pays_for_polls_and_contention_for_decisions_made_again():
    fresh, late = (choose(BASE, Traffic(0.5, staleness_seconds=one)).work for one in (0, 60))
    assert fresh.at["CQRS", "poll"] == 20 and late.at["CQRS", "poll"] < 0.02
    calm, rush = (choose(BASE, Traffic(0.5, contention=one)).work for one in (0, 0.5))
    assert (calm.at["CQRS", "again"], rush.at["CQRS", "again"]) == (0, 4)
    assert calm.loc["CRUD"].equals(rush.loc["CRUD"]), "waiting for a lock is no work"


def test_one_run_has_no_interval_and_runs_that_disagree_have_none_either():
    assert choose(BASE, AT).flips[["low", "high"]].isna().all(axis=None)
    costs = machine(0)
    costs.loc[:4, "crud_read"] = 0.01
    flip = choose(costs, AT).flips.loc["read_share"]
    assert flip["runs"] == 0.5 and math.isnan(flip["low"])


@pytest.mark.parametrize("name", CASES)
def test_along_a_setting_the_stretches_say_who_is_chosen(name):
    part = CASES[name]
    for setting, grid in RANGES.items():
        found = stretches(part.costs, part.traffic, 2.0, setting)
        assert (found[0][0], found[-1][1]) == (grid[0], grid[-1])
        assert [high for _, high, _ in found[:-1]] == [low for low, _, _ in found[1:]]
        for low, high, side in found:
            assert choose(part.costs, part.at(**{setting: (low + high) / 2}).traffic).choice == side


@pytest.mark.parametrize(
    ("costs", "said"),
    [
        ("cheap", "costs='cheap' is not costs; give a number for each of crud_write"),
        ({name: 1.0 for name in COSTS if name != "cqrs_poll"}, "no 'cqrs_poll' (one poll of the projector)"),
        (BASE | {"crud_read": 0}, "has 0 under 'crud_read'; give numbers above 0"),
        (BASE | {"crud_read": "x"}, "give numbers above 0"),
        (machine(0, runs=3), "costs has 3 rows; give one, or those of 10 runs"),
    ],
)
def test_costs_that_mean_nothing_are_refused(costs, said):
    with pytest.raises(InvalidArgument) as refused:
        choose(costs, AT)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"read_share": 1.1}, {"read_share": -0.1}, {"read_share": "most"}, {"contention": 1.0}, {"rules": -1},
        {"staleness_seconds": math.inf}, {"rate_per_second": 0}, {"rules": math.nan},
    ],
)  # fmt: skip
def test_traffic_that_means_nothing_is_refused(wrong):
    with pytest.raises(InvalidArgument, match=next(iter(wrong))):
        Traffic(**{"read_share": 0.5} | wrong)


@pytest.mark.parametrize("worth", [0.5, math.nan, "twice", math.inf])
def test_worth_is_a_number_from_1(worth):
    with pytest.raises(InvalidArgument, match="give 1 or more"):
        choose(BASE, AT, worth=worth)
