"""An exercise of lesson 8: a page that shows what has just been ordered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import isgenerator
from numbers import Integral
from types import SimpleNamespace
from typing import Any

from cqrs_lab.course.accept import as_items
from cqrs_lab.course.exercises.arguments import expect_arguments
from cqrs_lab.course.guard import NotYet, shown, what_it_means
from cqrs_lab.course.own_line import own_call
from cqrs_lab.errors import CommandRejected


@dataclass
class _Receipt:
    """What a command led to; it notices whether its version was read."""

    position: int
    stream_version: int
    events: tuple[str, ...]
    stream: str = "ada"
    version_read: bool = False

    @property
    def version(self) -> int:
        self.version_read = True
        return self.stream_version

    def __repr__(self) -> str:
        return f"Receipt(position={self.position}, version={self.stream_version}, stream={self.stream!r})"


class _Page:
    """A small shop whose table is behind, until somebody waits for a position, or for very long."""

    def __init__(self) -> None:
        self.log = ["older order", "somebody else's order"]
        self.position, self.asked, self.peeked, self.slept = 0, list[int](), False, 0.0
        self.answered: list[tuple[str, ...]] = []
        self.receipts: list[_Receipt] = []
        self.sent: list[str] = []

    def __repr__(self) -> str:
        return "shop"

    def send(self, order: str) -> _Receipt:
        """Accept an order; one that is there already leads to no event; an empty one is refused."""
        self.sent.append(order)
        if not order:
            raise CommandRejected("an order needs a line")
        new = order not in self.log
        if new:
            self.log.append(order)
        position = self.log.index(order) + 1
        # The other customer's order is in the log, and not in her stream.
        version = position if position == 1 else position - 1
        self.receipts.append(_Receipt(position, version, (order,) if new else ()))
        return self.receipts[-1]

    def ask(self, at_least: int = 0) -> SimpleNamespace:
        """Answer as of where the table stands, or wait until it reflects a position."""
        if not isinstance(at_least, Integral):
            raise TypeError(f"ask waits for a position, a whole number; at_least={at_least!r} is none")
        at_least = int(at_least)
        self.asked.append(at_least)
        if at_least > len(self.log):
            return SimpleNamespace(value=None, position=self.position, freshness="timeout")
        late = len(self.log) if self.slept > 60 or len(self.asked) > MOST_ASKED else 0
        self.position = max(self.position, at_least, late)
        shown = tuple(self.log[: self.position])
        self.answered.append(shown)
        return SimpleNamespace(value=shown, position=self.position, freshness="fresh")

    def sleep(self, seconds: float) -> None:
        """Let time pass; the table catches up after a minute, which nobody knows."""
        self.slept += seconds

    def read_the_log(self) -> tuple[str, ...]:
        """Read the write side's own record."""
        self.peeked = True
        return tuple(self.log)


MOST_ASKED = 200
THE_ORDERS = "the orders shown"
THEIR_PARTS = (
    "A receipt has a position of its own, whether or not it has events. An answer has a value: a tuple of orders."
)


def session(answer: Any) -> None:
    """Judge ``order_and_look(shop, order)``: it sends the order and returns the orders that the page shows."""
    if not callable(answer):
        raise NotYet("looked for order_and_look", shown(answer), "a function", "What did you hand over?")
    expect_arguments(answer, "order_and_look", "shop", "order")
    shop = _Page()
    _orders(answer, shop, "tea", "Which position has her order?")
    shop.log += ["a later order", "another one"]
    shop.position = 0
    there = "The order was there already, so nothing new was recorded. Which position does the receipt name then?"
    _orders(answer, shop, "older order", there)
    shop.position = len(shop.log)
    _orders(answer, shop, "older order", there)
    _orders(
        answer, shop, "coffee", "It is a second order of the same visit. Which of the two receipts do you wait for?"
    )
    _refused(answer, shop)


def _orders(answer: Any, shop: _Page, order: str, ask: str) -> None:
    """Order once, and compare what the page shows with what it asked."""
    at, known, done = len(shop.asked), max(shop.asked, default=0), f"called order_and_look(shop, {order!r})"
    shop.sent.clear()
    shop.answered.clear()
    page = _called(answer, shop, order, done)
    asked = shop.asked[at:]
    if page is None and asked and asked[-1] > len(shop.log):
        ask = ask if known else "No such position is in the log yet. Which position has her order?"
        raise NotYet(f"{done}, which asked for position {asked[-1]:,}", page, THE_ORDERS, ask)
    orders = tuple(as_items(page, done, THE_ORDERS))
    if shop.sent != [order]:
        said = "How often did you send it, and which? Every order is sent, once."
        raise NotYet(f"{done}, and counted what was sent", f"sent {shop.sent}", f"sent {[order]}", said)
    _how_it_looked(shop, orders, order, asked, done)
    if order not in orders and not any(order in one for one in shop.answered):
        raise NotYet(done, orders, f"{order!r} among them", ask if known else _why_not_there(shop))
    if sorted(map(str, orders)) not in [sorted(one) for one in shop.answered]:
        raise NotYet(f"{done}, and compared it with the answers of shop.ask", orders, *_put_or_left_out(shop, orders))
    waited = max(asked)
    # Who waited for more before, on the same visit, may wait for that again.
    if waited > max(known, shop.receipts[-1].position):
        raise NotYet(done, f"asked for position {waited}", f"position {shop.receipts[-1].position}", ask)


def _called(answer: Callable[..., Any], shop: _Page, order: str, done: str) -> Any:
    """Return what the page shows, or say what the things that it handles are."""
    try:
        came = answer(shop, order)
        came = list(came) if isgenerator(came) else came
    except (AttributeError, IndexError, TypeError) as error:
        wrong_call = isinstance(error, TypeError) and "argument" in str(error)
        ask = what_it_means(error) if wrong_call else THEIR_PARTS
        raise NotYet(own_call(error) or done, error, THE_ORDERS, ask) from None
    if isinstance(came, SimpleNamespace):
        ask = "That is the whole answer: orders, a position and more. Which part of it has the orders?"
        raise NotYet(done, f"an answer of shop.ask, with {', '.join(vars(came))}", THE_ORDERS, ask)
    return came


def _how_it_looked(shop: _Page, orders: tuple[Any, ...], order: str, asked: list[int], done: str) -> None:
    if shop.slept:
        ask = "You slept, and the table was still behind. How long is long enough, if nobody knows the lag?"
        if order in orders:
            ask = "It slept as well. What is the sleep for, if the receipt says what to wait for?"
        raise NotYet(done, f"slept {shop.slept:g} s, saw {orders}", "no sleep", ask)
    if shop.peeked:
        ask = "You read the write side's own record. Who answers questions then, and what is the read model for?"
        raise NotYet(f"{done}, and watched what you read", "shop.read_the_log()", "an answer of shop.ask", ask)
    if not asked:
        ask = "The page has asked nobody. Whose answer does it show?"
        raise NotYet(f"{done}, and watched what you asked for", "no shop.ask(…)", "an answer of shop.ask", ask)
    if len(asked) > 3:
        ask = "You ask until it is there. What does the receipt say that a single question can wait for?"
        raise NotYet(done, f"{len(asked)} questions", "one that waits", ask)


def _put_or_left_out(shop: _Page, orders: tuple[Any, ...]) -> tuple[str, str]:
    if any(set(orders) <= set(one) for one in shop.answered):
        return "all that one answer holds", "An answer held more, or each order once. Which line of yours changes that?"
    ask = "You put it there yourself: an optimistic screen. What has to be asked so that the read model shows it?"
    return "one of those answers", ask


def _why_not_there(shop: _Page) -> str:
    if any(receipt.version_read for receipt in shop.receipts):
        return "A version counts the events of one stream, a position all in the log. Which of them does ask take?"
    return "What does the receipt say that an answer can wait for?"


def _refused(answer: Callable[..., Any], shop: _Page) -> None:
    done, through = "sent an order that is refused", "CommandRejected, raised"
    try:
        came = answer(shop, "")
        came = list(came) if isgenerator(came) else came
    except CommandRejected:
        return
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        raise NotYet(
            done, error, through, "What happens to the CommandRejected on its way through your lines?"
        ) from None
    ask = "A refused order looks like any other now. Who tells the customer?"
    raise NotYet(done, f"returned {shown(came)}", through, ask)
