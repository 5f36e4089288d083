"""How often `send` goes to the store: each call is a round trip once the store is a server."""

from __future__ import annotations

import pytest

import cqrs_lab as lab
from tests.log.planted_stores import ThirtyLines
from tests.write.test_command_bus import Deposit, a_bank, account


class Counted(lab.MemoryEventStore):
    def __init__(self):
        super().__init__()
        self.calls, self.read = [], 0

    def append(self, *args, **more):
        self.calls.append("append")
        return super().append(*args, **more)

    def read_stream(self, *args, **more):
        self.calls.append("read_stream")
        for recorded in super().read_stream(*args, **more):
            self.read += 1
            yield recorded

    def read_all(self, **more):
        self.calls.append("read_all")
        return super().read_all(**more)

    def head(self):
        self.calls.append("head")
        return super().head()

    def stream_version(self, stream):
        self.calls.append("stream_version")
        return super().stream_version(stream)


class AnotherCountsTheSame(Counted):
    """Just before the first append, another sender's command under the same id is recorded."""

    def append(self, stream, events, *, expected, command_id=None):
        if self.head() == 0:
            super().append(stream, events, expected=expected, command_id=command_id)
        return super().append(stream, events, expected=expected, command_id=command_id)


@pytest.mark.parametrize("snapshots", [False, True])
@pytest.mark.parametrize("command_id", [None, "id"])
def test_a_command_costs_one_read_and_one_append(command_id, snapshots):
    store = Counted()
    kept = [lab.Snapshots(account, shape="1", every=5)] if snapshots else []
    bus = a_bank(store, snapshots=kept)
    for n in range(1, 23):
        store.calls.clear()
        store.read = 0
        assert bus.send(Deposit("a", 1), command_id and f"{command_id}-{n}").version == n
        assert store.calls == ["read_stream", "append"]
        assert store.read <= (6 if snapshots else n)  # with the last event that the snapshot covers


@pytest.mark.parametrize("handled", [0, 7, 60])
def test_a_process_manager_starts_with_one_read_wherever_it_stands(handled):
    store = Counted()
    store.append("account-a", list(range(1, 61)), expected=0)
    store.calls.clear()
    seen = lab.Process("seen", 0, instance=lambda pence: "all", evolve=lambda n, pence: n + 1, react=lambda *_: [])
    manager = lab.ProcessManager(store, a_bank(store), seen, position=handled)
    assert [call for call in store.calls if call != "head"] == ["read_all"]
    assert (manager.position, manager.state("all")) == (handled, handled)


def test_a_snapshot_that_does_not_fit_costs_one_read_more_and_is_told():
    store, kept = Counted(), lab.Snapshots(account, shape="1", every=5)
    bus = a_bank(store, snapshots=[kept])
    for _ in range(7):
        bus.send(Deposit("a", 1))
    other = Counted()
    other.append("account-a", [3], expected=0)
    other.calls.clear()
    assert a_bank(other, snapshots=[kept]).send(Deposit("a", 1)).version == 2
    assert other.calls == ["read_stream", "read_stream", "append"]
    assert "another log" in kept.dropped["account-a"]


class SaysNothing(ThirtyLines):
    """Does not say whether a command came again; just before the first append, another sender's is recorded."""

    def append(self, stream, events, *, expected, command_id=None):
        if self.head() == 0:
            super().append(stream, ["theirs", *events], expected=expected, command_id=command_id)
        return super().append(stream, events, expected=expected, command_id=command_id)


def test_where_the_store_does_not_say_the_first_receipt_is_read_back():
    receipt = a_bank(SaysNothing()).send(Deposit("a", 5), "id")
    assert receipt == lab.Receipt("account-a", 2, 2, ("theirs", 5))


@pytest.mark.parametrize("make_store", [AnotherCountsTheSame, ThirtyLines])
def test_the_receipt_is_the_first_ones_whoever_recorded_it(make_store):
    store = make_store()
    bus = a_bank(store)
    for _ in range(2):
        assert bus.send(Deposit("a", 5), "id") == lab.Receipt("account-a", 1, 1, (5,))
    assert store.head() == 1


def test_another_command_under_the_id_that_came_first_is_told_apart_though_it_has_as_many_events():
    class AnotherCommand(lab.MemoryEventStore):
        def append(self, stream, events, *, expected, command_id=None):
            if self.head() == 0:
                from cqrs_lab.log.guards.command_id import CommandId

                super().append(stream, [9], expected=0, command_id=CommandId.of(Deposit("a", 9), str(command_id)))
            return super().append(stream, events, expected=expected, command_id=command_id)

    with pytest.raises(lab.CommandIdReused):
        a_bank(AnotherCommand()).send(Deposit("a", 5), "id")
