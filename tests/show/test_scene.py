"""The scene draws a run step by step: which way, which message, who stands where, and what waits."""

import re
from html import unescape
from xml.etree import ElementTree

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import read, write
from cqrs_lab.show import RecordedRun, scene

from .conftest import EVENING, cups


@pytest.fixture
def view(run):
    receipt = run.send(cups(2))
    run.ask(read.OrdersOf("ada"))
    run.ask(read.OrdersOf("ada"), at_least=receipt.position)
    run.catch_up("order_history")
    run.ask(read.OrdersOf("ada"), at_least=receipt.position)
    run.ask(read.StockLevels())
    return scene(run)


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


def keyed(picture, kind):
    """Return what a picture draws of one kind, by key: where it stands, and its texts."""
    found = {}
    for group in drawing(picture).iter("g"):
        name, _, key = group.get("data-key", "").partition("/")
        if name == kind:
            x, y = map(float, re.findall(r"[-\d.]+", group.get("transform")))
            found[key] = (x, y, words(group))
    return found


def lane_of(view, name):
    """Return the top and the bottom of a read model's box."""
    title = next(text for text in drawing(view.at(step=0)).iter("text") if text.text == f"▲ {name}")
    return int(title.get("y")) - 22, int(title.get("y")) + 98


def way_taken(picture):
    """Return how far down the way of this step is."""
    [way] = [path for path in drawing(picture).iter("path") if path.get("class") == "way now"]
    return int(re.match(r"M \d+ (\d+)", way.get("d"))[1])


def test_the_way_taken_is_set_apart_and_the_message_is_on_it(view, run):
    for step, recorded in enumerate(run.steps):
        taken = [path for path in drawing(view.at(step=step)).iter("path") if path.get("class") == "way now"]
        assert len(taken) == (recorded.way not in ("none", "follows")), recorded
    assert keyed(view.at(step=1), "message")["2"][2] == ["PlaceOrder"]
    assert list(keyed(view.at(step=2), "tile")) == ["1", "2", "3"] and not keyed(view.at(step=2), "message")
    assert [words for *_, words in keyed(view.at(step=3), "receipt").values()] == [["receipt: 3"]]
    assert "no answer: pending" in words(drawing(view.at(step=7)))


def test_an_event_waits_as_a_ticket_before_each_projector_until_that_one_has_read_it(view, run):
    for step, recorded in enumerate(run.steps):
        tickets = keyed(view.at(step=step), "ticket")
        waiting = {
            f"{name}/{position}"
            for name, read_up_to in recorded.positions.items()
            for position in range(read_up_to + 1, recorded.head + 1)
        }
        assert tickets.keys() == waiting
        for name in recorded.positions:
            places = [place for key, (place, *_) in tickets.items() if key.startswith(f"{name}/")]
            assert places == sorted(places)  # the oldest is next


def test_only_so_many_tickets_are_drawn_and_the_others_are_counted(shop, run):
    for number in range(20):
        run.send(cups(1, order_id=str(number)))
    picture = scene(run).at(step=len(run.steps) - 1)
    behind = run.steps[-1].head
    drawn = keyed(picture, "ticket")
    assert len(drawn) == 14 and words(drawing(picture)).count(f"+{behind - 7}") == 2
    assert {int(key.partition("/")[2]) for key in drawn} == set(range(behind - 6, behind + 1))


def test_a_row_that_changed_is_set_apart_in_the_step_that_changed_it(view):
    def changed(step):
        groups = [one for one in drawing(view.at(step=step)).iter("g") if one.get("data-key", "").startswith("row/")]
        return [
            one.get("data-key") for one in groups if one.find("{*}rect") is not None or one.find("rect") is not None
        ]

    assert changed(8) == ["row/order_history/7"] and changed(9) == []
    assert keyed(view.at(step=9), "row")["order_history/7"][2] == ["7", "placed", "2", "£5.10"]


def test_no_two_things_have_one_key_and_what_comes_from_somewhere_comes_from_what_is_there(view, run):
    for step in range(len(run.steps)):
        svg = drawing(view.at(step=step))
        keys = [one.get("data-key") for one in svg.iter("g") if one.get("data-key")]
        assert len(set(keys)) == len(keys)
        assert {one.get("data-from") for one in svg.iter("g")} - {None} <= set(keys)


def test_the_positions_are_those_of_that_step(view):
    assert words(drawing(view.at(step=1))).count("2 events behind") == 2
    assert words(drawing(view.at(step=2))).count("3 events behind") == 2
    after = words(drawing(view.at(step=8)))
    assert "as of 3" in after and "✓ up to date" in after and "3 events behind" in after


def test_the_tables_below_tell_the_message_and_what_was_seen_last(view):
    assert "Ada has not asked yet" in text_of(view.at(step=4))
    assert "as of position 0 order_id placed_at status units value_mills nothing" in text_of(view.at(step=5))
    assert "no answer yet: pending" in text_of(view.at(step=8))
    assert "7 2026-01-05 20:10:00 placed 2 5,100" in text_of(view.at(step=10))
    assert "The message: PlaceOrder" in text_of(view.at(step=1))
    assert "OrderLine(1, cup, Tea cup, 2, 2550)" in text_of(view.at(step=2))


def test_a_query_goes_to_the_table_it_reads(view):
    for step, name in ((9, "order_history"), (11, "inventory_levels")):
        [(_, y, _)] = keyed(view.at(step=step), "message").values()
        top, bottom = lane_of(view, name)
        assert top < y < bottom
        for there_and_back in (step, step + 1):
            assert top < way_taken(view.at(step=there_and_back)) < bottom


def test_a_refusal_has_a_mark_at_the_rules_and_on_the_page(run):
    with pytest.raises(lab.CommandRejected):
        run.send(write.ShipOrder("no such order", EVENING))
    said = words(drawing(scene(run).at(step=len(run.steps) - 1)))
    assert said.count("✕ refused") == 2 and "✓ accepted" not in said
    run.send(cups(2))
    said = words(drawing(scene(run).at(step=len(run.steps) - 1)))
    assert said.count("✓ accepted") == 1 and "✕ refused" not in said


def test_nothing_in_a_message_becomes_markup(shop):
    run = RecordedRun(shop.store, shop.bus, shop.queries, [shop.history], person='<b>"Eve"')
    run.send(cups(1, order_id="<script>alert(1)</script>"))
    run.catch_up("order_history")
    run.ask(read.OrdersOf("ada"))
    view = scene(run)
    for step in range(len(run.steps)):
        html = view.at(step=step).html
        assert "<script" not in html and "<b>" not in html
        drawing(view.at(step=step))


def test_steps_recorded_later_are_not_shown(view, run):
    run.catch_up("inventory_levels")
    assert view.at(step=0).says.startswith("Step 0 of 12.")
