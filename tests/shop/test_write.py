"""Each rule of product, stock, cart and order as given, when, then; law 4 on every decider; law 12 counted by hand."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.shop import events as shop_events
from cqrs_lab.shop import write
from cqrs_lab.shop.events import (
    CartCheckedOut,
    CartLine,
    CartLineSet,
    Charge,
    ItemsReturned,
    ItemStatusChanged,
    OrderCancelled,
    OrderDelivered,
    OrderLine,
    OrderLinesRefused,
    OrderPaid,
    OrderPlaced,
    OrderShipped,
    PriceChanged,
    ProductListed,
    ProductRetired,
    RefusedLine,
    StockAdjusted,
    StockAdjustmentRefused,
    StockReceived,
    StockReleased,
    StockReservationRefused,
    StockReserved,
)
from cqrs_lab.shop.write import (
    AddToCart,
    AdjustStock,
    CancelOrder,
    ChangeCartQuantity,
    ChangeItemStatus,
    ChangePrice,
    CheckOut,
    DeliverOrder,
    IssueCreditNote,
    ListProduct,
    PayOrder,
    PlaceOrder,
    ReceiveStock,
    ReleaseStock,
    RemoveFromCart,
    ReserveStock,
    RetireProduct,
    ReturnedQuantity,
    ReturnItems,
    ShipOrder,
)

PACKAGE = Path(lab.__file__).parent
NOON = datetime(2026, 3, 2, 12)
ONE = NOON + timedelta(hours=1)
NOTHING = ()


def holds(decider, history, command, outcome):
    """Hold a decider to one rule; the outcome is the events, NOTHING, or words from the refusal."""
    when = lab.given(decider, history).when(command)
    if isinstance(outcome, str):
        when.then_rejected(outcome)
    elif outcome:
        when.then(outcome)
    else:
        when.then_nothing()


def rules(table):
    """Run a test once for each row: its sentence, what happened before, the command, the outcome."""
    return pytest.mark.parametrize(("history", "command", "outcome"), table.values(), ids=table.keys())


# --- the catalogue ----------------------------------------------------------------------------------------

LISTED = ProductListed("tea", "Green tea", 2500, NOON)
DEARER = PriceChanged("tea", 2700, NOON)
RETIRED = ProductRetired("tea", NOON)


def offer(name="Green tea", price_mills=2500):
    return ListProduct("tea", name, price_mills, ONE)


@rules(
    {
        "a product is listed": ([], offer(), [ProductListed("tea", "Green tea", 2500, ONE)]),
        "a product may be free": ([], offer(price_mills=0), [ProductListed("tea", "Green tea", 0, ONE)]),
        "a price below zero is none": ([], offer(price_mills=-1), "price must not be negative"),
        "listed so already": ([LISTED], offer(), NOTHING),
        "listed under another name": ([LISTED], offer("Black tea"), "listed as 'Green tea' at 2500 mills already"),
        "listed at another price": ([LISTED], offer(price_mills=2501), "listed as 'Green tea' at 2500 mills already"),
        "listed at today's price": ([LISTED, DEARER], offer(price_mills=2700), NOTHING),
        "listed at yesterday's price": ([LISTED, DEARER], offer(), "listed as 'Green tea' at 2700 mills already"),
        "listed, but at a price below zero": ([LISTED], offer(price_mills=-1), "price must not be negative"),
        "listed again after it retired": ([LISTED, RETIRED], offer(), "product tea is retired; list a new product"),
    }
)
def test_a_product_is_listed_once(history, command, outcome):
    holds(write.product, history, command, outcome)


@rules(
    {
        "a price changes": ([LISTED], ChangePrice("tea", 2700, ONE), [PriceChanged("tea", 2700, ONE)]),
        "to nothing at all": ([LISTED], ChangePrice("tea", 0, ONE), [PriceChanged("tea", 0, ONE)]),
        "to what it is": ([LISTED], ChangePrice("tea", 2500, ONE), NOTHING),
        "to what it has become": ([LISTED, DEARER], ChangePrice("tea", 2700, ONE), NOTHING),
        "back again": ([LISTED, DEARER], ChangePrice("tea", 2500, ONE), [PriceChanged("tea", 2500, ONE)]),
        "to less than nothing": ([LISTED], ChangePrice("tea", -1, ONE), "price must not be negative"),
        "of no product": ([], ChangePrice("tea", 2700, ONE), "product tea is not listed; list it first"),
        "of no product, to its first": ([], ChangePrice("tea", 0, ONE), "product tea is not listed; list it first"),
        "of a retired product": ([LISTED, RETIRED], ChangePrice("tea", 2700, ONE), "product tea is retired"),
        "of a retired one, to what it was": ([LISTED, RETIRED], ChangePrice("tea", 2500, ONE), "tea is retired"),
    }
)
def test_a_price_changes_while_the_product_is_for_sale(history, command, outcome):
    holds(write.product, history, command, outcome)


@rules(
    {
        "a product retires": ([LISTED], RetireProduct("tea", ONE), [ProductRetired("tea", ONE)]),
        "a product that is retired": ([LISTED, RETIRED], RetireProduct("tea", ONE), NOTHING),
        "a product that is none": ([], RetireProduct("tea", ONE), "product tea is not listed; list it first"),
    }
)
def test_a_product_retires_once(history, command, outcome):
    holds(write.product, history, command, outcome)


# --- stock ------------------------------------------------------------------------------------------------


def received(quantity):
    return StockReceived("tea", quantity, NOON)


def adjusted(quantity):
    return StockAdjusted("tea", quantity, "damaged", "count-1", NOON)


def reserved(quantity, order_id="o1", at=NOON):
    return StockReserved("tea", order_id, quantity, at)


def refused(quantity, missing, order_id="o1", at=ONE):
    return StockReservationRefused("tea", order_id, quantity, missing, at)


def released(quantity, order_id="o1", at=NOON):
    return StockReleased("tea", order_id, quantity, at)


def adjust(quantity, reason="damaged"):
    return AdjustStock("tea", quantity, reason, "count-1", ONE)


def reserve(quantity, order_id="o1"):
    return ReserveStock("tea", order_id, quantity, ONE)


@rules(
    {
        "goods come in": ([], ReceiveStock("tea", 1, ONE), [StockReceived("tea", 1, ONE)]),
        "as many again": ([received(5)], ReceiveStock("tea", 5, ONE), [StockReceived("tea", 5, ONE)]),
        "none come in": ([], ReceiveStock("tea", 0, ONE), "quantity must be 1 or more"),
        "less than none": ([received(5)], ReceiveStock("tea", -1, ONE), "quantity must be 1 or more"),
        "fewer on the shelf": ([received(5)], adjust(-2), [StockAdjusted("tea", -2, "damaged", "count-1", ONE)]),
        "more on the shelf": ([], adjust(2, "found"), [StockAdjusted("tea", 2, "found", "count-1", ONE)]),
        "books below zero": ([], adjust(-2), [StockAdjusted("tea", -2, "damaged", "count-1", ONE)]),
        "nothing to adjust": ([received(5)], adjust(0), NOTHING),
        "a test": ([], adjust(3, "test"), [StockAdjustmentRefused("tea", 3, "test", "count-1", ONE)]),
        "a test in capitals": ([], adjust(-3, " TEST "), [StockAdjustmentRefused("tea", -3, " TEST ", "count-1", ONE)]),
        "a test of nothing": ([], adjust(0, "test"), NOTHING),
        "a tested lamp": ([], adjust(-1, "tested"), [StockAdjusted("tea", -1, "tested", "count-1", ONE)]),
    }
)
def test_stock_follows_the_shelves_and_takes_no_test_entries(history, command, outcome):
    holds(write.stock, history, command, outcome)


@rules(
    {
        "some of it": ([received(5)], reserve(2), [reserved(2, at=ONE)]),
        "the last one": ([received(5), reserved(4)], reserve(1, "o2"), [reserved(1, "o2", ONE)]),
        "all there is": ([received(5)], reserve(5), [reserved(5, at=ONE)]),
        "one too many": ([received(5)], reserve(6), [refused(6, missing=1)]),
        "of nothing": ([], reserve(3), [refused(3, missing=3)]),
        "of what others hold": ([received(5), reserved(4)], reserve(3, "o2"), [refused(3, missing=2, order_id="o2")]),
        "of what two others hold": (
            [received(5), reserved(2), reserved(2, "o2")],
            reserve(2, "o3"),
            [refused(2, missing=1, order_id="o3")],
        ),
        "of what is lost": ([received(5), adjusted(-4)], reserve(3), [refused(3, missing=2)]),
        "of what is found": ([received(5), adjusted(1)], reserve(6), [reserved(6, at=ONE)]),
        "of less than nothing": ([adjusted(-9)], reserve(3), [refused(3, missing=3)]),
        "held, and lost since": (
            [received(5), reserved(5), adjusted(-4)],
            reserve(2, "o2"),
            [refused(2, missing=2, order_id="o2")],
        ),
        "a refused adjustment adds none": (
            [StockAdjustmentRefused("tea", 9, "test", "count-1", NOON)],
            reserve(1),
            [refused(1, missing=1)],
        ),
        "a refused order holds nothing": (
            [received(5), refused(6, missing=1)],
            reserve(5, "o2"),
            [reserved(5, "o2", ONE)],
        ),
        "refused, then received": (
            [received(5), refused(6, missing=1), received(1)],
            reserve(6),
            [reserved(6, at=ONE)],
        ),
        "refused, and still too few": ([received(5), refused(6, missing=1)], reserve(6), [refused(6, missing=1)]),
        "held so already": ([received(5), reserved(2)], reserve(2), NOTHING),
        "held so, though lost since": ([received(5), reserved(2), adjusted(-9)], reserve(2), NOTHING),
        "more than is held": ([received(5), reserved(2)], reserve(3), "o1 has 2 set aside already; release them first"),
        "less than is held": ([received(5), reserved(2)], reserve(1), "o1 has 2 set aside already; release them first"),
        "after a release": ([received(5), reserved(2), released(2)], reserve(3), [reserved(3, at=ONE)]),
        "what another released": (
            [received(5), reserved(4), reserved(1, "o2"), released(4)],
            reserve(4, "o3"),
            [reserved(4, "o3", ONE)],
        ),
        "none": ([received(5)], reserve(0), "quantity must be 1 or more"),
        "less than none": ([received(5)], reserve(-1), "quantity must be 1 or more"),
    }
)
def test_no_more_is_reserved_than_there_is(history, command, outcome):
    holds(write.stock, history, command, outcome)


@rules(
    {
        "all that is held": ([received(5), reserved(2)], ReleaseStock("tea", "o1", ONE), [released(2, at=ONE)]),
        "one order's alone": (
            [received(5), reserved(2), reserved(3, "o2")],
            ReleaseStock("tea", "o2", ONE),
            [released(3, "o2", ONE)],
        ),
        "also the first of two": (
            [received(5), reserved(2), reserved(3, "o2")],
            ReleaseStock("tea", "o1", ONE),
            [released(2, at=ONE)],
        ),
        "nothing held": ([received(5)], ReleaseStock("tea", "o1", ONE), NOTHING),
        "nothing held by this one": ([received(5), reserved(2)], ReleaseStock("tea", "o2", ONE), NOTHING),
        "released already": ([received(5), reserved(2), released(2)], ReleaseStock("tea", "o1", ONE), NOTHING),
        "refused, so not held": ([refused(6, missing=6)], ReleaseStock("tea", "o1", ONE), NOTHING),
    }
)
def test_a_release_frees_what_one_order_holds(history, command, outcome):
    holds(write.stock, history, command, outcome)


# --- carts ------------------------------------------------------------------------------------------------

TEA_CHECKED_OUT = CartCheckedOut("k1", "c1", (CartLine("tea", 2, 2500),), NOON)


def line_set(product_id, quantity, price_mills=2500, customer_id="c1", at=NOON):
    return CartLineSet("k1", customer_id, product_id, quantity, price_mills, at)


def add(product_id, quantity, price_mills=2500, customer_id="c1"):
    return AddToCart("k1", customer_id, product_id, quantity, price_mills, ONE)


CLOSED = [line_set("tea", 2), TEA_CHECKED_OUT]


@rules(
    {
        "the first product": ([], add("tea", 2), [line_set("tea", 2, at=ONE)]),
        "another product": ([line_set("tea", 2)], add("cup", 1, 900), [line_set("cup", 1, 900, at=ONE)]),
        "more of a product": ([line_set("tea", 2)], add("tea", 3), [line_set("tea", 5, at=ONE)]),
        "the price shown last": ([line_set("tea", 2)], add("tea", 1, 2700), [line_set("tea", 3, 2700, at=ONE)]),
        "a gift": ([], add("tea", 1, 0), [line_set("tea", 1, 0, at=ONE)]),
        "what was taken out": (
            [line_set("tea", 2), line_set("tea", 0)],
            add("tea", 1),
            [line_set("tea", 1, at=ONE)],
        ),
        "none": ([], add("tea", 0), "quantity must be 1 or more"),
        "less than none": ([line_set("tea", 2)], add("tea", -1), "quantity must be 1 or more"),
        "below zero": ([], add("tea", 1, -1), "price must not be negative"),
        "into another's cart": ([line_set("tea", 2)], add("cup", 1, 900, "c2"), "cart k1 belongs to another customer"),
        "into what another emptied": (
            [line_set("tea", 2), line_set("tea", 0)],
            add("tea", 1, customer_id="c2"),
            "cart k1 belongs to another customer",
        ),
        "after the checkout": (CLOSED, add("tea", 1), "cart k1 is checked out; begin a new one"),
    }
)
def test_a_customer_adds_to_the_cart(history, command, outcome):
    holds(write.cart, history, command, outcome)


def change(product_id, quantity):
    return ChangeCartQuantity("k1", product_id, quantity, ONE)


def remove(product_id):
    return RemoveFromCart("k1", product_id, ONE)


@rules(
    {
        "to more": ([line_set("tea", 2)], change("tea", 3), [line_set("tea", 3, at=ONE)]),
        "to less, at the price shown": (
            [line_set("tea", 2, 2700)],
            change("tea", 1),
            [line_set("tea", 1, 2700, at=ONE)],
        ),
        "to what it is": ([line_set("tea", 2)], change("tea", 2), NOTHING),
        "to none": ([line_set("tea", 2)], change("tea", 0), [line_set("tea", 0, at=ONE)]),
        "to none, of what is not there": ([line_set("tea", 2)], change("cup", 0), NOTHING),
        "to none, of what was taken out": ([line_set("tea", 2), line_set("tea", 0)], change("tea", 0), NOTHING),
        "to less than none": ([line_set("tea", 2)], change("tea", -1), "quantity must be 0 or more"),
        "of what is not there": ([line_set("tea", 2)], change("cup", 1), "product cup is not in cart k1; add it first"),
        "in no cart": ([], change("tea", 1), "product tea is not in cart k1; add it first"),
        "of what was taken out": ([line_set("tea", 2), line_set("tea", 0)], change("tea", 2), "add it first"),
        "after the checkout": (CLOSED, change("tea", 3), "cart k1 is checked out; begin a new one"),
        "after the checkout, to what it is": (CLOSED, change("tea", 2), "cart k1 is checked out; begin a new one"),
    }
)
def test_the_quantity_in_the_cart_changes(history, command, outcome):
    holds(write.cart, history, command, outcome)


@rules(
    {
        "is taken out": ([line_set("tea", 2, 2700)], remove("tea"), [line_set("tea", 0, 2700, at=ONE)]),
        "is out already": ([line_set("tea", 2), line_set("tea", 0)], remove("tea"), NOTHING),
        "was never in": ([line_set("tea", 2)], remove("cup"), NOTHING),
        "is ordered": (CLOSED, remove("tea"), "cart k1 is checked out; begin a new one"),
        "is out, and the rest ordered": (CLOSED, remove("cup"), "cart k1 is checked out; begin a new one"),
    }
)
def test_a_product_is_taken_out_of_the_cart(history, command, outcome):
    holds(write.cart, history, command, outcome)


def checked_out(*lines):
    return CartCheckedOut("k1", "c1", lines, ONE)


@rules(
    {
        "one line": ([line_set("tea", 2)], CheckOut("k1", ONE), [checked_out(CartLine("tea", 2, 2500))]),
        "the oldest first, as last set": (
            [line_set("tea", 2), line_set("cup", 1, 900), line_set("tea", 3, 2700)],
            CheckOut("k1", ONE),
            [checked_out(CartLine("tea", 3, 2700), CartLine("cup", 1, 900))],
        ),
        "what came back comes last": (
            [line_set("tea", 2), line_set("cup", 1, 900), line_set("tea", 0), line_set("tea", 1)],
            CheckOut("k1", ONE),
            [checked_out(CartLine("cup", 1, 900), CartLine("tea", 1, 2500))],
        ),
        "without what was taken out": (
            [line_set("tea", 2), line_set("cup", 1, 900), line_set("tea", 0)],
            CheckOut("k1", ONE),
            [checked_out(CartLine("cup", 1, 900))],
        ),
        "a cart never filled": ([], CheckOut("k1", ONE), "cart k1 is empty; add a product first"),
        "a cart emptied": ([line_set("tea", 2), line_set("tea", 0)], CheckOut("k1", ONE), "cart k1 is empty"),
        "checked out already": (CLOSED, CheckOut("k1", ONE), NOTHING),
    }
)
def test_the_checkout_names_the_lines_to_order(history, command, outcome):
    holds(write.cart, history, command, outcome)


# --- orders -----------------------------------------------------------------------------------------------

TEA = OrderLine(1, "tea", "Green tea", 2, 2500)
CUP = OrderLine(2, "cup", "Cup", 3, 900)
POST = Charge(3, "POST", "postage", 1, 500)
DISCOUNT = Charge(3, "D", "discount", -1, 1000)
OTHER_TEA = replace(TEA, quantity=1)
DUE_MILLS = 2 * 2500 + 3 * 900 + 500


def place(*lines, charges=(), customer_id="c1", order_id="o1", at=ONE):
    return PlaceOrder(order_id, customer_id, "UK", lines, charges, at)


def placed(*lines, charges=(), customer_id="c1", at=NOON):
    return OrderPlaced("o1", customer_id, "UK", lines, charges, at)


def lines_refused(*lines, customer_id="c1", document="o1"):
    return OrderLinesRefused(document, customer_id, "UK", lines, ONE)


def bad(line, reason):
    return RefusedLine(line.line, line.product_id, line.description, line.quantity, line.unit_price_mills, reason)


PLACED = [placed(TEA, CUP, charges=(POST,))]
PAID = [*PLACED, OrderPaid("o1", DUE_MILLS, NOON)]
SHIPPED = [*PAID, OrderShipped("o1", NOON)]
DELIVERED = [*SHIPPED, OrderDelivered("o1", NOON)]
CANCELLED = [*PLACED, OrderCancelled("o1", "c1", (TEA, CUP), (POST,), NOON)]
PAID_AND_CANCELLED = [*PAID, OrderCancelled("o1", "c1", (TEA, CUP), (POST,), NOON)]
CREDITED = [ItemsReturned("o1", "", "c1", "UK", (TEA,), (), NOON)]
SAME = place(TEA, CUP, charges=(POST,))


@rules(
    {
        "lines and charges": ([], SAME, [placed(TEA, CUP, charges=(POST,), at=ONE)]),
        "one line": ([], place(TEA), [placed(TEA, at=ONE)]),
        "a charge alone": ([], place(charges=(POST,)), [placed(charges=(POST,), at=ONE)]),
        "numbers with a gap": ([], place(replace(CUP, line=7), TEA), [placed(replace(CUP, line=7), TEA, at=ONE)]),
        "by nobody known": ([], place(TEA, customer_id=""), [placed(TEA, customer_id="", at=ONE)]),
        "nothing": ([], place(), "at least one line or charge is needed"),
        "a number twice": ([], place(TEA, replace(CUP, line=1)), "no number appears twice"),
        "a number for goods and a charge": ([], place(TEA, charges=(replace(POST, line=1),)), "share one numbering"),
        "a number twice among charges": ([], place(charges=(POST, DISCOUNT)), "no number appears twice"),
        "number 0": ([], place(replace(TEA, line=0)), "from 1"),
        "a charge of number 0": ([], place(TEA, charges=(replace(POST, line=0),)), "from 1"),
        "so already": (PLACED, SAME, NOTHING),
        "so already, and paid": (PAID, SAME, NOTHING),
        "so already, and delivered": (DELIVERED, SAME, NOTHING),
        "so already, and cancelled": (CANCELLED, SAME, NOTHING),
        "with other lines": (PLACED, place(OTHER_TEA, CUP, charges=(POST,)), "o1 is taken by another order"),
        "with other charges": (PLACED, place(TEA, CUP), "o1 is taken by another order"),
        "by another customer": (PLACED, replace(SAME, customer_id="c2"), "give a new order id"),
        "from another country": (PLACED, replace(SAME, country="France"), "give a new order id"),
        "under a credit note's id": (CREDITED, place(TEA), "o1 is taken by another order or credit note"),
        "under an id whose lines were all refused": (
            [lines_refused(bad(replace(TEA, quantity=0), "quantity must be 1 or more"))],
            place(TEA),
            [placed(TEA, at=ONE)],
        ),
    }
)
def test_an_order_is_placed_once(history, command, outcome):
    holds(write.order, history, command, outcome)


BAD_LINES = {
    "quantity 0": (replace(TEA, quantity=0), "quantity must be 1 or more"),
    "quantity below 0": (replace(TEA, quantity=-2), "quantity must be 1 or more"),
    "price below 0": (replace(TEA, unit_price_mills=-1), "price must not be negative"),
    "a test": (replace(TEA, description="test"), "a test entry"),
    "a test in capitals": (replace(TEA, description=" TEST"), "a test entry"),
    "a test of quantity 0": (replace(TEA, description="test", quantity=0), "a test entry"),
    "quantity 0 at a price below 0": (replace(TEA, quantity=0, unit_price_mills=-1), "quantity must be 1 or more"),
}
EACH_BAD_LINE = pytest.mark.parametrize(("line", "reason"), BAD_LINES.values(), ids=BAD_LINES.keys())


@EACH_BAD_LINE
def test_a_bad_line_is_refused_and_the_rest_of_the_order_accepted(line, reason):
    no = lines_refused(bad(line, reason))
    lab.given(write.order, []).when(place(line, CUP, charges=(POST,))).then(
        [placed(CUP, charges=(POST,), at=ONE), no],
    )
    lab.given(write.order, []).when(place(line, charges=(POST,))).then([placed(charges=(POST,), at=ONE), no])
    lab.given(write.order, []).when(place(line)).then([no])


@EACH_BAD_LINE
def test_a_bad_line_of_a_credit_note_is_refused_and_the_rest_credited(line, reason):
    no = lines_refused(bad(line, reason), document="r1")
    lab.given(write.order, []).when(credit(line, CUP)).then([credited(CUP, at=ONE), no])
    lab.given(write.order, []).when(credit(line, charges=(POST,))).then([credited(charges=(POST,), at=ONE), no])
    lab.given(write.order, []).when(credit(line)).then([no])


def test_a_line_without_a_price_is_a_gift_to_a_customer_and_refused_to_nobody():
    gift = replace(TEA, unit_price_mills=0)
    why = "no price and no customer: neither a sale nor a gift"
    refusal = lines_refused(bad(gift, why), customer_id="")
    lab.given(write.order, []).when(place(gift)).then([placed(gift, at=ONE)])
    lab.given(write.order, []).when(place(gift, customer_id="")).then([refusal])
    lab.given(write.order, []).when(credit(gift)).then([credited(gift, at=ONE)])
    lab.given(write.order, []).when(credit(gift, customer_id="")).then([replace(refusal, order_id="r1")])


def test_an_order_sent_again_with_its_bad_line_records_nothing():
    line = replace(TEA, quantity=0)
    no = lines_refused(bad(line, "quantity must be 1 or more"))
    lab.given(write.order, [placed(CUP), no]).when(place(line, CUP)).then_nothing()
    lab.given(write.order, [no]).when(place(line)).then([no])  # nothing was accepted, so it is refused again


@rules(
    {
        "placed": (PLACED, CancelOrder("o1", ONE), [OrderCancelled("o1", "c1", (TEA, CUP), (POST,), ONE)]),
        "paid": (PAID, CancelOrder("o1", ONE), [OrderCancelled("o1", "c1", (TEA, CUP), (POST,), ONE)]),
        "shipped": (SHIPPED, CancelOrder("o1", ONE), "order o1 is shipped; cancel before it ships"),
        "delivered": (DELIVERED, CancelOrder("o1", ONE), "order o1 is delivered; cancel before it ships"),
        "cancelled": (CANCELLED, CancelOrder("o1", ONE), NOTHING),
        "no order": ([], CancelOrder("o1", ONE), "there is no order o1; place it first"),
        "a credit note": (CREDITED, CancelOrder("o1", ONE), "there is no order o1; place it first"),
    }
)
def test_an_order_is_cancelled_as_a_whole_before_it_ships(history, command, outcome):
    holds(write.order, history, command, outcome)


def pay(amount_mills=DUE_MILLS):
    return PayOrder("o1", amount_mills, ONE)


@rules(
    {
        "in full": (PLACED, pay(), [OrderPaid("o1", DUE_MILLS, ONE)]),
        "less a discount": ([placed(TEA, charges=(DISCOUNT,))], pay(4000), [OrderPaid("o1", 4000, ONE)]),
        "a gift": ([placed(replace(TEA, unit_price_mills=0))], pay(0), [OrderPaid("o1", 0, ONE)]),
        "a mill too little": (PLACED, pay(DUE_MILLS - 1), "8200 mills are due, not 8199; pay in full"),
        "a mill too much": (PLACED, pay(DUE_MILLS + 1), "8200 mills are due, not 8201; pay in full"),
        "paid already": (PAID, pay(), NOTHING),
        "paid already, and shipped": (SHIPPED, pay(), NOTHING),
        "paid already, and delivered": (DELIVERED, pay(), NOTHING),
        "paid already, another amount": (PAID, pay(1), "8200 mills are due, not 1; pay in full"),
        "cancelled": (CANCELLED, pay(), "order o1 is cancelled; there is nothing to pay"),
        "paid, then cancelled": (PAID_AND_CANCELLED, pay(), "order o1 is cancelled; there is nothing to pay"),
        "no order": ([], pay(), "there is no order o1; place it first"),
    }
)
def test_an_order_is_paid_once_and_in_full(history, command, outcome):
    holds(write.order, history, command, outcome)


@rules(
    {
        "paid": (PAID, ShipOrder("o1", ONE), [OrderShipped("o1", ONE)]),
        "placed": (PLACED, ShipOrder("o1", ONE), "order o1 is placed; only a paid order is shipped"),
        "cancelled": (CANCELLED, ShipOrder("o1", ONE), "order o1 is cancelled; only a paid order is shipped"),
        "paid, then cancelled": (PAID_AND_CANCELLED, ShipOrder("o1", ONE), "order o1 is cancelled; only a paid"),
        "shipped": (SHIPPED, ShipOrder("o1", ONE), NOTHING),
        "delivered": (DELIVERED, ShipOrder("o1", ONE), NOTHING),
        "no order": ([], ShipOrder("o1", ONE), "there is no order o1; place it first"),
    }
)
def test_a_paid_order_is_shipped_once(history, command, outcome):
    holds(write.order, history, command, outcome)


@rules(
    {
        "shipped": (SHIPPED, DeliverOrder("o1", ONE), [OrderDelivered("o1", ONE)]),
        "placed": (PLACED, DeliverOrder("o1", ONE), "order o1 is placed; only a shipped order is delivered"),
        "paid": (PAID, DeliverOrder("o1", ONE), "order o1 is paid; only a shipped order is delivered"),
        "cancelled": (CANCELLED, DeliverOrder("o1", ONE), "order o1 is cancelled; only a shipped order is delivered"),
        "delivered": (DELIVERED, DeliverOrder("o1", ONE), NOTHING),
        "no order": ([], DeliverOrder("o1", ONE), "there is no order o1; place it first"),
    }
)
def test_a_shipped_order_is_delivered_once(history, command, outcome):
    holds(write.order, history, command, outcome)


def status(line, word, at=ONE):
    return ItemStatusChanged("o1", line, word, at)


def change_status(line, word):
    return ChangeItemStatus("o1", line, word, ONE)


DAMAGED = [*SHIPPED, status(2, "damaged", NOON)]


@rules(
    {
        "placed": (PLACED, change_status(1, "back order"), [status(1, "back order")]),
        "paid": (PAID, change_status(2, "back order"), [status(2, "back order")]),
        "shipped": (SHIPPED, change_status(2, "damaged"), [status(2, "damaged")]),
        "delivered": (DELIVERED, change_status(2, "damaged"), [status(2, "damaged")]),
        "so already": (DAMAGED, change_status(2, "damaged"), NOTHING),
        "so already, and delivered": ([*DAMAGED, OrderDelivered("o1", NOON)], change_status(2, "damaged"), NOTHING),
        "from one to another": (DAMAGED, change_status(2, "lost"), [status(2, "lost")]),
        "and back": ([*DAMAGED, status(2, "lost", NOON)], change_status(2, "damaged"), [status(2, "damaged")]),
        "of another line": (DAMAGED, change_status(1, "damaged"), [status(1, "damaged")]),
        "of a line that is none": (PLACED, change_status(9, "damaged"), "order o1 has no goods on line 9"),
        "of a charge": (PLACED, change_status(3, "damaged"), "order o1 has no goods on line 3"),
        "cancelled": (CANCELLED, change_status(1, "damaged"), "o1 is cancelled; its items have no status any more"),
        "no order": ([], change_status(1, "damaged"), "there is no order o1; place it first"),
    }
)
def test_a_line_is_treated_apart_until_the_order_is_cancelled(history, command, outcome):
    holds(write.order, history, command, outcome)


def give_back(*quantities, return_id="r1"):
    return ReturnItems("o1", return_id, tuple(ReturnedQuantity(*one) for one in quantities), ONE)


def back(*lines, return_id="r1", at=NOON):
    return ItemsReturned(return_id, "o1", "c1", "UK", lines, (), at)


TEA_X1, CUP_X1, CUP_X2 = (replace(line, quantity=quantity) for line, quantity in ((TEA, 1), (CUP, 1), (CUP, 2)))


@rules(
    {
        "part of a line": (SHIPPED, give_back((2, 1)), [back(CUP_X1, at=ONE)]),
        "after delivery": (DELIVERED, give_back((2, 1)), [back(CUP_X1, at=ONE)]),
        "parts of two lines": (DELIVERED, give_back((2, 2), (1, 1)), [back(CUP_X2, TEA_X1, at=ONE)]),
        "everything": (DELIVERED, give_back((1, 2), (2, 3)), [back(TEA, CUP, at=ONE)]),
        "one too many": (DELIVERED, give_back((2, 4)), "line 2: 3 left to return, not 4"),
        "the rest": (
            [*DELIVERED, back(CUP_X2)],
            give_back((2, 1), return_id="r2"),
            [back(CUP_X1, return_id="r2", at=ONE)],
        ),
        "more than the rest": (
            [*DELIVERED, back(CUP_X2)],
            give_back((2, 2), return_id="r2"),
            "1 left to return, not 2",
        ),
        "more than two returns leave": (
            [*DELIVERED, back(CUP_X2), back(CUP_X1, return_id="r2")],
            give_back((2, 1), return_id="r3"),
            "line 2: 0 left to return, not 1",
        ),
        "of a line that others leave alone": (
            [*DELIVERED, back(CUP)],
            give_back((1, 2), return_id="r2"),
            [back(TEA, return_id="r2", at=ONE)],
        ),
        "one line of two too many": (DELIVERED, give_back((1, 1), (2, 4)), "line 2: 3 left to return, not 4"),
        "so already": ([*DELIVERED, back(CUP_X2)], give_back((2, 2)), NOTHING),
        "so already, and another since": (
            [*DELIVERED, back(CUP_X2), back(CUP_X1, return_id="r2")],
            give_back((2, 2)),
            NOTHING,
        ),
        "another under its id": ([*DELIVERED, back(CUP_X2)], give_back((2, 1)), "r1 is taken by another return"),
        "other lines under its id": ([*DELIVERED, back(CUP_X1)], give_back((1, 1)), "give a new return id"),
        "under the order's id": (DELIVERED, give_back((2, 1), return_id="o1"), "a return needs its own id"),
        "under no id": (DELIVERED, give_back((2, 1), return_id=""), "a return needs its own id"),
        "nothing": (DELIVERED, give_back(), "a return needs at least one line"),
        "a line twice": (DELIVERED, give_back((2, 1), (2, 1)), "a return may list each line only once"),
        "quantity 0": (DELIVERED, give_back((2, 0)), "quantity must be 1 or more"),
        "quantity below 0": (DELIVERED, give_back((1, 1), (2, -1)), "quantity must be 1 or more"),
        "a line that is none": (DELIVERED, give_back((9, 1)), "order o1 has no goods on line 9"),
        "a charge": (DELIVERED, give_back((3, 1)), "order o1 has no goods on line 3"),
        "placed": (PLACED, give_back((2, 1)), "order o1 is placed; only shipped goods are returned"),
        "paid": (PAID, give_back((2, 1)), "order o1 is paid; only shipped goods are returned"),
        "cancelled": (CANCELLED, give_back((2, 1)), "order o1 is cancelled; only shipped goods are returned"),
        "no order": ([], give_back((2, 1)), "there is no order o1; place it first"),
    }
)
def test_shipped_goods_come_back_once(history, command, outcome):
    holds(write.order, history, command, outcome)


def credit(*lines, charges=(), customer_id="c1", return_id="r1"):
    return IssueCreditNote(return_id, customer_id, "UK", lines, charges, ONE)


def credited(*lines, charges=(), customer_id="c1", at=NOON):
    return ItemsReturned("r1", "", customer_id, "UK", lines, charges, at)


@rules(
    {
        "lines and charges": ([], credit(TEA, charges=(POST,)), [credited(TEA, charges=(POST,), at=ONE)]),
        "a charge alone": ([], credit(charges=(POST,)), [credited(charges=(POST,), at=ONE)]),
        "to nobody known": ([], credit(TEA, customer_id=""), [credited(TEA, customer_id="", at=ONE)]),
        "nothing": ([], credit(), "at least one line or charge is needed"),
        "a number twice": ([], credit(TEA, charges=(replace(POST, line=1),)), "no number appears twice"),
        "number 0": ([], credit(replace(TEA, line=0)), "from 1"),
        "so already": ([credited(TEA)], credit(TEA), NOTHING),
        "another under its id": ([credited(TEA)], credit(OTHER_TEA), "r1 is taken by another return"),
        "another's under its id": ([credited(TEA)], credit(TEA, customer_id="c2"), "give a new return id"),
        "under an order's id": (PLACED, credit(TEA, return_id="o1"), "o1 is an order; give the credit note its own id"),
        "under a cancelled order's id": (CANCELLED, credit(TEA, return_id="o1"), "o1 is an order"),
        "under an id whose lines were all refused": (
            [lines_refused(bad(replace(TEA, quantity=0), "quantity must be 1 or more"), document="r1")],
            credit(TEA),
            [credited(TEA, at=ONE)],
        ),
    }
)
def test_a_credit_note_is_issued_once(history, command, outcome):
    holds(write.order, history, command, outcome)


# --- law 4: decide and evolve are pure --------------------------------------------------------------------

TIMES = st.integers(0, 3).map(lambda hours: NOON + timedelta(hours=hours))
QUANTITIES, PRICES = st.integers(-1, 4), st.sampled_from((-1, 0, 900, 2500))
LINES = st.lists(
    st.builds(
        OrderLine,
        st.integers(0, 3),
        st.sampled_from(("tea", "cup")),
        st.sampled_from(("Green tea", "test")),
        QUANTITIES,
        PRICES,
    ),
    max_size=2,
).map(tuple)
CHARGES = st.sampled_from(((), (POST,), (replace(POST, line=1),)))
CUSTOMERS, COUNTRIES = st.sampled_from(("", "c1", "c2")), st.sampled_from(("UK", "France"))
RETURNED = st.lists(st.builds(ReturnedQuantity, st.integers(1, 3), QUANTITIES), max_size=2).map(tuple)
ORDERS, RETURNS = st.sampled_from(("o1", "o2", "o3")), st.sampled_from(("r1", "r2", "o1"))
GOODS = st.sampled_from(("tea", "cup"))

PRODUCT_COMMANDS = st.one_of(
    st.builds(ListProduct, st.just("tea"), st.sampled_from(("Green tea", "Black tea")), PRICES, TIMES),
    st.builds(ChangePrice, st.just("tea"), PRICES, TIMES),
    st.builds(RetireProduct, st.just("tea"), TIMES),
)
STOCK_COMMANDS = st.one_of(
    st.builds(ReceiveStock, st.just("tea"), QUANTITIES, TIMES),
    st.builds(
        AdjustStock, st.just("tea"), QUANTITIES, st.sampled_from(("damaged", "Test ")), st.just("count-1"), TIMES
    ),
    st.builds(ReserveStock, st.just("tea"), ORDERS, QUANTITIES, TIMES),
    st.builds(ReleaseStock, st.just("tea"), ORDERS, TIMES),
)
CART_COMMANDS = st.one_of(
    st.builds(AddToCart, st.just("k1"), CUSTOMERS, GOODS, QUANTITIES, PRICES, TIMES),
    st.builds(ChangeCartQuantity, st.just("k1"), GOODS, QUANTITIES, TIMES),
    st.builds(RemoveFromCart, st.just("k1"), GOODS, TIMES),
    st.builds(CheckOut, st.just("k1"), TIMES),
)
ORDER_COMMANDS = st.one_of(
    st.just(SAME),
    st.builds(PlaceOrder, st.just("o1"), CUSTOMERS, COUNTRIES, LINES, CHARGES, TIMES),
    st.builds(CancelOrder, st.just("o1"), TIMES),
    st.builds(PayOrder, st.just("o1"), st.sampled_from((DUE_MILLS, 500)), TIMES),
    st.builds(ShipOrder, st.just("o1"), TIMES),
    st.builds(DeliverOrder, st.just("o1"), TIMES),
    st.builds(ChangeItemStatus, st.just("o1"), st.integers(1, 4), st.sampled_from(("lost", "damaged")), TIMES),
    st.builds(ReturnItems, st.just("o1"), RETURNS, RETURNED, TIMES),
    st.builds(IssueCreditNote, st.just("o1"), CUSTOMERS, COUNTRIES, LINES, CHARGES, TIMES),
)
PAYMENT_COMMANDS = st.one_of(
    st.builds(write.RequestPayment, st.just("o1"), st.sampled_from((0, 500, 5000)), TIMES),
    st.builds(write.ConfirmPayment, st.just("o1"), TIMES),
    st.builds(write.DeclinePayment, st.just("o1"), st.just("expired"), TIMES),
    st.builds(write.WithdrawPayment, st.just("o1"), TIMES),
)
PARCEL_COMMANDS = st.one_of(
    st.builds(write.BookParcel, st.just("o1"), TIMES),
    st.builds(write.AcceptParcel, st.just("o1"), TIMES),
    st.builds(write.RefuseParcel, st.just("o1"), st.just("too heavy"), TIMES),
    st.builds(write.CancelParcel, st.just("o1"), TIMES),
)
PAYMENT_SERIES, PARCEL_SERIES = (
    st.lists(commands, min_size=2, max_size=12) for commands in (PAYMENT_COMMANDS, PARCEL_COMMANDS)
)
# Short series seldom get anywhere, and chance alone seldom delivers an order: make them long, begin some way along.
ON_ITS_WAY = [SAME, pay(), ShipOrder("o1", ONE), DeliverOrder("o1", ONE)]
PRODUCT_SERIES, STOCK_SERIES, CART_SERIES = (
    st.lists(commands, min_size=10, max_size=40) for commands in (PRODUCT_COMMANDS, STOCK_COMMANDS, CART_COMMANDS)
)
ORDER_SERIES = st.builds(
    lambda steps, after: ON_ITS_WAY[:steps] + after,
    st.integers(0, 4),
    st.lists(ORDER_COMMANDS, min_size=5, max_size=30),
)

EACH_DECIDER = pytest.mark.parametrize(
    ("decider", "commands", "known"),
    [
        pytest.param(write.product, PRODUCT_SERIES, shop_events.ProductEvent, id="product"),
        pytest.param(write.stock, STOCK_SERIES, shop_events.StockEvent, id="stock"),
        pytest.param(write.cart, CART_SERIES, shop_events.CartEvent, id="cart"),
        pytest.param(write.order, ORDER_SERIES, shop_events.OrderEvent, id="order"),
        pytest.param(write.payment, PAYMENT_SERIES, shop_events.PaymentEvent, id="payment"),
        pytest.param(write.parcel, PARCEL_SERIES, shop_events.ParcelEvent, id="parcel"),
    ],
)


def decision(decider, command, state):
    """Give the events, or the refusal's reason."""
    try:
        return decider.decide(command, state)
    except lab.CommandRejected as rejected:
        return rejected.reason


def twice(function, *arguments):
    """Call a function twice; it must give the same both times and leave its arguments alone."""
    before = deepcopy(arguments)
    first, second = function(*arguments), function(*arguments)
    assert first == second
    assert arguments == before
    return first


@EACH_DECIDER
@given(data=st.data())
def test_decide_and_evolve_give_the_same_twice_and_change_nothing(decider, commands, known, data):
    state, history = decider.initial_state, []
    seen = [(state, deepcopy(state))]
    for command in data.draw(commands):
        events = twice(lambda *arguments: decision(decider, *arguments), command, state)
        for event in [] if isinstance(events, str) else events:
            assert isinstance(event, known), "evolve must know what decide emits"
            state = twice(decider.evolve, state, event)
            seen.append((state, deepcopy(state)))
            history.append(event)
    assert decider.fold(history) == decider.fold(tuple(history)) == state
    assert all(one == as_it_was for one, as_it_was in seen), "no later step reaches into an earlier state"


@EACH_DECIDER
@given(data=st.data())
def test_evolve_refuses_no_event_in_any_order(decider, commands, known, data):
    state, history = decider.initial_state, []
    for command in data.draw(commands):
        events = decision(decider, command, state)
        for event in [] if isinstance(events, str) else events:
            state = decider.evolve(state, event)
            history.append(event)
    shuffled = data.draw(st.permutations(history))
    twice(decider.fold, shuffled)


def test_nothing_on_the_write_side_reads_a_clock_or_rolls_dice():
    files = sorted((PACKAGE / "shop" / "write").glob("*.py"))
    assert len(files) > 5
    for path in files:
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module] if isinstance(node, ast.ImportFrom) else []
            assert not {"time", "random", "secrets", "uuid", "numpy", "os"} & {one.split(".")[0] for one in modules}
            name = getattr(node, "attr", getattr(node, "id", ""))
            assert name not in ("now", "today", "utcnow", "time_ns", "monotonic"), f"{path.name}: {name}"


# --- a forgotten type is a type error ---------------------------------------------------------------------


FORGOTTEN = [
    (decider, one.__name__)
    for decider, types in {
        "product": write.ProductCommand | shop_events.ProductEvent,
        "stock": write.StockCommand | shop_events.StockEvent,
        "cart": write.CartCommand | shop_events.CartEvent,
        "order": write.OrderCommand | shop_events.OrderEvent,
        "payment": write.PaymentCommand | shop_events.PaymentEvent,
        "parcel": write.ParcelCommand | shop_events.ParcelEvent,
    }.items()
    for one in types.__args__
]


def test_a_forgotten_command_or_event_is_a_type_error(tmp_path):
    """Each decider is checked by mypy as it stands, and once for each case with that case taken out."""
    write_side = tmp_path / "cqrs_lab" / "shop" / "write"
    log = ("log/envelope", "log/guards/identity", "log/metadata")
    for name in ("errors", "arguments", *log, "shop/events", "write/decider", "shop/write/commands"):
        copy = (tmp_path / "cqrs_lab" / name).with_suffix(".py")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text((PACKAGE / name).with_suffix(".py").read_text())
    for folder in ("", "log", "shop", "write", "shop/write"):
        (tmp_path / "cqrs_lab" / folder / "__init__.py").touch()
    sources = {name: (PACKAGE / "shop" / "write" / f"{name}.py").read_text() for name, _ in FORGOTTEN}
    for name, source in sources.items():
        (write_side / f"{name}.py").write_text(source)
    for name, case in FORGOTTEN:
        assert sources[name].count(f" {case}()") == 1
        without = sources[name].replace(f" {case}()", " str()")
        (write_side / f"{name}_without_{case}.py").write_text(without)
    strict = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--no-incremental", "cqrs_lab/shop"]
    found = subprocess.run(strict, cwd=tmp_path, capture_output=True, text=True).stdout.splitlines()
    blamed = {Path(line.split(":")[0]).stem for line in found}
    assert blamed == {f"{name}_without_{case}" for name, case in FORGOTTEN}, "\n".join(found)
    for name, case in FORGOTTEN:
        words = f'"assert_never" has incompatible type "{case}"'
        assert any(f"{name}_without_{case}.py" in line and words in line for line in found), (case, found)


# --- through the bus --------------------------------------------------------------------------------------

SENT = [
    (ListProduct("tea", "Green tea", 2500, NOON), "product-tea", ProductListed),
    (ChangePrice("tea", 2700, NOON), "product-tea", PriceChanged),
    (RetireProduct("tea", NOON), "product-tea", ProductRetired),
    (ReceiveStock("tea", 5, NOON), "stock-tea", StockReceived),
    (AdjustStock("tea", -1, "damaged", "count-1", NOON), "stock-tea", StockAdjusted),
    (ReserveStock("tea", "o1", 2, NOON), "stock-tea", StockReserved),
    (ReleaseStock("tea", "o1", NOON), "stock-tea", StockReleased),
    (AddToCart("k1", "c1", "tea", 2, 2500, NOON), "cart-k1", CartLineSet),
    (ChangeCartQuantity("k1", "tea", 3, NOON), "cart-k1", CartLineSet),
    (RemoveFromCart("k1", "tea", NOON), "cart-k1", CartLineSet),
    (AddToCart("k1", "c1", "tea", 2, 2500, NOON), "cart-k1", CartLineSet),
    (CheckOut("k1", NOON), "cart-k1", CartCheckedOut),
    (PlaceOrder("o1", "c1", "UK", (TEA,), (), NOON), "order-o1", OrderPlaced),
    (PayOrder("o1", 5000, NOON), "order-o1", OrderPaid),
    (ShipOrder("o1", NOON), "order-o1", OrderShipped),
    (DeliverOrder("o1", NOON), "order-o1", OrderDelivered),
    (ChangeItemStatus("o1", 1, "damaged", NOON), "order-o1", ItemStatusChanged),
    (ReturnItems("o1", "r1", (ReturnedQuantity(1, 1),), NOON), "order-o1", ItemsReturned),
    (IssueCreditNote("r2", "c1", "UK", (TEA,), (), NOON), "order-r2", ItemsReturned),
    (PlaceOrder("o2", "c1", "UK", (TEA,), (), NOON), "order-o2", OrderPlaced),
    (CancelOrder("o2", NOON), "order-o2", OrderCancelled),
    (write.RequestPayment("o1", 5000, NOON), "payment-o1", shop_events.PaymentRequested),
    (write.ConfirmPayment("o1", NOON), "payment-o1", shop_events.PaymentTaken),
    (write.WithdrawPayment("o1", NOON), "payment-o1", shop_events.PaymentRefunded),
    (write.RequestPayment("o2", 5000, NOON), "payment-o2", shop_events.PaymentRequested),
    (write.DeclinePayment("o2", "expired", NOON), "payment-o2", shop_events.PaymentDeclined),
    (write.BookParcel("o1", NOON), "parcel-o1", shop_events.ParcelBooked),
    (write.AcceptParcel("o1", NOON), "parcel-o1", shop_events.ParcelAccepted),
    (write.CancelParcel("o1", NOON), "parcel-o1", shop_events.ParcelCancelled),
    (write.BookParcel("o2", NOON), "parcel-o2", shop_events.ParcelBooked),
    (write.RefuseParcel("o2", "too heavy", NOON), "parcel-o2", shop_events.ParcelRefused),
]


def a_bus():
    bus = lab.CommandBus(lab.MemoryEventStore())
    write.register(bus)
    return bus


def test_every_command_goes_to_its_decider_on_its_stream():
    bus = a_bus()
    for command, stream, event_type in SENT:
        receipt = bus.send(command)
        assert (receipt.stream, [type(event) for event in receipt.events]) == (stream, [event_type])
    assert Counter(write.COMMANDS) == Counter({type(command) for command, _, _ in SENT})


def caused_by(commands):
    """Send commands through the bus and yield each with the events it caused; a refused one caused none."""
    bus = a_bus()
    for command in commands:
        try:
            yield command, bus.send(command).events
        except lab.CommandRejected:
            yield command, ()


@given(commands=PRODUCT_SERIES)
def test_a_product_costs_what_was_last_asked_for_while_it_was_for_sale(commands):
    asked = told = None
    for_sale, retired = False, False
    for command, events in caused_by(commands):
        match command:
            case ListProduct() if not for_sale and not retired and command.price_mills >= 0:
                asked, for_sale = command.price_mills, True
            case ChangePrice() if for_sale and command.price_mills >= 0:
                asked = command.price_mills
            case RetireProduct() if for_sale:
                for_sale, retired = False, True
        for event in events:
            told = getattr(event, "price_mills", told)
        assert told == asked


@given(commands=STOCK_SERIES)
def test_stock_is_never_over_reserved_and_adds_up_to_a_count_by_hand(commands):
    on_hand, held = 0, Counter()
    told_on_hand, told_held = 0, Counter()
    for command, events in caused_by(commands):
        match command:
            case ReceiveStock() if command.quantity > 0:
                on_hand += command.quantity
            case AdjustStock() if command.reason == "damaged":
                on_hand += command.quantity
            case ReserveStock(order_id=order_id) if not held[order_id]:
                if 0 < command.quantity <= on_hand - held.total():
                    held[order_id] = command.quantity
            case ReleaseStock():
                held[command.order_id] = 0
        for event in events:
            match event:
                case StockReceived() | StockAdjusted():
                    told_on_hand += event.quantity
                case StockReserved():
                    told_held[event.order_id] += event.quantity
                    assert told_held.total() <= on_hand
                case StockReleased():
                    told_held[event.order_id] -= event.quantity
        assert (told_on_hand, told_held) == (on_hand, held)


@given(commands=CART_SERIES)
def test_what_is_checked_out_is_what_was_put_in_and_not_taken_out(commands):
    quantity, price_mills, ordered, owner = {}, {}, None, ""
    for command, events in caused_by(commands):
        match command:
            case _ if ordered is not None:
                assert not events, "a cart never changes after the checkout"
            case AddToCart(product_id=product) if command.quantity > 0 and command.unit_price_mills >= 0:
                if owner in ("", command.customer_id):
                    owner, price_mills[product] = command.customer_id, command.unit_price_mills
                    quantity[product] = quantity.get(product, 0) + command.quantity
            case ChangeCartQuantity(product_id=product) if product in quantity and command.quantity > 0:
                quantity[product] = command.quantity
            case ChangeCartQuantity(product_id=product) if command.quantity == 0:
                quantity.pop(product, None)
            case RemoveFromCart():
                quantity.pop(command.product_id, None)
            case CheckOut() if quantity:
                ordered = tuple(CartLine(one, quantity[one], price_mills[one]) for one in quantity)
                assert events == (CartCheckedOut("k1", owner, ordered, command.at),)


@given(commands=ORDER_SERIES)
def test_an_orders_money_goods_and_steps_add_up_to_a_count_by_hand(commands):
    kinds, ordered, returned = [], Counter(), Counter()
    for command, events in caused_by(commands):
        kinds += [type(event) for event in events]
        for event in events:
            match event:
                case OrderPlaced():
                    good = tuple(one for one in command.lines if is_good(one, command.customer_id))
                    assert (event.lines, event.charges) == (good, command.charges)
                    ordered = Counter({one.line: one.quantity for one in good})
                    due_mills = sum(one.quantity * one.unit_price_mills for one in (*good, *command.charges))
                case OrderPaid():
                    assert event.amount_mills == command.amount_mills == due_mills
                case ItemsReturned(order_id="o1"):
                    returned.update({one.line: one.quantity for one in command.quantities})
        assert returned <= ordered, "no more comes back than was ordered"
    steps = [one for one in kinds if one in (OrderPlaced, OrderPaid, OrderShipped, OrderDelivered, OrderCancelled)]
    way = [OrderPlaced, OrderPaid, OrderShipped, OrderDelivered]
    assert steps in [way[:k] for k in range(5)] + [[*way[:k], OrderCancelled] for k in (1, 2)]
    if ItemsReturned in kinds and OrderPlaced in kinds:
        assert kinds.index(ItemsReturned) > kinds.index(OrderShipped)


def is_good(line, customer_id):
    if line.description == "test" or line.quantity < 1 or line.unit_price_mills < 0:
        return False
    return line.unit_price_mills > 0 or customer_id != ""


def test_a_time_with_a_zone_is_refused_at_the_door():
    with pytest.raises(lab.InvalidArgument, match="has a time zone; give it without"):
        write.ReceiveStock("cup", 1, datetime(2026, 1, 5, tzinfo=UTC))
