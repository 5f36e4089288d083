"""A projector's status is an answer, never an error: also while the store is away."""

import math
from dataclasses import dataclass

import pytest

import cqrs_lab as lab
from cqrs_lab.read.status import COUNTED
from tests.log.planted_stores import Tens


@dataclass(frozen=True)
class Sold:
    product: str
    units: int


class UnitsSold:
    name, version, events = "units sold", 1, (Sold,)
    schema = lab.Schema(index=["product"], columns={"units": "int64"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(Sold).groupby("product")[["units"]].sum())

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


class Away(lab.MemoryEventStore):
    """A store that may not answer."""

    away = ""
    raised = OSError("connection refused")

    def head(self):
        if self.away in ("all", "head"):
            raise self.raised
        return super().head()

    def read_slice(self, *, after, limit=None):
        if self.away in ("all", "events"):
            raise self.raised
        return super().read_slice(after=after, limit=limit)


@dataclass(frozen=True)
class HowMany:
    product: str


def a_projector(store, **options):
    projector = lab.Projector(store, UnitsSold(), **options)
    store.append("a", [Sold("tea", 2)], expected=0)
    projector.catch_up()
    store.append("a", [Sold("tea", 3)], expected=1)
    return projector


ERRORS = [OSError("connection refused"), TypeError("y"), KeyError("z"), lab.SchemaError("w"), EOFError()]


@pytest.mark.parametrize("raised", ERRORS, ids=repr)
@pytest.mark.parametrize("what", ["all", "head", "events"])
def test_while_the_store_is_away_the_state_is_unknown_and_the_error_in_it(what, raised):
    store = Away()
    projector = a_projector(store)
    store.away, store.raised = what, raised
    status = projector.status
    assert (status.state, status.position, status.parked) == ("unknown", 1, ())
    assert math.isnan(status.lag_events) and math.isnan(status.lag_seconds)
    assert type(raised).__name__ in status.error and str(raised) in status.error
    assert not status.healthy() and not status.healthy(lag_seconds=5) and "unknown" in repr(status)
    store.away = ""
    assert projector.status.state == "catching up" and projector.catch_up() == 1
    assert (projector.status.state, projector.status.error, projector.status.lag_events) == ("live", "", 0)


def test_queries_are_answered_while_the_store_is_away():
    store = Away()
    projector, queries = a_projector(store), lab.QueryBus()
    queries.register(HowMany, lambda query, table: int(table.loc[query.product, "units"]), reads=projector)
    store.away = "all"
    assert queries.ask(HowMany("tea")) == lab.Answer(2, 1, "fresh")
    assert queries.ask(HowMany("tea"), at_least=2) == lab.Answer(None, 1, "pending")
    assert queries.reads(HowMany("tea"))[0].status.state == "unknown"


@pytest.mark.parametrize("read", range(4))
def test_where_positions_skip_events_are_counted_not_positions(read):
    store = Tens()
    store.append("a", [Sold("tea", number) for number in range(3)], expected=0)
    assert store.head() > 3
    projector = lab.Projector(store, UnitsSold())
    projector.catch_up(limit=read)
    status = projector.status
    assert status.lag_events == 3 - read and (status.state == "live") == (read == 3)


@pytest.mark.parametrize("make_store", [Tens, lab.MemoryEventStore])
@pytest.mark.parametrize("more", [-1, 0, 1, 500])
def test_after_the_first_thousand_the_lag_is_never_too_small_and_exact_where_nothing_skips(make_store, more):
    store = make_store()
    store.append("a", [Sold("tea", 1)] * (COUNTED + more), expected=0)
    status = lab.Projector(store, UnitsSold()).status
    skipping = make_store is Tens and more > 0
    assert status.lag_events >= COUNTED + more
    assert (status.lag_events == COUNTED + more) != skipping


class CannotReadTheSecond(Tens):
    def read_all(self, *, after=0, limit=None):
        for one in super().read_all(after=after, limit=limit):
            if one.position == 20:
                raise lab.UpcastFailed("Sold", one.position, "it has another format")
            yield one


def test_events_that_cannot_be_read_wait_too_and_are_counted_by_their_positions():
    store = CannotReadTheSecond()
    store.append("a", [Sold("tea", 1)] * 4, expected=0)
    projector = lab.Projector(store, UnitsSold())
    assert projector.status.lag_events == store.head() >= 4
    with pytest.raises(lab.ProjectionFailed):
        projector.catch_up()
    assert projector.status.lag_events == store.head() - projector.position >= 3


def test_a_projector_that_has_failed_stays_failed_and_says_both():
    store = Away()
    projector = a_projector(store)
    store.append("a", [Sold("tea", "three")], expected=2)
    with pytest.raises(lab.ProjectionFailed):
        projector.catch_up()
    store.away = "all"
    status = projector.status
    assert status.state == "failed" and "'three'" in status.error and "connection refused" in status.error
    assert not status.healthy()


def test_a_rebuild_while_the_store_is_away_is_unknown_too_and_can_be_given_up():
    store = Away()
    projector = a_projector(store)
    rebuild = lab.rebuild(projector, to=UnitsSold())
    store.away = "all"
    assert projector.status.state == "unknown"
    assert rebuild.state == "building" and rebuild.difference().empty is False
    rebuild.abort()
    assert projector.status.state == "unknown" and rebuild.state == "aborted"


@pytest.mark.parametrize("clock", [lambda: 1 / 0, lambda: "noon", lambda: None])
def test_a_clock_that_tells_no_time_is_said_in_the_status(clock):
    status = a_projector(lab.MemoryEventStore(), clock=clock).status
    assert status.state == "unknown" and "Error" in status.error


def test_a_store_whose_answers_have_no_meaning_is_said_in_the_status():
    store = lab.MemoryEventStore()
    projector = a_projector(store)
    store.head = lambda: None
    assert projector.status.state == "unknown" and "TypeError" in projector.status.error


def test_an_interrupt_is_not_taken_for_an_answer_of_the_store():
    store = Away()
    projector = a_projector(store)
    store.away, store.raised = "all", KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        _ = projector.status
