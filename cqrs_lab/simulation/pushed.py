"""A projector that is told at once: first come, first handled."""

from __future__ import annotations

import numpy as np

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.clocks import Downtime
from cqrs_lab.simulation.draws import LazyDraws, ProjectorWork
from cqrs_lab.simulation.durations import Seconds
from cqrs_lab.simulation.model import Crashes

MOST_REPEATS = 10_000


def check_repeats(count: int, crashes: Crashes | None) -> int:
    """Return the count back, or refuse to go on with work that is begun again and again, and never done.

    Raises
    ------
    InvalidArgument
        It has been begun 10,000 times.
    """
    if count > MOST_REPEATS and crashes is not None:
        raise InvalidArgument(
            f"the same work was begun again {MOST_REPEATS:,} times: it takes far longer than the "
            f"{1 / crashes.rate_per_second:g} seconds from crash to crash; crash less often, make batches smaller, "
            "or let it resume"
        )
    return count


def one_by_one(arrived: Seconds, seconds: Seconds, out: Seconds | None = None) -> Seconds:
    """Return when each is done, if one server takes them in this order: Lindley's recursion, without a loop.

    What comes out is written to `out`, which may be `seconds` itself: memory costs more here than arithmetic.

    Source: D. V. Lindley, The theory of queues with a single server, 1952.
    """
    done = np.cumsum(seconds)
    # done + max.accumulate(arrived - (done - seconds)), in one place.
    finish: Seconds = np.subtract(done, seconds, out=out)
    np.subtract(arrived, finish, out=finish)
    np.maximum.accumulate(finish, out=finish)
    finish += done
    return finish


def visible(
    arrived: Seconds, work: ProjectorWork, crashes: Crashes | None, until: LazyDraws, repairs: LazyDraws
) -> Seconds:
    """Return when each event is visible; events in the order in which they come."""
    if crashes is None:
        return one_by_one(arrived, work.total)
    if crashes.when == "handling":
        again = _redelivered if crashes.then == "redeliver" else _resumed
        return one_by_one(arrived, again(work, crashes, until, repairs) + work.total)
    if crashes.then == "resume":
        return _resumed_by_the_clock(arrived, work.total, until, repairs)
    return _redelivered_by_the_clock(arrived, work.total, crashes, until, repairs)


def _resumed(work: ProjectorWork, crashes: Crashes, until: LazyDraws, repairs: LazyDraws) -> Seconds:
    """Return what crashes add to each event, if the clock runs on handling time and work goes on where it stopped."""
    handled = np.cumsum(work.handling)
    crashed = _enough(until, float(handled[-1]))
    lost = np.append(0.0, np.cumsum(repairs.first(len(crashed))))
    return np.diff(lost[np.searchsorted(crashed, handled, side="left")], prepend=0.0)


def _redelivered(work: ProjectorWork, crashes: Crashes, until: LazyDraws, repairs: LazyDraws) -> Seconds:
    """Return what crashes add to each event, if the clock runs on handling time and the event in hand is done again."""
    added, handled = np.zeros(len(work.handling)), np.append(0.0, np.cumsum(work.handling))
    event, crash, repeats = 0, 0, 0
    while True:
        # A life begins with the event that the last one had in hand, and ends where this clock has run out.
        reach = handled[event] + until[crash]
        hit = int(np.searchsorted(handled, reach, side="left")) - 1
        if hit >= len(added):
            return added
        added[hit] += reach - handled[hit] + repairs[crash]
        repeats = check_repeats(repeats + 1, crashes) if hit == event else 0
        event, crash = hit, crash + 1


def _resumed_by_the_clock(arrived: Seconds, seconds: Seconds, until: LazyDraws, repairs: LazyDraws) -> Seconds:
    horizon = float(arrived[-1] + seconds.sum())
    crashed = _enough(until, horizon)
    down = Downtime(crashed, repairs.first(len(crashed)))
    return down.put_back(one_by_one(down.working_time(arrived), seconds))


def _redelivered_by_the_clock(
    arrived: Seconds, seconds: Seconds, crashes: Crashes, until: LazyDraws, repairs: LazyDraws
) -> Seconds:
    """One window per stretch of up-time: what is not done by its end is begun again in the next."""
    done, event, start, crash, repeats = np.empty(len(arrived)), 0, 0.0, 0, 0
    while event < len(arrived):
        end, size = start + until[crash], 64
        while True:
            window = slice(event, event + size)
            finish = one_by_one(np.maximum(arrived[window], start), seconds[window])
            if finish[-1] > end or event + size >= len(arrived):
                break
            size *= 2
        count = int(np.searchsorted(finish, end, side="right"))
        done[event : event + count] = finish[:count]
        repeats = 0 if count or arrived[event] > end else check_repeats(repeats + 1, crashes)
        event, start, crash = event + count, end + repairs[crash], crash + 1
    return done


def _enough(until: LazyDraws, horizon: float) -> Seconds:
    """Return the crashes on their clock, as many as there are up to a horizon, and at least one more."""
    count = 64
    while (crashed := np.cumsum(until.first(count)))[-1] <= horizon:
        count *= 2
    return crashed
