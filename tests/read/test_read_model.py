"""A read model is never changed, and its table and its checkpoint belong together."""

from __future__ import annotations

import pytest

import cqrs_lab as lab
from cqrs_lab.read.tables import Checkpoint, MemoryTables, ParkedEvent
from tests.read.test_tables import Units
from tests.read.test_unreadable import Pieces


def test_an_event_that_is_parked_or_rowless_is_kept_with_the_table():
    checkpoint = Checkpoint(9, (ParkedEvent(4, "ValueError: no"),), ("units", 1), 2)
    tables = MemoryTables(Units.schema.empty()).save(None, checkpoint)
    model = lab.ReadModel.kept_in(tables)
    assert (model.position, model.parked, model.made_by, model.rowless) == (9, checkpoint.parked, ("units", 1), 2)
    assert model.park(10, "OSError").saved().tables.checkpoint.parked[-1] == ParkedEvent(10, "OSError")


def test_a_model_beyond_the_log_or_of_another_schema_is_refused():
    log = lab.MemoryEventStore(clock=lambda: 0.0)
    with pytest.raises(lab.InvalidArgument, match="the log ends at 0"):
        lab.Projector(log, Pieces(), model=lab.ReadModel(Pieces.schema.empty(), 10))
    other = lab.Schema(index=["stream"], columns={"units": "int64"}).empty()
    with pytest.raises(lab.SchemaError):
        lab.Projector(log, Pieces(), model=lab.ReadModel(other))
