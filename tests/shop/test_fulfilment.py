"""The shop's fulfilment: what each event calls for, and what is left when any step fails."""

from datetime import datetime, timedelta

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import events, write
from cqrs_lab.shop.events import Charge, OrderLine
from cqrs_lab.shop.fulfilment import process

NINE = datetime(2026, 1, 5, 9)


def later(minutes):
    return NINE + timedelta(minutes=minutes)


CUPS, POT = OrderLine(1, "cup", "Tea cup", 2, 2550), OrderLine(2, "pot", "Tea pot", 1, 9900)
MORE_CUPS = OrderLine(3, "cup", "Tea cup", 3, 2550)
POST = Charge(4, "POST", "Postage", 1, 3950)
PLACED = events.OrderPlaced("7", "ada", "Ireland", (CUPS, POT, MORE_CUPS), (POST,), NINE)
DUE_MILLS = 5 * 2550 + 9900 + 3950
CUP_SET_ASIDE = events.StockReserved("cup", "7", 5, later(1))
POT_SET_ASIDE = events.StockReserved("pot", "7", 1, later(2))
ASKED = events.PaymentRequested("7", DUE_MILLS, later(2))
TAKEN, PAID = events.PaymentTaken("7", DUE_MILLS, later(5)), events.OrderPaid("7", DUE_MILLS, later(5))
ACCEPTED, SHIPPED = events.ParcelAccepted("7", later(90)), events.OrderShipped("7", later(90))
CANCELLED = events.OrderCancelled("7", "ada", PLACED.lines, PLACED.charges, later(100))
WAY = [PLACED, CUP_SET_ASIDE, POT_SET_ASIDE, ASKED, TAKEN, PAID, ACCEPTED, SHIPPED]
UNDO = [
    write.CancelParcel("7", later(100)),
    write.WithdrawPayment("7", later(100)),
    write.ReleaseStock("cup", "7", later(100)),
    write.ReleaseStock("pot", "7", later(100)),
]
CALLED_FOR = [
    [write.ReserveStock("cup", "7", 5, NINE), write.ReserveStock("pot", "7", 1, NINE)],
    [],
    [write.RequestPayment("7", DUE_MILLS, later(2))],
    [],
    [write.PayOrder("7", DUE_MILLS, later(5))],
    [write.BookParcel("7", later(5))],
    [write.ShipOrder("7", later(90))],
    [],
]


def after(history):
    """Give the state after these events, each of which the process is asked about."""
    state = process.initial_state
    for event in history:
        if process.instance(event) is not None:
            state = process.evolve(state, event)
    return state


def called_for(history):
    return [] if process.instance(history[-1]) is None else list(process.react(history[-1], after(history)))


@pytest.mark.parametrize("steps", range(1, len(WAY) + 1))
def test_each_event_on_the_way_calls_for_the_next_step(steps):
    assert called_for(WAY[:steps]) == CALLED_FOR[steps - 1]


@pytest.mark.parametrize("steps", range(1, len(WAY)))
def test_a_cancelled_order_is_undone_wherever_it_is_and_once(steps):
    assert called_for([*WAY[:steps], CANCELLED]) == UNDO
    assert called_for([*WAY[:steps], CANCELLED, CANCELLED]) == UNDO, "harmless: each undo is a decision of its own"


def test_a_shipped_order_is_not_undone():
    assert called_for([*WAY, CANCELLED]) == []


@pytest.mark.parametrize(
    ("steps", "refused"),
    [
        (1, events.StockReservationRefused("pot", "7", 1, 1, later(3))),
        (3, events.PaymentDeclined("7", "expired", later(3))),
        (6, events.ParcelRefused("7", "too heavy", later(3))),
    ],
)
def test_a_refused_step_cancels_the_order(steps, refused):
    assert called_for([*WAY[:steps], refused]) == [write.CancelOrder("7", later(3))]


def test_answers_that_come_too_late_call_for_nothing():
    for late in (CUP_SET_ASIDE, TAKEN, ACCEPTED, PAID):
        assert called_for([PLACED, CANCELLED, late]) == []


def test_events_of_an_order_that_did_not_begin_here_call_for_nothing():
    for event in WAY[1:]:
        assert called_for([event]) == []
    assert called_for([CANCELLED]) == []


def test_what_moves_no_goods_or_costs_nothing_skips_a_step():
    fee = events.OrderPlaced("7", "ada", "Ireland", (), (POST,), NINE)
    assert called_for([fee]) == [write.RequestPayment("7", 3950, NINE)]
    gift = events.OrderPlaced("7", "ada", "Ireland", (OrderLine(1, "mug", "Mug", 1, 0),), (), NINE)
    reserved = events.StockReserved("mug", "7", 1, later(1))
    assert called_for([gift, reserved]) == [write.PayOrder("7", 0, later(1))]
    voucher = Charge(2, "VOUCHER", "Voucher", 1, -3000)
    worth_less_than_nothing = events.OrderPlaced("7", "ada", "Ireland", (), (voucher,), NINE)
    assert called_for([worth_less_than_nothing]) == [write.CancelOrder("7", NINE)]


@pytest.mark.parametrize(("steps", "minutes"), [(1, 10), (2, 10), (3, 32), (5, 32), (6, 245), (7, 100)])
def test_each_step_has_a_deadline_from_when_it_began(steps, minutes):
    state = after(WAY[:steps])
    assert process.deadline(state) == later(minutes)
    assert process.overdue(state, later(500)) == [write.CancelOrder("7", later(500))]


def test_what_is_over_has_no_deadline():
    assert process.deadline(after(WAY)) is process.deadline(after([PLACED, CANCELLED])) is None
    assert process.deadline(process.initial_state) is None


# --- through the real bus and store ------------------------------------------------------------------------------


def a_shop(cups=9):
    store = lab.MemoryEventStore(clock=lambda: 0.0)
    bus = lab.CommandBus(store)
    write.register(bus)
    bus.send(write.ReceiveStock("cup", cups, NINE))
    bus.send(write.ReceiveStock("pot", 9, NINE))
    bus.send(write.PlaceOrder("7", "ada", "Ireland", PLACED.lines, PLACED.charges, NINE))
    manager = lab.ProcessManager(store, bus, process)
    manager.catch_up()
    return store, bus, manager


def happened(store):
    return [type(one.event).__name__ for one in store.read_all(after=3)]


def test_an_order_goes_its_way_as_bank_and_carrier_answer():
    store, bus, manager = a_shop()
    assert happened(store) == ["StockReserved", "StockReserved", "PaymentRequested"]
    bus.send(write.ConfirmPayment("7", later(5)))
    manager.catch_up()
    assert happened(store)[3:] == ["PaymentTaken", "OrderPaid", "ParcelBooked"]
    bus.send(write.AcceptParcel("7", later(90)))
    manager.catch_up()
    assert happened(store)[6:] == ["ParcelAccepted", "OrderShipped"]
    assert manager.waiting == {} and manager.due(later(9999)) == 0


def test_too_little_of_one_product_frees_the_other():
    store, _, _ = a_shop(cups=4)
    assert happened(store) == ["StockReservationRefused", "StockReserved", "OrderCancelled", "StockReleased"]
    assert [one.event.product_id for one in store.read_all(after=6)] == ["pot"]


def test_a_bank_that_never_answers_is_waited_for_until_the_time_is_up():
    store, bus, manager = a_shop()
    assert manager.due(later(29)) == 0
    assert manager.due(later(31)) == 1
    assert happened(store)[3:] == ["OrderCancelled", "PaymentWithdrawn", "StockReleased", "StockReleased"]
    bus.send(write.ConfirmPayment("7", later(40)))
    manager.catch_up()
    assert happened(store)[7:] == ["PaymentTaken", "PaymentRefunded"], "late money goes straight back"


def test_a_bank_that_says_no_and_then_yes_gives_the_money_back_whatever_is_heard_first():
    store, bus, manager = a_shop()
    bus.send(write.DeclinePayment("7", "expired", later(5)))
    bus.send(write.ConfirmPayment("7", later(6)))
    manager.catch_up()
    assert happened(store)[3:6] == ["PaymentDeclined", "PaymentTaken", "PaymentRefunded"]
    assert happened(store)[6:] == ["OrderCancelled", "StockReleased", "StockReleased"]
    assert [one.command for one in manager.rejected] == [write.PayOrder("7", DUE_MILLS, later(6))]


def test_a_customer_who_cancels_before_the_process_has_heard_of_the_order_is_undone_all_the_same():
    store = lab.MemoryEventStore(clock=lambda: 0.0)
    bus = lab.CommandBus(store)
    write.register(bus)
    bus.send(write.ReceiveStock("cup", 9, NINE))
    bus.send(write.PlaceOrder("7", "ada", "Ireland", (CUPS,), (), NINE))
    bus.send(write.CancelOrder("7", later(1)))
    manager = lab.ProcessManager(store, bus, process)
    manager.catch_up()
    assert happened(store) == ["StockReserved", "StockReleased"]
    assert manager.state("7").stage == "cancelled" and manager.rejected == ()


def test_what_nobody_asked_for_is_not_taken_for_what_is_missing():
    mug = events.StockReserved("mug", "7", 1, later(2))
    too_few = events.StockReserved("pot", "7", 9, later(2))
    for beside in (mug, too_few):
        assert called_for([PLACED, CUP_SET_ASIDE, beside]) == []
        assert after([PLACED, CUP_SET_ASIDE, beside]).stage == "reserving"
