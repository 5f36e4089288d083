"""The CRUD shop and the CQRS shop under one workload, in one run: what each costs, and what each has to run."""

from cqrs_lab.shop.compared.measure import MeasuredCosts, measure
from cqrs_lab.shop.compared.opponents import Opponents, DrawnOrder, draw_orders, open_opponents
from cqrs_lab.shop.compared.pages import PAGES
from cqrs_lab.shop.compared.price import PARTS, price

__all__ = [
    "open_opponents",
    "Opponents",
    "DrawnOrder",
    "draw_orders",
    "measure",
    "MeasuredCosts",
    "PAGES",
    "price",
    "PARTS",
]
