"""Competing consumers: one queue, and whoever is free takes the next event."""

from __future__ import annotations

import heapq

import numpy as np

from cqrs_lab.simulation.durations import Seconds


def visible(arrived: Seconds, seconds: Seconds, consumers: int) -> Seconds:
    """Tell when each event is visible; events in the order in which they come. They may overtake."""
    free = [0.0] * consumers
    done = np.empty(len(arrived))
    for event, (at, takes) in enumerate(zip(arrived.tolist(), seconds.tolist(), strict=True)):
        finish = max(at, free[0]) + takes
        heapq.heapreplace(free, finish)
        done[event] = finish
    return done
