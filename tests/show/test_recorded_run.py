"""A recorded run does what the buses do, and remembers every message."""

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import read, write
from cqrs_lab.show import RecordedRun

from .conftest import EVENING, cups


def ways(run):
    return [(step.way, step.label, step.head, *step.positions.values()) for step in run.steps]


def test_an_order_is_recorded_as_command_events_and_receipt(shop, run):
    receipt = run.send(cups(2))
    assert receipt.position == 3 and shop.store.stream_version("order-7") == 1
    assert ways(run) == [
        ("none", "", 2, 0, 0),
        ("command", "PlaceOrder", 2, 0, 0),
        ("events", "OrderPlaced", 3, 0, 0),
        ("receipt", "position 3", 3, 0, 0),
    ]
    assert run.steps[1].says == "Ada sends the command PlaceOrder. Nothing is recorded yet."
    assert run.steps[3].says.endswith("order_history and inventory_levels have not seen it.")


def test_each_table_catches_up_alone_and_answers_from_where_it_stands(run):
    receipt = run.send(cups(2))
    assert run.ask(read.OrdersOf("ada"), at_least=receipt.position) == lab.Answer(None, 0, "pending")
    run.catch_up("order_history")
    answer = run.ask(read.OrdersOf("ada"), at_least=receipt.position)
    assert (len(answer.value), answer.position, answer.freshness) == (1, 3, "fresh")
    assert ways(run)[4:] == [
        ("query", "OrdersOf", 3, 0, 0),
        ("answer", "pending", 3, 0, 0),
        ("follows", "3 events", 3, 3, 0),
        ("query", "OrdersOf", 3, 3, 0),
        ("answer", "as of 3", 3, 3, 0),
    ]
    assert run.steps[6].says == "order_history reads 3 events, from position 0 to 3. inventory_levels has not seen it."
    assert run.steps[4].reads == run.steps[6].reads == ("order_history",)


def test_a_command_that_changes_nothing_leaves_no_step_for_events(run):
    run.send(cups(2))
    run.send(cups(2))
    assert [step.way for step in run.steps[4:]] == ["command", "receipt"]


def test_a_refusal_is_shown_and_raised(shop, run):
    with pytest.raises(lab.CommandRejected):
        run.send(write.ShipOrder("no such order", EVENING))
    assert run.steps[-1].label == "refused" and "place it first" in run.steps[-1].says
    assert shop.store.head() == 2


def test_a_step_keeps_what_was_so_then(run):
    run.send(cups(2))
    before = run.steps[-1]
    run.send(cups(1, order_id="8"))
    run.catch_up("inventory_levels")
    assert (
        before.head == 3 and len(before.latest) == 3 and before.positions == {"order_history": 0, "inventory_levels": 0}
    )


def test_the_frame_has_a_row_per_step(run):
    run.send(cups(2))
    frame = run.frame()
    assert list(frame.columns) == ["way", "message", "head", "order_history", "inventory_levels", "says"]
    assert frame["head"].to_list() == [2, 2, 3, 3] and frame.index.name == "step"


def test_what_cannot_be_shown_is_refused_with_what_can(shop, run):
    with pytest.raises(lab.InvalidArgument, match="give one of order_history, inventory_levels"):
        run.catch_up("orders")
    with pytest.raises(lab.InvalidArgument, match="give at least one"):
        RecordedRun(shop.store, shop.bus, shop.queries, [])
    with pytest.raises(lab.InvalidArgument, match="StockLevels reads inventory_levels, which is not shown"):
        RecordedRun(shop.store, shop.bus, shop.queries, [shop.history]).ask(read.StockLevels())
