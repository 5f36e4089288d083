"""The judge of an hour: the kit's laws, and the session guarantees, on what the room itself recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd

from cqrs_lab.classroom.hour import Hour
from cqrs_lab.classroom.rows import KEYS
from cqrs_lab.findings import Fault, Report
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.simulation.guarantees import Verdict, check
from cqrs_lab.words import count

ONCE = "every command that was acknowledged is in the log exactly once"
NOBODY = "nothing is in the log that nobody asked for"
POSITIONS = "positions are 1, 2, 3, …, without a gap"
CHAIN = "a projector goes on where it stopped: no event is skipped, none is read twice"
FOLD = "a table is the fold of the log up to its checkpoint"
LOOKS = "an answer shows every event up to its position, and none after it"
LAWS = (ONCE, NOBODY, POSITIONS, CHAIN, FOLD, LOOKS)
PROMISES = {
    "read_your_writes": "read your writes",
    "monotonic_reads": "monotonic reads",
    "monotonic_writes": "monotonic writes",
    "writes_follow_reads": "writes follow reads",
}


@dataclass(frozen=True)
class Judgement:
    """What an hour comes to.

    Attributes
    ----------
    laws : Report
        What must hold, whatever was killed: ``laws.ok``, and the simplest case of each law that is broken.
    promises : mapping of str to Verdict
        The session guarantees, each with what broke it. Copies that are late break them, and no fault is needed.
    """

    laws: Report
    promises: Mapping[str, Verdict]

    @property
    def ok(self) -> bool:
        """Whether nothing was lost, doubled or skipped."""
        return self.laws.ok

    def frame(self) -> pd.DataFrame:
        """Return one row per session guarantee: kept (bool), times broken (int64), and the first case (str)."""
        rows = [
            (PROMISES[name], one.holds, len(one.broken_by), one.broken_by[0].says if one.broken_by else "")
            for name, one in self.promises.items()
        ]
        return pd.DataFrame(rows, columns=["promise", "kept", "times broken", "the first time"]).set_index("promise")

    def __str__(self) -> str:
        words = {name: f"broken {count(len(one.broken_by), 'time')}" for name, one in self.promises.items()}
        lines = (f"{PROMISES[name]}: {'kept' if one.holds else words[name]}" for name, one in self.promises.items())
        return "\n".join([str(self.laws), *lines])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        shown = self.frame()
        shown["kept"] = shown["kept"].map({True: "✓\u00a0kept", False: "✕\u00a0broken"})
        html = self.laws._repr_html_() + table(shown, "What each session was promised")
        return Picture(html, escape(str(self)), shown)._repr_html_()


def judge(hour: Hour) -> Judgement:
    """Judge an hour by the laws of log and tables, and its trace by the session guarantees."""
    faults = tuple({fault.law: fault for fault in reversed(list(_faults(hour)))}.values())[::-1]
    checks = len(hour.log) + len(hour.asked) + len(hour.visits) + len(hour.looks)
    open_ones = sum(one.position is None for one in hour.asked)
    waits = f"{count(open_ones, 'command')} not acknowledged yet: in the log once, or not at all"
    laws = Report(f"The room {hour.name!r}", checks, faults, (waits,) if open_ones else ())
    # A look at what is not in the log cannot be judged as a look.
    return Judgement(laws, check(hour.trace, names=list(PROMISES)) if _is_trace(hour) else {})


def _is_trace(hour: Hour) -> bool:
    places = Counter(one.position for one in hour.log)
    return all(number == 1 for number in places.values()) and min(places, default=1) >= 1


def _faults(hour: Hour) -> Iterator[Fault]:
    """Yield every broken case, law by law."""
    yield from _in_the_log(hour)
    for at, one in enumerate(hour.log, 1):
        if one.position != at:
            place = f"position {one.position:,}"
            yield Fault(POSITIONS, f"read event number {at:,} of the log", f"position {at:,}", place)
            break
    yield from _tables(hour)
    for look in hour.looks:
        wanted = hour.units(look.key, look.position)
        if look.units != wanted or look.position > hour.head:
            done = f"{look.seat} looked at {look.key} in the copy of {look.copy}, at position {look.position:,}"
            came = f"{look.units:,} ordered, of a log with {count(hour.head, 'event')}"
            yield Fault(LOOKS, done, f"{wanted:,} ordered", came)


def _in_the_log(hour: Hour) -> Iterator[Fault]:
    places: dict[tuple[str, int], list[int]] = {}
    for one in hour.log:
        places.setdefault((one.seat, one.number), []).append(one.position)
    asked = {(one.seat, one.number): one for one in hour.asked}
    for name, command in asked.items():
        there, wanted = places.get(name, []), "once, or not yet" if command.position is None else "once"
        if command.position is not None:
            wanted = f"at position {command.position:,}, and nowhere else"
        if len(there) > 1 or (command.position is not None and there != [command.position]):
            came = f"at {count(len(there), 'position')}{': ' * bool(there)}{', '.join(map(str, there))}"
            yield Fault(ONCE, f"{name[0]} sent command {name[1]}", wanted, came)
    for name in places.keys() - asked.keys():
        came = f"command {name[1]} of {name[0] or 'nobody'}"
        yield Fault(NOBODY, f"read position {places[name][0]:,}", "a command that a seat asked for", came)


def _tables(hour: Hour) -> Iterator[Fault]:
    reached: dict[str, int] = {}
    for one in hour.visits:
        before = reached.get(one.seat, 0)
        if one.start != before or one.upto <= one.start:
            done = f"the projector of {one.seat} came to position {one.upto:,}"
            yield Fault(CHAIN, done, f"on from position {before:,}", f"on from position {one.start:,}")
        reached[one.seat] = one.upto
        wanted = {key: units for key in KEYS if (units := hour.units(key, one.upto))}
        if dict(one.units) != wanted or one.upto > hour.head:
            done = f"the projector of {one.seat} kept its table at position {one.upto:,}"
            yield Fault(FOLD, done, f"{wanted}", f"{dict(one.units)}, of a log with {count(hour.head, 'event')}")
