"""What somebody gives of their system, checked at the door."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cqrs_lab.arguments import function, having, refuse, shown, text, whole_number
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.own_system.system import YourSystem
from cqrs_lab.read.projection import Projection
from cqrs_lab.simulation import guarantees
from cqrs_lab.simulation.faults import ProcessStory
from cqrs_lab.write.command_bus import CommandBus

MOST_COMMANDS, MOST_RUNS = 100, 1_000
METHODS = ("summarise", "merge")
TOGETHER = "register, commands and projections belong together"


@dataclass(frozen=True)
class GivenParts:
    """The parts of a system that a report is about; each may be missing."""

    name: str
    store: Callable[[], EventStore] | None
    register: Callable[[CommandBus], None] | None
    commands: tuple[Any, ...]
    projections: tuple[Callable[[], Projection], ...]
    expected: Mapping[str, pd.DataFrame]
    never: Mapping[str, Callable[[Sequence[Any]], bool]]
    worker: Callable[..., Any] | None
    process: ProcessStory | None
    trace: pd.DataFrame | None
    system: YourSystem | None
    seed: int
    runs: int

    def __post_init__(self) -> None:
        """Refuse what has no meaning, in one sentence, before anything is tried."""
        text("name", self.name, "a name; give a string such as 'the tea shop'")
        whole_number("seed", self.seed, "a seed; give a whole number, 0 or more")
        wanted = f"a number of runs; give a whole number from 1 to {MOST_RUNS:,}"
        if whole_number("runs", self.runs, wanted, least=1) > MOST_RUNS:
            raise refuse("runs", self.runs, wanted)
        if self.store is not None:
            function("store", self.store, "a function that makes a new, empty store; give one, such as its class")
        self._check_story()
        for name, kind, how in (
            (
                "process",
                ProcessStory,
                "a process and everybody around it; give ProcessStory(register, process, parties)",
            ),
            ("trace", pd.DataFrame, "the operations of sessions; give a DataFrame, such as simulate_world(…).trace"),
            ("system", YourSystem, "a system's numbers; give lab.your_system(…)"),
        ):
            value = getattr(self, name)
            if value is not None and not isinstance(value, kind):
                raise refuse(name, value, how)
        if self.trace is not None:
            guarantees.check(self.trace, names=())  # refuses what is no trace, and judges nothing yet

    def _check_story(self) -> None:
        if self.register is not None:
            function("register", self.register, "a function; give one that registers your deciders: register(bus)")
        if self.commands and self.register is None:
            raise InvalidArgument(f"commands={shown(self.commands)} without register: {TOGETHER}; give register=")
        if self.register is not None and not self.commands:
            raise InvalidArgument(f"register={shown(self.register)} without commands: {TOGETHER}; give commands=(…)")
        if self.projections and not self.commands:
            raise InvalidArgument(f"projections={shown(self.projections)} without commands: {TOGETHER}; give commands=")
        if len(self.commands) > MOST_COMMANDS:
            raise InvalidArgument(
                f"{len(self.commands):,} commands are too many: each run sends them all; give {MOST_COMMANDS} at most, "
                "which meet every type of event on keys that recur"
            )
        for make in self.projections:
            _check_projection(make)
        self._check_what_was_meant()
        if self.worker is not None:
            function("worker", self.worker, "what applies the batches; give on_disk(take_in) for a function of yours")
            if not self.projections:
                raise InvalidArgument(f"worker={shown(self.worker)} has no projection to apply; give projections=(…)")

    def _check_what_was_meant(self) -> None:
        wanted = "a table for each name; give {'balances': DataFrame}, as worked out without the projection"
        if not isinstance(self.expected, Mapping):
            raise refuse("expected", self.expected, wanted)
        names = [str(make().name) for make in self.projections]
        for name, table in self.expected.items():
            if not isinstance(table, pd.DataFrame):
                raise refuse(f"expected, {name!r}", table, wanted)
            if name not in names:
                known = ", ".join(names) or "none; give projections="
                raise InvalidArgument(f"expected has {name!r}, and no projection has that name; there is {known}")
        wanted = "a function for each sentence; give {'an account is below zero': lambda events: …}"
        if not isinstance(self.never, Mapping):
            raise refuse("never", self.never, wanted)
        for what, happens in self.never.items():
            function(f"never, {what!r}", happens, wanted)
        if self.never and not self.commands:
            raise InvalidArgument(f"never={shown(dict(self.never))} without commands: there is nothing to try it on")


def _check_projection(make: Any) -> None:
    wanted = "a projection's class, or a function that makes one; give projections=(Balances,)"
    having("projections, one", function("projections, one", make, wanted)(), METHODS, wanted)


def items_of(name: str, value: Any, wanted: str) -> tuple[Any, ...]:
    """Return several things as a tuple, or refuse what is not a list."""
    if isinstance(value, list | tuple):
        return tuple(value)
    raise refuse(name, value, wanted)


def file_to_write(to: Any) -> Path:
    """Return where the file goes, or refuse a place at which there can be none."""
    wanted = "a file to write; give a name that ends in .html, in a folder that is there"
    if not isinstance(to, str | Path):
        raise refuse("to", to, wanted)
    path = Path(to)
    if path.suffix != ".html" or path.is_dir() or not path.parent.is_dir():
        raise refuse("to", str(to), wanted)
    return path
