"""The page of a demo: everything in one file, but the script of its view."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from cqrs_lab.course.lessons import LESSONS
from cqrs_lab.demo.demos import Demo
from cqrs_lab.show.style import STYLESHEET


def page(demo: Demo, token: str, state: Mapping[str, Any], following: str = "") -> str:
    """Return the page of a demo, with its view as it stands now; `following` is the next demo's address, if any."""
    lesson = next(one for one in LESSONS if one.key == demo.lesson)
    given = json.dumps({"token": token, "name": demo.name, "state": state, "following": following})
    return Template(_file("page.html")).substitute(
        name=escape(demo.name),
        ask=escape(demo.ask),
        number=lesson.number,
        question=escape(lesson.question),
        style=STYLESHEET + _file("page.css"),
        given=given.replace("<", r"\u003c"),  # or a picture's own tags would end the script
        script=_file("page.js"),
    )


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
