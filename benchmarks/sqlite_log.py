"""The log in a SQLite file, against bare `executemany` of the same rows: 100 events a commit, each on the disk.

A busy or slow disk makes both alike, so the row by processor time says what the kit's checks, JSON and second table
cost. Last, a projection that reads a tenth of the log, rebuilt, by event of the log.
"""

import sqlite3
import statistics
import tempfile
import time
from datetime import datetime

from tools.claims import missing, row

import cqrs_lab as lab
from cqrs_lab.shop.events import EVENTS, OrderPaid, OrderShipped

COMMITS, ROUNDS, AT = 40, 15, datetime(2011, 7, 4)
COMMIT = [OrderPaid("o-1", 1000 + n, AT) if n % 10 == 0 else OrderShipped("o-1", AT) for n in range(100)]
SQL = "INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, NULL)"


class Paid:
    name, version, events = "paid", 1, (OrderPaid,)
    schema = lab.Schema(index=["order_id"], columns={"amount_mills": "int64"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(OrderPaid).groupby("order_id")[["amount_mills"]].sum())

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["amount_mills"])


def timed(work):
    """Return the seconds, and those of the processor alone."""
    wall, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - busy


def rows_of_a_commit():
    from cqrs_lab.log.stores.codec import EventCodec

    written = map(EventCodec(EVENTS).encode, COMMIT)
    return [(number, one.name, one.version, one.payload.decode()) for number, one in enumerate(written, 1)]


def bare(folder, number, rows):
    from cqrs_lab.log.stores.sqlite_file import SCHEMA

    connection = sqlite3.connect(f"{folder}/bare-{number}.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(SCHEMA)

    def append():
        for commit in range(COMMITS):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(SQL, [(f"o-{commit}", *row, 1.5) for row in rows])
            connection.execute("COMMIT")

    return timed(append)


def kit(folder, number):
    store = lab.open_event_store(f"sqlite:///{folder}/kit-{number}.db", events=EVENTS)
    appended = timed(lambda: [store.append(f"o-{commit}", COMMIT, expected=0) for commit in range(COMMITS)])
    return appended, timed(lab.Projector(store, Paid()).catch_up)


def main():
    if missing("msgspec"):
        return
    rows = rows_of_a_commit()
    with tempfile.TemporaryDirectory() as folder:
        turns = [(bare(folder, number, rows), kit(folder, number)) for number in range(ROUNDS)]
    bares, kits = zip(*turns, strict=True)
    for what, at, limit in (("", 0, 0.6), (", processor time alone", 1, None)):
        ours = statistics.median(appended[at] for appended, _ in kits)
        theirs = statistics.median(one[at] for one in bares)
        row(f"append to SQLite, 100 events a commit{what}: bare executemany : kit", theirs / ours, limit, least=True)
    each = statistics.median(one[1][0] for one in kits) / COMMITS / len(COMMIT)
    row("a projection of a tenth of a SQLite log, rebuilt, by event of the log", each * 1e6, unit=" µs")


if __name__ == "__main__":
    main()
