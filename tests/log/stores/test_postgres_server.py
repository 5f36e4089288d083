"""A server that goes away and comes back, and what each of its errors means."""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading

import psycopg
import pytest

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS
from cqrs_lab.log.stores import postgres_server
from cqrs_lab.log.stores.postgres import PostgresEventStore
from tests.log.stores.test_postgres import ANY, another, happened


def in_threads(count, work):
    """Do some work in threads; return what they return."""
    found, threads = [], [threading.Thread(target=lambda n=n: found.append(work(n))) for n in range(count)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert len(found) == count
    return found


def test_a_pool_of_dead_connections_is_used_again_once_the_server_is_back(own_server):
    with own_server.new_store() as store:
        in_threads(20, lambda n: store.append(f"s{n}", happened(1), expected=0))
        own_server.kill()
        waiting = threading.Thread(target=lambda: store.append("late", happened(1), expected=0))
        waiting.start()
        own_server.start()
        receipts = in_threads(20, lambda n: store.append(f"s{n}", happened(2), expected=1))
        waiting.join(60)
        assert {one.version for one in receipts} == {2}
        assert store.head() == 41 and store.stream_version("late") == 1


def test_a_server_that_stays_away_is_said_with_its_place_and_without_a_password(own_server, monkeypatch):
    with own_server.new_store() as store:
        own_server.kill()
        monkeypatch.setattr(postgres_server, "PATIENCE_SECONDS", 0.6)
        for call in (store.head, lambda: store.append("a", happened(1), expected=0), lambda: list(store.read_all())):
            with pytest.raises(lab.StoreUnavailable) as caught:
                call()
            assert str(caught.value).startswith(f"postgresql://127.0.0.1:{own_server.port}/postgres cannot be reached")
            assert "secret" not in str(caught.value) and "append it again under its command id" in str(caught.value)
        with pytest.raises(lab.StoreUnavailable, match="cannot be reached; start the server"):
            another(store)
        monkeypatch.undo()
        own_server.start()
        assert store.append("a", happened(1), expected=0).position == 1


def test_backends_that_an_operator_ends_disturb_nobody(kept, server):
    kept.append("a", happened(1), expected=0)
    for number in range(1, 6):
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'cqrs-lab'")
        assert kept.append("a", happened(number), expected=number).version == number + 1


def test_a_lock_that_another_program_holds_is_waited_for_and_then_said(kept, server, monkeypatch):
    monkeypatch.setattr(postgres_server, "RELIES_ON", postgres_server.RELIES_ON.replace("30s", "100ms"))
    with another(kept) as store, psycopg.connect(server.url) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", [store._schema.key])
        with pytest.raises(lab.StoreUnavailable, match="is locked by another program; nothing was recorded"):
            store.append("a", happened(1), expected=0)
        other.rollback()
        assert store.append("a", happened(1), expected=0).position == 1


def test_what_a_user_may_not_do_and_a_server_that_is_read_only_are_said(server):
    server.execute("CREATE ROLE reader LOGIN")
    with pytest.raises(lab.StoreUnavailable, match="does not allow this user to do that"):
        PostgresEventStore(server.url.replace("postgres:secret", "reader"), EVENTS, schema="not theirs")
    with server.new_store() as store:
        store._server._conninfo += "?options=-c%20default_transaction_read_only%3Don"
        with pytest.raises(lab.StoreUnavailable, match="is read-only, as a standby is; nothing was recorded"):
            store.append("a", happened(1), expected=0)
        assert store.head() == 0


def test_a_log_whose_tables_are_gone_is_said(kept, server):
    server.execute(f'DROP SCHEMA "{kept._schema.name}" CASCADE')
    for call in (kept.head, lambda: kept.append("a", happened(1), expected=ANY)):
        with pytest.raises(lab.StoreUnreadable, match="is not what an event log of this version is"):
            call()


def test_commits_wait_for_the_disk_whatever_the_database_is_set_to(server):
    server.execute("ALTER ROLE postgres SET synchronous_commit = off")
    server.execute("ALTER ROLE postgres SET default_transaction_isolation = 'serializable'")
    try:
        with server.new_store() as store:
            names = "current_setting('synchronous_commit'), current_setting('default_transaction_isolation')"
            assert store._server.execute(f"SELECT {names}") == [("on", "read committed")]
    finally:
        server.execute("ALTER ROLE postgres RESET ALL")


def test_connections_that_an_interrupt_left_behind_are_given_back(kept):
    kept.head()
    for _ in range(25):
        lent = kept._server._pool().getconn()
        del lent
        gc.collect(0)  # what is young: all that other tests have left would take seconds
    assert kept.head() == 0 and kept._server._pool().get_stats()["pool_size"] <= postgres_server.MOST_CONNECTIONS


def test_a_store_that_nobody_holds_any_more_leaves_no_connection(server):
    store = server.new_store()
    store.head()
    name = store._schema.name
    held = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cqrs-lab' AND query LIKE %s"
    assert server.execute(held, f"%{name}%") == [(1,)]
    del store
    gc.collect()
    for _ in range(1000):
        if server.execute(held, f"%{name}%") == [(0,)]:
            return
    raise AssertionError("its connections are still there")


def say(store, answers):
    try:
        answers.put(store.head())
    except lab.StoreUnavailable as error:
        answers.put(str(error))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_is_refused_and_leaves_the_parents_connections(kept):
    kept.append("a", happened(1), expected=0)
    fork = multiprocessing.get_context("fork")
    answers = fork.SimpleQueue()
    child = fork.Process(target=say, args=(kept, answers))
    child.start()
    child.join(30)
    assert "was open when this process was forked" in answers.get()
    assert kept.append("a", happened(2), expected=1).position == 2


@pytest.mark.parametrize("url", [None, 5, "", "localhost", "host=h password=secret", "mysql://ada:secret@h/d"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(lab.InvalidArgument, match="is not an address; give postgresql://") as caught:
        PostgresEventStore(url, EVENTS)
    assert "secret" not in str(caught.value)
