"""Ways to apply a batch: one that is right where batches come in order, and three with a mistake each."""

from __future__ import annotations

from collections.abc import Mapping

from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.projection import Projection
from cqrs_lab.simulation.faults.workers import Disk, MakeWorker, ProjectorWorker, on_disk


def both_at_once(disk: Disk, batch: EventBatch, projection: Projection) -> None:
    """Drop what the checkpoint covers, and write table and checkpoint in one transaction.

    Right where batches come in order: one that was overtaken looks like one that was delivered before, and is dropped.
    """
    new = batch.after(disk.checkpoint)
    if len(new):
        table = projection.merge(disk.table, projection.summarise(new))
        disk.save(table=table, checkpoint=new.last_position)


def table_first(disk: Disk, batch: EventBatch, projection: Projection) -> None:
    """Write the table, then the checkpoint: a crash between them lets events count twice."""
    new = batch.after(disk.checkpoint)
    if len(new):
        disk.table = projection.merge(disk.table, projection.summarise(new))
        disk.checkpoint = new.last_position


def checkpoint_first(disk: Disk, batch: EventBatch, projection: Projection) -> None:
    """Write the checkpoint, then the table: a crash between them loses events forever."""
    new = batch.after(disk.checkpoint)
    if len(new):
        table = projection.merge(disk.table, projection.summarise(new))
        disk.checkpoint = new.last_position
        disk.table = table


def nothing_compared(disk: Disk, batch: EventBatch, projection: Projection) -> None:
    """Apply whatever is delivered, in one transaction: what is delivered twice counts twice."""
    table = projection.merge(disk.table, projection.summarise(batch))
    disk.save(table=table, checkpoint=max(disk.checkpoint, batch.last_position))


WORKERS: Mapping[str, MakeWorker] = {
    "table first, then checkpoint": on_disk(table_first),
    "checkpoint first, then table": on_disk(checkpoint_first),
    "both at once, positions not compared": on_disk(nothing_compared),
    "both at once, positions compared": on_disk(both_at_once),
    "the kit's projector": ProjectorWorker,
}
"""The workers that `show.fault_plan` offers."""
