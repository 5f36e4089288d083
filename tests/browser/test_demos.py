"""A demo in a real browser: one view, nothing else, in type and colours for a room, moved by keyboard alone."""

import threading

import pytest
from axe_playwright_python.sync_playwright import Axe

from cqrs_lab.demo.demos import DEMOS, demo_of
from cqrs_lab.demo.serving import DemoServer
from cqrs_lab.demo.views import VIEWS

pytestmark = pytest.mark.browser

PROJECTOR, SMALL = {"width": 1920, "height": 1080}, {"width": 1280, "height": 720}
ENOUGH_PX = 20
# Each text that can be seen, and how high its type is on the screen: a drawing is scaled as a whole.
TYPE = """() => [...document.querySelectorAll("body *")].filter((one) =>
  [...one.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())
  && one.checkVisibility() && !one.closest(".only-read-out, .leaving, script, style")
).map((one) => {
  const drawn = one.ownerSVGElement && one.getScreenCTM();
  const scale = drawn ? Math.hypot(drawn.a, drawn.b) : one.currentCSSZoom;
  return [parseFloat(getComputedStyle(one).fontSize) * scale, one.textContent.trim()];
})"""
PICTURE = "() => document.querySelector('#view .stage').innerHTML"
FURTHER = """() => {
  const { type, value, max } = document.activeElement;
  return type !== "range" ? "ArrowDown" : value === max ? "ArrowLeft" : "ArrowRight";
}"""
CONTRAST = {"runOnly": ["color-contrast-enhanced", "label", "button-name", "select-name", "document-title"],
            "rules": {"color-contrast-enhanced": {"enabled": True}}}  # fmt: skip


@pytest.fixture
def open_demo(browser):
    """A function that serves a demo and opens it; it returns the page and the errors seen on it."""
    served, pages = [], []

    def open_demo(demo, screen=PROJECTOR, following=None):
        first = DemoServer(demo, VIEWS[demo.name]())
        first.following = following
        for server in filter(None, (first, following)):
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            served.append((server, thread))
        page, errors = browser.new_page(viewport=screen), []
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(first.address)
        page.wait_for_function("() => document.activeElement.closest('#view')")
        return page, errors

    yield open_demo
    for page in pages:
        page.close()
    for server, thread in served:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)
def test_a_demo_is_one_view_in_large_type_moved_by_keyboard(open_demo, demo):
    page, errors = open_demo(demo)
    if page.evaluate("document.activeElement.textContent") == "Show me":
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.activeElement.matches('#view input[type=range], #view select')")
    assert page.locator("h1").all_inner_texts() == [demo.ask]
    assert page.locator("pre, code, .jp-Notebook").count() == 0
    page.wait_for_function("() => document.documentElement.scrollHeight <= innerHeight")
    before = page.evaluate(PICTURE)
    while not page.evaluate("document.activeElement.matches('#view input[type=range], #view select')"):
        page.keyboard.press("Tab")
    page.keyboard.press(page.evaluate(FURTHER))
    page.wait_for_function(f"(before) => ({PICTURE})() !== before", arg=before)
    assert [text for height, text in page.evaluate(TYPE) if height < ENOUGH_PX] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for _ in range(2):
        found = Axe().run(page, options=CONTRAST).response["violations"]
        assert [(one["id"], node["html"]) for one in found for node in one["nodes"]] == []
        page.keyboard.press("d")
    assert errors == []


def test_on_a_small_screen_the_whole_picture_is_in_sight(open_demo):
    page, _ = open_demo(DEMOS[0], SMALL)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wide, low = page.evaluate(
        "(({ width, bottom }) => [width, bottom])(document.querySelector('#view .stage svg').getBoundingClientRect())"
    )
    assert wide > 0.6 * SMALL["width"] and low < SMALL["height"]


@pytest.mark.parametrize("name", ["lag", "crash"])
def test_on_a_laptop_a_demo_with_many_controls_does_not_scroll(open_demo, name):
    page, _ = open_demo(demo_of(name), {"width": 1280, "height": 800})
    fits = "() => document.documentElement.scrollHeight <= innerHeight"
    assert page.evaluate(fits)
    before = page.evaluate(PICTURE)
    # In bursts, or a crash between two writes.
    page.locator("#view .control:not(.player) select").nth(1).select_option(index=2)
    page.wait_for_function(f"(before) => ({PICTURE})() !== before", arg=before)
    assert page.evaluate(fits)


def test_what_a_veil_covered_is_fitted_to_the_page_when_the_veil_is_taken_off(open_demo):
    page, errors = open_demo(demo_of("verdict"), SMALL)
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.matches('#view input[type=range]')")
    assert page.evaluate("document.querySelector('#view .stage svg').getBoundingClientRect().bottom < innerHeight")
    assert errors == []


def test_n_leads_to_the_next_demo_which_is_dark_if_this_one_was(open_demo):
    page, errors = open_demo(demo_of("duel"), following=DemoServer(demo_of("turns"), VIEWS["turns"]()))
    page.keyboard.press("d")
    page.keyboard.press("n")
    page.get_by_role("heading", name=demo_of("turns").ask).wait_for()
    page.wait_for_function("() => document.activeElement.closest('#view')")
    assert page.evaluate("document.body.dataset.jpThemeLight") == "false"
    assert page.get_by_text("Next demo (N)").is_hidden(), "there is none after it"
    assert errors == []


def test_f_makes_it_full_screen_and_leaves_it_again(open_demo):
    page, errors = open_demo(DEMOS[0])
    for now in ("true", "false"):
        page.keyboard.press("f")
        page.wait_for_function(f"() => Boolean(document.fullscreenElement) === {now}")
    assert errors == []


def test_a_demo_that_was_stopped_says_how_to_start_it_again(open_demo):
    page, _ = open_demo(DEMOS[0])
    page.route("**/message*", lambda route: route.abort())
    page.keyboard.press("ArrowRight")
    page.get_by_text("cqrs-lab demo duel").wait_for()
