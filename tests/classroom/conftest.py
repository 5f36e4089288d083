"""Rooms of the tests' own, and a clock that goes a tenth of a second at each look."""

from itertools import count

import pytest

from cqrs_lab.classroom.folders import PLACE, opened
from cqrs_lab.classroom.room import Room
from cqrs_lab.classroom.seat import Seat

BEGUN = 1_800_000_000.0


class Class:
    """A room, and seats in it, all by one clock."""

    def __init__(self, folder):
        ticks = count(1)
        self.clock = lambda: BEGUN + next(ticks) / 10
        self.folder = folder
        self.room = Room(self.folder, self.clock)

    def join(self, name, role=None):
        return Seat(self.folder, name, role, self.clock)

    def join_all(self, *names):
        return [self.join(name) for name in names]


@pytest.fixture(autouse=True)
def rooms_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv(PLACE, str(tmp_path / "rooms"))
    return tmp_path / "rooms"


@pytest.fixture
def a_class():
    return Class(opened("10 c", BEGUN))
