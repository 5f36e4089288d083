"""Uses a lesson as a learner does, in JupyterLab in a real browser, and reports what was wrong."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from axe_playwright_python.base import AXE_SCRIPT

from .keyboard import Keyboard

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page

    from .lab_server import LabServer

SCRIPT = Path(__file__).with_name("in_the_page.js")
OPEN_SECONDS, RUN_SECONDS = 90, 180
MOST_SCREENFULS = 60
SCREEN = {"width": 1280, "height": 800}
ZOOMS = (150, 200)  # per cent
AA = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
DEAF = "[anywidget] Failed to initialize model."
NO_NAMES = ("", "Image")  # JupyterLab writes alt="Image" where the author wrote none


@dataclass
class Visit:
    """What one visit to a lesson saw. Every list but the last holds faults, and is empty when all is well."""

    not_run: list[str] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    stderr: list[str] = field(default_factory=list)
    page_errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    without_a_name: list[str] = field(default_factory=list)
    not_moved: list[str] = field(default_factory=list)
    callback_errors: list[str] = field(default_factory=list)
    torn: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    crowded: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)  # the controls that did change their view


class LessonPage:
    """One lesson in one browser page."""

    def __init__(self, page: "Page", lab: "LabServer", pictures: Path | None) -> None:
        self.page, self.lab, self.visit, self._pictures = page, lab, Visit(), pictures
        for old in pictures.glob("*.png") if pictures else ():
            old.unlink()
        self._inside = re.compile(rf"(https?|wss?)://127\.0\.0\.1:{lab.port}/|data:|blob:|about:")
        self._listeners: dict[Any, Callable[..., None]] = {
            "pageerror": lambda error: self._note_error(str(error)),
            "console": self._note_console,
            "request": lambda request: self._note_request(request.url),
            "websocket": lambda socket: self._note_request(socket.url),
        }
        for event, listener in self._listeners.items():
            page.on(event, listener)

    def _note_console(self, message: "ConsoleMessage") -> None:
        if message.type == "error":
            self._note_error(message.text)

    def _note_error(self, text: str) -> None:
        self.visit.page_errors.append(text.split("\n")[0][:300])

    def _note_request(self, url: str) -> None:
        if not self._inside.match(url) and url not in self.visit.outside:
            self.visit.outside.append(url)

    def ask(self, question: str, argument: Any = None) -> Any:
        """Call a function of in_the_page.js and wait for its answer."""
        return self.page.evaluate(f"argument => inThePage.{question}", argument)

    def _wait_for(self, condition: str, seconds: float) -> None:
        # Asked for at each frame, which is the default, the page is drawn all the time.
        self.page.wait_for_function(condition, timeout=1000 * seconds, polling=100)

    # ---- opening and running ----

    def open(self, notebook: Path) -> None:
        """Open a served notebook and wait until its kernel is connected; on a new page, JupyterLab itself first."""
        path = f"{notebook.parent.name}/{notebook.name}"
        if new := self.page.url == "about:blank":
            self.page.add_init_script(path=SCRIPT)
            # From now on the browser keeps its tree of names: otherwise it makes one for each name that is asked for.
            self.page.context.new_cdp_session(self.page).send("Accessibility.enable")
            self.page.goto(self.lab.address(path), wait_until="commit")
            self._wait_for("window.jupyterapp?.shell?.currentWidget?.context?.isReady", OPEN_SECONDS)
        self._wait_for(f"inThePage.opened({json.dumps(path)}).then(() => true)", OPEN_SECONDS)
        if new:
            self.ask("theme('JupyterLab Light')")

    def close(self) -> None:
        """End the kernel and close the notebook; JupyterLab stays, for the next one."""
        self.ask("closed()")
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)

    def run(self) -> None:
        """Run every cell, top to bottom, and note the cells that did not go well.

        If a view came deaf, since the page was busy for two seconds, run them once more, as its reader is told to.
        """
        self._run_all()
        if DEAF in self.visit.page_errors:
            self.visit.page_errors = [error for error in self.visit.page_errors if error != DEAF]
            self._run_all()
        for number, cell in enumerate(self.ask("notebook()")["cells"], start=1):
            if cell["cell_type"] == "code" and "".join(cell["source"]).strip():
                self._note_cell(f"cell {number}", cell)

    def _run_all(self) -> None:
        self.page.evaluate("() => { window.hasRun = false; inThePage.run().then(() => { window.hasRun = true; }); }")
        self._wait_for("window.hasRun", RUN_SECONDS)

    def _note_cell(self, where: str, cell: dict[str, Any]) -> None:
        if cell["execution_count"] is None:
            self.visit.not_run.append(f"{where} did not run")
        may_raise = "raises-exception" in cell["metadata"].get("tags", [])
        for output in cell["outputs"]:
            if output["output_type"] == "error" and not may_raise:
                self.visit.raised.append(f"{where} raised {output['ename']}: {output['evalue']}")
            if output.get("name") == "stderr":
                self.visit.stderr.append(f"{where} wrote on stderr: {''.join(output['text'])[:200]}")

    # ---- names, as a screen reader gets them ----

    def check_names(self) -> None:
        """Note every picture and every control that has no accessible name."""
        for one in [*self.described("PICTURES"), *self.described("CONTROLS")]:
            if not one["silent"] and one["name"] in NO_NAMES:
                self.visit.without_a_name.append(f"cell {one['cell'] + 1}: no name on {one['markup']}")

    def described(self, what: str, cell: int | None = None) -> list[dict[str, Any]]:
        """Describe the PICTURES or CONTROLS of a cell, or of the page, in order, each with its name and place."""
        return self.ask("describeAll(...argument)", [self.ask(what), cell])

    def check_access(self, when: str) -> None:
        """Note what in a view breaks a rule of WCAG 2.2, level A or AA, as far as a program can tell."""
        # axe takes for hidden what is not on the screen, and all of JupyterLab, whose body is 0 pixels high.
        self.page.set_viewport_size(SCREEN | {"height": self.ask("height()") + SCREEN["height"]})
        self.page.evaluate("document.body.style.height = '100vh'")
        self.ask("scroll(0)")
        for rule in self._violations():
            for part in rule["nodes"]:
                why = "; ".join(one["message"] for one in part["any"] + part["all"] + part["none"])
                self.visit.closed.append(f"{when}: {rule['id']}: {why} {part['html'][:250]}")
        self.page.evaluate("document.body.style.height = ''")
        self.page.set_viewport_size(SCREEN)

    def _violations(self) -> list[dict[str, Any]]:
        """Run axe, which is read by the page once: it is half a megabyte."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        run = "([where, options]) => axe.run(where, options).then(({ violations }) => violations)"
        return self.page.evaluate(run, [{"include": [[".cqrs-lab"]]}, AA])

    # ---- pictures for people ----

    def photograph(self, name: str) -> None:
        """Leave one picture per screenful: name-01.png, name-02.png, ...; none where nobody asked for pictures."""
        if self._pictures is None:
            return
        notebook = self.page.locator(".jp-NotebookPanel:visible .jp-WindowedPanel-outer")
        screenful = 0
        while screenful < MOST_SCREENFULS and self.ask("scroll(argument)", screenful):
            screenful += 1
            notebook.screenshot(path=self._pictures / f"{name}-{screenful:02d}.png")

    def show_all_looks(self) -> None:
        """Show the dark theme, and the page zoomed in, beside the file list and without it: no row may fall apart."""
        self.ask("theme('JupyterLab Dark')")
        self.check_access("dark")
        self.note_torn("in the dark theme")
        self.photograph("dark")
        self.ask("theme('JupyterLab Light')")
        for percent in ZOOMS:
            size = {side: pixels * 100 // percent for side, pixels in SCREEN.items()}
            self.page.set_viewport_size(size)
            self.ask("nextFrame()")  # JupyterLab lays itself out after the page has
            self.note_torn(f"at {percent} % beside the file list")
        self.ask("showSidebar(false)")
        self.note_torn(f"at {percent} %")
        self.photograph(f"zoom-{percent}")
        self.ask("showSidebar(true)")
        self.page.set_viewport_size(SCREEN)

    def note_torn(self, when: str) -> None:
        self.visit.torn += [f"{row}, {when}" for row in self.ask("torn()")]
        self.visit.crowded += [f"{what}, {when}" for what in self.ask("crowded()")]


def visit_lesson(lesson: LessonPage, patience_seconds: float = 1.5) -> Visit:
    """Run a lesson that is open, read its names, move its controls; return what was seen."""
    lesson.run()
    lesson.check_names()
    lesson.check_access("light")
    lesson.note_torn("at first")
    lesson.photograph("light")
    Keyboard(lesson, patience_seconds).move_every_control()
    lesson.photograph("moved")
    lesson.show_all_looks()
    return lesson.visit
