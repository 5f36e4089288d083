"""A log in a file, and a server of PostgreSQL, for the tests of what they are made of."""

import os

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


def a_server(*settings):
    """Yield a server and stop it; where none is installed, skip, and in CI fail."""
    from tests.log.stores import postgres_of_our_own

    if postgres_of_our_own.binaries() is None:
        why = "PostgreSQL is not installed (Debian, Ubuntu: apt install postgresql)"
        if os.environ.get("CI") == "true":
            pytest.fail(f"{why}, and CI leaves nothing out")
        pytest.skip(why)
    server = postgres_of_our_own.Server(*settings)
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def server():
    """One server for all tests of this worker, with a new schema for each log."""
    yield from a_server()


@pytest.fixture
def own_server():
    """A server that this test may kill."""
    yield from a_server()


@pytest.fixture
def kept(server):
    """A store with a new log on the server."""
    with server.new_store() as made:
        yield made
