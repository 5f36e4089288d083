"""Makes the book: runs the solutions, and writes a page for each, with what all of them share."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from cqrs_lab.book import texts
from cqrs_lab.book.in_the_kernel import first_cell
from cqrs_lab.book.lesson import Body, body, sections, shown, states_of
from cqrs_lab.book.links import faults
from cqrs_lab.course.copies import executed
from cqrs_lab.course.course_map import course_map
from cqrs_lab.course.lessons import LESSONS, Lesson
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.frozen.page import page_script, page_states
from cqrs_lab.show.style import STYLESHEET
from cqrs_lab.whole import whole_folder

SITE = Path(__file__).with_name("site")
GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
BINDER = "https://mybinder.org/v2/gh/{}/HEAD?urlpath=lab/tree/notebooks/00_start_here.ipynb"
WORDS = "words.js"
"""The words to search: a folder that has them is a book."""
Progress = Callable[[Sequence[Any]], Iterable[Any]]


def build(solutions: Sequence[Path], folder: Path, *, repository: str = "", progress: Progress = iter) -> None:
    """Run solutions and write them as a static site; a book that is there is replaced once the new one is whole.

    Parameters
    ----------
    solutions : sequence of Path
        Notebooks in a folder of solutions, each a lesson of the course.
    folder : Path
    repository : str, optional
        Where the kit is published, as "owner/name": then the first page has a link that starts it on Binder.
    progress : callable, optional
        Wraps what is gone through, to show how far it is.

    Raises
    ------
    InvalidArgument
        A path is no lesson, the folder holds something else than a book, a cell raises, or the finished book has a
        fault: a link that leads nowhere, a picture without a text, something that is loaded from another machine.
    """
    lessons = [_lesson(path) for path in solutions]
    _check_place(folder)
    pages = [lesson.file for lesson in lessons]
    bodies = {page: body(ran, page, pages) for page, ran in zip(pages, _run(solutions, progress), strict=True)}
    with whole_folder(folder) as made:
        _write_all(made, lessons, bodies, repository)
        if found := faults(made):
            raise InvalidArgument("the book has faults; correct these first:\n" + "\n".join(found))


def _check_place(folder: Path) -> None:
    """Refuse a place where there is something that would be lost."""
    is_free = not folder.exists() or (folder.is_dir() and not any(folder.iterdir()))
    if not is_free and not (folder / WORDS).is_file():
        raise InvalidArgument(f"{folder} holds something that is no book, and stays as it is; give another folder")


def _write_all(folder: Path, lessons: Sequence[Lesson], bodies: dict[str, Body], repository: str) -> None:
    pages = [lesson.file for lesson in lessons]
    write = partial(_write, folder, lessons, repository)
    (folder / "states").mkdir()
    for lesson in lessons:
        for name, view in bodies[lesson.file].views.items():
            (folder / states_of(lesson.file, name)).write_text(page_states(name, view), encoding="utf-8")
        write("lesson.html", lesson.file, lesson=lesson, body=bodies[lesson.file])
    glossary = texts.prose(GLOSSARY.read_text(encoding="utf-8"))
    write("page.html", "glossary", title="Glossary", html=glossary)
    course = texts.with_links_to(pages, course_map().html)
    write("index.html", "index", map=shown(f'<div class="cqrs-lab">{course}</div>'))
    _write_shared(folder, bodies | {"glossary": Body(glossary, {}, sections(glossary))})


def _lesson(path: Path) -> Lesson:
    found = [lesson for lesson in LESSONS if lesson.file == path.stem]
    if not found:
        raise InvalidArgument(f"{path} is no lesson of the course; give notebooks/solutions/NN_….ipynb")
    return found[0]


def _run(solutions: Sequence[Path], progress: Progress) -> list[Any]:
    """Run as many lessons at a time as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as kernels:
        running = [kernels.submit(executed, path, first_cell(path.stem)) for path in solutions]
        return [one.result() for one in progress(running)]


def _write(folder: Path, lessons: Sequence[Lesson], repository: str, template: str, name: str, **what: Any) -> None:
    """Write a page; the templates say what it is made of."""
    templates = Environment(loader=FileSystemLoader(SITE), autoescape=select_autoescape(), trim_blocks=True)
    files = [lesson.file for lesson in lessons]
    at = files.index(name) if name in files else None
    beside = {
        "before": lessons[at - 1] if at else None,
        "after": lessons[0 if at is None else at + 1] if at is None or at + 1 < len(files) else None,
    }
    binder = BINDER.format(escape(repository)) if repository else ""
    html = templates.get_template(template).render(name=name, lessons=lessons, binder=binder, **beside, **what)
    (folder / f"{name}.html").write_text(html, encoding="utf-8")


def _write_shared(folder: Path, bodies: dict[str, Body]) -> None:
    """Write what all pages share: the style, the scripts, and the words to search."""
    style = (SITE / "book.css").read_text(encoding="utf-8")
    (folder / "book.css").write_text(f"{STYLESHEET}\n{style}", encoding="utf-8")
    (folder / "views.js").write_text(page_script(), encoding="utf-8")
    for script in ("theme.js", "book.js"):
        shutil.copy(SITE / script, folder)
    words = [
        [f"{name}.html#{one.id}", bodies[name].sections[0].title, one.title, one.text]
        for name in bodies
        for one in bodies[name].sections
    ]
    (folder / WORDS).write_text(f"wordsOfTheBook({json.dumps(words, ensure_ascii=False)});\n", encoding="utf-8")
