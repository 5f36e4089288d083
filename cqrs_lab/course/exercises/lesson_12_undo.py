"""Exercise 12.1: undo an order, whenever the money is taken and wherever the process dies."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cqrs_lab.course.exercises.lesson_12_shop import Cancelled, Died, PayBack, PutBack, Shop, Taken
from cqrs_lab.course.exercises.lives import Lives
from cqrs_lab.course.guard import NotYet, shown, what_it_means


@dataclass(frozen=True)
class Dead:
    """What outlives a process that died on the way: its shop, the event it was at, and what has to go back."""

    shop: Shop
    event: Taken | Cancelled
    back: Counter[str]


EARLY, OTHERS = Taken("7", 5000, 2), Taken("8", 700, 1)
CANCELLED = Cancelled("7", {"cup": 2, "pot": 1}, 3)
LOG = (OTHERS, EARLY, CANCELLED)
BACK = Counter({"cup": 2, "pot": 1, "mills": 5000})
GOODS = ("cup", "pot", "mug", "jug", "bowl", "tray", "spoon", "plate")
MANY = Cancelled("7", dict.fromkeys(GOODS, 2), 3)
CALLED = "called undo with a cancellation"
DIED = "It found something done and stopped there. Does begun mean finished?"


def compensation(answer: Any) -> list[Dead]:
    """Judge ``undo(shop, event)``: goods and money of a cancelled order go back, once, whenever the money was taken."""
    undo = _Undo(answer)
    shop = Shop(LOG)
    undo(shop, CANCELLED, CALLED)
    _log_is_kept(shop)
    _all_is_back(shop)
    _once(undo, shop)
    _another_order(undo, shop)
    for number in range(1, 4):
        _after_a_death(undo, Shop(LOG, dies_after=number))
    _late_money(undo)
    _read_late(undo)
    _taken_before_and_after(undo)
    _taken_twice(undo, before=True)
    _taken_twice(undo, before=False)
    _many_goods(undo)
    many = Counter(MANY.goods) + Counter({"mills": EARLY.mills})
    on_the_way = [_dies_on_the_way(undo, [OTHERS, EARLY, MANY], MANY, after, many) for after in (1, 3, 6, 9)]
    late = Taken("7", 5000, 2)
    bare = Cancelled("7", {}, 1)
    return [*on_the_way, _dies_on_the_way(undo, [bare, late], late, 1, Counter({"mills": late.mills}))]


def compensation_after_restart(answer: Any, left: Sequence[Dead]) -> None:
    """Judge how the answer goes on in another process, where the first one died."""
    undo = _Undo(answer)
    for one in left:
        undo.die()
        one.shop.revive()
        before, done = list(one.shop.ids), "let it die after some commands, and called it again in another process"
        undo(one.shop, one.event, done)
        if _back(one.shop.done, one.event.order) != one.back:
            ask = (
                "In another process hash() of a text is another number, id() another place, and a set has another "
                "order. What can an id be made from that is the same everywhere?"
            )
            raise NotYet(done, f"ids {before}, then {one.shop.ids[len(before) :]}", "nothing done twice or left", ask)


class _Undo:
    """The answer, called with copies of events: each is read from the log, and is kept, so no two share a place."""

    def __init__(self, answer: Any) -> None:
        self._lives, self._handed = Lives(answer, "undo"), list[Any]()
        self.die = self._lives.die

    def __call__(self, shop: Shop, event: Taken | Cancelled, done: str) -> None:
        self._handed.append(copy.deepcopy(event))
        try:
            self._lives(shop, self._handed[-1])
        except NotYet:
            raise
        except Exception as error:  # noqa: BLE001 - an answer may raise anything; it is reported
            raise NotYet(f"{done}, {event}", error, "no error", what_it_means(error)) from None
        if self._handed[-1] != event:
            ask = "Others are handed the same event. What do they read in it now?"
            raise NotYet(f"{done}, and looked at the event afterwards", shown(self._handed[-1]), shown(event), ask)


def _back(commands: Iterable[Any], order: str) -> Counter[str]:
    """Add up what went back for an order: pieces by product, and mills."""
    back: Counter[str] = Counter()
    for one in commands:
        if one.order == order:
            back += Counter({one.product: one.quantity} if isinstance(one, PutBack) else {"mills": one.mills})
    return back


def _log_is_kept(shop: Shop) -> None:
    if tuple(shop.log[: len(LOG)]) != LOG:
        ask = "The bank, the store-room and every table have read those events. Who tells them, if you take one away?"
        raise NotYet("looked at the log after undo", shop.log, f"{list(LOG)}, and more after them", ask)
    if len(shop.log) - len(LOG) != len(shop.done):
        ask = "You wrote into the log yourself, and nobody moved anything. Which command makes it true?"
        raise NotYet("compared the log with what was carried out", shop.log, "an event for each command", ask)


def _all_is_back(shop: Shop) -> None:
    came = _listed(shop.done)
    if any(command.order != CANCELLED.order for command in shop.done):
        ask = "The other order stands, and its money went back as well. Whose events did you look at?"
        raise NotYet(CALLED, came, f"commands of order {CANCELLED.order}", ask)
    if _back(shop.done, CANCELLED.order) == BACK:
        return
    if shop.swallowed:
        ask = "Two commands under one id: the second one is taken for a repetition. What tells them apart?"
        raise NotYet(CALLED, f"{shop.ids}; not carried out: {shop.swallowed}", "an id for each command", ask)
    back = {command.product for command in shop.done if isinstance(command, PutBack)}
    if len(back) == 1:
        ask = f"The {back.pop()} went back. How many products were set aside?"
        raise NotYet(CALLED, came, "the cups and the pot", ask)
    goods = all(_back(shop.done, CANCELLED.order)[product] == BACK[product] for product in CANCELLED.goods)
    if goods and not any(isinstance(command, PayBack) for command in shop.done):
        ask = "The shelf is full again, and the bank has 5,000 mills of hers. Which step have you not undone?"
        raise NotYet(CALLED, came, "a PayBack of 5,000 mills as well", ask)
    if not back and shop.done:
        ask = "She has her money. What is still in the store-room with her name on it, so that nobody else can buy it?"
        raise NotYet(CALLED, came, "the cups and the pot as well", ask)
    ask = "Which steps were done for this order, and with how much? Each needs one that makes it good."
    raise NotYet(CALLED, came, "2 cups, 1 pot and 5,000 mills", ask)


def _once(undo: _Undo, shop: Shop) -> None:
    first = list(shop.ids)
    again = "let the process die, and called undo with the same event again"
    undo.die()
    shop.revive()
    undo(shop, CANCELLED, again)
    if _back(shop.done, CANCELLED.order) == BACK:
        return
    ask = "The same request under a new id is a new request, and is carried out again. What is the same at every call?"
    if None in shop.ids:
        ask = "Nothing tells store-room and bank that it is the same request. What did you give them to know that by?"
    raise NotYet(again, f"ids {first}, then {shop.ids[len(first) :]}", "nothing is carried out twice", ask)


def _another_order(undo: _Undo, shop: Shop) -> None:
    before, at = len(shop.done), len(shop.log)
    cancelled = Cancelled("6", {"pot": 3, "cup": 2}, at + 2)
    shop.log += [Taken("6", 5000, at + 1), cancelled]
    undo.die()
    done = "cancelled another order, of cups and a pot as well, in the same shop"
    undo(shop, cancelled, done)
    if _back(shop.done[before:], "6") != Counter({"cup": 2, "pot": 3, "mills": 5000}):
        ask = "Its ids were used up by the first order, so it was taken for that one. Whose cup does an id name?"
        if not any(command.order == "6" for command in shop.swallowed):
            ask = "The first order went back as it should, and the second did not. What is left over from the first?"
        raise NotYet(done, f"{_listed(shop.done[before:])}; ids {shop.ids}", "2 cups, 3 pots, 5,000 mills", ask)


def _after_a_death(undo: _Undo, shop: Shop) -> None:
    done = f"let it die after its command number {shop.dies_after}, and called it again"
    undo.die()
    with suppress(Died):
        undo(shop, CANCELLED, done)
    undo.die()
    shop.revive()
    undo(shop, CANCELLED, done)
    if _back(shop.done, CANCELLED.order) != BACK:
        raise NotYet(done, _listed(shop.done), "2 cups, 1 pot and 5,000 mills", DIED)


def _late_money(undo: _Undo) -> None:
    undo.die()
    cancelled, late = Cancelled("9", {"cup": 1}, 1), Taken("9", 2550, 3)
    shop = Shop([cancelled])
    done = "cancelled an order before the bank had answered"
    undo(shop, cancelled, done)
    if _back(shop.done, "9") != Counter({"cup": 1}) or len(shop.done) > 1:
        ask = "The bank had taken nothing yet. Whose money did you send?"
        raise NotYet(done, _listed(shop.done), "the cup alone", ask)
    shop.log.append(late)
    done = "let the bank take the money after all, and called undo with that, twice"
    undo(shop, late, done)
    undo.die()
    undo(shop, late, done)
    back = _back(shop.done, "9")
    if back != Counter({"cup": 1, "mills": 2550}):
        ask = "The late money was seen twice. How does the bank know that it is the same?"
        if not back["mills"]:
            ask = "The bank's yes came after the cancellation. Who gives that money back?"
        raise NotYet(done, _listed(shop.done), "the cup, and 2,550 mills once", ask)


def _read_late(undo: _Undo) -> None:
    """Let the process be behind: the money that came after the cancellation is in the log already."""
    undo.die()
    cancelled, late = Cancelled("5", {"cup": 1}, 1), Taken("5", 2550, 2)
    shop = Shop([cancelled, late])
    done = "called undo late: with a cancellation that the money follows in the log, and then with the money"
    undo(shop, cancelled, done)
    undo(shop, late, done)
    if _back(shop.done, "5") != Counter({"cup": 1, "mills": 2550}):
        ask = "One payment, found in two ways, under two ids. Which event did the money come with?"
        raise NotYet(done, f"{_listed(shop.done)}; ids {shop.ids}", "one cup, and 2,550 mills once", ask)


def _taken_before_and_after(undo: _Undo) -> None:
    """Let the bank take the same sum before the cancellation and after it."""
    undo.die()
    early, cancelled, late = Taken("4", 5000, 1), Cancelled("4", {"cup": 1}, 2), Taken("4", 5000, 3)
    shop = Shop([early, cancelled])
    done = "let the bank take 5,000 mills before the cancellation, and the same again after it"
    undo(shop, cancelled, done)
    shop.log.append(late)
    undo(shop, late, done)
    if _back(shop.done, "4")["mills"] != early.mills + late.mills:
        ask = "The bank took money twice and she did not get back as much. How do you tell what is still owed to her?"
        if any(command.mills == late.mills for command in shop.swallowed if isinstance(command, PayBack)):
            ask = "One order, two payments, and both refunds under one id. Which of them does the id name?"
        raise NotYet(done, f"{_listed(shop.done)}; ids {shop.ids}", "10,000 mills back, in all", ask)


def _taken_twice(undo: _Undo, before: bool) -> None:
    """Let the bank take two sums, both before the cancellation or both after it."""
    undo.die()
    at = (1, 2, 3) if before else (2, 3, 1)
    one, other, cancelled = Taken("3", 2000, at[0]), Taken("3", 900, at[1]), Cancelled("3", {"cup": 1}, at[2])
    shop = Shop([one, other, cancelled] if before else [cancelled])
    done = f"let the bank take 2,000 mills and then 900, both {'before' if before else 'after'} the cancellation"
    undo(shop, cancelled, done)
    for late in () if before else (one, other):
        shop.log.append(late)
        undo(shop, late, done)
    if _back(shop.done, "3")["mills"] != one.mills + other.mills:
        ask = "There are two payments of this order in the log. At which of them does your code stop looking?"
        raise NotYet(done, f"{_listed(shop.done)}; ids {shop.ids}", "2,900 mills back, in all", ask)


def _many_goods(undo: _Undo) -> None:
    """Set many goods aside, each twice; some begin with the same letter."""
    shop = Shop([OTHERS, EARLY, MANY])
    done = f"cancelled an order of {len(MANY.goods)} products"
    undo.die()
    undo(shop, MANY, done)
    if _back(shop.done, MANY.order) != Counter(MANY.goods) + Counter({"mills": EARLY.mills}):
        ask = "Two of everything were set aside. Which products does your code not come to?"
        if shop.swallowed:
            ask = "Two commands under one id: the second one is taken for a repetition. In what are the two alike?"
        raise NotYet(done, f"{_listed(shop.done)}; ids {shop.ids}", f"{shown(MANY.goods)} and 5,000 mills", ask)


def _dies_on_the_way(undo: _Undo, log: Sequence[Any], event: Taken | Cancelled, after: int, back: Counter[str]) -> Dead:
    shop = Shop(log, dies_after=after)
    undo.die()
    with suppress(Died):
        undo(shop, event, f"let it die after its command number {after}")
    return Dead(shop, event, back)


def _listed(commands: Iterable[Any]) -> str:
    return "; ".join(sorted(map(str, commands))) or "no command"
