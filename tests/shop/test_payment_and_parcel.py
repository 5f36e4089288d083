"""The two things an order waits for: every rule of payment and parcel as given, when, then."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.shop import events, write

NOON = datetime(2026, 1, 5, 12)
ONE = NOON + timedelta(hours=1)
ASKED = events.PaymentRequested("o1", 5000, NOON)
TAKEN = events.PaymentTaken("o1", 5000, ONE)
DECLINED = events.PaymentDeclined("o1", "expired", ONE)
WITHDRAWN = events.PaymentWithdrawn("o1", ONE)
REFUNDED = events.PaymentRefunded("o1", 5000, ONE)
PAYMENT = {
    "none": [],
    "requested": [ASKED],
    "taken": [ASKED, TAKEN],
    "declined": [ASKED, DECLINED],
    "withdrawn": [ASKED, WITHDRAWN],
    "refunded": [ASKED, TAKEN, REFUNDED],
}
REQUEST, CONFIRM = write.RequestPayment("o1", 5000, ONE), write.ConfirmPayment("o1", ONE)
DECLINE, WITHDRAW = write.DeclinePayment("o1", "expired", ONE), write.WithdrawPayment("o1", ONE)
# What each command leads to at each stage: events, or part of the reason.
PAYMENT_RULES = {
    REQUEST: {
        "none": [events.PaymentRequested("o1", 5000, ONE)],
        "requested": [],
        "taken": [],
        "declined": "is declined",
        "withdrawn": "is withdrawn",
        "refunded": "is refunded",
    },
    CONFIRM: {
        "none": "request it first",
        "requested": [TAKEN],
        "taken": [],
        "declined": [TAKEN, REFUNDED],
        "withdrawn": [TAKEN, REFUNDED],
        "refunded": [],
    },
    DECLINE: {
        "none": "has the stage none; decline what is requested",
        "requested": [DECLINED],
        "taken": "has the stage taken",
        "declined": [],
        "withdrawn": [],
        "refunded": "has the stage refunded",
    },
    WITHDRAW: {
        "none": [],
        "requested": [WITHDRAWN],
        "taken": [REFUNDED],
        "declined": [],
        "withdrawn": [],
        "refunded": [],
    },
}
BOOKED, ACCEPTED = events.ParcelBooked("o1", ONE), events.ParcelAccepted("o1", ONE)
REFUSED, CANCELLED = events.ParcelRefused("o1", "too heavy", ONE), events.ParcelCancelled("o1", ONE)
PARCEL = {
    "none": [],
    "booked": [BOOKED],
    "accepted": [BOOKED, ACCEPTED],
    "refused": [BOOKED, REFUSED],
    "cancelled": [BOOKED, CANCELLED],
}
PARCEL_RULES = {
    write.BookParcel("o1", ONE): {
        "none": [BOOKED],
        "booked": [],
        "accepted": [],
        "refused": "is refused; place another order",
        "cancelled": "is cancelled",
    },
    write.AcceptParcel("o1", ONE): {
        "none": "its stage is none",
        "booked": [ACCEPTED],
        "accepted": [],
        "refused": "its stage is refused",
        "cancelled": "its stage is cancelled",
    },
    write.RefuseParcel("o1", "too heavy", ONE): {
        "none": "its stage is none",
        "booked": [REFUSED],
        "accepted": "its stage is accepted",
        "refused": [],
        "cancelled": [],
    },
    write.CancelParcel("o1", ONE): {
        "none": [],
        "booked": [CANCELLED],
        "accepted": [CANCELLED],
        "refused": [],
        "cancelled": [],
    },
}
CASES = [
    pytest.param(decider, histories[stage], command, outcome, id=f"{type(command).__name__} at {stage}")
    for decider, histories, rules in ((write.payment, PAYMENT, PAYMENT_RULES), (write.parcel, PARCEL, PARCEL_RULES))
    for command, outcomes in rules.items()
    for stage, outcome in outcomes.items()
]


@pytest.mark.parametrize(("decider", "history", "command", "outcome"), CASES)
def test_a_command_leads_to_what_the_table_says(decider, history, command, outcome):
    scenario = lab.given(decider, history).when(command)
    if isinstance(outcome, str):
        scenario.then_rejected(outcome)
    else:
        scenario.then(outcome)


def test_another_amount_is_refused_while_a_payment_is_open():
    other = write.RequestPayment("o1", 700, ONE)
    lab.given(write.payment, PAYMENT["requested"]).when(other).then_rejected("a payment of 5000 mills")
    lab.given(write.payment).when(write.RequestPayment("o1", 0, ONE)).then_rejected("needs no bank")


ANY = st.lists(st.sampled_from([REQUEST, CONFIRM, CONFIRM, DECLINE, WITHDRAW]), max_size=8)


@given(ANY)
def test_whoever_takes_back_a_payment_is_left_with_no_money_taken(commands):
    """Counted by hand: taken less refunded is nothing once it is withdrawn, and whatever the bank says later."""
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    write.register(bus)
    for command in [REQUEST, *commands, WITHDRAW, CONFIRM, CONFIRM]:
        try:
            bus.send(command)
        except lab.CommandRejected:
            continue
    log = [recorded.event for recorded in store.read_all()]
    taken = sum(event.amount_mills for event in log if isinstance(event, events.PaymentTaken))
    refunded = sum(event.amount_mills for event in log if isinstance(event, events.PaymentRefunded))
    assert taken == refunded <= 5000
