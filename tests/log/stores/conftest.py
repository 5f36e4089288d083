"""A log in a file, a server of PostgreSQL, and logs on NATS servers, for the tests of what they are made of."""

import os

import pytest

from cqrs_lab.log.contract import EVENTS
from cqrs_lab.log.stores.jetstream import JetStreamEventStore
from cqrs_lab.log.stores.sqlite import SqliteEventStore
from tests.log.stores import nats_servers


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


def _logs(factory, start):
    if nats_servers.BINARY is None:
        if "CI" in os.environ:
            pytest.fail(nats_servers.MISSING)
        pytest.skip(nats_servers.MISSING)
    return nats_servers.Logs(start(factory.mktemp("nats")))


@pytest.fixture(scope="session")
def on_one(tmp_path_factory):
    """New logs on one NATS server."""
    logs = _logs(tmp_path_factory, nats_servers.one)
    yield logs
    logs.close()


@pytest.fixture(scope="session")
def on_three(tmp_path_factory):
    """New logs on three NATS servers, each with three replicas."""
    logs = _logs(tmp_path_factory, nats_servers.three)
    yield logs
    logs.close()


@pytest.fixture(params=["on_one", "on_three"])
def jetstream(request):
    """Make a store with a new log, or one of the same log as another."""
    made, logs = [], request.getfixturevalue(request.param)

    def make(url=None, events=EVENTS, **how):
        made.append(JetStreamEventStore(url or logs.url(), events, **{"clock": lambda: 1.5, **how}))
        return made[-1]

    make.logs = logs
    yield make
    for store in made:
        store.close()
