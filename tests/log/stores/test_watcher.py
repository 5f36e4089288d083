"""What other processes record is heard of once, soon, and for as long as somebody holds the store."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS
from cqrs_lab.log.listeners import Listeners
from cqrs_lab.log.stores import watcher
from cqrs_lab.log.stores.sqlite import SqliteEventStore
from tests.log.stores.test_sqlite import happened

ROOT = Path(__file__).parents[3]

def test_a_listener_hears_of_its_own_process_at_once_and_of_others_soon(store, path):
    heard, soon = [], threading.Event()
    end = store.subscribe(lambda: (heard.append(store.head()), soon.set()))
    store.append("a", happened(1), expected=0)
    assert heard == [1]
    soon.clear()
    code = f"""
import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened
lab.open_event_store("sqlite:///{path}", events=EVENTS).append("a", [Happened(2)], expected=1)
"""
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    assert soon.wait(30) and heard[-1] == 2
    end()


def test_the_watcher_ends_with_its_store(path):
    store = SqliteEventStore(path, EVENTS)
    store.subscribe(lambda: None)
    thread = store._watcher._thread
    assert thread.is_alive()
    store.close()
    assert not thread.is_alive()
    store.subscribe(lambda: None)
    thread = store._watcher._thread
    del store
    thread.join(30)
    assert not thread.is_alive()


def test_a_watcher_survives_a_store_that_cannot_be_read(store, path, monkeypatch):
    heard = threading.Event()
    store.subscribe(heard.set)
    shutil.move(path, f"{path}.away")
    time.sleep(3 * watcher.LOOK_SECONDS)
    shutil.move(f"{path}.away", path)
    with SqliteEventStore(path, EVENTS) as other:
        other.append("a", happened(1), expected=0)
    assert heard.wait(30)


class Log:
    """A log whose head is set by hand."""

    end, error = 0, None

    def head(self):
        if self.error:
            raise self.error
        return self.end


def test_each_growth_is_announced_once_and_what_the_writer_announces_is_not():
    log, heard, listeners = Log(), [], Listeners()
    listeners.add(lambda: heard.append(log.end))
    looks = watcher.Watcher(log.head, listeners)
    for log.end in (0, 2, 2, 5):
        looks.look()
    assert heard == [2, 5]
    log.end = 7
    looks.heard_of(7)
    looks.heard_of(3)  # another thread's, that comes late
    looks.look()
    assert heard == [2, 5]


def test_a_log_that_cannot_be_read_is_looked_at_again():
    log, heard, listeners = Log(), [], Listeners()
    listeners.add(lambda: heard.append(log.end))
    looks = watcher.Watcher(log.head, listeners)
    log.end, log.error = 1, lab.StoreUnavailable("log.db", "is locked")
    looks.look()
    assert heard == []
    log.error = None
    looks.look()
    assert heard == [1]


def test_a_store_that_is_gone_is_not_looked_at():
    log, heard, listeners = Log(), [], Listeners()
    listeners.add(lambda: heard.append(1))
    looks = watcher.Watcher(log.head, listeners)
    log.end = 1
    del log
    looks.look()
    assert heard == []
