"""The time machine shows the shop as it was at any position, counted here by hand."""

import re
from html import unescape

import pytest

import cqrs_lab as lab
from cqrs_lab.course.exercises.lesson_03 import HalfStore
from cqrs_lab.shop import read, write
from cqrs_lab.show import time_machine

from .conftest import EVENING, cups


@pytest.fixture
def view(shop):
    shop.bus.send(cups(2))
    shop.bus.send(write.AdjustStock("cup", -1, "broken", "b1", EVENING))
    return time_machine(shop.store, "stock-cup", write.stock, [read.InventoryLevels()])


def state(picture):
    return picture.frame["after"].to_dict()


def test_the_state_is_that_of_the_stream_at_that_position(view):
    on_hand = [state(view.at(position=position))["on_hand"] for position in range(5)]
    assert on_hand == ["0", "0", "12", "12", "11"]


def test_the_tables_stand_at_the_same_position(view):
    def row(position):
        after = view.at(position=position).html.split("inventory_levels, as of")[1].split("</table>")[0]
        cells = re.findall(r"<td[^>]*>(.*?)</td>", after)
        return [unescape(re.sub(r"<span.*?</span>", "", cell)) for cell in cells]

    assert row(1) == ["no rows yet"]
    assert row(3) == ["12", "0", "2", "0"]
    assert row(4) == ["12", "−1", "2", "0"]


def test_it_begins_at_the_end_of_the_log_and_says_where_it_is(view):
    assert view.says == "As of position 4, StockAdjusted on stock-cup. stock-cup is at version 2."
    assert view.at(position=3).says == (
        "As of position 3, OrderPlaced on order-7, not on stock-cup. stock-cup is at version 1."
    )
    assert view.at(position=0).says.startswith("Before the first event.")


def test_what_the_event_changed_in_the_state_is_set_apart(view):
    def changed(position):
        caption = view.at(position=position).html.split("<caption>stock-cup")[1].split("</table>")[0]
        return re.findall(r'<th scope="row">(\w+)</th><td class="changed">', caption)

    assert changed(4) == ["on_hand"] and changed(3) == []


def test_the_stream_s_own_events_are_set_apart(view):
    tiles = re.findall(r"<li.*?</li>", view.at(position=4).html)
    assert ["class=own" in tile for tile in tiles] == [False, True, False, True]


def test_a_state_that_has_no_fields_is_told_as_it_is():
    store = lab.MemoryEventStore()
    store.append("lamp", ["on"], expected=0)
    lamp = lab.Decider("off", lambda command, state: [command], lambda state, event: event)
    assert state(time_machine(store, "lamp", lamp).at(position=1)) == {"state": "on"}
    assert state(time_machine(store, "lamp", lamp).at(position=0)) == {"state": "off"}


def event(picture):
    caption, rows = re.findall(r"<caption>([^<]*)</caption>.*?<tbody>(.*?)</tbody>", picture.html, re.S)[0]
    return unescape(caption), dict(re.findall(r'<th scope="row">(\w+)</th><td>(.*?)</td>', rows))


def test_the_last_event_is_shown_with_all_that_it_says_and_no_more(view):
    caption, fields = event(view.at(position=4))
    assert caption.endswith("StockAdjusted, at position 4")
    assert fields == {
        "product_id": "cup",
        "quantity": "-1",
        "reason": "broken",
        "reference": "b1",
        "adjusted_at": "2026-01-05 20:10:00",
    }
    assert event(view.at(position=3))[1]["order_id"] == "7"
    assert "nothing has happened yet" in view.at(position=0).html


def test_an_event_that_is_a_plain_value_is_shown_as_it_is():
    store = lab.MemoryEventStore()
    store.append("lamp", ["<on>"], expected=0)
    lamp = lab.Decider("off", lambda command, state: [command], lambda state, event: event)
    assert event(time_machine(store, "lamp", lamp).at(position=1)) == ("● str, at position 1", {"value": "&lt;on&gt;"})


def test_no_event_moves_what_stands_around_it(view):
    heights = {re.findall(r"min-height:([\d.]+)em", view.at(position=position).html)[0] for position in range(5)}
    assert len(heights) == 1


def test_what_is_noted_beside_an_event_is_shown_with_it_and_makes_nothing_move(view, shop):
    adjust = write.AdjustStock("cup", 1, "found", "f1", EVENING)
    shop.bus.send(adjust, caused_by="stock-cup@2", metadata={"who": "<Mona>"} | dict.fromkeys("abcd", ""))
    noted = time_machine(shop.store, "stock-cup", write.stock)
    cells = dict(re.findall(r'<th scope="row">([^<]*)</th><td>(.*?)</td>', noted.picture.html))
    assert (cells["caused by"], cells["noted: who"]) == ("stock-cup@2", "&lt;Mona&gt;")
    assert "noted" not in noted.at(position=4).html and "caused by" not in noted.at(position=4).html
    heights = {re.findall(r"min-height:([\d.]+)em", noted.at(position=position).html)[0] for position in range(6)}
    rows = 2 + noted.at(position=5).html.split("<tbody>")[1].split("</tbody>")[0].count("<tr")
    assert len(heights) == 1 and float(heights.pop()) == pytest.approx(1.8 * rows)


class Fragile(read.InventoryLevels):
    """Cannot bear that a cup breaks."""

    def summarise(self, batch):
        if any(getattr(one.event, "quantity", 0) < 0 for one in batch):
            raise ValueError("below zero")
        return super().summarise(batch)


def test_a_projection_that_fails_is_a_sentence_and_its_table_is_shown_as_far_as_it_got(shop, view):
    shown = time_machine(shop.store, "stock-cup", write.stock, [Fragile()])
    right = time_machine(shop.store, "stock-cup", write.stock, [read.InventoryLevels()])
    assert shown.at(position=3).html == right.at(position=3).html
    picture = shown.at(position=4)
    assert picture.says.endswith("✕ inventory_levels stops before position 4: ValueError: below zero.")
    assert "inventory_levels, ✕ stopped" in picture.html and "<td" in picture.html.split("✕ stopped")[1]


# --- a store of one's own: the answer of lesson 3, right and wrong


class MyStore(HalfStore):
    def append(self, stream, events, expected):
        found, head = self.version(stream), len(self.log)
        if found != expected:
            raise lab.ConcurrencyError(stream, expected, found)
        self.log += [self.entry(head + at, stream, found + at, event) for at, event in enumerate(events, 1)]

    def entry(self, position, stream, version, event):
        return position, stream, version, event


def lived_through(kind, shop):
    mine = kind()
    for one in shop.store.read_all():
        mine.append(one.stream, [one.event], mine.version(one.stream))
    return mine


@pytest.mark.parametrize("position", range(5))
def test_a_right_store_of_ones_own_is_shown_as_the_kit_s_is(view, shop, position):
    mine = time_machine(lived_through(MyStore, shop), "stock-cup", write.stock, [read.InventoryLevels()])
    assert mine.at(position=position).html == view.at(position=position).html


@pytest.mark.parametrize(
    ("entry", "events", "said"),
    [
        (lambda self, p, s, v, e: (p - 1, s, v, e), 0, "on product-cup is at position 0, after the start"),
        (lambda self, p, s, v, e: (v, s, v, e), 1, "StockReceived on stock-cup is at position 1, after position 1"),
        (lambda self, p, s, v, e: (p, s, p, e), 1, "StockReceived on stock-cup is version 2, after version 0"),
        (lambda self, p, s, v, e: (p, s, 1, e), 3, "StockAdjusted on stock-cup is version 1, after version 1"),
        (lambda self, p, s, v, e: e, 0, "reading it failed: InvalidArgument: entry 1 of the log is ProductListed"),
        (lambda self, p, s, v, e: (e, s, v, p), 0, "reading it failed: InvalidArgument: entry 1 of the log is"),
    ],
)
def test_a_wrong_store_is_shown_as_far_as_it_is_right_and_what_is_wrong_is_said(shop, view, entry, events, said):
    mine = type("Wrong", (MyStore,), {"entry": entry})()
    for one in shop.store.read_all():
        mine.version = lambda stream, before=one.version - 1: before  # not read from its own log, which is wrong
        mine.append(one.stream, [one.event], one.version - 1)
    shown = time_machine(mine, "stock-cup", write.stock, [read.InventoryLevels()])
    assert said in shown.says and shown.says.startswith(f"✕ This store breaks a law after {events} event")
    assert [one["most"] for one in shown.controls] == [events] * bool(events)
    assert shown.picture.html.count("<li") == events


def test_an_append_that_is_not_written_yet_is_an_empty_log():
    untouched = type("Untouched", (HalfStore,), {"append": lambda self, stream, events, expected: None})()
    assert time_machine(untouched, "stock-cup", write.stock).says.startswith("Before the first event.")


class LosesItsStream(lab.MemoryEventStore):
    def read_stream(self, stream, *, after=0, limit=None):
        return iter(list(super().read_stream(stream, after=after, limit=limit))[1:])


class StandsStill(MyStore):
    def head(self):
        return 0


class Bare(lab.MemoryEventStore):
    def read_all(self, *, after=0, limit=None):
        return iter(["on"])


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (LosesItsStream, "read_stream('lamp') returns 1 event, which are not the 2 that the log has of it"),
        (StandsStill, "head() returns 0, and the last position is 2"),
        (Bare, "'on' is in the log, and is not a RecordedEvent"),
    ],
)
def test_a_store_that_contradicts_its_own_log_is_told_so(kind, said):
    store = kind()
    store.append("lamp", ["on", "off"], expected=0)
    lamp = lab.Decider("off", lambda command, state: [command], lambda state, event: event)
    assert said in time_machine(store, "lamp", lamp).says


def test_a_store_that_grows_meanwhile_breaks_no_law():
    class Grows(lab.MemoryEventStore):
        def head(self):
            self.append("lamp", ["on"], expected=self.stream_version("lamp"))
            return super().head()

    store = Grows()
    store.append("lamp", ["on"], expected=0)
    lamp = lab.Decider("off", lambda command, state: [command], lambda state, event: event)
    assert "breaks a law" not in time_machine(store, "lamp", lamp).says


def test_a_fold_that_fails_is_a_row_of_the_state_and_no_traceback(shop, view):
    fold = lab.Decider(0, lambda command, state: [], lambda state, event: state + event.quantity // 0)
    shown = time_machine(shop.store, "stock-cup", fold)
    assert state(shown.at(position=1)) == {"state": "0"}
    assert state(shown.at(position=2))["state"] == "" and "ZeroDivisionError" in shown.at(position=2).html
    assert list(state(shown.at(position=4))) == ["✕ the fold failed"]
