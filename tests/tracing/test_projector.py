"""Catch-ups that fail, that are behind, and that run in another thread or after another process."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from opentelemetry.trace import StatusCode

import cqrs_lab as lab
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.shop import read
from cqrs_lab.shop.events import EVENTS
from cqrs_lab.tracing import SpansInMemory, TracedProjector, TracedQueryBus, TracedStore
from tests.log.planted_stores import Traces
from tests.tracing.conftest import place

ROOT = Path(__file__).parents[2]


class Words:
    """Counts words and numbers, and cannot count the word "Ada"."""

    name, version, events = "words", 1, (int, str)
    schema = Schema({"word": "str"}, {"times": "int64"})

    def summarise(self, batch):
        words = [str(one.event) for kind in self.events for one in batch.recorded(kind)]
        if "Ada" in words:
            raise ValueError("Ada is a person")
        return pd.DataFrame({"word": words, "times": 1}).groupby("word").sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["times"])


def words(**named):
    kept = SpansInMemory()
    store = TracedStore(lab.MemoryEventStore(), tracer=kept.tracer)
    return store, TracedProjector(store, Words(), tracer=kept.tracer, **named), kept


def test_a_projector_that_fails_raises_as_before_and_its_span_says_where_it_stands():
    store, projector, kept = words()
    store.append("a", ["tea"], expected=0)
    store.append("a", ["Ada"], expected=1)
    with pytest.raises(lab.ProjectionFailed) as failed:
        projector.catch_up()
    queries = TracedQueryBus(tracer=kept.tracer)
    queries.register(int, lambda query, table: len(table), reads=projector)
    assert queries.ask(7).freshness == "failed"
    *_, caught_up, asked = kept.spans
    assert caught_up.status.status_code is asked.status.status_code is StatusCode.ERROR
    assert caught_up.attributes["error.type"] == "cqrs_lab.errors.ProjectionFailed"
    assert caught_up.attributes["cqrs_lab.position"] == failed.value.last_good_position == 1
    assert len(caught_up.links) == 2 and "person" not in caught_up.to_json() + asked.to_json()


def test_an_event_that_is_parked_is_counted_and_is_no_failure():
    store, projector, kept = words(on_failure="park")
    store.append("a", ["tea", "Ada"], expected=0)
    projector.catch_up()
    caught_up = kept.spans[-1]
    assert (caught_up.attributes["cqrs_lab.parked"], caught_up.status.status_code) == (1, StatusCode.UNSET)
    assert len(caught_up.links) == 1, "one for a commit, however many events it has"


def test_a_catch_up_of_many_commits_links_to_the_newest():
    store, projector, kept = words()
    for number in range(300):
        store.append(f"a-{number}", [number if number % 2 else "tea"], expected=0)
    projector.catch_up()
    *appends, caught_up = kept.spans
    assert [link.context.span_id for link in caught_up.links] == [one.context.span_id for one in appends[-128:]]


class WithGaps(Traces):
    """Leaves a thousand positions free between two events, as a store on servers may."""

    def traced(self, new):
        return [replace(one, position=lab.Position(self.head() + 1000)) for one in new]


def test_positions_with_gaps_cost_no_link():
    kept = SpansInMemory()
    store = TracedStore(WithGaps(), tracer=kept.tracer)
    for number in range(3):
        store.append("a", ["tea"], expected=number)
    TracedProjector(store, Words(), tracer=kept.tracer).catch_up()
    *appends, caught_up = kept.spans
    assert [link.context.span_id for link in caught_up.links] == [one.context.span_id for one in appends]


def test_a_query_that_is_ahead_of_its_table_is_no_failure():
    store, projector, kept = words()
    queries = TracedQueryBus(tracer=kept.tracer)
    queries.register(int, lambda query, table: len(table), reads=projector)
    position = store.append("a", ["tea"], expected=0).position
    assert queries.ask(7, at_least=position) == lab.Answer(None, 0, "pending")
    asked = kept.spans[-1]
    about = {"cqrs_lab.query": "int", "cqrs_lab.freshness": "pending", "cqrs_lab.at_least": 1, "cqrs_lab.position": 0}
    assert dict(asked.attributes) == about and asked.status.status_code is StatusCode.UNSET


def test_workers_in_their_own_threads_take_no_part_in_the_span_that_started_them(shop):
    projector = TracedProjector(shop.store, read.OrderHistory(), tracer=shop.tracer)
    with shop.tracer.start_as_current_span("the program"), projector, shop.manager:
        place(shop.bus)
        projector.wait_for(6, timeout_seconds=60)  # the process has reserved two products and asked for the money
    spans = {one.context.span_id: one for one in shop.kept.spans}
    caught_up = [one for one in spans.values() if one.name.startswith("catch_up")]
    assert caught_up and [one.parent for one in caught_up] == [None] * len(caught_up)
    (linked,) = (link.context.span_id for one in caught_up for link in one.links)
    assert spans[linked].attributes["cqrs_lab.event_types"] == ("OrderPlaced",)
    by_the_process = [one for one in spans.values() if one.name in ("send ReserveStock", "send RequestPayment")]
    assert [spans[one.parent.span_id].name for one in by_the_process] == ["append"] * 3


IN_ANOTHER_PROCESS = """
import sys
import cqrs_lab as lab
from cqrs_lab.shop.events import EVENTS
from tests.tracing.conftest import see_through, traced_shop
with lab.open_event_store(sys.argv[1], events=EVENTS) as store:
    shop = traced_shop(store)
    see_through(shop)
    appends = [one for one in shop.kept.spans if one.name == "append"]
    print(*(f"{one.context.span_id}:{one.attributes['cqrs_lab.event_types'][0]}" for one in appends))
"""


def test_a_catch_up_links_to_appends_of_another_process(tmp_path):
    file = f"sqlite:///{tmp_path}/shop.db"
    run = [sys.executable, "-c", IN_ANOTHER_PROCESS, file]
    done = subprocess.run(run, cwd=ROOT, check=True, capture_output=True, text=True)
    appends = [one.split(":") for one in done.stdout.split()]
    handled = {kind.__name__ for kind in read.OrderHistory().events}
    with lab.open_event_store(file, events=EVENTS) as store:
        kept = SpansInMemory()
        TracedProjector(store, read.OrderHistory(), tracer=kept.tracer).catch_up()
    (caught_up,) = kept.spans
    assert [one.context.span_id for one in caught_up.links] == [int(id) for id, kind in appends if kind in handled]
    assert all(one.context.is_remote for one in caught_up.links) and len(caught_up.links) > 2


def test_without_opentelemetry_the_message_says_what_to_install():
    code = """
import sys
sys.modules["opentelemetry"] = None  # as if it were not installed
import cqrs_lab as lab
try:
    from cqrs_lab import tracing
except lab.MissingExtra as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    install = 'needs opentelemetry-sdk, which is not installed; run: pip install "cqrs-lab[tracing]"'
    assert done.stdout == f"cqrs_lab.tracing {install}\n"
