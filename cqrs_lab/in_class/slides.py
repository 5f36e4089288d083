"""Slides of a lesson, in the order in which it is taught: a claim, a question, code with what it printed, a picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from cqrs_lab.book import texts
from cqrs_lab.book.lesson import ASKS
from cqrs_lab.book.questions import without_a_guess
from cqrs_lab.in_class.page import page
from cqrs_lab.in_class.stored import StoredLesson, asked, markup_of, prose, read_stored

HEADING = re.compile(r"^#{1,3} (?P<title>.+)$", re.M)
ASKING = re.compile(r"\b(predict|recall|review)\(")
REVEALING = re.compile(r"\breveal\(")
PICTURES = ("<svg", "<table")
FEW = 25
"""A line that leads to the next cell, such as "Let her try.", has this many words at most, and no slide of its own."""
COURSE = re.compile(r"^(reveal|task)\(.*\n?", re.M)
"""Lines that are for the page of a lesson, and not for a wall."""


class Slide(NamedTuple):
    """A slide: what it is about, what kind it is, and its markup."""

    title: str
    kind: str
    html: str


def slides(lessons: Sequence[Path]) -> str:
    """Return the slides of some lessons as one file that needs no network.

    Raises
    ------
    InvalidArgument
        A path is no lesson with a solution.
    """
    stored = [read_stored(path) for path in lessons]
    title = ", ".join(f"Lesson {one.lesson.number}" for one in stored)
    return page("slides", title=f"{title}: slides", slides=[slide for one in stored for slide in slides_of(one)])


def slides_of(stored: StoredLesson) -> list[Slide]:
    """Return the slides of a lesson, down to its exercises."""
    found, title, is_setup = list[Slide](), stored.lesson.question, True
    for cell in stored.taught:
        if cell.cell_type == "markdown":
            for heading, text in _parts(cell.source):
                title = heading or title
                found.append(Slide(title, "words" if heading or len(text.split()) > FEW else "lead", prose(text)))
        elif cell.cell_type == "code":
            slides_here = list(_of_code(cell, title, is_setup))
            if found[-1:] and found[-1].kind == "lead" and slides_here[:1] and slides_here[0].kind == "code":
                slides_here[0] = Slide(title, "code", found.pop().html + slides_here[0].html)
            found += slides_here
            is_setup = False
    first = found[0]
    number = f'<p class="number">cqrs-lab · Lesson {stored.lesson.number}</p>'
    found[0] = Slide(first.title, "first", number + first.html)
    return [slide for slide in found if slide.html.strip() or slide.title]


def _parts(source: str) -> Iterator[tuple[str, str]]:
    """Yield the stretches of a cell, each with the heading that it begins with, or ""."""
    heads = list(HEADING.finditer(source))
    before = source[: heads[0].start()] if heads else source
    if before.strip():
        yield "", before
    ends = [*(one.start() for one in heads[1:]), len(source)]
    for head, end in zip(heads, ends, strict=False):  # without a heading there is an end all the same
        if text := source[head.end() : end].strip():
            yield head["title"], text


def _of_code(cell: Any, title: str, is_setup: bool) -> Iterator[Slide]:
    """Yield the slides of a cell: its code and what it printed, then each picture, question and answer."""
    shown = [markup_of(output) for output in cell.outputs]
    printed = [html for html in shown if not _is_picture(html) and html.startswith("<pre")]
    asks, reveals = ASKING.search(cell.source), REVEALING.search(cell.source)
    if not is_setup and not ASKS.match(cell.source):
        code = texts.code(COURSE.sub("", cell.source))[0]
        if code or printed:
            yield Slide(title, "code", f'<div class="code">{code}</div>{"".join(printed)}')
    for output, html in zip(cell.outputs, shown, strict=True):
        text = output.get("data", {}).get("text/plain", "")
        if _is_picture(html):
            yield Slide(title, "picture", html)
        elif asks and text and not html.startswith("<pre"):
            yield from (Slide("What do you expect?" if "predict" in asks[0] else "Do you remember?", "question", one)
                        for one in map(_question, asked(text)))
        elif reveals and text:
            yield Slide("Answer", "answer", f"<p>{escape(without_a_guess(text).removeprefix('Answer: '))}</p>")


def _is_picture(html: str) -> bool:
    return any(mark in html for mark in PICTURES)


def _question(question: tuple[str, list[str]]) -> str:
    text, choices = question
    listed = "".join(f"<li>{escape(one)}</li>" for one in choices)
    return f'<p class="asked">{escape(text)}</p>' + (f"<ul>{listed}</ul>" if listed else "")
