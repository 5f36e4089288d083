"""Promises by remedies: a row counts what happened in a real world under a remedy, the learner's own too."""

import re

import numpy as np
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.shop import visits, write
from cqrs_lab.show import policies
from cqrs_lab.show.promise_grid import BAR, BAR_GAP, BARS_LEFT
from cqrs_lab.simulation import Domain, Exponential, Fixed, LagModel, Poisson, simulate_lag, simulate_world
from cqrs_lab.simulation.visitors import POLICIES

TEA = Domain(write.register, visits.order_one, visits.UnitsOrdered, ("cup", "pot"))
BUSY = LagModel(Poisson(2.0), Exponential(0.4), replicas=2)
VISITS = 20


@pytest.fixture(scope="module")
def view():
    return policies(BUSY, TEA, visits=VISITS, events=20_000)


@pytest.mark.parametrize("policy", POLICIES)
def test_a_row_counts_what_happened_in_the_world(view, policy):
    run = simulate_world(BUSY, TEA, visits=VISITS, think=Fixed(0.5), policy=policy, seed=1)
    counted, row = run.summary(), view.at(think=5).frame.loc[policy]
    assert row["misses_own_write"] * row["reads"] == pytest.approx(counted["missed_own_write"])
    assert row["goes_back"] * row["reads"] == pytest.approx(counted["went_back"])
    assert row["breaks_prefix"] == 0 and row["reads"] == counted["reads"]
    assert row["reader_waits_seconds"] * VISITS == pytest.approx(counted["read_seconds"] * counted["reads"])
    assert row["sender_waits_seconds"] == pytest.approx(counted["command_seconds"])
    assert row["primary_reads"] == (40 if policy == "primary" else 0)


def words(picture):
    """Return each remedy's cells as words."""
    rows = re.findall(r'role="option" aria-label="([^:"]+): ([^"]*)"', picture.html)
    return dict(rows)


def test_the_grid_says_in_words_what_it_shows(view):
    picture = view.at(policy=2, think=5)
    said = words(picture)
    assert list(said) == list(POLICIES)
    assert said["primary"].startswith(
        "read your writes kept, monotonic reads kept, consistent prefix kept; reader waits 0"
    )
    missed = picture.frame["misses_own_write"] * picture.frame["reads"]
    for name in POLICIES:
        broken = re.search(r"read your writes broken by (\d+) of 40", said[name])
        assert int(broken[1] if broken else 0) == round(missed[name])
    assert picture.html.count("✕") == 2 * sum(text.count("broken by") for text in said.values())  # grid and table
    assert picture.says.startswith("Token, first look 0.5 s after the order. Read your writes: kept;")


def test_a_bar_is_as_long_as_the_wait_and_a_broken_promise_has_the_colour_of_what_is_wrong(view):
    picture = view.at(policy=2, think=5)
    longest = float(re.search(r">([\d.]+) s</text>", picture.html)[1])
    waits = picture.frame[["reader_waits_seconds", "sender_waits_seconds"]].to_numpy().ravel()
    bars = [float(one) for one in re.findall(r'<rect data-key="wait/[^"]*"[^>]* width="([\d.]+)"', picture.html)]
    wanted = [min(seconds / longest, 1.05) * BAR for seconds in waits if seconds]
    assert bars == pytest.approx(wanted, abs=0.1) and max(bars) > BAR / 4
    for mark, colour in (("✕", "bad"), ("✓", "good")):
        words = re.findall(rf'<text[^>]*style="fill:var\(--(\w+)\)"[^>]*>{mark} ', picture.html)
        assert words and set(words) == {colour}


def test_the_price_of_reading_from_the_primary_is_a_bar_too(view):
    primary = view.at(policy=list(POLICIES).index("primary"), think=5)
    bars = re.findall(r'<rect data-key="asked/([^"]*)"[^>]* x="([\d.]+)"[^>]* width="([\d.]+)"', primary.html)
    assert bars == [("primary", str(BARS_LEFT + 2 * BAR_GAP), f"{BAR:.1f}")]
    assert "nobody waits, and the write side answers 40 looks. No promise" in primary.says
    assert words(primary)["primary"].endswith("write side answers 40 looks")


def test_the_cases_are_those_of_the_chosen_remedy(view):
    for number, name in enumerate(POLICIES):
        run = simulate_world(BUSY, TEA, visits=VISITS, think=Fixed(0.5), policy=name, seed=1)
        cases = [
            one.says for promise in ("read_your_writes", "monotonic_reads") for one in run.verdicts[promise].broken_by
        ]
        said = view.at(policy=number, think=5, case=1).says
        assert (cases[0] if cases else "No promise is broken: there is no case to look at.") in said


def test_the_marks_are_the_means_of_the_long_run(view):
    run = simulate_lag(BUSY, 20_000, seed=1)
    later = (run.visible_at.max(axis=0) - run.committed_at)[1_000:]
    longest = float(re.search(r">([\d.]+) s</text>", view.picture.html)[1])
    drawn = [float(x) for x in re.findall(r'<path d="M ([\d.]+) \d+ v 28"', view.at(think=7).html)]
    lengths = [1.0 / longest, run.token_wait_mean(0.7) / longest, min(np.mean(later) / longest, 1.05)]
    begins = [BARS_LEFT, BARS_LEFT, BARS_LEFT + BAR_GAP]
    expected = [left + length * BAR for left, length in zip(begins, lengths, strict=True)]
    assert drawn == pytest.approx(expected, abs=0.1)


def waits(shop, order):
    return shop.ask(at_least=shop.send(order).position).value


def looks(shop, order):
    shop.send(order)
    return shop.ask().value


def test_a_function_of_your_own_runs_in_the_picture_and_right_and_wrong_are_seen():
    right, wrong = (policies(BUSY, TEA, visits=VISITS, events=5_000, mine=mine) for mine in (waits, looks))
    assert words(right.picture)["yours"].startswith("read your writes kept, monotonic reads kept")
    assert re.match(r"read your writes broken by \d+ of 20 looks", words(wrong.picture)["yours"])
    frames = right.frame(), wrong.frame()
    assert [frame.at["yours", "misses_own_write"] > 0 for frame in frames] == [False, True]
    assert [frame.at["yours", "reader_waits_seconds"] > 0 for frame in frames] == [True, False]
    for frame in frames:  # the kit's rows do not depend on it
        assert frame.loc[list(POLICIES)].equals(policies(BUSY, TEA, visits=VISITS, events=5_000).frame())
    assert wrong.picture.says.startswith("Yours, first look 0.5 s after the order. Read your writes: broken by")


def forgets_to_send(shop, order):
    return shop.ask().value


def fails(shop, order):
    raise KeyError("<b>hers")


@pytest.mark.parametrize(
    ("mine", "says"),
    [
        (fails, "Your code failed: KeyError: '<b>hers'."),
        (
            forgets_to_send,
            "Your code failed: InvalidArgument: your function did not send the order; call shop.send(order).",
        ),
    ],
)
def test_a_function_that_fails_is_a_row_that_says_so_and_the_others_stay(mine, says):
    view = policies(BUSY, TEA, visits=VISITS, events=5_000, mine=mine)
    assert view.picture.says == says and "<b>" not in view.picture.html
    assert "✕ Your code failed: " in view.picture.html and view.frame().loc["yours"].isna().sum() == 5
    view.move(policy=0, think=9)
    assert view.picture.says.startswith("Eventual, first look 0.9 s")


def test_one_copy_is_not_enough():
    with pytest.raises(InvalidArgument, match="give 2 or more"):
        policies(LagModel(Poisson(1), Exponential(0.4)), TEA)


@pytest.mark.parametrize("mine", [3, "token", lambda shop: None])
def test_what_cannot_order_and_look_is_refused(mine):
    with pytest.raises(InvalidArgument, match=r"give a function order_and_look\(shop, order\)"):
        policies(BUSY, TEA, visits=2, events=2_000, mine=mine)
