"""What has a key glides to its new place, what is new comes in, what is gone leaves; and the picture is the kernel's.

Nothing waits here: an animation is stopped at the moment that is looked at.
"""

import pandas as pd
import pytest

from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import Control

pytestmark = pytest.mark.browser

GLIDE, SHOW = 480, 180
SEEN = "() => new Promise((done) => new IntersectionObserver(() => done()).observe(document.body))"
PLACE = """(key) => {
  const { x, y, width, height } = document.querySelector(`.stage [data-key=${key}]`).getBoundingClientRect();
  return [x + width / 2, y + height / 2, width, height].map(Math.round);
}"""
# Shows the next picture, and stops every movement at this moment.
MOVE = """([html, at]) => {
  answer({ html });
  for (const each of document.getAnimations()) { each.pause(); each.currentTime = at; }
  return document.getAnimations().map((each) => each.effect.target.dataset.key ?? each.effect.target.tagName);
}"""
END = "() => { for (const each of document.getAnimations()) each.finish(); }"


def row(x, y=0, more=""):
    """A tile at a place, in HTML and in a drawing of half the scale, and a bar."""
    return (
        f'<div data-key="tile" style="position:absolute;left:{x}px;top:{y}px;width:40px;height:20px">7</div>'
        f'<svg viewBox="0 0 1600 200" style="width:800px;height:100px"><g transform="translate(10 10)">'
        f'<g data-key="mark"><circle cx="{2 * x + 20}" cy="{2 * y + 20}" r="20"/>'
        f'<text x="{2 * x + 20}" y="{2 * y + 20}">7</text></g>'
        f'<rect data-key="bar" x="0" y="80" width="{2 * x + 2}" height="10"/>{more}</g></svg>'
    )


@pytest.fixture
def page(show):
    view = View(lambda step: Picture(row(0), "", pd.DataFrame()), [Control("step", "Step", 0, 9, 3)])
    page = show(view)
    page.add_style_tag(content=view._css)
    page.evaluate(SEEN)
    return page


def move(page, html, at=0):
    return sorted(page.evaluate(MOVE, [html, at]))


def place(page, key):
    return page.evaluate(PLACE, key)


def shown(page):
    return page.evaluate("document.querySelector('.stage > :first-child').innerHTML")


def as_markup(page, html):
    return page.evaluate("(html) => Object.assign(document.createElement('div'), { innerHTML: html }).innerHTML", html)


@pytest.mark.parametrize("key", ["tile", "mark", "bar"])
def test_what_has_a_key_glides_from_its_old_place_to_its_new_one(page, key):
    old = place(page, key)
    assert move(page, row(300, 30)) == ["bar", "mark", "tile"]
    assert place(page, key) == old
    page.evaluate(MOVE.replace("answer({ html });", ""), ["", GLIDE / 4])
    midway = place(page, key)
    assert shown(page) == as_markup(page, row(300, 30))
    page.evaluate(END)
    new = place(page, key)
    assert new[0] - old[0] in (150, 300)
    assert old[0] < midway[0] < new[0]
    assert (old[2] < midway[2] < new[2]) if key == "bar" else (old[2] == midway[2] == new[2])
    assert page.evaluate("document.getAnimations().length") == 0 and shown(page) == as_markup(page, row(300, 30))


def test_words_are_not_drawn_out(page):
    def words(text):
        return f'<span data-key="words">{text}</span>'

    move(page, words("8 behind"))
    page.evaluate(END)
    move(page, words("the end of the log"))
    starts = place(page, "words")
    page.evaluate(END)
    assert starts[2] == place(page, "words")[2] and starts[0] < place(page, "words")[0]


def test_a_move_in_mid_flight_starts_from_where_the_thing_is(page):
    move(page, row(300), GLIDE / 4)
    where = {key: place(page, key) for key in ("tile", "mark", "bar")}
    move(page, row(0, 30))
    assert {key: place(page, key) for key in where} == where
    page.evaluate(END)
    move(page, row(0, 30))
    assert place(page, "tile")[0] < where["tile"][0]


def test_what_is_new_comes_in_and_what_is_gone_leaves_without_a_trace(page):
    more = '<circle data-key="guest" cx="900" cy="90" r="20"/>'
    opacity = "getComputedStyle(document.querySelector('.stage [data-key=guest]')).opacity"
    assert move(page, row(0, more=more)) == ["guest"]
    assert page.evaluate(opacity) == "0"
    page.evaluate(END)
    stood = place(page, "guest")
    assert move(page, row(0), SHOW / 2) == ["guest"]
    assert shown(page) == as_markup(page, row(0))
    assert place(page, "guest") == stood and page.evaluate(opacity) == "0.5"
    assert page.evaluate("getComputedStyle(document.querySelector('.leaving [data-key=tile]')).visibility") == "hidden"
    move(page, row(0, more=more), SHOW / 2)
    move(page, row(0))
    page.evaluate(END)
    page.evaluate("Promise.all(document.getAnimations().map((each) => each.finished))")
    assert page.locator(".leaving > *").count() == 0
    assert shown(page) == as_markup(page, row(0))


def guest_from(origin):
    return f'<circle data-key="guest" data-from="{origin}" cx="900" cy="90" r="20"/>'


def test_what_is_new_comes_from_where_the_thing_it_names_stood_in_its_own_size(page):
    stood = place(page, "tile")
    move(page, row(300, 30, guest_from("tile")))
    begins = place(page, "guest")
    page.evaluate(END)
    assert begins == [*stood[:2], *place(page, "guest")[2:]] and place(page, "guest")[:2] != stood[:2]


def test_where_that_thing_is_new_too_it_comes_from_where_that_stands(page):
    host = '<circle data-key="host" cx="500" cy="40" r="9"/>'
    move(page, row(0, more=host + guest_from("host")))
    begins = place(page, "guest")
    page.evaluate(END)
    assert begins[:2] == place(page, "host")[:2]


def test_what_names_nothing_that_is_there_comes_in_where_it_stands(page):
    move(page, row(0, more=guest_from("nobody")))
    begins = place(page, "guest")
    page.evaluate(END)
    assert begins == place(page, "guest")


def test_a_cell_that_has_just_changed_fades_in_and_one_that_changed_before_does_not(page):
    def table(first, second):
        cells = "".join(f'<td class="changed">{each}</td>' for each in (first, second))
        return f'<table><tr data-key="cup">{cells}</tr></table>'

    move(page, table(1, 1))
    page.evaluate(END)
    assert move(page, table(1, 2)) == ["TD"]


def test_without_keys_and_where_nothing_moves_nothing_is_animated(page):
    assert move(page, row(0)) == []
    assert move(page, '<svg><circle r="9"/></svg>') == ["bar", "mark", "tile"]
    page.evaluate(END)
    assert move(page, '<svg><circle r="9" cx="20"/></svg>') == []


def test_who_wants_less_motion_sees_the_next_picture_at_once(page):
    move(page, row(300))
    page.evaluate(
        "window.known = new Promise((done) => "
        "matchMedia('(prefers-reduced-motion: reduce)').addEventListener('change', () => done())), 0"
    )
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("known")
    assert page.evaluate("document.getAnimations().length") == 0
    assert move(page, row(0)) == []
    assert page.locator(".leaving > *").count() == 0


def test_a_print_shows_the_still(page):
    move(page, "<p></p>")
    page.pdf()
    assert page.evaluate("document.getAnimations().length") == 0 and page.locator(".leaving > *").count() == 0


def test_nothing_runs_off_screen(page):
    page.evaluate("document.body.style.marginTop = '9000px'")
    page.evaluate(SEEN)
    assert move(page, row(300)) == []
    page.evaluate("document.body.style.marginTop = ''")
    page.evaluate(SEEN)
    assert move(page, row(0)) == ["bar", "mark", "tile"]
    page.evaluate("document.body.style.marginTop = '9000px'")
    page.evaluate(SEEN)
    assert page.evaluate("document.getAnimations().length") == 0


# A place that is read after an animation has begun lays the whole picture out again.
CALLS = """(html) => {
  const calls = [];
  const listen = (kind, name) => {
    const real = kind.prototype[name];
    kind.prototype[name] = function (...said) { calls.push(name); return real.apply(this, said); };
  };
  listen(SVGGraphicsElement, "getScreenCTM");
  listen(Element, "getBoundingClientRect");
  listen(Element, "animate");
  answer({ html });
  return calls;
}"""


def test_no_place_is_read_once_an_animation_has_begun(page):
    """Else a move takes a time that grows with the square of what is in the picture."""
    calls = page.evaluate(CALLS, row(300, 30))
    begun = calls.index("animate")
    assert {"getScreenCTM", "getBoundingClientRect"} <= {*calls[:begun]}
    assert {*calls[begun:]} == {"animate"} and len(calls[begun:]) >= 3
