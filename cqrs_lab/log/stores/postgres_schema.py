"""What a log in PostgreSQL is made of: two tables, and the one function that records a commit."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import psycopg
from psycopg import sql

from cqrs_lab.arguments import refuse
from cqrs_lab.errors import StoreUnreadable

SCHEMA_VERSION = 1
LONGEST_NAME = 63
"""PostgreSQL cuts a longer name off, without an error: two logs would be one."""
# Sent as one text, which is one transaction. Two programs that make the log at once wait for each other at line one.
SET_UP = """
    SELECT pg_advisory_xact_lock({key});
    CREATE SCHEMA IF NOT EXISTS {schema};
    CREATE TABLE IF NOT EXISTS {schema}.about (version integer NOT NULL);
    INSERT INTO {schema}.about SELECT {version} WHERE NOT EXISTS (SELECT FROM {schema}.about);
    CREATE TABLE IF NOT EXISTS {schema}.events (
        position bigint PRIMARY KEY,
        stream text COLLATE "C" NOT NULL,
        version bigint NOT NULL,
        type text COLLATE "C" NOT NULL,
        type_version integer NOT NULL,
        payload bytea NOT NULL,
        recorded_at double precision NOT NULL,
        command_id text COLLATE "C",
        stands_for text COLLATE "C",
        caused_by text COLLATE "C",
        metadata text COLLATE "C",
        attempt uuid NOT NULL,
        number integer NOT NULL,
        of integer NOT NULL,
        CONSTRAINT a_version_once UNIQUE (stream, version)
    );
    CREATE UNIQUE INDEX IF NOT EXISTS a_command_once ON {schema}.events (stream, command_id)
        WHERE number = 1 AND command_id IS NOT NULL;
    CREATE UNIQUE INDEX IF NOT EXISTS an_attempt_once ON {schema}.events (attempt)
        WHERE number = 1 AND command_id IS NULL;
"""
# One statement for its caller: it is recorded whole or not at all, and the lock ends with it. Each query within
# it sees what was committed before that query, so what it reads below the lock is the end of the log.
APPEND = """
    CREATE OR REPLACE FUNCTION {schema}.append(
        to_stream text, lowest bigint, highest bigint, id text, stands text, this uuid, at double precision, cause text,
        noted text, types text[], shapes integer[], payloads bytea[],
        OUT outcome text, OUT ends_at bigint, OUT place bigint
    ) LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $body$
    DECLARE head bigint; known uuid;
    BEGIN
        PERFORM pg_advisory_xact_lock({key});
        IF id IS NOT NULL THEN
            SELECT attempt, version + of - 1, position + of - 1 INTO known, ends_at, place
            FROM events WHERE stream = to_stream AND command_id = id AND number = 1;
        ELSE
            SELECT attempt, version + of - 1, position + of - 1 INTO known, ends_at, place
            FROM events WHERE attempt = this AND command_id IS NULL AND number = 1;
        END IF;
        IF FOUND THEN
            outcome := CASE WHEN known = this THEN 'recorded' ELSE 'again' END;
            RETURN;
        END IF;
        SELECT coalesce(max(version), 0) INTO ends_at FROM events WHERE stream = to_stream;
        IF ends_at NOT BETWEEN lowest AND highest THEN
            outcome := 'refused';
            RETURN;
        END IF;
        SELECT coalesce(max(position), 0) INTO head FROM events;
        INSERT INTO events (
            position, stream, version, type, type_version, payload, recorded_at, command_id, stands_for, caused_by,
            metadata, attempt, number, of
        )
        SELECT head + one.number, to_stream, ends_at + one.number, one.type, one.shape, one.payload, at, id, stands,
            cause, noted, this, one.number, cardinality(types)
        FROM unnest(types, shapes, payloads) WITH ORDINALITY AS one (type, shape, payload, number);
        PERFORM pg_notify({channel}, '');
        outcome := 'recorded';
        ends_at := ends_at + cardinality(types);
        place := head + cardinality(types);
    END $body$;
"""
WHAT_IS_THERE = """
    SELECT to_regclass({about}) IS NOT NULL, to_regclass({events}) IS NOT NULL
"""


class PostgresSchema:
    """The names of one log in a database; each is quoted, so that any text can be one.

    Parameters
    ----------
    name : str
        Of the schema that holds its tables.
    """

    def __init__(self, name: str) -> None:
        wanted = f"the name of a schema; give a text of 1 to {LONGEST_NAME} bytes, such as 'cqrs_lab'"
        if not isinstance(name, str) or not name or "\0" in name:
            raise refuse("schema", name, wanted)
        try:
            encoded = name.encode()
        except UnicodeEncodeError:
            raise refuse("schema", name, wanted) from None
        if len(encoded) > LONGEST_NAME:
            raise refuse("schema", name, wanted)
        digest = sha256(encoded).digest()
        self.name, self.channel = name, f"cqrs_lab_{digest[:16].hex()}"
        self.key = int.from_bytes(digest[:8], "big", signed=True)
        # In a statement with values, a percent sign is written twice.
        self.events = self.quoted("events").replace("%", "%%")
        self.append = self.quoted("append").replace("%", "%%")

    def quoted(self, what: str) -> str:
        """Return the name of one of its tables or functions, as it stands in a statement."""
        return sql.Identifier(self.name, what).as_string(None)

    def statement(self, text: Any) -> sql.Composed:
        """Return a text with the names of this log put in."""
        return sql.SQL(text).format(
            schema=sql.Identifier(self.name),
            channel=sql.Literal(self.channel),
            key=sql.Literal(self.key),
            version=sql.Literal(SCHEMA_VERSION),
            about=sql.Literal(self.quoted("about")),
            events=sql.Literal(self.quoted("events")),
        )

    def make(self, connection: psycopg.Connection[Any], where: str) -> None:
        """Make the tables if they are not there, and check that they are of this version of the kit.

        Raises
        ------
        StoreUnreadable
            What is there is something else; it was left as it is.
        """
        about, events = self._there(connection)
        if not about and not events:
            connection.execute(self.statement(SET_UP + APPEND))
        elif not about:
            why = f"holds a table {self.quoted('events')} that is no event log; it was left as it is"
            raise StoreUnreadable(where, f"{why}; give another schema")
        found = connection.execute(self.statement("SELECT version FROM {schema}.about")).fetchall()
        if found != [(SCHEMA_VERSION,)]:
            ages = ", ".join(str(one[0]) for one in found) or "none"
            why = f"holds a log of another version of cqrs-lab (schema {ages}, this one reads {SCHEMA_VERSION})"
            raise StoreUnreadable(where, f"{why}; it was left as it is; use that version, or give another schema")

    def _there(self, connection: psycopg.Connection[Any]) -> tuple[bool, bool]:
        row = connection.execute(self.statement(WHAT_IS_THERE)).fetchone()
        return (bool(row[0]), bool(row[1])) if row else (False, False)
