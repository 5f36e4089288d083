"""The skipped event: the picture says what the reader's real projector saw."""

import math
import re

import pytest

from cqrs_lab.show import skipped_event
from cqrs_lab.show.skipped_event import SHOWN_SECONDS
from cqrs_lab.simulation import gap_rules
from cqrs_lab.simulation.gap import REMEDIES

ROLLS_BACK, HANGS = 1, 2
LOCK, LOW_WATERMARK, GAP_AWARE = (REMEDIES.index(one) for one in ("lock", "low watermark", "gap-aware reader"))


def test_a_commit_moved_past_a_poll_makes_its_event_fall_through():
    view = skipped_event()
    assert view.picture.says == "Ada's event is read at second 10. Ben's event is read at second 20."
    assert ">skipped<" not in view.picture.html
    view.move(ada_lasts=21)
    assert view.frame()["skipped"].tolist() == [True, False]
    assert math.isnan(view.frame().at["Ada", "visible_at"])
    assert view.picture.says.startswith("Ada's event at position 1 is skipped forever, and the reader's lag is 0.")
    assert ">skipped<" in view.picture.html and ">never<" in view.picture.html
    view.move(ada_lasts=17)  # commits at second 20, at which Ben's is read
    assert not view.frame()["skipped"].any()


@pytest.mark.parametrize("remedy", range(1, len(REMEDIES)))
def test_with_a_remedy_both_are_seen(remedy):
    frame = skipped_event().at(ada_lasts=21, remedy=remedy).frame
    assert frame["visible_at"].tolist() == [30, 30] and not frame["skipped"].any()


def test_with_the_lock_the_second_waits_for_the_first():
    frame = skipped_event().at(ada_lasts=21, remedy=LOCK).frame
    assert frame.at["Ben", "took_at"] == frame.at["Ada", "committed_at"] == 24


def test_only_the_gap_aware_reader_goes_on_past_a_transaction_that_never_ends():
    view = skipped_event()
    says = [view.at(remedy=remedy, ada_ends=HANGS).says for remedy in range(len(REMEDIES))]
    assert all(
        one.startswith("Ada's program hangs at second 7: the transaction stays open at position 1. ") for one in says
    )
    assert says[0].endswith("Ben's event is read at second 20.")
    assert says[LOCK].endswith("Ben waits for the lock as long as the other is open, and takes no position.")
    assert says[LOW_WATERMARK].endswith("and is not read as long as the other transaction is open.")
    assert says[GAP_AWARE].endswith("Ben's event is read at second 30.")
    html = view.at(remedy=LOCK, ada_ends=HANGS).html
    assert ">Ben: no position yet<" in html and ">hangs, and stays open<" in html


def test_the_gap_aware_reader_gives_up_and_then_it_skips_what_the_low_watermark_waits_for():
    view = skipped_event()
    late = view.at(remedy=GAP_AWARE, ada_lasts=28).frame  # commits at second 31, one after the reader has gone on
    assert late["skipped"].tolist() == [True, False] and late.at["Ben", "visible_at"] == 30
    assert not view.at(remedy=GAP_AWARE, ada_lasts=27).frame["skipped"].any()
    assert view.at(remedy=LOW_WATERMARK, ada_lasts=28).frame["visible_at"].tolist() == [40, 40]


def test_after_a_rollback_only_the_gap_aware_reader_waits_for_nothing():
    view = skipped_event()
    seen = [view.at(remedy=one, ada_ends=ROLLS_BACK).frame.at["Ben", "visible_at"] for one in range(len(REMEDIES))]
    assert seen == [20, 20, 20, 30]
    picture = view.at(ada_ends=ROLLS_BACK)
    assert picture.says.startswith("Ada's transaction is rolled back: no event will ever stand at position 1.")
    assert ">rolled back<" in picture.html and not picture.frame["skipped"].any()


@pytest.mark.parametrize("remedy", range(len(REMEDIES)))
def test_whatever_is_moved_the_picture_is_long_enough(remedy):
    view = skipped_event()
    most = {one["name"]: one["most"] for one in view.controls if not one["choices"]}
    assert view.at(remedy=remedy, **most).frame["visible_at"].max() <= SHOWN_SECONDS
    assert view.at(remedy=remedy, **most).frame["committed_at"].notna().all()


def test_each_mark_is_told_and_the_reader_looks_to_the_end():
    html = skipped_event().picture.html
    for told in ("a transaction, open", "waits for the lock", "committed, not read yet", "read", "skipped forever"):
        assert f">{told}<" in html
    assert "the reader polls; the number is its position afterwards" in html
    at = skipped_event().at(ada_lasts=21)
    assert len(re.findall(r">2<", at.html)) >= SHOWN_SECONDS / 10 - 1


def test_no_text_has_a_colour_of_its_own():
    for move in ({"ada_lasts": 21}, {"ada_ends": ROLLS_BACK}, {"ada_ends": HANGS, "remedy": LOCK}):
        texts = re.findall(r"<text [^>]*>", skipped_event().at(**move).html)
        assert texts and not [one for one in texts if re.search("fill: (?!currentColor)", one)]


def test_whoever_comes_first_takes_the_first_position():
    frame = skipped_event(ada=(14, 1), ben=(5, 30)).frame()
    assert frame["position"].to_dict() == {"Ada": 2, "Ben": 1}
    assert frame["skipped"].to_dict() == {"Ada": False, "Ben": True}


@pytest.mark.parametrize("ends", [0, ROLLS_BACK, HANGS])
def test_every_move_changes_the_picture(ends):
    view = skipped_event()
    view.move(ada_ends=ends)
    for control in view.controls:
        for value in (control["least"], control["most"]):
            if value != view.values[control["name"]]:
                assert view.at(**{control["name"]: value}).html != view.picture.html


def test_a_rule_of_ones_own_is_one_more_remedy_and_the_first_that_is_shown():
    skips, waits = (
        skipped_event((3, 21), rules={"mine": rule}) for rule in (gap_rules.everything, gap_rules.low_watermark)
    )
    assert skips.values["remedy"] == waits.values["remedy"] == len(REMEDIES)
    assert skips.picture.says == skips.at(remedy=0).says and ">skipped<" in skips.picture.html
    assert waits.picture.says == waits.at(remedy=LOW_WATERMARK).says and ">skipped<" not in waits.picture.html
    assert "mine: at each poll, your rule says how far the reader may read." in waits.picture.html


def test_a_rule_that_waits_for_a_number_that_was_rolled_back_is_said_to_stop_there():
    def no_number_missing(committed, still_open):
        return next(at for at in range(len(committed) + 1) if at + 1 not in committed)

    says = skipped_event(rules={"mine": no_number_missing}).at(ada_ends=ROLLS_BACK).says
    assert says.endswith("Ben's event is committed, and the reader stops before it, for as long as is shown.")


def test_a_rule_that_fails_is_told_in_the_picture():
    view = skipped_event(rules={"mine": lambda committed, still_open: "2"})
    assert view.says.startswith("The rule, called with [1] and []") and "returned '2'; let it return" in view.says
    assert view.at(remedy=0).says == skipped_event().says
