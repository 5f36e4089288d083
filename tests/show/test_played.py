"""A control that is played: what the kernel sends ahead is what it would show, within bounds."""

import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import MOST_AHEAD, MOST_CHARACTERS_AHEAD, Control


def a_view(most=9, value=3, characters=0):
    """A step that is played, and a page whose end depends on it."""

    def draw(step, page):
        html = f"<p>step {step}, page {page}</p>".ljust(characters if step else 0)
        return Picture(html, f"step {step}", pd.DataFrame({"step": [step]}))

    pages = Control("page", "Page", 0, lambda at: at["step"], value)
    return View(draw, [Control("step", "Step", 0, most, value, plays=True), pages])


@pytest.fixture
def ahead(monkeypatch):
    """A function that asks a view to play, and returns what it sends: the states, and the number of the request."""

    def ahead(view, **values):
        sent = []
        monkeypatch.setattr(view, "send", sent.append)
        view._handle_custom_msg({"ahead": 7, "along": "step", "values": {**view.values, **values}}, [])
        [message] = sent
        return message["states"], message["ahead"]

    return ahead


def test_what_is_sent_ahead_is_what_the_kernel_would_show_step_by_step(ahead):
    view, other = a_view(), a_view()
    states, request = ahead(view)
    assert [state["values"]["step"] for state in states] == [4, 5, 6, 7, 8, 9]
    for state in states:
        other.move(step=state["values"]["step"])
        assert state == {name: getattr(other, name) for name in ("values", "html", "says")}
    assert (request, view.asked, view.answered) == (7, 7, 7)


def test_it_begins_where_the_page_is_and_from_the_end_at_the_beginning(ahead):
    assert [state["values"]["step"] for state in ahead(a_view(), step=8)[0]] == [9]
    assert [state["values"]["step"] for state in ahead(a_view(most=3))[0]] == [0, 1, 2, 3]


def test_to_send_ahead_moves_nothing(ahead):
    view = a_view()
    before = view.get_state()
    ahead(view, step=5)
    assert {**view.get_state(), "asked": 0, "answered": 0} == before and view.picture.says == "step 3"


def test_after_the_play_the_kernel_is_where_the_page_is(ahead):
    view = a_view()
    last = ahead(view)[0][2]
    view.set_state({"values": last["values"], "asked": 8})
    assert view.values == last["values"] and view.answered == 8
    assert (view.html, view.says) == (last["html"], last["says"]) == (view.picture.html, view.picture.says)
    assert view.frame().at[0, "step"] == 6


@pytest.mark.parametrize(("coming", "sent"), [(MOST_AHEAD, MOST_AHEAD), (MOST_AHEAD + 1, 0)])
def test_a_run_is_sent_ahead_if_it_is_short(ahead, coming, sent):
    view = a_view(most=coming, value=0)
    drawn = []
    view._draw = lambda draw=view._draw, **values: drawn.append(values) or draw(**values)
    assert len(ahead(view)[0]) == sent == len(drawn)


def test_what_is_sent_ahead_is_bounded_in_characters_too(ahead):
    """At step 0 the picture is small; what would be too much is not even drawn."""
    growing = ahead(a_view(value=0, characters=MOST_CHARACTERS_AHEAD // 4))[0]
    assert [state["values"]["step"] for state in growing] == [1, 2, 3, 4]
    assert len(ahead(a_view(value=1, characters=MOST_CHARACTERS_AHEAD // 8))[0]) == 8
    assert ahead(a_view(value=1, characters=MOST_CHARACTERS_AHEAD // 8 + 1))[0] == []


def test_one_control_at_most_is_the_time():
    step = Control("step", "Step", 0, 9, 0, plays=True)
    with pytest.raises(InvalidArgument, match="controls 'step' and 'day' both play; let one of them, the time, play"):
        View(lambda step, day: Picture("", "", pd.DataFrame()), [step, step._replace(name="day")])
