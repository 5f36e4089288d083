"""Handouts and slides in a browser: a lesson is one page of paper with nothing cut off, and keys move slides."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from cqrs_lab import cli
from cqrs_lab.course.lessons import LESSONS

from .lesson_page import AA

pytestmark = pytest.mark.browser

WRITTEN = [lesson for lesson in LESSONS if lesson.written]
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
RULES = AA | {"preload": False}
INSIDE = ("file:", "data:")
WALL = {"width": 1280, "height": 720}
SHOWN = "[...document.querySelectorAll('.slide')].filter(one => one.checkVisibility()).map(one => Number(one.id))"


@pytest.fixture
def opened(browser, tmp_path):
    """A function that makes a file of lessons and opens it; nothing may go wrong, or be asked for."""
    wrong = []
    context = browser.new_context(viewport=WALL, offline=True)

    def opened(kind, lessons):
        path = tmp_path / f"{kind}.html"
        names = [str(NOTEBOOKS / f"{lesson.file}.ipynb") for lesson in lessons]
        assert cli.main([kind, *names, "--to", str(path)]) == 0
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: wrong.append(request.url) if request.url[:5] not in INSIDE else None)
        page.goto(path.as_uri())
        return page

    yield opened
    context.close()
    assert wrong == []


def pages_of(page):
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True, print_background=True)))


def test_every_lesson_is_one_printed_page_and_nothing_of_it_is_cut_off(opened):
    page = opened("handout", WRITTEN)
    page.emulate_media(media="print")
    cut = "(one) => one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth"
    assert page.evaluate(f"[...document.querySelectorAll('article')].filter({cut}).map(one => one.id)") == []
    assert pages_of(page) == len(WRITTEN)
    assert Axe().run(page, options=RULES).response["violations"] == []


@pytest.fixture
def talk(opened):
    return opened("slides", [LESSONS[3]])


def test_keys_move_the_slides_and_say_where_one_is(talk):
    last = talk.locator(".slide").count()
    for key, at in (("ArrowRight", 2), (" ", 3), ("ArrowLeft", 2), ("PageDown", 3), ("ArrowUp", 2), ("Home", 1),
                    ("ArrowLeft", 1), ("End", last), ("ArrowDown", last)):  # fmt: skip
        talk.keyboard.press(key)
        assert talk.evaluate(SHOWN) == [at], key
        assert talk.locator("[role=status]").text_content().startswith(f"Slide {at} of {last}: ")
        assert talk.url.endswith(f"#{at}")
    talk.reload()
    assert talk.evaluate(SHOWN) == [last]
    talk.get_by_role("button", name="Slide before").click()
    assert talk.evaluate(SHOWN) == [last - 1]


def test_what_is_on_a_slide_fits_and_each_is_a_printed_page(talk):
    over = """[...document.querySelectorAll('.slide')].filter((slide) => {
      location.hash = slide.id; dispatchEvent(new HashChangeEvent('hashchange'));
      const inside = slide.querySelector('.inside');
      return inside.scrollHeight > inside.clientHeight || inside.scrollWidth > inside.clientWidth;
    }).map((slide) => slide.id)"""
    assert talk.evaluate(over) == []
    assert pages_of(talk) == talk.locator(".slide").count()


def test_axe_finds_nothing_on_a_slide(talk):
    for key in ("Home", "ArrowRight", "End"):
        talk.keyboard.press(key)
        assert Axe().run(talk, options=RULES).response["violations"] == []
