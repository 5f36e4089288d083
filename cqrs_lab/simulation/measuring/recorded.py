"""Measurements that were made once, for pages that must say the same on every machine; and how to make them again.

python -m cqrs_lab.simulation.measuring.recorded      # about six minutes, on a machine that has nothing else to do
"""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import date
from functools import cache
from itertools import product
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import among
from cqrs_lab.simulation.arrivals import Poisson
from cqrs_lab.simulation.draws import Draws
from cqrs_lab.simulation.durations import Empirical, Exponential
from cqrs_lab.simulation.measure import MeasuredLag, measure_lag, polling
from cqrs_lab.simulation.model import LagModel

FILE = Path(__file__).with_name("recorded.csv")
RATES, BATCHES, POLLS = (20, 40, 60, 120), (None, 10), (0.005, 0.05)
RUNS = {"first": 1, "second": 2}
"""Two runs at each setting, by their seeds: so that one can calibrate, and the other one judge."""
EVENTS = 400
WORK = Exponential(mean=0.004)
MICRO = 1e6
NO_READS = pd.DataFrame({"asked_at": [0.0][:0], "answered_at": [0.0][:0], "position": [0][:0]})


class RecordedSetting(NamedTuple):
    """What was measured."""

    rate: float
    batch: int | None
    poll: float
    run: str

    @property
    def key(self) -> str:
        """Its name in the file."""
        return f"{self.rate:g}/{self.batch or 'one by one'}/{self.poll * 1000:g} ms/{self.run}"


SETTINGS = [RecordedSetting(*one) for one in product(RATES, BATCHES, POLLS, RUNS)]


def recorded_lag(
    rate: float, batch: int | None = None, poll: float = 0.005, run: Literal["first", "second"] = "first"
) -> MeasuredLag:
    """Return a measurement that was recorded: 400 events of about 4 ms work each, on SQLite, on a machine of ours.

    Parameters
    ----------
    rate : {20, 40, 60, 120}
        Events per second.
    batch : {None, 10}, optional
    poll : {0.005, 0.05}, optional
        Seconds.
    run : {"first", "second"}, optional
        Two runs at each setting.

    Returns
    -------
    MeasuredLag
        As `measure_lag` returned it, to the microsecond, without the reader's looks.

    Raises
    ------
    InvalidArgument
        There is no recording of this setting.

    Examples
    --------
    >>> from cqrs_lab.simulation.measuring.recorded import recorded_lag
    >>> len(recorded_lag(rate=40).events)
    400
    """
    among("run", run, tuple(RUNS))
    if (rate, batch, poll) not in set(product(RATES, BATCHES, POLLS)):
        raise InvalidArgument(
            f"rate={rate!r}, batch={batch!r}, poll={poll!r}: recorded are the rates {RATES}, batches {BATCHES}, and "
            f"polls {POLLS}; measure_lag measures any other"
        )
    setting = RecordedSetting(rate, batch, poll, run)
    rows = _recorded()[setting.key]
    committed = rows["committed"].cumsum()
    begun = committed + rows["waited"]
    visible = begun + rows["handled"]
    together = visible.groupby(visible).transform("size")
    seconds = {
        "committed_at": committed,
        "begun_at": begun,
        "visible_at": visible,
        "late_seconds": rows["late"],
        "handling_seconds": rows["handled"] / together,
    }
    steps = pd.DataFrame({name: values.to_numpy() / MICRO for name, values in seconds.items()})
    steps.insert(0, "position", np.arange(1, len(rows) + 1))
    steps.insert(1, "due_at", Draws(LagModel(Poisson(rate), WORK), len(rows), RUNS[run]).committed_at)
    model = LagModel(Poisson(rate), Empirical(steps["handling_seconds"].tolist()), polling=polling(poll, batch))
    return MeasuredLag(model, steps, NO_READS)


def drawn_work(run: str) -> np.ndarray:
    """Return how many seconds of work were drawn for each event of the recorded runs; handling has the rest in it.

    Parameters
    ----------
    run : str
        "first" or "second"; the work is the same at each setting.

    Examples
    --------
    >>> from cqrs_lab.simulation.measuring.recorded import drawn_work
    >>> [round(1000 * float(drawn_work(run).mean()), 2) for run in ("first", "second")]
    [4.0, 4.05]
    """
    among("run", run, tuple(RUNS))
    drawn = Draws(LagModel(Poisson(RATES[0]), WORK), EVENTS, RUNS[run])
    return drawn.work(replica=0).handling


def machine() -> str:
    """Return when and on what the recorded measurements were made."""
    return FILE.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


@cache
def _recorded() -> dict[str, pd.DataFrame]:
    every = pd.read_csv(FILE, comment="#")
    return {setting.key: rows for (_, rows), setting in zip(every.groupby("run"), SETTINGS, strict=True)}


def record(path: Path = FILE) -> None:
    """Measure at every setting, and write the file: gaps between moments, in microseconds."""
    frames = []
    for number, setting in enumerate(SETTINGS):
        rate, batch, poll, run = setting
        steps = measure_lag(rate=rate, events=EVENTS, handling=WORK, poll=poll, batch=batch, seed=RUNS[run]).steps
        committed, begun, visible = (
            (steps[name] * MICRO).round().astype("int64") for name in ("committed_at", "begun_at", "visible_at")
        )
        gaps = {"committed": np.diff(committed, prepend=0), "waited": begun - committed}
        late = (steps["late_seconds"] * MICRO).round().astype("int64")
        frames.append(pd.DataFrame({"run": number, **gaps, "handled": visible - begun, "late": late}))
    made_on = (
        f"# measured on {date.today():%d %B %Y}: {platform.system()}, {platform.machine()}, "
        f"{os.cpu_count()} processors, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}\n"
    )
    path.write_text(made_on + pd.concat(frames).to_csv(index=False), encoding="utf-8")


if __name__ == "__main__":
    record()
