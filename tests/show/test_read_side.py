"""The parts of a read side: what the view says of each is what counting and theory say."""

import math
import re
from collections import Counter

import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.shop import rush
from cqrs_lab.show import read_side
from cqrs_lab.simulation import theory
from cqrs_lab.simulation.partitioning import by_order, by_product

EVENING = [(one.event.product_id, one.event.order_id) for one in rush.evening().read_all()]
BY = {0: by_product, 1: by_order}


@pytest.fixture(scope="module")
def view():
    return read_side(EVENING)


def parts(picture, part):
    return picture.frame[picture.frame["part"] == part].reset_index(drop=True)


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("partitions", [1, 4, 12])
def test_each_partition_has_the_events_that_counting_gives_it(view, partitions, by):
    counts = Counter(BY[by](product, order, partitions) for product, order in EVENING)
    cups = Counter(BY[by](product, order, partitions) for product, order in EVENING if product == "cup")
    found = parts(view.at(partitions=partitions, by=by), "partition")
    assert found["number"].tolist() == list(range(1, partitions + 1))
    for at, row in found.iterrows():
        assert row["per_second"] == pytest.approx(30 * counts[at] / len(EVENING))
        assert row["busy"] == pytest.approx(row["per_second"] * 0.1)
        assert row["busy_with_hot"] == pytest.approx(30 * cups[at] / len(EVENING) * 0.1)


def test_how_late_a_partition_s_events_are_is_what_theory_says_of_its_projector(view):
    frame = parts(view.at(by=1, distance=20), "partition")
    expected = [theory.pushed(rate, 0.1).mean + 0.2 for rate in frame["per_second"]]
    assert frame["seconds"].tolist() == pytest.approx(expected)
    hot = parts(view.at(), "partition")
    assert [math.isinf(seconds) for seconds in hot["seconds"]] == [busy >= 1 for busy in hot["busy"]]


def test_no_number_of_partitions_cures_the_hot_key_and_half_the_handling_does(view):
    for partitions in range(1, 13):
        picture = view.at(partitions=partitions)
        assert parts(picture, "partition")["busy"].max() >= 1.2 and "falls behind" in picture.says
    assert parts(view.at(handling=5), "partition")["busy"].max() < 1
    assert "falls behind" not in view.at(handling=5).says


def test_copies_share_the_questions_and_never_the_events(view):
    two, four = view.at(by=1), view.at(by=1, copies=4)
    assert parts(two, "partition").equals(parts(four, "partition"))
    assert parts(two, "copy")["busy"].tolist() == [0.75] * 2 and parts(four, "copy")["busy"].tolist() == [0.375] * 4
    assert parts(four, "copy")["seconds"].tolist() == pytest.approx([0.010 / 0.625] * 4)
    one = view.at(copies=1)
    assert parts(one, "copy")["seconds"].tolist() == [math.inf] and "questions pile up" in one.says


def late(picture):
    """Return the seconds after which an event is visible on a copy, and on every copy, as the picture says."""
    said = re.search(r"on a copy after ([\d.]+ m?s), on every copy after ([\d.]+ m?s)", picture.says)
    return [float(one.split()[0]) / (1000 if one.endswith("ms") else 1) for one in said.groups()]


def test_the_last_copy_is_later_the_more_there_are_and_each_one_as_late_as_before(view):
    pictures = [view.at(by=1, copies=copies) for copies in (1, 2, 4, 6)]
    on_one, on_every = zip(*map(late, pictures), strict=True)
    assert max(on_one) < 1.15 * min(on_one)
    assert on_every[0] == on_one[0] and list(on_every) == sorted(set(on_every)) and on_every[-1] < 2.5 * on_one[0]


def test_a_longer_way_makes_events_later_and_not_answers(view):
    near, far = view.at(by=1), view.at(by=1, distance=30)
    assert late(far) == pytest.approx([seconds + 0.3 for seconds in late(near)], abs=0.01)
    assert parts(near, "copy").equals(parts(far, "copy"))


def test_the_picture_names_the_hot_key_and_marks_what_is_too_much_by_more_than_colour(view):
    picture = view.at()
    assert "cup, 40% of the events" in picture.html and "cup alone: 120%" in picture.says
    assert re.search(r">✕ 144%</text>", picture.html) and "✕" not in view.at(by=1).html
    assert picture.says in re.search(r'aria-label="([^"]*)"', picture.html)[1]


def bar(picture, piece, number):
    found = re.search(
        rf'data-key="{piece}/{number}" x="[\d.]+" y="[\d.]+" width="[\d.]+" height="([\d.]+)"', picture.html
    )
    return float(found[1])


def test_a_piece_of_a_bar_is_as_high_as_its_part_of_the_time_also_where_the_bar_is_cut(view):
    whole, cut = view.at(), view.at(partitions=1, handling=20)
    assert bar(whole, "hot", 1) / bar(whole, "rest", 1) == pytest.approx(1.20 / 0.241, rel=0.01)
    assert bar(cut, "hot", 1) / bar(cut, "rest", 1) == pytest.approx(0.4 / 0.6, rel=0.01)
    assert ("torn" in cut.html, "torn" in whole.html) == (True, False) and ">✕ 600%</text>" in cut.html


def test_every_control_moves_the_picture(view):
    moves = ({"partitions": 5}, {"by": 1}, {"handling": 9}, {"copies": 3}, {"questions": 16}, {"distance": 1})
    at = view.at(by=1).html
    assert len({at, *(view.at(**{"by": 1, **moved}).html for moved in moves)}) == len(moves)


def test_a_function_of_ones_own_is_where_the_view_begins():
    mine = read_side(EVENING, mine=lambda product, order, partitions: int(order) % partitions)
    assert "by your function" in mine.says and "falls behind" not in mine.says
    assert mine.at(by=0).frame.equals(read_side(EVENING).frame())


@pytest.mark.parametrize(
    ("mine", "said"),
    [
        (lambda product, order, partitions: partitions, "it returned 4, which is no partition from 0 to 3"),
        (lambda product, order, partitions: -1, "it returned -1, which is no partition"),
        (lambda product, order, partitions: True, "it returned True, which is no partition"),
        (lambda product, order, partitions: "2", "it returned '2', which is no partition"),
        (lambda product, order, partitions: None, "it returned None, which is no partition"),
        (lambda product, order, partitions: order.number, "it failed: AttributeError"),
        (lambda product, order, partitions, calls=[]: calls.append(1) or len(calls) % 4, "when asked again"),  # noqa: B006
    ],
)
def test_what_is_no_partition_is_said_in_a_sentence(mine, said):
    picture = read_side(EVENING, mine=mine).picture
    assert picture.says.startswith("Your function picks no partition: ") and said in picture.says
    assert "<svg" not in picture.html and len(picture.frame) == 0


@pytest.mark.parametrize(
    ("events", "words", "said"),
    [
        ([], {}, "a list of pairs of texts"),
        ("cup", {}, "a list of pairs of texts"),
        ([("cup",)], {}, "which is no pair"),
        ([("cup", 1001)], {}, "which is no pair"),
        (EVENING, {"rate": 0}, "rate=0"),
        (EVENING, {"seed": -1}, "seed=-1"),
        (EVENING, {"mine": 4}, "a function of product, order and partitions"),
        (EVENING, {"mine": lambda order: 0}, "a function of product, order and partitions"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(events, words, said):
    with pytest.raises(InvalidArgument, match=re.escape(said)):
        read_side(events, **words)
