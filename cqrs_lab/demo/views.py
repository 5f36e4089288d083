"""What each demo shows: a function per demo, which runs the kit and returns the view, as its lesson does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pandas as pd

import cqrs_lab as lab
from cqrs_lab import show
from cqrs_lab.course.exercises.lesson_05 import ProductRated
from cqrs_lab.shop import events, read, rush, visits, week, workload, write
from cqrs_lab.simulation import (
    Clockwork,
    Domain,
    Exponential,
    Fixed,
    LagModel,
    Poisson,
    Polling,
    simulate_lag,
    simulate_world,
)
from cqrs_lab.simulation.choice_cases import CASES
from cqrs_lab.simulation.faults import Story


def _day(number: int) -> datetime:
    return datetime(2026, 1, number, 9)


def _sent(commands: Any) -> lab.MemoryEventStore:
    """Return the log of a shop that was sent these commands."""
    store = lab.MemoryEventStore(clock=lambda: 0.0)
    bus = lab.CommandBus(store)
    write.register(bus)
    for command in commands:
        bus.send(command)
    return store


def _free(facts: Sequence[Any]) -> int:
    came = sum(one.quantity for one in facts if isinstance(one, events.StockReceived))
    return came - sum(one.quantity for one in facts if isinstance(one, events.StockReserved))


def _sell(who: str, facts: Sequence[Any]) -> list[Any]:
    if _free(facts) > 0:
        return [events.StockReserved("cup", who, 1, _day(6))]
    return [events.StockReservationRefused("cup", who, 1, 1, _day(6))]


def duel() -> show.View:
    """Return two buyers and the last cup, lesson 3."""
    one_cup = [events.StockReceived("cup", 1, _day(5))]
    return show.duel(_sell, "stock-cup", one_cup, {"Ada": "ada", "Ben": "ben"}, left=_free)


def time_machine() -> show.View:
    """Return the weekend of lesson 3, at any moment of it."""
    cups = (events.OrderLine(1, "cup", "Tea cup", 2, 2550),)
    weekend = (
        write.ReceiveStock("cup", 12, _day(2)),
        write.PlaceOrder("7", "ada", "Ireland", cups, (), _day(3)),
        write.AdjustStock("cup", -1, "broken", "slip 31", _day(4)),
    )
    return show.time_machine(_sent(weekend), "stock-cup", write.stock, [read.OrderHistory(), read.InventoryLevels()])


class Stars:
    """The average of averages of lesson 5: it depends on where the log is cut."""

    name, version, events = "stars", 1, (ProductRated,)
    schema = lab.Schema(index=["product_id"], columns={"average": "float64"})

    def summarise(self, batch: lab.EventBatch) -> pd.DataFrame:
        """Average the stars of a batch."""
        rated = batch.frame(ProductRated)
        return rated.groupby("product_id")[["stars"]].mean().rename(columns={"stars": "average"})

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Average the averages, which is the mistake."""
        return pd.concat([table, rows]).groupby(level=0).mean()


def scissors() -> show.View:
    """Return a cut through eight ratings, lesson 5."""
    ratings = lab.MemoryEventStore(clock=lambda: 0.0)
    given = [("cup", 5), ("pot", 4), ("cup", 5), ("pot", 2), ("cup", 5), ("pot", 3), ("pot", 3), ("cup", 1)]
    for product, stars in given:
        ratings.append(f"ratings-{product}", [ProductRated(product, stars)], expected=lab.Expected.ANY)
    return show.cut_and_merge(Stars(), ratings)


def tables() -> show.View:
    """Return the log of a week and three tables that read it, lesson 5."""
    models: list[lab.Projection] = [read.OrderHistory(), read.ProductListing(), read.InventoryLevels()]
    return show.log_and_tables(_sent(week.commands()), models)


def why() -> show.View:
    """Return the events behind a cell of the order history, lesson 5; order 8 is for the room to guess first."""
    return show.why_is_it(_sent(week.commands()), read.OrderHistory(), "7", "units")


def staircases() -> show.View:
    """Return what is committed and what is seen, lesson 7, covered until the room has guessed."""
    run = simulate_lag(LagModel(Clockwork(0.5), Fixed(0), polling=Polling(Fixed(4.0))), events=4_000)
    view = show.staircases(run.events, count=30)
    view.veil = "First let the room guess: one second, two, or four?"
    return view


def stick() -> show.View:
    """Return the hockey stick of lesson 7, covered until the room has guessed."""
    view = show.hockey_stick(lambda busy: LagModel(Poisson(busy), Exponential(mean=1.0)))
    view.veil = "First let the room guess: a little, by half, or does it double?"
    return view


def queues() -> show.View:
    """Return three queues before one handler, lesson 7, before the first event."""
    view = show.queues(
        {
            f"{busy} % busy": simulate_lag(LagModel(Poisson(busy / 100), Exponential(mean=1.0)), events=700, seed=237)
            for busy in (80, 90, 95)
        }
    )
    view.move(second=0)
    return view


def lag() -> show.View:
    """Return the lag explorer of lesson 7."""
    moved = ["rate", "handling", "poll", "mode", "arrivals", "times"]
    return show.lag_explorer(moved, arrivals="at random", times="at random")


TWO_COPIES = LagModel(Poisson(2.0), Exponential(mean=0.4), replicas=2)
TEA = Domain(write.register, visits.order_one, visits.UnitsOrdered, keys=("cup", "pot"))


def fronts() -> show.View:
    """Return the first visitors of lesson 8 and the copies they look at."""
    return show.fronts(simulate_world(TWO_COPIES, TEA, visits=14, think=Fixed(0.5), seed=11))


def remedies() -> show.View:
    """Return six remedies and what each costs, lesson 8."""
    return show.policies(TWO_COPIES, TEA, seed=30)


def who_saw_what() -> show.View:
    """Return sixty visits, and where a promise was broken, lesson 8."""
    sixty = simulate_world(TWO_COPIES, TEA, visits=60, think=Fixed(0.5), seed=4)
    return show.who_saw_what(sixty.trace, ["read_your_writes", "monotonic_reads", "linearizable"])


def crash() -> show.View:
    """Return the fault plan of lesson 9."""
    sold = [("ada", "cup", 1), ("ben", "pot", 1), ("ada", "cup", 3)]
    sold += [("cleo", "cup", 9), ("ben", "pot", 3), ("ada", "cup", 27)]
    orders = tuple(visits.order_one(number, *one) for number, one in enumerate(sold, 1))
    return show.fault_plan(Story(write.register, orders, visits.UnitsOrdered))


def turns() -> show.View:
    """Return two transactions and a reader who take turns, lesson 9b."""
    return show.interleaving()


def skipped() -> show.View:
    """Return the event that nobody reads, and its remedies, lesson 9b."""
    return show.skipped_event()


class UnitsKept:
    """Units ordered and not sent back: version 2 of lesson 10's table."""

    name, version, events = "units_ordered", 2, (events.OrderPlaced, events.ItemsReturned)
    schema = lab.Schema(index=["product_id"], columns={"units": "int64"})

    def summarise(self, batch: lab.EventBatch) -> pd.DataFrame:
        """Count what went out less what came back."""
        out, back = (batch.frame(kind, each="lines") for kind in self.events)
        lines = pd.concat([out, back.assign(quantity=-back["quantity"])])
        return lines.groupby("product_id")["quantity"].sum().to_frame("units")

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Add up."""
        return lab.merge_rows(table, rows, add=["units"])


def rebuild() -> show.View:
    """Return the rebuild studio of lesson 10."""
    trade = workload.commands(seed=10, orders_per_day=6, days=90, products=40, cancellation_rate=0, returns_rate=0.2)
    return show.rebuild_studio(_sent(trade), visits.UnitsOrdered, UnitsKept)


def scaling() -> show.View:
    """Return the read side of lesson 11 on a busy evening, covered until the room has voted."""
    moved = [one.event for one in rush.evening().read_all()]
    kinds = events.StockReserved | events.StockReleased
    view = show.read_side([(one.product_id, one.order_id) for one in moved if isinstance(one, kinds)])
    view.veil = "First let the room vote: partitions, speed, or copies?"
    return view


def verdict() -> show.View:
    """Return the choice of lesson 15, for the free seats of a concert, covered until the room has voted."""
    view = show.should_you(CASES["seat map"], unit="ms")
    view.veil = "First let the room vote: CRUD or CQRS?"
    return view


VIEWS: dict[str, Callable[[], show.View]] = {
    "duel": duel,
    "time-machine": time_machine,
    "scissors": scissors,
    "tables": tables,
    "why": why,
    "staircases": staircases,
    "stick": stick,
    "queues": queues,
    "lag": lag,
    "fronts": fronts,
    "remedies": remedies,
    "who-saw-what": who_saw_what,
    "crash": crash,
    "turns": turns,
    "skipped": skipped,
    "rebuild": rebuild,
    "scaling": scaling,
    "verdict": verdict,
}
