"""What has a key is one thing from picture to picture: in a picture no two things have the same."""

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.read.history import TableHistory
from cqrs_lab.shop import one_order, read, visits, week, write
from cqrs_lab.shop.events import StockReceived
from cqrs_lab.shop.online_retail import by_day
from cqrs_lab.show import (
    RecordedRun,
    View,
    any_day,
    cut_and_merge,
    duel,
    fault_plan,
    interleaving,
    log_and_tables,
    one_file,
    process_lanes,
    queues,
    rebuild_studio,
    scene,
    skipped_event,
    staircases,
    time_machine,
    two_clerks,
)
from cqrs_lab.show.picture import joined, table
from cqrs_lab.simulation import Clockwork, Fixed, LagModel, Poisson, Polling, simulate_lag
from cqrs_lab.simulation.faults import Story

from .conftest import EVENING, cups

SETTINGS = 8  # of each view, about


class Keys(HTMLParser):
    """The keys of a picture, and those that stand within an element that has one itself."""

    VOID = {"br", "wbr", "hr", "img"}

    def __init__(self, html):
        super().__init__()
        self.found, self.within, self.origins, self._open = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        key, origin = (dict(attributes).get(name) for name in ("data-key", "data-from"))
        self.origins += [origin] * (origin is not None)
        if key is not None:
            self.found.append(key)
            self.within += [key] * any(self._open)
        if tag not in self.VOID:
            self._open.append(key is not None)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self._open.pop()

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            self._open.pop()


def a_week():
    store = MemoryEventStore()
    bus = lab.CommandBus(store)
    write.register(bus)
    for command in week.commands():
        bus.send(command)
    return store


def any_day_of(store):
    days = by_day(store.read_all())
    sellers = TableHistory(read.BestSellers(), days.values())
    total = sellers, lambda sold: sold["units"].sum()
    best = sellers, lambda sold: sold.nlargest(3, "units")
    return any_day(list(days), what="Units", daily=total, tables={"best": best, "the/best": best})


def a_run(shop):
    run = RecordedRun(shop.store, shop.bus, shop.queries, [shop.history, shop.stock])
    run.send(cups(2))
    run.ask(read.OrdersOf("ada"))
    run.catch_up("order_history")
    run.ask(read.OrdersOf("ada"))
    run.send(cups(3, order_id="8"))
    return run


def lag():
    return simulate_lag(LagModel(Clockwork(1.0), Fixed(0.25), polling=Polling(Fixed(4.0))), 40, seed=1).events


def the_last_cup():
    orders = {name: write.ReserveStock("cup", name, 1, EVENING) for name in ("Ada", "version")}
    return duel(write.stock, "stock-cup", [StockReceived("cup", 1, EVENING)], orders)


def faults():
    orders = tuple(visits.order_one(number, "ada", "cup") for number in (1, 2, 3))
    return fault_plan(Story(write.register, orders, visits.UnitsOrdered))


def sells_what_it_saw(file, product_id, quantity):
    [on_hand] = file.execute("SELECT on_hand FROM stock").fetchone()
    file.execute("UPDATE stock SET on_hand = ?", (on_hand - quantity,))
    return True


VIEWS = {
    "scene": lambda shop: scene(a_run(shop)),
    "queues": lambda shop: queues({"busy": simulate_lag(LagModel(Poisson(0.9), Fixed(1.0)), 60, seed=1)}),
    "log and tables": lambda shop: log_and_tables(a_week(), [read.BestSellers(), read.InventoryLevels()]),
    "log and a table": lambda shop: log_and_tables(shop.store, [read.InventoryLevels()]),
    "cut and merge": lambda shop: cut_and_merge(read.OrderHistory(), a_week()),
    "time machine": lambda shop: time_machine(a_week(), "stock-cup", write.stock, [read.BestSellers()]),
    "duel": lambda shop: the_last_cup(),
    "process lanes": lambda shop: process_lanes(one_order.see_through, one_order.FAILURES, one_order.LANES),
    "rebuild studio": lambda shop: rebuild_studio(a_week(), read.BestSellers, read.BestSellers, before=8),
    "staircases": lambda shop: staircases(lag()),
    "any day": lambda shop: any_day_of(a_week()),
    "one file": lambda shop: one_file(),
    "two clerks": lambda shop: two_clerks(sells_what_it_saw),
    "faults": lambda shop: faults(),
    "skipped event": lambda shop: skipped_event(),
    "interleaving": lambda shop: interleaving(),
}
PLAYED = {
    "scene": "step",
    "queues": "second",
    "log and a table": "inventory_levels",
    "cut and merge": "step",
    "time machine": "position",
    "duel": "step",
    "process lanes": "step",
    "rebuild studio": "step",
    "staircases": "moment",
    "any day": "day",
    "one file": "step",
    "two clerks": "step",
    "faults": "step",
    "interleaving": "step",
}


def settings(view):
    """Yield settings: each control at both of its ends and at some values between them."""
    for control in view.controls:
        least, most = control["least"], control["most"]
        step = max(1, (most - least) * len(view.controls) // SETTINGS)
        for value in [*range(least, most, step), most]:
            yield {control["name"]: value}


@pytest.mark.parametrize("name", VIEWS)
def test_no_two_things_of_a_picture_have_one_key_none_lies_within_another_and_an_origin_is_in_the_picture(name, shop):
    view = VIEWS[name](shop)
    for setting in settings(view):
        keys = Keys(view.at(**setting).html)
        assert len(set(keys.found)) == len(keys.found), setting
        assert keys.within == [], setting
        assert set(keys.origins) <= set(keys.found), setting


@pytest.mark.parametrize("name", VIEWS)
def test_what_has_a_time_is_played_and_in_its_pictures_something_stays_or_comes(name, shop):
    view = VIEWS[name](shop)
    played = [one for one in view.controls if one["plays"]]
    assert [one["name"] for one in played] == ([PLAYED[name]] if name in PLAYED else [])
    for control in played:
        first, last = (set(Keys(view.at(**{control["name"]: control[end]}).html).found) for end in ("least", "most"))
        assert first & last or last - first


def test_a_key_says_what_it_was_made_from():
    parts = [("a", "b/c"), ("a/b", "c"), ("a", "b", "c"), ("a", "b%2Fc"), ("<&>", "'\"")]
    assert len({joined(*one) for one in parts}) == len(parts)
    assert not re.search("[<&>'\"]", joined(*parts[-1]))


def test_rows_are_named_by_their_index_and_rows_of_one_index_are_told_apart():
    frame = pd.DataFrame({"units": [1, 2, 3]}, index=pd.Index(["cup", "pot", "cup"], name="product"))
    assert Keys(table(frame, "Stock", name="stock")).found == ["stock/cup/0", "stock/pot/0", "stock/cup/1"]
    assert Keys(table(frame, "Stock")).found == []


def test_a_view_without_controls_has_no_time(shop):
    assert not any(one["plays"] for one in View(lambda: one_file().picture, []).controls)
