"""Killed at any moment and run again, a writer ends with the same files; it writes one log, one at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, make_dataclass
from itertools import count
from pathlib import Path

import duckdb
import pytest

import cqrs_lab as lab
from cqrs_lab.log.stores import archive_manifest, archive_writer
from cqrs_lab.log.stores.archive import Archive, write_archive


@dataclass(frozen=True)
class Sold:
    units: int
    by: str = "ada"  # the order of the fields is not that of their names


@dataclass(frozen=True)
class Closed:
    till: str


KINDS = {"sold": Sold, "closed": Closed}


def a_log(events):
    """Return a log of three streams; of two partitions, one has two of them."""
    store = lab.MemoryEventStore(clock=lambda: 1.5)
    for number in range(1, events + 1):
        event = Closed(f"till {number}") if number % 4 == 0 else Sold(number)
        store.append(f"till-{2 + number % 3}", [event], expected=lab.Expected.ANY)
    return store


def archived(store, folder, **how):
    return write_archive(store, folder, KINDS, **{"partitions": 2, "stretch_events": 4, **how})


def content(folder):
    """Return the bytes of all that belongs to an archive; what is hidden does not."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if ".writing" not in str(path)}


class Killed(BaseException):
    """Stands for a kill: what it leaves on the disk stays."""


@contextmanager
def killed_at(step):
    """Kill the writer before its file operation of this number; yield the numbers that it has come to."""
    numbers = count(1)

    def before(work):
        def called(*arguments, **named):
            if (number := next(numbers)) == step:
                raise Killed(number)
            return work(*arguments, **named)

        return called

    @contextmanager
    def left_where_it_is(prefix, dir):
        yield tempfile.mkdtemp(prefix=prefix, dir=dir)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(archive_writer, "TemporaryDirectory", left_where_it_is)
        patch.setattr(archive_writer, "_write_lines", before(archive_writer._write_lines))
        patch.setattr(os, "replace", before(os.replace))
        for module in (archive_writer, archive_manifest):
            patch.setattr(module, "settle", before(module.settle))
        yield


def test_killed_at_any_step_and_run_again_it_ends_with_the_same_files(tmp_path):
    store = a_log(5)
    archived(store, tmp_path / "whole", partitions=1)
    meant = content(tmp_path / "whole")
    for step in count(1):
        folder = tmp_path / str(step)
        try:
            with killed_at(step):
                archived(store, folder, partitions=1)
            break
        except Killed:
            pass
        if (folder / "manifest.json").exists():
            # What a reader finds now is a whole stretch, or none.
            found = Archive(folder, KINDS)
            assert list(found.read_all()) == list(store.read_all(limit=found.head())) and found.head() in (0, 4, 5)
        archived(store, folder, partitions=1)
        assert content(folder) == meant and not list(folder.glob(".writing*")), step
    assert step > 25


def test_bit_by_bit_it_holds_the_same_events_as_at_once(tmp_path):
    for events in (3, 3, 8, 9, 23):
        bit_by_bit = archived(a_log(events), tmp_path / "bits")
        assert list(bit_by_bit.read_all()) == list(a_log(events).read_all())
    at_once = archived(a_log(23), tmp_path / "at once", stretch_events=1000)
    assert list(bit_by_bit.read_all()) == list(at_once.read_all())
    assert [one.rows for one in at_once.manifest.files if one.data == "log"] == [15, 8]


def test_what_is_there_is_not_written_again(tmp_path):
    archived(a_log(8), tmp_path)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}
    archived(a_log(12), tmp_path)
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}
    assert before.items() < after.items()


def test_it_says_how_far_it_is(tmp_path):
    told = []
    archived(a_log(9), tmp_path, progress=lambda stretches: (told.append(one) or one for one in list(stretches)))
    assert told == [0, 1, 2]


def test_another_log_is_refused(tmp_path):
    archived(a_log(8), tmp_path)
    other = lab.MemoryEventStore()
    other.append("other", [Sold(number) for number in range(20)], expected=0)
    with pytest.raises(lab.InvalidArgument, match="ends with 'till-4@3' at position 8, and this log has 'other@8'"):
        archived(other, tmp_path)
    with pytest.raises(lab.InvalidArgument, match="ends before it: it is another log; give another folder"):
        archived(a_log(7), tmp_path)


def test_the_number_of_partitions_is_chosen_once(tmp_path):
    archived(a_log(4), tmp_path, partitions=3)
    assert archived(a_log(8), tmp_path, partitions=None).manifest.partitions == 3
    with pytest.raises(lab.InvalidArgument, match="partitions=2: the archive in .* has 3, chosen when it was begun"):
        archived(a_log(9), tmp_path)


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(lab.InvalidArgument, match="holds no archive, but thesis.txt"):
        archived(a_log(4), tmp_path)


def test_a_type_with_other_fields_needs_a_version_of_its_own(tmp_path):
    archived(a_log(3), tmp_path)
    other = make_dataclass("Sold", [("units", float)], frozen=True)
    store = lab.MemoryEventStore()
    for number in range(1, 4):
        store.append(f"till-{2 + number % 3}", [other(1.0)], expected=0)
    store.append("till-2", [other(1.0)], expected=1)
    with pytest.raises(lab.InvalidArgument, match="'sold' version 1 has the fields {'units': 'BIGINT', 'by'"):
        write_archive(store, tmp_path, {"sold": other})


def test_an_event_that_is_not_declared_is_named_and_stretches_before_it_stay(tmp_path):
    store = a_log(6)
    with pytest.raises(lab.InvalidArgument, match="Closed is not a declared event type"):
        write_archive(store, tmp_path, {"sold": Sold}, stretch_events=3)
    assert Archive(tmp_path, KINDS).head() == 3 and archived(store, tmp_path, partitions=None).head() == 6


def test_two_processes_do_not_write_at_once_and_a_killed_one_holds_nothing(tmp_path):
    archived(a_log(4), tmp_path)
    hold = f"import duckdb; held = duckdb.connect({str(tmp_path / '.lock')!r}); print('held', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=-1, stdout=-1) as other:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(lab.StoreUnavailable, match="is being written by another process"):
            archived(a_log(8), tmp_path)
        other.kill()
    assert archived(a_log(8), tmp_path).head() == 8


def test_what_duckdb_cannot_write_is_said(tmp_path, monkeypatch):
    def full(*_):
        raise duckdb.IOException("No space left on device")

    monkeypatch.setattr(archive_writer, "_copied", full)
    with pytest.raises(lab.StoreUnavailable, match="could not be written .*No space left.*; make room"):
        archived(a_log(4), tmp_path)
    monkeypatch.undo()
    assert archived(a_log(4), tmp_path).head() == 4 and not list(Path(tmp_path).glob(".writing*"))
