"""A7: a worker that dies says so; one worker of a name on a log; nothing waits for itself."""

from __future__ import annotations

import gc
import threading
from contextlib import suppress

import pytest

import cqrs_lab as lab
from cqrs_lab.read import handover
from tests.interrupts import in_another_thread
from tests.read.test_interrupted import LOG, Came, Tally, Visits, a_projector, a_store, asked, by_hand, table_of


def followers(name="tally"):
    return [one for one in threading.enumerate() if one.name.startswith("cqrs-lab") and one.name.endswith(name)]


class Raises(Tally):
    """Raises what is no `Exception` when it meets ben."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def summarise(self, batch):
        if self.error and any(one.event.who == "ben" for one in batch):
            raise self.error
        return super().summarise(batch)


ENDS = [SystemExit("bye"), KeyboardInterrupt("now"), GeneratorExit("over"), BaseException("base"), RecursionError("x")]


@pytest.mark.parametrize("error", ENDS, ids=lambda error: type(error).__name__)
def test_started_whatever_a_projection_raises_is_told_with_its_position(error):
    with lab.Projector(a_store(), Raises(error)) as projector:
        projector.wait_for(6, timeout_seconds=30)
        told = f"failed at position 2: {type(error).__name__}: {error}"
        assert (projector.status.state, projector.position) == ("failed", 1) and told in projector.status.error
        assert asked(projector).ask(Visits("ada")) == lab.Answer(1, 1, "failed")
        projector.projection.error = None
        projector.catch_up()
        assert (projector.status.state, table_of(projector)) == ("live", by_hand(LOG))
        late = projector.store.append("door", [Came("dora")], expected=lab.Expected.ANY)
        projector.wait_for(late.position, timeout_seconds=30)
        assert projector.position == late.position, "it follows again"


def test_started_what_raises_them_can_be_parked():
    with lab.Projector(a_store(), Raises(SystemExit()), on_failure="park") as projector:
        projector.wait_for(6, timeout_seconds=30)
    assert list(projector.parked.index) == [2, 5] and projector.status.state == "live"


@pytest.mark.parametrize("error", ENDS[:4], ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("on_failure", ["stop", "park"])
def test_in_your_own_thread_what_is_no_exception_ends_the_call_and_is_no_failure_of_the_projection(error, on_failure):
    projector = lab.Projector(a_store(), Raises(error), on_failure=on_failure)
    with pytest.raises(type(error)):
        projector.catch_up()
    assert projector.status.state == "catching up" and projector.parked.empty
    projector.projection.error = None
    projector.catch_up()
    assert (projector.status.state, table_of(projector)) == ("live", by_hand(LOG))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_store_that_ends_the_thread_is_told():
    class Exits(lab.MemoryEventStore):
        def head(self):
            if threading.current_thread() is not threading.main_thread():
                raise SystemExit("disk away")
            return super().head()

    with lab.Projector(Exits(), Tally()) as projector:
        projector.wait_for(1, timeout_seconds=30)
        assert (projector.status.state, projector.status.error) == ("failed", "SystemExit: disk away")


# --- calls from within ---------------------------------------------------------------------------------------------


class Calls(Tally):
    """Calls something from within `summarise` or `merge`."""

    def __init__(self, call, where="summarise"):
        super().__init__()
        self.call, self.where = call, where

    def summarise(self, batch):
        if self.where == "summarise":
            self.call()
        return super().summarise(batch)

    def merge(self, table, rows):
        if self.where == "merge":
            self.call()
        return super().merge(table, rows)


@pytest.mark.parametrize("where", ["summarise", "merge"])
@pytest.mark.parametrize(
    "call",
    [
        lambda projector: projector.catch_up(),
        lambda projector: projector.catch_up(limit=1),
        lambda projector: projector.apply(lab.EventBatch(list(projector.store.read_all()))),
        lambda projector: lab.retry_parked(projector),
        lambda projector: handover.swap(projector, projector, {}, by="somebody"),
        lambda projector: lab.rebuild(projector, to=Tally(2)).run(),
    ],
    ids=["catch_up", "limit", "apply", "retry_parked", "swap", "rebuild"],
)
def test_a_projection_that_calls_its_own_projector_is_refused_in_one_sentence(where, call):
    projector = lab.Projector(a_store(), Calls(lambda: call(projector), where))
    in_another_thread(lambda: pytest.raises(lab.ProjectionFailed, projector.catch_up))
    with pytest.raises(lab.ProjectionFailed, match="was called from within the work of the projector of tally .*outsi"):
        projector.catch_up()
    assert projector.status.state == "failed"


def test_a_handler_may_not_move_what_it_reads_nor_ask_itself_without_end():
    projector, queries = a_projector(), lab.QueryBus()
    queries.register(Visits, lambda query, table: projector.catch_up(), reads=projector)
    with pytest.raises(lab.InvalidArgument, match="from within the work of the projector of tally"):
        queries.ask(Visits("ada"))
    queries.register(Came, lambda query, table: queries.ask(query).value, reads=projector)
    with pytest.raises(lab.InvalidArgument, match="Came asks itself without end"):
        queries.ask(Came("ada"))
    projector.catch_up()
    assert projector.status.state == "live"


def test_a_handler_may_ask_another_query():
    projector, queries = a_projector(), lab.QueryBus()
    queries.register(Visits, lambda query, table: int(table["visits"].get(query.who, 0)), reads=projector)
    queries.register(Came, lambda query, table: queries.ask(Visits(query.who)).value > 0, reads=projector)
    assert queries.ask(Came("ada")).value is True


def test_a_listener_may_catch_up():
    projector = a_projector()
    projector.store.subscribe(projector.catch_up)
    projector.store.append("door", [Came("dora")], expected=lab.Expected.ANY)
    assert projector.position == 7 and projector.status.state == "live"


def test_two_projectors_that_call_each_other_from_two_threads_never_wait_for_each_other():
    store, both = a_store(["ada"]), threading.Barrier(2)
    projectors, met = [], set()

    def calls(other):
        def call():
            if threading.current_thread() not in met:
                met.add(threading.current_thread())
                both.wait(timeout=30)
            projectors[other].catch_up()

        return call

    class Named(Calls):
        def __init__(self, name, call):
            super().__init__(call)
            self.name = name

    projectors += [lab.Projector(store, Named("one", calls(1))), lab.Projector(store, Named("two", calls(0)))]
    def catch_up(one):
        with suppress(lab.ProjectionFailed):
            one.catch_up()

    threads = [threading.Thread(target=catch_up, args=(one,), daemon=True) for one in projectors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)


@pytest.mark.parametrize("where", ["summarise", "merge"])
def test_a_worker_may_be_stopped_from_within_its_own_work(where):
    stopped = threading.Event()
    projector = lab.Projector(a_store(), Calls(lambda: (projector.stop(), stopped.set()), where))
    projector.start()
    assert stopped.wait(timeout=30)
    in_another_thread(lambda: (projector.stop(), 1))
    assert not projector.running
    in_another_thread(projector.catch_up)
    assert table_of(projector) == by_hand(LOG)


def test_a_worker_may_be_stopped_from_a_handler_and_from_a_listener():
    projector, queries = a_projector(), lab.QueryBus()
    queries.register(Visits, lambda query, table: projector.stop(), reads=projector)
    projector.start()
    in_another_thread(lambda: queries.ask(Visits("ada")))
    projector.start()
    projector.store.subscribe(projector.stop)
    in_another_thread(lambda: projector.store.append("door", [Came("dora")], expected=lab.Expected.ANY))
    assert not projector.running


# --- one worker of a name on a log ------------------------------------------------------------------------------------


def test_a_cell_that_starts_a_projector_run_twenty_times_leaves_one_thread_and_the_last_one_follows():
    store, projectors = a_store(), []
    for _ in range(20):
        projectors.append(lab.Projector(store, Tally()))
        projectors[-1].start()
    *older, last = projectors
    assert len(followers()) == 1 and last.running and not any(one.running for one in older)
    assert {one.status.state for one in older} == {"failed"}
    assert "another projector of tally was started on this log" in older[0].status.error
    late = store.append("door", [Came("dora")], expected=lab.Expected.ANY)
    assert asked(last).ask(Visits("dora"), at_least=late.position, timeout_seconds=30).value == 1
    assert asked(older[3]).ask(Visits("dora"), at_least=late.position, timeout_seconds=30).freshness == "failed"
    older[3].catch_up()
    assert (older[3].status.state, older[3].running) == ("live", False), "by hand it still reads"
    older[3].start()
    assert older[3].running and not last.running
    older[3].stop()
    assert followers() == []


def test_a_cell_that_makes_its_store_again_leaves_no_thread_of_those_that_nobody_holds():
    for _ in range(20):
        projector = lab.Projector(a_store(), Tally())
        projector.start()
        projector.wait_for(6, timeout_seconds=30)
    gc.collect()
    for one in followers():
        if one is not projector._life.get().thread:
            one.join(timeout=30)
    assert followers() == [projector._life.get().thread]
    projector.stop()


def test_a_commit_that_was_never_announced_is_found(monkeypatch):
    monkeypatch.setattr("cqrs_lab.log.workers.life.LOOK_AGAIN_SECONDS", 0.01)

    class Silent(lab.MemoryEventStore):
        def subscribe(self, on_growth):
            return lambda: None

    store = Silent()
    with lab.Projector(store, Tally()) as projector:
        store.append("door", [Came("ada")], expected=0)
        projector.wait_for(1, timeout_seconds=30)
        assert projector.position == 1
