"""Laws 6, 7 and 8: table and checkpoint move together; a failure is told; a table handed out is harmless."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.read import handover
from tests.shop_of_tea import Line, Priced, Sold, TeaSales, a_log, as_dict, expected_sales, recorded


def a_store(log=None) -> lab.MemoryEventStore:
    store = lab.MemoryEventStore()
    for one in log if log is not None else a_log():
        store.append(one.stream, [one.event], expected=lab.Expected.ANY)
    return store


class FailsOn(TeaSales):
    """Cannot read a slice that holds this price."""

    def __init__(self, *mills):
        self.mills = set(mills)

    def summarise(self, batch):
        if self.mills & set(batch.frame(Priced)["mills"]):
            raise ValueError(f"cannot read {sorted(self.mills)}")
        return super().summarise(batch)


@given(st.lists(st.integers(1, 20), max_size=10))
def test_catching_up_in_steps_of_any_size_gives_the_count_by_hand(steps):
    projector = lab.Projector(a_store(), TeaSales())
    for step in steps:
        before = projector.position
        assert projector.catch_up(limit=step) == min(step, 60 - before)
        assert as_dict(projector.table) == expected_sales(a_log()[: projector.position])
    projector.catch_up()
    assert projector.position == 60 and as_dict(projector.table) == expected_sales(a_log())


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=12))
def test_events_delivered_again_are_dropped(slices):
    log, projector, reached = a_log(), lab.Projector(a_store(), TeaSales()), 0
    for start, stop in slices:
        start = min(start, reached)  # a log may be read again, but is never read with a gap
        projector.apply(lab.EventBatch(log[start:stop]))
        reached = max(reached, stop)
        assert projector.position == reached
        assert as_dict(projector.table) == expected_sales(log[:reached])


@given(st.permutations(range(6)))
def test_batches_handed_over_in_any_order_give_the_table_of_the_log(order):
    log, projector = a_log(), lab.Projector(a_store(), TeaSales())
    for part in order:
        projector.apply(lab.EventBatch(log[10 * part : 10 * part + 10]))
        assert as_dict(projector.table) == expected_sales(log[: projector.position])
    assert projector.position == 60


class Totals(TeaSales):
    """Another schema."""

    schema = lab.Schema(index=["product"], columns={"units": "int64"})


class MendedSales(TeaSales):
    """The next version: of everything it counts the double."""

    def summarise(self, batch):
        rows = super().summarise(batch)
        return rows.assign(units=2 * rows["units"])


def test_a_projection_that_fails_stops_before_the_event_and_names_it():
    log = a_log()
    poison = next(one.position for one in log if isinstance(one.event, Priced) and one.event.mills == 110)
    projector = lab.Projector(a_store(), FailsOn(110))
    with pytest.raises(lab.ProjectionFailed) as caught:
        projector.catch_up()
    assert (caught.value.position, caught.value.last_good_position) == (poison, poison - 1)
    assert isinstance(caught.value.__cause__, ValueError)
    assert as_dict(projector.table) == expected_sales(log[: poison - 1])
    assert projector.status.state == "failed" and "cannot read [110]" in projector.status.error
    with pytest.raises(lab.ProjectionFailed):
        projector.catch_up()


def test_a_repaired_projection_goes_on_where_it_stopped():
    projection = FailsOn(110)
    projector = lab.Projector(a_store(), projection)
    with pytest.raises(lab.ProjectionFailed):
        projector.catch_up()
    projection.mills = set()
    projector.catch_up()
    assert projector.status.state == "live" and as_dict(projector.table) == expected_sales(a_log())


def test_a_projector_told_to_park_leaves_the_events_out_and_lists_them():
    log = a_log()
    projector = lab.Projector(a_store(), FailsOn(105, 110), on_failure="park")
    projector.catch_up()
    parked = list(projector.parked.index)
    assert [log[position - 1].event.mills for position in parked] == [105, 110]
    assert "cannot read" in projector.parked["error"].iloc[0]
    left = [one for one in log if one.position not in parked]
    assert projector.position == 60 and as_dict(projector.table) == expected_sales(left)


def test_a_table_of_another_schema_stops_the_projector():
    class Careless(TeaSales):
        def merge(self, table, rows):
            return rows.astype("float64")

    with pytest.raises(lab.ProjectionFailed, match=r"tea_sales\.merge: columns units \(float64\)"):
        lab.Projector(a_store(), Careless()).catch_up()


def test_a_table_handed_out_cannot_alter_the_read_model():
    projector = lab.Projector(a_store(), TeaSales())
    projector.catch_up()
    table = projector.table
    table["units"] = -1
    table.loc["mint", "mills"] = -1
    table.loc["new"] = 7
    table.index.name = "spoilt"
    for name in ("units", "mills"):
        values = projector.table[name].to_numpy()
        with pytest.raises(ValueError, match="read-only"):
            values[0] = -1
    assert as_dict(projector.table) == expected_sales(a_log())
    assert projector.table.index.name == "product"


def test_status_tells_position_lag_and_state():
    projector = lab.Projector(a_store(), TeaSales())
    assert (projector.status.state, projector.status.lag_events) == ("catching up", 60)
    projector.catch_up(limit=45)
    assert (projector.status.position, projector.status.lag_events) == (45, 15)
    projector.catch_up()
    assert (projector.status.state, projector.status.lag_events) == ("live", 0)


def test_a_started_projector_follows_without_being_asked():
    store = a_store([])
    with lab.Projector(store, TeaSales()) as projector:
        for n in range(20):
            receipt = store.append("tea", [Sold("ann", (Line("green", 1),))], expected=n)
        projector.wait_for(receipt.position, 5)
        assert as_dict(projector.table) == {"green": [20, 0, 0]}
    store.append("tea", [Sold("ann", (Line("green", 1),))], expected=20)
    assert projector.position == 20
    projector.catch_up()
    assert projector.position == 21


def test_a_started_projector_that_fails_says_so():
    store = a_store(recorded(Priced("tea", 1), Priced("tea", 13)))
    with lab.Projector(store, FailsOn(13)) as projector:
        projector.wait_for(2, 5)
        assert projector.status.state == "failed"
        assert projector.position == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_store_that_breaks_under_a_started_projector_is_told_too():
    class Breaks(lab.MemoryEventStore):
        def head(self):
            if threading.current_thread() is not threading.main_thread():
                raise OSError("connection lost")
            return super().head()

    with lab.Projector(Breaks(), TeaSales()) as projector:
        projector.wait_for(1, 5)
        assert projector.status.error == "OSError: connection lost"


def test_what_failed_and_is_over_is_no_longer_told():
    projector = lab.Projector(a_store([]), TeaSales())
    projector._publish(projector.serving, error="OSError: connection lost")
    assert projector.status.state == "failed"
    assert projector.catch_up() == 0
    assert (projector.status.state, projector.status.error) == ("live", "")


def test_readers_on_other_threads_only_ever_see_a_table_with_its_own_position():
    store, log = a_store([]), a_log()
    wanted = [expected_sales(log[:position]) for position in range(len(log) + 1)]
    projector, seen, over = lab.Projector(store, TeaSales()), [], threading.Event()

    def read():
        while not over.is_set():
            model = projector.serving.model
            seen.append(as_dict(model.table) == wanted[model.position])

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    with projector:
        for one in log:
            receipt = store.append("tea", [one.event], expected=lab.Expected.ANY)
        projector.wait_for(receipt.position, 10)
    over.set()
    for reader in readers:
        reader.join()
    assert projector.position == 60 and all(seen)


def test_what_is_no_projection_is_refused_with_what_it_lacks():
    class Half:
        name, version, events = "half", 1, (Sold,)

    with pytest.raises(lab.InvalidArgument, match="it lacks schema, summarise, merge"):
        lab.Projector(a_store(), Half())
    with pytest.raises(lab.InvalidArgument, match=r"TeaSales is a class; give an instance: TeaSales\(\)"):
        lab.Projector(a_store(), TeaSales)
    with pytest.raises(lab.InvalidArgument, match="'stop' and 'park'"):
        lab.Projector(a_store(), TeaSales(), on_failure="ignore")


def parked_at(log, *mills):
    return [one.position for one in log if isinstance(one.event, Priced) and one.event.mills in mills]


def test_lag_in_seconds_is_the_age_of_the_first_event_that_is_not_in_the_table():
    now = 100.0
    store = lab.MemoryEventStore(clock=lambda: now)
    projector = lab.Projector(store, TeaSales(), clock=lambda: now)
    assert projector.status.lag_seconds == 0
    store.append("tea", [Priced("mint", 100)], expected=lab.Expected.ANY)
    now = 107.0
    store.append("tea", [Priced("mint", 110)], expected=lab.Expected.ANY)
    now = 110.0
    assert (projector.status.lag_events, projector.status.lag_seconds) == (2, 10.0)
    assert projector.status.healthy(lag_seconds=10) and not projector.status.healthy(lag_seconds=9)
    handover.begin(projector, by="somebody")
    assert projector.status.state == "rebuilding" and projector.status.healthy(lag_seconds=9)
    handover.give_up(projector, projector, {}, by="somebody")
    projector.catch_up(limit=1)
    assert (projector.status.lag_events, projector.status.lag_seconds) == (1, 3.0)
    projector.catch_up()
    assert (projector.status.state, projector.status.lag_seconds) == ("live", 0.0)


def test_a_failed_projector_is_not_healthy():
    projector = lab.Projector(a_store(), FailsOn(105))
    with pytest.raises(lab.ProjectionFailed):
        projector.catch_up()
    assert not projector.status.healthy()
    assert "cannot read [105]" in projector.status.error and projector.status.lag_events == 60 - projector.position


def test_a_clock_behind_that_of_the_store_makes_no_negative_lag():
    projector = lab.Projector(a_store(), TeaSales(), clock=lambda: -5.0)
    assert projector.status.lag_seconds == 0


def test_a_started_projector_follows_again_once_it_is_repaired():
    store = a_store()
    for repair in (
        lambda projector: lab.rebuild(projector, to=TeaSales()).run(),
        lambda projector: lab.retry_parked(projector, TeaSales()),
        lambda projector: (projector.projection.mills.clear(), projector.catch_up()),
    ):
        projector = lab.Projector(store, FailsOn(105))
        projector.start()
        projector.wait_for(store.head(), timeout_seconds=30)
        assert projector.status.state == "failed"
        repair(projector)
        store.append("tea", [Priced("mint", 100)], expected=lab.Expected.ANY)
        projector.wait_for(store.head(), timeout_seconds=30)
        assert (projector.position, projector.status.state) == (store.head(), "live")
        projector.stop()


def test_a_swap_and_a_catch_up_that_is_under_way_come_one_after_the_other():
    class SwappedMeanwhile(TeaSales):
        """While it reads, another thread asks to swap."""

        def summarise(self, batch):
            swap.start()
            asked.wait(timeout=30)
            return super().summarise(batch)

    store, asked = a_store(), threading.Event()
    projector, successor = lab.Projector(store, SwappedMeanwhile()), lab.Projector(store, MendedSales())
    handover.begin(projector, by="somebody")
    swap = threading.Thread(target=lambda: (asked.set(), handover.swap(projector, successor, {}, by="somebody")))
    projector.catch_up()
    swap.join(timeout=30)
    expected = lab.Projector(store, MendedSales())
    expected.catch_up()
    assert projector.table.equals(expected.table) and type(projector.projection) is MendedSales


def test_what_was_made_of_an_older_read_model_than_the_one_that_serves_is_dropped():
    class OvertakenOnce(TeaSales):
        """Its first reading is overtaken by another thread's, of the same events."""

        overtaken = False

        def summarise(self, batch):
            rows = super().summarise(batch)
            if not self.overtaken:
                self.overtaken = True
                now = projector.serving
                model = now.model.take_in(TeaSales(), lab.EventBatch(list(batch)[:20]))
                assert projector._publish(now, model=model)
            return rows

    projector = lab.Projector(a_store(), OvertakenOnce())
    assert projector.catch_up() == 40
    assert (projector.position, as_dict(projector.table)) == (60, expected_sales(a_log()))
