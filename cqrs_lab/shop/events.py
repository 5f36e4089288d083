"""What happens in the shop: the only thing its write side and its read side share.

Money is a whole number of mills (1/1000 of the currency unit), times have no time zone: they are the shop's local time.
Events carry results, not only changes, so that a reader never needs to know the state before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

# --- the catalogue: one stream per product, "product-…" ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProductListed:
    """A product can be bought from now on."""

    product_id: str
    name: str
    price_mills: int
    listed_at: datetime


@dataclass(frozen=True, slots=True)
class PriceChanged:
    """A product costs this much from now on."""

    product_id: str
    price_mills: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ProductRetired:
    """A product is no longer for sale."""

    product_id: str
    retired_at: datetime


# --- stock: one stream per product, "stock-…" -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StockReceived:
    """Goods came in."""

    product_id: str
    quantity: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class StockAdjusted:
    """A count or a loss changed the books; the quantity may be negative."""

    product_id: str
    quantity: int
    reason: str
    reference: str
    adjusted_at: datetime


@dataclass(frozen=True, slots=True)
class StockAdjustmentRefused:
    """An adjustment was refused because it was only a test entry; the books are unchanged."""

    product_id: str
    quantity: int
    reason: str
    reference: str
    refused_at: datetime


@dataclass(frozen=True, slots=True)
class StockReserved:
    """Goods are set aside for an order."""

    product_id: str
    order_id: str
    quantity: int
    reserved_at: datetime


@dataclass(frozen=True, slots=True)
class StockReservationRefused:
    """There was not enough to set aside; the business wants to know how much was missing."""

    product_id: str
    order_id: str
    quantity: int
    missing: int
    refused_at: datetime


@dataclass(frozen=True, slots=True)
class StockReleased:
    """Goods set aside for an order are free again."""

    product_id: str
    order_id: str
    quantity: int
    released_at: datetime


# --- carts: one stream per cart, "cart-…" -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CartLine:
    """One product in a cart."""

    product_id: str
    quantity: int
    unit_price_mills: int


@dataclass(frozen=True, slots=True)
class CartLineSet:
    """The cart now holds this many of a product; 0 means that it was removed."""

    cart_id: str
    customer_id: str
    product_id: str
    quantity: int
    unit_price_mills: int
    set_at: datetime


@dataclass(frozen=True, slots=True)
class CartCheckedOut:
    """The customer has finished choosing; these lines are to be ordered."""

    cart_id: str
    customer_id: str
    lines: tuple[CartLine, ...]
    checked_out_at: datetime


# --- orders: one stream per order or credit note, "order-…" -----------------------------------------------


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order or a credit note; `line` is its number there, from 1."""

    line: int
    product_id: str
    description: str
    quantity: int
    unit_price_mills: int


@dataclass(frozen=True, slots=True)
class Charge:
    """A line that moves no goods: postage, a fee, a discount (negative), a correction."""

    line: int
    code: str
    description: str
    quantity: int
    unit_price_mills: int


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line the shop did not accept, and why."""

    line: int
    product_id: str
    description: str
    quantity: int
    unit_price_mills: int
    reason: str


@dataclass(frozen=True, slots=True)
class OrderPlaced:
    """A customer ordered; lines and charges are as accepted."""

    order_id: str
    customer_id: str
    country: str
    lines: tuple[OrderLine, ...]
    charges: tuple[Charge, ...]
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class OrderLinesRefused:
    """Lines of an order were not accepted."""

    order_id: str
    customer_id: str
    country: str
    lines: tuple[RefusedLine, ...]
    refused_at: datetime


@dataclass(frozen=True, slots=True)
class OrderCancelled:
    """An order will not be delivered; these lines and charges are taken back."""

    order_id: str
    customer_id: str
    lines: tuple[OrderLine, ...]
    charges: tuple[Charge, ...]
    cancelled_at: datetime


@dataclass(frozen=True, slots=True)
class OrderPaid:
    """The order is paid in full."""

    order_id: str
    amount_mills: int
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class OrderShipped:
    """The parcel has left."""

    order_id: str
    shipped_at: datetime


@dataclass(frozen=True, slots=True)
class OrderDelivered:
    """The parcel has arrived."""

    order_id: str
    delivered_at: datetime


@dataclass(frozen=True, slots=True)
class ItemStatusChanged:
    """One line of an order has a new status: on its way, on back order, damaged, …."""

    order_id: str
    line: int
    status: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ItemsReturned:
    """Goods came back, or were never sent, and are credited; quantities are positive and are subtracted.

    `order_id` is "" on a credit note that belongs to no order.
    """

    return_id: str
    order_id: str
    customer_id: str
    country: str
    lines: tuple[OrderLine, ...]
    charges: tuple[Charge, ...]
    returned_at: datetime


# --- payments: one stream per order, "payment-…" ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PaymentRequested:
    """The bank is asked to collect this amount from the customer."""

    order_id: str
    amount_mills: int
    requested_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentTaken:
    """The bank has taken the money."""

    order_id: str
    amount_mills: int
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentDeclined:
    """The bank will not take the money."""

    order_id: str
    reason: str
    declined_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentWithdrawn:
    """The request to the bank is withdrawn; if the money arrives anyway, it is refunded at once."""

    order_id: str
    withdrawn_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentRefunded:
    """The money went back to the customer."""

    order_id: str
    amount_mills: int
    refunded_at: datetime


# --- parcels: one stream per order, "parcel-…" ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ParcelBooked:
    """A carrier is asked to collect the parcel."""

    order_id: str
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class ParcelAccepted:
    """The carrier will collect the parcel."""

    order_id: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True)
class ParcelRefused:
    """The carrier will not collect the parcel."""

    order_id: str
    reason: str
    refused_at: datetime


@dataclass(frozen=True, slots=True)
class ParcelCancelled:
    """The carrier no longer needs to come."""

    order_id: str
    cancelled_at: datetime


ProductEvent = ProductListed | PriceChanged | ProductRetired
StockEvent = (
    StockReceived | StockAdjusted | StockAdjustmentRefused | StockReserved | StockReservationRefused | StockReleased
)
CartEvent = CartLineSet | CartCheckedOut
OrderEvent = (
    OrderPlaced
    | OrderLinesRefused
    | OrderCancelled
    | OrderPaid
    | OrderShipped
    | OrderDelivered
    | ItemStatusChanged
    | ItemsReturned
)
PaymentEvent = PaymentRequested | PaymentTaken | PaymentDeclined | PaymentWithdrawn | PaymentRefunded
ParcelEvent = ParcelBooked | ParcelAccepted | ParcelRefused | ParcelCancelled
EVENTS: dict[str, type] = {
    "product-listed": ProductListed,
    "price-changed": PriceChanged,
    "product-retired": ProductRetired,
    "stock-received": StockReceived,
    "stock-adjusted": StockAdjusted,
    "stock-adjustment-refused": StockAdjustmentRefused,
    "stock-reserved": StockReserved,
    "stock-reservation-refused": StockReservationRefused,
    "stock-released": StockReleased,
    "cart-line-set": CartLineSet,
    "cart-checked-out": CartCheckedOut,
    "order-placed": OrderPlaced,
    "order-lines-refused": OrderLinesRefused,
    "order-cancelled": OrderCancelled,
    "order-paid": OrderPaid,
    "order-shipped": OrderShipped,
    "order-delivered": OrderDelivered,
    "item-status-changed": ItemStatusChanged,
    "items-returned": ItemsReturned,
    "payment-requested": PaymentRequested,
    "payment-taken": PaymentTaken,
    "payment-declined": PaymentDeclined,
    "payment-withdrawn": PaymentWithdrawn,
    "payment-refunded": PaymentRefunded,
    "parcel-booked": ParcelBooked,
    "parcel-accepted": ParcelAccepted,
    "parcel-refused": ParcelRefused,
    "parcel-cancelled": ParcelCancelled,
}
"""Every event type of the shop, by the name that it has in a log that outlives the process."""
