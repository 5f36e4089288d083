"""What the tests of the contract share."""

import pytest

from cqrs_lab.log.contract import sizes
from tests.log.right_stores import SqliteOnDisk


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.setattr(SqliteOnDisk, "folder", tmp_path)


@pytest.fixture
def small(monkeypatch):
    """Leave out the long runs: the law under test needs none."""
    monkeypatch.setattr(sizes, "SIZES", sizes.SIZES[:1])
    monkeypatch.setattr(sizes, "COMMANDS", 20)
