"""A store that holds something open tells of its commits and of those of others; it ends, and is not copied."""

import copy
import pickle

import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.log.envelope import Position
from cqrs_lab.log.stores.open_store import OpenStore


class Door:
    closed = 0

    def close(self):
        self.closed += 1


class Counted(OpenStore):
    """A log that is a number."""

    def __init__(self):
        super().__init__(Door())
        self.length = 0

    def head(self):
        return Position(self.length)

    def append(self):
        self.length += 1
        self._announce(self.head())

    def __repr__(self):
        return f"Counted({self.length})"


@pytest.fixture
def store():
    with Counted() as store:
        yield store


def test_a_commit_of_its_own_is_announced_once_and_one_of_another_when_it_is_looked_for(store):
    told = []
    end = store.subscribe(lambda: told.append(store.length))
    store._watcher.stop()  # what its thread does is done here, at known moments
    store.append()
    store._watcher.look()
    assert told == [1]
    store.length += 1
    store._watcher.look()
    store._watcher.look()
    assert told == [1, 2]
    end()
    store.append()
    assert told == [1, 2]


def test_it_ends_with_its_block_and_nothing_looks_any_more():
    with Counted() as store:
        store.subscribe(print)
        thread = store._watcher._thread
        assert thread.is_alive()
    thread.join(5)
    assert not thread.is_alive() and store._held.closed == 1


@pytest.mark.parametrize("attempt", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_not_copied_and_says_what_to_do(store, attempt):
    with pytest.raises(InvalidArgument, match=r"Counted\(0\) is open, and cannot be copied .* make a store .* there"):
        attempt(store)
