"""Each law of a log on a server, for the store and for a store with a planted fault: the law must find it."""

from __future__ import annotations

from contextlib import suppress
from uuid import uuid4

import psycopg
import pytest

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS
from cqrs_lab.log.stores import postgres, postgres_schema
from cqrs_lab.log.stores.postgres import PostgresEventStore
from cqrs_lab.log.stores.postgres_schema import APPEND, SET_UP, PostgresSchema
from cqrs_lab.log.stores.sql_rows import Dialect
from tests.log.stores import laws_of_a_server as laws

LOCK = "PERFORM pg_advisory_xact_lock({key});"
LOOK_UP = APPEND[APPEND.index("        IF id IS NOT NULL") : APPEND.index("        SELECT coalesce(max(version)")]
NOTIFY = "PERFORM pg_notify({channel}, '');"
# Positions from a sequence, as most logs have them: then only the lock keeps readers from passing one.
BY_SEQUENCE = [
    ("SELECT head + one.number,", "SELECT nextval('places'),"),
    ("place := head + cardinality(types);", "place := currval('places');"),
]
PLACES = "CREATE SEQUENCE {schema}.places;"


def changed(text, changes):
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


NEW_ID = [("attempt = this AND", "attempt = gen_random_uuid() AND"), ("THEN 'recorded' ELSE", "THEN 'again' ELSE")]
AT_THE_END = [("command_id = id AND number = 1;", "command_id = id AND number = 1 AND version + of > "
               "(SELECT max(version) FROM events WHERE stream = to_stream);")]  # fmt: skip
LATE_LOCK = [(LOCK, ""), (LOOK_UP, LOOK_UP + LOCK)]
END = "SELECT coalesce(max(version), 0) INTO {} FROM events WHERE stream = to_stream;"
STALE = [(END.format("ends_at"), "ends_at := head;"), (LOCK, END.format("head") + LOCK)]
UNLOCK = "PERFORM pg_advisory_unlock({key});"
ONCE = "CREATE UNIQUE INDEX IF NOT EXISTS a_command_once"
# What is changed in the function, what in the tables, and the law that finds it.
PLANTED = {
    "no lock": ([*BY_SEQUENCE, (LOCK, "")], [], laws.no_commit_is_passed_before_it_ends),
    "no lock, paused": ([*BY_SEQUENCE, (LOCK, "")], [], laws.no_commit_is_passed_at_its_insert),
    "the lock after the insert": (
        [*BY_SEQUENCE, (LOCK, ""), (NOTIFY, LOCK + NOTIFY)], [], laws.no_commit_is_passed_at_its_insert),
    "a session's lock, released before the commit": (
        [*BY_SEQUENCE, (LOCK, "PERFORM pg_advisory_lock({key});"), (NOTIFY, UNLOCK + NOTIFY)], [],
        laws.no_commit_is_passed_before_it_ends),
    "a notification that carries the event": (
        [("{channel}, ''", "{channel}, convert_from(payloads[1], 'UTF8')")], [], laws.a_long_event_is_recorded),
    "sent again under another id": (NEW_ID, [], laws.an_append_whose_answer_is_lost_is_recorded_once),
    "doubled: no id is looked up": (
        [(LOOK_UP, "")], [(ONCE, ONCE.replace("UNIQUE ", "")), ("UNIQUE INDEX IF NOT EXISTS an_at", "INDEX an_at")],
        laws.an_append_whose_answer_is_lost_is_recorded_once),
    "the version by count": (
        [("coalesce(max(version), 0) INTO ends_at", "count(*) INTO ends_at")], [],
        laws.versions_go_on_from_the_last_one),
    "the id looked up at the stream's end alone": (AT_THE_END, [], laws.a_command_is_known_also_after_others),
    "the id looked up before the lock": (LATE_LOCK, [], laws.a_command_sent_twice_at_once_is_recorded_once),
    "the version looked up before the lock": (STALE, [], laws.of_two_writers_who_expect_the_same_one_is_refused),
    "a payload as jsonb": (
        [("one.type, one.shape, one.payload", "one.type, one.shape, convert_from(one.payload, 'UTF8')::jsonb")],
        [("payload bytea", "payload jsonb")], laws.a_payload_is_kept_byte_for_byte),
}  # fmt: skip


class ReadsJsonb(PostgresEventStore):
    """Reads its payloads from a column of jsonb."""

    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        self._rows.dialect = Dialect(self._schema.events, "convert_to(payload::text, 'UTF8')", "%s")


@pytest.mark.parametrize("law", laws.LAWS, ids=lambda one: one.__name__)
def test_the_store_keeps(server, kept, law):
    law(server, kept)


@pytest.mark.parametrize("what", PLANTED)
def test_the_law_finds(server, monkeypatch, what):
    in_function, in_tables, law = PLANTED[what]
    monkeypatch.setattr(postgres_schema, "APPEND", changed(APPEND, in_function))
    monkeypatch.setattr(postgres_schema, "SET_UP", changed(SET_UP, in_tables) + PLACES)
    kind = ReadsJsonb if "jsonb" in what else PostgresEventStore
    with server.new_store(kind) as alone:  # one writer with short events sees nothing of it
        assert alone.append("a", laws.happened(1), expected=0) == alone.append("a", [], expected=0)
        assert [one.event for one in alone.read_all()] == laws.happened(1)
    store = server.new_store(kind)
    caught = None
    try:
        law(server, store)
    except Exception as error:  # noqa: BLE001 - any error ends the law
        caught = error
    finally:
        with suppress(AttributeError):
            store.close()
    print(what, repr(caught))
    assert caught is not None, f"{law.__name__} does not find it"


class Unquoted(PostgresSchema):
    """Puts names into statements as they are."""

    def quoted(self, what):
        return f"{self.name}.{what}"


@pytest.mark.parametrize("name", ["Upper", "a b", "it's", 'a"; DROP TABLE x; --'])
def test_a_name_that_is_not_quoted_is_found(server, monkeypatch, name):
    def use():
        with PostgresEventStore(server.url, EVENTS, schema=f"{name}{uuid4().hex[:6]}") as store:
            store.append("a", laws.happened(1), expected=0)

    use()
    monkeypatch.setattr(postgres, "PostgresSchema", Unquoted)
    with pytest.raises((lab.StoreUnreadable, psycopg.Error)):
        use()
