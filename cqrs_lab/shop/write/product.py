"""The rules for one product of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from cqrs_lab.errors import CommandRejected
from cqrs_lab.shop.events import PriceChanged, ProductEvent, ProductListed, ProductRetired
from cqrs_lab.shop.write.commands import ChangePrice, ListProduct, ProductCommand, RetireProduct
from cqrs_lab.write.decider import Decider


@dataclass(frozen=True, slots=True)
class Product:
    """What the rules need to know of a product."""

    listed: bool = False
    retired: bool = False
    name: str = ""
    price_mills: int = 0


def decide(command: ProductCommand, product: Product) -> list[ProductEvent]:
    """Decide what a command causes; a retired product never changes again."""
    if product.retired and not isinstance(command, RetireProduct):
        raise CommandRejected(f"product {command.product_id} is retired; list a new product instead")
    match command:
        case ListProduct():
            return _list(command, product)
        case ChangePrice():
            return _change_price(command, product)
        case RetireProduct():
            return _retire(command, product)
        case _:
            assert_never(command)


def _list(command: ListProduct, product: Product) -> list[ProductEvent]:
    _check_price(command.price_mills)
    if not product.listed:
        return [ProductListed(command.product_id, command.name, command.price_mills, command.at)]
    if (command.name, command.price_mills) != (product.name, product.price_mills):
        raise CommandRejected(
            f"product {command.product_id} is listed as {product.name!r} at {product.price_mills} mills already"
        )
    return []


def _change_price(command: ChangePrice, product: Product) -> list[ProductEvent]:
    _check_price(command.price_mills)
    _check_listed(command.product_id, product)
    if command.price_mills == product.price_mills:
        return []
    return [PriceChanged(command.product_id, command.price_mills, command.at)]


def _retire(command: RetireProduct, product: Product) -> list[ProductEvent]:
    _check_listed(command.product_id, product)
    return [] if product.retired else [ProductRetired(command.product_id, command.at)]


def _check_listed(product_id: str, product: Product) -> None:
    if not product.listed:
        raise CommandRejected(f"product {product_id} is not listed; list it first")


def _check_price(price_mills: int) -> None:
    if price_mills < 0:
        raise CommandRejected("price must not be negative")


def evolve(product: Product, event: ProductEvent) -> Product:
    """Return the next state: what is known once an event has happened."""
    match event:
        case ProductListed():
            return Product(listed=True, name=event.name, price_mills=event.price_mills)
        case PriceChanged():
            return replace(product, price_mills=event.price_mills)
        case ProductRetired():
            return replace(product, retired=True)
        case _:
            assert_never(event)


product: Decider[ProductCommand, ProductEvent, Product] = Decider(Product(), decide, evolve)
"""Decides on streams "product-…"."""
