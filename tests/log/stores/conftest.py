"""A log in a file, for the tests of what it is made of."""

import pytest

from cqrs_lab.log.contract import EVENTS
from cqrs_lab.log.stores.sqlite import SqliteEventStore


@pytest.fixture
def path(tmp_path):
    return tmp_path / "log.db"


@pytest.fixture
def store(path):
    with SqliteEventStore(path, EVENTS, clock=lambda: 1.5) as made:
        yield made
