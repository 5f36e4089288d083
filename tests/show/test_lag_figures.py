"""The figures of the lag tell what the run tells: at any moment, at any setting, in words, numbers and picture."""

import re

import numpy as np
import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.show import hockey_stick, lag_explorer, staircases, stale_read, tail
from cqrs_lab.show.chart import brief_number, new_chart
from cqrs_lab.show.staircases import MOST_CORNERS, MOST_LINES, draw_stairs, stairs_of
from cqrs_lab.show.tail import round_up
from cqrs_lab.simulation import Clockwork, Exponential, Fixed, LagModel, Poisson, Polling, simulate_lag

QUEUE = simulate_lag(LagModel(Poisson(0.8), Exponential(1.0)), 20_000, seed=3)


def combed(count=24):
    """An event a second, a poll every four."""
    return simulate_lag(LagModel(Clockwork(1.0), Fixed(0.25), polling=Polling(Fixed(4.0))), count, seed=1)


def alt_text(picture):
    return re.search(r'aria-label="([^"]+)"', picture.html).group(1)


# --- two staircases ---------------------------------------------------------------------------------------------


def test_the_stairs_read_off_what_is_committed_and_visible_at_a_moment():
    view = staircases(combed().events, count=8)  # from 1 s to 9 s: the poll at 8 takes events 5 to 8
    view.move(moment=40)
    assert view.frame().iloc[0].to_dict() == {
        "moment": 5.0,
        "committed": 5,
        "visible": 4,
        "events_behind": 1,
        "oldest_waits_seconds": 0.0,
    }
    assert "At 5.00 s, 5 events are committed and 4 visible: the readers are 1 event behind" in view.picture.says
    assert "At 1.00 s, 1 event is committed and 0 visible: the readers are 1 event behind" in view.at(moment=0).says


@pytest.mark.parametrize("part", range(0, 21))
def test_the_numbers_at_a_moment_are_those_of_the_events(part):
    events, view = QUEUE.events, staircases(QUEUE.events, first=500, count=40)
    row = view.at(moment=part * view.controls[0]["most"] // 20).frame.iloc[0]
    came, shown = events["committed_at"] <= row["moment"], events["visible_at"] <= row["moment"]
    assert row["committed"] == came.sum() and row["visible"] == shown.sum()
    waiting = events.loc[came & ~shown, "committed_at"]
    assert row["oldest_waits_seconds"] == pytest.approx(row["moment"] - waiting.min() if len(waiting) else 0)


def test_the_moment_is_set_in_round_seconds_from_the_first_commit_to_the_last_event_visible():
    control = staircases(combed().events, count=8).controls[0]  # 1 s to 9 s
    assert (control["label"], control["scale"], control["most"]) == ("Moment", ("s", 0.1, 1.0), 80)
    control = staircases(QUEUE.events, first=500, count=40).controls[0]
    _, step, first = control["scale"]
    some = QUEUE.events.iloc[499:539]
    assert first % step == 0 and 0 <= first - some["committed_at"].min() < step
    assert 0 <= some["visible_at"].max() - (first + control["most"] * step) < step


def test_the_stairs_say_what_they_show_and_how_late_the_events_are():
    text = alt_text(staircases(combed().events, count=8).picture)
    assert text.startswith("Two staircases over 8.0 seconds") and "2.25 seconds later on average" in text


@pytest.mark.parametrize("count", [40, 2_000])
def test_the_stairs_are_as_high_as_the_events_that_are_committed_and_visible(count):
    _, axes = new_chart()
    stairs = stairs_of(QUEUE.events, first=500, count=count)
    draw_stairs(axes, stairs)
    assert len(axes.lines[0].get_xdata()) <= MOST_CORNERS
    for line, times in zip(axes.lines[:2], (QUEUE.committed_at, QUEUE.visible_at[0]), strict=True):
        for moment, height in zip(line.get_xdata(), line.get_ydata(), strict=True):
            assert height == (times <= moment).sum()


def test_where_events_overtake_each_has_a_line_of_its_own_and_nothing_is_shaded():
    overtaking = LagModel(Poisson(2), Fixed(0), delivery=Exponential(1.5), delivery_in_order=False)
    ordered, mixed = (
        staircases(run.events, count=12).picture.html for run in (combed(), simulate_lag(overtaking, 40, 1))
    )
    assert "FillBetween" in ordered and "LineCollection" not in ordered
    assert "LineCollection" in mixed and "FillBetween" not in mixed


def test_of_thousands_that_overtake_some_hundreds_have_a_line_from_the_first_to_near_the_last():
    overtaking = LagModel(Poisson(2), Fixed(0), delivery=Exponential(1.5), delivery_in_order=False)
    run = simulate_lag(overtaking, 2_000, 1)
    _, axes = new_chart()
    draw_stairs(axes, stairs_of(run.events, first=1, count=2_000))
    [lines] = axes.collections
    starts = [path.vertices[0] for path in lines.get_paths()]
    assert MOST_LINES / 2 < len(starts) <= MOST_LINES
    assert starts[0][1] == 0.5 and starts[-1][1] > 2_000 - 2_000 / MOST_LINES * 2
    assert all(time == run.committed_at[int(level)] for time, level in starts)


def test_an_event_that_is_never_visible_leaves_the_picture_standing():
    events = combed().events
    events.loc[2, "visible_at"] = np.inf
    picture = staircases(events, count=8).at(moment=80)
    assert picture.frame["events_behind"].iloc[0] >= 1 and "nan" not in picture.html.lower()


def test_a_replica_can_be_chosen_and_a_position_that_is_not_there_is_refused():
    run = simulate_lag(LagModel(Poisson(0.8), Exponential(1.0), replicas=2), 100, 1)
    one, other = (staircases(run.events, count=20, replica=replica).at(moment=30).frame for replica in (0, 1))
    assert not one.equals(other)
    with pytest.raises(InvalidArgument, match="no event at position 200; the run has 100"):
        staircases(run.events, first=200)


# --- the tail, and the stale read -------------------------------------------------------------------------------


def test_the_tail_tells_the_figures_of_the_run_beside_those_of_theory():
    picture = tail(QUEUE)
    summary = QUEUE.summary()
    for name, exact in {"mean": 5.0, "p50": 5 * np.log(2), "p95": 5 * np.log(20), "p99": 5 * np.log(100)}.items():
        row = picture.frame.loc[name]
        assert row["theory"] == pytest.approx(exact)
        assert row[["lag_seconds", "low", "high"]].equals(summary.loc[name])
        assert brief_number(row["lag_seconds"]) in picture.html
    assert (
        "theory</text>" in picture.html
        and f"99 in 100 within {brief_number(summary.loc['p99', 'lag_seconds'])} s" in picture.says
    )


def test_where_there_is_no_theory_none_is_drawn():
    picture = tail(combed(200))
    assert picture.frame["theory"].isna().all() and ">theory</text>" not in picture.html


def test_the_band_and_the_curve_are_those_of_the_run():
    curve = QUEUE.stale_curve(np.array([1.0, 2.0, 10.0]))
    assert curve["probability"].tolist() == pytest.approx([QUEUE.stale_probability(after) for after in (1, 2, 10)])
    assert (curve["low"] <= curve["probability"]).all() and (curve["probability"] <= curve["high"]).all()
    assert curve.loc[2.0, "low"] < np.exp(-0.4) < curve.loc[2.0, "high"]


def test_a_stale_read_tells_how_often_it_misses_and_what_a_token_costs():
    view = stale_read(QUEUE)
    view.move(think=40)
    row = view.frame().iloc[0]
    assert row["stale_probability"] == QUEUE.stale_probability(row["after_seconds"])
    assert row["token_wait_seconds"] == QUEUE.token_wait_mean(row["after_seconds"])
    assert row["behind_probability"] == QUEUE.behind_probability()
    assert f"misses it {row['stale_probability']:.1%} of the time" in view.picture.says


def test_a_read_late_enough_never_misses():
    assert "misses it never" in stale_read(combed(400)).at(think=100).says


# --- the hockey stick -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def stick():
    return hockey_stick(lambda busy: LagModel(Poisson(busy), Exponential(1.0)), events=5_000)


def test_the_stick_has_a_row_for_each_utilisation_with_theory_beside_it(stick):
    frame = stick.frame()
    assert frame.index[0] == 0.05 and frame.index[-1] == 0.95 and len(frame) == 19
    assert frame["theory_mean"].tolist() == pytest.approx(1 / (1 - frame.index))
    assert frame.loc[0.5, "mean"] == pytest.approx(2, rel=0.1) and frame["mean"].is_monotonic_increasing


@pytest.mark.parametrize("poll", [None, 0.5, 20.0])
def test_the_names_of_the_two_lines_do_not_stand_on_each_other(poll):
    """With a poll, both lines lie together near 0 until the projector has hardly any time left."""
    polling = None if poll is None else Polling(Fixed(poll))
    view = hockey_stick(lambda rate: LagModel(Poisson(rate), Fixed(0.01), polling=polling), 500, rates=(10, 110))
    found = re.findall(r'<text[^>]* x="([\d.]+)" y="([\d.]+)"[^>]*>(mean|p99)</text>', view.html)
    (x1, y1), (x2, y2) = ((float(x), float(y)) for x, y, _ in found)
    assert len(found) == 2 and (abs(y1 - y2) > 12 or abs(x1 - x2) > 40)


def test_every_point_of_the_stick_has_its_interval(stick):
    frame, run = stick.frame(), simulate_lag(LagModel(Poisson(0.5), Exponential(1.0)), 5_000, seed=1)
    assert frame.loc[0.5, ["mean", "mean_low", "mean_high"]].tolist() == run.summary().loc["mean"].tolist()
    known = frame[frame["p99_low"].notna()]
    assert 0.5 in known.index and (known["p99_low"] < known["p99"]).all() and (known["p99"] < known["p99_high"]).all()


def test_a_run_that_is_too_short_for_an_interval_says_so_in_every_picture(stick):
    at_90, short = stick.at(busy=90), simulate_lag(LagModel(Poisson(0.9), Exponential(1.0)), 5_000, seed=1)
    for picture in (at_90, tail(short), lag_explorer(["rate"], events=5_000, rate=9, arrivals="at random",
                                                     times="at random").picture):  # fmt: skip
        assert "too short for an interval" in picture.says and "needs about" in picture.says
        assert "none" in picture.html and "nan" not in picture.html.lower()


def test_the_dot_is_the_present_setting_and_from_1_on_the_lag_grows(stick):
    run = simulate_lag(LagModel(Poisson(0.7), Exponential(1.0)), 5_000, seed=1)
    assert brief_number(run.summary().loc["p99", "lag_seconds"]) in stick.at(busy=70).says
    growing = stick.at(busy=110)
    assert "there is no steady state" in growing.says and alt_text(growing).startswith("Two staircases that drift "
    "apart")


# --- the explorer -----------------------------------------------------------------------------------------------


def test_the_explorer_simulates_what_its_controls_say():
    view = lag_explorer(events=5_000, arrivals="at random", times="at random")
    view.move(rate=4, handling=150, poll=5, batch=6, partitions=2, replicas=2)
    model = LagModel(
        Poisson(4), Exponential(0.15), polling=Polling(Fixed(0.5), batch_limit=6), partitions=2, replicas=2
    )
    expected = simulate_lag(model, 5_000, seed=1).summary()["lag_seconds"].drop("max")
    pd.testing.assert_series_equal(view.frame()["lag_seconds"], expected)


def test_the_explorer_shows_the_controls_that_are_named_and_begins_where_it_is_told():
    view = lag_explorer(["poll"], events=500, arrivals="by the clock", times="always the same", handling=0, poll=10)
    assert [control["name"] for control in view.controls] == ["poll"] and view.values == {"poll": 10}
    # Eight events between two polls a second apart: the last one commits at the tick.
    assert view.frame().loc["mean", "lag_seconds"] == pytest.approx(3.5 / 8, abs=0.01)


def test_the_same_setting_gives_the_same_picture_after_others():
    view = lag_explorer(["rate"], events=2_000)
    first = view.picture.html
    view.move(rate=15)
    view.move(rate=8)
    assert view.picture.html == first


@pytest.mark.parametrize("poll", [0, 10])
def test_handling_may_take_no_time_at_all(poll):
    picture = lag_explorer(["rate"], events=2_000, handling=0, poll=poll, arrivals="at random").picture
    assert picture.frame.loc["mean", "theory"] == pytest.approx(poll / 20)


def test_a_setting_without_a_steady_state_is_shown_growing():
    picture = lag_explorer(["rate"], events=2_000, rate=12).picture
    assert "there is no steady state" in picture.says and picture.frame["low"].isna().all()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rate": 0}, "from 1 to 30"),
        ({"arrivals": "sometimes"}, "accepted are 'by the clock'"),
        ({"speed": 3}, "no control 'speed'"),
        ({"handling": 1.5}, "whole number"),
    ],
)
def test_the_explorer_refuses_what_it_does_not_know(wrong, words):
    with pytest.raises(InvalidArgument, match=words):
        lag_explorer(events=100, **wrong)


@pytest.mark.parametrize(
    ("value", "rounded"), [(0.3, 0.5), (1.0, 1), (1.01, 2), (4.2, 5), (51, 100), (0, 1), (0.02, 0.02)]
)
def test_an_axis_ends_at_1_2_or_5(value, rounded):
    assert round_up(value) == pytest.approx(rounded)


@pytest.mark.parametrize(("value", "text"), [(1713.2, "1,710"), (0.01234, "0.0123"), (5.0, "5"), (0, "0")])
def test_a_number_has_three_digits_that_count_and_no_power_of_ten(value, text):
    assert brief_number(value) == text


@pytest.mark.parametrize(("mode", "way"), [(0, "ticks"), (1, "sleep_after"), (2, "drain")])
def test_how_a_projector_polls_is_a_choice(mode, way):
    view = lag_explorer(events=2_000, arrivals="at random", times="at random")
    view.move(rate=8, handling=100, poll=20, mode=mode)
    model = LagModel(Poisson(8), Exponential(0.1), polling=Polling(Fixed(2.0), mode=way))
    expected = simulate_lag(model, 2_000, seed=1).summary()["lag_seconds"]["mean"]
    assert view.frame().loc["mean", "lag_seconds"] == expected


def test_a_queue_that_is_emptied_knows_no_limit_of_a_batch():
    view = lag_explorer(events=500, poll=10, batch=5, mode="an interval after the queue is empty")
    assert view.picture.says == view.at(batch=0).says
