"""Servers that are away, locked or of another kind; and a client that comes back."""

import gc
import time

import pytest

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened
from cqrs_lab.log.stores.jetstream import JetStreamEventStore
from cqrs_lab.log.stores.jetstream_client import JetStreamClient, NoAnswer, Refused, answered, length
from cqrs_lab.log.stores.jetstream_place import JetStreamPlace
from tests.log.stores import nats_servers
from tests.log.stores.nats_faults import impatient


@pytest.fixture
def started(tmp_path):
    """Start one server of a test's own."""
    if nats_servers.BINARY is None:
        pytest.skip(nats_servers.MISSING)
    made = []

    def start(**how):
        made.extend(nats_servers.one(tmp_path / str(len(made)), **how))
        return made[-1]

    yield start
    for one in made:
        one.kill()


def test_where_no_server_answers_it_is_said_where_was_looked_and_no_password():
    ports = nats_servers.free_ports(2)
    url = f"nats://ada:secret@127.0.0.1:{ports[0]},127.0.0.1:{ports[1]}/SHOP"
    with impatient(), pytest.raises(lab.StoreUnavailable) as caught:
        lab.open_event_store(url, events=EVENTS)
    where = f"nats://127.0.0.1:{ports[0]},127.0.0.1:{ports[1]}/SHOP"
    assert caught.value.store == where and str(caught.value).startswith(f"{where} cannot be reached (")
    assert "start its servers (nats-server -js)" in str(caught.value) and "secret" not in str(caught.value)


def test_a_server_without_jetstream_gives_no_answer(started, monkeypatch):
    monkeypatch.setattr(nats_servers, "CONFIG", 'listen: "127.0.0.1:{port}"\nserver_name: {name}\n')
    monkeypatch.setattr(nats_servers, "wait_for", nats_servers.wait_until_they_listen)
    server = started()
    with impatient(), pytest.raises(lab.StoreUnavailable, match="gives no answer .*NoResponders.*JetStream"):
        JetStreamEventStore(nats_servers.url([server], "SHOP"), EVENTS)


def test_user_and_password_open_the_door_and_are_never_said(started, monkeypatch):
    who = 'authorization {{ user: "ada", password: "s3cret" }}'.format()
    monkeypatch.setattr(nats_servers, "wait_for", nats_servers.wait_until_they_listen)
    server = started(more=who)
    with JetStreamEventStore(f"nats://ada:s3cret@{server.address}/SHOP", EVENTS) as store:
        assert store.append("a", [Happened(1)], expected=0).version == 1 and "s3cret" not in repr(store)
    for wrong in ("ada:wr0ng@", ""):
        with impatient(), pytest.raises(lab.StoreUnavailable, match="cannot be reached") as caught:
            JetStreamEventStore(f"nats://{wrong}{server.address}/SHOP", EVENTS)
        assert "uthorization" in str(caught.value) and "wr0ng" not in str(caught.value)


def test_a_server_that_was_killed_is_found_again_with_all_it_acknowledged(started):
    server = started()
    with JetStreamEventStore(nats_servers.url([server], "SHOP"), EVENTS) as store:
        for number in range(20):
            store.append("a", [Happened(number)], expected=number, command_id=f"{number}")
            if number % 5 == 0:
                server.kill()
                server.start()
        assert [one.event.number for one in store.read_all()] == list(range(20))
        assert store.append("a", [Happened(0)], expected=0, command_id="0").again


def test_a_server_that_is_gone_for_too_long_is_said_and_the_store_goes_on_when_it_is_back(started):
    server = started()
    with JetStreamEventStore(nats_servers.url([server], "SHOP"), EVENTS) as store:
        store.append("a", [Happened(1)], expected=0)
        server.kill()
        no_answer = "gives no answer .*; look whether most of its servers run"
        for call in (store.head, lambda: store.stream_version("a"), lambda: list(store.read_all())):
            with impatient(), pytest.raises(lab.StoreUnavailable, match=no_answer):
                call()
        server.start()
        nats_servers.wait_for([server])
        assert store.stream_version("a") == 1


def test_a_client_that_a_server_has_closed_is_made_again(on_one):
    client = JetStreamClient(JetStreamPlace.of(on_one.url()))
    client.ask("INFO")
    broken = client._own.nats
    client._run(broken.close())
    assert client.ask("INFO") and client._own.nats is not broken
    client.close()
    assert client.ask("INFO")
    client.close()


def test_a_store_that_nobody_holds_closes_its_connection(on_one):
    store = JetStreamEventStore(on_one.url(), EVENTS)
    connection = store._client._own.nats
    del store
    gc.collect()
    until = time.monotonic() + 10
    while not connection.is_closed and time.monotonic() < until:
        time.sleep(0.01)
    assert connection.is_closed


def test_other_servers_of_the_cluster_are_learned(on_three):
    first = on_three.servers[0]
    with JetStreamEventStore(nats_servers.url([first], on_three.name()), EVENTS) as store:
        client = store._client
        client._run(client._own.nats.close())
        store.head()
        assert {one.address for one in on_three.servers} <= set(client._servers)


def test_what_a_server_says_is_told_by_its_code():
    assert answered(b'{"seq": 1}') == {"seq": 1}
    with pytest.raises(Refused, match=r"no message found \(10037\)") as refused:
        answered(b'{"error": {"code": 404, "err_code": 10037, "description": "no message found"}}')
    assert refused.value.code == 10037 and isinstance(refused.value, NoAnswer)


def test_headers_count():
    assert length(b"12345", {}) == 5
    assert length(b"12345", {"A": "b"}) == 5 + len("NATS/1.0\r\nA: b\r\n\r\n")
