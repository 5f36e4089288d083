"""Puts handouts or slides into one file with everything in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from cqrs_lab.show.style import STYLESHEET

SITE = Path(__file__).with_name("site")


def page(kind: str, **what: Any) -> str:
    """Return a page of a kind: handout or slides."""
    templates = Environment(loader=FileSystemLoader(SITE), autoescape=select_autoescape(), trim_blocks=True)
    files = {name: _file(f"{kind}.{name}") for name in ("css", "js") if (SITE / f"{kind}.{name}").exists()}
    return templates.get_template(f"{kind}.html").render(style=STYLESHEET + _file("colours.css"), **files, **what)


def _file(name: str) -> str:
    return (SITE / name).read_text(encoding="utf-8")
