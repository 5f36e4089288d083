"""The faults that a reader can pick for a worker, by the words to pick them by."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cqrs_lab.simulation.faults import (
    Crash,
    Delay,
    Duplicate,
    FaultRun,
    LostAcknowledgement,
    LostReceipt,
    Poison,
    Reorder,
    SlowCommit,
)
from cqrs_lab.simulation.faults.plan import Fault

CRASHES = ("crash before it saves", "crash between its two writes", "crash after it has saved")
OTHERS: Mapping[str, Callable[[int], Fault]] = {
    "delivered twice": lambda at: Duplicate(at, later=1),
    "acknowledgement lost": LostAcknowledgement,
    "delayed by 2 s": lambda at: Delay(at, 2),
    "overtaken by the next": Reorder,
    "slow commit, 2 s": lambda at: SlowCommit(at, 2),
    "receipt lost, sent again": LostReceipt,
    "cannot be read until fixed": Poison,
}
KINDS = ("nothing", *CRASHES, *OTHERS)
Sites = Mapping[str, str | None]


def sites_of(undisturbed: FaultRun) -> Sites:
    """Return where a worker is before, between and after its writes; a single write has no between."""
    writes = [site for site in undisturbed.visits if site.endswith(("written", "save"))]
    between = [site for site in writes if site.startswith("before")][1:]
    if not writes:  # it writes nothing, or dies of itself
        return dict.fromkeys(CRASHES)
    return dict(zip(CRASHES, (writes[0], between[0] if between else None, writes[-1]), strict=True))


def fault_of(kind: str, event: int, sites: Sites) -> Fault | None:
    """Return what a kind means for a worker with these sites; None if there is no such place, or nothing goes wrong."""
    if kind in sites:
        site = sites[kind]
        return None if site is None else Crash(site, event)
    return OTHERS[kind](event) if kind in OTHERS else None
