"""The door to `SystemReport`: it is light, so that `import cqrs_lab` does not wait for the simulation."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from cqrs_lab.log.event_store import EventStore
    from cqrs_lab.own_report.system_report import SystemReport
    from cqrs_lab.own_system.system import YourSystem
    from cqrs_lab.read.projection import Projection
    from cqrs_lab.simulation.faults import ProcessStory
    from cqrs_lab.write.command_bus import CommandBus


def report(
    to: str | Path = "report.html",
    *,
    name: str = "A system",
    store: Callable[[], EventStore] | None = None,
    register: Callable[[CommandBus], None] | None = None,
    commands: Sequence[Any] = (),
    projections: Sequence[Callable[[], Projection]] = (),
    expected: Mapping[str, pd.DataFrame] = MappingProxyType({}),
    never: Mapping[str, Callable[[Sequence[Any]], bool]] = MappingProxyType({}),
    worker: Callable[..., Any] | None = None,
    process: ProcessStory | None = None,
    trace: pd.DataFrame | None = None,
    system: YourSystem | None = None,
    seed: int = 1,
    runs: int = 50,
) -> SystemReport:
    """Try what can be tried of a system of yours, and write one HTML file: each claim is true, false or unknown.

    The file needs no network and no kernel. What is false has the smallest case that was found, and the lines of Python
    that show it again. What was not given is unknown, and the file says what to give.

    Parameters
    ----------
    to : str or Path, optional
        The file to write; one that is there is replaced, once the new one is whole.
    name : str, optional
        What the system is called, for the heading.
    store : callable, optional
        Makes a new, empty event store, such as its class: held to the laws of the log by `check_event_store`.
    register : callable, optional
        ``register(bus)`` registers your deciders with a command bus.
    commands : sequence, optional
        What is sent, one after another, 100 at most: every type of event should come, on keys that recur.
    projections : sequence of callables, optional
        Each makes a projection, such as its class: held to law 5 by `check_projection`, and then struck by faults.
    expected : mapping of str to DataFrame, optional
        For the name of a projection, the table that these commands should lead to, worked out without it: whether a
        table says what was meant, only you can know.
    never : mapping of str to callable, optional
        What must never happen, and a function that says whether it has: of all events of a stream, True or False, such
        as ``{"an account is below zero": lambda events: sum(one.pence for one in events) < 0}``. Tried with the
        commands as they are given, and in orders drawn from the seed.
    worker : callable, optional
        What applies the batches, instead of the kit's projector: ``on_disk(take_in)`` of `cqrs_lab.simulation.faults`.
    process : ProcessStory, optional
        A process and everybody around it, whose manager is struck by faults.
    trace : DataFrame, optional
        What sessions wrote and read, as ``guarantees.check`` takes it, such as that of `simulate_world`.
    system : YourSystem, optional
        What `your_system` returned: the lag that it predicts is compared with what is promised.
    seed : int, optional
        Which random schedules are tried.
    runs : int, optional
        How many schedules each projection, and the process, is tried with at most, 1 to 1,000; a half of them are one
        crash each. Below 24 the log is cut in as many ways, too.

    Returns
    -------
    SystemReport
        `claims`, `frame()`, `ok`, `path`; prints as its verdicts.

    Raises
    ------
    InvalidArgument
        An argument makes no sense, or needs another one. Nothing was tried or written.
    NotRegistered
        A command has no decider.

    Notes
    -----
    The same system and seed give the same file, byte for byte, unless the system itself draws lots.

    Examples
    --------
    >>> import cqrs_lab as lab
    >>> from tempfile import mkdtemp
    >>> from cqrs_lab.shop import visits, write
    >>> orders = [visits.order_one(number, "ada", "cup") for number in (1, 2, 3)]
    >>> tea = lab.report(
    ...     f"{mkdtemp()}/tea.html", register=write.register, commands=orders, projections=[visits.UnitsOrdered], runs=4
    ... )
    >>> print(tea.frame()[["part", "verdict"]].to_string(index=False, header=False))
      event store unknown
            rules    true
            rules unknown
    units_ordered    true
    units_ordered    true
    units_ordered unknown
          process unknown
          readers unknown
              lag unknown
    """
    # The simulation needs SciPy and SimPy, and the pictures Matplotlib: who asks for no report does not wait for them.
    from cqrs_lab.own_report.given import GivenParts, file_to_write, items_of
    from cqrs_lab.own_report.system_report import SystemReport

    path = file_to_write(to)
    sends = items_of("commands", commands, "a list of commands; give commands=(…)")
    reads = items_of("projections", projections, "a list of projections' classes; give projections=(Balances,)")
    given = GivenParts(name, store, register, sends, reads, expected, never, worker, process, trace, system, seed, runs)
    return SystemReport.of(given, path)
