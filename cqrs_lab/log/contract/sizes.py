"""A log that grows past the sizes of pages, caps, rings, segments and narrow integers."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from cqrs_lab.errors import ConcurrencyError
from cqrs_lab.log.contract.laws import (
    ALL_OR_NOTHING,
    FIRST_RECEIPT,
    ONCE,
    ONE_ORDER,
    READS,
    RECEIPT,
    RUNS,
    VERSIONS,
    WRITTEN,
)
from cqrs_lab.log.contract.trial import Append, Trial
from cqrs_lab.log.event_store import Expected

# Pages of 100 to 1,000; caps up to 50,000; numbers of 8 and 16 bits, signed and not; segments of 65,536.
BORDERS = (100, 127, 255, 500, 1000, 1024, 2000, 4096, 5000, 8192, 10_000, 16_384, 32_767, 50_000, 65_535)
STEPS = (300, 1_100, 5_400, 34_000, 67_000)
LARGE, BATCH = 4_200, 997
COMMANDS = 1_100
LIMIT_SECONDS = 5.0
"""Processor time, not time by the clock, so that a busy machine tries no less."""


@dataclass(slots=True)
class LongLog:
    """The contents that a growing log must have: stream, version, the event's number and the command of each event."""

    trial: Trial
    log: list[tuple[str, int, int, str | None]] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    positions: list[int] = field(default_factory=list)

    def grow(self, size: int) -> None:
        """Append until the log holds `size` events: a large commit, then smaller ones in two streams."""
        if size > LARGE > len(self.log):
            self._append("long", LARGE)
        while len(self.log) < size:
            self._append("long", min(BATCH if size < LARGE * 2 else 10 * BATCH, size - len(self.log)))
            self._append("short", 1)

    def _append(self, stream: str, count: int) -> None:
        version, number = self.versions.get(stream, 0), len(self.log) + 1
        op = Append(stream, count, version, f"command {number}", first=number)
        self.trial.calls = [self._told()] if self.log else []
        self.trial.calls.append(str(op))
        try:
            receipt = self.trial.store.append(stream, op.events(), expected=version, command_id=op.command_id)
        except ConcurrencyError as conflict:
            raise self.trial.broken(VERSIONS, f"version {version}", f"ConcurrencyError: {conflict}") from conflict
        self.log += [(stream, version + at, one, op.command_id) for at, one in enumerate(op.numbers(), 1)]
        self.versions[stream] = version + count
        if receipt.version != version + count:
            there = sum(one.stream == stream for one in self.trial.store.read_all())
            self.trial.expect(ALL_OR_NOTHING, version + count, there, f"how many events {stream!r} holds")
        self.trial.expect(VERSIONS, version + count, receipt.version, "the receipt's version")
        if count > 1 or version < 3:
            self.trial.expect(RECEIPT, self.trial.store.head(), receipt.position, "the receipt's position")

    def _told(self) -> str:
        return f"recorded {len(self.log):,} events in two streams, in commits of 1 to {10 * BATCH:,}"

    def look(self, above: int) -> None:
        """Read everything, then around each border that was passed since the last look."""
        self.trial.calls = [self._told()]
        everything = self.trial.read()
        came = [(one.stream, one.version, one.event.number, one.command_id) for one in everything]
        self.positions = [one.position for one in everything]
        self.trial.expect(ONE_ORDER, sorted({*self.positions}), self.positions, "the positions")
        self.trial.expect(READS, len(self.log), len(came), "counted the events")
        self.trial.expect(READS, [(one[0], one[2]) for one in self.log], [(one[0], one[2]) for one in came])
        self.trial.expect(VERSIONS, [one[:2] for one in self.log], [one[:2] for one in came])
        self.trial.expect(WRITTEN, [one[3] for one in self.log], [one[3] for one in came])
        self._look_at_streams()
        for border in BORDERS:
            if above < border < len(self.log) - 4:
                self._look_around(border)

    def _look_at_streams(self) -> None:
        for stream, version in self.versions.items():
            self.trial.calls = [self._told()]
            versions = [one.version for one in self.trial.read(stream=stream)]
            self.trial.expect(READS, version, len(versions), "counted the events")
            self.trial.expect(VERSIONS, list(range(1, version + 1)), versions, "the versions")
            self.trial.expect(VERSIONS, version, self.trial.store.stream_version(stream), "store.stream_version(...)")
        self.trial.expect(READS, self.positions[-1], self.trial.store.head(), "store.head()")

    def _look_around(self, border: int) -> None:
        for after, limit in ((border - 3, 6), (border, 2), (0, border + 3), (2, border)):
            wanted = self.positions[after:][:limit]
            self.trial.calls = [self._told()]
            read = self.trial.read(self.positions[after - 1] if after else 0, limit)
            self.trial.expect(READS, wanted, [one.position for one in read], "the positions")
            if border + 4 < self.versions["long"]:
                self.trial.calls = [self._told()]
                versions = [one.version for one in self.trial.read(after, limit, "long")]
                self.trial.expect(READS, list(range(after + 1, after + limit + 1)), versions, "the versions")

    def send_again(self) -> None:
        """Send the first, the large and the last command again."""
        commits = {command: at for at, (_, _, _, command) in enumerate(self.log)}
        ends = sorted(commits.values())
        largest = max(zip([-1, *ends], ends, strict=False), key=lambda pair: pair[1] - pair[0])[1]
        for command in dict.fromkeys(self.log[at][3] for at in (0, largest, -1)):
            at = commits[command]
            stream, version, _, _ = self.log[at]
            op = Append(stream, 1, 0, command)
            self.trial.calls = [self._told()]
            receipt = self.trial.call(FIRST_RECEIPT, str(op), lambda op=op: _bare(self.trial, op))  # type: ignore[misc]
            came = receipt.version, receipt.position
            self.trial.expect(FIRST_RECEIPT, (version, self.positions[at]), came, "the receipt's version and position")
            self.trial.expect(ONCE, self.positions[-1], self.trial.store.head(), "store.head()")


def _bare(trial: Trial, op: Append) -> Any:
    return trial.store.append(op.stream, op.events(), expected=op.expected, command_id=op.command_id)


def long_log(trial: Trial) -> str:
    """Grow a log step by step and check it; return what was left out if the store gets too slow, "" if nothing was."""
    log, before = LongLog(trial), 0
    for size, following in zip(STEPS, [*STEPS[1:], 0], strict=True):
        began = time.thread_time()
        log.grow(size)
        grown = time.thread_time()
        log.look(before)
        log.send_again()
        grow, look, ratio = grown - began, time.thread_time() - grown, following / size
        # At worst an append takes as long as the log is long.
        ahead = grow * ratio**2 + look * ratio**1.5 if size > LARGE else grow + look
        if ahead > LIMIT_SECONDS:
            return f"{size:,} events took this store {grow + look:.1f} s, so a longer log was not tried"
        before = size
    return ""


def many_commands(trial: Trial) -> None:
    """Send many commands to one stream, and then the first one again."""
    for number in range(1, COMMANDS + 1):
        op = Append("busy", 1, Expected.ANY, f"command {number}", first=number)
        receipt = trial.call(RUNS, str(op), lambda op=op: _bare(trial, op))  # type: ignore[misc]
        if number == 1:
            first = receipt
    trial.calls = [f"sent {COMMANDS:,} commands of one event to 'busy', each under its own id"]
    again = trial.call(FIRST_RECEIPT, str(op := Append("busy", 1, 0, "command 1")), lambda: _bare(trial, op))
    trial.expect(FIRST_RECEIPT, (first.version, first.position), (again.version, again.position))
    trial.expect(ONCE, COMMANDS, trial.store.stream_version("busy"), "store.stream_version('busy')")
