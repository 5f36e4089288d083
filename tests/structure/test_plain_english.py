"""The log, the write side and the read side speak plain English: their docstrings, and the pages about them."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted(path for part in ("log", "write", "read") for path in (ROOT / "cqrs_lab" / part).rglob("*.py"))
PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
NOBODY_SAYS = re.compile(
    r"\b(anew|mend(s|ed|ing)?|once more|at the least|what is so|whoever|wish(es)?|told truly)\b", re.IGNORECASE
)
RETURNS = re.compile(r"(Tell|Give)s? (?!up\b)")


def docstrings(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and (text := ast.get_docstring(node)):
            yield re.sub(r"^ *(>>>|\.\.\.).*$", "", text, flags=re.M)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_docstring_says_what_a_colleague_would_say(path):
    texts = list(docstrings(path.read_text(encoding="utf-8")))
    assert [found[0] for text in texts for found in NOBODY_SAYS.finditer(text)] == []
    assert [text.splitlines()[0] for text in texts if RETURNS.match(text)] == [], "say: Return …"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_says_what_a_colleague_would_say(path):
    assert [found[0] for found in NOBODY_SAYS.finditer(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("said", ["build it anew", "Whoever comes second", "it is mended", "decided on what is so"])
def test_words_that_nobody_says_are_found(said):
    assert NOBODY_SAYS.search(said)


def test_a_first_line_that_tells_is_found_and_one_that_gives_up_is_not():
    assert RETURNS.match("Tell which it is.") and RETURNS.match("Give the key.") and not RETURNS.match("Give up.")
