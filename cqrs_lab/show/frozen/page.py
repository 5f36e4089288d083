"""What a page needs to show frozen views: the page script of `View`, once, and the states, once per page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cqrs_lab.show.view import View

EXPORT = "export default { render };"


def page_script() -> str:
    """Return the page script of every `View`, with a model that answers from the drawn states.

    It is a classic script: a page that is opened from disk may load no module.
    """
    as_module = str(View._esm)
    assert as_module.rstrip().endswith(EXPORT), "the page script of a view ends with its export"
    answers = Path(__file__).with_name("frozen.js").read_text(encoding="utf-8")
    return f"(() => {{\n{as_module.rstrip().removesuffix(EXPORT)}\n{answers}}})();\n"


def page_states(name: str, view: Mapping[str, Any]) -> str:
    """Return a classic script that hands a view to `page_script`.

    Parameters
    ----------
    name : str
        The id of its still picture in the page. The element around it names the script, in `data-states`.
    view : mapping
        `Frozen.view`.
    """
    return f"showFrozenView({json.dumps(name)}, {json.dumps(view, ensure_ascii=False, separators=(',', ':'))});\n"
