"""The kit's shop, as a report takes it: its week, its read models, a day of fulfilment, and what readers saw."""

from __future__ import annotations

from typing import Any

from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.own_system.door import your_system
from cqrs_lab.shop import fulfilment, parties, read, visits, week, write
from cqrs_lab.simulation import Domain, Exponential, Fixed, LagModel, Poisson, simulate_world
from cqrs_lab.simulation.faults import ProcessStory


def the_shop() -> dict[str, Any]:
    """Return the arguments of a report about the shop."""
    tea = Domain(write.register, visits.order_one, visits.UnitsOrdered, keys=("cup", "pot"))
    model = LagModel(Poisson(2.0), Exponential(0.4), replicas=2)
    looks = simulate_world(model, tea, visits=40, think=Fixed(0.5), policy="token")
    return {
        "name": "The shop of cqrs-lab",
        "store": MemoryEventStore,
        "register": write.register,
        "commands": week.commands(),
        "projections": (read.OrderHistory, read.InventoryLevels, read.RevenueByDay),
        "process": ProcessStory(write.register, fulfilment.process, parties.draw_parties(seed=1)),
        "trace": looks.trace,
        "system": your_system(rate=50, handling_ms=8, think_seconds=1, log_events=1_000_000, events=20_000),
    }
