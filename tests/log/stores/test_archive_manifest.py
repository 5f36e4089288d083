"""A file that is missing, torn, changed or foreign is found, and named with what to do."""

import json
import shutil

import pytest

import cqrs_lab as lab
from cqrs_lab.log.stores.archive import Archive, write_archive
from cqrs_lab.log.stores.archive_manifest import partition_of, place_of
from cqrs_lab.read.batch import EventBatch
from tests.log.stores.test_archive_writer import KINDS, Sold, a_log


@pytest.fixture
def folder(tmp_path):
    write_archive(a_log(12), tmp_path / "a", KINDS, partitions=2, stretch_events=6)
    return tmp_path / "a"


@pytest.fixture(params=["log", "events/sold.1"])
def file(folder, request):
    return sorted((folder / request.param).rglob("*.parquet"))[1]


def test_a_missing_file_is_named(folder, file):
    file.unlink()
    for use in (lambda: Archive(folder, KINDS), lambda: write_archive(a_log(15), folder, KINDS)):
        with pytest.raises(lab.StoreUnreadable, match=f"{file} is missing, and the manifest names it; restore it"):
            use()


def test_a_torn_file_is_named(folder, file):
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(lab.StoreUnreadable, match=f"{file} has .* bytes, and was written with .*: it is torn"):
        Archive(folder, KINDS)


def test_a_file_that_was_changed_is_named_before_anything_of_it_is_read(folder, file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    archive = Archive(folder, KINDS)
    assert len(list(archive.read_all(limit=6))) == 6  # the stretch before it is still read
    with pytest.raises(lab.StoreUnreadable, match=f"{file} was changed: its checksum is another"):
        list(archive.read_all())
    with pytest.raises(lab.StoreUnreadable, match=str(file)):
        for part in archive.parts():
            EventBatch.of(part.open()).frame(Sold), list(part.open())


@pytest.mark.parametrize("name", ["log/p000/copy.parquet", "stray.parquet", place_of("log", 1, 1, 9)])
def test_a_foreign_file_is_named(folder, name):
    shutil.copy(next(folder.rglob("*.parquet")), folder / name)
    for use in (lambda: Archive(folder, KINDS), lambda: write_archive(a_log(15), folder, KINDS)):
        with pytest.raises(lab.StoreUnreadable, match=f"{folder / name} is not in the manifest: .* move it out"):
            use()


def test_what_a_writer_at_work_has_not_finished_is_none_of_a_readers_business(folder):
    left = folder / place_of("log", 1, 12, 15)
    shutil.copy(next(folder.rglob("*.parquet")), left)
    assert Archive(folder, KINDS).head() == 12
    assert write_archive(a_log(12), folder, KINDS).head() == 12 and not left.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text[:-9], "is damaged"),
        (lambda text: text.replace('"upto": 12', '"upto": "12"', 1), "is damaged"),
        (lambda text: "[]", "is damaged"),
        (lambda text: text.replace('"format": 1', '"format": 2'), "is of format 2, and this version of cqrs-lab reads"),
        (lambda text: "{}", "is of format None"),
    ],
)
def test_a_manifest_that_is_none_is_named(folder, change, said):
    path = folder / "manifest.json"
    path.write_text(change(path.read_text()))
    with pytest.raises(lab.StoreUnreadable, match=f"{path} {said}"):
        Archive(folder, KINDS)


def test_a_folder_without_one_holds_no_archive(tmp_path):
    with pytest.raises(lab.StoreUnreadable, match="holds no archive: there is no manifest.json; give the folder"):
        Archive(tmp_path, KINDS)


def test_the_manifest_says_what_is_where(folder):
    said = json.loads((folder / "manifest.json").read_text())
    assert (said["format"], said["partitions"], said["upto"], said["last"]) == (1, 2, 12, "till-2@4")
    assert said["types"] == {"sold.1": {"units": "BIGINT", "by": "VARCHAR"}, "closed.1": {"till": "VARCHAR"}}
    assert sum(one["rows"] for one in said["files"] if one["data"] == "log") == 12
    assert sum(one["rows"] for one in said["files"] if one["data"] == "sold.1") == 9


def test_a_stream_is_where_crc_32_says():
    assert [partition_of(name, 8) for name in ("order-1", "order-2", "ä")] == [7, 5, 3]
    assert place_of("a.1", 7, 0, 10) == f"events/a.1/p007/{1:019d}-{10:019d}.parquet"
