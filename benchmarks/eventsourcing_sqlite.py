"""On a SQLite file, against eventsourcing 9.5 with its SQLite recorder: both wait for the disk at each commit.

1. Append, 100 events a commit.
2. A table of totals rebuilt from the whole log, every event of which it reads: once against a bare loop over
   eventsourcing's events that folds them into a dict, and once against eventsourcing's own way to a read model that
   survives a crash, a process application that pulls the log and notes its place with each event.
3. Load, decide, append: one command to a stream of many events, without snapshots.
"""

from __future__ import annotations

import itertools
import tempfile

from tools.claims import at_least, by_turns, missing, row, seconds

import cqrs_lab as lab

COMMITS, RUNS, PULLED, SENT, LENGTHS = 100, 5, 2_000, 51, {10: None, 100: None, 1_000: 3}


def opened(folder, name):
    """Return the kit's store and eventsourcing's application, each with a new file."""
    from tools.tills import Sold, Tills

    store = lab.open_event_store(f"sqlite:///{folder}/{name}-kit.db", events={"sold": Sold})
    file = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": f"{folder}/{name}-theirs.db"}
    return store, Tills(env=file)


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
    at_least("append to SQLite, 100 events a commit: eventsourcing : kit", times["theirs"] / times["kit"], 3)


def rebuild(folder, store, their):
    from tools.sales import Sold, Totals

    def ours():
        with lab.open_event_store(f"sqlite:///{store._file.path}", events={"sold": Sold}) as again:
            lab.Projector(again, Totals()).catch_up()

    times = by_turns(RUNS, kit=ours, bare=their.totals)
    events = store.head()
    what = f"rebuild from SQLite, {events:,} events, all of them read"
    at_least(f"{what}: eventsourcing's events in a bare loop : kit", times["bare"] / times["kit"], 20)
    each = times["kit"] / events
    durable = pulled(folder)
    at_least(f"{what}: eventsourcing's process application : kit, by event", durable / each, 20)


def pulled(folder):
    """Return the seconds that a process application takes for an event: a small log is enough to tell."""
    from eventsourcing.system import ProcessApplication
    from tools.tills import Till, Tills, sales

    class Shown(ProcessApplication):
        def __init__(self, env):
            super().__init__(env)
            self.units = {}

        def policy(self, domain_event, processing_event):
            if isinstance(domain_event, Till.Sold):
                self.units[domain_event.product] = self.units.get(domain_event.product, 0) + domain_event.units

    file = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": f"{folder}/pulled.db"}
    tills, shown = Tills(env=file), Shown(env=file | {"SQLITE_DBNAME": f"{folder}/shown.db"})
    for _ in range(PULLED // 100):
        tills.record(sales(100))
    shown.follow("Tills", tills.notification_log)
    return seconds(lambda: shown.pull_and_process("Tills")) / PULLED


def main():
    if missing("eventsourcing", "msgspec"):
        return
    from tools.tills import race_to_load_decide_append

    with tempfile.TemporaryDirectory() as folder:
        log = opened(folder, "log")
        append(*log)
        rebuild(folder, *log)
        contenders = race_to_load_decide_append(*opened(folder, "streams"))
        for length, limit in LENGTHS.items():
            times = by_turns(SENT, **contenders(length))
            what = f"load, decide, append on SQLite, {length:,} events before: eventsourcing : kit"
            row(what, times["theirs"] / times["kit"], limit, least=True)


if __name__ == "__main__":
    main()
