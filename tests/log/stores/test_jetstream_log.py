"""The stream that holds a log: its settings are checked, nothing in it can be deleted, and silence is no end."""

import pytest

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened
from cqrs_lab.log.stores import jetstream_client, jetstream_log
from cqrs_lab.log.stores.jetstream import JetStreamEventStore
from tests.log.stores import jetstream_laws as laws
from tests.log.stores import nats_servers


def test_a_lost_consumer_is_no_empty_log(jetstream, monkeypatch):
    monkeypatch.setattr(jetstream_client, "ANSWER_SECONDS", 0.2)
    laws.a_lost_consumer_is_no_empty_log(jetstream)


def test_streams_keep_apart_whatever_their_names(jetstream):
    laws.streams_keep_apart_whatever_their_names(jetstream)


def test_nothing_can_be_deleted(jetstream):
    laws.nothing_can_be_deleted(jetstream)


def test_settings_that_lose_events_are_refused(jetstream):
    laws.settings_that_lose_events_are_refused(jetstream)


def test_a_log_that_is_gone_is_no_new_one(jetstream):
    laws.a_log_that_is_gone_is_no_new_one(jetstream)


@pytest.mark.parametrize("jetstream", ["on_three"], indirect=True)
def test_versions_come_from_the_leader(jetstream):
    laws.versions_come_from_the_leader(jetstream)


def test_a_stream_of_something_else_is_left_as_it_is(on_one):
    nats_servers.admin(on_one.servers, "STREAM.CREATE.ELSE", name="ELSE", subjects=["else.>"])
    with pytest.raises(lab.StoreUnreadable, match="/ELSE is a JetStream stream of something else; it was left as it"):
        JetStreamEventStore(nats_servers.url(on_one.servers, "ELSE"), EVENTS)
    assert nats_servers.admin(on_one.servers, "STREAM.INFO.ELSE")["config"]["subjects"] == ["else.>"]


def test_a_message_of_somebody_else_is_named(on_one):
    name = on_one.name()
    nats_servers.asked(on_one.servers[0], f"{name}.a", b"hello")
    store = JetStreamEventStore(nats_servers.url(on_one.servers, name), EVENTS)
    with store, pytest.raises(lab.StoreUnreadable, match=r"holds a message that is no commit, number 1 \("):
        list(store.read_all())


def test_a_log_that_lacks_messages_is_refused(on_one):
    url = on_one.url()
    name = url.rpartition("/")[2]
    with JetStreamEventStore(url, EVENTS) as store:
        store.append("a", [Happened(1)], expected=0)
        store.append("a", [Happened(2)], expected=1)
    with pytest.MonkeyPatch.context() as patch:  # as somebody may do who can change the settings
        patch.setattr(jetstream_log, "settings", _deletable)
        nats_servers.admin(on_one.servers, f"STREAM.DELETE.{name}")
        with JetStreamEventStore(url, EVENTS) as store:
            store.append("a", [Happened(1)], expected=0)
            store.append("a", [Happened(2)], expected=1)
        assert nats_servers.admin(on_one.servers, f"STREAM.MSG.DELETE.{name}", seq=1)["success"]
        with pytest.raises(lab.StoreUnreadable, match="holds 1 of 2 messages: some were deleted; restore a backup"):
            JetStreamEventStore(url, EVENTS)


right = jetstream_log.settings


def _deletable(name, replicas):
    return right(name, replicas) | {"deny_delete": False}


def test_the_number_of_replicas_is_what_was_asked_for_or_the_most(on_one, on_three):
    for logs, replicas in ((on_one, 1), (on_three, 3)):
        url = nats_servers.url(logs.servers, "MADE")
        JetStreamEventStore(url, EVENTS).close()
        config = nats_servers.admin(logs.servers, "STREAM.INFO.MADE")["config"]
        assert config["num_replicas"] == replicas and config["deny_delete"] and config["deny_purge"]
        with pytest.raises(lab.StoreUnavailable, match=f"num_replicas is {replicas} and not 5"):
            JetStreamEventStore(url, EVENTS, replicas=5)
    with pytest.raises(lab.StoreUnavailable, match="cannot be opened: the server says, .*10074"):
        JetStreamEventStore(nats_servers.url(on_one.servers, "NEW"), EVENTS, replicas=3)
    with pytest.raises(lab.InvalidArgument, match="replicas=0 is not a number of servers"):
        JetStreamEventStore(nats_servers.url(on_one.servers, "NEW"), EVENTS, replicas=0)


def test_pages_and_single_messages_give_the_same(on_one, monkeypatch):
    with JetStreamEventStore(on_one.url(), EVENTS) as store:
        for number in range(12):
            store.append("ab"[number % 2], [Happened(number), Happened(-number)], expected=lab.Expected.ANY)
        everything, stream = list(store.read_all()), list(store.read_stream("a"))
        for few, page in ((0, 1), (0, 5), (3, 4), (100, 1)):
            monkeypatch.setattr(jetstream_log, "ONE_BY_ONE", few)
            monkeypatch.setattr(jetstream_log, "PAGE_MESSAGES", page)
            assert list(store.read_all()) == everything and list(store.read_slice(after=0)) == everything
            for after in (0, 1, 4, 5, 11):
                assert list(store.read_stream("a", after=after)) == stream[after:]
                assert list(store.read_all(after=everything[after].position, limit=7)) == everything[after + 1 :][:7]
