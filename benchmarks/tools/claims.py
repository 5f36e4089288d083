"""How a benchmark measures, and how it says what it claims: every row is a ratio of medians of one run.

Whatever is compared takes turns, so that a busy moment of the machine meets all of it.
"""

from __future__ import annotations

import gc
import importlib.util
import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

PIP = {
    "eventsourcing": 'pip install "cqrs-lab[bench]"',
    "ciw": 'pip install "cqrs-lab[bench]"',
    "msgspec": 'pip install "cqrs-lab[sqlite]"',
    "duckdb": 'pip install "cqrs-lab[duckdb]"',
    "psycopg": 'pip install "cqrs-lab[postgres]"',
    "psycopg_pool": 'pip install "cqrs-lab[postgres]"',
    "nats": 'pip install "cqrs-lab[jetstream]"',
    "distributed": 'pip install "cqrs-lab[archive,dask]"',
}


def missing(*packages: str) -> bool:
    """Return whether one of these packages is not there, and print what would bring it."""
    absent = [one for one in packages if importlib.util.find_spec(one) is None]
    for one in absent:
        print(f"left out, as {one} is not installed: {PIP[one]}")
    return bool(absent)


def seconds(work: Callable[[], Any]) -> float:
    """Return how long some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def timed(runs: int, contenders: Mapping[str, Callable[[int], float]]) -> dict[str, float]:
    """Return the median of each contender, who times turn number 0, 1, 2, … and returns the seconds."""
    gc.collect()
    took: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(runs):
        for name, turn in contenders.items():
            took[name].append(turn(number))
    return {name: statistics.median(each) for name, each in took.items()}


def by_turns(runs: int, **contenders: Callable[[], Any]) -> dict[str, float]:
    """Return the median of the seconds that each contender takes."""
    return timed(runs, {name: lambda _, work=work: seconds(work) for name, work in contenders.items()})


def row(name: str, value: float, limit: float | None = None, *, least: bool = False, unit: str = "") -> None:
    """Print a figure, its limit (the most it may be, or the least), and whether it is met."""
    sign, met = (">=", value >= (limit or 0)) if least else ("<=", value <= (limit or 0))
    wanted, verdict = ("", "") if limit is None else (f"{sign} {limit:g}{unit}", "met" if met else "NOT MET")
    print(f"{name:<96} | {f'{value:.4g}' if value < 100 else f'{value:,.0f}'}{unit:<3} | {wanted:<9} | {verdict}")


at_most, at_least = partial(row), partial(row, least=True)
