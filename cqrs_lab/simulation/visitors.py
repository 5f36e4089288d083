"""The visitors of a world: who came, for what and when, and what they see under any policy.

What is in the log, and when each replica shows it, does not depend on the policy. So one run of the real buses is
enough: what a look shows is a matter of which replica answers, and at which moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Literal, Self

import numpy as np
import pandas as pd

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import positive, whole
from cqrs_lab.simulation.draws import Integers, child
from cqrs_lab.simulation.durations import Duration, Seconds
from cqrs_lab.simulation.lives import reborn
from cqrs_lab.simulation.trace import Trace

Policy = Literal["eventual", "sleep", "token", "sticky replica", "waiting command", "primary"]
POLICIES: tuple[Policy, ...] = ("eventual", "sleep", "token", "sticky replica", "waiting command", "primary")
Mine = Callable[["VisitedShop", str], Any]
SLEEP_SECONDS = 1.0
"""How long the page waits before a visit's first look, where the policy is to sleep."""
AGAIN_SECONDS = 0.1
"""How long it takes to ask again, so that a page that asks until it is satisfied comes to an end."""
PRIMARY = -1
PEOPLE = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gwen", "Hugo")


@dataclass
class Visitor:
    """A session: a name, the replica it sticks to, and its token: the newest position it has written or seen."""

    name: str
    home: int
    token: int = 0

    @classmethod
    def number(cls, number: int, replicas: int) -> Self:
        """Return the n-th person who comes, from 0."""
        return cls(PEOPLE[number] if number < len(PEOPLE) else f"Guest {number + 1}", number % replicas)


@dataclass(frozen=True)
class Visitors:
    """Who came to a world.

    Attributes
    ----------
    committed_at : array of float
        When each visitor's event was committed: when they came.
    visible_at : array of float
        One row per replica, one column per event, ascending.
    keys : array of str
        What each visitor ordered and looks at.
    any_replica : array of int
        One row per visitor: which replica answers each look, where any may.
    seed : int
        What the world's draws come from.
    """

    committed_at: Seconds
    visible_at: Seconds
    keys: Any
    any_replica: Integers
    seed: int

    def trace(self, policy: Policy | Mine, think: Duration) -> pd.DataFrame:
        """Return the trace of these visitors under a policy; its columns are the attributes of `trace.Operation`."""
        trace, away, names = Trace(), list[tuple[float, float, int, Visitor]](), 0
        pages = dict[str, Mine]()  # what a page of your own remembers, it remembers of one visitor
        pauses = think.draw(child(self.seed, "think"), self.any_replica.size).reshape(self.any_replica.shape)
        for number, key in enumerate(self.keys):
            trace.committed(str(key), number + 1)
        for number, moment in enumerate(self.committed_at):
            if away and away[0][0] <= moment:
                person = heappop(away)[-1]
            else:
                person, names = Visitor.number(names, len(self.visible_at)), names + 1
            visit = _Visit(self, number, person, pauses[number], trace)
            # Several who wait for one event leave at one moment: in the order in which they asked.
            if callable(policy):
                ends, asked = visit.by_hand(pages.setdefault(person.name, reborn(policy)))
            else:
                ends, asked = visit.under(policy)
            heappush(away, (ends, asked, number, person))
        return trace.frame()

    def shows(self, replica: int, moment: float) -> int:
        """Return up to which position a replica, or the primary, has the log at a moment."""
        moments = self.committed_at if replica == PRIMARY else self.visible_at[replica]
        return int(np.searchsorted(moments, moment, side="right"))


@dataclass
class _Visit:
    """One visit: an order, and the looks after it. Its event is at position `number + 1`."""

    visitors: Visitors
    number: int
    person: Visitor
    pauses: Seconds
    trace: Trace

    @property
    def begun(self) -> float:
        return float(self.visitors.committed_at[self.number])

    def wrote(self, moment: float) -> None:
        """Record that the receipt has come."""
        self.trace.wrote(self.person.name, str(self.visitors.keys[self.number]), self.begun, moment, self.number + 1)
        self.person.token = max(self.person.token, self.number + 1)

    def read(self, asked: float, moment: float, replica: int, position: int, token: int) -> None:
        """Record that the page shows the log up to a position."""
        key = str(self.visitors.keys[self.number])
        self.trace.read(self.person.name, key, asked, moment, replica, position, token)
        self.person.token = max(self.person.token, position)

    def answer(self, replica: int, moment: float, token: int) -> tuple[float, int]:
        """Return when a replica answers, and up to which position it shows the log then."""
        if token:
            moment = max(moment, float(self.visitors.visible_at[replica, token - 1]))
        return moment, self.visitors.shows(replica, moment)

    def under(self, policy: Policy) -> tuple[float, float]:
        """Order and look under one of the kit's policies; return when the visit ends, and when it last asked."""
        now = asked = self.begun
        if policy == "waiting command":
            now = max(now, float(self.visitors.visible_at[:, self.number].max()))
        self.wrote(now)
        for look, pause in enumerate(self.pauses):
            asked = now = now + float(pause)
            if policy == "sleep" and look == 0:
                now += SLEEP_SECONDS
            fixed = {"sticky replica": self.person.home, "primary": PRIMARY}
            replica = fixed.get(policy, int(self.visitors.any_replica[self.number, look]))
            token = self.person.token if policy == "token" else 0
            now, position = self.answer(replica, now, token)
            self.read(asked, now, replica, position, token)
        return now, asked

    def by_hand(self, order_and_look: Mine) -> tuple[float, float]:
        """Let a learner's function order and look; return when it has finished, and when it asked."""
        shop = VisitedShop(self)
        shop.finish(order_and_look(shop, shop.order))
        return shop.now, shop.asked_at


@dataclass(frozen=True)
class Sent:
    """A receipt: the position of the order's event in the log."""

    position: int
    stream: str
    version: int = 1


@dataclass(frozen=True)
class Shown:
    """An answer: the orders up to a position; None with freshness "timeout" if that position never comes."""

    value: tuple[str, ...] | None
    position: int
    freshness: str
    replica: int
    token: int


class VisitedShop:
    """What your ``order_and_look(shop, order)`` has at hand in a world; each visit has one of its own.

    Attributes
    ----------
    order : str
        The visitor's order, such as "order 3".
    now : float
        Seconds on the world's clock.
    asked_at : float
        When the page began to ask: the reader waits from then on.
    """

    def __init__(self, visit: _Visit) -> None:
        self._visit, self.now = visit, visit.begun
        self.order = f"order {visit.number + 1}"
        self._sent, self.asked_at, self._shown = False, 0.0, list[Shown]()

    def send(self, order: str) -> Sent:
        """Send the order, and return its receipt; the same order again leads to no second event."""
        if order != self.order:
            raise InvalidArgument(f"order={shown(order)} is not the visitor's; send {self.order!r}, as it was given")
        if not self._sent:
            self._sent = True
            self._visit.wrote(self.now)
            # The page that is opened now looks as soon as the visitor has thought.
            self.asked_at = self.now = self.now + float(self._visit.pauses[0])
        return Sent(self._visit.number + 1, self.order)

    def ask(self, at_least: int = 0) -> Shown:
        """Ask any replica, and wait until it shows the log up to this position."""
        at_least, known = whole("at_least", at_least, least=0), self._visit.visitors
        if self._shown:
            self.now += AGAIN_SECONDS
        answers = known.any_replica[self._visit.number]
        replica = int(answers[len(self._shown) % len(answers)])
        if at_least > len(known.committed_at):
            return self._keep(Shown(None, 0, "timeout", replica, at_least))
        self.now, position = self._visit.answer(replica, self.now, at_least)
        return self._keep(Shown(_orders(position), position, "fresh", replica, at_least))

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += positive("seconds", seconds, zero=True)

    def read_the_log(self) -> tuple[str, ...]:
        """Return all orders that are committed: the primary answers."""
        position = self._visit.visitors.shows(PRIMARY, self.now)
        return self._keep(Shown(_orders(position), position, "fresh", PRIMARY, 0)).value or ()

    def _keep(self, answer: Shown) -> Shown:
        self._shown.append(answer)
        return answer

    def finish(self, page: Any) -> None:
        """Record what the page shows: the orders of one of the answers, whatever holds them."""
        orders = _held(page.value if isinstance(page, Shown) else page)  # a generator sends its order now
        if not self._sent:
            raise InvalidArgument("your function did not send the order; call shop.send(order)")
        found = [answer for answer in self._shown if _held(answer.value) == orders]
        if not found:
            raise InvalidArgument(
                f"your function returned {shown(page)}, which is no answer of the shop's; "
                "return what shop.ask(…) showed, its value"
            )
        last = found[-1]
        self._visit.read(self.asked_at, self.now, last.replica, last.position, last.token)


def _held(page: Any) -> list[str] | None:
    """Return the orders in any container, sorted: a page may show them in its own order."""
    if isinstance(page, Iterable) and not isinstance(page, str):
        return sorted(map(str, page))
    return None if page is None else [repr(page)]


def _orders(position: int) -> tuple[str, ...]:
    return tuple(f"order {number}" for number in range(1, position + 1))
