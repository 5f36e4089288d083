"""The commands of the shop: each carries its time and every fact that comes from outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.shop.events import Charge, OrderLine


class _AtATime:
    """Checks the time that a command carries."""

    __slots__ = ()

    def __post_init__(self) -> None:
        at: Any = getattr(self, "at", None)
        if getattr(at, "tzinfo", None) is not None:
            raise InvalidArgument(f"at={at!r} has a time zone; give it without: all times are the shop's local time")


# --- the catalogue: one stream per product, "product-…" ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class ListProduct(_AtATime):
    """Offer a product for sale."""

    product_id: str
    name: str
    price_mills: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangePrice(_AtATime):
    """Change the price of a product from now on."""

    product_id: str
    price_mills: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RetireProduct(_AtATime):
    """Stop selling a product, for good."""

    product_id: str
    at: datetime


# --- stock: one stream per product, "stock-…" -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ReceiveStock(_AtATime):
    """Book goods that have arrived."""

    product_id: str
    quantity: int
    at: datetime


@dataclass(frozen=True, slots=True)
class AdjustStock(_AtATime):
    """Bring the books in line with the shelves; a negative quantity means that something is missing."""

    product_id: str
    quantity: int
    reason: str
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReserveStock(_AtATime):
    """Set goods aside for an order."""

    product_id: str
    order_id: str
    quantity: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ReleaseStock(_AtATime):
    """Release everything that is set aside for an order."""

    product_id: str
    order_id: str
    at: datetime


# --- carts: one stream per cart, "cart-…" -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AddToCart(_AtATime):
    """Put more of a product into the cart; the price is the one the customer was shown."""

    cart_id: str
    customer_id: str
    product_id: str
    quantity: int
    unit_price_mills: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangeCartQuantity(_AtATime):
    """Set the quantity of a product in the cart; 0 removes it."""

    cart_id: str
    product_id: str
    quantity: int
    at: datetime


@dataclass(frozen=True, slots=True)
class RemoveFromCart(_AtATime):
    """Remove a product from the cart."""

    cart_id: str
    product_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CheckOut(_AtATime):
    """Close the cart: its lines are to be ordered."""

    cart_id: str
    at: datetime


# --- orders: one stream per order or credit note, "order-…" -----------------------------------------------


@dataclass(frozen=True, slots=True)
class PlaceOrder(_AtATime):
    """Order these lines; `customer_id` is "" for a customer the shop does not know."""

    order_id: str
    customer_id: str
    country: str
    lines: tuple[OrderLine, ...]
    charges: tuple[Charge, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class CancelOrder(_AtATime):
    """Cancel the whole order."""

    order_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PayOrder(_AtATime):
    """Pay the order in full."""

    order_id: str
    amount_mills: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ShipOrder(_AtATime):
    """Hand the parcel to the carrier."""

    order_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DeliverOrder(_AtATime):
    """Hand the parcel to the customer."""

    order_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChangeItemStatus(_AtATime):
    """Set the status of one line of an order: on back order, damaged, …."""

    order_id: str
    line: int
    status: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReturnedQuantity:
    """How many units of one line of the order come back."""

    line: int
    quantity: int


@dataclass(frozen=True, slots=True)
class ReturnItems(_AtATime):
    """Send back part of an order, or all of it; the return has its own id.

    The sender must choose an id that is new to the whole shop: a decider sees one order's stream and cannot know the
    returns of another.
    """

    order_id: str
    return_id: str
    quantities: tuple[ReturnedQuantity, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class IssueCreditNote(_AtATime):
    """Credit these lines without reference to an order; quantities are positive and are subtracted."""

    return_id: str
    customer_id: str
    country: str
    lines: tuple[OrderLine, ...]
    charges: tuple[Charge, ...]
    at: datetime


# --- payments: one stream per order, "payment-…" ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RequestPayment(_AtATime):
    """Ask the bank to collect this amount for an order."""

    order_id: str
    amount_mills: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ConfirmPayment(_AtATime):
    """Say, as the bank, that the money was taken."""

    order_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DeclinePayment(_AtATime):
    """Say, as the bank, that the money will not be taken."""

    order_id: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WithdrawPayment(_AtATime):
    """Undo a payment at any stage: withdraw the request, or refund the money."""

    order_id: str
    at: datetime


# --- parcels: one stream per order, "parcel-…" ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BookParcel(_AtATime):
    """Ask the carrier to collect an order's parcel."""

    order_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AcceptParcel(_AtATime):
    """Say, as the carrier, that the parcel will be collected."""

    order_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefuseParcel(_AtATime):
    """Say, as the carrier, that the parcel will not be collected."""

    order_id: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class CancelParcel(_AtATime):
    """Cancel the carrier's visit."""

    order_id: str
    at: datetime


ProductCommand = ListProduct | ChangePrice | RetireProduct
StockCommand = ReceiveStock | AdjustStock | ReserveStock | ReleaseStock
CartCommand = AddToCart | ChangeCartQuantity | RemoveFromCart | CheckOut
OrderCommand = (
    PlaceOrder | CancelOrder | PayOrder | ShipOrder | DeliverOrder | ChangeItemStatus | ReturnItems | IssueCreditNote
)
PaymentCommand = RequestPayment | ConfirmPayment | DeclinePayment | WithdrawPayment
ParcelCommand = BookParcel | AcceptParcel | RefuseParcel | CancelParcel
COMMANDS: tuple[type, ...] = (
    *ProductCommand.__args__,
    *StockCommand.__args__,
    *CartCommand.__args__,
    *OrderCommand.__args__,
    *PaymentCommand.__args__,
    *ParcelCommand.__args__,
)
"""Every command of the shop."""
