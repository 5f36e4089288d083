"""On a PostgreSQL server, against eventsourcing 9.5 on the same one: both wait for the disk at each commit.

1. Append, 100 events a commit.
2. A table of totals rebuilt from the whole log, every event of which it reads: once against a bare loop over
   eventsourcing's events that folds them into a dict, and once against eventsourcing's own way to a read model that
   survives a crash, a process application that pulls the log and notes its place with each event.
"""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

from tools.claims import at_least, by_turns, missing, seconds

import cqrs_lab as lab

sys.path.append(str(Path(__file__).parents[1]))
COMMITS, RUNS, PULLED = 100, 5, 2_000


def settings(server):
    """Return how eventsourcing is told of the server."""
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": "postgres",
        "POSTGRES_HOST": "127.0.0.1",
        "POSTGRES_PORT": str(server.port),
        "POSTGRES_USER": "postgres",
        "POSTGRES_PASSWORD": "secret",
    }


def append(store, their):
    from tools.tills import sales

    sold, numbers = sales(100), itertools.count()

    def ours():
        for _ in range(COMMITS):
            store.append(f"till-{next(numbers)}", sold, expected=0)

    def theirs():
        for _ in range(COMMITS):
            their.record(sold)

    times = by_turns(RUNS, kit=ours, theirs=theirs)
    at_least("append to PostgreSQL, 100 events a commit: eventsourcing : kit", times["theirs"] / times["kit"], 3)


def rebuild(server, store, their):
    from tools.sales import Sold, Totals

    def ours():
        with lab.open_event_store(server.url, events={"sold": Sold}) as again:
            lab.Projector(again, Totals()).catch_up()

    times = by_turns(RUNS, kit=ours, bare=their.totals)
    events = store.head()
    what = f"rebuild from PostgreSQL, {events:,} events, all of them read"
    at_least(f"{what}: eventsourcing's events in a bare loop : kit", times["bare"] / times["kit"], 20)
    durable = pulled(server)
    at_least(f"{what}: eventsourcing's process application : kit, by event", durable / (times["kit"] / events), 20)


def pulled(server):
    """Return the seconds that a process application takes for an event: a small log is enough to tell."""
    from eventsourcing.system import ProcessApplication
    from tools.tills import Till, Tills, sales

    class Pulled(Tills):
        name = "Pulled"

    class Shown(ProcessApplication):
        def __init__(self, env):
            super().__init__(env)
            self.units = {}

        def policy(self, domain_event, processing_event):
            if isinstance(domain_event, Till.Sold):
                self.units[domain_event.product] = self.units.get(domain_event.product, 0) + domain_event.units

    tills, shown = Pulled(env=settings(server)), Shown(env=settings(server))
    for _ in range(PULLED // 100):
        tills.record(sales(100))
    shown.follow("Pulled", tills.notification_log)
    took = seconds(lambda: shown.pull_and_process("Pulled")) / PULLED
    tills.close(), shown.close()
    return took


def main():
    if missing("eventsourcing", "msgspec", "psycopg", "psycopg_pool"):
        return
    from tools.sales import Sold
    from tools.tills import Tills

    from tests.log.stores.postgres_of_our_own import Server, binaries

    if binaries() is None:
        print("left out, as PostgreSQL is not installed: apt install postgresql")
        return
    server = Server("fsync=on")
    try:
        their = Tills(env=settings(server))
        with lab.open_event_store(server.url, events={"sold": Sold}) as store:
            append(store, their)
            rebuild(server, store, their)
        their.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
