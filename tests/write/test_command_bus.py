"""The command bus: load, fold, decide, append; retries a conflict; knows a command id."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
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


# --- a command id stands for a command ------------------------------------------------------------------------


class ThirtyLines:
    """A learner's store: the five methods, and ids kept as text."""

    def __init__(self, id_of=str):
        self.log, self.id_of = [], id_of

    def append(self, stream, events, *, expected, command_id=None):
        own = list(self.read_stream(stream))
        first = [one for one in own if command_id is not None and one.command_id == command_id]
        if first:
            return lab.Appended(stream, first[-1].version, first[-1].position)
        if expected != len(own):
            raise lab.ConcurrencyError(stream, expected, len(own))
        kept = None if command_id is None else self.id_of(command_id)
        for version, event in enumerate(events, len(own) + 1):
            self.log.append(lab.RecordedEvent(stream, version, len(self.log) + 1, event, 0.0, kept))
        return lab.Appended(stream, version, len(self.log))

    def read_stream(self, stream, *, after=0, limit=None):
        return iter([one for one in self.log if one.stream == stream][after:][:limit])

    def read_all(self, *, after=0, limit=None):
        return iter(self.log[after:][:limit])

    def stream_version(self, stream):
        return len(list(self.read_stream(stream)))

    def head(self):
        return len(self.log)


STORES = [lab.MemoryEventStore, lambda: ThirtyLines(id_of=lambda given: given)]


@pytest.mark.parametrize("make", [*STORES, lambda: lab.UpcastingStore(lab.MemoryEventStore(), {})])
@pytest.mark.parametrize(
    ("other", "named"),
    [
        (Deposit("a", 500), "a Deposit; Deposit(account='a', cents=500) is not that command"),
        (Withdraw("a", 5), "a Deposit; Withdraw(account='a', cents=5) is not that command"),
        (Deposit("a", 0), "a Deposit; Deposit(account='a', cents=0) is not that command"),
    ],
)
def test_another_command_under_a_known_id_is_refused_and_the_same_gets_the_first_receipt(make, other, named):
    store = make()
    bus = a_bank(store)
    first = bus.send(Deposit("a", 5), command_id="c1")
    with pytest.raises(lab.CommandIdReused) as caught:
        bus.send(other, command_id="c1")
    assert (caught.value.stream, caught.value.command_id, caught.value.recorded) == ("account-a", "c1", "Deposit")
    assert str(caught.value) == (
        f"command id 'c1' stands for another command in stream 'account-a', {named}; "
        "send it under an id of its own, or the first one unchanged"
    )
    assert bus.send(Deposit("a", 5), command_id="c1") == first
    assert [one.event for one in store.read_all()] == [5]


def test_an_id_stands_for_one_command_in_each_stream():
    bus = a_bank(lab.MemoryEventStore())
    assert bus.send(Deposit("a", 5), command_id="c1").position == 1
    assert bus.send(Deposit("b", 7), command_id="c1").position == 2


def test_of_two_commands_sent_at_once_under_one_id_the_second_is_refused():
    class Overtaken(lab.MemoryEventStore):
        def append(self, stream, events, *, expected, command_id=None):
            if not self.head():
                super().append(stream, [0], expected=0)
                a_bank(self).send(Deposit("a", 500), command_id=str(command_id))
            return super().append(stream, events, expected=expected, command_id=command_id)

    store = Overtaken()
    with pytest.raises(lab.CommandIdReused):
        a_bank(store).send(Deposit("a", 5), command_id="c1")
    assert [one.event for one in store.read_all()] == [0, 500]


def test_a_store_that_keeps_the_text_of_ids_alone_answers_with_the_first_receipt():
    bus = a_bank(ThirtyLines())
    first = bus.send(Deposit("a", 5), command_id="c1")
    assert bus.send(Deposit("a", 500), command_id="c1") == first == lab.Receipt("account-a", 1, 1, (5,))


def test_a_store_that_keeps_no_ids_is_told_so():
    with pytest.raises(lab.InvalidArgument, match="the store shows no event of command id 'c1'.*on each RecordedEvent"):
        a_bank(ThirtyLines(id_of=lambda given: None)).send(Deposit("a", 5), command_id="c1")


def test_a_process_whose_reaction_changed_is_refused_and_charges_nobody_twice():
    store = lab.MemoryEventStore()
    bus = a_bank(store)
    store.append("orders", ["order placed"], expected=0)

    def process(*commands):
        react = lambda event, state: list(commands) if event == "order placed" else []  # noqa: E731
        return lab.Process("payment", 0, lambda event: "all", lambda state, event: state, react)

    lab.ProcessManager(store, bus, process(Deposit("a", 5), Deposit("b", 7))).catch_up()
    after_a_restart = lab.ProcessManager(store, bus, process(Deposit("a", 500)))
    with pytest.raises(lab.CommandIdReused, match="command id 'payment-1-1' stands for another command"):
        after_a_restart.catch_up()
    assert [one.event for one in store.read_all(after=1)] == [5, 7]


def test_a_deadline_missed_at_two_moments_is_answered_once():
    store, react = lab.MemoryEventStore(), lambda event, state: []
    process = lab.Process(
        "reminder", 0, lambda event: "all" if event == "order placed" else None, lambda state, event: 1, react,
        deadline=lambda state: 10, overdue=lambda state, now: [Deposit("a", now)],
    )  # fmt: skip
    store.append("orders", ["order placed"], expected=0)
    for now in (0, 20, 21):
        manager = lab.ProcessManager(store, a_bank(store), process, position=1)
        manager.due(now)
    assert [one.event for one in store.read_all(after=1)] == [20]


# --- whose conflict it is -------------------------------------------------------------------------------------


@pytest.mark.parametrize("conflict", [("other", 0, 1), ("account-a", 7, 9), ("account-a", lab.Expected.ANY, 3)])
def test_somebody_elses_conflict_out_of_append_is_not_tried_again(conflict):
    class Tells(ThirtyLines):
        def append(self, stream, events, *, expected, command_id=None):
            super().append(stream, events, expected=expected, command_id=command_id)
            raise lab.ConcurrencyError(*conflict)

    store = Tells()
    with pytest.raises(lab.ConcurrencyError) as caught:
        a_bank(store).send(Deposit("a", 5))
    assert (caught.value.stream, len(store.log)) == (conflict[0], 1)


def test_a_conflict_raised_by_decide_or_a_command_within_is_not_tried_again():
    asked, store = [], lab.MemoryEventStore()

    def decides(command, state):
        asked.append(command)
        raise lab.ConcurrencyError("account-a", 0, 1)

    bus = lab.CommandBus(store)
    bus.register(Deposit, lab.Decider(0, decides, lambda state, event: state), stream=lambda command: "account-a")
    with pytest.raises(lab.ConcurrencyError):
        bus.send(Deposit("a", 5))
    assert len(asked) == 1


def test_a_listener_that_raises_a_conflict_has_the_command_recorded_once(monkeypatch):
    told = []
    monkeypatch.setattr(threading, "excepthook", lambda about: told.append(about.exc_value))
    store = lab.MemoryEventStore()
    store.subscribe(lambda: store.append("audit", ["seen"], expected=0))
    store.subscribe(lambda: (_ for _ in ()).throw(lab.ConcurrencyError("account-a", 0, 1)))
    assert a_bank(store).send(Deposit("a", 5)).events == (5,)
    assert [one.event for one in store.read_stream("account-a")] == [5] and told


# --- what decide returns, and every door ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "what"),
    [
        (None, "None is not a list of events; return a list of events"),
        ({"cents": 1}, "is not a list of events"),
        (5, "5 is not a list of events; return a list of events, in brackets even if there is only one"),
        ([None], "None is not an event; return what has happened"),
        ([Deposit], "the class Deposit is not an event; return an object of it"),
        ([[5]], "could still be changed"),
        ([lab.CommandRejected("closed")], "is an error and no event; raise it"),
        (lab.CommandRejected("closed"), "is not a list of events"),
        ([...], "is not an event"),
        ([{"cents": 5}], "could still be changed"),
    ],
)
def test_a_decision_that_is_no_list_of_events_is_refused_naming_the_command(decision, what):
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    bus.register(Deposit, lab.Decider(0, lambda c, s: decision, lambda s, e: s), stream=lambda c: "x")
    with pytest.raises(lab.InvalidArgument, match="decide for Deposit: ") as caught:
        bus.send(Deposit("a", 1), command_id="c1")
    assert what in str(caught.value) and store.head() == 0


def test_a_decider_may_yield_its_events():
    def decides(command, state):
        yield command.cents
        yield -1

    bus = lab.CommandBus(lab.MemoryEventStore())
    bus.register(Deposit, lab.Decider(0, decides, lambda state, event: state), stream=lambda command: "x")
    assert bus.send(Deposit("a", 5)).events == (5, -1)


def bus_with(stream=lambda command: "x"):
    bus = lab.CommandBus(lab.MemoryEventStore())
    bus.register(Deposit, account, stream=stream)
    return bus


DOORS = {
    "no store": lambda: lab.CommandBus(None),
    "a class of store": lambda: lab.CommandBus(lab.MemoryEventStore),
    "a dict for a store": lambda: lab.CommandBus({}),
    "a text for attempts": lambda: lab.CommandBus(lab.MemoryEventStore(), attempts="3"),
    "no attempts": lambda: lab.CommandBus(lab.MemoryEventStore(), attempts=0),
    "half an attempt": lambda: lab.CommandBus(lab.MemoryEventStore(), attempts=1.5),
    "one snapshots without a list": lambda: lab.CommandBus(
        lab.MemoryEventStore(), snapshots=lab.Snapshots(account, shape="1")
    ),
    "deciders for snapshots": lambda: lab.CommandBus(lab.MemoryEventStore(), snapshots=[account]),
    "no snapshots": lambda: lab.CommandBus(lab.MemoryEventStore(), snapshots=None),
    "a text for a type": lambda: lab.CommandBus(lab.MemoryEventStore()).register("X", account, stream=str),
    "a command for a type": lambda: lab.CommandBus(lab.MemoryEventStore()).register(
        Deposit("a", 1), account, stream=str
    ),
    "no decider": lambda: lab.CommandBus(lab.MemoryEventStore()).register(Deposit, None, stream=str),
    "a function for a decider": lambda: lab.CommandBus(lab.MemoryEventStore()).register(Deposit, decide, stream=str),
    "the class Decider": lambda: lab.CommandBus(lab.MemoryEventStore()).register(Deposit, lab.Decider, stream=str),
    "a name for a function": lambda: lab.CommandBus(lab.MemoryEventStore()).register(Deposit, account, stream="a"),
    "a number for an id": lambda: bus_with().send(Deposit("a", 1), command_id=7),
    "an empty id": lambda: bus_with().send(Deposit("a", 1), command_id=""),
    "a list for an id": lambda: bus_with().send(Deposit("a", 1), command_id=["c"]),
    "a stream that is None": lambda: bus_with(lambda command: None).send(Deposit("a", 1)),
    "a stream that is a number": lambda: bus_with(lambda command: 7).send(Deposit("a", 1)),
    "a stream without a name": lambda: bus_with(lambda command: "").send(Deposit("a", 1)),
    "a stream that raises": lambda: bus_with(lambda command: command.nowhere).send(Deposit("a", 1)),
    "a stream of no arguments": lambda: bus_with(lambda: "x").send(Deposit("a", 1)),
    "a decider without functions": lambda: lab.Decider(0, [], lambda state, event: state),
    "a decider without evolve": lambda: lab.Decider(0, decide, None),
}


@pytest.mark.parametrize("name", DOORS)
def test_every_door_refuses_nonsense_in_one_sentence(name):
    with pytest.raises(lab.InvalidArgument, match=r" (is not|raised) .*; (give|make it)") as caught:
        DOORS[name]()
    assert "\n" not in str(caught.value)


def test_a_class_sent_for_a_command_is_no_command():
    with pytest.raises(lab.NotRegistered, match="the class Deposit is not a command; make one: Deposit"):
        a_bank(lab.MemoryEventStore()).send(Deposit)


def test_a_numpy_number_of_attempts_is_a_number():
    assert lab.CommandBus(lab.MemoryEventStore(), attempts=np.int64(3))


def test_a_store_that_hands_everything_on_keeps_what_led_to_a_command():
    class HandsOn(lab.MemoryEventStore):
        def append(self, *arguments, **by_name):
            return super().append(*arguments, **by_name)

    store = HandsOn()
    bus = lab.CommandBus(store)
    bus.register(int, lab.Decider(0, lambda command, _: [command], lambda _, event: event), stream=lambda _: "a")
    bus.send(1, metadata={"who": "ada"})
    assert [dict(one.metadata) for one in store.read_all()] == [{"who": "ada"}]
