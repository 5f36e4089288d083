"""A durable store, closed and opened again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any

from cqrs_lab.log.contract import fingerprints
from cqrs_lab.log.contract.histories import random_history
from cqrs_lab.log.contract.laws import KEPT
from cqrs_lab.log.contract.sizes import LongLog
from cqrs_lab.log.contract.trial import Append, FaultFound, Trial
from cqrs_lab.log.event_store import EventStore, Expected

SIZES = (100, 256, 500, 1000, 1024, 1100, 2_111)
HISTORIES: tuple[list[Append], ...] = (
    [],
    [Append("order-1", 2, 0)],
    [Append("order-1", 2, 0, "a"), Append("order-1", 1, 2, "b", first=3)],
    [Append("order-1", 2, 0, "a"), Append("order-10", 3, 0, "a", first=3), Append("order-1", 1, 2, first=6)],
    [Append("order-1", 1, 3, "a"), Append("order-1", 0, 0, "b")],
    random_history(Random(7), 60),
)


def restarts(
    new_trial: Callable[[], Trial], reopen: Callable[[Any], EventStore]
) -> Iterator[Callable[[], str | None]]:
    """Yield functions that play a history and restart; each raises `FaultFound`, or returns a note, or nothing."""
    for history in HISTORIES:
        yield partial(_restart, new_trial, reopen, history)
    yield partial(_restart_with_a_long_log, new_trial, reopen)
    yield partial(_restart_with_fingerprints, new_trial, reopen)


def _restart_with_fingerprints(new_trial: Callable[[], Trial], reopen: Callable[[Any], EventStore]) -> str:
    trial = new_trial()
    before = fingerprints.what_ids_stand_for(trial)
    try:
        trial.store = trial.call(KEPT, "store = reopen(store)", lambda: reopen(trial.store))
        return "" if before or not fingerprints.lost(trial) else fingerprints.AS_TEXT.format(" at a restart")
    except FaultFound as broken:
        raise broken.of(KEPT) from None


def _restart_with_a_long_log(new_trial: Callable[[], Trial], reopen: Callable[[Any], EventStore]) -> None:
    trial = new_trial()
    log = LongLog(trial)
    for size in SIZES:
        log.grow(size)
    try:
        trial.store = trial.call(KEPT, "store = reopen(store)", lambda: reopen(trial.store))
        log.look()
        log.send_again()
        log.grow(SIZES[-1] + 10)
        log.look()
    except FaultFound as broken:
        raise broken.of(KEPT) from None


def _restart(new_trial: Callable[[], Trial], reopen: Callable[[Any], EventStore], history: list[Append]) -> None:
    trial = new_trial()
    for op in history:
        trial.append(op)
    for _ in range(2):
        try:
            trial.store = trial.call(KEPT, "store = reopen(store)", lambda: reopen(trial.store))
            _go_on(trial, history)
        except FaultFound as broken:
            raise broken.of(KEPT) from None


def _go_on(trial: Trial, history: list[Append]) -> None:
    trial.look(KEPT)
    for op in history[-8:]:
        if op.command_id is not None:
            trial.append(op)  # what was recorded is sent again; what was refused or empty is tried again
    version = trial.version("order-1")
    trial.append(Append("order-1", 1, version + 1, first=1000))
    trial.append(Append("order-1", 2, version, f"after {version}", first=1001))
    trial.append(Append("order-new", 1, Expected.ANY, f"after {version}", first=1003))
