"""Measures the lag: a writer, a projector and a reader as real processes on a real store, in real time."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pandas as pd

from cqrs_lab.arguments import refuse
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.stores.opening import without_password
from cqrs_lab.simulation.arguments import positive, whole
from cqrs_lab.simulation.arrivals import Poisson
from cqrs_lab.simulation.draws import Draws, child
from cqrs_lab.simulation.durations import Duration, Empirical, Fixed, Seconds, duration
from cqrs_lab.simulation.measuring.processes import begin, parts
from cqrs_lab.simulation.measuring.read_model import new_file
from cqrs_lab.simulation.model import LagModel, Polling
from cqrs_lab.simulation.run import LagRun

LEAST_EVENTS, MOST_EVENTS = 20, 100_000
KEPT = 0.95
"""A writer that commits fewer of the events per second it was asked for has not kept the rate."""
NANO = 1e9
NOTHING = Fixed(0)


class MeasuredLag(LagRun):
    """What `measure_lag` measured: a run like that of `simulate_lag`, with the same methods, of real processes.

    All moments are seconds since the start, of the one clock that the processes of a machine share.

    Attributes
    ----------
    model : LagModel
        The model calibrated by this run: its rate, its polls, and the handling times that were measured in it.
    steps : DataFrame
        One row per event: position (int64, the store's own), due_at, committed_at, begun_at, visible_at, late_seconds,
        handling_seconds (float64, seconds). late_seconds: by how much the writer began after the moment drawn for it.
        begun_at: when the projector began the poll that took the event. handling_seconds: from there until it is
        visible, or its share of the batch: the work, and what reading, pandas and saving cost.
    reads : DataFrame
        One row per look of the reader: asked_at, answered_at (float64, seconds), position (int64): how far the read
        model was.
    """

    def __init__(self, model: LagModel, steps: pd.DataFrame, reads: pd.DataFrame) -> None:
        partition = np.zeros(len(steps), dtype="int64")
        visible = steps["visible_at"].to_numpy()[np.newaxis]
        super().__init__(model, steps["committed_at"].to_numpy(), partition, visible)
        self.steps, self.reads = steps, reads

    @property
    def kept_rate(self) -> float:
        """How many events per second were committed, as a share of what was asked for over the same moments."""
        due, committed = (float(np.ptp(self.steps[name])) for name in ("due_at", "committed_at"))
        return due / committed

    @property
    def caution(self) -> str:
        """Why some figures have no interval, and whether the machine could not keep the rate."""
        if self.kept_rate >= KEPT:
            return super().caution
        asked = self.model.events_per_second
        return (
            f"The machine did not keep the rate: asked for {asked:.3g} per second, the writer committed "
            f"{asked * self.kept_rate:.3g}. What was measured is the lag at that rate. {super().caution}"
        ).strip()

    def missed_reads(self) -> float:
        """Return the share of the reader's looks that missed an event which was committed when it asked."""
        positions = self.steps["position"].to_numpy()
        committed = np.searchsorted(self.committed_at, self.reads["asked_at"].to_numpy(), side="right")
        seen = np.searchsorted(positions, self.reads["position"].to_numpy(), side="right")
        return float((seen < committed).mean())


def measure_lag(
    url: str | None = None,
    *,
    rate: float,
    events: int | None = None,
    seconds: float | None = None,
    handling: Duration = NOTHING,
    poll: float = 0.005,
    batch: int | None = None,
    seed: int = 0,
) -> MeasuredLag:
    """Measure the lag of real processes on a real store: one writes, one projects, one reads.

    It takes as long as the run itself, and about two seconds to start. Two runs with one seed have the same moments and
    the same work, and `simulate_lag` with that seed and rate has the same moments too.

    Parameters
    ----------
    url : str, optional
        A log, as `open_event_store` opens it: ``sqlite:///…``, ``postgresql://…`` or ``nats://…``, that nobody else
        writes meanwhile. The events stay in it. Without one, a SQLite file in a temporary folder, which is deleted.
    rate : float
        Events per second, at random moments (Poisson).
    events, seconds : int, float
        How long: give one of the two.
    handling : Duration, optional
        How much processor time the projection works on each event, beside what projecting it costs anyway.
    poll : float, optional
        Seconds that the projector sleeps.
    batch : int, optional
        Without it, the projector takes one event after the other until nothing is left, and sleeps then. With it, it
        takes at most so many at a time, which become visible together, and sleeps after each poll.
    seed : int, optional

    Returns
    -------
    MeasuredLag

    Raises
    ------
    InvalidArgument
        An argument without a meaning.
    MeasurementFailed
        A process ended early, such as one that cannot reach its store.

    Notes
    -----
    Committed is when the append has returned; visible, when the projector has saved table and checkpoint. All times are
    ``time.monotonic_ns``, which the processes of a machine share; it is checked before each run that they do. The
    processes end with the call, however it ends, and with the process that called.

    Examples
    --------
    >>> from cqrs_lab.simulation import Exponential
    >>> from cqrs_lab.simulation.measure import measure_lag
    >>> measured = measure_lag(rate=100, events=30, handling=Exponential(mean=0.001), seed=1)
    >>> len(measured.events), list(measured.events)[:4]
    (30, ['position', 'committed_at', 'visible_at', 'lag_seconds'])
    """
    events = _events(rate, events, seconds)
    plan = LagModel(Poisson(rate), duration("handling", handling), polling=polling(poll, batch))
    drawn = Draws(plan, events, whole("seed", seed, least=0))
    with tempfile.TemporaryDirectory(prefix="cqrs-lab-", ignore_cleanup_errors=True) as folder:
        read_model = Path(folder) / "read_model.db"
        shared = {"folder": folder, "url": _checked(url, folder), "read_model": str(read_model)}
        new_file(read_model)
        plans = {
            "writer": shared | _writing(drawn),
            "projector": shared | {"events": events, "batch": batch, "poll_ns": round(poll * NANO)},
            "reader": shared | {"ask_ns": _ns(_looks(drawn))},
        }
        with parts(plans) as started:
            start, rows = begin(started)
    steps = _steps(drawn.committed_at, rows["writer"], rows["projector"], start)
    model = LagModel(plan.arrivals, Empirical(steps["handling_seconds"].tolist()), polling=plan.polling)
    return MeasuredLag(model, steps, _reads(rows["reader"], start))


def polling(poll: float, batch: int | None) -> Polling:
    """Return how the simulator says what the projector of a measurement does."""
    interval = Fixed(positive("poll", poll))
    if batch is None:
        return Polling(interval, mode="drain")
    return Polling(interval, batch_limit=whole("batch", batch), commit="batch", mode="sleep_after")


def _events(rate: float, events: int | None, seconds: float | None) -> int:
    rate = positive("rate", rate)
    if (events is None) == (seconds is None):
        raise InvalidArgument(f"events={events!r}, seconds={seconds!r}: give one of the two, such as events=500")
    if events is None:
        events = round(rate * positive("seconds", seconds))
    return whole("events", events, least=LEAST_EVENTS, most=MOST_EVENTS)


def _checked(url: str | None, folder: str) -> str:
    if url is None:
        return f"sqlite:///{Path(folder) / 'log.db'}"
    if not isinstance(url, str) or url.partition("://")[0] not in ("sqlite", "postgresql", "nats"):
        raise refuse(
            "url", without_password(url), "a log that processes share; give sqlite:///, postgresql:// or nats://"
        )
    return url


def _writing(drawn: Draws) -> dict[str, Any]:
    work = drawn.work(replica=0).handling.tolist()
    return {"stream": f"measured-{uuid4().hex}", "due_ns": _ns(drawn.committed_at), "work_seconds": work}


def _looks(drawn: Draws) -> Seconds:
    """Return when the reader looks: at random, as often as events come, until the last of them."""
    moments = drawn.model.arrivals.draw(child(drawn.seed, "reader"), drawn.events)
    return moments[: int(np.searchsorted(moments, drawn.committed_at[-1]))]


def _ns(seconds: Seconds) -> list[int]:
    return [round(one) for one in (seconds * NANO).tolist()]


def _steps(due: Seconds, writer: Sequence[Any], projector: Sequence[Any], start: int) -> pd.DataFrame:
    began, committed, position = np.array(writer, dtype="int64").T
    begun, visible, upto = np.array(projector, dtype="int64").T
    poll = np.searchsorted(upto, position)  # the first poll that came so far
    together = np.bincount(poll, minlength=len(upto))
    since_start = {"committed_at": committed, "begun_at": begun[poll], "visible_at": visible[poll]}
    steps = pd.DataFrame({name: (moments - start) / NANO for name, moments in since_start.items()})
    steps.insert(0, "position", position)
    steps.insert(1, "due_at", due)
    steps["late_seconds"] = (began - start) / NANO - due
    steps["handling_seconds"] = (steps["visible_at"] - steps["begun_at"]) / together[poll]
    return steps


def _reads(rows: Sequence[Any], start: int) -> pd.DataFrame:
    asked, answered, position = np.array(rows, dtype="int64").reshape(-1, 3).T
    moments = {"asked_at": (asked - start) / NANO, "answered_at": (answered - start) / NANO}
    return pd.DataFrame({**moments, "position": position})
