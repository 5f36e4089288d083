"""What both shops cost under one workload: the same orders, the same pages, in turns, in one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any, cast

import pandas as pd

from cqrs_lab.arguments import how_many
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.shop.compared.opponents import DrawnOrder, Opponents, draw_orders
from cqrs_lab.shop.compared.pages import PAGES
from cqrs_lab.shop.events import StockEvent
from cqrs_lab.shop.opening.write import stock

FACTS = 20
"""How many facts more a rule looks at, to see what one of them costs."""
LOOK = "SELECT on_hand FROM stock WHERE product_id = ?"


@dataclass(frozen=True, slots=True)
class MeasuredCosts:
    """What a run has cost.

    Attributes
    ----------
    costs : dict of str to DataFrame
        By page: one row per stretch of the run, with the costs that `simulation.choice` reads. The unit is one order of
        the CRUD shop in the same stretch, so that a slow machine and a fast one say the same.
    answers : DataFrame
        One row per page; columns asked, stale (answers that did not know every order yet, before the projector polled)
        and wrong (answers of the two shops that differ after it has polled).
    """

    costs: dict[str, pd.DataFrame]
    answers: pd.DataFrame


def measure(
    both: Opponents,
    *,
    seeds: Iterable[int] = range(10),
    orders: int = 10,
    reads: int = 3,
    clock: Callable[[], float] = time.process_time,
) -> MeasuredCosts:
    """Let both shops do the same work in turns, a stretch for each seed, and measure each kind of it.

    Parameters
    ----------
    both : Opponents
    seeds : iterable of int, optional
        A stretch for each; ten of them give intervals.
    orders, reads : int, optional
        Per stretch; reads of each page.
    clock : callable, optional
        Of what work costs: the processor time of this process, since somebody else's work is not to count.

    Returns
    -------
    MeasuredCosts

    Raises
    ------
    InvalidArgument
        The clock stood still while something was done: take more orders, or a finer clock.
    """
    wanted = "a number of times; give 1 or more"
    orders, reads = how_many("orders", orders, wanted, least=1), how_many("reads", reads, wanted, least=1)
    rows: dict[str, list[dict[str, float]]] = {page: [] for page in PAGES}
    seen = pd.DataFrame(0, index=pd.Index(list(PAGES), name="page"), columns=["asked", "stale", "wrong"])
    first = 10_000 * both.log.store.head()  # a run that comes later draws other orders
    for seed in seeds:
        drawn = list(draw_orders(orders, first + seed))
        writes = _writes(both, drawn, clock)
        for page, form in PAGES.items():
            who = [{"customer": one.customer_id, "order": one.order_id}.get(form.asks_for, "") for one in drawn]
            asked = [who[at % len(who)] for at in range(reads)]
            stale = _differs(both, page, asked[0])
            poll = _timed(clock, partial(both.log.poll, page))
            read = _reads(both, page, asked, clock)
            rows[page].append(_in_orders({**writes, **read, "cqrs_poll": poll}))
            seen.loc[page] += [1, stale, _differs(both, page, asked[0])]
    return MeasuredCosts({page: pd.DataFrame(each) for page, each in rows.items()}, seen)


def _writes(both: Opponents, drawn: list[DrawnOrder], clock: Callable[[], float]) -> dict[str, float]:
    """Return what an order costs each shop, and what one fact more costs its rule."""
    times = [[_timed(clock, partial(side.place, one)) for side in (both.rows, both.log)] for one in drawn]
    crud, cqrs = (median(column) for column in zip(*times, strict=True))
    product = next(iter(drawn[0].quantities))
    return {
        "crud_write": crud,
        "crud_rule": _timed(clock, lambda: _look_at_rows(both, product)) / FACTS,
        "cqrs_write": cqrs,
        "cqrs_rule": _timed(clock, lambda: _fold_facts(both, product)) / max(_facts(both, product), 1),
    }


def _look_at_rows(both: Opponents, product: str) -> None:
    """Look at facts as a rule of the CRUD shop does: a statement for each, in one transaction."""
    connection = both.rows.shop.connection
    connection.execute("BEGIN IMMEDIATE")
    for _ in range(FACTS):
        connection.execute(LOOK, (product,)).fetchone()
    connection.execute("COMMIT")


def _facts(both: Opponents, product: str) -> int:
    return min(both.log.store.stream_version(f"stock-{product}"), FACTS)


def _fold_facts(both: Opponents, product: str) -> Any:
    """Look at facts as a rule of the CQRS shop does: read from the stream, decoded, and folded into the state."""
    facts = both.log.store.read_stream(f"stock-{product}", limit=FACTS)
    return stock.fold([cast(StockEvent, recorded.event) for recorded in facts])


def _reads(both: Opponents, page: str, asked: list[str], clock: Callable[[], float]) -> dict[str, float]:
    times = [[_timed(clock, partial(side.ask, page, one)) for side in (both.rows, both.log)] for one in asked]
    crud, cqrs = (median(column) for column in zip(*times, strict=True))
    return {"crud_read": crud, "cqrs_read": cqrs}


def _differs(both: Opponents, page: str, who: str) -> bool:
    rows, table = both.answers(page, who)
    return rows != table


def _timed(clock: Callable[[], float], work: Callable[[], object]) -> float:
    began = clock()
    work()
    return clock() - began


def _in_orders(costs: dict[str, float]) -> dict[str, float]:
    """Return costs with one order of the CRUD shop as the unit."""
    if still := [name for name, cost in costs.items() if not cost > 0]:
        raise InvalidArgument(f"the clock stood still for {still[0]!r}; take more orders, or clock=time.perf_counter")
    return {name: cost / costs["crud_write"] for name, cost in costs.items()}
