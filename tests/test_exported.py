"""What is left of a notebook for its HTML file."""

import json
import tomllib
from pathlib import Path

import nbformat.v4 as nb
import pandas as pd
import pytest
from nbconvert import HTMLExporter
from traitlets.config import Config

from cqrs_lab.course.ask import Ask, Question
from cqrs_lab.exported import WIDGET
from cqrs_lab.show import Picture, View

ROOT = Path(__file__).parents[1]
SETTINGS = ROOT / "jupyter-config" / "jupyter_config.json"
STATE = "application/vnd.jupyter.widget-state+json"


def bundle(kind):
    if kind == "view":
        return View(lambda: Picture("<p>a picture</p>", "a sentence", pd.DataFrame()), [])._repr_mimebundle_()[0]
    if kind == "question":
        return Ask([Question("02.1", "How many?", ("one", "two"))], lambda *_: "")._repr_mimebundle_()[0]
    others = {
        "another widget": {WIDGET: {"model_id": "other"}, "text/plain": "Slider()"},
        "a table": {"text/html": "<table><tr><td>a table</td></tr></table>", "text/plain": "a table"},
        "a bar": {WIDGET: {"model_id": "bar"}, "text/plain": "folding:   0%|          | 0/9 [00:00<?, ?it/s]"},
        "a formula": {"text/latex": "$x$", "text/plain": "x"},
        "a script": {"application/javascript": "1", "text/plain": "js"},
    }
    return others[kind]


def page(*kinds, prose="Words."):
    """Export a notebook of these outputs, with the state of every widget saved, as the settings say."""
    bundles = [bundle(kind) for kind in kinds]
    cells = [nb.new_code_cell("", outputs=[nb.new_output("display_data", data=data)]) for data in bundles]
    models = [data[WIDGET]["model_id"] for data in bundles if WIDGET in data]
    state = {STATE: {"version_major": 2, "version_minor": 0, "state": {model: {} for model in models}}}
    notebook = nb.new_notebook(cells=[nb.new_markdown_cell(prose), *cells], metadata={"widgets": state})
    exporter = HTMLExporter(config=Config(json.loads(SETTINGS.read_text(encoding="utf-8"))))
    return exporter.from_notebook_node(notebook)[0]


def test_a_view_is_its_picture_and_a_question_its_text():
    html = page("view", "question")
    assert "<p>a picture</p>" in html and "How many? (one / two)" in html and WIDGET not in html


@pytest.mark.parametrize("script", ["require.min.js", "mathjax/", "html-manager"])
def test_a_page_of_views_loads_no_script_from_another_machine(script):
    assert script not in page("view", "question", "a table")


@pytest.mark.parametrize(
    ("kinds", "prose", "script"),
    [
        (["view", "another widget"], "Words.", "html-manager"),
        (["another widget"], "Words.", "require.min.js"),
        (["view", "a script"], "Words.", "require.min.js"),
        (["view", "a formula"], "Words.", "mathjax/"),
        (["view"], "So $E = mc^2$.", "mathjax/"),
        (["view"], r"So \(x\).", "mathjax/"),
    ],
)
def test_what_something_else_in_the_notebook_needs_stays(kinds, prose, script):
    assert script in page(*kinds, prose=prose)


def test_another_widget_beside_a_view_stays_a_widget():
    html = page("view", "another widget")
    assert '"model_id": "other"' in html and "<p>a picture</p>" in html


def test_a_progress_bar_of_a_run_that_is_over_is_left_out():
    html = page("view", "a bar")
    assert "folding" not in html and "html-manager" not in html


def test_the_settings_come_with_the_package():
    files = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["data-files"]
    assert files == {"etc/jupyter": [str(SETTINGS.relative_to(ROOT))]}


@pytest.mark.skipif(not (ROOT / ".venv" / ".installed").exists(), reason="about the .venv that make sets up")
def test_the_environment_that_make_sets_up_knows_the_settings():
    assert (ROOT / ".venv" / "etc" / "jupyter" / SETTINGS.name).read_text() == SETTINGS.read_text()
