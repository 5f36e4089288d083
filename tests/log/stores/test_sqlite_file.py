"""The file of a log: whatever is in its way is said with what to do, and nothing that was recorded is lost."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import weakref
from contextlib import closing
from pathlib import Path

import pytest

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened
from cqrs_lab.log.stores import sqlite_file
from cqrs_lab.log.stores.sqlite import SqliteEventStore
from tests.interrupts import in_another_thread
from tests.log.stores.test_sqlite import change, happened, log_of

ROOT = Path(__file__).parents[3]

def refused(path, error=lab.StoreUnreadable, events=EVENTS):
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(error) as caught:
        SqliteEventStore(path, events)
    assert isinstance(caught.value, lab.CqrsLabError) and str(path) in str(caught.value)
    assert before is None or path.read_bytes() == before, "it was left as it is"
    return str(caught.value)


def test_a_file_that_is_none_of_sqlite_is_left_alone(path):
    path.write_text("order,customer\n" * 100)
    assert "is no SQLite file" in refused(path)


def test_a_sqlite_file_of_something_else_is_left_alone(path):
    change(path, "CREATE TABLE events (position)")
    assert "SQLite file of something else" in refused(path)
    change(path, "PRAGMA application_id = 5")
    assert "SQLite file of something else" in refused(path)


@pytest.mark.parametrize(("schema", "said"), [(2, "a newer version of cqrs-lab"), (0, "an older version of cqrs-lab")])
def test_a_log_of_another_version_is_left_alone(store, path, schema, said):
    store.append("a", happened(1), expected=0)
    store.close()
    change(path, f"PRAGMA user_version = {schema}")
    assert said in refused(path)
    change(path, "PRAGMA user_version = 1")
    assert SqliteEventStore(path, EVENTS).head() == 1


@pytest.mark.parametrize("where", ["folder", "missing/log.db", "file/log.db"])
def test_a_place_where_no_file_can_be_is_refused(tmp_path, where):
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    assert "cannot be opened; give a file, in a folder" in refused(tmp_path / where, lab.StoreUnavailable)


def test_a_damaged_file_is_said_and_readers_get_what_stands_before(store, path):
    for number in range(40):
        store.append(f"s{number}", [Happened(number, "x" * 200)] * 20, expected=0)
    store.close()
    with open(path, "r+b") as file:
        file.seek(path.stat().st_size // 2 // 4096 * 4096)
        file.write(b"\xff" * 4096 * 8)
    with pytest.raises((lab.StoreUnreadable, lab.UnreadableEvent)) as caught, SqliteEventStore(path, EVENTS) as again:
        log_of(again)
        for number in range(40):
            list(again.read_stream(f"s{number}"))
    assert "damaged" in str(caught.value) or "position" in str(caught.value)


def test_a_log_whose_tables_are_gone_is_said(store, path):
    change(path, "DROP TABLE events")
    with pytest.raises(lab.StoreUnreadable, match="no such table: events"):
        store.head()


def test_a_full_disk_loses_nothing_and_says_so(store, path, monkeypatch):
    store.append("a", happened(1), expected=0)
    connection = store._file.connection()
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(lab.StoreUnavailable, match="has no room to grow; nothing was recorded"):
        store.append("a", [Happened(2, "x" * 500)] * 100, expected=1, command_id="big")
    assert [one.event for one in log_of(store)] == happened(1)
    assert store.append("a", happened(2), expected=1).version == 2  # what is small still fits
    connection.execute("PRAGMA max_page_count = 1000000")
    assert store.append("a", [Happened(3, "x" * 500)] * 100, expected=2, command_id="big").version == 102


def test_a_locked_file_is_waited_for_and_then_said(store, path, monkeypatch):
    store.append("a", happened(1), expected=0)
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert log_of(store) and store.head() == 1  # readers wait for nobody
        monkeypatch.setattr(sqlite_file, "PATIENCE_SECONDS", 0.3)
        with pytest.raises(lab.StoreUnavailable, match="locked by another process; nothing was recorded"):
            store.append("a", happened(2), expected=1)
        monkeypatch.setattr(sqlite_file, "PATIENCE_SECONDS", 30.0)
        threading.Timer(0.3, lambda: other.execute("ROLLBACK")).start()
        assert store.append("a", happened(2), expected=1).version == 2


def test_a_file_that_is_deleted_or_replaced_while_it_is_open_is_noticed(store, path):
    store.append("a", happened(1, 2), expected=0)
    for name in ("", "-wal", "-shm"):
        shutil.move(f"{path}{name}", f"{path}.away{name}")
    with pytest.raises(lab.StoreUnavailable, match="deleted or replaced"):
        store.append("a", happened(3), expected=2)
    for name in ("", "-wal", "-shm"):
        shutil.move(f"{path}.away{name}", f"{path}{name}")
    assert store.append("a", happened(3), expected=2).position == 3


def test_no_empty_log_takes_the_place_of_one_that_was_deleted(store, path):
    store.append("x", happened(1), expected=0)
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink()
    for _ in range(3):
        with pytest.raises(lab.StoreUnavailable, match="was deleted"):
            store.append("x", happened(2), expected=lab.Expected.ANY)
    assert not path.exists()


READ_ONLY = """
import os, sys
import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened
from cqrs_lab.log.stores import sqlite
if os.geteuid() == 0:
    os.seteuid(65534)  # the root user may write everywhere
try:
    lab.open_event_store("sqlite:///" + sys.argv[1], events=EVENTS).append("a", [Happened(1)], expected=0)
except lab.StoreUnavailable as error:
    print(error)
"""


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs Unix permissions")
@pytest.mark.parametrize("there", [True, False], ids=["a log", "no log yet"])
def test_a_folder_that_cannot_be_written_is_said(there):
    with tempfile.TemporaryDirectory() as folder:  # one whose parents everybody may enter
        path = Path(folder) / "log.db"
        if there:
            SqliteEventStore(path, EVENTS).close()
        os.chmod(folder, 0o555)
        code = [sys.executable, "-c", READ_ONLY, str(path)]
        done = subprocess.run(code, cwd=ROOT, capture_output=True, text=True)
        os.chmod(folder, 0o755)
    assert "log.db cannot be" in done.stdout and "folder" in done.stdout, done.stdout + done.stderr


def test_close_releases_the_files_and_the_next_call_opens_them_again(store, path):
    store.append("a", happened(1), expected=0)
    in_another_thread(lambda: store.head() == 1)
    store.close()
    assert sorted(one.name for one in path.parent.iterdir()) == ["log.db"]
    assert store.append("a", happened(2), expected=1).version == 2
    assert in_another_thread(lambda: store.head() == 2)


def test_what_sqlite_must_keep_is_set_in_every_thread(store):
    def settings():
        connection = store._file.connection()
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]

    assert settings() == in_another_thread(settings) == ["wal", 2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_is_refused_and_the_first_one_goes_on(path):
    code = f"""
import os, sys
sys.path.insert(0, {str(ROOT)!r})
import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened
store = lab.open_event_store("sqlite:///{path}", events=EVENTS)
store.append("a", [Happened(1)], expected=0)
if os.fork() == 0:
    for attempt in (store.head, lambda: lab.open_event_store("sqlite:///{path}", events=EVENTS)):
        try:
            attempt()
        except lab.StoreUnavailable as error:
            print(error, flush=True)
    sys.exit(0)
os.wait()
print(store.append("a", [Happened(2)], expected=1))
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    said = done.stdout.splitlines()
    assert len(said) == 3 and all("was open when this process was forked" in one for one in said[:2])
    assert said[2] == "Appended(stream='a', version=2, position=2)"


def test_a_store_that_nobody_holds_is_gone_at_once_and_with_it_what_its_callers_held(path):
    class Held:
        pass

    def use(store, held):
        store.append("a", happened(1), expected=lab.Expected.ANY)
        store.together(lambda: store.append("a", happened(2), expected=lab.Expected.ANY))
        return weakref.ref(held)

    gc.disable()  # it would come to what refers to itself some time later
    try:
        store = SqliteEventStore(path, EVENTS)
        held, itself = use(store, Held()), weakref.ref(store)
        assert held() is None
        store.close()
        del store
        assert itself() is None
    finally:
        gc.enable()
