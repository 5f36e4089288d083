"""The skipped event: the picture says what the reader's real projector saw."""

import math

import pytest

from cqrs_lab.show import skipped_event
from cqrs_lab.simulation.gap import REMEDIES


def test_a_commit_moved_past_a_poll_makes_its_event_fall_through():
    view = skipped_event()
    assert view.picture.says == "Ada's event is visible at 1 s. Ben's event is visible at 2 s."
    assert "skipped" not in view.picture.html
    view.move(ada_lasts=21)
    assert view.frame()["skipped"].tolist() == [True, False]
    assert math.isnan(view.frame().at["Ada", "visible_at"])
    assert view.picture.says.startswith("Ada's event at position 1 is skipped for ever, and the reader's lag is 0.")
    assert ">skipped<" in view.picture.html and "never" in view.picture.html
    view.move(ada_lasts=16)  # commits at 1.9 s, before Ben's is seen
    assert not view.frame()["skipped"].any()


@pytest.mark.parametrize("remedy", range(1, len(REMEDIES)))
def test_with_a_remedy_both_are_seen(remedy):
    frame = skipped_event().at(ada_lasts=21, remedy=remedy).frame
    assert frame["visible_at"].tolist() == [3, 3] and not frame["skipped"].any()


def test_with_the_lock_the_second_waits_for_the_first():
    frame = skipped_event().at(ada_lasts=21, remedy=REMEDIES.index("lock")).frame
    assert frame.at["Ben", "took_at"] == frame.at["Ada", "committed_at"] == pytest.approx(2.4)


def test_whoever_comes_first_takes_the_first_position():
    frame = skipped_event(ada=(2.0, 0.1), ben=(0.5, 3.0)).frame()
    assert frame["position"].to_dict() == {"Ada": 2, "Ben": 1}
    assert frame["skipped"].to_dict() == {"Ada": False, "Ben": True}


def test_every_move_changes_the_picture():
    view = skipped_event()
    for control in view.controls:
        for value in (control["least"], control["most"]):
            if value != view.values[control["name"]]:
                assert view.at(**{control["name"]: value}).html != view.picture.html
