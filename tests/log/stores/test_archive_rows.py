"""Columns without objects: the same frames, and objects wherever the columns would not say all."""

from dataclasses import make_dataclass
from datetime import datetime, timedelta, timezone

import duckdb
import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.log.stores import archive_rows
from cqrs_lab.log.stores.archive import Archive, write_archive
from cqrs_lab.log.stores.codec import EventCodec
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.shop.events import EVENTS, OrderPlaced
from tests.log.stores.archived import KINDS, Clash, Moved, Nothing, Sent, a_day_of_trade, of_every_kind, with_offset


@pytest.fixture
def no_objects(monkeypatch):
    """Let nothing be decoded."""

    def decode(*_):
        raise AssertionError("an event was decoded")

    monkeypatch.setattr(EventCodec, "decode", decode)
    monkeypatch.setattr(EventCodec, "decode_at_once", decode)


@pytest.mark.parametrize("whole", [True, False])
@pytest.mark.parametrize(("kind", "each"), [(Sent, None), (Sent, "legs"), (Sent, "notes"), (Nothing, None)])
def test_frames_need_no_objects_and_are_the_same(tmp_path, no_objects, kind, each, whole):
    archive = write_archive(of_every_kind(), tmp_path, KINDS, partitions=1 if whole else 5)
    part = archive.parts()[0].open() if whole else archive.read_slice(after=0, limit=5)
    meant = EventBatch(list(of_every_kind().read_all())[: None if whole else 5]).frame(kind, each=each)
    pd.testing.assert_frame_equal(EventBatch.of(part).frame(kind, each=each), meant)


def test_a_part_opens_no_file_of_a_type_that_nobody_reads(tmp_path, no_objects, monkeypatch):
    archive, read = write_archive(a_day_of_trade(), tmp_path, EVENTS), []
    monkeypatch.setattr(archive_rows, "check_content", lambda folder, file: read.append(file.data))
    part = next(one for one in archive.parts() if OrderPlaced in one.open().types()).open()
    batch = EventBatch.of(part)
    assert batch.holds([OrderPlaced]) and len(batch) and len(batch.frame(OrderPlaced, each="lines"))
    assert set(read) == {"order-placed.1"}


def test_a_time_with_an_offset_is_refused_as_it_is_from_the_log(tmp_path):
    archive = write_archive(with_offset(), tmp_path, KINDS)
    for batch in (EventBatch.of(archive.read_slice(after=0)), EventBatch(list(with_offset().read_all()))):
        with pytest.raises(lab.SchemaError, match="Moved.at at position 2 is .*, with a time zone"):
            batch.frame(Moved)
    assert list(archive.read_all()) == list(with_offset().read_all())


def test_a_time_with_an_offset_is_the_same_instant_to_other_programs(tmp_path):
    store, zone = lab.MemoryEventStore(), timezone(timedelta(hours=2))
    times = [datetime(2026, 1, 5, 12, tzinfo=zone), datetime(2026, 1, 5, 12), datetime(1, 1, 1, tzinfo=zone)]
    store.append("a", [Moved(at) for at in times], expected=0)
    archive = write_archive(store, tmp_path, {"moved": Moved})
    files = f"{archive.folder}/events/moved.1/*/*.parquet"
    assert duckdb.sql(f"SELECT * FROM '{files}'").project('"at"').fetchall() == [
        (datetime(2026, 1, 5, 10),),
        (datetime(2026, 1, 5, 12),),
        (None,),
    ]
    assert [one.event for one in archive.read_all()] == [Moved(at) for at in times]


def test_names_that_are_one_to_duckdb_have_no_columns_and_are_read_as_objects(tmp_path):
    archive = write_archive(of_every_kind(), tmp_path, KINDS)
    assert archive.manifest.types["clash.1"] is None and not list(tmp_path.glob("events/clash*"))
    meant = EventBatch(list(of_every_kind().read_all())).frame(Clash)
    pd.testing.assert_frame_equal(EventBatch.of(archive.read_slice(after=0)).frame(Clash), meant)


def test_a_class_with_other_fields_gets_no_columns_that_it_does_not_declare(tmp_path):
    store = lab.MemoryEventStore()
    store.append("a", [Moved(datetime(2026, 1, 5))], expected=0)
    write_archive(store, tmp_path, {"moved": Moved})
    other = make_dataclass("Moved", [("at", datetime), ("by", str)], frozen=True)
    with pytest.raises(lab.DecodingFailed, match="by is missing"):
        EventBatch.of(Archive(tmp_path, {"moved": other}).read_slice(after=0)).frame(other)


def test_older_versions_are_read_as_the_class_they_were_recorded_in(tmp_path):
    old, new = (make_dataclass(name, fields, frozen=True) for name, fields in
                [("Old", [("a", int)]), ("New", [("a", int), ("b", str)])])  # fmt: skip
    events, store = {"moved": (old, new)}, lab.MemoryEventStore()
    store.append("a", [old(1), new(2, "x")], expected=0)
    archive = write_archive(store, tmp_path, events)
    assert list(archive.read_all()) == list(store.read_all())
    batch = EventBatch.of(archive.read_slice(after=0))
    assert (batch.frame(old)["a"].tolist(), batch.frame(new)["b"].tolist()) == ([1], ["x"])
    # A program that knows the first version alone must not pass over the second.
    with pytest.raises(lab.UnknownEventType, match="'moved', version 2"):
        EventBatch.of(Archive(tmp_path, {"moved": old}).read_slice(after=0)).frame(old)


def test_an_event_type_that_nobody_declares_stops_only_its_readers(tmp_path):
    write_archive(of_every_kind(), tmp_path, KINDS)
    fewer = Archive(tmp_path, {name: kind for name, kind in KINDS.items() if name != "odd/one"})
    assert len(EventBatch.of(fewer.read_slice(after=0)).frame(Sent)) == 3
    with pytest.raises(lab.UnknownEventType, match="'odd/one'"):
        list(fewer.read_all())
