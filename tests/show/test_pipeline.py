"""The pipeline draws a run step by step: which way, which message, who stands where."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest

from cqrs_lab.shop import read
from cqrs_lab.show import RecordedRun, pipeline

from .conftest import cups


@pytest.fixture
def view(run):
    receipt = run.send(cups(2))
    run.ask(read.OrdersOf("ada"))
    run.ask(read.OrdersOf("ada"), at_least=receipt.position)
    run.catch_up("order_history")
    run.ask(read.OrdersOf("ada"), at_least=receipt.position)
    run.ask(read.StockLevels())
    return pipeline(run)


def drawing(picture):
    return ElementTree.fromstring(re.search(r"<svg.*</svg>", picture.html, re.S)[0])


def words(element):
    return [text.text for text in element.iter("text")]


def text_of(picture):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", picture.html)))


def test_every_step_can_be_drawn_and_says_what_it_shows(view, run):
    for step, recorded in enumerate(run.steps):
        picture = view.at(step=step)
        svg = drawing(picture)
        assert picture.says == f"Step {step} of {len(run.steps) - 1}. {recorded.says}"
        assert svg.get("role") == "img" and recorded.says in svg.get("aria-label")
        assert recorded.says in text_of(picture)


def test_the_way_taken_is_set_apart_and_carries_the_message(view):
    taken = {}
    for step in range(1, 13):
        now = [path for path in drawing(view.at(step=step)).iter("path") if path.get("class") == "way now"]
        taken[step] = len(now)
    assert set(taken.values()) == {1}
    assert [path for path in drawing(view.at(step=0)).iter("path") if path.get("class") == "way now"] == []
    assert "PlaceOrder" in words(drawing(view.at(step=1)))
    assert "OrderPlaced" in words(drawing(view.at(step=2)))
    assert "position 3" in words(drawing(view.at(step=3)))
    assert "pending" in words(drawing(view.at(step=7)))


def test_the_positions_are_those_of_that_step(view):
    assert words(drawing(view.at(step=1))).count("position 0, 2 behind") == 2
    assert words(drawing(view.at(step=2))).count("position 0, 3 behind") == 2
    after = words(drawing(view.at(step=8)))
    assert "position 3, up to date" in after and "position 0, 3 behind" in after


def test_the_tables_below_tell_the_message_and_what_was_seen_last(view):
    assert "Ada has not asked yet" in text_of(view.at(step=4))
    assert "as of position 0 order_id placed_at status units value_mills nothing" in text_of(view.at(step=5))
    assert "no answer yet: pending" in text_of(view.at(step=8))
    assert "7 2026-01-05 20:10:00 placed 2 5,100" in text_of(view.at(step=10))
    assert "The message: PlaceOrder" in text_of(view.at(step=1))
    assert "OrderLine(1, cup, Tea cup, 2, 2550)" in text_of(view.at(step=2))


def test_a_query_goes_to_the_table_it_reads(view):
    def end(step):
        [path] = [path for path in drawing(view.at(step=step)).iter("path") if path.get("class") == "way now"]
        return int(re.search(r"H (\d+)", path.get("d"))[1])

    boxes = {}
    for name in ("order_history", "inventory_levels"):
        title = next(text for text in drawing(view.at(step=0)).iter("text") if name in text.text)
        boxes[name] = int(title.get("x"))
    half = (boxes["inventory_levels"] - boxes["order_history"]) / 2
    assert abs(end(9) - boxes["order_history"]) < half
    assert abs(end(11) - boxes["inventory_levels"]) < half


def test_nothing_in_a_message_becomes_markup(shop):
    run = RecordedRun(shop.store, shop.bus, shop.queries, [shop.history], person='<b>"Eve"')
    run.send(cups(1, order_id="<script>alert(1)</script>"))
    run.catch_up("order_history")
    run.ask(read.OrdersOf("ada"))
    view = pipeline(run)
    for step in range(len(run.steps)):
        html = view.at(step=step).html
        assert "<script" not in html and "<b>" not in html
        drawing(view.at(step=step))


def test_steps_recorded_later_are_not_shown(view, run):
    run.catch_up("inventory_levels")
    assert view.at(step=0).says.startswith("Step 0 of 12.")
