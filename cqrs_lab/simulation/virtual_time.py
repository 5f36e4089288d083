"""What the SimPy processes of this package share: moments, and the order of what happens at the same moment."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

Process = Generator[simpy.Event, Any, Any]
AFTER_ALL_ELSE: Any = 2
"""Priority of a poll: it comes after everything that commits at the same moment."""


def at(world: simpy.Environment, moment: float, priority: Any = 1) -> simpy.Event:
    """Return an event that happens at a moment; at once if that is past."""
    event = world.event()
    event._ok, event._value = True, None
    world.schedule(event, priority=priority, delay=max(0.0, moment - world.now))
    return event
