"""The duel by hand: a card lets its move come one earlier, by mouse and by keyboard, and the cup glides to a person."""

import pytest

from cqrs_lab.shop import write
from cqrs_lab.shop.events import StockReceived
from cqrs_lab.show import duel
from tests.show.conftest import EVENING

pytestmark = pytest.mark.browser

SEEN = "() => new Promise((done) => new IntersectionObserver(() => done()).observe(document.body))"
# Shows the next picture, and returns the keys of what is under way.
MOVE = """(html) => {
  answer({ html });
  const moving = document.getAnimations().filter((each) => each.effect.getKeyframes().some((one) => one.translate));
  return moving.map((each) => each.effect.target.dataset.key);
}"""


@pytest.fixture
def view():
    commands = {name: write.ReserveStock("cup", name.lower(), 1, EVENING) for name in ("Ada", "Ben")}
    return duel(write.stock, "stock-cup", [StockReceived("cup", 1, EVENING)], commands)


@pytest.fixture
def page(show, view):
    page = show(view)
    page.add_style_tag(content=view._css)
    page.evaluate(SEEN)
    return page


def asked(page, view):
    """Let the kernel answer what the page has asked; return its order of the moves in words."""
    view.move(**page.evaluate("[saved, window.saved = null][0]")["values"])
    page.evaluate("html => answer({ html })", view.html)
    return view.controls[0]["choices"][view.values["order"]]


def card(page, move):
    return page.locator(f'[data-part="{move}"]')


def focus(page):
    return page.evaluate("document.activeElement.getAttribute('aria-label')")


def test_a_click_on_a_card_lets_its_move_come_one_earlier(page, view):
    card(page, "Ben/load").click()
    assert asked(page, view) == "Ada loads, Ben loads, Ada appends, Ben appends"


def test_by_keyboard_a_card_keeps_the_focus_while_its_move_comes_earlier(page, view):
    card(page, "Ben/load").focus()
    page.keyboard.press("Enter")
    assert asked(page, view) == "Ada loads, Ben loads, Ada appends, Ben appends"
    assert focus(page) == "Ben loads, move 2: let it come one earlier"
    page.keyboard.press(" ")
    assert asked(page, view) == "Ben loads, Ada loads, Ada appends, Ben appends"
    card(page, "Ben/append").focus()
    page.keyboard.press("Enter")
    assert asked(page, view) == "Ben loads, Ada loads, Ben appends, Ada appends"


def test_the_arrow_keys_go_from_card_to_card(page, view):
    page.evaluate("html => answer({ html })", view.at(order=1).html)
    card(page, "Ben/load").focus()
    page.keyboard.press("ArrowRight")
    assert focus(page).startswith("Ada appends")


def test_the_cup_glides_to_whom_it_is_promised_and_the_cards_do_where_the_order_changes(page, view):
    page.evaluate("html => answer({ html })", view.at(order=1, step=2).html)
    assert "thing/0" in page.evaluate(MOVE, view.at(order=1, step=3).html)
    page.evaluate("document.getAnimations().forEach((each) => each.finish())")
    moved = page.evaluate(MOVE, view.at(order=2, step=3).html)
    assert {"move/Ada/append/0", "move/Ben/append/0", "thing/0"} <= set(moved)


def test_a_page_that_is_too_narrow_scrolls_the_picture_and_cuts_nothing(page, view):
    page.set_viewport_size({"width": 420, "height": 700})
    page.evaluate("html => answer({ html })", view.at(order=1, check=1, step=4).html)
    wide = page.locator(".scrolls").first.evaluate("each => [each.scrollWidth > each.clientWidth, each.clientWidth]")
    assert wide[0] and wide[1] <= 420
    page.set_viewport_size({"width": 1280, "height": 720})
