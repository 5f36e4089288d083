"""A report in a real browser, opened from disk: it asks for nothing, keeps nobody out, and moves by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe

import cqrs_lab as lab
from cqrs_lab.simulation.faults import on_disk, table_first
from tests.own_report import bank

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    return lab.report(path, **bank.GIVEN | {"worker": on_disk(table_first)}).path


@pytest.fixture
def opened(browser, path):
    """A function that opens the report; it returns the page, what it asked for, and the errors seen on it."""
    pages = []

    def opened(**how):
        page, asked, errors = browser.new_page(**how), [], []
        pages.append(page)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path.as_uri())
        return page, asked, errors

    yield opened
    for page in pages:
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_asks_for_nothing_and_keeps_nobody_out(opened, path, scheme):
    page, asked, errors = opened(color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], node["html"]) for one in found for node in one["nodes"]] == []
    assert (asked, errors) == ([path.as_uri()], [])


def test_the_smallest_case_moves_by_keyboard(opened):
    page, _, errors = opened()
    says = page.locator(".stage .says").first
    assert says.inner_text() == "Step 4 of 4: the faults stop."
    page.locator("input[type=range]").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('.stage .says').textContent.startsWith('Step 3 of 4')")
    assert errors == []


def test_a_narrow_page_scrolls_in_one_direction(opened):
    page, _, _ = opened(viewport={"width": 360, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_and_on_paper_the_last_step_stands_there(browser, path):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.locator("text=Step 4 of 4: the faults stop.").count() == 1
    context.close()
