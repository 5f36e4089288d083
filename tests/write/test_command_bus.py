"""The command bus: load, fold, decide, append; retries a conflict; knows a command id."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest

import cqrs_lab as lab


@dataclass(frozen=True)
class Withdraw:
    account: str
    cents: int


@dataclass(frozen=True)
class Deposit:
    account: str
    cents: int


def decide(command, balance):
    if isinstance(command, Withdraw) and command.cents > balance:
        raise lab.CommandRejected(f"balance is {balance}")
    if command.cents == 0:
        return []
    return [command.cents if isinstance(command, Deposit) else -command.cents]


account = lab.Decider(0, decide, lambda balance, cents: balance + cents)


def a_bank(store, **more):
    bus = lab.CommandBus(store, **more)
    for command in (Deposit, Withdraw):
        bus.register(command, account, stream=lambda c: f"account-{c.account}")
    return bus


class SomeoneIsFaster(lab.MemoryEventStore):
    """Before each of the first appends with an expectation, another writer records an event."""

    def __init__(self, times):
        super().__init__()
        self.times = times

    def append(self, stream, events, *, expected, command_id=None):
        if self.times and expected is not lab.Expected.ANY:
            self.times -= 1
            super().append(stream, [100], expected=lab.Expected.ANY)
        return super().append(stream, events, expected=expected, command_id=command_id)


def test_a_receipt_tells_stream_version_position_and_events():
    bus = a_bank(lab.MemoryEventStore())
    bus.send(Deposit("b", 1))
    assert bus.send(Deposit("a", 5)) == lab.Receipt("account-a", 1, 2, (5,))


def test_a_command_that_records_nothing_still_gets_the_position_of_its_streams_last_event():
    bus = a_bank(lab.MemoryEventStore())
    bus.send(Deposit("a", 5))
    bus.send(Deposit("b", 1))
    assert bus.send(Deposit("a", 0)) == lab.Receipt("account-a", 1, 1, ())
    assert bus.send(Deposit("c", 0)) == lab.Receipt("account-c", 0, 0, ())


def test_a_rejected_command_records_nothing():
    store = lab.MemoryEventStore()
    with pytest.raises(lab.CommandRejected, match="balance is 0") as caught:
        a_bank(store).send(Withdraw("a", 1))
    assert caught.value.reason == "balance is 0"
    assert store.head() == 0


def test_a_conflict_is_decided_anew_on_the_new_state():
    store = SomeoneIsFaster(times=2)
    receipt = a_bank(store).send(Deposit("a", 7))
    assert [one.event for one in store.read_stream("account-a")] == [100, 100, 7]
    assert receipt.version == 3


def test_after_as_many_conflicts_as_attempts_the_conflict_is_the_callers():
    store = SomeoneIsFaster(times=3)
    with pytest.raises(lab.ConcurrencyError):
        a_bank(store, attempts=3).send(Deposit("a", 7))
    assert [one.event for one in store.read_stream("account-a")] == [100, 100, 100]


def test_a_command_sent_twice_under_one_id_is_handled_once_and_gets_the_first_receipt():
    store = lab.MemoryEventStore()
    bus = a_bank(store)
    first = bus.send(Deposit("a", 5), command_id="c1")
    bus.send(Withdraw("a", 5), command_id="c2")
    assert bus.send(Deposit("a", 5), command_id="c1") == first
    # Known before decide runs: by now the rule would forbid it.
    assert bus.send(Withdraw("a", 5), command_id="c2").events == (-5,)
    assert store.head() == 2


def test_a_command_that_recorded_nothing_is_decided_anew():
    bus = a_bank(lab.MemoryEventStore())
    assert bus.send(Deposit("a", 0), command_id="c1").events == ()
    assert bus.send(Deposit("a", 3), command_id="c1").events == (3,)


def test_the_same_id_sent_by_many_threads_is_recorded_once_and_all_get_one_receipt():
    store, receipts, together = lab.MemoryEventStore(), [], threading.Barrier(8)
    bus = a_bank(store)

    def send():
        together.wait()
        receipts.append(bus.send(Deposit("a", 5), command_id="c1"))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert receipts == [lab.Receipt("account-a", 1, 1, (5,))] * 8


def test_money_is_neither_lost_nor_made_by_many_senders():
    store = lab.MemoryEventStore()
    bus = a_bank(store, attempts=1000)
    threads = [threading.Thread(target=lambda: [bus.send(Deposit("a", 1)) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert account.fold(one.event for one in store.read_stream("account-a")) == 200


def test_an_unknown_command_lists_those_that_are_known():
    with pytest.raises(lab.NotRegistered, match="no decider for str; registered commands: Deposit, Withdraw"):
        a_bank(lab.MemoryEventStore()).send("deposit")


def test_one_command_has_one_decider():
    bus = a_bank(lab.MemoryEventStore())
    with pytest.raises(lab.InvalidArgument, match="Deposit is registered already"):
        bus.register(Deposit, account, stream=lambda c: "x")


@pytest.mark.parametrize("decision", [None, "opened", 3])
def test_a_decider_that_gives_no_list_is_told_so(decision):
    bus = lab.CommandBus(lab.MemoryEventStore())
    bus.register(Deposit, lab.Decider(0, lambda c, s: decision, lambda s, e: s), stream=lambda c: "x")
    with pytest.raises(lab.InvalidArgument, match="return a list of events"):
        bus.send(Deposit("a", 1))


def test_the_stream_is_a_function_of_the_command():
    bus = lab.CommandBus(lab.MemoryEventStore())
    with pytest.raises(lab.InvalidArgument, match="stream='order-1' is not a function; give"):
        bus.register(str, lab.Decider(None, lambda c, s: [], lambda s, e: s), stream="order-1")
