"""The runs that the rebuild studio shows: the kit's rebuild and a reader's own, step by step, while events come in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore, Expected
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.projector import Projector
from cqrs_lab.read.rebuild import rebuild
from cqrs_lab.show.own_rebuild import OwnRebuild
from cqrs_lab.simulation.faults.rebuilders import RebuildFunction

SWAP, ABORT, EMPTY = "swap when it has caught up", "abort half-way", "empty the serving table, and fill it"
WAYS = (SWAP, ABORT, EMPTY)
MINE = "your rebuild"
STEPS = 16


class RebuildMoment(NamedTuple):
    """A step: where the log ends, who serves from where, how far the next version is, and what a query is told.

    `building` is None before it begins and when it is over; `answer` is the sum of the column that is asked for.
    """

    head: int
    serving: int
    version: int
    building: int | None
    state: str
    answer: float


class Setting(NamedTuple):
    """What is done, how many events are built in a step, and how many come in."""

    way: str
    build: int
    traffic: int


class Recorded(NamedTuple):
    """A run: its steps, the column that is asked for, what the swap has changed, and more to say of each step."""

    steps: list[RebuildMoment]
    asked: str
    difference: pd.DataFrame | None
    notes: list[str]


def record(
    events: list[RecordedEvent],
    before: int,
    versions: tuple[Callable[[], Projection], Callable[[], Projection]],
    asked: str,
    setting: Setting,
) -> Recorded:
    """Make the run of a setting with the real store, projector and rebuild."""
    way, build, traffic = setting
    store, coming = MemoryEventStore(clock=lambda: 0.0), iter(events)
    _append_next(store, coming, before)
    projector = Projector(store, versions[0]())
    projector.catch_up()
    steps = [_moment(store, projector, asked, None, "not begun")]
    work = rebuild(projector, to=versions[1](), step_events=build)
    if way == EMPTY:
        projector = Projector(store, versions[1]())
    for _ in range(STEPS):
        _append_next(store, coming, traffic)
        projector.catch_up(limit=build if way == EMPTY else None)
        if way == EMPTY:
            state = "filled" if projector.position == store.head() else "emptied"
        else:
            next(iter(work), None)
            if way == ABORT and work.model.position >= store.head() / 2:
                work.abort()
            state = work.state
        building = work.model.position if state == "building" else None
        steps.append(_moment(store, projector, asked, building, state))
    return Recorded(steps, asked, work.difference() if work.state == "swapped" else None, [""] * len(steps))


def record_own(
    events: list[RecordedEvent],
    before: int,
    versions: tuple[Callable[[], Projection], Callable[[], Projection]],
    asked: str,
    setting: Setting,
    mine: RebuildFunction,
) -> Recorded:
    """Make the run of a setting with a rebuild of the reader's own."""
    store, coming = MemoryEventStore(clock=lambda: 0.0), iter(events)
    _append_next(store, coming, before)
    own = OwnRebuild(mine, store, versions[0](), versions[1]())
    steps, notes = [_moment(store, own, asked, None, "not begun")], [""]
    for _ in range(STEPS):
        _append_next(store, coming, setting.traffic)
        own.came()
        own.goes_on(setting.build)
        steps.append(_moment(store, own, asked, own.building, own.state))
        notes.append(own.says)
    return Recorded(steps, asked, None, notes)


def _append_next(store: MemoryEventStore, coming: Any, count: int) -> None:
    for _, one in zip(range(count), coming, strict=False):
        store.append(one.stream, [one.event], expected=Expected.ANY)


def _moment(
    store: EventStore, projector: Projector | OwnRebuild, asked: str, building: int | None, state: str
) -> RebuildMoment:
    answer = round(projector.table[asked].sum(), 2)
    return RebuildMoment(store.head(), projector.position, projector.projection.version, building, state, answer)
