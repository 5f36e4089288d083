"""Commits of others are heard of soon, and also when no notification comes or the server was away."""

import threading

from cqrs_lab.log.stores import postgres_news
from tests.log.stores.test_postgres import another, happened


def listen(store):
    heard = threading.Event()
    store.subscribe(heard.set)
    return heard


def test_a_listener_hears_of_another_store_and_after_its_end_the_thread_ends(kept):
    heard = listen(kept)
    with another(kept) as other:
        other.append("a", happened(1), expected=0)
    assert heard.wait(30)
    thread = kept._watcher._thread
    assert thread.is_alive()
    kept.close()
    assert not thread.is_alive()


def test_a_commit_of_which_nobody_is_notified_is_heard_of(kept, server):
    heard = listen(kept)
    columns = "position, stream, version, type, type_version, payload, recorded_at, attempt, number, of"
    values = "1, 'a', 1, 'happened', 1, '{\"number\":1,\"note\":\"\"}', 0, gen_random_uuid(), 1, 1"
    server.execute(f"INSERT INTO {kept._schema.quoted('events')} ({columns}) VALUES ({values})")
    assert heard.wait(30)


def test_a_listener_goes_on_when_the_server_comes_back(own_server):
    with own_server.new_store() as store, another(store) as other:
        heard = listen(store)
        own_server.kill()
        own_server.start()
        other.append("a", happened(1), expected=0)
        assert heard.wait(30)


def test_it_waits_no_longer_than_its_bound_and_hears_of_what_came_before_it_listened(kept, monkeypatch):
    monkeypatch.setattr(postgres_news, "LOOK_SECONDS", 0.0)
    news, ended = postgres_news.News(kept._server.connect, kept._schema.channel), threading.Event()
    news.wait(ended)  # at once: it has begun to listen
    news.wait(ended)
    ended.set()
    news.wait(ended)
    news.close()
    news.close()
