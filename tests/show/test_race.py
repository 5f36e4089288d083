"""The race: folds that agree are timed, and the chart tells which one took how long."""

import itertools
import re
import time

import pytest

import cqrs_lab as lab
from cqrs_lab.show import race


@pytest.fixture
def log():
    store = lab.MemoryEventStore(clock=lambda: 0.0)
    store.append("tea", ["green", "black"] * 10, expected=0)
    return store


def count(events):
    return {name: sum(one.event == name for one in events) for name in ("green", "black")}


def many_times(events):
    for _ in range(2_000):
        count(events)
    return count(events)


def test_each_way_is_timed_on_each_count(log):
    frame = race({"once": count, "often": many_times}, log, (2, 20)).frame()
    assert list(frame.index) == [("once", 2), ("once", 20), ("often", 2), ("often", 20)]
    assert (frame["seconds"] > 0).all()
    assert frame.loc[("often", 20), "seconds"] > frame.loc[("once", 20), "seconds"]
    rate = frame.loc[("once", 20), "events_per_second"]
    assert rate == pytest.approx(20 / frame.loc[("once", 20), "seconds"])


def test_the_picture_names_the_slowest_and_the_fastest_and_shows_the_numbers(log):
    view = race({"once": count, "often": many_times}, log, (2, 20))
    picture = view.at(events=1)
    assert re.fullmatch(r"20 events: often takes [\d,.]+ times as long as once\.", picture.says)
    assert "20 events folded" in picture.html and 'aria-label="Time against' in picture.html
    assert view.controls[0]["choices"] == ("2", "20")


def test_ways_that_do_not_agree_are_refused(log):
    with pytest.raises(lab.InvalidArgument, match="'wrong' and 'once' do not agree on 2 events"):
        race({"once": count, "wrong": lambda events: {"green": 1, "black": 0}}, log, (2, 20))


def test_a_log_that_is_too_short_is_refused(log):
    with pytest.raises(lab.InvalidArgument, match="the log has 20 events"):
        race({"once": count}, log, (2, 21))


def test_the_names_of_ways_that_take_as_long_stand_one_above_the_other(log, monkeypatch):
    monkeypatch.setattr(time, "perf_counter", itertools.count().__next__)  # each fold takes one second
    view = race({"one": count, "other": count, "third": count}, log, (2, 20))
    found = dict(re.findall(r'<text[^>]* y="([-\d.]+)"[^>]*>(one|other|third)</text>', view.html))
    one, other, third = sorted(map(float, found))
    assert other - one > 12 < third - other
