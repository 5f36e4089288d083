"""Whatever text of a picture changes is read out, and a move that changes none is answered too."""

import pandas as pd
import pytest

from cqrs_lab.show import Picture, View, skipped_event
from cqrs_lab.show.view import Control

pytestmark = pytest.mark.browser

QUIET = 1000  # longer than a view waits for the movement to stop


@pytest.fixture
def page(show):
    html = "<p>step 3</p><p>Why: it is old.</p><p>A note.</p><table><tr><td>3</td></tr></table>"
    return show(View(lambda step: Picture(html, "step 3", pd.DataFrame()), [Control("step", "Step", 0, 9, 3)]))


def answer(page, **changes):
    """Move, and answer as the kernel does: the picture first."""
    page.get_by_role("slider").press("ArrowRight")
    page.evaluate("changes => { answer(changes); answer({ answered: state.asked }); }", changes)
    page.clock.run_for(QUIET)
    return aloud(page)


def aloud(page):
    return page.locator(".only-read-out").first.evaluate("each => each.textContent")


def picture(step, why="it is old", cell=3):
    return f"<p>step {step}</p><p>Why: {why}.</p><p>A note.</p><table><tr><td>{cell}</td></tr></table>"


def test_nothing_is_read_out_before_a_move(page):
    page.clock.run_for(QUIET)
    assert aloud(page) == ""


def test_its_sentence_is_read_out_once_and_what_stays_is_not(page):
    assert answer(page, html=picture(4), says="step 4") == "step 4"


def test_another_sentence_of_the_picture_that_changes_is_read_out_with_it_and_without(page):
    assert answer(page, html=picture(4, "it is new"), says="step 4") == "step 4 Why: it is new."
    assert answer(page, html=picture(4, "it is old"), says="step 4") == "Why: it is old."


def test_a_move_that_changes_no_sentence_is_told_to_change_none_each_time(page):
    assert answer(page, html=picture(3, cell=4)) == "As before: step 3"
    page.get_by_role("slider").press("ArrowRight")
    assert aloud(page) == ""  # so that the same words are new ones
    page.evaluate("answer({ answered: state.asked })")
    page.clock.run_for(QUIET)
    assert aloud(page) == "As before: step 3"


def test_only_where_the_movement_has_stopped_is_read_out(page):
    for step in (4, 5):
        page.get_by_role("slider").press("ArrowRight")
        earlier = page.evaluate("state.asked")
        if step == 4:
            page.get_by_role("slider").press("ArrowRight")
        page.evaluate("changes => answer(changes)", {"html": picture(step), "says": f"step {step}"})
        page.evaluate("answered => answer({ answered })", earlier)
        page.clock.run_for(QUIET)
        assert aloud(page) == ("" if step == 4 else "step 5")


def test_what_the_kernel_moves_is_read_out_too(page):
    page.evaluate("changes => answer(changes)", {"html": picture(9), "says": "step 9"})
    page.clock.run_for(QUIET)
    assert aloud(page) == "step 9"


def test_the_remedy_that_is_chosen_is_read_out_where_the_outcome_is_the_same(show):
    view = skipped_event()
    page = show(view)
    before = view.says
    view.move(remedy=2)
    assert view.says == before
    page.evaluate("changes => answer(changes)", {"html": view.html, "says": view.says})
    page.clock.run_for(QUIET)
    assert aloud(page).startswith("Low watermark: the reader stops before")
