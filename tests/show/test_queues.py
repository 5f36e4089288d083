"""Queues side by side: at every moment each pile holds the events that are committed and not visible yet."""

import re
from urllib.parse import unquote

import numpy as np
import pytest

import cqrs_lab as lab
from cqrs_lab.show import queues
from cqrs_lab.simulation import Clockwork, Exponential, Fixed, LagModel, Poisson, simulate_lag


@pytest.fixture(scope="module")
def runs():
    return {
        f"{busy} %": simulate_lag(LagModel(Poisson(busy / 100), Exponential(1.0)), 300, seed=4) for busy in (80, 95)
    }


def keys(picture):
    return [unquote(key) for key in re.findall(r'data-key="([^"]+)"', picture.html)]


def test_a_pile_holds_what_is_committed_and_not_visible(runs):
    view = queues(runs, seconds=200)
    for second in range(0, 201, 20):
        picture = view.at(second=second)
        for name, run in runs.items():
            events = run.events
            past = events[events["committed_at"] <= second]
            wait = past[past["visible_at"] > second]
            done = events[events["visible_at"] <= second]["lag_seconds"]
            row = picture.frame.loc[name]
            assert row["waiting"] == len(wait)
            assert row["lag_now"] == pytest.approx(second - wait["committed_at"].min() if len(wait) else 0.0)
            assert row["mean_so_far"] == pytest.approx(done.mean(), nan_ok=True)
            assert [key for key in keys(picture) if key.startswith(f"{name}/")] == [
                f"{name}/{n}" for n in wait["position"]
            ]


def test_a_pile_that_is_too_high_is_drawn_as_far_as_there_is_room_and_the_others_are_counted():
    flooded = simulate_lag(LagModel(Clockwork(0.01), Fixed(100.0)), events=1_000)
    picture = queues({"flooded": flooded}).at(second=9)
    drawn = len(keys(picture))
    assert 0 < drawn < 900 and f"and {picture.frame.loc['flooded', 'waiting'] - drawn:,} more" in picture.html
    assert "mean lag so far unknown" in picture.says and np.isnan(picture.frame.loc["flooded", "mean_so_far"])


def test_the_axis_of_the_lag_is_one_for_all_and_stays(runs):
    view = queues(runs, seconds=200)
    axes = {
        text
        for second in (1, 100, 200)
        for text in re.findall(r'class="small faint">(\d+ s)<', view.at(second=second).html)
    }
    assert len(axes) == 1


def test_the_clock_stops_with_the_shortest_run(runs):
    short = simulate_lag(LagModel(Clockwork(1.0), Fixed(0.5)), events=50)
    view = queues({**runs, "short": short})
    with pytest.raises(lab.InvalidArgument, match="from 0 to 50"):
        view.at(second=51)


def test_a_name_does_not_become_markup(runs):
    picture = queues({"<b>mine</b>": runs["80 %"]}).at(second=100)
    assert "<b>" not in picture.html and "&lt;b&gt;mine" in picture.html


@pytest.mark.parametrize(("wrong", "says"), [({}, "give {"), ({"a": 3}, "give simulate_lag"), ("runs", "give {")])
def test_what_are_no_runs_is_refused(wrong, says):
    with pytest.raises(lab.InvalidArgument, match=re.escape(says)):
        queues(wrong)


def test_more_piles_than_have_room_are_refused(runs):
    with pytest.raises(lab.InvalidArgument, match="runs has 5; give 4 at most"):
        queues({str(number): runs["80 %"] for number in range(5)})
    with pytest.raises(lab.InvalidArgument, match="seconds"):
        queues(runs, seconds=0)
