"""A lesson that has run, as the body of a page."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import escape
from typing import Any, NamedTuple

from cqrs_lab.book import texts
from cqrs_lab.book.in_the_kernel import QUESTIONS, VIEW
from cqrs_lab.book.questions import answers_in, form, without_a_guess
from cqrs_lab.show.frozen import Frozen

HEADING = re.compile(r'<h(?P<level>[1-3]) id="(?P<id>[^"]*)">(?P<text>.*?)</h\1>')
ASKS = re.compile(r"(predict|recall|review)\(")
WIDGET = "application/vnd.jupyter.widget-view+json"
STEPS_OVER = "a control steps over the others. In JupyterLab all can be reached."
VEILED = "What do you expect? Decide, then uncover the picture."


class Section(NamedTuple):
    """A heading with the text below it, down to the next one."""

    level: int
    id: str
    title: str
    text: str


class Body(NamedTuple):
    """What a lesson's page is made of."""

    html: str
    views: dict[str, dict[str, Any]]
    sections: list[Section]


def body(notebook: Any, page: str, pages: Collection[str]) -> Body:
    """Return the page of a lesson that has run with `in_the_kernel.first_cell`.

    Parameters
    ----------
    notebook : NotebookNode
    page : str
        Its file name, without suffix.
    pages : collection of str
        Those of all lessons that are in the book.

    Returns
    -------
    Body
        Its `views` are what `page_states` takes, each by its id; the page looks for it in `states_of`.
    """
    answers = answers_in(notebook.cells)
    views: dict[str, dict[str, Any]] = {}
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(texts.prose(cell.source))
        elif cell.cell_type == "code":
            parts.append(_source(cell.source))
            parts += [_output(output, page, answers, views) for output in cell.outputs]
    html = texts.with_links_to(pages, "\n".join(filter(None, parts)))
    return Body(html, views, sections(html))


def sections(html: str) -> list[Section]:
    """Return the sections of a page, by its headings."""
    heads = list(HEADING.finditer(html))
    ends = [*(head.start() for head in heads[1:]), len(html)]
    return [
        Section(int(head["level"]), head["id"], texts.words_of(head["text"]), texts.words_of(html[head.end() : end]))
        for head, end in zip(heads, ends, strict=False)  # a page without a heading has an end all the same
    ]


def _source(source: str) -> str:
    if ASKS.match(source):
        return ""  # the question itself follows
    given, answer = texts.code(source)
    if answer:
        answer = f'<details class="answer"><summary>An answer</summary>{answer}</details>'
    return f'<div class="cell">{given}{answer}</div>'


def _output(output: Any, page: str, answers: dict[str, str], views: dict[str, dict[str, Any]]) -> str:
    if output.output_type == "stream":
        return texts.printed(output.text)
    if output.output_type == "error":
        return texts.printed("\n".join(output.traceback))
    data = output.data
    if VIEW in data:
        kept = Frozen(**data[VIEW])
        name = f"view-{len(views) + 1}"
        views[name] = kept.view | {"veil": VEILED if kept.view["veil"] else ""}
        return _view(name, states_of(page, name), kept)
    if QUESTIONS in data:
        return form(data[QUESTIONS], answers)
    if "text/html" in data:
        return shown(without_a_guess(texts.once_styled(data["text/html"])))
    return "" if WIDGET in data else texts.printed(data["text/plain"])  # of a progress bar nothing stays


def shown(html: str) -> str:
    """Return markup that scrolls where it is wider than the page."""
    return f'<div class="shown"><div class="scrolls">{html}</div></div>'


def states_of(page: str, name: str) -> str:
    """Return where the states of a view stand, as its page names it."""
    return f"states/{page}-{name}.js"


def _view(name: str, states: str, kept: Frozen) -> str:
    lines = (f"{task['name']}: {task['words']}" for task in kept.view["tasks"])
    tasks = "".join(f'<p class="says">{escape(line)}</p>' for line in lines)
    few = f"<p class=few>{kept.drawn:,} settings are drawn here; {STEPS_OVER}</p>"
    still = f'<div id="{name}"><div class="cqrs-lab">{tasks}{kept.still}</div></div>'
    return (
        f'<div class="view" data-states="{states}">{still}'
        f'<p class="nearest" role="status"></p>{few if not kept.whole else ""}</div>'
    )
