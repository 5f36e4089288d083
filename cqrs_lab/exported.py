"""Lessons as HTML files: every view as a still picture that needs no network, whichever way the file is made.

A widget in an exported file is empty until a script from another machine has drawn it. So nbconvert is told, by
``jupyter_config.json``, to leave the kit's widgets out: what is left of each is its picture and its text.
"""

from __future__ import annotations

import re
from typing import Any

from nbconvert.preprocessors import Preprocessor

WIDGET = "application/vnd.jupyter.widget-view+json"
OURS = re.compile(r'<div class="cqrs-lab[" ]')
BAR = re.compile(r"\d%\|")
FORMULA = re.compile(r"\$|\\\(|\\\[|\\begin\{")
SCRIPTED = {"text/latex", "application/javascript", WIDGET}
"""What an output needs a script from another machine for."""


class StillPictures(Preprocessor):
    """Keep of each view and question what needs no script; leave out progress bars; leave other widgets as they are."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Take the kit's widgets out of a notebook, and the addresses of scripts that nothing in it needs then."""
        left: set[str] = set()
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = [output for output in cell.outputs if not _is_bar(output)]
                left.update(*(_stilled(output) for output in cell.outputs))
        if WIDGET not in left:
            nb.metadata.pop("widgets", None)
        if not left & SCRIPTED:
            resources["require_js_url"] = ""
            if not any(FORMULA.search(cell.source) for cell in nb.cells if cell.cell_type == "markdown"):
                resources["mathjax_url"] = ""
        return nb, resources


def _is_bar(output: Any) -> bool:
    """Return whether this is a progress bar: it shows how far a run is, and the run is over."""
    data = output.get("data", {})
    return WIDGET in data and "text/html" not in data and bool(BAR.search(data.get("text/plain", "")))


def _stilled(output: Any) -> set[str]:
    """Take the widget out of an output of the kit's, and return the kinds of content that are left."""
    data = output.get("data", {})
    if OURS.search(data.get("text/html", "")):
        data.pop(WIDGET, None)
    return set(data)
