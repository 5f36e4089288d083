"""A learner's answer to 11.1 deals out the evening, in the picture of the read side."""

import pytest

from cqrs_lab.shop import rush
from cqrs_lab.show import read_side
from tests.lessons import code_of

from ..exercises import answers_11 as answers

CODE = code_of("11", solved=False)
EVENING = [(one.event.product_id, one.event.order_id) for one in rush.evening().read_all()]


def view_of(answer):
    """Run the lesson's cell."""
    return eval(CODE["lesson-11-mine"], {"read_side": read_side, "evening": EVENING, "partition_of": answer})


def busiest(answer, **moved):
    frame = view_of(answer).at(**moved).frame
    return frame.loc[frame["part"] == "partition", "busy"].max()


@pytest.mark.parametrize("number", range(len(answers.RIGHT["11.1"])))
def test_with_a_right_answer_every_projector_keeps_up_from_four_partitions_on(number):
    answer = answers.RIGHT["11.1"][number]
    assert busiest(answer, partitions=3) > 1 > max(busiest(answer, partitions=one) for one in (4, 8, 12))


@pytest.mark.parametrize("name", ["as it was", "by the product", "one for all"])
def test_a_wrong_answer_is_seen_to_leave_a_projector_behind(name):
    answer = answers.WRONG["11.1"][name][0]
    assert min(busiest(answer, partitions=one) for one in (4, 8, 12)) >= 1


@pytest.mark.parametrize("name", ["at random", "counted from one", "a text", "no return", "bytes of bytes", "a half"])
def test_what_is_no_partition_is_a_sentence(name):
    view = view_of(answers.WRONG["11.1"][name][0])
    assert view.says.startswith("Your function picks no partition: ") and "<svg" not in view.picture.html


def test_four_partitions_whatever_is_asked_leave_the_others_idle():
    frame = view_of(answers.WRONG["11.1"]["four, whatever is asked"][0]).at(partitions=12).frame
    assert (frame.loc[frame["part"] == "partition", "busy"] == 0).sum() == 8
