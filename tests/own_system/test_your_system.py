"""`your_system`: five numbers of an engineer's own system, a picture, and views that move over its ranges."""

import re
import sys
from dataclasses import FrozenInstanceError
from io import StringIO

import numpy as np
import pytest

import cqrs_lab as lab
from cqrs_lab.own_system import measured, progress
from cqrs_lab.own_system.given import MOST_RUNS

NAMES = ["lag p50", "lag p99", "missed reads", "headroom", "rebuild", "lock or watermark"]
GIVEN = {"rate": 50, "handling_ms": (8, 40), "think_seconds": (1, 5), "log_events": 20_000_000, "events": 5_000}


def asked(**other):
    return lab.your_system(**GIVEN | other)


@pytest.fixture(scope="module")
def mine():
    return asked()


@pytest.fixture(scope="module")
def day(tmp_path_factory):
    """A made-up hour with a busy end."""
    times = np.cumsum(np.random.default_rng(1).exponential(np.where(np.arange(400) < 200, 0.05, 0.02)))
    path = tmp_path_factory.mktemp("day") / "day.csv"
    path.write_text("time,command\n" + "".join(f"{one:.4f},PlaceOrder\n" for one in times))
    return path


def test_there_are_five_numbers_each_with_an_interval_and_a_sentence(mine):
    numbers = mine.numbers
    assert list(numbers.index) == NAMES and list(numbers.columns) == ["value", "low", "high", "unit", "says"]
    assert (numbers["low"] <= numbers["value"])[numbers["low"].notna()].all()
    assert (numbers["value"] <= numbers["high"])[numbers["high"].notna()].all()
    assert numbers["says"].str.endswith(".").all() and not numbers["says"].str.contains("nan|,,|  ").any()
    assert str(mine).splitlines() == list(numbers["says"])


def test_a_system_does_not_change(mine):
    numbers = mine.numbers
    numbers.loc["rebuild", "value"] = 0
    assert mine.numbers.loc["rebuild", "value"] > 100
    with pytest.raises(FrozenInstanceError):
        mine.given = None


def test_the_same_numbers_give_the_same_system(mine):
    assert mine.numbers.equals(asked().numbers) and not mine.numbers.equals(asked(seed=2).numbers)


def test_a_rate_per_minute_is_the_same_system():
    per_second, per_minute = asked(objective_seconds=0.2), asked(rate=3_000, per="minute", objective_seconds=0.2)
    assert per_minute.numbers["value"].equals(per_second.numbers["value"])
    assert "commands per minute" in per_minute.numbers.loc["headroom", "says"]


def test_more_work_and_more_promised_cost_headroom(mine):
    for worse in ({"handling_ms": (12, 40)}, {"rate": 80}, {"objective_seconds": 0.2}, {"retries": 0.2}):
        assert asked(**worse).numbers.loc["headroom", "value"] < mine.numbers.loc["headroom", "value"], worse


def test_the_picture_says_where_the_system_stands_and_where_its_promise_breaks(mine):
    picture = mine.figure()
    assert picture.says == (
        f"At 50 commands per second, half of the events are visible within {_ms(mine, 'lag p50')} ms, and 1 in 100 "
        f"takes longer than {_ms(mine, 'lag p99')} ms. The promise of 1 s is kept up to "
        f"{mine.numbers.loc['headroom', 'value']:.3g} times this rate."
    )
    assert list(picture.frame.columns) == ["p50", "p50_low", "p50_high", "p99", "p99_low", "p99_high"]
    assert {50.0, mine.numbers.loc["headroom", "value"] * 50} <= set(picture.frame.index)
    html = mine._repr_html_()
    assert 'aria-label="p50 and p99 of the lag against the rate' in html
    assert all(name in re.sub("<[^>]*>", "", html) for name in NAMES)


def _ms(mine, name):
    return f"{1_000 * mine.numbers.loc[name, 'value']:.3g}"


def test_the_explorer_moves_in_real_units_and_begins_at_the_system(mine):
    view = asked(poll_seconds=0.5, batch=100, replicas=2).lag_explorer()
    assert [one["label"] for one in view.controls] == [
        "Commands per second", "Handling, p50", "Polling interval (0: told at once)", "Replicas",
        "Events per poll, at most",
    ]  # fmt: skip
    at_once = mine.lag_explorer()
    assert at_once.frame().loc["p99", "lag_seconds"] == pytest.approx(mine.numbers.loc["lag p99", "value"], rel=0.3)
    before = at_once.says
    at_once.move(handling=at_once.values["handling"] + 1)
    assert at_once.says != before


def test_the_hockey_stick_moves_over_rates_of_the_system(mine):
    view = mine.hockey_stick()
    assert view.says.startswith("50 events per second, busy 51% of the time")
    assert view.frame().index.name == "rate"


def test_a_file_of_times_says_what_was_read_and_every_number_has_its_interval(day):
    mine = lab.your_system(day, handling_ms=(8, 40), think_seconds=0.04, log_events=1_000_000)
    assert str(mine).startswith("400 commands of one kind, 'PlaceOrder', in ")
    assert mine.numbers["low"].notna().all()
    assert "400 commands" in mine._repr_html_()
    assert mine.lag_explorer().says and mine.hockey_stick().says


def test_no_more_is_simulated_than_the_door_allows(monkeypatch):
    run, count = measured.simulate_lag, []
    monkeypatch.setattr(
        measured, "simulate_lag", lambda model, events, seed: count.append(events) or run(model, events, seed)
    )
    asked(poll_seconds=0.5, events=2_000).figure()
    assert 0 < sum(count) <= MOST_RUNS * 2_000


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"rate": 120, "handling_ms": 10}, "120 commands per second would keep a projector busy 120% of the time, so "
         "it never catches up; it can take 100 per second: give a lower rate or shorter handling"),
        ({"poll_seconds": 1, "batch": 40}, "busy 125% of the time, so it never catches up; it can take 40 per second: "
         "give a lower rate, shorter handling or a larger batch"),
        ({"retries": 0.6}, "shorter handling or fewer retries"),
        ({"rate": 98.41}, "98.41 commands per second would keep a projector busy all the time, so it never catches up; "
         "it can take 98.4 per second"),
        ({"rate": 1, "handling_ms": 1_000}, "1 command per second would keep a projector busy all the time, so it "
         "never catches up; 1 is all that it can take: give"),
        ({"handling_ms": (40, 8)}, "p99, 8, is below p50, 40"),
        ({"rate": None}, "nothing says how many commands come; give rate=50, or a file of times"),
        ({"times": "day.csv"}, "times='day.csv' and rate=50 both say how many commands come; give one of them"),
        ({"times": 7, "rate": None}, "times=7 is not the name of a file"),
        ({"rate": 0}, "rate=0: give a number above 0"),
        ({"rate": "50"}, "rate='50': give a number above 0"),
        ({"per": "week"}, "per='week': give one of 'second', 'minute', 'hour', 'day'"),
        ({"batch": 10}, "with poll_seconds=0 nobody polls; give poll_seconds, or leave batch out"),
        ({"poll_seconds": 1, "batch": 90, "polls": "an interval after the queue is empty"}, "so leave batch=90 out"),
        ({"polls": "often"}, "polls='often': accepted are 'at fixed times'"),
        ({"poll_seconds": -1}, "poll_seconds=-1: give a number of 0 or more"),
        ({"retries": 1}, "retries=1: give a number between 0 and 1"),
        ({"backoff_seconds": 1}, "nothing is tried again; give retries=0.01"),
        ({"replicas": 0}, "replicas=0: give a whole number, 1 or more"),
        ({"replicas": 3, "events": 10_000_000}, "6.0e+09 events; at most 2e+08 can be: give events=333,333 or less"),
        ({"log_events": 0}, "log_events=0: give a whole number, 1 or more"),
        ({"think_seconds": -1}, "think_seconds=-1: give two numbers 0 or more"),
        ({"rebuild_per_second": 0}, "rebuild_per_second=0: give a number above 0"),
        ({"transaction_ms": 0}, "transaction_ms=0: give a number above 0"),
        ({"objective_seconds": 0}, "objective_seconds=0: give a number above 0"),
        ({"events": 10}, "events=10: give a whole number, 1000 or more"),
        ({"seed": None}, "seed=None: give a whole number, 0 or more"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_before_anything_runs(given, says, monkeypatch):
    monkeypatch.setattr(measured, "simulate_lag", None)
    with pytest.raises(lab.InvalidArgument) as refused:
        asked(**given)
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("given", "number", "says"),
    [
        ({"think_seconds": 0}, "missed reads", "Of the people who look at once, 100% do not see what they wrote."),
        ({"think_seconds": 9}, "missed reads", "Of the people who look after 9 s, no one missed what they wrote"),
        ({"objective_seconds": 0.01}, "lag p99", "and the promise of 10 ms is broken."),
        ({"objective_seconds": 0.03}, "headroom", "At no rate are 99 in 100 events visible within 30 ms"),
        ({"objective_seconds": 0.06}, "headroom", "The promise of 60 ms is broken: it would be kept up to 0.6"),
        (
            {"rebuild_per_second": 40},
            "rebuild",
            "A rebuild never catches up (inf in the table): 50 events a second come in, and it takes 40 a second",
        ),
        (
            {"transaction_ms": 40},
            "lock or watermark",
            "Low watermark: transactions of 40 ms would need a lock 200% of the",
        ),
        ({"rate": 1}, "rebuild", "while 1 event a second goes on coming in."),
        ({"rate": 1, "objective_seconds": 0.1}, "headroom", "commands per second; at 98.4 times the projector is busy"),
        ({"transaction_ms": 1}, "lock or watermark", "Lock: it would be held 5% of the time"),
    ],
)
def test_a_number_is_a_sentence_that_says_what_it_means(given, number, says):
    assert says in asked(**given).numbers.loc[number, "says"]


STRANGE = (
    {}, {"think_seconds": 9}, {"think_seconds": 0}, {"transaction_ms": 40}, {"rebuild_per_second": 40},
    {"poll_seconds": 0.5}, {"rate": 95}, {"transaction_ms": 19.5}, {"objective_seconds": 0.03},
)  # fmt: skip


@pytest.mark.parametrize("given", STRANGE, ids=str)
def test_what_is_no_number_in_the_table_is_explained_beside_it(given):
    """A rebuild's and a lock's infinity has no interval either, and its sentence says what it means."""
    for name, row in asked(**given, events=2_000).numbers.iterrows():
        assert np.isinf(row["value"]) == ("(inf in the table)" in row["says"]), name
        if np.isnan(row["low"]) and np.isfinite(row["value"]):
            assert "interval (NaN in the table)" in row["says"], name


def test_of_recorded_times_too(day):
    mine = lab.your_system(day, handling_ms=(8, 40), think_seconds=60, log_events=1_000_000)
    missed = mine.numbers.loc["missed reads"]
    assert np.isnan(missed["low"]) and missed["says"].endswith("which has no interval (NaN in the table).")


def test_a_whole_float_is_the_number_it_is(mine):
    assert asked(log_events=2e7, events=5e3, seed=1.0).numbers.equals(mine.numbers)


def test_the_views_say_why_their_figures_may_differ(mine, day):
    for view in (mine.hockey_stick(), mine.lag_explorer()):
        assert "one run of 5,000 events for each setting" in view.html and "runs that may be longer" in view.html
    recorded = lab.your_system(day, handling_ms=(8, 40), think_seconds=1, log_events=10**6)
    assert "one run of 400 events" in recorded.lag_explorer().html and "ten runs" in recorded.lag_explorer().html


class Terminal(StringIO):
    def isatty(self):
        return True


def test_a_bar_counts_the_runs_on_a_terminal_and_nowhere_else(monkeypatch, capsys):
    asked(events=1_000).figure()
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(progress, "AFTER_SECONDS", 0)
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    asked(events=1_000).figure()
    assert "runs:   0%" in terminal.getvalue() and "runs for the picture:   0%" in terminal.getvalue()


def test_bursts_with_a_night_between_them_have_a_headroom(tmp_path):
    """Their average rate says nothing: a thousandth of what the projector can take is hundreds of times that."""
    path = tmp_path / "night.csv"
    bursts = [start + 0.1 * number for start in (0, 200_000) for number in range(60)]
    path.write_text("time,command\n" + "".join(f"{one:.1f},PlaceOrder\n" for one in bursts))
    found = lab.your_system(path, handling_ms=(8, 40), think_seconds=1, log_events=10**6).numbers.loc["headroom"]
    assert found["low"] > 1 and "is kept up to" in found["says"]
    assert "if what was recorded comes in so much less time" in found["says"]
