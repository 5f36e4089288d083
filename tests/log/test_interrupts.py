"""*Interrupt kernel* at any moment: all of a commit is in the log or nothing of it, and the store goes on working.

The interrupt is raised before each bytecode of the package in turn; no timer could try them all.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from itertools import count
from random import Random

import pytest

import cqrs_lab as lab
from tests.interrupts import in_another_thread, interrupted, moments

ANY = lab.Expected.ANY
def at_every_bytecode(make, work, after):
    """Interrupt the work at each of its bytecodes, every time on something newly made; return how many there are."""
    work(make())  # what is done once only is done before
    made = make()
    found = moments(lambda: work(made))
    for moment in found:
        made = make()
        assert interrupted(lambda made=made: work(made), moment)
        after(made)
    return len(found)


def a_store():
    store = lab.MemoryEventStore(clock=lambda: 0.0)
    store.append("a", ["a1", "a2"], expected=0, command_id="first")
    store.append("b", ["b1"], expected=0)
    return store


BEFORE = [("a", 1, 1, "a1", "first"), ("a", 2, 2, "a2", "first"), ("b", 1, 3, "b1", None)]
FIVE = [("a", 2 + k, 3 + k, f"n{k}", "five") for k in range(1, 6)]


def log_of(store):
    return [(one.stream, one.version, one.position, one.event, one.command_id) for one in store.read_all()]


def append_five(store, command_id="five"):
    return store.append("a", [f"n{k}" for k in range(1, 6)], expected=2, command_id=command_id)


def all_or_nothing(store):
    log = log_of(store)
    assert log in (BEFORE, BEFORE + FIVE)
    assert [(one.version, one.event) for one in store.read_stream("a")] == [one[1::2] for one in log if one[0] == "a"]
    assert (store.head(), store.stream_version("a")) == (len(log), len(log) - 1)


def is_whole_and_goes_on(store):
    all_or_nothing(store)
    assert append_five(store) == in_another_thread(lambda: append_five(store)) == lab.Appended("a", 7, 8)
    assert log_of(store) == BEFORE + FIVE
    assert in_another_thread(lambda: store.append("c", ["c1"], expected=0)) == lab.Appended("c", 1, 9)
    assert store.append("b", ["b2"], expected=1).position == 10


def test_an_append_interrupted_at_any_bytecode_leaves_all_of_the_commit_or_nothing():
    assert at_every_bytecode(a_store, append_five, is_whole_and_goes_on) > 200


def test_without_an_id_too_a_commit_is_whole_or_absent():
    def after(store):
        assert [one[:4] for one in log_of(store)] in [[one[:4] for one in log] for log in (BEFORE, BEFORE + FIVE)]
        version = store.stream_version("a")
        assert in_another_thread(lambda: store.append("a", ["more"], expected=version)).version == version + 1

    at_every_bytecode(a_store, lambda store: append_five(store, None), after)


def test_what_is_refused_or_known_leaves_nothing_when_it_is_interrupted():
    def refused(store):
        with pytest.raises(lab.ConcurrencyError):
            store.append("a", ["late"], expected=1)

    def known(store):
        assert store.append("a", ["again"], expected=0, command_id="first") == lab.Appended("a", 2, 2)

    for work in (refused, known):
        at_every_bytecode(a_store, work, is_whole_and_goes_on)


def test_readers_and_listeners_that_are_interrupted_disturb_nobody():
    def read(store):
        end = store.subscribe(lambda: None)
        list(store.read_all(after=1, limit=1)), list(store.read_stream("a")), store.read_slice(after=0, limit=3)
        store.head(), store.stream_version("a")
        end()

    at_every_bytecode(a_store, read, is_whole_and_goes_on)


def test_a_listener_that_missed_an_interrupted_commit_finds_it_at_the_next():
    def make():
        store, heard = a_store(), []
        store.subscribe(lambda: heard.append(store.head()))
        return store, heard

    def after(made):
        store, heard = made
        all_or_nothing(store)
        store.append("c", ["c1"], expected=0)
        assert heard[-1] == store.head()

    at_every_bytecode(make, lambda made: append_five(made[0]), after)


@dataclass(frozen=True)
class Deposit:
    account: str
    cents: int


def a_bank(store, **more):
    decider = lab.Decider(0, lambda command, balance: [command.cents] * 5, lambda balance, cents: balance + cents)
    bus = lab.CommandBus(store, snapshots=[lab.Snapshots(decider, shape="1", every=2)] if more.get("snapshots") else ())
    bus.register(Deposit, decider, stream=lambda command: command.account)
    return bus


@pytest.mark.parametrize("snapshots", [False, True])
def test_a_send_interrupted_at_any_bytecode_and_sent_again_is_one_whole_commit(snapshots):
    def make():
        store = lab.MemoryEventStore(clock=lambda: 0.0)
        bus = a_bank(store, snapshots=snapshots)
        bus.send(Deposit("a", 1), command_id="c1")
        return store, bus

    def after(made):
        store, bus = made
        assert [one.event for one in store.read_all()] in ([1] * 5, [1] * 5 + [2] * 5)
        wanted = lab.Receipt("a", 10, 10, (2,) * 5)
        assert bus.send(Deposit("a", 2), command_id="c2") == wanted
        assert in_another_thread(lambda: bus.send(Deposit("a", 2), command_id="c2")) == wanted
        assert [one.event for one in store.read_all()] == [1] * 5 + [2] * 5
        assert bus.send(Deposit("a", 3)).position == 15

    assert at_every_bytecode(make, lambda made: made[1].send(Deposit("a", 2), command_id="c2"), after) > 400


def test_two_thousand_interrupts_at_random_moments_lose_and_double_no_command():
    random, store = Random(15), lab.MemoryEventStore(clock=lambda: 0.0)
    bus, wanted, struck = a_bank(store), {}, 0
    found = moments(lambda: a_bank(lab.MemoryEventStore()).send(Deposit("account", 0), "c"))
    stop, neighbours = threading.Event(), []

    def keep_writing():
        while not stop.is_set():
            neighbours.append(store.append("neighbour", [len(neighbours)], expected=len(neighbours)))
            stop.wait(0.001)

    neighbour = threading.Thread(target=keep_writing)
    neighbour.start()
    try:
        for number in count():
            send = partial(bus.send, Deposit(f"account-{number}", number), f"c{number}")
            while interrupted(send, random.choice(found)):
                struck += 1
            send()
            wanted.setdefault(f"account-{number}", []).extend([number] * 5)
            if struck >= 2000:
                break
    finally:
        stop.set()
        neighbour.join()
    log = list(store.read_all())
    assert [one.position for one in log] == list(range(1, len(log) + 1))
    assert {name: [one.event for one in store.read_stream(name)] for name in wanted} == wanted
    assert [one.event for one in store.read_stream("neighbour")] == list(range(len(neighbours)))
    assert len(log) == sum(map(len, wanted.values())) + len(neighbours)
