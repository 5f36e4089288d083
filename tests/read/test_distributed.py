"""Two workers build what one reader builds, also if one of them is killed; what goes wrong is said, and ended."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import ModuleType

import cloudpickle
import pandas as pd
import psutil
import pytest
from distributed import Client, LocalCluster

import cqrs_lab as lab
from cqrs_lab.log.stores.archive import write_archive
from cqrs_lab.read import distributed
from cqrs_lab.read.distributed import build_distributed, summary_of
from cqrs_lab.shop.events import EVENTS
from cqrs_lab.shop.read import projections
from tests import shop_of_tea
from tests.log.stores.archived import a_day_of_trade
from tests.shop_of_tea import Line, Priced, Sold, TeaSales

TEA = {"sold": Sold, "priced": Priced}


@pytest.fixture(scope="module", autouse=True)
def _workers_find_the_tests():
    """A worker is started with this process's path, on which pytest does not put the tests."""
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(Path(__file__).parents[2])
        yield


@pytest.fixture(scope="module")
def cluster():
    """Two workers; the only ones of this module, but for the test of who starts and ends them."""
    with LocalCluster(2, threads_per_worker=1, host="127.0.0.1", dashboard_address="127.0.0.1:0") as started:
        yield started


@pytest.fixture(scope="module")
def client(cluster):
    with Client(cluster, set_as_default=False) as made:
        yield made


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return write_archive(a_day_of_trade(), tmp_path_factory.mktemp("shop"), EVENTS, partitions=3, stretch_events=150)


def a_tea_log(commits=40):
    store = lab.MemoryEventStore()
    for number in range(commits):
        lines = tuple(Line("gbwm"[(number + k) % 4], 1 + k) for k in range(number % 4))
        events = [Sold(f"c-{number % 7}", lines), Priced("gbwm"[number % 3], 100 + number)]
        store.append(f"till-{number % 9}", events, expected=lab.Expected.ANY)
    return store


@pytest.fixture
def tea(tmp_path):
    return write_archive(a_tea_log(), tmp_path / "tea", TEA, partitions=4, stretch_events=30)


def built(projection, log):
    projector = lab.Projector(log, projection)
    projector.catch_up()
    return projector


def same(model, projector):
    pd.testing.assert_frame_equal(model.table.sort_index(), projector.table.sort_index())
    assert (model.position, model.made_by) == (projector.position, projector.serving.model.made_by)


@pytest.mark.parametrize("projection", projections(), ids=lambda one: one.name)
def test_two_workers_build_what_one_reader_of_the_log_builds(client, shop, projection):
    same(build_distributed(projection, shop, scheduler=client, part_events=100), built(projection, a_day_of_trade()))


def test_the_address_of_a_scheduler_will_do(cluster, tea):
    same(build_distributed(TeaSales(), tea, scheduler=cluster.scheduler_address), built(TeaSales(), a_tea_log()))


class KillsItsWorkerOnce(TeaSales):
    """Kills the worker that summarises the part with this position, before it has said anything."""

    def __init__(self, note, position, always=False):
        self.note, self.position, self.always = note, position, always

    def summarise(self, batch):
        mine = self.position in batch.frame(Priced)["position"].tolist()
        if mine and (self.always or not os.path.exists(self.note)):
            open(self.note, "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().summarise(batch)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a signal")
def test_a_worker_that_is_killed_half_way_changes_nothing(client, tea, tmp_path):
    before = {worker["pid"] for worker in client.run(lambda: {"pid": os.getpid()}).values()}
    projection = KillsItsWorkerOnce(str(tmp_path / "killed"), position=50)
    same(build_distributed(projection, tea, scheduler=client, part_events=1), built(TeaSales(), a_tea_log()))
    client.wait_for_workers(2, timeout=60)
    after = {worker["pid"] for worker in client.run(lambda: {"pid": os.getpid()}).values()}
    assert (tmp_path / "killed").exists() and len(before & after) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs a signal")
def test_a_part_that_kills_every_worker_is_named(cluster, client, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster.scheduler, "allowed_failures", 0)
    tea = write_archive(a_tea_log(), tmp_path / "tea", TEA, partitions=1)  # else a part beside it may be suspected too
    projection = KillsItsWorkerOnce(str(tmp_path / "killed"), position=50, always=True)
    said = "1 worker that had to do it died.*: partition p000, positions 1 to 80 of .*; most often the memory"
    with pytest.raises(lab.ClusterFailed, match=said):
        build_distributed(projection, tea, scheduler=client, part_events=1)
    client.wait_for_workers(2, timeout=60)


def test_classes_of_a_notebook_are_sent_with_the_work(client, tea):
    cloudpickle.register_pickle_by_value(shop_of_tea)  # as if they were defined in the notebook
    try:
        same(build_distributed(TeaSales(), tea, scheduler=client), built(TeaSales(), a_tea_log()))
    finally:
        cloudpickle.unregister_pickle_by_value(shop_of_tea)
    assert list(tea.read_all()) == list(write_archive(a_tea_log(), tea.folder, TEA).read_all())


class EachSale:
    """The customer of each sale: a text that nothing looks at, and that the table has all the same."""

    name, version, events = "each_sale", 1, (Sold,)
    schema = lab.Schema(index={"position": "int64"}, columns={"customer": "str", "sold_position": "int64"})

    def summarise(self, batch):
        sales = batch.frame(Sold)
        return self.schema.conform(sales.assign(sold_position=sales["position"]))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, latest={"sold_position": ["customer"]})


def test_texts_that_are_not_read_are_not_made_and_those_that_pass_through_are(client, tea):
    same(build_distributed(EachSale(), tea, scheduler=client, part_events=1), built(EachSale(), a_tea_log()))
    for part in tea.parts(1):
        summary_of(EachSale(), part, "stop"), summary_of(TeaSales(), part, "stop")
    read = distributed._read_by
    assert (read["each_sale", 1], read["tea_sales", 1]) == ({"customer"}, {"product"})


class CannotTake(TeaSales):
    def summarise(self, batch):
        if 103 in batch.frame(Priced)["mills"].tolist():
            raise ValueError("no such price")
        return super().summarise(batch)


def test_an_event_that_cannot_be_applied_is_named_and_its_workers_are_ended(tea):
    children = set(psutil.Process().children(recursive=True))
    with pytest.raises(lab.ProjectionFailed, match="'tea_sales' failed at position 8: ValueError: no such price"):
        build_distributed(CannotTake(), tea, workers=1, memory_limit="1GB")
    left = set(psutil.Process().children(recursive=True)) - children
    assert not [one for one in left if "spawn_main" in " ".join(one.cmdline())]


def test_an_event_that_cannot_be_applied_is_parked_if_asked(client, tea):
    model = build_distributed(CannotTake(), tea, scheduler=client, on_failure="park")
    assert [(one.position, one.error) for one in model.parked] == [(8, "ValueError: no such price")]
    projector = lab.Projector(a_tea_log(), CannotTake(), on_failure="park")
    projector.catch_up()
    same(model, projector)


def test_a_damaged_file_is_named_and_nothing_of_it_is_parked(client, tea):
    file = sorted(tea.folder.glob("events/priced.1/*/*"))[3]
    content = bytearray(file.read_bytes())
    content[40] ^= 1
    file.write_bytes(content)
    with pytest.raises(lab.StoreUnreadable, match=f"{file} was changed"):
        build_distributed(TeaSales(), tea, scheduler=client, on_failure="park")


def test_without_dask_the_message_says_what_to_install(tea, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)  # as if it were not installed
    with pytest.raises(lab.MissingExtra, match='distributed, which is not installed; run: pip install "cqrs-lab.dask.'):
        build_distributed(TeaSales(), tea)


def test_a_module_that_workers_do_not_have_is_named(client, tea, monkeypatch):
    here = ModuleType("only_in_this_process")
    here.Here = type("Here", (TeaSales,), {"__module__": here.__name__, "__qualname__": "Here"})
    monkeypatch.setitem(sys.modules, here.__name__, here)
    with pytest.raises(lab.ClusterFailed, match="cannot import what it needs .*only_in_this_process.*put the module"):
        build_distributed(here.Here(), tea, scheduler=client)


def test_nothing_in_time_is_said(client, tea):
    with pytest.raises(lab.ClusterFailed, match="nothing came back within 0 s; look whether its workers are alive"):
        build_distributed(TeaSales(), tea, scheduler=client, timeout_seconds=0)


def test_a_scheduler_that_does_not_answer_is_named(tea):
    with pytest.raises(lab.ClusterFailed, match="tcp://127.0.0.1:9: does not answer"):
        build_distributed(TeaSales(), tea, scheduler="tcp://127.0.0.1:9", timeout_seconds=0.2)


def test_the_rebuild_continues_from_it_and_hands_over(client, tea):
    store, later = a_tea_log(), [Priced("b", 7), Sold("c-1", (Line("g", 1000),))]
    queries, projector = lab.QueryBus(), built(TeaSales(), store)
    queries.register(int, lambda query, table: int(table.at["g", "units"]), reads=projector)
    before = queries.ask(0)
    model = build_distributed(TeaSales(), tea, scheduler=client)
    store.append("till-1", later, expected=lab.Expected.ANY)
    rebuild = lab.rebuild(projector, to=TeaSales(), model=model)
    assert rebuild.run().state == "swapped"
    after = queries.ask(0)
    assert (before.position, after.position, after.value - before.value) == (80, 82, 1000)
    pd.testing.assert_frame_equal(projector.table.sort_index(), built(TeaSales(), store).table.sort_index())


def test_an_empty_archive_is_an_empty_table(client, tmp_path):
    empty = write_archive(lab.MemoryEventStore(), tmp_path, TEA)
    model = build_distributed(TeaSales(), empty, scheduler=client)
    assert (len(model.table), model.position, model.made_by) == (0, 0, None)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"log": []}, "log=.* is not an archive"),
        ({"part_events": 0}, "part_events=0 is not"),
        ({"workers": 0}, "workers=0 is not"),
        ({"scheduler": 8786}, "scheduler=8786 is not a scheduler; give its address"),
        ({"timeout_seconds": "long"}, "timeout_seconds='long' is not"),
        ({"projection": TeaSales}, "TeaSales is a class; give an instance"),
        ({"on_failure": "skip"}, "on_failure='skip'; accepted are 'stop' and 'park'"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_started(tea, how, said):
    with pytest.raises(lab.InvalidArgument, match=said):
        build_distributed(**({"projection": TeaSales(), "log": tea} | how))
