"""The lag at a moment is what a count by hand of the events that wait says, and what held a run up is shaded."""

import math
import re

import numpy as np
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.shop import visits, write
from cqrs_lab.show import lag_over_time
from cqrs_lab.show.windows import Window, windows_of
from cqrs_lab.simulation import Exponential, Fixed, LagModel, Poisson, Polling, simulate_lag
from cqrs_lab.simulation.faults import (
    WORKERS,
    Crash,
    Delay,
    Duplicate,
    KitRebuilder,
    LostAcknowledgement,
    Poison,
    RebuildStory,
    SlowCommit,
    Story,
    simulate_faults,
    simulate_rebuild,
)

ORDERS = tuple(visits.order_one(number, "ada", "cup") for number in range(1, 9))
STORY = Story(write.register, ORDERS, visits.UnitsOrdered)


def faulty(*plan, **more):
    """Run eight commands, one a second from 1 s on; the log is looked at half a second later, an event at a time."""
    return simulate_faults(STORY, plan, batch=1, **more)


def at(picture, moment):
    """Read the line at a moment at which it does not jump."""
    return float(np.interp(moment, picture.frame["second"], picture.frame["lag_seconds"]))


def turns(picture):
    """Return where the line turns, without the places that it goes straight through."""
    points = list(dict.fromkeys(zip(picture.frame["second"], picture.frame["lag_seconds"], strict=True)))

    def is_straight(before, here, after):
        return math.isclose((here[0] - before[0]) * (after[1] - here[1]), (after[0] - here[0]) * (here[1] - before[1]))

    inner = zip(points, points[1:], points[2:], strict=False)
    return [points[0], *(here for before, here, after in inner if not is_straight(before, here, after)), points[-1]]


# --- by hand --------------------------------------------------------------------------------------------------------


def test_a_crash_and_a_delay_counted_by_hand():
    run = faulty(Crash("before save", 2), Delay(4, 3))
    # Event 2 is due at 2.5, when the worker dies, and visible at 3.5. Event 4 is due at 5.5, and visible at 8.5; then
    # one event a second is handled: 5 at 9.5, 6 at 10.5, 7 at 11.5, 8 at 12.5. Each was committed at its number.
    assert turns(lag_over_time(run)) == [
        (0, 0), (1, 0), (1.5, 0.5), (1.5, 0), (2, 0), (3.5, 1.5), (3.5, 0.5), (4.5, 1.5), (4.5, 0.5), (8.5, 4.5),
        (8.5, 3.5), (9.5, 4.5), (9.5, 3.5), (10.5, 4.5), (10.5, 3.5), (11.5, 4.5), (11.5, 3.5), (12.5, 4.5), (12.5, 0),
    ]  # fmt: skip
    assert [tuple(one) for one in windows_of(run)] == [
        ("crash", "crash before save", 2.5, 3.5),
        ("delay", "event 4 delayed by 3 s", 5.5, 8.5),
    ]


def test_an_event_that_cannot_be_read_stops_the_worker_until_it_is_past_it():
    run = faulty(Poison(3))
    # Delivered at 3.5 and each second after that in vain, until the last command is sent and the projection is fixed.
    [stopped] = windows_of(run)
    assert (stopped.kind, stopped.start) == ("stopped", 3.5) and "cannot read the event at 3" in stopped.what
    handled = run.steps[(run.steps["kind"] == "delivered") & (run.steps["error"] == "") & (run.steps["last"] >= 3)]
    assert stopped.end == handled["seconds"].min() > 8
    assert lag_over_time(run).frame["lag_seconds"].max() == stopped.end - 3


def test_a_slow_commit_makes_others_wait_and_is_no_lag_yet():
    run = faulty(SlowCommit(2, 3))
    assert [tuple(one) for one in windows_of(run)] == [("slow commit", "command 2 commits after 3 s", 2.0, 5.0)]
    picture = lag_over_time(run)
    assert at(picture, 3) == at(picture, 4.9) == 0 and at(picture, 5.4) == pytest.approx(0.4)


def test_two_delays_of_one_delivery_follow_each_other():
    held = [(one.what, one.start, one.end) for one in windows_of(faulty(Delay(2, 3), Delay(2, 1)))]
    assert held == [("event 2 delayed by 3 s", 2.5, 5.5), ("event 2 delayed by 1 s", 5.5, 6.5)]


def test_two_crashes_in_a_row_are_two_windows():
    run = faulty(Crash("before save", 2), Crash("before save", 3))
    assert [(one.start, one.end) for one in windows_of(run)] == [(2.5, 3.5), (3.5, 4.5)]


def test_a_delivery_that_comes_twice_is_neither_lag_nor_window():
    for plan in (Duplicate(2), LostAcknowledgement(2)):
        run = faulty(plan)
        assert windows_of(run) == [] and lag_over_time(run).frame["lag_seconds"].max() == 0.5


# --- by brute force ---------------------------------------------------------------------------------------------------

MODELS = {
    "told at once": LagModel(Poisson(0.8), Exponential(1.0)),
    "outages": LagModel(Poisson(0.8), Exponential(1.0), outages=[(100, 60), (300, 20)]),
    "polled": LagModel(Poisson(2.0), Fixed(0.1), polling=Polling(Fixed(4.0))),
    "partitions overtake": LagModel(Poisson(2.0), Exponential(1.2), partitions=(0.35, 0.65)),
    "two replicas": LagModel(Poisson(0.8), Exponential(1.0), replicas=2),
    "delivery overtakes": LagModel(Poisson(2), Fixed(0), delivery=Exponential(1.5), delivery_in_order=False),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("between", [None, (50, 350)])
def test_the_line_of_a_run_of_the_lag_is_that_of_its_events(name, between):
    run = simulate_lag(MODELS[name], 1_000, seed=4)
    replica = run.visible_at.shape[0] - 1
    picture = lag_over_time(run, between=between, replica=replica)
    start, end = between or (0, 600)
    for moment in np.random.default_rng(1).uniform(start, min(end, run.visible_at.max()), 200):
        waiting = [
            committed
            for committed, visible in zip(run.committed_at, run.visible_at[replica], strict=True)
            if committed <= moment < visible
        ]
        assert at(picture, moment) == pytest.approx(moment - min(waiting) if waiting else 0, abs=1e-9)
        later = picture.frame["second"].searchsorted(moment, side="right")
        assert picture.frame["events_behind"].iloc[min(later, len(picture.frame) - 1)] == len(waiting)


@pytest.mark.parametrize("worker", WORKERS)
@pytest.mark.parametrize("plan", [(Crash("before save"),), (Delay(3, 2), Poison(5)), (Duplicate(1), SlowCommit(4, 2))])
def test_the_line_of_a_run_with_faults_is_that_of_its_steps(worker, plan):
    run = faulty(*plan, worker=WORKERS[worker])
    picture, steps = lag_over_time(run), run.steps
    for moment in np.random.default_rng(2).uniform(0, steps["seconds"].max(), 100):
        past = steps[steps["seconds"] <= moment]
        place, head = (past[name].iloc[-1] if len(past) else 0 for name in ("position", "head"))
        since = steps.loc[steps["head"] > place, "seconds"].min() if place < head else moment
        assert at(picture, moment) == pytest.approx(moment - since)


# --- the picture ------------------------------------------------------------------------------------------------------


def test_each_window_is_shaded_and_named():
    picture = lag_over_time(faulty(Crash("before save", 2), Delay(4, 3), Poison(6), Crash("after save", 1)))
    lanes = re.findall(r">(crash|delay|stopped|slow commit|outage)</text>", picture.html)
    assert sorted(lanes) == ["crash", "delay", "stopped"]
    assert len(re.findall(r'data-key="window', picture.html)) == 4 and picture.html.count("<tr") == 1 + 4
    shaded = picture.frame.loc[picture.frame["second"] == 8, "window"]
    assert set(shaded) == {"event 4 delayed by 3 s"}
    assert "From 5.5 to 8.5 s: event 4 delayed by 3 s." in picture.says


def test_at_its_end_a_window_is_over():
    window = Window("delay", "event 2 delayed by 3 s", 2.5, 5.5)
    assert [window.holds(moment) for moment in (2.4, 2.5, 5.4, 5.5)] == [False, True, True, False]


def test_only_what_is_between_two_moments_is_shown():
    run = simulate_lag(MODELS["outages"], 1_000, seed=4)
    picture = lag_over_time(run, between=(290, 400))
    assert picture.frame["second"].agg(["min", "max"]).tolist() == [290, 400]
    assert "planned outage of 20 s" in picture.says and "60 s" not in picture.says.split("From")[1]


def test_where_nothing_went_wrong_it_says_so():
    says = lag_over_time(faulty()).says
    assert says == "The lag is at most 0.5 s, at 1.5 s. Nothing held the projector up from outside."


def test_a_rebuild_under_faults_is_drawn_too():
    story = RebuildStory(write.register, ORDERS, visits.UnitsOrdered, to=visits.UnitsOrdered, before=2)
    run = simulate_rebuild(story, [Crash("before swap")], KitRebuilder)
    assert lag_over_time(run).frame["lag_seconds"].min() >= 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"run": STORY}, "is not a run; give simulate_faults"),
        ({"between": (9, 3)}, "between=.* is an empty range; give"),
        ({"between": 9}, "between=9 is not a range; give two numbers"),
        ({"between": (-4, 9)}, "goes too far; give numbers from 0"),
        ({"replica": 1}, "replica=1 is not a replica; give 0, the only one"),
        ({"replica": "a"}, "replica='a' is not a replica"),
    ],
)
def test_nonsense_is_refused(given, said):
    run = simulate_lag(MODELS["told at once"], 200, seed=1)
    with pytest.raises(InvalidArgument, match=said):
        lag_over_time(**{"run": run} | given)


def test_more_events_than_can_be_drawn_are_refused_with_what_can():
    run = simulate_lag(MODELS["told at once"], 20_000, seed=1)
    with pytest.raises(InvalidArgument, match=r"too many to draw; give between=\(…, 12\d\d\d\) or less"):
        lag_over_time(run, between=(0, 20_000))
