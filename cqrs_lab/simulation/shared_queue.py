"""Competing consumers: one queue, from which the next free consumer takes an event."""

from __future__ import annotations

import heapq

import numpy as np

from cqrs_lab.simulation.durations import Seconds


def visible(arrived: Seconds, seconds: Seconds, consumers: int) -> Seconds:
    """Return when each event becomes visible; the events are in order of arrival, and may overtake each other."""
    free = [0.0] * consumers
    done = np.empty(len(arrived))
    for event, (at, takes) in enumerate(zip(arrived.tolist(), seconds.tolist(), strict=True)):
        finish = max(at, free[0]) + takes
        heapq.heapreplace(free, finish)
        done[event] = finish
    return done
