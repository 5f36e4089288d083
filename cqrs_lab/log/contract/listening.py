"""A store that announces its commits, with a listener that raises an error between two that do not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from cqrs_lab.log.contract.laws import ANNOUNCED
from cqrs_lab.log.contract.trial import Append, FaultFound, Trial
from cqrs_lab.log.event_store import Expected, is_announcing

OPS = (
    Append("order-1", 2, 0, "a"),
    Append("order-2", 3, 9),
    Append("order-1", 0, Expected.ANY),
    Append("order-2", 3, 0),
    Append("order-1", 2, 0, "a"),
)

SOON_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Heard:
    """How many events each listener could read, each time that it was called."""

    counts: dict[str, list[int]]
    news: threading.Condition

    def last(self, name: str, before: int, wanted: int) -> list[int]:
        """Return the last of what a listener counted after `before` calls; it may be told by another thread, soon."""
        counts = self.counts[name]
        with self.news:
            self.news.wait_for(lambda: counts[before:][-1:] == [wanted], SOON_SECONDS)
        return counts[before:][-1:]


def announcements(trial: Trial) -> None:
    """Listen to a store, if it can be listened to; raises `FaultFound`."""
    if not is_announcing(trial.store):
        return
    subscribe = trial.store.subscribe
    for op in OPS:  # what goes wrong without a listener is another law
        trial.append(replace(op, stream=f"early-{op.stream}"))
    trial.calls.clear()
    heard = Heard({"first": [], "last": []}, threading.Condition())

    def count(name: str) -> None:
        found = len(list(trial.store.read_all()))
        with heard.news:
            heard.counts[name].append(found)
            heard.news.notify_all()

    ends = [subscribe(one) for one in (lambda: count("first"), _raise, lambda: count("last"))]
    if not all(map(callable, ends)):
        trial.calls.append("store.subscribe(on_growth)")
        raise trial.broken(ANNOUNCED, "a function that ends it", str([end for end in ends if not callable(end)][0]))
    trial.calls.append("subscribed two listeners that count the events, and between them one that raises an error")
    with _errors_of_listeners_unprinted():
        for op in OPS:
            _hear(trial, op, heard)
    for end in ends[:2]:
        end()
    trial.calls.append("ended the first and the one that raises")
    before = len(heard.counts["first"])
    _hear(trial, Append("order-1", 1, 2, first=3), replace(heard, counts={"last": heard.counts["last"]}))
    trial.expect(ANNOUNCED, [], heard.counts["first"][before:], "what the first one heard after its end")


def _hear(trial: Trial, op: Append, heard: Heard) -> None:
    recorded, calls = len(trial.log), {name: len(counts) for name, counts in heard.counts.items()}
    try:
        trial.append(op)
    except FaultFound as broken:
        raise broken.of(ANNOUNCED) from None
    for name in heard.counts if len(trial.log) > recorded else ():  # to be called without a commit does no harm
        came = heard.last(name, calls[name], len(trial.log))
        done = f"how many events the {name} one could read when it was called"
        trial.expect(ANNOUNCED, [len(trial.log)], came, done)


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
