"""A story: the commands that are sent, and the read model that is built from their events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import pandas as pd

from cqrs_lab.read.projection import Projection
from cqrs_lab.simulation.faults.laws import Fold
from cqrs_lab.simulation.faults.plan import KINDS, Fault
from cqrs_lab.write.command_bus import CommandBus
from cqrs_lab.write.decider import Decider


@dataclass(frozen=True)
class Story:
    """The commands, sent one a second, and the read model that is built from their events.

    Attributes
    ----------
    kinds : tuple of types
        Which kinds of faults can strike in such a story.
    longest_seconds : int
        The longest delay in a random plan.
    register : callable
        ``register(bus)`` registers deciders with a command bus.
    commands : tuple
    projection : callable
        Makes the projection.
    expected : callable, optional
        ``expected()`` returns the table that these commands should lead to, computed without the log. It exposes a
        command that was recorded twice; a fold of the log would agree with itself.
    """

    kinds: ClassVar[tuple[type[Fault], ...]] = tuple(KINDS.values())
    longest_seconds: ClassVar[int] = 4

    register: Callable[[CommandBus], None]
    commands: tuple[object, ...]
    projection: Callable[[], Projection]
    expected: Callable[[], pd.DataFrame] | None = None

    @cached_property
    def fold(self) -> Fold:
        """Computes the table of a log all at once: every run of the story is compared with it."""
        return Fold(self.projection())


def story_of(
    events: Sequence[object], projection: Callable[[], Projection], stream: Callable[[Any], str] = lambda event: "log"
) -> Story:
    """Return a story in which each command records one of these events: for a projection without a write side.

    Parameters
    ----------
    events : sequence of events
    projection : callable
        Makes the projection.
    stream : callable, optional
        ``stream(event)`` names the stream of an event; by default all are on one.

    Examples
    --------
    >>> from cqrs_lab.shop import events, read
    >>> from datetime import datetime
    >>> from cqrs_lab.simulation.faults import simulate_faults, story_of
    >>> story = story_of([events.StockReceived("cup", 2, datetime(2026, 1, 5))], read.InventoryLevels)
    >>> int(simulate_faults(story).table.at["cup", "received"])
    2
    """
    recorder: Decider[Any, Any, Any] = Decider(None, lambda event, nothing: [event], lambda nothing, event: nothing)

    def register(bus: CommandBus) -> None:
        for event_type in dict.fromkeys(map(type, events)):
            bus.register(event_type, recorder, stream=stream)

    return Story(register, tuple(events), projection)
