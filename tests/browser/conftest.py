"""One JupyterLab and one Chromium for the tests in this folder.

CHROMIUM names another browser; CQRS_LAB_SCREENSHOTS names a folder for pictures of every screenful: without it none
are taken, since they cost a third of the time and are for people.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from anywidget import AnyWidget

from .lab_server import LabServer
from .lesson_page import SCREEN, Visit, visit_lesson

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
]
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


@pytest.fixture(scope="package")
def visit(browser, lab: LabServer) -> Callable[..., Visit]:
    """A function that uses a served notebook as a learner does, and reports."""
    folder = os.environ.get("CQRS_LAB_SCREENSHOTS")

    def visit(notebook: Path, pictures: Path | None = None, **options) -> Visit:
        context = browser.new_context(viewport=SCREEN)
        try:
            wanted = pictures or (Path(folder) / notebook.stem if folder else None)
            return visit_lesson(context.new_page(), lab, notebook, wanted, **options)
        finally:
            context.close()

    return visit


@pytest.fixture
def show(browser):
    """A function that shows a widget on a page of its own, whose clock stands still."""
    page = browser.new_page()
    page.clock.install()
    page.goto("about:blank")

    def show(widget):
        own = set(widget.keys) - set(AnyWidget.class_trait_names(sync=True))
        state = {name: getattr(widget, name) for name in own if name[0] != "_"}
        page.evaluate(WIDGET_ALONE, [widget._esm, state])
        return page

    yield show
    page.close()
