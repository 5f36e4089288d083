"""A read model is never changed, and its table and its checkpoint belong together."""

from __future__ import annotations

import pytest

import cqrs_lab as lab
from cqrs_lab.read.read_model import advanced
from cqrs_lab.read.tables import Checkpoint, MemoryTables, ParkedEvent
from tests.read.test_projector import FailsOn
from tests.read.test_tables import Units
from tests.read.test_unreadable import Pieces
from tests.shop_of_tea import Priced, TeaSales, a_log, as_dict, expected_sales, recorded


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


def read(*mills, on_failure="stop"):
    """Return what became of a batch of sixty events, for a projection that fails on some of them."""
    projection, batch = FailsOn(*mills), lab.EventBatch(a_log())
    model, failure = advanced(lab.ReadModel.of(projection), projection, batch, on_failure, Exception)
    return model, failure


def at(mills):
    return next(one.position for one in a_log() if isinstance(one.event, Priced) and one.event.mills == mills)


@pytest.mark.parametrize("mills", [100, 111, 129])
def test_what_stands_before_an_event_that_fails_is_applied_and_nothing_behind_it(mills):
    model, failure = read(mills)
    before = [one for one in a_log() if one.position < at(mills)]
    assert (failure.position, model.position) == (at(mills), len(before)) and isinstance(failure.__cause__, ValueError)
    assert as_dict(model.table) == expected_sales(before) and model.parked == ()


def test_or_it_is_left_out_alone():
    model, failure = read(100, 111, 112, on_failure="park")
    assert failure is None and [one.position for one in model.parked] == [at(mills) for mills in (100, 111, 112)]
    kept = [one for one in a_log() if one.position not in {one.position for one in model.parked}]
    assert as_dict(model.table) == expected_sales(kept) and model.position == 60


def test_an_error_that_is_no_failure_passes_through():
    projection = FailsOn(105)
    with pytest.raises(ValueError):
        advanced(lab.ReadModel.of(projection), projection, lab.EventBatch(a_log()), "park", KeyError)


def test_applying_makes_a_new_model_and_leaves_the_old_one_with_its_own_position():
    first = lab.ReadModel.of(TeaSales()).take_in(TeaSales(), lab.EventBatch(a_log()[:20]))
    kept = as_dict(first.table)
    second = first.take_in(TeaSales(), lab.EventBatch(a_log()[20:]))
    third = second.park(61, "ValueError")
    assert (first.position, as_dict(first.table)) == (20, kept) and kept == expected_sales(a_log()[:20])
    assert (second.position, as_dict(second.table), second.parked) == (60, expected_sales(a_log()), ())
    assert (third.position, [one.position for one in third.parked]) == (61, [61])


def test_what_is_not_saved_yet_is_in_its_rows_and_in_its_table_and_not_where_it_is_kept():
    model = lab.ReadModel.of(TeaSales()).take_in(TeaSales(), lab.EventBatch(a_log()))
    assert model.tables.table().empty and model.rows(model.table.index).equals(model.table)
    saved = model.saved()
    assert saved.unsaved is None and saved.tables.table().equals(model.table) and saved.checkpoint == model.checkpoint
    assert saved.saved() is saved


def test_events_that_nobody_reads_move_the_checkpoint_alone():
    batch = lab.EventBatch(recorded("a note", "another"))
    model = lab.ReadModel.of(TeaSales()).take_in(TeaSales(), batch)
    assert (model.position, model.unsaved, model.made_by) == (2, None, None)
