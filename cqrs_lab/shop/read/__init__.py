"""The shop's read side: seven projections, and the queries that are answered from them."""

from __future__ import annotations

from collections.abc import Mapping

from cqrs_lab.read.projection import Projection
from cqrs_lab.read.projector import Projector
from cqrs_lab.read.queries import QueryBus
from cqrs_lab.shop.read.carts import Cart, ShowCart, show_cart
from cqrs_lab.shop.read.orders import DetailsOf, OrderDetails, OrderHistory, OrdersOf, details_of, orders_of
from cqrs_lab.shop.read.products import ListProducts, ProductListing, list_products
from cqrs_lab.shop.read.sales import BestSellers, RevenueBetween, RevenueByDay, TopSellers, revenue_between, top_sellers
from cqrs_lab.shop.read.stock import InventoryLevels, StockLevels, stock_levels

__all__ = [
    "ProductListing",
    "ListProducts",
    "list_products",
    "Cart",
    "ShowCart",
    "show_cart",
    "OrderHistory",
    "OrdersOf",
    "orders_of",
    "OrderDetails",
    "DetailsOf",
    "details_of",
    "InventoryLevels",
    "StockLevels",
    "stock_levels",
    "RevenueByDay",
    "RevenueBetween",
    "revenue_between",
    "BestSellers",
    "TopSellers",
    "top_sellers",
    "projections",
    "register",
]


def projections() -> tuple[Projection, ...]:
    """Return a new instance of each of the shop's projections."""
    return ProductListing(), Cart(), OrderHistory(), OrderDetails(), InventoryLevels(), RevenueByDay(), BestSellers()


def register(queries: QueryBus, projectors: Mapping[str, Projector]) -> None:
    """Register all queries of the shop; `projectors` are keyed by the projections' names."""
    queries.register(ListProducts, list_products, reads=projectors["product_listing"])
    queries.register(ShowCart, show_cart, reads=projectors["cart"])
    queries.register(OrdersOf, orders_of, reads=projectors["order_history"])
    queries.register(DetailsOf, details_of, reads=projectors["order_details"])
    queries.register(StockLevels, stock_levels, reads=projectors["inventory_levels"])
    queries.register(RevenueBetween, revenue_between, reads=projectors["revenue_by_day"])
    queries.register(TopSellers, top_sellers, reads=projectors["best_sellers"])
