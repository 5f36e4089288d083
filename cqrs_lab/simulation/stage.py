"""The stage under every run of the real thing: a clock, and the store and the command bus that live by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import simpy
from simpy.events import ProcessGenerator

from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.write.command_bus import CommandBus

AFTER_ALL_ELSE: Any = 2
"""Priority of a poll: it comes after everything that commits at the same moment."""


def at(world: simpy.Environment, moment: float, priority: Any = 1) -> simpy.Event:
    """Return an event that happens at a moment; at once if that is past."""
    event = world.event()
    event._ok, event._value = True, None
    world.schedule(event, priority=priority, delay=max(0.0, moment - world.now))
    return event


class Stage(simpy.Environment):
    """SimPy's clock, with a store that records by it, and a command bus. Who acts, and what is judged, is not its task.

    Examples
    --------
    >>> from cqrs_lab.shop import week, write
    >>> from cqrs_lab.simulation.stage import Stage
    >>> stage = Stage(write.register)
    >>> def trade():
    ...     for command in week.commands():
    ...         yield stage.timeout(60)
    ...         stage.bus.send(command)
    >>> stage.play(trade())
    >>> [recorded.recorded_at for recorded in stage.store.read_all(limit=2)]
    [60, 120]
    """

    def __init__(
        self, register: Callable[[CommandBus], None] = lambda bus: None, store: Callable[..., Any] = MemoryEventStore
    ) -> None:
        super().__init__()
        self.store = store(clock=lambda: self.now)
        self.bus = CommandBus(self.store)
        register(self.bus)

    def enters(self, act: ProcessGenerator) -> simpy.Process:
        """Let somebody act from now on. An error of an act ends the run: nobody who waits for the act can catch it."""

        def carried() -> ProcessGenerator:
            try:
                yield from act
            except _Carried:
                raise
            except Exception as error:
                raise _Carried(error) from error

        return self.process(carried())

    def play(self, act: ProcessGenerator) -> None:
        """Run until this act has come to its end."""
        self.run(until=self.enters(act))

    def step(self) -> None:
        """Take SimPy's next step; an error comes out as it was raised."""
        try:
            return super().step()
        except _Carried as carried:
            error: Exception = carried.args[0]
        raise error  # not within the except block, or it would be said to come from there


class _Carried(Exception):
    """Holds an error on its way through SimPy, which raises a new one made from the old one's arguments, if it can."""
