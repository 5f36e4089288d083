"""A way in: the rows of the CRUD shop become the opening events of a log, once, and the shop goes on from there.

An opening event says what a row said on the day it was taken over. It does not say how that came about: no row knows
when an order was paid, what a product cost before, or what was put back from a cart.
"""

from cqrs_lab.shop.opening.events import EVENTS, OrderTakenOver, ProductTakenOver, StockTakenOver
from cqrs_lab.shop.opening.read import Opened
from cqrs_lab.shop.opening.rows import opening_events, take_over
from cqrs_lab.shop.opening.write import register

__all__ = [
    "ProductTakenOver",
    "StockTakenOver",
    "OrderTakenOver",
    "EVENTS",
    "opening_events",
    "take_over",
    "register",
    "Opened",
]
