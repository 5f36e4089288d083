"""The book, opened from disk without a network: every view moves by keyboard, and nothing is asked of anybody.

It is made of two quick lessons, once. CQRS_LAB_BOOK names a book that `make book` has made: then that is looked at,
whole.
"""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from cqrs_lab.book.build import build
from tests.lessons import controls_on

from .lesson_page import AA, SCREEN

pytestmark = pytest.mark.browser

SOLUTIONS = Path(__file__).parents[2] / "notebooks" / "solutions"
# Views with tasks, and with parts that set controls; test_frozen.py has those with more settings than are drawn.
TWO = ("00_start_here", "04_business_rules")
BOOK = os.environ.get("CQRS_LAB_BOOK")
# From disk, axe may not load a stylesheet a second time.
RULES = AA | {"runOnly": [*AA["runOnly"], "best-practice"], "preload": False}
INSIDE = ("file:", "data:")
NARROW = {"width": 400, "height": 800}
PAGES = sorted(path.stem for path in Path(BOOK).glob("*.html")) if BOOK else ["index", "glossary", *TWO]
LESSONS = [page for page in PAGES if page[0].isdigit()]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    if BOOK:
        return Path(BOOK).resolve()
    folder = tmp_path_factory.mktemp("book")
    build([SOLUTIONS / f"{lesson}.ipynb" for lesson in TWO], folder)
    return folder


@pytest.fixture(params=["light", "dark"])
def look(request):
    return request.param


@pytest.fixture
def open_page(browser, book):
    """A function that opens a page of the book; in the end nothing may have gone wrong, or have been asked for."""
    errors, outside, contexts = [], [], []

    def open_page(name, screen=SCREEN, look="light"):
        context = browser.new_context(viewport=screen, color_scheme=look, offline=True, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: outside.append(request.url) if request.url[:5] not in INSIDE else None)
        page.goto((book / f"{name}.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert (errors, outside) == ([], [])


def alive(view):
    """Come near, as a reader does, and wait for the states."""
    view.scroll_into_view_if_needed()
    view.locator(".controls").wait_for(state="attached")
    return view


def picture(view):
    return view.locator(".stage").inner_html()


def moves(view, control, key):
    """Press a key on a control, and say whether it has moved, and whether the picture has changed."""
    before, shown = control.input_value(), picture(view)
    control.press(key)
    return control.input_value() != before, picture(view) != shown


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_view_moves_by_keyboard(open_page, lesson):
    page = open_page(lesson)
    views = page.locator(".view").all()
    assert views
    for number, (view, there) in enumerate(zip(map(alive, views), controls_on(lesson), strict=True), 1):
        lift = view.get_by_role("button", name="Show me", exact=True)
        if lift.is_visible():
            lift.press("Enter")
        changed = []
        for control in view.locator(".control input[type=range], .control select").all():
            keys = ("ArrowRight", "ArrowLeft") if control.get_attribute("type") == "range" else ("ArrowDown", "ArrowUp")
            tried = [moves(view, control, key) for key in keys]
            assert any(moved for moved, _ in tried), f"view {number}: {control.evaluate('it => it.outerHTML')}"
            changed += [seen for _, seen in tried]
        # A log that no table follows yet has no control, in the lesson as in the book.
        assert any(changed) == bool(there), f"view {number}: no control changes the picture"


def test_a_play_goes_to_its_end(open_page):
    page = open_page(LESSONS[0])
    page.clock.install()
    page.reload()
    view = alive(page.locator(".view").first)
    view.get_by_label("Speed").select_option("fast")
    view.get_by_role("button", name="Play").press("Enter")
    page.clock.run_for(60_000)
    slider = view.locator("input[type=range]")
    assert slider.input_value() == slider.get_attribute("max")


def test_a_task_ticks_where_it_happens_and_shows_how(open_page):
    view = alive(open_page("00_start_here").locator(".view").first)
    slider = view.locator("input[type=range]").first
    slider.press("ArrowRight")
    assert view.get_by_text("Task: Stop where Ben's order is safe").is_visible()
    slider.press("ArrowRight")
    assert view.get_by_text("Task done: Stop where Ben's order is safe").is_visible()
    view.get_by_role("button", name="Show me how: Stop where the two tables disagree").press("Enter")
    assert view.get_by_text("Task shown: Stop where the two tables disagree").is_visible()
    assert slider.input_value() == "8"


def test_a_part_of_a_picture_sets_the_controls(open_page):
    view = alive(open_page("04_business_rules").locator(".view").first)
    before = picture(view)
    view.locator("[data-set][tabindex='0']").press("ArrowDown")
    view.page.keyboard.press("Enter")
    assert picture(view) != before
    assert view.page.evaluate("document.activeElement.dataset.set")  # the new picture has the focus where it was


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(open_page, look, name):
    page = open_page(name, look=look)
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    for view in page.locator(".view").all():
        alive(view)
    # Elsewhere the head of the page, which stays in sight, may cover half of a button: too small a target, says axe.
    page.evaluate("scrollTo(0, 0)")
    found = Axe().run(page, None, RULES).response["violations"]
    assert [(rule["id"], part["html"][:200]) for rule in found for part in rule["nodes"]] == []


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_the_screen(open_page, name):
    page = open_page(name, NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_search_finds_a_section_and_leads_there_by_keyboard(open_page):
    page = open_page("index")
    field = page.get_by_role("searchbox", name="Search")
    field.press_sequentially("order")
    page.get_by_text("places, the first").wait_for()
    field.press("ArrowDown")
    title = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*.html#*")
    assert page.locator("h1, h2, h3").filter(has_text=title).first.is_visible()


def test_a_word_that_is_nowhere_is_said_to_be(open_page):
    page = open_page("index")
    page.get_by_role("searchbox", name="Search").press_sequentially("zebra")
    page.get_by_text("Nothing found").wait_for()
    page.keyboard.press("Escape")
    assert not page.get_by_text("Nothing found").is_visible()


def test_the_theme_is_the_systems_until_the_reader_chooses(open_page, look):
    page = open_page("index", look=look)
    other = {"light": "Dark", "dark": "Light"}[look]
    ground = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(ground)
    page.get_by_role("button", name=other, exact=True).press("Enter")
    assert page.evaluate(ground) != before
    chosen = page.evaluate(ground)
    page.get_by_role("link", name="Glossary").first.click()
    page.wait_for_url("**/glossary.html")
    assert page.evaluate(ground) == chosen
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(ground) == chosen


def test_the_first_stop_leads_past_the_list_of_lessons(open_page):
    page = open_page(LESSONS[0])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the text"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_without_scripts_every_view_is_its_picture(browser, book):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto((book / f"{LESSONS[0]}.html").as_uri())
    assert all(view.inner_text().strip() for view in page.locator(".view").all())
    context.close()
