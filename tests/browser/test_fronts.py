"""Fronts and the grid by hand: a front glides, a token is carried to the copy, a row is picked by keyboard."""

import pytest

from cqrs_lab.shop import visits, write
from cqrs_lab.show import fronts, policies
from cqrs_lab.simulation import Domain, Exponential, Fixed, LagModel, Poisson, simulate_world

from .test_duel import MOVE, SEEN

pytestmark = pytest.mark.browser

TEA = Domain(write.register, visits.order_one, visits.UnitsOrdered, ("cup", "pot"))
BUSY = LagModel(Poisson(2.0), Exponential(0.4), replicas=2)


def seen(show, view):
    page = show(view)
    page.add_style_tag(content=view._css)
    page.evaluate(SEEN)
    return page


@pytest.mark.parametrize(
    ("what", "glides"), [("copy", "front/{copy}"), ("asks", "token/{who}"), ("look", "look/{who}/")]
)
def test_a_front_glides_to_what_it_has_read_and_a_token_to_the_copy(show, what, glides):
    world = simulate_world(BUSY, TEA, visits=14, think=Fixed(0.5), seed=11)
    view = fronts(world.again(policy="token", think=Fixed(0.5)))
    frame = view.at(step=view.controls[0]["most"]).frame
    step = int(frame.index[frame["what"] == what][0])
    view.move(step=step)
    moving = seen(show, view).evaluate(MOVE, view.at(step=step + 1).html)
    assert any(key.startswith(glides.format(**frame.loc[step])) for key in moving), moving


def test_a_row_is_picked_by_mouse_and_by_keyboard(show):
    view = policies(BUSY, TEA, visits=10, events=5_000)
    page = seen(show, view)
    page.locator("[role=option]").nth(2).click()
    assert page.evaluate("[saved, window.saved = null][0]")["values"]["policy"] == 2
    page.locator("[role=option]").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate("[saved, window.saved = null][0]")["values"]["policy"] == 1
