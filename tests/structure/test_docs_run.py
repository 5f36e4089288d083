"""Docs cannot lie: the code in every document and every docstring runs."""

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import cqrs_lab

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
MODULES = ["cqrs_lab", *(module.name for module in pkgutil.walk_packages(cqrs_lab.__path__, "cqrs_lab."))]
FENCE = re.compile(r"^```(\S+)([^\n]*)\n(.*?)^```$", re.M | re.S)


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path, monkeypatch):
    """Examples may write files, in the checkout or among this person's notes: none of them belongs there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CQRS_LAB_PROGRESS", str(tmp_path / "notes.json"))
    monkeypatch.setenv("CQRS_LAB_ROOMS", str(tmp_path / "rooms"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_python_of_a_document_runs_from_top_to_bottom(document):
    text = document.read_text()
    names = {"__name__": document.stem}
    for block in FENCE.finditer(text):
        language, mark, code = block.groups()
        if language.startswith("py"):
            assert (language, mark.strip()) == ("python", ""), "every block marked as Python runs"
            # The empty lines before it make a traceback point into the document.
            before = text.count("\n", 0, block.start(3))
            exec(compile("\n" * before + code, document, "exec"), names)


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_in_docstrings_run(module):
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    assert doctest.testmod(importlib.import_module(module), optionflags=flags).failed == 0
