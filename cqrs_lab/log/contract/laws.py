"""The laws of an event store by name, and the event that the contract records."""

from __future__ import annotations

from dataclasses import dataclass

RUNS = "the store answers"
ALL_OR_NOTHING = "law 1: an append is all or nothing"
VERSIONS = "law 1: a stream's versions are 1, 2, 3, …"
EXPECTED = "law 1: an append is refused unless the stream is as expected"
EXPECTED_NEW = "law 1: the expected version is checked for a new stream too"
NOTHING = "law 1: appending nothing checks nothing and records nothing"
RECEIPT = "law 1: a receipt holds the stream's version and the position of its last event"
NAMES = "law 1: streams whose names differ are different streams"
ONE_ORDER = "law 2: positions rise in commit order and are never reused"
CLOCK = "law 2: the order of the log does not depend on the clock"
ANNOUNCED = "a store that announces its commits announces each of them, once it can be read"
READS = "law 2: what was recorded can be read, in order, from any place"
STAYS = "law 2: what was recorded stays as it was recorded"
NOT_LATE = "law 2: no event appears late, below a position already read"
AT_THE_CALL = "law 2: a read covers the log as it was at the call"
COMMITTED = "law 2: a reader sees whole commits, and only what is committed"
ONCE = "law 3: a command id is recorded once in a stream"
FIRST_RECEIPT = "law 3: the duplicate gets the first receipt, before `expected` is looked at"
WRITTEN = "law 3: a command id is written with each of its events"
IDS = "law 3: commands whose ids differ are different commands"
PER_STREAM = "law 3: a command id belongs to its stream"
FORGETS = "law 3: a command that recorded nothing leaves nothing to remember"
TRACED = "a store that keeps what led to a commit keeps it with each of its events"
SLICED = "a store that hands out slices leaves nothing out, and hands out nothing twice"
TOGETHER = "a store that records appends together records all of them, or none if the work raises"
SAYS_AGAIN = "law 3: a receipt that says whether its events were recorded again is right"
AS_GIVEN = "law 2: what a store accepts is recorded, and read back, as it was given"
STANDS_FOR = "law 3: what a command id stands for is kept as it was, or not at all"
KEPT = "laws 1-3 survive a restart"


@dataclass(frozen=True, slots=True)
class Happened:
    """The event the contract records; a store that needs its event types declared can be given `EVENTS`."""

    number: int
    note: str = ""

    def __repr__(self) -> str:
        return f"Happened({self.number}, {self.note!r})" if self.note else f"Happened({self.number})"


EVENTS: dict[str, type] = {"happened": Happened}
