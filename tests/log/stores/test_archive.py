"""The archive is the log: the same events, the same frames, and files that any program reads."""

from __future__ import annotations

import pickle
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random

import duckdb
import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS as HAPPENED
from cqrs_lab.log.contract.histories import random_history
from cqrs_lab.log.slice import SlicingStore
from cqrs_lab.log.stores.archive import Archive, write_archive
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.shop.events import EVENTS
from cqrs_lab.shop.read import BestSellers, OrderHistory, RevenueByDay, projections
from tests.log.stores.archived import KINDS, a_day_of_trade, of_every_kind

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """The day of trade, in a folder whose name is a trap for patterns, quotes and partitions by name."""
    folder = tmp_path_factory.mktemp("archive") / "it's [1]* a=b"
    return write_archive(a_day_of_trade(), folder, EVENTS, partitions=3, stretch_events=150)


def same(archive, store):
    log = list(store.read_all())
    assert list(archive.read_all()) == log and archive.head() == store.head()
    assert [one.metadata for one in archive.read_all()] == [one.metadata for one in log]
    came, meant = ([getattr(one.command_id, "stands_for", None) for one in log] for log in (archive.read_all(), log))
    assert came == meant
    for stream in {one.stream for one in log} | {"nobody's"}:
        assert list(archive.read_stream(stream)) == list(store.read_stream(stream))
        assert archive.stream_version(stream) == store.stream_version(stream)


def test_it_holds_the_log_event_by_event_and_stream_by_stream(shop):
    assert len(shop.manifest.types) >= 10 and shop.head() > 300
    same(shop, a_day_of_trade())


@pytest.mark.parametrize("seed", range(3))
def test_it_holds_any_history_also_one_archived_bit_by_bit(tmp_path, seed):
    store, random = lab.MemoryEventStore(clock=lambda: 1.5), Random(seed)
    for number, op in enumerate(random_history(random, 60)):
        with suppress(lab.ConcurrencyError):
            store.append(op.stream, op.events(), expected=op.expected, command_id=op.command_id, caused_by=f"{number}")
        if number % 20 == 5:
            archive = write_archive(store, tmp_path / "a", HAPPENED, stretch_events=random.choice((1, 7, 10_000)))
    archive = write_archive(store, tmp_path / "a", HAPPENED)
    same(archive, store)
    same(write_archive(store, tmp_path / "at once", HAPPENED, partitions=2), store)


def test_every_kind_of_value_comes_back_as_it_was(tmp_path):
    same(write_archive(of_every_kind(), tmp_path, KINDS, stretch_events=3), of_every_kind())


def test_from_any_place_it_says_what_the_log_says(shop):
    assert isinstance(shop, SlicingStore)
    store, head = a_day_of_trade(), shop.head()
    for after, limit in [(0, 1), (149, 2), (150, None), (151, 0), (7, 300), (head - 1, 5), (head, None), (head + 9, 3)]:
        assert list(shop.read_all(after=after, limit=limit)) == list(store.read_all(after=after, limit=limit))
    stream = next(iter(store.read_all(after=200))).stream
    assert list(shop.read_stream(stream, after=1, limit=2)) == list(store.read_stream(stream, after=1, limit=2))


def test_its_slices_are_those_of_the_log(shop):
    after, events = 0, list(a_day_of_trade().read_all())
    while after < shop.head():
        part = shop.read_slice(after=after, limit=70)
        own = events[after : part.upto]
        assert (list(part), list(part.positions)) == (own, [one.position for one in own])
        assert dict(part.types()) == {kind: min(one.position for one in own if type(one.event) is kind) for kind in
                                      {type(one.event) for one in own}}  # fmt: skip
        for kind in part.types():
            assert list(part.of(kind)) == [one for one in own if type(one.event) is kind]
        assert list(part.part(1, len(own) - 1)) == own[1:-1]
        after = part.upto


def test_its_parts_hold_every_event_once_and_each_stream_in_one_partition(shop):
    parts = [pickle.loads(pickle.dumps(one)) for one in shop.parts(100)]
    events = [list(one.open()) for one in parts]
    assert sorted((e for part in events for e in part), key=lambda e: e.position) == list(a_day_of_trade().read_all())
    assert [len(own) for own in events] == [one.events for one in parts] == [len(one.open().positions) for one in parts]
    homes = {(e.stream, part.files[0].partition) for part, own in zip(parts, events, strict=True) for e in own}
    assert len(homes) == len({stream for stream, _ in homes}) and len({home for _, home in homes}) == 3
    assert len(shop.parts()) == 3  # as few as there may be
    assert "partition p001, positions 151 to 300 of /" in str(shop.parts(1)[4])


def test_a_part_is_cut_where_it_is_asked_to_be(shop):
    part = shop.parts()[0].open()
    positions = list(part.positions)
    some = part.part(5, 20)
    assert list(some.positions) == positions[5:20] and [one.position for one in some] == positions[5:20]
    assert sum(len(some.of(kind)) for kind in some.types()) == 15


def frames(batch, kinds):
    tuples = {"lines", "charges", "legs", "notes"}
    for kind in kinds:
        for each in [None, *(name for name in kind.__dataclass_fields__ if name in tuples)]:
            yield kind, each, batch.frame(kind, each=each)


def test_frames_are_those_of_the_events(shop):
    events = list(a_day_of_trade().read_all(limit=150))
    meant = frames(EventBatch(events), EVENTS.values())
    for (kind, each, came), (_, _, frame) in zip(
        frames(EventBatch.of(shop.read_slice(after=0)), EVENTS.values()), meant, strict=True
    ):
        pd.testing.assert_frame_equal(came, frame, obj=f"{kind.__name__} {each}")


def test_a_projection_over_it_is_the_projection_of_the_log(shop):
    for projection in projections():
        of_archive, of_log = lab.Projector(shop, projection), lab.Projector(a_day_of_trade(), projection)
        of_archive.catch_up(), of_log.catch_up()
        pd.testing.assert_frame_equal(of_archive.table.sort_index(), of_log.table.sort_index(), obj=projection.name)
    assert lab.check_projection(BestSellers(), shop).ok


LINES = """
    SELECT order_id AS document, placed_at AS moved_at, 1 AS sign, unnest({each}) AS item
    FROM '{0}/order-placed.1/*/*.parquet'
    UNION ALL SELECT order_id, cancelled_at, -1, unnest({each}) FROM '{0}/order-cancelled.1/*/*.parquet'
    UNION ALL SELECT return_id, returned_at, -1, unnest({each}) FROM '{0}/items-returned.1/*/*.parquet'"""


def asked_of_the_files(tmp_path, sql):
    """Ask the archive's files by SQL that shares nothing with the kit."""
    archive = write_archive(a_day_of_trade(), tmp_path / "plain", EVENTS, partitions=2, stretch_events=200)
    lines, charges = (LINES.format(f"{archive.folder}/events", each=each) for each in ("lines", "charges"))
    amounts = "SELECT document, moved_at, sign * item.quantity AS units, units * item.unit_price_mills AS mills"
    moved = f"WITH moved AS ({amounts} FROM ({lines}) UNION ALL {amounts} FROM ({charges})), lines AS ({lines})"
    return archive, duckdb.sql(f"{moved} {sql}").fetchall()


@pytest.mark.parametrize(
    ("projection", "sql"),
    [
        (RevenueByDay, "SELECT moved_at::DATE::TIMESTAMP, sum(units), sum(mills) FROM moved GROUP BY 1"),
        (OrderHistory, "SELECT document, sum(units), sum(mills) FROM moved GROUP BY 1"),
        (
            BestSellers,
            "SELECT item.product_id, sum(sign * item.quantity), sum(sign * item.quantity * item.unit_price_mills) "
            "FROM lines GROUP BY 1",
        ),
    ],
)
def test_plain_sql_over_the_files_counts_the_same(tmp_path, projection, sql):
    archive, rows = asked_of_the_files(tmp_path, sql)
    projector = lab.Projector(archive, projection())
    projector.catch_up()
    table = projector.table
    table = table[["units", "value_mills" if "value_mills" in table else "revenue_mills"]]
    came = {key: (units, mills) for key, units, mills in table.itertuples() if (units, mills) != (0, 0)}
    assert came == {key: (units, mills) for key, units, mills in rows if (units, mills) != (0, 0)} and len(came) > 0


def test_a_log_whose_positions_skip_numbers_is_read_as_any_other(tmp_path):
    skipping = SkippingStore(a_day_of_trade(), step=100_000)
    archive = write_archive(skipping, tmp_path, EVENTS, partitions=2, stretch_events=200)
    log = list(skipping.read_all())
    assert list(archive.read_all()) == log and archive.head() == log[-1].position
    part = archive.read_slice(after=300_000, limit=100)
    assert list(part) == log[3:103] and (part.upto, len(part.positions)) == (log[102].position, 100)
    assert archive.read_slice(after=300_000).upto == log[199].position
    assert list(part.part(2, 5)) == log[5:8] and part.positions[7] == log[10].position


class SkippingStore:
    """A log whose positions are so many times as large, as a replicated one may have them."""

    def __init__(self, store, step):
        self.log = [replace(one, position=one.position * step) for one in store.read_all()]

    def head(self):
        return self.log[-1].position

    def read_all(self, *, after=0, limit=None):
        return iter([one for one in self.log if one.position > after][:limit])


def test_it_is_not_appended_to(shop):
    with pytest.raises(lab.InvalidArgument, match="append to the log, and archive it again"):
        shop.append("order-7", [], expected=0)
    assert repr(shop) == f"Archive({str(shop.folder)!r})"


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"store": {}}, "store={} is not an event store"),
        ({"progress": 7}, "progress=7 is not a way to hand out"),
        ({"folder": 7}, "folder=7 is not a folder"),
        ({"partitions": 0}, "partitions=0 is not a number of partitions; give 1 to 1000"),
        ({"partitions": 1001}, "partitions=1001 is not"),
        ({"stretch_events": "many"}, "stretch_events='many' is not"),
        ({"events": [int]}, "events="),
    ],
)
def test_wrong_arguments_are_refused_in_one_sentence(tmp_path, how, said):
    wanted = {"store": lab.MemoryEventStore(), "folder": tmp_path / "a", "events": KINDS} | how
    with pytest.raises(lab.InvalidArgument, match=said):
        write_archive(**wanted)
    assert not (tmp_path / "a").exists()


def test_without_what_it_needs_the_message_says_what_to_install():
    code = """
import sys
import cqrs_lab as lab
for package in ("duckdb", "msgspec"):
    sys.modules[package] = None  # as if it were not installed
    try:
        import cqrs_lab.log.stores.archive
    except lab.MissingExtra as error:
        print(error)
    del sys.modules[package]
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    said = [f'an archive needs {one}, which is not installed; run: pip install "cqrs-lab[archive]"' for one in
            ("duckdb", "msgspec")]  # fmt: skip
    assert done.stdout.splitlines() == said


def test_an_empty_log_has_an_archive_too(tmp_path):
    archive = write_archive(lab.MemoryEventStore(), tmp_path, KINDS)
    assert (archive.head(), list(archive.read_all()), archive.parts(), archive.stream_version("a")) == (0, [], [], 0)
    assert Archive(tmp_path, KINDS).read_slice(after=0).upto == 0
