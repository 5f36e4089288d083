"""Many commands and streams, and a log that grows past the sizes of pages, caps, segments and narrow integers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter, lt
from typing import Any

from cqrs_lab.errors import ConcurrencyError, said
from cqrs_lab.log.contract.laws import (
    ALL_OR_NOTHING,
    AT_THE_CALL,
    EXPECTED,
    FIRST_RECEIPT,
    ONCE,
    ONE_ORDER,
    READS,
    RECEIPT,
    VERSIONS,
    WRITTEN,
    Happened,
)
from cqrs_lab.log.contract.trial import Append, Trial
from cqrs_lab.words import count

# Pages, caps, rings and segments, numbers of 8 and 16 bits: stores break at such sizes, or one event beyond.
SIZES = (
    100, 128, 256, 500, 512, 1000, 1024, 2000, 2048, 4096, 5000, 8192, 10_000, 16_384, 32_768, 65_536, 99_000,
)  # fmt: skip
COMMANDS = 11_000
LIMIT_SECONDS, COMMANDS_SECONDS = 4.0, 0.3
TOOK = "took this store"
"""What the notes on time say, which are others on another machine."""
"""Processor time, not time by the clock, so that a busy machine tries no less."""


@dataclass(slots=True)
class LongLog:
    """The contents that a growing log must have, in columns: they are compared with what was read without a loop."""

    trial: Trial
    streams: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    within: list[int] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    positions: list[int] = field(default_factory=list)
    last: int = 0

    def grow(self, size: int) -> None:
        """Append one event, and then all that are missing, until the log holds exactly `size` events."""
        self._append("short", 1)
        self._append("long", size - len(self.numbers))

    def _append(self, stream: str, count: int) -> None:
        version, number = self.versions.get(stream, 0), len(self.numbers) + 1
        op = Append(stream, count, version, command := f"command {number}", first=number)
        self._begin()
        self.trial.calls.append(str(op))
        try:
            receipt = _bare(self.trial, op)
        except ConcurrencyError as conflict:
            raise self.trial.broken(VERSIONS, f"version {version}", f"ConcurrencyError: {conflict}") from conflict
        if receipt.position <= self.last:
            raise self.trial.broken(ONE_ORDER, f"a position above {self.last}", f"{receipt.position}")
        self.last = receipt.position
        self.streams += [stream] * count
        self.numbers += op.numbers()
        self.within += range(version + 1, version + count + 1)
        self.commands += [command] * count
        self.ends.append(len(self.numbers) - 1)
        self.versions[stream] = version + count
        if receipt.version != version + count:
            there = sum(one.stream == stream for one in self.trial.store.read_all())
            self.trial.expect(ALL_OR_NOTHING, version + count, there, f"how many events {stream!r} holds")
        self.trial.expect(VERSIONS, version + count, receipt.version, "the receipt's version")
        self.trial.expect(RECEIPT, self.trial.store.head(), receipt.position, "the receipt's position")

    def _begin(self) -> None:
        self.trial.calls = [f"recorded {count(len(self.numbers), 'event')} in two streams"] if self.numbers else []

    def look(self) -> None:
        """Read everything, and ask for the end of the log and of both streams."""
        self._begin()
        everything = self.trial.read()
        self.positions = _column("position", everything)
        if not all(map(lt, self.positions, self.positions[1:])):
            self.trial.expect(ONE_ORDER, sorted({*self.positions}), self.positions, "the positions")
        self.trial.expect(READS, len(self.numbers), len(everything), "counted the events")
        self.trial.expect(READS, self.streams, _column("stream", everything), "the streams")
        self.trial.expect(READS, self.numbers, _column("event.number", everything), "the events' numbers")
        self.trial.expect(VERSIONS, self.within, _column("version", everything), "the versions")
        self.trial.expect(WRITTEN, self.commands, _column("command_id", everything), "the command ids")
        self.trial.expect(READS, self.positions[-1], self.trial.store.head(), "store.head()")
        self.look_at_streams()

    def look_at_streams(self) -> None:
        """Read each stream, and ask for its version."""
        for stream, version in self.versions.items():
            self._begin()
            versions = _column("version", self.trial.read(stream=stream))
            self.trial.expect(READS, version, len(versions), "counted the events")
            self.trial.expect(VERSIONS, list(range(1, version + 1)), versions, "the versions")
            self.trial.expect(VERSIONS, version, self.trial.store.stream_version(stream), "store.stream_version(...)")

    def look_around(self, size: int) -> None:
        """Read a few events around a place, and as many as its number says."""
        for after, limit in ((size - 1, 2), (size, 2), (size + 1, 2), (0, size), (1, size), (2, size - 1)):
            wanted = self.positions[after : after + limit]
            self._begin()
            read = self.trial.read(self.positions[after - 1] if after else 0, limit)
            self.trial.expect(READS, wanted, _column("position", read), "the positions")
            if after + limit <= self.versions["long"]:
                self._begin()
                versions = _column("version", self.trial.read(after, limit, "long"))
                self.trial.expect(READS, list(range(after + 1, after + limit + 1)), versions, "the versions")

    def record_meanwhile(self) -> None:
        """Begin to read, record until the longer stream is as long as the log was, and read the rest."""
        version = self.versions["long"]
        reading = iter(self.trial.store.read_all()), iter(self.trial.store.read_stream("long"))
        began = [next(one).version for one in reading]
        self._append("long", len(self.numbers) - version)
        calls = ["began to read the log and the stream 'long'", *self.trial.calls[-1:], "then read the rest"]
        for begun, one, all_of_it in zip(began, reading, (len(self.positions), version), strict=True):
            self._begin()
            self.trial.calls += calls
            self.trial.expect(AT_THE_CALL, all_of_it, bool(begun) + len(list(one)), "counted the events")

    def be_refused(self) -> None:
        """Append at versions that a narrow number or an old snapshot would take for the right one."""
        version = self.versions["long"]
        for wrong in sorted({version ^ 2**bit for bit in (0, 1, 8, 16, 32)} | {version // 100 * 100} - {version}):
            self._begin()
            self.trial.calls.append(str(op := Append("long", 1, wrong)))
            try:
                receipt = _bare(self.trial, op)
            except ConcurrencyError:
                continue
            wanted = f"ConcurrencyError, for the stream's version is {version}"
            raise self.trial.broken(EXPECTED, wanted, repr(receipt))

    def send_again(self) -> None:
        """Send the first, the large and the last command again."""
        largest = max(zip([-1, *self.ends], self.ends, strict=False), key=lambda pair: pair[1] - pair[0])[1]
        last = next(end for end in self.ends if end >= len(self.positions) - 1)
        head = self.trial.store.head()
        for at in dict.fromkeys((self.ends[0], largest, last)):
            stream, version, command = self.streams[at], self.within[at], self.commands[at]
            op = Append(stream, 1, 0, command)
            self._begin()
            receipt = self.trial.call(FIRST_RECEIPT, str(op), lambda op=op: _bare(self.trial, op))  # type: ignore[misc]
            came = receipt.version, receipt.position
            self.trial.expect(FIRST_RECEIPT, (version, self.positions[at]), came, "the receipt's version and position")
            self.trial.expect(ONCE, head, self.trial.store.head(), "store.head()")


def _column(name: str, events: list[Any]) -> list[Any]:
    return list(map(attrgetter(name), events))


def _bare(trial: Trial, op: Append) -> Any:
    return trial.store.append(op.stream, op.events(), expected=op.expected, command_id=op.command_id)


def long_log(trial: Trial) -> str:
    """Grow a log and check it; return what was left out if the store gets too slow, "" if nothing was."""
    log, began, before = LongLog(trial), time.thread_time(), 0
    for size, following in zip(SIZES, [*SIZES[1:], 0], strict=True):
        step = time.thread_time()
        log.grow(size)
        log.look()
        if before:
            log.look_around(before)
        log.send_again()
        log.be_refused()
        log.record_meanwhile()
        log.look_at_streams()
        now, before = time.thread_time(), size
        # At worst an append takes as long as the log is long.
        if now - began + (now - step) * (following / size) ** 2 > LIMIT_SECONDS and following:
            return f"{count(size, 'event')} {TOOK} {now - began:.1f} s, so a longer log was not tried"
    return ""


def many_commands(new_trial: Callable[[], Trial]) -> str:
    """Send many commands to one stream, then one command to each of many streams, and come back to the first ones.

    Return what was left out if the store is too slow for all of them, "" if nothing was.
    """
    trial = new_trial()
    to_one = _send(trial, 1_040, lambda number: ("busy", number - 1), "to 'busy'")
    if to_one == COMMANDS:
        to_many = _send(trial, 300, _new_stream, "to a new stream each")
        trial.expect(ONCE, to_one, trial.ask_version("busy"))
    else:  # a store that gets slow with the length of its log reaches more streams with an empty one
        to_many = _send(new_trial(), 300, _new_stream, "to a new stream each")
    if (sent := min(to_one, to_many)) == COMMANDS:
        return ""
    return f"{count(sent, 'command')} {TOOK} over {COMMANDS_SECONDS} s, so more were not tried"


def _new_stream(number: int) -> tuple[str, int]:
    return f"stream-{number}", 0


def _send(trial: Trial, least: int, place: Callable[[int], tuple[str, int]], where: str) -> int:
    """Send commands until there are enough or they take too long, look at some of them again, and return how many."""
    began, number, receipts = time.thread_time(), 0, []

    def tell() -> None:
        trial.calls = [f"sent {count(number - 1, 'command')} {where}"] * (number > 1)
        trial.calls.append(str(Append(stream, 1, version, command, first=number)))

    # To ask for the time takes as long as a quick store's append.
    while number < COMMANDS and (number < least or number % 16 or time.thread_time() - began < COMMANDS_SECONDS):
        number += 1
        stream, version = place(number)
        command = f"command {number}"
        try:
            receipt: Any = trial.store.append(stream, [Happened(number)], expected=version, command_id=command)
            told = receipt.version
        except Exception as error:  # noqa: BLE001 - the code under test may raise anything; it is reported
            tell()
            raise trial.broken(EXPECTED, "no error", said(error)) from error
        if told != version + 1:
            tell()
            trial.expect(VERSIONS, version + 1, told, "the receipt's version")
        receipts.append(receipt)
    trial.checks += number
    for at in dict.fromkeys((1, 2, number // 2, number - 1, number)):
        trial.calls = [f"sent {count(number, 'command')} {where}"]
        _look_again(trial, at, place(at), place(number), receipts[at - 1])
    return number


def _look_again(trial: Trial, number: int, place: tuple[str, int], last: tuple[str, int], first: Any) -> None:
    """Read what a command recorded, and send the command again."""
    stream, version = place
    trial.expect(VERSIONS, (last[1] if last[0] == stream else version) + 1, trial.ask_version(stream))
    read = [one.event.number for one in trial.read(after=version, limit=1, stream=stream)]
    trial.expect(READS, [number], read, "the events' numbers")
    op = Append(stream, 1, 99_999, f"command {number}")
    again = trial.call(FIRST_RECEIPT, str(op), lambda: _bare(trial, op))
    trial.expect(FIRST_RECEIPT, (first.version, first.position), (again.version, again.position))
