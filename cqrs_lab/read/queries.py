"""Queries: an answer, the position it reflects, and how fresh it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from cqrs_lab.errors import InvalidArgument, NotRegistered
from cqrs_lab.log.guards.identity import find_route, forget_outdated
from cqrs_lab.log.workers.turn import depth, working
from cqrs_lab.read.guards import accepted
from cqrs_lab.read.projector import Projector, Serving

Freshness = Literal["fresh", "pending", "rebuilding", "failed", "timeout"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a query.

    Attributes
    ----------
    value : Any
        The handler's result; None unless the tables have reached the position asked for.
    position : int
        The position that the tables reflect; the smallest, if there are several.
    freshness : {"fresh", "pending", "rebuilding", "failed", "timeout"}
        fresh: the position asked for is reached. pending: not yet, and the query did not wait. timeout:
        not within the time given. rebuilding: the first version is still being built. failed: a projector
        stopped on an error; a value, if there is one, is from the last good position.
    """

    value: Any
    position: int
    freshness: Freshness


class QueryBus:
    """Answers queries from read models, and changes nothing.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> from cqrs_lab import MemoryEventStore, Projector, QueryBus
    >>> from cqrs_lab.shop.read import ProductListing
    >>> @dataclass(frozen=True)
    ... class HowManyProducts:
    ...     pass
    >>> queries = QueryBus()
    >>> products = Projector(MemoryEventStore(), ProductListing())
    >>> queries.register(HowManyProducts, lambda query, table: len(table), reads=products)
    >>> queries.ask(HowManyProducts())
    Answer(value=0, position=0, freshness='fresh')
    >>> queries.ask(HowManyProducts(), at_least=3)
    Answer(value=None, position=0, freshness='pending')
    """

    def __init__(self) -> None:
        self._routes: dict[type, tuple[Callable[..., Any], tuple[Projector, ...]]] = {}

    def register(
        self, query_type: type, handler: Callable[..., Any], *, reads: Projector | Sequence[Projector]
    ) -> None:
        """Answer queries of this type with ``handler(query, *tables)``, one table per projector in `reads`."""
        if isinstance(query_type, type):
            forget_outdated(self._routes, query_type)
        if isinstance(query_type, type) and query_type in self._routes:
            raise InvalidArgument(
                f"{query_type.__name__} is registered already; one query has one handler: "
                "if you are running this cell again, make the QueryBus again first, then register"
            )
        projectors = accepted.checked_projectors(reads, Projector)
        accepted.check_query(query_type, handler, readers=len(projectors))
        self._routes[query_type] = handler, projectors

    def ask(self, query: object, *, at_least: int = 0, timeout_seconds: float = 0.0) -> Answer:
        """Return an answer from tables that reflect at least this position, or one that says why there is none.

        Parameters
        ----------
        query : object
        at_least : int, optional
            Usually ``receipt.position``: then the answer reflects your own command. Never answered from
            an older state.
        timeout_seconds : float, optional
            How long to wait for the projectors to get there. A query never makes them catch up.

        Raises
        ------
        NotRegistered
            No handler is registered for this type of query.
        """
        handler, projectors = self._route(query)
        at_least = accepted.checked_position("at_least", at_least)
        timeout_seconds = accepted.checked_seconds(timeout_seconds)
        deadline = time.monotonic() + timeout_seconds
        for projector in projectors if timeout_seconds else ():
            projector.wait_for(at_least, max(0.0, deadline - time.monotonic()))
        servings = [projector.serving for projector in projectors]
        position = min(serving.model.position for serving in servings)
        freshness = _freshness(servings, at_least, waited=timeout_seconds > 0)
        if position < at_least:
            return Answer(None, position, freshness)
        for serving in servings:  # a rebuilt version may bring the handler that fits its new shape
            handler = find_route(serving.handlers, type(query), "query") or handler
        if depth(self) > 50:
            raise InvalidArgument(f"{type(query).__name__} asks itself without end; make its handler read the tables")
        tables = [serving.model.table.copy(deep=False) for serving in servings]
        return Answer(working((self, *projectors), partial(handler, query, *tables)), position, freshness)

    def reads(self, query: object) -> tuple[Projector, ...]:
        """Return the projectors whose tables an answer to this query is made from."""
        return self._route(query)[1]

    def _route(self, query: object) -> tuple[Callable[..., Any], tuple[Projector, ...]]:
        route = find_route(self._routes, type(query), "query")
        if route is None:
            known = ", ".join(sorted(one.__name__ for one in self._routes)) or "none yet"
            raise NotRegistered(f"no handler for {type(query).__name__}; registered queries: {known}")
        return route


def _freshness(servings: Sequence[Serving], at_least: int, *, waited: bool) -> Freshness:
    if any(serving.error for serving in servings):
        return "failed"
    behind = [serving for serving in servings if serving.model.position < at_least]
    if not behind:
        return "fresh"
    if any(serving.rebuilding and serving.model.position == 0 for serving in behind):
        return "rebuilding"
    return "timeout" if waited else "pending"
