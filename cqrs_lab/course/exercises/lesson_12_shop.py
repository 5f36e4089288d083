"""The shop of exercise 12.1: its events and commands, and a store-room and a bank that do whatever they are told."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cqrs_lab.course.guard import NotYet, shown


@dataclass(frozen=True)
class Taken:
    """The bank took this much for an order."""

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


class Died(BaseException):
    """The process dies here; no `except Exception` keeps it alive."""


class Shop:
    """A log, and a store-room and a bank that do what they are told: once under one id, and each time without one."""

    def __init__(self, log: Sequence[Any], dies_after: int = 0) -> None:
        self.log = list(log)
        self.ids: list[Any] = []
        self.done: list[Any] = []
        self.swallowed: list[Any] = []
        self.dies_after, self.dead = dies_after, False

    def send(self, command: PutBack | PayBack, command_id: Any = None) -> None:
        """Carry a command out, unless one was carried out under this id."""
        if self.dead:
            raise Died
        if not isinstance(command, PutBack | PayBack):
            ask = "The store-room understands PutBack, the bank PayBack. Which of the two undoes this step?"
            raise NotYet("looked at what you sent", shown(command), "PutBack or PayBack", ask)
        again = command_id is not None and command_id in self.ids
        (self.swallowed if again else self.done).append(command)
        self.ids.append(command_id)
        if not again:
            self.log.append(_recorded(command, len(self.log) + 1))
        self.dead = len(self.ids) == self.dies_after
        if self.dead:
            raise Died

    def revive(self) -> None:
        """Read the log again, as another process does: no object of it is the same."""
        self.log, self.dead, self.dies_after = copy.deepcopy(self.log), False, 0


def _recorded(command: PutBack | PayBack, position: int) -> Any:
    if isinstance(command, PutBack):
        return WentBack(command.order, command.product, command.quantity, position)
    return PaidBack(command.order, command.mills, position)
