"""A lesson made into an HTML file by the stock command shows all of itself without a network."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from nbconvert import HTMLExporter
from traitlets.config import Config

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "jupyter-config" / "jupyter_config.json"
LESSON = ROOT / "notebooks" / "solutions" / "04_business_rules.ipynb"
WIDGET = "application/vnd.jupyter.widget-view+json"
SEEN = """() => {
  const areas = (all) => [...all].map((one) => one.getBoundingClientRect()).map((at) => at.width * at.height);
  return [...document.querySelectorAll(".jp-OutputArea-output")].map((box) => ({
    text: box.innerText,
    pictures: areas(box.querySelectorAll("svg:not([aria-hidden])")),
    tables: areas(box.querySelectorAll("table")),
  }));
}"""


def lesson(folder: Path, saved_state: bool) -> Path:
    """Copy the lesson: as nbclient saves it, with the state of its widgets, or as JupyterLab does, without."""
    notebook = json.loads(LESSON.read_text(encoding="utf-8"))
    assert "widgets" in notebook["metadata"]
    if not saved_state:
        del notebook["metadata"]["widgets"]
    path = folder / "lesson.ipynb"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


def by_the_command(notebook: Path) -> Path:
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--log-level=WARN", str(notebook)]
    subprocess.run(command, env={**os.environ, "JUPYTER_CONFIG_PATH": str(SETTINGS.parent)}, check=True, timeout=120)
    return notebook.with_suffix(".html")


def by_the_exporter(notebook: Path, settings: str) -> Path:
    """Make the file as the menu of JupyterLab does."""
    html, _ = HTMLExporter(config=Config(json.loads(settings))).from_filename(str(notebook))
    notebook.with_suffix(".html").write_text(html, encoding="utf-8")
    return notebook.with_suffix(".html")


WAYS = {
    "the command, state saved": lambda folder: by_the_command(lesson(folder, True)),
    "the menu, state not saved": lambda folder: by_the_exporter(lesson(folder, False), SETTINGS.read_text()),
    "without the kit's settings": lambda folder: by_the_exporter(lesson(folder, False), "{}"),
}


@pytest.fixture(params=WAYS, scope="module")
def opened(request, browser, tmp_path_factory):
    """The exported page, what it asked for, and the outputs of the notebook that hold a widget."""
    path = WAYS[request.param](tmp_path_factory.mktemp("exported"))
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    cells = json.loads(LESSON.read_text(encoding="utf-8"))["cells"]
    bundles = [output.get("data", {}) for cell in cells for output in cell.get("outputs", ())]
    yield page, asked, [data for data in bundles if WIDGET in data], request.param
    page.close()


def test_every_view_shows_its_picture_and_every_question_its_text(opened):
    page, _, widgets, _ = opened
    boxes = page.evaluate(SEEN)
    for data in widgets:
        html, sentence = "".join(data["text/html"]), "".join(data["text/plain"]).split("\n")[0]
        parts = re.split(r"(?<=\.) ", sentence)  # which may stand above and below the picture
        box = next((one for one in boxes if all(part in one["text"] for part in parts)), None)
        assert box, f"not on the page: {sentence}"
        drawn = re.sub(r"<svg[^>]*aria-hidden.*?</svg>", "", html)  # icons beside words
        for kind, tag in (("pictures", "<svg"), ("tables", "<table")):
            assert len(box[kind]) == drawn.count(tag) and all(area > 5_000 for area in box[kind]), sentence
    assert len(widgets) >= 5


def test_no_box_is_empty(opened):
    page, *_ = opened
    assert [box for box in page.evaluate(SEEN) if not box["text"].strip() and not box["pictures"]] == []


def test_no_other_machine_is_asked(opened):
    page, asked, _, how = opened
    outside = [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    assert outside == [] or how == "without the kit's settings"
