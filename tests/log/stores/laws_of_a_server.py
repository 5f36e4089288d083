"""What a log on a server must also keep, each law under a schedule that is forced and not hoped for."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from itertools import count

import psycopg

import cqrs_lab as lab
from cqrs_lab.log.contract import Happened

ANY = lab.Expected.ANY
PATIENCE_SECONDS = 30


def happened(*numbers):
    return [Happened(number) for number in numbers]


class Work:
    """Some work in a thread of its own."""

    def __init__(self, work):
        self.found, self.error = None, None
        self._thread = threading.Thread(target=self._do, args=(work,), daemon=True)
        self._thread.start()

    def _do(self, work):
        try:
            self.found = work()
        except Exception as error:  # noqa: BLE001 - raised again in `result`
            self.error = error

    def waits_or_ends(self, server, waiting):
        """Return once the work has ended, or so many backends wait for a lock."""
        until = time.monotonic() + PATIENCE_SECONDS
        locked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        while self._thread.is_alive() and server.execute(locked)[0][0] < waiting:
            assert time.monotonic() < until, "it neither waits nor ends"
            time.sleep(0.002)

    def result(self):
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive(), "it hangs"
        if self.error is not None:
            raise self.error
        return self.found


class Follows:
    """A reader that goes on from the last position that it saw."""

    def __init__(self, store):
        self.store, self.seen = store, []

    def look(self):
        self.seen += list(self.store.read_all(after=self.seen[-1].position if self.seen else 0))

    def misses_nothing(self):
        self.look()
        assert self.seen == list(self.store.read_all()), "an event has appeared below a position already read"


@contextmanager
def paused_at_the_insert(server, store):
    """Let appends to the stream "slow" wait within their insert, until the block is left."""
    table, key = store._schema.quoted("events"), 77
    server.execute(f"""
        CREATE FUNCTION {store._schema.quoted("pause")}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NEW.stream = 'slow' THEN PERFORM pg_advisory_xact_lock({key}); END IF; RETURN NULL; END $$;
        CREATE TRIGGER pause AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {store._schema.quoted("pause")}()
    """)
    with psycopg.connect(server.url) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(%s)", [key])
        yield
        holder.rollback()


def no_commit_is_passed_at_its_insert(server, store):
    reader = Follows(store)
    with paused_at_the_insert(server, store):
        slow = Work(lambda: store.append("slow", happened(1), expected=0))
        slow.waits_or_ends(server, 1)
        fast = Work(lambda: store.append("fast", happened(2), expected=0))
        fast.waits_or_ends(server, 2)
        reader.look()
    slow.result(), fast.result()
    reader.misses_nothing()


@contextmanager
def an_open_commit(server, store, **more):
    """Append in a transaction that ends after the block."""
    with psycopg.connect(server.url) as connection:
        usual = store._server.execute

        def within(statement, *parameters):
            return connection.execute(statement, parameters, binary=True).fetchall()

        store._server.execute = within
        try:
            store.append("a", happened(1), **{"expected": 0, **more})
        finally:
            store._server.execute = usual
        yield
        connection.commit()


def no_commit_is_passed_before_it_ends(server, store):
    reader = Follows(store)
    with an_open_commit(server, store):
        other = Work(lambda: store.append("b", happened(2), expected=0))
        other.waits_or_ends(server, 1)
        reader.look()
    other.result()
    reader.misses_nothing()


def a_command_sent_twice_at_once_is_recorded_once(server, store):
    with an_open_commit(server, store, command_id="x"):
        other = Work(lambda: store.append("a", happened(1), expected=ANY, command_id="x"))
        other.waits_or_ends(server, 1)
    receipt = other.result()
    assert (receipt, receipt.again, store.head()) == (lab.Appended("a", 1, 1), True, 1)


def of_two_writers_who_expect_the_same_one_is_refused(server, store):
    with an_open_commit(server, store):
        other = Work(lambda: store.append("a", happened(2), expected=0))
        other.waits_or_ends(server, 1)
    try:
        other.result()
    except lab.ConcurrencyError as error:
        assert (error.expected, error.actual) == (0, 1)
    else:
        raise AssertionError("both were recorded")


class AnswersAreLost:
    """A server of which every other answer is lost, though the statement was done: it is sent again."""

    def __init__(self, server):
        self._server, self._turn = server, count()

    def __getattr__(self, name):
        return getattr(self._server, name)

    def execute(self, statement, *parameters):
        if "append" in statement and next(self._turn) % 2 == 0:
            self._server.execute(statement, *parameters)
        return self._server.execute(statement, *parameters)


def an_append_whose_answer_is_lost_is_recorded_once(server, store):
    store._server = AnswersAreLost(store._server)
    sent = [(0, None), (ANY, None), (ANY, "x"), (6, "y"), (ANY, None), (10, None)]
    for number, (expected, id) in enumerate(sent):
        receipt = store.append("a", happened(1, 2), expected=expected, command_id=id)
        assert (receipt, receipt.again) == (lab.Appended("a", 2 * number + 2, 2 * number + 2), False)
    assert store.stream_version("a") == 12


def a_payload_is_kept_byte_for_byte(server, store):
    event = Happened(2**63 - 1, 'a\0b "\\u0000" \u2028 1.0 caf\u00e9')
    store.append("a", [event, event], expected=0)
    names = store._rows.dialect
    found = store._server.execute(f"SELECT {names.payload} FROM {names.table}")
    assert found == [(store._codec.encode(event).payload,)] * 2


def a_long_event_is_recorded(server, store):
    store.append("a", [Happened(1, "long" * 5000)], expected=0)
    assert store.head() == 1


def versions_go_on_from_the_last_one(server, store):
    store.append("a", happened(1, 2, 3), expected=0)
    server.execute(f"DELETE FROM {store._schema.quoted('events')} WHERE version = 1")
    assert store.append("a", happened(4), expected=3) == lab.Appended("a", 4, 4)


def a_command_is_known_also_after_others(server, store):
    first = store.append("a", happened(1, 2), expected=0, command_id="x")
    store.append("a", happened(3), expected=2, command_id="y")
    again = store.append("a", happened(1, 2), expected=0, command_id="x")
    assert (again, again.again, store.head()) == (first, True, 3)


def a_gap_is_not_waited_for(server, store):
    store.append("a", happened(1, 2, 3), expected=0)
    server.execute(f"DELETE FROM {store._schema.quoted('events')} WHERE position = 2")
    assert [one.position for one in store.read_all()] == [1, 3] == list(store.read_slice(after=0).positions)
    assert store.read_slice(after=0).upto == 3


LAWS = (
    no_commit_is_passed_at_its_insert,
    no_commit_is_passed_before_it_ends,
    a_command_sent_twice_at_once_is_recorded_once,
    of_two_writers_who_expect_the_same_one_is_refused,
    an_append_whose_answer_is_lost_is_recorded_once,
    a_payload_is_kept_byte_for_byte,
    a_long_event_is_recorded,
    versions_go_on_from_the_last_one,
    a_command_is_known_also_after_others,
    a_gap_is_not_waited_for,
)
