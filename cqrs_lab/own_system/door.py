"""The door to `YourSystem`: it is light, so that `import cqrs_lab` does not wait for the simulation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cqrs_lab.own_system.system import YourSystem

Typical = float | tuple[float, float]
"""A number, which is then always the same, or the pair (p50, p99)."""


def your_system(
    times: str | Path | None = None,
    *,
    handling_ms: Typical,
    think_seconds: Typical,
    log_events: int,
    rate: float | None = None,
    per: str = "second",
    events_per_command: int = 1,
    poll_seconds: float = 0.0,
    polls: str = "at fixed times",
    batch: int | None = None,
    replicas: int = 1,
    retries: float = 0.0,
    backoff_seconds: float = 0.0,
    rebuild_per_second: float | None = None,
    transaction_ms: float = 5.0,
    objective_seconds: float = 1.0,
    events: int = 100_000,
    seed: int = 1,
) -> YourSystem:
    """Return what the simulation says of a system of yours: five numbers, each with its interval, and a picture.

    Give the rate, and commands come at random; or give a file of times, and they come as they came. How long handling
    and readers take is a pair, p50 and p99: a log-normal distribution has exactly these two. One number means that it
    is always the same.

    Parameters
    ----------
    times : str or Path, optional
        A CSV file in UTF-8 with commas, and a column ``time`` and a column ``command`` (its type); other columns are
        left alone. Times are in order: all as ISO 8601 (2026-03-02T09:00:00.250, with a zone in every row or in none),
        or all as seconds (0.25), counted from anywhere. From 100 to 100,000 commands: an hour or a day.
    handling_ms : (p50, p99) or float
        How long a projector takes for an event, in milliseconds.
    think_seconds : (p50, p99) or float
        How long after their command's commit people look for what they changed.
    log_events : int
        How many events a rebuild has to read.
    rate : float, optional
        How many commands come, instead of `times`.
    per : {"second", "minute", "hour", "day"}, optional
        What the rate is per.
    events_per_command : int, optional
    poll_seconds : float, optional
        The interval at which a projector looks into the log; 0: it is told at once.
    polls : {"at fixed times", "an interval after each batch", "an interval after the queue is empty"}, optional
        What the interval is counted from, as in lesson 7.
    batch : int, optional
        At most this many events a poll.
    replicas : int, optional
        Copies of the read model; a reader meets any of them.
    retries : float, optional
        The share of attempts to handle an event that fail; each is tried again, after `backoff_seconds`.
    backoff_seconds : float, optional
    rebuild_per_second : float, optional
        How many events a rebuild takes a second, as measured; without it, as many as handling one by one allows.
    transaction_ms : float, optional
        How long a command's transaction is open on average; how long one is open is random, as in lesson 9b.
    objective_seconds : float, optional
        The promise: 99 in 100 events are visible by then.
    events : int, optional
        How many events a run simulates. All runs together are 200 times as long at most, and what that costs is known
        before the first one.
    seed : int, optional

    Returns
    -------
    YourSystem
        `numbers` is the table, `figure()` the picture, `lag_explorer()` and `hockey_stick()` move both.

    Raises
    ------
    InvalidArgument
        A number, or a file, that has no meaning, or two; a system that never catches up; or a run that is too long.
        The message says what to do.

    Notes
    -----
    Of a file of times, which come once, ten runs differ in how long handling takes; the intervals are about that.

    Examples
    --------
    50 commands a second, and a projector that needs 8 milliseconds for an event, and for 1 in 100 more than 40:

    >>> import cqrs_lab as lab
    >>> mine = lab.your_system(rate=50, handling_ms=(8, 40), think_seconds=(1, 5), log_events=20_000_000)
    >>> mine.numbers.loc["rebuild", "says"]
    'A rebuild of 20,000,000 events takes 4.78 days, while 50 events a second go on coming in.'
    """
    # The simulation needs SciPy and SimPy, and the picture Matplotlib: who gives no numbers does not wait for them.
    from cqrs_lab.own_system.given import Promises, Reading, given
    from cqrs_lab.own_system.system import YourSystem

    poller = Reading(poll_seconds, polls, batch, replicas, retries, backoff_seconds, handling_ms, events_per_command)
    promises = Promises(think_seconds, log_events, rebuild_per_second, transaction_ms, objective_seconds)
    return YourSystem.of(given(times, rate, per, poller, promises, events, seed))
