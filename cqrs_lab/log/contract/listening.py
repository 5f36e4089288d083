"""A store that announces its commits, with a listener that raises an error between two that do not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from cqrs_lab.log.contract.laws import ANNOUNCED
from cqrs_lab.log.contract.trial import Append, BrokenLaw, Trial
from cqrs_lab.log.event_store import Expected

OPS = (
    Append("order-1", 2, 0, "a"),
    Append("order-2", 3, 9),
    Append("order-1", 0, Expected.ANY),
    Append("order-2", 3, 0),
    Append("order-1", 2, 0, "a"),
)


def announcements(trial: Trial) -> None:
    """Listen to a store, if it can be listened to; raises `BrokenLaw`."""
    subscribe = getattr(trial.store, "subscribe", None)
    if subscribe is None:
        return
    for op in OPS:  # what goes wrong without a listener is another law
        trial.append(replace(op, stream=f"early-{op.stream}"))
    trial.calls.clear()
    heard: dict[str, list[int]] = {"first": [], "last": []}

    def count(name: str) -> None:
        heard[name].append(len(list(trial.store.read_all())))

    ends = [subscribe(one) for one in (lambda: count("first"), _raise, lambda: count("last"))]
    trial.calls.append("subscribed two listeners that count the events, and between them one that raises an error")
    with _errors_of_listeners_unprinted():
        for op in OPS:
            _hear(trial, op, heard)
    for end in ends[:2]:
        end()
    trial.calls.append("ended the first and the one that raises")
    before = len(heard["first"])
    _hear(trial, Append("order-1", 1, 2, first=3), {"last": heard["last"]})
    trial.expect(ANNOUNCED, [], heard["first"][before:], "what the first one heard after its end")


def _hear(trial: Trial, op: Append, heard: dict[str, list[int]]) -> None:
    recorded, calls = len(trial.log), {name: len(counts) for name, counts in heard.items()}
    try:
        trial.append(op)
    except BrokenLaw as broken:
        raise broken.of(ANNOUNCED) from None
    for name, counts in heard.items():
        if len(trial.log) > recorded:  # to be called without a commit does no harm
            done = f"how many events the {name} one could read when it was called"
            trial.expect(ANNOUNCED, [len(trial.log)], counts[calls[name] :][-1:], done)


def _raise() -> None:
    raise RuntimeError("a listener's error")


@contextmanager
def _errors_of_listeners_unprinted() -> Iterator[None]:
    before = threading.excepthook
    threading.excepthook = lambda arguments: None
    try:
        yield
    finally:
        threading.excepthook = before
