"""A demo in a real browser: one view, nothing else, in type and colours for a room, moved by keyboard alone."""

import threading

import pytest
from axe_playwright_python.sync_playwright import Axe

from cqrs_lab.demo.demos import DEMOS
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
    opened = []

    def open_demo(demo, screen=PROJECTOR):
        server = DemoServer(demo, VIEWS[demo.name]())
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        page, errors = browser.new_page(viewport=screen), []
        opened.append((server, thread, page))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(server.address)
        page.wait_for_function("document.activeElement.closest('#view')")
        return page, errors

    yield open_demo
    for server, thread, page in opened:
        page.close()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("demo", DEMOS, ids=lambda demo: demo.name)
def test_a_demo_is_one_view_in_large_type_moved_by_keyboard(open_demo, demo):
    page, errors = open_demo(demo)
    if page.evaluate("document.activeElement.textContent") == "Show me":
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
    assert page.locator("h1").all_inner_texts() == [demo.ask]
    assert page.locator("pre, code, .jp-Notebook").count() == 0
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


def test_on_a_small_screen_a_demo_is_as_wide_as_the_screen_and_no_wider(open_demo):
    page, _ = open_demo(DEMOS[0], SMALL)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wide = page.evaluate("document.querySelector('#view').getBoundingClientRect().width")
    assert wide > 0.95 * SMALL["width"]


def test_f_makes_it_full_screen_and_leaves_it_again(open_demo):
    page, errors = open_demo(DEMOS[0])
    for now in ("true", "false"):
        page.keyboard.press("f")
        page.wait_for_function(f"Boolean(document.fullscreenElement) === {now}")
    assert errors == []


def test_a_demo_that_was_stopped_says_how_to_start_it_again(open_demo):
    page, _ = open_demo(DEMOS[0])
    page.route("**/message*", lambda route: route.abort())
    page.keyboard.press("ArrowRight")
    page.get_by_text("cqrs-lab demo duel").wait_for()
