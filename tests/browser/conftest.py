"""One JupyterLab and one Chromium for the tests in this folder.

CHROMIUM names another browser; CQRS_LAB_SCREENSHOTS names a folder for pictures of every screenful: without it none
are taken, since they cost a third of the time and are for people.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from anywidget import AnyWidget

from .lab_server import LabServer
from .lesson_page import SCREEN, LessonPage, Visit, visit_lesson

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--enable-blink-features=ComputedAccessibilityInfo",  # the name of an element, as a screen reader gets it
]
PLAYBACK_RATE = 1000  # what moves is there with the next frame
NOWHERE = {"server": "http://127.0.0.1:9", "bypass": "127.0.0.1"}  # whatever asks another machine fails at once

# A stand-in for the kernel's side of a widget: what is set is kept, and nobody answers by itself.
WIDGET_ALONE = """
async ([source, state]) => {
  const file = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { default: widget } = await import(file);
  const listeners = [];
  const tell = (name, ...said) => {
    for (const [names, listener] of listeners) if (names.includes(name)) listener(...said);
  };
  const model = {
    get: (name) => state[name],
    set: (name, value) => {
      const changes = JSON.stringify(state[name]) !== JSON.stringify(value);
      state[name] = value;
      if (changes) tell(`change:${name}`);
    },
    save_changes: () => { window.saved = structuredClone(state); },
    send: (message) => window.sent.push(message),
    on: (names, listener) => listeners.push([names.split(" "), listener]),
    off: () => {},
  };
  window.state = state;
  window.sent = [];
  window.hear = (message) => tell("msg:custom", message);
  window.answer = (changes) => { for (const name in changes) model.set(name, changes[name]); };
  widget.render({ model, el: document.body });
}
"""


def chromium() -> str:
    """Return the browser's path; where there is none skip, but fail in CI."""
    wanted = [os.environ["CHROMIUM"]] if "CHROMIUM" in os.environ else BROWSERS
    found = next(filter(None, map(shutil.which, wanted)), None)
    if found is None:
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop(f"no Chromium: looked for {', '.join(wanted)}; install it, or name another browser in CHROMIUM")
    return found


@pytest.fixture(scope="package")
def browser() -> Iterator:
    """A Chromium without a window. It ends with this folder's tests, since Playwright occupies the event loop."""
    path = chromium()
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=FLAGS, proxy=NOWHERE)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def lab(browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabServer]:
    """A JupyterLab of our own; it asks for the browser first, so that nothing starts where there is none."""
    server = LabServer(tmp_path_factory.mktemp("lab"))
    try:
        server.wait_until_up()
        yield server
    finally:
        server.stop()


def hurried(page):
    """Return a page in which what moves is at its end at once: to draw the frames between took as long as all else."""
    page.context.new_cdp_session(page).send("Animation.setPlaybackRate", {"playbackRate": PLAYBACK_RATE})
    return page


@pytest.fixture(scope="package")
def open_lesson(browser, lab: LabServer) -> Iterator[Callable[..., AbstractContextManager[LessonPage]]]:
    """A function that opens a served notebook, for a `with` block.

    Notebooks follow each other in one page: to load JupyterLab takes longer than to run a lesson. Where something went
    wrong, the next one gets a new page.
    """
    free = []

    @contextmanager
    def open_lesson(notebook: Path, pictures: Path | None = None) -> Iterator[LessonPage]:
        page = free.pop() if free else hurried(browser.new_context(viewport=SCREEN).new_page())
        lesson = LessonPage(page, lab, pictures)
        lesson.open(notebook)
        yield lesson
        lesson.close()
        free.append(page)

    yield open_lesson
    for page in free:
        page.context.close()


@pytest.fixture(scope="package")
def visit(open_lesson) -> Callable[..., Visit]:
    """A function that uses a served notebook as a learner does, and reports."""
    folder = os.environ.get("CQRS_LAB_SCREENSHOTS")

    def visit(notebook: Path, pictures: Path | None = None, **options) -> Visit:
        with open_lesson(notebook, pictures or (Path(folder) / notebook.stem if folder else None)) as lesson:
            return visit_lesson(lesson, **options)

    return visit


@pytest.fixture(scope="module")
def blank(browser):
    """A page whose clock stands still, for all tests of a module: a new one starts two processes."""
    page = browser.new_page()
    page.clock.install()
    yield page
    page.close()


@pytest.fixture
def show(blank):
    """A function that shows a widget alone on a page that is empty."""
    blank.goto("about:blank")
    blank.emulate_media(reduced_motion="null")  # what an earlier test wanted

    def show(widget):
        own = set(widget.keys) - set(AnyWidget.class_trait_names(sync=True))
        state = {name: getattr(widget, name) for name in own if name[0] != "_"}
        blank.evaluate(WIDGET_ALONE, [widget._esm, state])
        return blank

    return show
