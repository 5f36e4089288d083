"""Docstrings, messages, lessons and pages speak plain English: what nobody says is kept out by a list of words.

A list finds a known kind again, and no more: read your sentences aloud all the same.
"""

import ast
import json
import re
import tokenize
from io import StringIO
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "cqrs_lab").rglob("*.py"))
SCRIPTS = sorted((ROOT / "cqrs_lab").rglob("*.js"))
LESSONS = sorted((ROOT / "notebooks" / "solutions").glob("*.ipynb"))
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]

NOBODY_SAYS = re.compile(
    r"""\b(
        anew | once\ more | for\ ever | at\ the\ least | told\ truly | what\ is\ so | in\ the\ own | by\ the\ own
        | whoever | whomever | many\ an? | mend(s|ed|ing)? | wish(es)? | of\ (its|their)\ own\ accord | hears?\ twice
        | becomes?\ of | became\ of | got?\ to\ read | cannot\ be\ had | so\ many\ seconds | by\ some\ milliseconds
        | (read|reads|took|takes|taken)\ (it\ )?for\ a\ (yes|no) | stands?\ (right\ )?behind | is\ another\ one\ now
        | in\ tens | hundredths\ of\ the
    )\b | %\ of\ the\ time\ shown | \bWhat\ came:""",
    re.IGNORECASE | re.VERBOSE,
)
RETURNS = re.compile(r"(Tell|Give|Name)s? (?!up\b)")
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`|\]\([^)]*\)", re.M | re.S)
NAMED = re.compile(r"^ *[\w*]+(, [\w*]+)* : .*$|^ *(>>>|\.\.\.).*$", re.M)
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)


def found(*texts):
    return [match[0] for text in texts for match in NOBODY_SAYS.finditer(CODE.sub("", text))]


def docstrings(tree):
    """Yield what docstrings say: not the parameters they name, nor the examples they run."""
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and (text := ast.get_docstring(node)):
            yield NAMED.sub("", text)


def messages(tree):
    """Yield the texts that code may show: those of several words, each value in them as a dash."""
    nodes = list(ast.walk(tree))
    documentation = {id(one.body[0].value) for one in nodes if isinstance(one, DOCUMENTED) and ast.get_docstring(one)}
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            yield "".join(one.value if isinstance(one, ast.Constant) else "–" for one in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.value if " " in node.value.strip() else ""


def lesson(cells):
    """Yield what a lesson says: its text, and the texts in its code."""
    for cell in cells:
        source = "".join(cell["source"])
        yield from [source] if cell["cell_type"] == "markdown" else messages(ast.parse(source))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_docstrings_and_messages_say_what_a_colleague_would_say(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert found(*docstrings(tree), *messages(tree)) == []
    assert [text.splitlines()[0] for text in docstrings(tree) if RETURNS.match(text)] == [], "say: Return …"


def comments(path):
    """Yield the comments of a file, Python's or a page script's."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        tokens = tokenize.generate_tokens(StringIO(text).readline)
        yield from (token.string for token in tokens if token.type == tokenize.COMMENT)
    else:
        yield from re.findall(r"(?<!:)//[^\n]*", text)


@pytest.mark.parametrize("path", [*MODULES, *SCRIPTS], ids=lambda path: f"{path.parent.name}/{path.name}")
def test_comments_say_what_a_colleague_would_say(path):
    assert found(*comments(path)) == []


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_says_what_a_colleague_would_say(path):
    assert found(*lesson(json.loads(path.read_text(encoding="utf-8"))["cells"])) == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_says_what_a_colleague_would_say(path):
    assert found(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "said",
    [
        "build it anew", "Whoever comes second", "it is mended", "decided on what is so", "it is skipped for ever",
        "Moment, in % of the time shown", "What becomes of the order?", "a bank that hears twice", "What came: 3",
        "a lag above so many seconds", "what stands right behind the comma", "yes, by some milliseconds",
    ],
)  # fmt: skip
def test_words_that_nobody_says_are_found(said):
    assert found(said) and found(*messages(ast.parse(f"raise ValueError(f'{{x}}: {said}')")))


@pytest.mark.parametrize("said", ["`wishes` are a name", "[a page](once more.md)", "```\nanew = 1\n```"])
def test_names_and_code_are_left_alone(said):
    assert found(said) == []


def test_what_a_docstring_names_or_runs_is_left_alone():
    text = '"""Do it.\n\n    wishes : list\n        The commands.\n\n    >>> "once more"\n    """'
    assert found(*docstrings(ast.parse(text))) == []
    assert found(*docstrings(ast.parse('"""Do it once more."""'))) == ["once more"]


def test_a_first_line_that_tells_is_found_and_one_that_gives_up_is_not():
    assert RETURNS.match("Tell which it is.") and RETURNS.match("Give the key.") and not RETURNS.match("Give up.")
