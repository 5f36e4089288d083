"""One order, from end to end: its spans and links are those of its envelopes.

What is expected is read from the envelopes by hand: a `traceparent` is version, trace, span and flags, with dashes
between them.
"""

import re
from itertools import groupby

import pytest
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import SpanKind, StatusCode

import cqrs_lab as lab
from cqrs_lab.shop import one_order, read, write
from cqrs_lab.tracing import TracedProjector, TracedQueryBus
from tests.tracing.conftest import see_through, traced_shop

SENT_BY_HAND = {"click-1", "bank-1", "carrier-1"}


def noted(recorded):
    """Return (trace, span) as they stand beside an event."""
    version, trace, span, flags = recorded.metadata["traceparent"].split("-")
    assert version == "00" and int(flags, 16) & 1, "sampled; another bit says that the id is random"
    return int(trace, 16), int(span, 16)


def of(context):
    return (context.trace_id, context.span_id) if context else None


def links(span):
    return [of(one.context) for one in span.links]


def traced_commits(store):
    """Return the commits that were traced, each as a list of its events."""
    commits = [list(events) for _, events in groupby(store.read_all(), lambda one: (one.stream, one.command_id))]
    return [events for events in commits if "traceparent" in events[0].metadata]


def test_the_spans_of_an_order_are_those_of_its_commits_and_their_links_are_its_causes(shop):
    see_through(shop)
    commits = traced_commits(shop.beneath)
    sends = [one for one in shop.kept.spans if one.name.startswith("send ")]
    appends = [one for one in shop.kept.spans if one.name == "append"]
    assert len(commits) == len(sends) == len(appends) == 9 and len(shop.kept.spans) == 18
    by_id = {one.event_id: one for events in commits for one in events}
    for events, send, append in zip(commits, sends, appends, strict=True):
        last, caused_by = events[-1], events[0].caused_by
        assert [noted(one) for one in events] == [of(append.context)] * len(events)
        assert of(append.parent) == of(send.context) and links(append) == []
        assert send.attributes["cqrs_lab.position"] == append.attributes["cqrs_lab.position"] == last.position
        assert append.attributes["cqrs_lab.event_types"] == tuple(dict.fromkeys(type(o.event).__name__ for o in events))
        cause = noted(by_id[caused_by]) if caused_by else None
        assert links(send) == ([cause] if cause else []) and of(send.parent) == cause
        assert send.kind is (SpanKind.CONSUMER if cause else SpanKind.INTERNAL) and append.kind is SpanKind.PRODUCER
        assert (caused_by is None) == (last.command_id == "click-1")
    assert len({one.context.trace_id for one in shop.kept.spans}) == 1
    assert {one.status.status_code for one in shop.kept.spans} == {StatusCode.UNSET}


def test_a_catch_up_links_to_the_appends_of_what_its_projection_reads_and_begins_a_trace_of_its_own(shop):
    see_through(shop)
    projector = TracedProjector(shop.store, read.OrderHistory(), tracer=shop.tracer)
    queries = TracedQueryBus(tracer=shop.tracer)
    queries.register(read.OrdersOf, read.orders_of, reads=projector)
    head = projector.catch_up()
    projector.catch_up()
    queries.ask(read.OrdersOf("ada"), at_least=head)
    *_, caught_up, asked = shop.kept.spans
    handled = [one for events in traced_commits(shop.beneath) for one in events]
    handled = [one for one in handled if isinstance(one.event, read.OrderHistory().events)]
    assert links(caught_up) == [noted(one) for one in handled] and len(handled) > 2
    assert (caught_up.name, caught_up.kind, caught_up.parent) == ("catch_up order_history", SpanKind.CONSUMER, None)
    assert caught_up.attributes["messaging.batch.message_count"] == caught_up.attributes["cqrs_lab.position"] == head
    assert (asked.name, asked.attributes["cqrs_lab.freshness"], links(asked)) == ("ask OrdersOf", "fresh", [])
    assert len(shop.kept.spans) == 20, "a look at a log without news is no span"


def test_under_the_caller_s_span_a_command_stays_in_the_caller_s_trace_and_links_to_its_cause(shop):
    see_through(shop)
    cause = noted(next(shop.beneath.read_stream("parcel-7", after=1)))
    with shop.tracer.start_as_current_span("request") as request:
        shop.bus.send(write.ReceiveStock("cup", 1, one_order.NOON), caused_by="parcel-7@2")
    send = next(one for one in shop.kept.spans if one.name == "send ReceiveStock")
    assert of(send.parent) == of(request.get_span_context()) and links(send) == [cause]


def test_no_span_holds_a_name_an_id_or_what_an_event_says(shop):
    see_through(shop)
    projector = TracedProjector(shop.store, read.OrderHistory(), tracer=shop.tracer)
    queries = TracedQueryBus(tracer=shop.tracer)
    queries.register(read.OrdersOf, lambda query, table: 1 / 0 if len(table) else query, reads=projector)
    projector.catch_up()
    with pytest.raises(ZeroDivisionError):
        queries.ask(read.OrdersOf("ada"))
    everything = "".join(one.to_json() for one in shop.kept.spans)
    private = ["ada", "Ireland", "Tea cup", "order-7", "payment-7", "division", *SENT_BY_HAND, "fulfilment-"]
    # Ids are sixteen and more hexadecimal digits, among which any of "ada" may come.
    assert [word for word in private if re.search(rf"(?<![0-9a-z]){re.escape(word)}", everything)] == []
    assert "OrderPlaced" in everything and "ZeroDivisionError" in everything


def test_where_nothing_is_sampled_everything_is_recorded_as_before_but_for_the_context():
    plain, off = (traced_shop(lab.MemoryEventStore(clock=lambda: 0.0), one) for one in (None, ALWAYS_OFF))
    see_through(plain)
    see_through(off)

    def told(shop):
        rows = [(one.event_id, one.event, one.command_id, one.caused_by, one.metadata) for one in shop.store.read_all()]
        return [(*row, {name: text for name, text in why.items() if name != "traceparent"}) for *row, why in rows]

    assert told(plain) == told(off) and off.kept.spans == ()
    flags = [int(one.metadata["traceparent"][-2:], 16) for one in off.beneath.read_all(after=2)]
    assert flags and not any(one & 1 for one in flags), "who goes on with this trace leaves it out, too"
