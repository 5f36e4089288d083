"""Everything put together: a store, a bus for commands, a projector for the table, a bus for queries."""

from typing import NamedTuple

import cqrs_lab as lab

from .places import Places, PlacesLeft, places_left
from .rules import register


class Workshops(NamedTuple):
    """The parts of a running system."""

    store: lab.EventStore
    bus: lab.CommandBus
    places: lab.Projector
    queries: lab.QueryBus


def open_workshops(store: lab.EventStore | None = None) -> Workshops:
    """Open the system on a store; by default on an empty one in memory.

    To keep the log: ``lab.open_event_store("sqlite:///my_domain.db", events=RECORDED_NAMES)``.
    """
    store = store or lab.MemoryEventStore()
    bus, places, queries = lab.CommandBus(store), lab.Projector(store, Places()), lab.QueryBus()
    register(bus)
    queries.register(PlacesLeft, places_left, reads=places)
    return Workshops(store, bus, places, queries)
