"""What the SimPy processes of this package share: moments, and what comes first among those of one moment."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

Process = Generator[simpy.Event, Any, Any]
AFTER_ALL_ELSE: Any = 2
"""Priority of a poll: what commits at that very moment is there already."""


def at(world: simpy.Environment, moment: float, priority: Any = 1) -> simpy.Event:
    """Give an event that happens at a moment; at once if that is over."""
    event = world.event()
    event._ok, event._value = True, None
    world.schedule(event, priority=priority, delay=max(0.0, moment - world.now))
    return event
