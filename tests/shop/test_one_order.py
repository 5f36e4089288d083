"""One order's course: whatever fails, at whatever moment, and wherever the manager dies, it ends whole or undone."""

import copy
import itertools
import pickle
from dataclasses import replace
from datetime import timedelta

import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.shop import fulfilment, write
from cqrs_lab.shop.one_order import FAILURES, LANES, NOON, see_through

FORWARD = ["OrderPlaced", "StockReserved", "StockReserved", "PaymentRequested", "PaymentTaken", "OrderPaid"]
# Written by hand from the rules, not from a run: how each course goes on, and at what time it ends.
ENDS = {
    "nothing fails": (FORWARD + ["ParcelBooked", "ParcelAccepted", "OrderShipped"], "12:25"),
    "not enough stock": (
        ["OrderPlaced", "StockReserved", "StockReservationRefused", "OrderCancelled", "StockReleased"],
        "12:00",
    ),
    "the bank declines": (
        FORWARD[:4] + ["PaymentDeclined", "OrderCancelled", "StockReleased", "StockReleased"],
        "12:05",
    ),
    "the bank never answers": (
        FORWARD[:4] + ["OrderCancelled", "PaymentWithdrawn", "StockReleased", "StockReleased"],
        "12:30",
    ),
    "the bank answers after the time-out": (
        FORWARD[:4]
        + ["OrderCancelled", "PaymentWithdrawn", "StockReleased", "StockReleased", "PaymentTaken", "PaymentRefunded"],
        "12:40",
    ),
    "the carrier refuses": (
        FORWARD
        + ["ParcelBooked", "ParcelRefused", "OrderCancelled", "PaymentRefunded", "StockReleased", "StockReleased"],
        "12:25",
    ),
    "the carrier never answers": (
        FORWARD
        + ["ParcelBooked", "OrderCancelled", "ParcelCancelled", "PaymentRefunded", "StockReleased", "StockReleased"],
        "16:05",
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_each_failure_leads_to_the_events_that_the_rules_say(failure):
    log, notes = see_through(failure)
    names, ends = ENDS[failure]
    assert (log["event"].tolist(), f"{log['at'].iloc[-1]:%H:%M}", notes) == (names, ends, ())


@pytest.mark.parametrize("failure", FAILURES)
def test_all_is_held_or_nothing_whenever_the_customer_cancels(failure):
    for minute in range(31):
        log, _ = see_through(failure, cancels_after=minute)
        held = (0, 0) if "OrderShipped" not in log["event"].tolist() else (4, 2 * 2550 + 2 * 9900)
        assert tuple(log[["units_aside", "money_mills"]].iloc[-1]) == held, minute


@pytest.mark.parametrize("failure", FAILURES)
def test_wherever_the_manager_dies_the_log_is_the_same(failure):
    for minute in (0, 6):
        log, _ = see_through(failure, minute)
        for number in range(1, 11):
            crashed, notes = see_through(failure, minute, number)
            assert crashed.drop(columns=["sent", "crash"]).equals(log.drop(columns=["sent", "crash"]))
            died = any("died after" in note for note in notes)
            assert died == crashed["crash"].any()
            assert died or any(f"did not die after number {number}" in note for note in notes)


def test_what_was_sent_again_is_counted():
    log, notes = see_through(crash_after=3)
    assert log.loc[log["command"] == "RequestPayment", "sent"].tolist() == [2]
    assert log["sent"].sum() == 6 + 1
    assert log.index[log["crash"]].tolist() == [6]
    assert notes == (
        "The process manager died after command 3, RequestPayment, before it saved its position; a new one went on.",
    )


def test_a_cause_is_the_event_that_the_process_answered():
    log, _ = see_through("the bank never answers")
    assert dict(zip(log["command"], log["cause"], strict=True)) == {
        "PlaceOrder": 0,
        "ReserveStock": 3,
        "RequestPayment": 5,
        "CancelOrder": 5,
        "WithdrawPayment": 7,
        "ReleaseStock": 7,
    }
    assert log.index[log["time_is_up"]].tolist() == [7]
    assert log.index[log["undoes"]].tolist() == [7, 8, 9, 10]


@pytest.mark.parametrize(("minute", "crosses"), [(1, True), (5, True), (6, False)])
def test_a_yes_that_is_on_its_way_crosses_the_withdrawal(minute, crosses):
    names = see_through(cancels_after=minute).log["event"].tolist()
    assert (names[-2:] == ["PaymentTaken", "PaymentRefunded"]) == crosses
    assert ("PaymentWithdrawn" in names) == crosses


def test_who_cancels_after_the_parcel_has_left_is_told_so():
    _, notes = see_through(cancels_after=26)
    assert notes == ("12:26: CancelOrder was refused: order 7 is shipped; cancel before it ships.",)
    for one in (notes[0], pickle.loads(pickle.dumps(notes[0])), copy.deepcopy(notes[0])):
        assert (one, one.at, one.command) == (notes[0], NOON + timedelta(minutes=26), "CancelOrder")
        assert one.reason == "order 7 is shipped; cancel before it ships"


def test_who_cancels_what_is_cancelled_is_told_so():
    _, notes = see_through("not enough stock", cancels_after=3)
    assert notes == ("12:03: CancelOrder changed nothing: that was already the case.",)


def test_every_stream_of_a_course_has_a_lane():
    streams = [stream for failure in FAILURES for stream in see_through(failure).log["stream"]]
    assert all(any(stream.startswith(prefix) for prefix in LANES) for stream in streams)


def test_a_process_that_forgets_a_step_leaves_something_behind():
    def forgets(event, state):
        return [one for one in fulfilment.react(event, state) if type(one).__name__ != "ReleaseStock"]

    log, _ = see_through("the bank declines", process=replace(fulfilment.process, react=forgets))
    assert log[["units_aside", "money_mills"]].iloc[-1].tolist() == [4, 0]


def test_a_process_that_does_nothing_when_time_is_up_ends_the_day():
    idle = replace(fulfilment.process, overdue=lambda state, now: [])
    assert see_through("the bank never answers", process=idle).log["event"].iloc[-1] == "PaymentRequested"


@pytest.mark.parametrize(("late", "cancels_after"), [("the bank answers after the time-out", 0), (FAILURES[3], 50)])
def test_a_process_that_misses_its_deadline_still_hears_what_comes_later_and_the_day_ends(late, cancels_after):
    idle = replace(fulfilment.process, overdue=lambda state, now: [])
    log, notes = see_through(late, cancels_after, process=idle)
    assert notes[0] == "12:30: time was up for 7, and the process keeps waiting."
    assert log["at"].iloc[-1] > NOON + timedelta(minutes=30) and not log["time_is_up"].any()
    assert sum("time was up" in note for note in notes) == 1


def test_a_process_that_puts_its_deadline_off_for_ever_is_told():
    cups = itertools.count(1)

    def reminds(state, now):
        return [write.ReceiveStock(f"cup {next(cups)}", 1, now)]

    asks_again = replace(
        fulfilment.process,
        instance=lambda event: "7",
        evolve=lambda number, event: number + 1,
        initial_state=0,
        react=lambda event, number: [],
        deadline=lambda number: NOON + timedelta(minutes=number),
        overdue=reminds,
    )
    with pytest.raises(InvalidArgument, match="answers its own events, or its own deadlines"):
        see_through(process=asks_again)


def test_a_wrong_argument_is_refused():
    with pytest.raises(InvalidArgument, match="give one of nothing fails, not enough stock"):
        see_through("the moon")
    with pytest.raises(InvalidArgument, match="0 stands for never"):
        see_through(crash_after=-1)
