"""The rules for the payment of one order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, assert_never

from cqrs_lab.errors import CommandRejected
from cqrs_lab.shop.events import (
    PaymentDeclined,
    PaymentEvent,
    PaymentRefunded,
    PaymentRequested,
    PaymentTaken,
    PaymentWithdrawn,
)
from cqrs_lab.shop.write.commands import (
    ConfirmPayment,
    DeclinePayment,
    PaymentCommand,
    RequestPayment,
    WithdrawPayment,
)
from cqrs_lab.write.decider import Decider


@dataclass(frozen=True, slots=True)
class Payment:
    """What the rules need to know of a payment.

    Attributes
    ----------
    stage : {"none", "requested", "taken", "declined", "withdrawn", "refunded"}
    amount_mills : int
        What was asked for.
    """

    stage: Literal["none", "requested", "taken", "declined", "withdrawn", "refunded"] = "none"
    amount_mills: int = 0


def decide(command: PaymentCommand, payment: Payment) -> Sequence[PaymentEvent]:
    """Decide what a command causes."""
    match command:
        case RequestPayment():
            return _request(command, payment)
        case ConfirmPayment():
            return _confirm(command, payment)
        case DeclinePayment():
            return _decline(command, payment)
        case WithdrawPayment():
            return _withdraw(command, payment)
        case _:
            assert_never(command)


def _request(command: RequestPayment, payment: Payment) -> list[PaymentEvent]:
    if command.amount_mills < 1:
        raise CommandRejected("amount_mills must be 1 or more; an order that costs nothing needs no bank")
    if payment.stage == "none":
        return [PaymentRequested(command.order_id, command.amount_mills, command.at)]
    if payment.stage in ("requested", "taken") and payment.amount_mills == command.amount_mills:
        return []
    known = f"a payment of {payment.amount_mills} mills for {command.order_id} is {payment.stage} already"
    raise CommandRejected(f"{known}; each order is paid by one payment: place another order")


def _confirm(command: ConfirmPayment, payment: Payment) -> list[PaymentEvent]:
    taken = PaymentTaken(command.order_id, payment.amount_mills, command.at)
    match payment.stage:
        case "requested":
            return [taken]
        case "withdrawn" | "declined":
            # The money crossed our withdrawal on its way, or the bank changed its mind when the order was given up.
            # It was taken, so both facts are recorded.
            return [taken, PaymentRefunded(command.order_id, payment.amount_mills, command.at)]
        case "taken" | "refunded":
            return []
        case "none":
            raise CommandRejected(f"no payment for {command.order_id} was asked for; request it first")


def _decline(command: DeclinePayment, payment: Payment) -> list[PaymentEvent]:
    match payment.stage:
        case "requested":
            return [PaymentDeclined(command.order_id, command.reason, command.at)]
        case "declined" | "withdrawn":
            return []
        case "none" | "taken" | "refunded":
            known = f"the payment for {command.order_id} has the stage {payment.stage}"
            raise CommandRejected(f"{known}; decline what is requested, withdraw what is taken")


def _withdraw(command: WithdrawPayment, payment: Payment) -> list[PaymentEvent]:
    match payment.stage:
        case "requested":
            return [PaymentWithdrawn(command.order_id, command.at)]
        case "taken":
            return [PaymentRefunded(command.order_id, payment.amount_mills, command.at)]
        case "none" | "declined" | "withdrawn" | "refunded":
            return []


def evolve(payment: Payment, event: PaymentEvent) -> Payment:
    """Return the next state: what is known once an event has happened."""
    match event:
        case PaymentRequested():
            return Payment("requested", event.amount_mills)
        case PaymentTaken():
            return replace(payment, stage="taken")
        case PaymentDeclined():
            return replace(payment, stage="declined")
        case PaymentWithdrawn():
            return replace(payment, stage="withdrawn")
        case PaymentRefunded():
            return replace(payment, stage="refunded")
        case _:
            assert_never(event)


payment: Decider[PaymentCommand, PaymentEvent, Payment] = Decider(Payment(), decide, evolve)
"""Decides on streams "payment-…"."""
