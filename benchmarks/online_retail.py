"""The year of Online Retail, replayed through the shop's deciders, against pandas.read_csv of the same file.

The file: the argument, or CQRS_LAB_ONLINE_RETAIL, or shared/data/online_retail.csv.gz beside the checkout.
"""

import itertools
import os
import sys
import tempfile
from pathlib import Path

import pandas as pd
from tools.claims import at_most, by_turns, missing, row

import cqrs_lab as lab
from cqrs_lab.shop.events import EVENTS
from cqrs_lab.shop.online_retail import reconcile, replay

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "online_retail.csv.gz"
RUNS = 3


def main():
    path = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CQRS_LAB_ONLINE_RETAIL", BESIDE))
    if not path.exists():
        print("left out, as Online Retail is not here: give its path; it is at https://doi.org/10.24432/C5BW33")
        return
    with tempfile.TemporaryDirectory() as folder:
        numbers, replays = itertools.count(), []

        def into_sqlite():
            with lab.open_event_store(f"sqlite:///{folder}/year-{next(numbers)}.db", events=EVENTS) as store:
                replay(path, store)

        contenders = {
            "read_csv": lambda: pd.read_csv(path),
            "memory": lambda: replays.append(replay(path, lab.MemoryEventStore())),
            "reconcile": lambda: reconcile(replays.pop()),
        }
        if not missing("msgspec"):
            contenders["SQLite"] = into_sqlite
        times = by_turns(RUNS, **contenders)
    at_most("the year replayed into memory : read_csv", times["memory"] / times["read_csv"], 15)
    if "SQLite" in times:
        at_most("the year replayed into SQLite : read_csv", times["SQLite"] / times["read_csv"], 15)
    row("the year reconciled with pandas, after the replay : read_csv", times["reconcile"] / times["read_csv"])


if __name__ == "__main__":
    main()
