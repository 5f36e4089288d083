"""Many writers at once, and a reader that follows the log meanwhile."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from cqrs_lab.errors import ConcurrencyError, said
from cqrs_lab.log.contract.laws import (
    COMMITTED,
    EXPECTED,
    FIRST_RECEIPT,
    NOT_LATE,
    ONCE,
    ONE_ORDER,
    READS,
    RUNS,
    VERSIONS,
)
from cqrs_lab.log.contract.trial import Append, Trial
from cqrs_lab.log.event_store import EventStore, Expected

COMMITS = {"own": 3, "common": 2, "once": 1, "counter": 1}
ROUNDS = 40


class _Contention:
    """Writers on their own streams and on common ones, and a reader."""

    def __init__(self, store: EventStore, threads: int) -> None:
        self.store, self.threads = store, threads
        self.read: list[Any] = []
        self.unfinished: list[Any] = []
        self.errors: list[str] = []
        self.receipts: set[tuple[int, int, int]] = set()
        self._written = threading.Event()

    def run(self) -> None:
        reader, *writers = (
            threading.Thread(target=self._guarded, args=work, daemon=True)
            for work in ((self._follow,), *((self._write, name) for name in range(self.threads)))
        )
        for thread in (reader, *writers):
            thread.start()
        for thread in writers:
            thread.join()
        self._written.set()
        reader.join()

    def _guarded(self, work: Callable[..., None], *arguments: Any) -> None:
        try:
            work(*arguments)
        except Exception as error:  # noqa: BLE001 - judged below; a thread must not lose it
            self.errors.append(said(error))

    def _write(self, name: int) -> None:
        for number in range(ROUNDS):
            note = f"writer {name}, commit {number}"
            self._append(Append(f"own-{name}", COMMITS["own"], 3 * number, note=note))
            self._append(Append("common", COMMITS["common"], Expected.ANY, note=note))
            receipt = self._append(Append("once", 1, Expected.ANY, f"command {number}"))
            self.receipts.add((number, receipt.version, receipt.position))
            self._count()
            self._be_refused()

    def _append(self, op: Append) -> Any:
        return self.store.append(op.stream, op.events(), expected=op.expected, command_id=op.command_id)

    def _count(self) -> None:
        """Record the number after the last one, until nobody comes in between."""
        while True:
            version = self.store.stream_version("counter")
            try:
                self._append(Append("counter", 1, version, first=version + 1))
            except ConcurrencyError:
                continue
            return

    def _be_refused(self) -> None:
        try:
            self._append(Append("common", 2, 0, note="refused"))
        except ConcurrencyError:
            return

    def _follow(self) -> None:
        last_round = False
        while True:
            new: list[Any] = list(self.store.read_all(after=self.read[-1].position if self.read else 0))
            if new and not _finished(new[-1]):
                self.unfinished.append(new[-1])
            self.read.extend(new)
            if last_round:
                return
            last_round = self._written.is_set()


def _finished(last: Any) -> bool:
    kind = last.stream.split("-")[0]
    return bool(last.event.number >= COMMITS[kind])


def contention(trial: Trial, threads: int) -> None:
    """Use a store from many threads and check what they leave behind; raises `FaultFound`."""
    meeting = _Contention(trial.store, threads)
    with _frequent_switches():
        meeting.run()
    trial.calls = [f"{threads} threads appended {5 * ROUNDS} times each, some refused, while another kept reading"]
    trial.expect(RUNS, [], meeting.errors[:1], "errors")
    log = list(trial.store.read_all())
    seen = [one for one in meeting.read if one.event.note == "refused"] + meeting.unfinished
    trial.expect(COMMITTED, [], seen[:1], "events that the reader saw of refused or unfinished commits")
    positions = [one.position for one in log]
    trial.expect(ONE_ORDER, sorted({*positions}), positions, "the positions")
    known = {one.position for one in meeting.read}
    trial.expect(NOT_LATE, [], [one for one in log if one.position not in known], "events that the reader never saw")
    trial.expect(READS, positions, [one.position for one in meeting.read], "the positions that the reader saw")
    counted: list[Any] = [one.event for one in log if one.stream == "counter"]
    numbers = [one.number for one in counted]
    trial.expect(EXPECTED, list(range(1, len(numbers) + 1)), numbers, "counted up, each number recorded as version + 1")
    _look_at_streams(trial, threads)
    trial.expect(FIRST_RECEIPT, ROUNDS, len(meeting.receipts), "how many receipts there were for 40 commands")


def _look_at_streams(trial: Trial, threads: int) -> None:
    counts = {f"own-{name}": 3 * ROUNDS for name in range(threads)}
    counts |= {"common": 2 * ROUNDS * threads, "once": ROUNDS, "counter": ROUNDS * threads}
    for stream, count in counts.items():
        versions = [one.version for one in trial.store.read_stream(stream)]
        trial.expect(ONCE if stream == "once" else VERSIONS, count, len(versions), f"how many events {stream!r} holds")
        trial.expect(VERSIONS, list(range(1, len(versions) + 1)), versions, f"the versions of {stream!r}")


@contextmanager
def _frequent_switches() -> Iterator[None]:
    """Let threads interrupt each other a hundred times as often as usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 100)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)
