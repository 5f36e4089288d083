"""Any name is quoted, and what is not ours is left as it is."""

import psycopg
import pytest

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS
from cqrs_lab.log.stores.postgres import PostgresEventStore
from cqrs_lab.log.stores.postgres_schema import PostgresSchema
from tests.log.stores.test_postgres import another, happened

NAMES = ['Upper "quoted" name', "per%cent %s {braces}", "semi;colon--", "it's", "$body$",
         "caf\u00e9", "back\\slash", "a.b", " "]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_any_text_names_a_log_of_its_own(server, name):
    with PostgresEventStore(server.url, EVENTS, schema=name) as store, another(store) as other:
        assert store.append("a", happened(1, 2), expected=0, command_id="x").position == 2
        assert other.append("a", happened(3), expected=2).position == 3
        assert [one.event for one in other.read_all()] == happened(1, 2, 3)
        assert len(store.read_slice(after=0).of(type(happened(1)[0]))) == 3
    found = server.execute("SELECT count(*) FROM pg_namespace WHERE nspname = %s", name)
    assert found == [(1,)]


@pytest.mark.parametrize("name", ["", None, 5, "a\0b", "\ud800", "a" * 64, "\u2615" * 22])
def test_a_name_that_postgresql_would_cut_or_refuse_is_refused(name):
    with pytest.raises(lab.InvalidArgument, match="is not the name of a schema; give a text of 1 to 63 bytes"):
        PostgresSchema(name)


def test_logs_of_different_names_share_no_lock_and_no_channel():
    made = [PostgresSchema(name) for name in NAMES]
    assert len({one.key for one in made}) == len({one.channel for one in made}) == len(NAMES)
    assert all(len(one.channel) <= 63 and -(2**63) <= one.key < 2**63 for one in made)


def test_tables_of_something_else_are_left_as_they_are(server):
    server.execute('CREATE SCHEMA "other"; CREATE TABLE "other".events (id int); INSERT INTO "other".events VALUES (7)')
    with pytest.raises(lab.StoreUnreadable, match="is no event log; it was left as it is"):
        PostgresEventStore(server.url, EVENTS, schema="other")
    assert server.execute('SELECT * FROM "other".events') == [(7,)]


@pytest.mark.parametrize("version", ["2", "NULL"])
def test_a_log_of_another_version_is_left_as_it_is(kept, server, version):
    about = kept._schema.quoted("about")
    server.execute(f"ALTER TABLE {about} ALTER version DROP NOT NULL; UPDATE {about} SET version = {version}")
    with pytest.raises(lab.StoreUnreadable, match=r"another version of cqrs-lab \(schema .*, this one reads 1\)"):
        another(kept)


def test_the_server_itself_refuses_a_version_twice_and_a_command_twice(kept, server):
    kept.append("a", happened(1), expected=0, command_id="x")
    columns = "stream, version, type, type_version, payload, recorded_at, command_id, attempt, number, of"
    values = "%s, 'a', %s, 'h', 1, '', 0, %s, gen_random_uuid(), 1, 1"
    sql = f"INSERT INTO {kept._schema.quoted('events')} (position, {columns}) VALUES ({values})"
    for values in [(2, 1, None), (2, 2, "x"), (1, 2, None)]:
        with pytest.raises(psycopg.errors.UniqueViolation):
            server.execute(sql, *values)
