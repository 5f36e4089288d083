"""One shop's tills, in the kit and in eventsourcing: the same events, commands and totals in both."""

from __future__ import annotations

from dataclasses import dataclass

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Tracking
from eventsourcing.popo import POPOTrackingRecorder
from eventsourcing.projection import Projection, ProjectionRunner

import cqrs_lab as lab
from tools.sales import Sold

PRODUCTS = [f"product-{number}" for number in range(1_000)]


@dataclass(frozen=True, slots=True)
class Sell:
    till: str
    product: str
    units: int


def sales(count, first=0):
    """Return sales that touch every product in turn."""
    return [Sold(PRODUCTS[number * 31 % 1_000], number % 5) for number in range(first, first + count)]


def bus_of(store):
    """Return a bus that sells; a till's state is the number of units sold."""
    bus = lab.CommandBus(store)
    decide = lambda command, sold: [Sold(command.product, command.units)]  # noqa: E731
    bus.register(Sell, lab.Decider(0, decide, lambda sold, event: sold + event.units), stream=lambda sell: sell.till)
    return bus


class Till(Aggregate):
    @event("Opened")
    def __init__(self):
        self.units = 0

    @event("Sold")
    def sell(self, product: str, units: int):
        self.units += units


class Tills(Application):
    def record(self, sold):
        """Record these sales on a new till, as one commit, and return its id."""
        till = Till()
        for one in sold[1:]:  # with the event that opens it, as many events
            till.sell(one.product, one.units)
        self.save(till)
        return till.id

    def sell(self, till, product, units):
        """Load, decide, append; return the position."""
        loaded = self.repository.get(till)
        loaded.sell(product, units)
        return self.save(loaded)[-1].notification.id

    def in_order(self):
        """Yield all events of the log, a thousand read at a time."""
        start = 1
        while page := self.recorder.select_notifications(start, 1_000):
            yield from map(self.mapper.to_domain_event, page)
            start = page[-1].id + 1

    def totals(self):
        """Return the units by product, from all events."""
        units = {}
        for one in self.in_order():
            if isinstance(one, Till.Sold):
                units[one.product] = units.get(one.product, 0) + one.units
        return units

    def projected(self):
        """Do the same in a projection, as its runner would: each event with its place in the log."""
        shown = Shown(View())
        for place, one in enumerate(self.in_order(), 1):
            shown.process_event(one, Tracking("Tills", place))
        return shown.view.units


class View(POPOTrackingRecorder):
    def __init__(self):
        super().__init__()
        self.units = {}


class Shown(Projection[View]):
    def process_event(self, domain_event, tracking):
        if isinstance(domain_event, Till.Sold):
            units = self.view.units
            units[domain_event.product] = units.get(domain_event.product, 0) + domain_event.units
        self.view.insert_tracking(tracking)


def started():
    """Return eventsourcing's runner, with an empty application and a projection that follows it."""
    return ProjectionRunner(application_class=Tills, projection_class=Shown, view_class=View)


def race_to_load_decide_append(store, their):
    """Return what to time, for one command to a stream of so many events: `(length) -> contenders`."""
    bus = bus_of(store)

    def of(length):
        sold = sales(length)
        store.append(f"till-{length}", sold, expected=0)
        till, command = their.record(sold), Sell(f"till-{length}", "product-7", 2)
        return {"kit": lambda: bus.send(command), "theirs": lambda: their.sell(till, "product-7", 2)}

    return of
