"""The log in a SQLite file, by turns with what does less and what does the same. Prints ratios of medians of one run.

1. Append of 100 events a commit, each on the disk: bare `executemany` of the same rows, at least 0.6.
2. The same : eventsourcing's SQLite recorder (if it is installed), by time and by processor time alone.
3. Reading all events as objects : the same with eventsourcing.
4. A projection that reads a tenth of the log, rebuilt: microseconds per event of the log.
"""

import sqlite3
import statistics
import tempfile
import time
from datetime import datetime

import cqrs_lab as lab
from cqrs_lab.log.stores.codec import EventCodec
from cqrs_lab.log.stores.sqlite_file import SCHEMA
from cqrs_lab.shop.events import EVENTS, OrderPaid, OrderShipped

COMMITS, ROUNDS, AT = 40, 7, datetime(2011, 7, 4)
COMMIT = [OrderPaid("o-1", 1000 + n, AT) if n % 10 == 0 else OrderShipped("o-1", AT) for n in range(100)]
WRITTEN = map(EventCodec(EVENTS).encode, COMMIT)
ROWS = [(number, one.name, one.version, one.payload.decode()) for number, one in enumerate(WRITTEN, 1)]

try:
    from eventsourcing.application import Application
    from eventsourcing.domain import Aggregate, event
except ImportError:
    Application = None
else:

    class Order(Aggregate):
        @event("Opened")
        def __init__(self):
            self.paid = 0

        @event("Paid")
        def pay(self, order_id: str, amount_mills: int, paid_at: datetime):
            self.paid += amount_mills


class Paid:
    name, version, events = "paid", 1, (OrderPaid,)
    schema = lab.Schema(index=["order_id"], columns={"amount_mills": "int64"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(OrderPaid).groupby("order_id")[["amount_mills"]].sum())

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["amount_mills"])


def timed(work):
    wall, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - busy


def bare(folder, number):
    connection = sqlite3.connect(f"{folder}/bare-{number}.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.executescript(SCHEMA)
    sql = "INSERT INTO events VALUES (NULL, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, NULL)"

    def append():
        for commit in range(COMMITS):
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(sql, [(f"o-{commit}", *row, 1.5) for row in ROWS])
            connection.execute("COMMIT")

    return timed(append)


def kit(folder, number):
    store = lab.open_event_store(f"sqlite:///{folder}/kit-{number}.db", events=EVENTS)
    appended = timed(lambda: [store.append(f"o-{commit}", COMMIT, expected=0) for commit in range(COMMITS)])
    return appended, timed(lambda: sum(1 for _ in store.read_all())), timed(lab.Projector(store, Paid()).catch_up)


def eventsourcing(folder, number):
    where = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": f"{folder}/eventsourcing-{number}.db"}
    application = Application(env=where)

    def append():
        for _ in range(COMMITS):
            order = Order()
            for amount in range(99):
                order.pay("o-1", 1000 + amount, AT)
            application.save(order)

    def read():
        for one in application.recorder.select_notifications(1, 100 * COMMITS):
            application.mapper.to_domain_event(one)

    return timed(append), timed(read)


def ratio(others, ours):
    return statistics.median(others) / statistics.median(ours)


def main():
    with tempfile.TemporaryDirectory() as folder:
        turns = []
        for number in range(ROUNDS):  # by turns, so that a busy moment of the disk meets all of them
            turns.append((bare(folder, number), kit(folder, number), Application and eventsourcing(folder, number)))
    bares, kits, others = zip(*turns, strict=True)
    for what, at in (("time", 0), ("processor time", 1)):
        ours = [one[0][at] for one in kits]
        print(f"append : bare executemany, {what}: {ratio([one[at] for one in bares], ours):.2f}")
        if Application:
            print(f"append : eventsourcing, {what}: {ratio([one[0][at] for one in others], ours):.1f}")
    if Application:
        rebuilt = [one[2][1] for one in kits]
        print(f"projection of a tenth, rebuilt : eventsourcing reads: {ratio([o[1][1] for o in others], rebuilt):.1f}")
        print(f"objects : eventsourcing: {ratio([one[1][1] for one in others], [one[1][1] for one in kits]):.1f}")
    each = statistics.median(one[2][1] for one in kits) / COMMITS / 100
    print(f"rebuild of a projection of a tenth: {each * 1e6:.1f} µs per event of the log")


if __name__ == "__main__":
    main()
