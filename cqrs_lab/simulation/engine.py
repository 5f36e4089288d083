"""The fast engine: when every event is visible, worked out from the draws of a run."""

from __future__ import annotations

from functools import partial

import numpy as np

from cqrs_lab.simulation import polled, polled_undisturbed, pushed, shared_queue
from cqrs_lab.simulation.clocks import Downtime
from cqrs_lab.simulation.draws import Draws, Integers, ProjectorWork
from cqrs_lab.simulation.durations import Seconds


def visible_at(draws: Draws) -> Seconds:
    """Return when each event is visible: one row per replica, one column per event, by position."""
    reached = _reached(draws)
    queues = [_queue(draws, reached, partition) for partition in range(len(draws.model.shares))]
    rows = [_replica(draws, reached, queues, replica) for replica in range(draws.model.replicas)]
    return np.stack(rows) if len(rows) > 1 else rows[0][np.newaxis]


def _replica(draws: Draws, reached: Seconds, queues: list[Integers | slice], replica: int) -> Seconds:
    """Return when each event is visible at one replica."""
    work = draws.work(replica)
    if isinstance(queues[0], slice):  # all events, in order
        return _projector(draws, reached, work, 0, replica)
    visible = np.empty(draws.events)
    for partition, events in enumerate(queues):
        if len(reached[events]):
            visible[events] = _projector(draws, reached[events], work.of(events), partition, replica)
    return visible


def _reached(draws: Draws) -> Seconds:
    """Return when each event has come to its projector."""
    left = draws.committed_at if draws.relay is None else pushed.one_by_one(draws.committed_at, draws.relay)
    return left if draws.delivery is None else left + draws.delivery


def _queue(draws: Draws, reached: Seconds, partition: int) -> Integers | slice:
    """Return a partition's events, in the order in which its projector takes them."""
    if draws.delivery is None and len(draws.model.shares) == 1:
        return slice(None)
    events = np.flatnonzero(draws.partition == partition)
    if draws.delivery is None:
        return events
    if draws.model.delivery_in_order:
        reached[events] = np.maximum.accumulate(reached[events])
        return events
    return events[np.argsort(reached[events], kind="stable")]


def _projector(draws: Draws, arrived: Seconds, work: ProjectorWork, partition: int, replica: int) -> Seconds:
    """Let one projector follow its queue; planned outages are stretches that all its clocks leave out."""
    model = draws.model
    if model.consumers == 1 and model.polling is None and model.crashes is None and not model.outages:
        total = work.total
        return pushed.one_by_one(arrived, total, out=total)  # nobody needs the draws again
    outages, crashes = Downtime.planned(draws.outages), model.crashes
    reached, arrived = arrived, outages.working_time(arrived) if model.outages else arrived
    until, repairs = draws.until_crash(partition, replica), draws.repairs(partition, replica)
    if model.consumers > 1:
        done = shared_queue.visible(arrived, work.total, model.consumers)
    elif model.polling is None:
        done = pushed.visible(arrived, work, crashes, until, repairs)
    elif crashes is None and not model.outages:
        intervals = partial(draws.intervals, partition, replica)
        done = polled_undisturbed.visible(arrived, work.total, model.polling, intervals)
    else:
        polls = draws.intervals(partition, replica)
        done = polled.visible(arrived, work, model.polling, polls, crashes, until, repairs, outages)
    return outages.resumed(outages.put_back(done), reached) if model.outages else done
