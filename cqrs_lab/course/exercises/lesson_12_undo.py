"""Exercise 12.1: undo an order, with a store-room and a bank that do whatever they are told."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from cqrs_lab.course.guard import NotYet
from cqrs_lab.errors import said


@dataclass(frozen=True)
class Taken:
    """The bank took so much for an order."""

    order: str
    mills: int
    position: int


@dataclass(frozen=True)
class Cancelled:
    """An order will not be delivered; these goods, quantities by product, were set aside for it."""

    order: str
    goods: Mapping[str, int]
    position: int


@dataclass(frozen=True)
class PutBack:
    """Put goods of an order back on the shelf."""

    order: str
    product: str
    quantity: int


@dataclass(frozen=True)
class PayBack:
    """Send money of an order back to the customer."""

    order: str
    mills: int


@dataclass(frozen=True)
class WentBack:
    """Goods are on the shelf again."""

    order: str
    product: str
    quantity: int
    position: int


@dataclass(frozen=True)
class PaidBack:
    """Money is with the customer again."""

    order: str
    mills: int
    position: int


class _Died(BaseException):
    """The process dies here; no `except Exception` keeps it alive."""


class _Shop:
    """A log, and a store-room and a bank that do what they are told as often as they are told, but once an id."""

    def __init__(self, log: Sequence[Any], dies_after: int = 0) -> None:
        self.log = list(log)
        self.ids: list[str | None] = []
        self.done: list[Any] = []
        self.swallowed: list[Any] = []
        self.dies_after, self.dead = dies_after, False

    def send(self, command: PutBack | PayBack, command_id: str | None = None) -> None:
        """Carry a command out, unless one was carried out under this id."""
        if self.dead:
            raise _Died
        again = command_id is not None and command_id in self.ids
        (self.swallowed if again else self.done).append(command)
        self.ids.append(command_id)
        if not again:
            at = len(self.log) + 1
            event = (
                WentBack(command.order, command.product, command.quantity, at)
                if isinstance(command, PutBack)
                else PaidBack(command.order, command.mills, at)
            )
            self.log.append(event)
        self.dead = len(self.ids) == self.dies_after
        if self.dead:
            raise _Died


# Every check has orders of its own: what an answer remembers from the last one must not help or hinder it.
_checks = itertools.count(1)


class _Case(NamedTuple):
    """Order and money of somebody else, and of the one who cancels, and all that has to go back."""

    others: Taken
    paid: Taken
    called_off: Cancelled

    @property
    def log(self) -> list[Any]:
        return list(self)

    @property
    def back(self) -> Counter[Any]:
        order = self.called_off.order
        return Counter([PutBack(order, "cup", 2), PutBack(order, "pot", 1), PayBack(order, self.paid.mills)])


def compensation(answer: Any) -> None:
    """Judge ``undo(shop, event)``: goods and money of a cancelled order go back, once, whenever the money was taken."""
    number = next(_checks) * 10
    order = str(number + 7)
    cancelled = Cancelled(order, {"cup": 2, "pot": 1}, 3)
    case = _Case(Taken(str(number + 8), 700, 1), Taken(order, 5000, 2), cancelled)
    shop = _Shop(case.log)
    _undo(answer, shop, cancelled, CALLED)
    _log_is_kept(shop, case.log)
    _all_is_back(shop, case)
    _once(answer, shop, case)
    _another_order(answer, shop, str(number + 6))
    _after_a_death(answer, case)
    _late_money(answer, str(number + 9))
    _read_late(answer, str(number + 5))
    _taken_twice(answer, str(number + 4))


CALLED = "called undo with a cancellation"


def _undo(answer: Any, shop: _Shop, event: Taken | Cancelled, done: str) -> None:
    if not callable(answer):
        raise NotYet("looked for undo", answer, "a function", "What did you hand over?")
    try:
        answer(shop, event)
    except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
        raise NotYet(done, said(error), "no error", "Which line of yours raises it, and for which event?") from None


def _log_is_kept(shop: _Shop, before: Sequence[Any]) -> None:
    if list(shop.log[: len(before)]) != list(before):
        ask = "The bank, the store-room and every table have read those events. Who tells them, if you take one away?"
        raise NotYet("looked at the log after undo", shop.log, f"{before}, and more behind them", ask)
    if len(shop.log) - len(before) != len(shop.done):
        ask = "You wrote into the log yourself, and nobody moved anything. Which command makes it true?"
        raise NotYet("compared the log with what was carried out", shop.log, "an event for each command", ask)


def _all_is_back(shop: _Shop, case: _Case) -> None:
    came = _listed(shop.done)
    if any(command.order != case.called_off.order for command in shop.done):
        ask = "The other order stands, and its money went back as well. Whose events did you look at?"
        raise NotYet(CALLED, came, f"commands of order {case.called_off.order}", ask)
    if shop.swallowed:
        ask = "Two commands under one id: the second one is taken for a repetition. What tells them apart?"
        raise NotYet(CALLED, f"{shop.ids}; not carried out: {shop.swallowed}", "an id for each command", ask)
    back = {command.product for command in shop.done if isinstance(command, PutBack)}
    if len(back) == 1:
        ask = f"The {back.pop()} went back. How many products were set aside?"
        raise NotYet(CALLED, came, "the cups and the pot", ask)
    if back and not any(isinstance(command, PayBack) for command in shop.done):
        ask = "The shelf is full again, and the bank has 5,000 mills of hers. Which step have you not undone?"
        raise NotYet(CALLED, came, "a PayBack of 5,000 mills as well", ask)
    if Counter(shop.done) != case.back:
        ask = "Which steps were done for this order? Each needs one that makes it good."
        raise NotYet(CALLED, came, _listed(case.back), ask)


def _once(answer: Any, shop: _Shop, case: _Case) -> None:
    first = list(shop.ids)
    again = "called undo with the same event again, as after a crash"
    _undo(answer, shop, case.called_off, again)
    if Counter(shop.done) == case.back:
        return
    ask = "The same wish under a new id is a new wish, and she was paid twice. What is the same at every call?"
    if None in shop.ids:
        ask = "Nothing tells the bank that it is the same wish. What did you give it to know that by?"
    raise NotYet(again, f"ids {first}, then {shop.ids[len(first) :]}", "nothing is carried out twice", ask)


def _another_order(answer: Any, shop: _Shop, order: str) -> None:
    before, at = len(shop.done), len(shop.log)
    cancelled = Cancelled(order, {"pot": 3, "cup": 2}, at + 2)
    shop.log += [Taken(order, 5000, at + 1), cancelled]
    done = "cancelled another order, of cups and a pot as well, in the same shop"
    _undo(answer, shop, cancelled, done)
    wanted = [PutBack(order, "cup", 2), PutBack(order, "pot", 3), PayBack(order, 5000)]
    if Counter(shop.done[before:]) != Counter(wanted):
        ask = "Its ids were used up by the first order, so it was taken for that one. Whose cup does an id name?"
        if not any(command.order == order for command in shop.swallowed):
            ask = "The first order went back as it should, and the second did not. What is left over from the first?"
        raise NotYet(done, f"{_listed(shop.done[before:])}; ids {shop.ids}", _listed(wanted), ask)


def _after_a_death(answer: Any, case: _Case) -> None:
    for number in range(1, len(case.back) + 1):
        shop = _Shop(case.log, dies_after=number)
        done = f"let it die after its command number {number}, and called it again"
        with suppress(_Died):
            _undo(answer, shop, case.called_off, done)
        if not shop.dead:
            ask = "In a new shop with the same events it sent less. What do you remember from before, and where?"
            raise NotYet("called undo in a new shop", _listed(shop.done), _listed(case.back), ask)
        shop.dead = False
        _undo(answer, shop, case.called_off, done)
        if Counter(shop.done) != case.back:
            ask = "It found something done and stopped there. Does begun mean finished?"
            raise NotYet(done, _listed(shop.done), _listed(case.back), ask)


def _late_money(answer: Any, order: str) -> None:
    cancelled, late = Cancelled(order, {"cup": 1}, 1), Taken(order, 2550, 3)
    shop = _Shop([cancelled])
    done = "cancelled an order before the bank had answered"
    _undo(answer, shop, cancelled, done)
    if shop.done != [PutBack(order, "cup", 1)]:
        ask = "The bank had taken nothing yet. Whose money did you send?"
        raise NotYet(done, _listed(shop.done), "the cup alone", ask)
    shop.log.append(late)
    done = "let the bank take the money after all, and called undo with that, twice"
    _undo(answer, shop, late, done)
    _undo(answer, shop, late, done)
    paid = shop.done.count(PayBack(order, late.mills))
    if paid != 1 or len(shop.done) != 2:
        ask = "The late money was seen twice. By what does the bank know that it is the same?"
        if not paid:
            ask = "The bank's yes came after the cancellation. Who gives that money back?"
        raise NotYet(done, _listed(shop.done), "the cup, and 2,550 mills once", ask)


def _read_late(answer: Any, order: str) -> None:
    """Let the process be behind: the money that came after the cancellation is in the log already."""
    cancelled, late = Cancelled(order, {"cup": 1}, 1), Taken(order, 2550, 2)
    shop = _Shop([cancelled, late])
    done = "called undo late: with a cancellation behind which the money stands in the log, and then with the money"
    _undo(answer, shop, cancelled, done)
    _undo(answer, shop, late, done)
    wanted = [PutBack(order, "cup", 1), PayBack(order, late.mills)]
    if Counter(shop.done) != Counter(wanted):
        ask = "One payment, met on two ways, under two ids. Which event is it that the money came with?"
        raise NotYet(done, f"{_listed(shop.done)}; ids {shop.ids}", _listed(wanted), ask)


def _taken_twice(answer: Any, order: str) -> None:
    """Let the bank take the same sum before the cancellation and after it."""
    early, cancelled, late = Taken(order, 5000, 1), Cancelled(order, {"cup": 1}, 2), Taken(order, 5000, 3)
    shop = _Shop([early, cancelled])
    done = "let the bank take 5,000 mills before the cancellation, and the same once more after it"
    _undo(answer, shop, cancelled, done)
    shop.log.append(late)
    _undo(answer, shop, late, done)
    came = f"{_listed(shop.done)}; ids {shop.ids}"
    if sum(command.mills for command in shop.done if isinstance(command, PayBack)) != early.mills + late.mills:
        ask = "The bank took money twice and she did not get back as much. How do you tell what is still owed to her?"
        if any(command.mills == late.mills for command in shop.swallowed if isinstance(command, PayBack)):
            ask = "One order, two payments, and both refunds under one id. Which of them does the id name?"
        raise NotYet(done, came, "10,000 mills back, in all", ask)


def _listed(commands: Iterable[Any]) -> str:
    return "; ".join(sorted(map(str, commands))) or "no command"
