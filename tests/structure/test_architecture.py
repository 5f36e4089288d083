"""ARCHITECTURE.md leads through every file of log, write and read, and through none that is gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "ARCHITECTURE.md").read_text()
NAMED = {name.rpartition("/")[2] for name in re.findall(r"`([a-z_/]+)`", PAGE)}
FILES = sorted(
    path
    for folder in ("log", "write", "read")
    for path in (ROOT / "cqrs_lab" / folder).rglob("*.py")
    if path.stem != "__init__"
)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "cqrs_lab")))
def test_every_file_is_on_the_way(path):
    assert path.stem in NAMED


def test_no_file_is_named_that_is_not_there():
    there = {path.stem for path in (ROOT / "cqrs_lab").rglob("*.py")} | {
        path.name for path in (ROOT / "cqrs_lab").rglob("*") if path.is_dir()
    }
    methods = {"append", "read_stream", "read_all", "stream_version", "head", "again", "send"}
    assert {name for name in NAMED if name} - there == methods


def test_it_is_one_page():
    assert len(PAGE.splitlines()) < 100
