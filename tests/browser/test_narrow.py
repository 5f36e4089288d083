"""In a narrow output a picture scrolls, and what a learner looks at stays in sight."""

import pandas as pd
import pytest

from cqrs_lab.show import Picture, View
from cqrs_lab.show.chart import HERE, drawn, new_chart
from cqrs_lab.show.view import Control

pytestmark = pytest.mark.browser

FIRST, LAST = 0, 9


def a_view(*, begins, marked):
    def draw(step):
        figure, axes = new_chart()
        axes.plot([step], [1], "o", gid=HERE if marked else None)
        axes.set(xlim=(FIRST, LAST))
        return Picture(drawn(figure, f"step {step}"), f"step {step}", pd.DataFrame())

    return View(draw, [Control("step", "Step", FIRST, LAST, begins)])


@pytest.fixture
def narrow(show):
    def narrow(view):
        page = show(view)
        page.add_style_tag(content=view._css)
        page.set_viewport_size({"width": 420, "height": 600})
        return page

    return narrow


def move(page, view, step):
    view.move(step=step)
    page.evaluate("changes => answer(changes)", {"html": view.html, "says": view.says})


def is_in_sight(page):
    return page.evaluate(
        """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
            const [mark, box] = [".here", ".scrolls"].map((one) => document.querySelector(one).getBoundingClientRect());
            done(box.left <= mark.left && mark.right <= box.right);
        })))"""
    )


@pytest.mark.parametrize("begins", [FIRST, 5, LAST])
def test_the_mark_is_in_sight_at_first_and_after_a_move(narrow, begins):
    view = a_view(begins=begins, marked=True)
    page = narrow(view)
    page.clock.resume()
    assert page.evaluate("document.querySelector('.scrolls').scrollWidth > 420")
    assert is_in_sight(page)
    for step in (LAST, FIRST, LAST):
        move(page, view, step)
        assert is_in_sight(page)


def test_a_picture_without_a_mark_stays_where_it_was_scrolled_to(narrow):
    view = a_view(begins=FIRST, marked=False)
    page = narrow(view)
    page.evaluate("document.querySelector('.scrolls').scrollLeft = 100")
    move(page, view, LAST)
    assert page.evaluate("document.querySelector('.scrolls').scrollLeft") == 100


def scrollers(page):
    return page.evaluate("[...document.querySelectorAll('.scrolls')].map((each) => [each.tabIndex, each.ariaLabel])")


def test_what_is_out_of_sight_is_reached_by_keyboard_and_stays_in_hand_while_the_picture_changes(narrow):
    view = a_view(begins=FIRST, marked=False)
    page = narrow(view)
    page.clock.resume()
    assert scrollers(page) == [[0, "A wide picture, which scrolls"]]
    for _ in range(9):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className") == "scrolls":
            break
    for step in (5, LAST):
        page.keyboard.press("ArrowRight")
        page.wait_for_function("document.activeElement.matches('.scrolls') && document.activeElement.scrollLeft > 0")
        move(page, view, step)
    page.set_viewport_size({"width": 1280, "height": 600})
    page.wait_for_function("document.querySelector('.scrolls').tabIndex === -1")
    assert scrollers(page) == [[-1, None]]


def test_words_that_are_only_read_aloud_make_no_page_wider(narrow):
    cells = f'<td>{"wide" * 40}</td><td>0<span class="only-read-out">, cut off</span></td>'
    html = f'<div class="cqrs-lab"><div class="scrolls" tabindex="0"><table><tr>{cells}</tr></table></div></div>'
    view = View(lambda step: Picture(html, f"step {step}", pd.DataFrame()), [Control("step", "Step", FIRST, LAST, 0)])
    page = narrow(view)
    assert page.evaluate("document.querySelector('.scrolls').scrollWidth") > 500
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
