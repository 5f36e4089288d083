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




def page_states(views: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a classic script that hands views to `page_script`: `Frozen.view`, by the id of its still picture."""
    return f"showFrozenViews({json.dumps(views, ensure_ascii=False, separators=(',', ':'))});\n"
