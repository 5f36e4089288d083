"""Which partition each event goes to, and what share of all events that makes for each partition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias
from zlib import crc32

from cqrs_lab.arguments import how_many
from cqrs_lab.errors import InvalidArgument

Pair: TypeAlias = tuple[str, str]
"""What an event is about: a product, and the order that it belongs to."""
PartitionOf: TypeAlias = Callable[[str, str, int], Any]
"""From a product, an order and the number of partitions to a partition, counted from 0."""


def by_product(product: str, order: str, partitions: int) -> int:
    """Return the partition of a product: all of its events, one after the other, go there.

    Examples
    --------
    >>> by_product("cup", "1001", 4) == by_product("cup", "1002", 4)
    True
    """
    return crc32(product.encode()) % partitions


def by_order(product: str, order: str, partitions: int) -> int:
    """Return the partition of an order: a product's events are in all partitions, an order's in one.

    Examples
    --------
    >>> by_order("cup", "1001", 4) == by_order("pot", "1001", 4)
    True
    """
    return crc32(order.encode()) % partitions


def shares(events: Sequence[Pair], partition_of: PartitionOf, partitions: int) -> tuple[float, ...]:
    """Return each partition's share of the events, as a `LagModel` takes them; those that get none are left out.

    Parameters
    ----------
    events : sequence of (product, order)
        One pair for each event.
    partition_of : callable
    partitions : int

    Raises
    ------
    InvalidArgument
        There is no event.

    Examples
    --------
    >>> shares([("cup", "1"), ("cup", "2"), ("cup", "3"), ("pot", "4")], lambda product, order, n: len(order) - 1, 2)
    (1.0,)
    """
    partitions = how_many("partitions", partitions, "a number of partitions; give 1 or more", least=1)
    counts = Counter(partition_of(product, order, partitions) for product, order in events)
    if not counts:
        raise InvalidArgument("events=[]: without an event there is no share; give at least one (product, order)")
    return tuple(count / counts.total() for _, count in sorted(counts.items()))
