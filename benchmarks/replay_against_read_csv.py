"""The replay of Online Retail in memory : pandas.read_csv of the same file. Prints the ratio of medians of one run.

The file: the argument, or CQRS_LAB_ONLINE_RETAIL, or shared/data/online_retail.csv.gz beside the checkout.
"""

import os
import statistics
import sys
import time
from pathlib import Path

import pandas as pd

import cqrs_lab as lab
from cqrs_lab.shop.online_retail import reconcile, replay

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "data" / "online_retail.csv.gz"
RUNS = 3


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main():
    path = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CQRS_LAB_ONLINE_RETAIL", BESIDE))
    if not path.exists():
        print("no Online Retail here: give its path; it is published at https://doi.org/10.24432/C5BW33")
        return
    reading, replaying, reconciling = [], [], []
    for _ in range(RUNS):
        reading.append(seconds(lambda: pd.read_csv(path)))
        replaying.append(seconds(lambda: replay(path, lab.MemoryEventStore())))
        reconciling.append(seconds(lambda: reconcile(replay(path, lab.MemoryEventStore()))))
    for name, times in (("replay", replaying), ("replay and reconciliation", reconciling)):
        ratio = statistics.median(times) / statistics.median(reading)
        print(f"{name} : read_csv = {ratio:.1f} (limit for the replay: 15)")


if __name__ == "__main__":
    main()
