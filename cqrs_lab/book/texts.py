"""The texts of a lesson as markup: prose, code, what cells have printed."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import unescape

from nbconvert.filters import ansi2html, markdown2html_mistune
from nbconvert.filters.highlight import Highlight2HTML

from cqrs_lab.course.copies import ANSWER

PILCROW = re.compile(r'<a class="anchor-link"[^>]*>.*?</a>')
LESSON_LINK = re.compile(r'<a href="(?P<page>\w+)\.ipynb">(?P<text>.*?)</a>')
GLOSSARY = ("../docs/glossary.md", "glossary.html")
# The style of a still picture, which the site has once; the style and the border of a table of pandas.
OF_ANOTHER_PAGE = re.compile(r'<style( scoped)?>.*?</style>|(?<=<table) border="1"', re.S)
_highlighted = Highlight2HTML(pygments_lexer="python")  # type: ignore[no-untyped-call]


def prose(markdown: str) -> str:
    """Return Markdown as markup. Headings keep their ids, without a link to themselves."""
    html: str = markdown2html_mistune(markdown)
    return PILCROW.sub("", html).replace(*GLOSSARY)


def with_links_to(pages: Collection[str], html: str) -> str:
    """Turn links to notebooks into links to the pages of the book; where there is no such page, only the text stays."""

    def link(found: re.Match[str]) -> str:
        return f'<a href="{found["page"]}.html">{found["text"]}</a>' if found["page"] in pages else found["text"]

    return LESSON_LINK.sub(link, html)


def code(source: str) -> tuple[str, str]:
    """Return a cell's code as markup, and the answer to an exercise apart from it, or ""."""
    given, _, answer = source.partition(f"{ANSWER}\n")
    return _in_colour(given), _in_colour(answer)


def _in_colour(source: str) -> str:
    return str(_highlighted(source.rstrip())) if source.strip() else ""


def once_styled(html: str) -> str:
    """Return markup without the styles that the site has once; a head of a table that is empty is no head."""
    return OF_ANOTHER_PAGE.sub("", html).replace("<th></th>", "<td></td>")


def printed(text: str) -> str:
    """Return what a cell has printed, with its colours, as markup."""
    coloured = ansi2html(text.rstrip())  # type: ignore[no-untyped-call]
    return f'<pre class="printed">{coloured}</pre>'


def words_of(html: str) -> str:
    """Return the text of markup, for a search."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
