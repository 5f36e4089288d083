"""A lesson as its solution keeps it: cells with their outputs, so that nothing has to run."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

from cqrs_lab.book import texts
from cqrs_lab.course.copies import FOLDER
from cqrs_lab.course.lessons import LESSONS, Lesson
from cqrs_lab.errors import InvalidArgument

END = re.compile(r"^## Exercises$", re.M)
SUMMARY = re.compile(r"^## Summary\n+(?P<lines>.*)", re.M | re.S)
ASKED = re.compile(r"(?P<text>.*?) \((?P<choices>[^()]* / .*)\)")
LINK = re.compile(r'<a href="(?!https?:)[^"]*">(.*?)</a>', re.S)


class StoredLesson(NamedTuple):
    """A lesson of the course, and the cells of its solution."""

    lesson: Lesson
    cells: list[Any]

    @property
    def taught(self) -> list[Any]:
        """The cells down to the exercises, which a room does by itself."""
        for at, cell in enumerate(self.cells):
            if cell.cell_type == "markdown" and END.search(cell.source):
                return self.cells[:at]
        return self.cells

    @property
    def summary(self) -> list[str]:
        """The lines of its summary, as markup."""
        for cell in self.cells:
            if cell.cell_type == "markdown" and (found := SUMMARY.search(cell.source)):
                lines = found["lines"].split("\n")
                return [inline(line.removeprefix("- ")) for line in lines if line.startswith("- ")]
        return []


def read_stored(path: Path) -> StoredLesson:
    """Read the solution of a lesson, given itself or the learner's copy.

    Raises
    ------
    InvalidArgument
        There is no such lesson, or its solution cannot be read.
    """
    import nbformat

    found = [lesson for lesson in LESSONS if lesson.file == path.stem]
    solution = path if path.resolve().parent.name == FOLDER else path.parent / FOLDER / path.name
    if not found or path.suffix != ".ipynb":
        raise InvalidArgument(f"{path} is no lesson of the course; give notebooks/NN_….ipynb")
    try:
        return StoredLesson(found[0], nbformat.read(solution, as_version=4).cells)  # type: ignore[no-untyped-call]
    except OSError as error:
        raise InvalidArgument(f"{solution} cannot be read ({error.strerror}); give a lesson with a solution") from None
    except ValueError:
        raise InvalidArgument(f"{solution} is no notebook; build it again with cqrs-lab build-lessons") from None


def prose(markdown: str) -> str:
    """Return Markdown as markup without ids and without links to other files: on paper they lead nowhere."""
    return LINK.sub(r"\1", re.sub(r'(<h\d) id="[^"]*"', r"\1", texts.prose(markdown)))


def inline(markdown: str) -> str:
    """Return one line of Markdown as markup."""
    return prose(markdown).strip().removeprefix("<p>").removesuffix("</p>")


def asked(text: str) -> list[tuple[str, list[str]]]:
    """Return the questions in what a form says as plain text, each with its choices."""
    found = [ASKED.fullmatch(line) for line in text.splitlines()]
    lines = zip(text.splitlines(), found, strict=True)
    return [(one["text"], one["choices"].split(" / ")) if one else (line, []) for line, one in lines]


def markup_of(output: Any) -> str:
    """Return what an output shows, as markup; nothing of what only a running page could show."""
    if output.output_type == "stream":
        return texts.printed(output.text)
    if output.output_type == "error":
        return texts.printed(f"{output.ename}: {output.evalue}")
    if "text/html" in output.data:
        return texts.once_styled(output.data["text/html"])
    return f"<pre>{escape(output.data['text/plain'])}</pre>" if "text/plain" in output.data else ""
