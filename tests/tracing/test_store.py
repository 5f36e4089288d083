"""A traced store is the store it stands around, and notes in which span each commit was appended."""

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, TraceState

import cqrs_lab as lab
from cqrs_lab.log.wrappers.read_through import schema_version_of
from cqrs_lab.shop import read
from cqrs_lab.shop.events import EVENTS
from cqrs_lab.tracing import SpansInMemory, TracedProjector, TracedStore
from tests.log.planted_stores import ThirtyLines
from tests.tracing.conftest import see_through, traced_shop

GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_it_keeps_the_laws_of_the_log():
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("a test")
    report = lab.check_event_store(lambda: TracedStore(lab.MemoryEventStore(), tracer=tracer))
    assert report.ok, report
    assert "tried: subscribe, read_slice, caused_by and metadata, again of the receipt" in str(report)


def test_what_the_writer_noted_stays_and_a_trace_context_of_the_writer_is_linked_to():
    kept, beneath = SpansInMemory(), lab.MemoryEventStore()
    store = TracedStore(beneath, tracer=kept.tracer)
    store.append("a", ["x"], expected=0, metadata={"who": "ada"})
    other = NonRecordingSpan(SpanContext(1, 1, False, TraceFlags(1), TraceState([("vendor", "x")])))
    with trace.use_span(other):
        store.append("a", ["y"], expected=1, metadata={"traceparent": GIVEN})
    first, second = beneath.read_all()
    assert first.metadata["who"] == "ada" and set(first.metadata) == {"who", "traceparent"}
    assert dict(second.metadata) == {"traceparent": GIVEN}
    assert [[hex(link.context.span_id)[2:] for link in one.links] for one in kept.spans] == [[], [GIVEN[36:52]]]


def test_a_store_that_keeps_nothing_beside_its_events_is_traced_all_the_same():
    kept = SpansInMemory()
    TracedStore(ThirtyLines(), tracer=kept.tracer).append("a", ["x"], expected=0)
    assert [one.name for one in kept.spans] == ["append"]


def test_to_begin_tracing_makes_nothing_stale():
    today = lab.UpcastingStore(lab.MemoryEventStore(), {int: str})
    assert schema_version_of(TracedStore(today)) == schema_version_of(today)
    assert schema_version_of(TracedStore(lab.MemoryEventStore())) is None


def test_an_event_that_this_program_does_not_know_stops_no_projector_that_does_not_read_it(tmp_path):
    file = f"sqlite:///{tmp_path}/shop.db"
    with lab.open_event_store(file, events=EVENTS) as beneath:
        see_through(traced_shop(beneath))
    known = {name: kinds for name, kinds in EVENTS.items() if kinds in read.OrderHistory().events}
    with lab.open_event_store(file, events=known) as beneath:
        kept = SpansInMemory()
        projector = TracedProjector(TracedStore(beneath), read.OrderHistory(), tracer=kept.tracer)
        assert projector.catch_up() == beneath.head()
        assert len(kept.spans[0].links) > 2


def test_wrong_arguments_are_refused_as_without_it():
    for wrong in ({"events": [[]]}, {"expected": "x"}, {"metadata": "who"}, {"stream": ""}):
        given = {"stream": "a", "events": ["x"], "expected": 0} | wrong
        said = []
        for store in (lab.MemoryEventStore(), TracedStore(lab.MemoryEventStore())):
            with pytest.raises(lab.InvalidArgument) as refused:
                store.append(**given)
            said.append(str(refused.value))
        assert said[0] == said[1]
