"""The faults of a finished book: links that lead nowhere, pictures without a text, what comes from other machines."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADS = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
IN_A_STYLE = re.compile(r"url\(\s*['\"]?(?:https?:)?//|@import")


class _Page(HTMLParser):
    """The ids, links, and pictures of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.unnamed: list[str] = []
        self._drawings = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given and not self._drawings:  # names within a drawing are its own
            self.ids[given["id"]] += 1
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in LOADS and LOADS[tag] in given:
            self.loaded.append(given[LOADS[tag]])
        if "data-states" in given:
            self.loaded.append(given["data-states"])
        self._drawings += tag == "svg"
        is_silent = given.get("aria-hidden") == "true" or "alt" in given  # an empty one says: for the eye alone
        if (tag == "img" or tag == "svg" and self._drawings == 1) and not is_silent and not given.get("aria-label"):
            self.unnamed.append(self.get_starttag_text() or tag)

    def handle_endtag(self, tag: str) -> None:
        self._drawings -= tag == "svg"


def faults(folder: Path) -> list[str]:
    """Return what is wrong with the pages of a folder, one sentence each.

    A link to another machine is for the reader to follow; what a page loads by itself has to stand beside it.
    """
    pages = {path: _Page(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}
    found = [f"{path.name}: {text}" for path, page in pages.items() for text in _of_page(path, page, pages)]
    for path in sorted(folder.rglob("*.css")):
        if IN_A_STYLE.search(path.read_text(encoding="utf-8")):
            found.append(f"{path.name}: loads something from another machine")
    return found


def _of_page(path: Path, page: _Page, pages: dict[Path, _Page]) -> list[str]:
    found = [f"the id {name!r} stands {times} times" for name, times in page.ids.items() if times > 1]
    found += [f"no text for {markup[:80]}" for markup in page.unnamed]
    found += [f"loads {source}, which is not beside it" for source in page.loaded if not _is_beside(path, source)]
    return found + [f"the link {link} leads nowhere" for link in page.links if not _leads_somewhere(path, link, pages)]


def _is_beside(path: Path, source: str) -> bool:
    parts = urlsplit(source)
    in_itself = parts.scheme == "data"
    return in_itself or not (parts.scheme or parts.netloc) and (path.parent / unquote(parts.path)).is_file()


def _leads_somewhere(path: Path, link: str, pages: dict[Path, _Page]) -> bool:
    parts = urlsplit(link)
    if parts.scheme in ("http", "https"):
        return True
    there = path.parent / unquote(parts.path) if parts.path else path
    if not there.is_file():
        return False
    return not parts.fragment or (there in pages and unquote(parts.fragment) in pages[there].ids)
