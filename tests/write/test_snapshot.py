"""Snapshots never change an answer: with them and without, thrown away, of an old shape, of another log, shared."""

from __future__ import annotations

import itertools
import re
import shelve
import threading
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.shop import write
from cqrs_lab.shop.events import OrderLine

NOW = datetime(2026, 1, 5)
QUANTITIES = st.integers(-1, 4)
LINES = st.integers(1, 2).map(lambda count: tuple(OrderLine(n, "p", "tea", 2, 100) for n in range(1, count + 1)))
SHOP_COMMANDS = st.one_of(
    st.builds(write.ListProduct, st.just("p"), st.sampled_from("ab"), QUANTITIES, st.just(NOW)),
    st.builds(write.ChangePrice, st.just("p"), QUANTITIES, st.just(NOW)),
    st.builds(write.ReceiveStock, st.just("p"), QUANTITIES, st.just(NOW)),
    st.builds(write.ReserveStock, st.just("p"), st.sampled_from(["o", "q"]), QUANTITIES, st.just(NOW)),
    st.builds(write.ReleaseStock, st.just("p"), st.sampled_from(["o", "q"]), st.just(NOW)),
    st.builds(
        write.AddToCart, st.just("c"), st.just("ada"), st.sampled_from("pq"), QUANTITIES, QUANTITIES, st.just(NOW)
    ),
    st.builds(write.ChangeCartQuantity, st.just("c"), st.sampled_from("pq"), QUANTITIES, st.just(NOW)),
    st.builds(write.PlaceOrder, st.just("o"), st.just("ada"), st.just("UK"), LINES, st.just(()), st.just(NOW)),
    st.builds(write.PayOrder, st.just("o"), st.sampled_from([200, 400]), st.just(NOW)),
    st.builds(write.ChangeItemStatus, st.just("o"), st.just(1), st.sampled_from(["damaged", "late"]), st.just(NOW)),
    st.builds(write.ShipOrder, st.just("o"), st.just(NOW)),
)
DECIDERS = {"product-p": write.product, "stock-p": write.stock, "cart-c": write.cart, "order-o": write.order}
IDS = st.sampled_from([None, "a", "b", "c"])


def ticking():
    return itertools.count(1).__next__


def outcome(bus, command, command_id=None):
    try:
        return bus.send(command, command_id=command_id)
    except lab.CommandRejected as rejected:
        return rejected.reason
    except lab.CommandIdReused as reused:
        return str(reused)


@settings(deadline=None)
@given(
    sent=st.lists(st.tuples(SHOP_COMMANDS, IDS, st.sampled_from(["keep", "keep", "keep", "lose one", "lose all"]))),
    every=st.integers(1, 5),
)
def test_the_shop_answers_the_same_with_snapshots_and_without(sent, every):
    stores = [lab.MemoryEventStore(clock=ticking()) for _ in range(2)]
    kept = {}
    snapshots = {name: lab.Snapshots(one, shape="1", every=every, kept=kept) for name, one in DECIDERS.items()}
    buses = [lab.CommandBus(stores[0]), lab.CommandBus(stores[1], snapshots=snapshots.values())]
    for bus in buses:
        write.register(bus)
    for command, command_id, fate in sent:
        if fate == "lose all":
            kept.clear()
        elif fate == "lose one" and kept:
            kept.popitem()
        assert outcome(buses[1], command, command_id) == outcome(buses[0], command, command_id)
    assert list(stores[1].read_all()) == list(stores[0].read_all())
    for stream, decider in DECIDERS.items():
        expected = decider.fold(one.event for one in stores[0].read_stream(stream))
        assert snapshots[stream].load(stores[1], stream).state == expected
        assert not snapshots[stream].dropped


# --- a till that has changed its shape over the years -------------------------------------------------------


@dataclass(frozen=True)
class Take:
    pence: int
    times: int = 1


@dataclass(frozen=True)
class Moved1:
    """Money came in or went out, in pounds."""

    pounds: int


@dataclass(frozen=True)
class Moved:
    """In pence, since then."""

    pence: int


def decide(command, pence):
    if pence + command.pence * command.times < 0:
        raise lab.CommandRejected(f"the till holds {pence}")
    return [Moved(command.pence)] * command.times if command.pence else []


def decide_in_pounds(command, pounds):
    if pounds + command.pence * command.times < 0:
        raise lab.CommandRejected(f"the till holds {pounds}")
    return [Moved1(command.pence)] * command.times if command.pence else []


in_pounds = lab.Decider(0, decide_in_pounds, lambda pounds, event: pounds + event.pounds)
# A mistake to come: what a Moved1 says is read as if it were pence, where nothing upcasts it.
in_pence = lab.Decider(0, decide, lambda pence, event: pence + event.pence)


@dataclass(frozen=True)
class Till:
    pence: int = 0


as_till = lab.Decider(
    Till(),
    lambda command, till: decide(command, till.pence),
    lambda till, moved: replace(till, pence=till.pence + moved.pence),
)
AMOUNTS = st.lists(st.tuples(st.builds(Take, st.integers(-3, 5), st.integers(1, 3)), IDS), max_size=12)


def a_bus(store, decider, **more):
    bus = lab.CommandBus(store, **more)
    bus.register(Take, decider, stream=lambda command: "till")
    return bus


def in_pence_today(store):
    return lab.UpcastingStore(store, {Moved1: lambda old: Moved(100 * old.pounds)})


@settings(deadline=None)
@given(before=AMOUNTS, after=AMOUNTS, every=st.integers(1, 4), declared=st.booleans())
def test_a_state_of_an_old_shape_is_upcast_or_dropped(before, after, every, declared):
    log, kept = lab.MemoryEventStore(clock=ticking()), {}
    old = lab.Snapshots(in_pence, shape="pence", every=every, kept=kept)
    for command, command_id in before:
        outcome(a_bus(log, in_pence, snapshots=[old]), command, command_id)
    upcast = {"pence": Till} if declared else {}
    new = lab.Snapshots(as_till, shape="till", every=every, kept=kept, upcast=upcast)
    go_on_as_without_snapshots(log, lambda store: store, as_till, new, after, bool(kept), dropped=not declared)


@settings(deadline=None)
@given(before=AMOUNTS, after=AMOUNTS, every=st.integers(1, 4), renamed=st.booleans())
def test_where_old_events_mean_something_else_today_a_snapshot_is_dropped_also_if_its_shape_was_left(
    before, after, every, renamed
):
    log, kept = lab.MemoryEventStore(clock=ticking()), {}
    old = lab.Snapshots(in_pounds, shape="1", every=every, kept=kept)
    for command, command_id in before:
        outcome(a_bus(log, in_pounds, snapshots=[old]), command, command_id)
    # A state upcast alone does not save it: it cannot know what else an upcaster changed.
    shape, upcast = ("2", {"1": lambda pounds: pounds}) if renamed else ("1", {})
    new = lab.Snapshots(in_pence, shape=shape, every=every, kept=kept, upcast=upcast)
    go_on_as_without_snapshots(log, in_pence_today, in_pence, new, after, bool(kept), dropped=True)


def go_on_as_without_snapshots(log, read_as, decider, snapshots, commands, there_was_one, dropped):
    copy = lab.MemoryEventStore(clock=ticking())
    for _, commit in itertools.groupby(log.read_all(), key=lambda one: one.recorded_at):
        commit = list(commit)
        copy.append("till", [one.event for one in commit], expected=lab.Expected.ANY, command_id=commit[0].command_id)
    with_them, without = a_bus(read_as(log), decider, snapshots=[snapshots]), a_bus(read_as(copy), decider)
    for command, command_id in [*commands, (Take(0), None)]:
        assert outcome(with_them, command, command_id) == outcome(without, command, command_id)
    expected = decider.fold(one.event for one in read_as(copy).read_all())
    assert snapshots.load(read_as(log), "till").state == expected
    assert list(log.read_all()) == list(copy.read_all())
    assert bool(snapshots.dropped) == (there_was_one and dropped)


# --- one thing at a time, counted by hand -------------------------------------------------------------------


class CountingStore(lab.MemoryEventStore):
    """Counts the events that were read from it."""

    def __init__(self):
        super().__init__(clock=ticking())
        self.read = 0

    def read_stream(self, stream, *, after=0, limit=None):
        for recorded in super().read_stream(stream, after=after, limit=limit):
            self.read += 1
            yield recorded


def a_long_till(events=10_000, every=100):
    store = CountingStore()
    snapshots = lab.Snapshots(in_pence, shape="pence", every=every)
    bus = a_bus(store, in_pence, snapshots=[snapshots])
    for number in range(events // 10):
        bus.send(Take(1, times=10), command_id=f"c{number}")
    return store, bus, snapshots


def a_deposit_of(module, name="Deposited"):
    """Give the class that this module of the application calls Deposited."""

    @dataclass(frozen=True)
    class Deposited:
        amount: int

    Deposited.__module__, Deposited.__qualname__ = module, name
    return Deposited


def to_cents(old):
    return a_deposit_of("bank")(100 * old.amount)


def test_two_old_shapes_of_one_name_in_two_modules_are_told_apart():
    v1, v2 = a_deposit_of("bank.v1"), a_deposit_of("bank.v2")
    log = lab.MemoryEventStore(clock=ticking())
    log.append("till", [v1(3), v2(4)], expected=lab.Expected.NO_STREAM)
    balance = lab.Decider(0, decide, lambda cents, event: cents + event.amount)
    snapshots = lab.Snapshots(balance, shape="balance", every=1)
    for first, second in (({v1: to_cents}, {v2: to_cents}), ({v2: to_cents}, {v1: to_cents})):
        before, after = lab.UpcastingStore(log, first), lab.UpcastingStore(log, second)
        assert before.schema_version != after.schema_version
        snapshots.load(before, "till")
        fresh = lab.Snapshots(balance, shape="balance").load(after, "till")
        assert snapshots.load(after, "till").state == fresh.state
        assert snapshots.dropped == {"till": "the store now reads old events differently"}
        assert lab.UpcastingStore(log, dict(second)).schema_version == after.schema_version
    of_one_module = [{v1: to_cents}, {a_deposit_of("bank.v1", "Withdrawn"): to_cents}]
    assert len({lab.UpcastingStore(log, one).schema_version for one in of_one_module}) == 2


def test_a_stream_of_ten_thousand_events_is_not_read_from_its_start():
    store, bus, snapshots = a_long_till()
    assert store.stream_version("till") == 10_000
    store.read = 0
    assert bus.send(Take(-10_000)).version == 10_001
    assert store.read <= 101  # the event it ends with, and what came after it
    snapshots.kept.clear()
    with pytest.raises(lab.CommandRejected, match="the till holds 0"):
        bus.send(Take(-1))
    assert store.read > 10_000


def test_an_old_command_id_gets_its_first_receipt_from_what_the_snapshot_covers_and_little_is_read():
    store, bus, snapshots = a_long_till()
    assert snapshots.kept["till"].version >= 9_900
    bus.send(Take(-10_000))
    store.read = 0
    # Decided again it would be recorded again, behind version 10,001.
    assert bus.send(Take(1, times=10), command_id="c5") == lab.Receipt("till", 60, 60, (Moved(1),) * 10)
    assert store.read <= 120


def test_a_command_that_records_nothing_gets_the_position_of_the_streams_last_event_also_behind_a_snapshot():
    store = lab.MemoryEventStore()
    snapshots = lab.Snapshots(in_pence, shape="pence", every=1)
    bus = a_bus(store, in_pence, snapshots=[snapshots])
    bus.send(Take(5))
    store.append("elsewhere", ["x"], expected=lab.Expected.ANY)
    for _ in range(3):
        assert bus.send(Take(0)) == lab.Receipt("till", 1, 1, ())
    assert snapshots.kept["till"].version == 1


def test_what_was_never_recorded_is_in_no_snapshot():
    class Full(lab.MemoryEventStore):
        full = False

        def append(self, stream, events, *, expected, command_id=None):
            if self.full:
                raise lab.ConcurrencyError(stream, expected, -1)
            return super().append(stream, events, expected=expected, command_id=command_id)

    store = Full()
    snapshots = lab.Snapshots(in_pence, shape="pence", every=1)
    bus = a_bus(store, in_pence, snapshots=[snapshots])
    bus.send(Take(5))
    store.full = True
    with pytest.raises(lab.ConcurrencyError):
        bus.send(Take(7), command_id="lost")
    store.full = False
    assert (snapshots.load(store, "till").state, snapshots.kept["till"].version) == (5, 1)
    assert bus.send(Take(7), command_id="lost").events == (Moved(7),)


def test_an_evolve_that_changes_the_state_it_is_given_does_not_change_what_is_kept():
    def evolve(amounts, moved):
        amounts = [] if amounts is None else amounts
        amounts.append(moved.pence)
        return amounts

    def all_so_far(command, amounts):
        amounts = [] if amounts is None else amounts
        amounts.append("decided")
        return [Moved(command.pence)]

    careless = lab.Decider(None, all_so_far, evolve)
    store = lab.MemoryEventStore()
    snapshots = lab.Snapshots(careless, shape="amounts", every=2)
    bus = a_bus(store, careless, snapshots=[snapshots])
    for pence in range(1, 8):
        bus.send(Take(pence))
    assert snapshots.load(store, "till").state == [1, 2, 3, 4, 5, 6, 7]
    assert snapshots.kept["till"].state == [1, 2, 3, 4, 5, 6]


def other_logs():
    shorter = lab.MemoryEventStore(clock=lambda: 1.0)
    shorter.append("till", [Moved(1)], expected=0)
    elsewhere = lab.MemoryEventStore(clock=lambda: 1.0)
    elsewhere.append("other", [Moved(1)], expected=0)
    elsewhere.append("till", [Moved(1)] * 3, expected=0)
    later = lab.MemoryEventStore(clock=lambda: 2.0)
    later.append("till", [Moved(1)] * 3, expected=0)
    return {"empty": lab.MemoryEventStore(), "shorter": shorter, "elsewhere": elsewhere, "later": later}


@pytest.mark.parametrize("name", list(other_logs()))
def test_a_snapshot_of_another_log_is_not_used_and_says_why(name):
    own, other = lab.MemoryEventStore(clock=lambda: 1.0), other_logs()[name]
    own.append("till", [Moved(100)] * 3, expected=0, command_id="c1")
    snapshots = lab.Snapshots(in_pence, shape="pence", every=1)
    assert snapshots.load(own, "till").state == 300 and not snapshots.dropped
    there = list(other.read_stream("till"))
    bus = a_bus(other, in_pence, snapshots=[snapshots])
    with pytest.raises(lab.CommandRejected, match=f"the till holds {len(there)}$"):
        bus.send(Take(-100), command_id="c1")
    assert snapshots.dropped == {"till": "it ends with version 3 at position 3 of another log"}


def test_a_log_whose_clock_stands_still_is_told_apart_by_the_event():
    kept = {}
    for pence in (100, 1):
        store = lab.MemoryEventStore(clock=lambda: 0.0)
        store.append("till", [Moved(pence)] * 3, expected=0)
        snapshots = lab.Snapshots(in_pence, shape="pence", every=1, kept=kept)
        assert snapshots.load(store, "till").state == 3 * pence
    assert snapshots.dropped == {"till": "it ends with version 3 at position 3 of another log"}


class Unreadable(dict):
    """What a shelf does when a class has another name in this release."""

    def get(self, key, default=None):
        raise AttributeError("Can't get attribute 'Till1'")


class Full(dict):
    def __setitem__(self, key, value):
        raise OSError("no space left")


def by_hand(**changes):
    """A `kept` in which somebody has changed what was saved."""
    snapshots = lab.Snapshots(in_pence, shape="pence", every=1)
    snapshots.load(three_pounds(), "till")
    return {"till": replace(snapshots.kept["till"], **changes)}


def three_pounds():
    store = lab.MemoryEventStore(clock=lambda: 0.0)
    store.append("till", [Moved(100)] * 3, expected=0, command_id="c1")
    return store


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        (Unreadable(), "it could not be used: AttributeError: Can't get attribute 'Till1'"),
        (Full(), "it could not be saved: OSError: no space left"),
        ({"till": "garbage"}, "it could not be used: AttributeError"),
        (by_hand(version=0), "it could not be used: InvalidArgument"),
        (by_hand(version="3"), "it could not be used: TypeError"),
        (by_hand(version=2), "it ends with version 2 at position 3 of another log"),
        (by_hand(state=threading.Lock()), "it could not be used: TypeError: cannot pickle"),
        (by_hand(shape=["pence"]), "it could not be used: TypeError: .*unhashable"),
        (by_hand(shape="pounds"), "it could not be used: ZeroDivisionError"),
    ],
)
def test_whatever_is_wrong_with_what_is_kept_the_stream_is_read_from_its_events(kept, why):
    snapshots = lab.Snapshots(
        in_pence, shape="pence", every=1, kept=kept, upcast={"pounds": lambda pounds: pounds // 0}
    )
    bus = a_bus(three_pounds(), in_pence, snapshots=[snapshots])
    assert bus.send(Take(5)) == lab.Receipt("till", 4, 4, (Moved(5),))
    assert re.match(why, snapshots.dropped["till"]), snapshots.dropped
    with pytest.raises(lab.CommandRejected, match="the till holds 305"):
        bus.send(Take(-400))
    assert bus.send(Take(1), command_id="c1").version == 3


def test_a_state_that_cannot_be_copied_is_not_saved_and_why_is_told():
    locked = lab.Decider(
        (0, threading.Lock()),
        lambda command, till: decide(command, till[0]),
        lambda till, moved: (till[0] + moved.pence, till[1]),
    )
    snapshots = lab.Snapshots(locked, shape="locked", every=2)
    bus = a_bus(lab.MemoryEventStore(), locked, snapshots=[snapshots])
    assert [bus.send(Take(1)).version for _ in range(5)] == [1, 2, 3, 4, 5]
    assert snapshots.kept == {} and "it could not be saved: TypeError: cannot pickle" in snapshots.dropped["till"]
    with pytest.raises(lab.CommandRejected, match="the till holds 5"):
        bus.send(Take(-6))


def test_what_the_store_or_evolve_raises_is_not_the_snapshots_and_is_raised():
    snapshots = lab.Snapshots(in_pounds, shape="1", every=1)
    with pytest.raises(AttributeError, match="pounds"):
        snapshots.load(three_pounds(), "till")
    broken = lab.UpcastingStore(three_pounds(), {Moved: lambda old: 1 // 0})
    with pytest.raises(lab.UpcastFailed):
        lab.Snapshots(in_pence, shape="pence", every=1, kept=by_hand()).load(broken, "till")


class Renamed:
    """A state's class, until the next release."""


def test_a_file_whose_states_class_was_renamed_stops_nobody(tmp_path, monkeypatch):
    store = three_pounds()
    with shelve.open(tmp_path / "snapshots") as kept:
        old = lab.Decider(Renamed(), decide, lambda state, moved: state)
        lab.Snapshots(old, shape="renamed", every=1, kept=kept).load(store, "till")
    monkeypatch.delattr(f"{__name__}.Renamed")
    with shelve.open(tmp_path / "snapshots") as kept:
        new = lab.Snapshots(in_pence, shape="pence", every=1, kept=kept)
        assert new.load(store, "till").state == 300
        assert "it could not be used: AttributeError" in new.dropped["till"] and "Renamed" in new.dropped["till"]
        # What was saved instead can be used.
        new.dropped.clear()
        assert (new.load(store, "till").state, kept["till"].version, new.dropped) == (300, 3, {})


def test_why_a_snapshot_was_dropped_is_told():
    store = lab.MemoryEventStore()
    store.append("till", [Moved(1)], expected=0)
    snapshots = lab.Snapshots(in_pence, shape="pence", every=1)
    snapshots.load(store, "till")
    today = lab.Snapshots(as_till, shape="till", every=1, kept=snapshots.kept)
    assert today.load(store, "till").state == Till(1)
    assert today.dropped == {"till": "its shape is 'pence', not 'till', and no upcast is declared for it"}
    assert today.kept["till"].shape == "till"
    today.load(in_pence_today(store), "till")
    assert today.dropped == {"till": "the store now reads old events differently"}


def test_two_buses_that_share_their_snapshots_meet_each_others_conflicts():
    """Each bus loads from what the other saved; before each append the other is faster once."""
    kept, store = {}, lab.MemoryEventStore(clock=ticking())
    first, second = (
        a_bus(store, in_pence, snapshots=[lab.Snapshots(in_pence, shape="pence", every=every, kept=kept)])
        for every in (1, 3)
    )
    overtaken = itertools.count()

    def decide_late(command, pence):
        if next(overtaken) % 2 == 0:
            second.send(Take(1))
        return decide(command, pence)

    slow = lab.Decider(0, decide_late, in_pence.evolve)
    bus = a_bus(store, slow, snapshots=[lab.Snapshots(slow, shape="pence", every=1, kept=kept)])
    for number in range(1, 11):
        assert bus.send(Take(10)).version == 3 * number - 1
        assert first.send(Take(100)).version == 3 * number
    assert sum(one.event.pence for one in store.read_all()) == 10 * (1 + 10 + 100)
    assert in_pence.fold(one.event for one in store.read_all()) == 1110
    assert not any(snapshots.dropped for snapshots in first._loaders.values())


@pytest.mark.parametrize("every", [1, 3, 50])
def test_many_senders_on_two_buses_neither_lose_nor_make_money_and_each_id_has_one_receipt(every):
    store, kept, receipts = lab.MemoryEventStore(), {}, []

    def send(name):
        snapshots = lab.Snapshots(in_pence, shape="pence", every=every, kept=kept)
        bus = a_bus(store, in_pence, attempts=1000, snapshots=[snapshots])
        for number in range(30):
            receipts.append((number, bus.send(Take(1, times=2), command_id=f"c{number}")))
            bus.send(Take(1))
            if number % 7 == name:
                kept.pop("till", None)

    threads = [threading.Thread(target=send, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(receipts) == 120 and len({(number, receipt.version) for number, receipt in receipts}) == 30
    assert len({receipt.version for _, receipt in receipts}) == 30
    assert sum(one.event.pence for one in store.read_all()) == 30 * 2 + 4 * 30


def test_they_may_be_kept_in_a_file_and_go_on_after_a_restart(tmp_path):
    store = CountingStore()
    for restart in range(3):
        with shelve.open(tmp_path / "snapshots") as kept:
            bus = a_bus(store, in_pence, snapshots=[lab.Snapshots(in_pence, shape="pence", every=5, kept=kept)])
            store.read = 0
            assert bus.send(Take(1), command_id="c0").version == 1
            assert store.read < 20
            for number in range(100):
                bus.send(Take(1), command_id=f"c{100 * restart + number}")
    assert store.stream_version("till") == 300


def test_deciders_without_snapshots_are_served_beside_those_with_them():
    snapshots = lab.Snapshots(write.cart, shape="1", every=1)
    bus = lab.CommandBus(lab.MemoryEventStore(), snapshots=[snapshots])
    write.register(bus)
    bus.send(write.ReceiveStock("p", 3, at=NOW))
    for _ in range(2):
        bus.send(write.AddToCart("c", "ada", "p", 1, 100, at=NOW))
    assert list(snapshots.kept) == ["cart-c"]


@pytest.mark.parametrize("wrong", [{"every": 0}, {"every": -3}, {"every": "3"}, {"upcast": {"pence": Till}}])
def test_snapshots_without_meaning_are_refused(wrong):
    with pytest.raises(lab.InvalidArgument, match="is not a number of events; give 1|name old shapes"):
        lab.Snapshots(in_pence, shape="pence", **wrong)
    assert lab.Snapshots(in_pence, shape="pence", every=None).kept == {}


def test_snapshots_of_a_decider_that_nothing_is_registered_with_are_refused_with_the_first_command():
    twin = replace(in_pence)
    bus = a_bus(lab.MemoryEventStore(), in_pence, snapshots=[lab.Snapshots(twin, shape="pence")])
    with pytest.raises(lab.InvalidArgument, match="snapshots 'pence' would never be used"):
        bus.send(Take(1))


def test_two_snapshots_of_one_decider_are_refused_since_one_of_them_would_never_be_used():
    snapshots = [
        lab.Snapshots(one, shape=shape) for one, shape in ((in_pence, "p1"), (in_pounds, "q"), (in_pence, "p2"))
    ]
    for some in (snapshots, iter(snapshots), [snapshots[0], snapshots[0]]):
        with pytest.raises(lab.InvalidArgument, match="snapshots .*'p1'.*: two share a decider; keep one of them"):
            lab.CommandBus(lab.MemoryEventStore(), snapshots=some)
    assert a_bus(lab.MemoryEventStore(), in_pence, snapshots=iter(snapshots[:1])).send(Take(3)).version == 1
