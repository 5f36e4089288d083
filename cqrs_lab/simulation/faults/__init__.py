"""Faults in the real components, on a simulated clock: plan, run, laws, ticket, smallest plan."""

from cqrs_lab.simulation.faults.outcome import FaultRun
from cqrs_lab.simulation.faults.plan import (
    Abort,
    Crash,
    Delay,
    Duplicate,
    FaultPlan,
    LostAcknowledgement,
    LostReceipt,
    Poison,
    Reorder,
    SlowCommit,
    draw_plan,
)
from cqrs_lab.simulation.faults.process_run import ProcessRun, ProcessStory, simulate_process
from cqrs_lab.simulation.faults.projector_run import simulate_faults
from cqrs_lab.simulation.faults.rebuild_run import RebuildStory, simulate_rebuild
from cqrs_lab.simulation.faults.rebuilders import KitRebuilder, Tables, by_function
from cqrs_lab.simulation.faults.search import every_crash, find_failure, shrink
from cqrs_lab.simulation.faults.story import Story, story_of
from cqrs_lab.simulation.faults.ticket import replay
from cqrs_lab.simulation.faults.ways import WORKERS, both_at_once, checkpoint_first, nothing_compared, table_first
from cqrs_lab.simulation.faults.workers import Disk, on_disk, parking

__all__ = [
    "Story",
    "story_of",
    "simulate_faults",
    "FaultRun",
    "replay",
    "FaultPlan",
    "Crash",
    "Duplicate",
    "LostAcknowledgement",
    "Delay",
    "Reorder",
    "LostReceipt",
    "Poison",
    "SlowCommit",
    "draw_plan",
    "every_crash",
    "find_failure",
    "shrink",
    "Disk",
    "on_disk",
    "parking",
    "ProcessStory",
    "simulate_process",
    "ProcessRun",
    "RebuildStory",
    "simulate_rebuild",
    "Abort",
    "KitRebuilder",
    "by_function",
    "Tables",
    "both_at_once",
    "table_first",
    "checkpoint_first",
    "nothing_compared",
    "WORKERS",
]
