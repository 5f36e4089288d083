"""Every demo shows the view of a lesson that exists, and its view moves."""

import pytest

from cqrs_lab.course.lessons import LESSONS
from cqrs_lab.demo.channel import Channel
from cqrs_lab.demo.demos import DEMOS, demo_of
from cqrs_lab.demo.views import VIEWS

NAMES = [demo.name for demo in DEMOS]


def test_each_demo_has_one_view_and_each_view_is_a_demo():
    assert list(VIEWS) == NAMES and len(set(NAMES)) == len(NAMES)


def test_the_lessons_of_the_demos_are_written():
    written = {lesson.key for lesson in LESSONS if lesson.written}
    assert {demo.lesson for demo in DEMOS} - written == set()
    assert {"03", "05", "07", "08", "09", "10"} <= {demo.lesson for demo in DEMOS}


def test_what_is_asked_of_the_room_is_a_question():
    assert [demo.name for demo in DEMOS if not demo.ask.endswith("?")] == []


def test_a_name_finds_its_demo_and_another_finds_none():
    assert demo_of("lag").lesson == "07" and demo_of("lags") is None


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("staircases", "2.10"),
        ("stick", "20"),
        ("queues", "18.8"),
        ("fronts", "✕ 12 missed"),
        ("scaling", "falls behind"),
        ("verdict", "flips"),
        ("why", "order-8: without"),
    ],
)
def test_no_demo_begins_with_its_answer_on_the_wall(name, answer):
    view = VIEWS[name]()
    assert view.veil or answer not in view.html + view.says


@pytest.mark.parametrize("name", NAMES)
def test_every_control_of_a_demo_draws_another_picture_of_the_same_view(name):
    channel = Channel(VIEWS[name]())
    before = channel.state()
    for control in before["controls"]:
        value = control["value"] + 1 if control["value"] < control["most"] else control["value"] - 1
        values = {**before["values"], control["name"]: value}
        said = channel.hear({"method": "update", "state": {"values": values, "asked": channel.state()["asked"] + 1}})
        now = {name: value for one in said for name, value in one["state"].items()}
        assert now["answered"] == channel.state()["asked"]
        assert channel.state()["values"][control["name"]] == value
        assert channel.state()["says"]


def test_a_view_that_plays_sends_its_steps_ahead():
    channel = Channel(VIEWS["duel"]())
    values = channel.state()["values"]
    said = channel.hear({"method": "custom", "content": {"ahead": 1, "along": "step", "values": values}})
    states = [one["content"]["states"] for one in said if one["method"] == "custom"]
    assert len(states) == 1 and [state["values"]["step"] for state in states[0]][:3] == [1, 2, 3]


def test_what_a_channel_has_said_it_does_not_say_again():
    channel = Channel(VIEWS["duel"]())
    assert channel.hear({"method": "update", "state": {"asked": 1}})
    assert channel.hear({"method": "update", "state": {"asked": 1}}) == []
