"""What a command's span says of how it went: no is an answer, and an error is one."""

import sys

import pytest
from opentelemetry.trace import StatusCode

import cqrs_lab as lab
from cqrs_lab.shop import one_order, write
from cqrs_lab.tracing import SpansInMemory, TracedCommandBus, TracedStore
from tests.tracing.conftest import place


class Lamp:
    """A lamp in whose stream somebody else is faster, this many times."""

    def __init__(self, overtaken, attempts=10):
        self.kept, self.beneath, self.left = SpansInMemory(), lab.MemoryEventStore(), overtaken
        tracer = self.kept.tracer
        self.bus = TracedCommandBus(TracedStore(self.beneath, tracer=tracer), attempts, tracer=tracer)
        decider = lab.Decider(0, self.decide, lambda count, event: count + 1)
        self.bus.register(str, decider, stream=lambda command: "lamp")

    def decide(self, command, count):
        if self.left:
            self.left -= 1
            self.beneath.append("lamp", ["switched"], expected=count)
        return [command]


def seen(kept):
    return [(one.name, one.attributes.get("cqrs_lab.outcome"), one.status.status_code.name) for one in kept.spans]


def test_a_conflict_that_is_decided_again_is_no_failure():
    lamp = Lamp(overtaken=2)
    assert lamp.bus.send("on").version == 3
    conflict, recorded = ("append", "conflict", "UNSET"), ("append", "recorded", "UNSET")
    assert seen(lamp.kept) == [conflict, conflict, recorded, ("send str", "recorded", "UNSET")]


def test_a_command_that_is_overtaken_every_time_has_failed():
    lamp = Lamp(overtaken=2, attempts=2)
    with pytest.raises(lab.ConcurrencyError):
        lamp.bus.send("on")
    *appends, send = lamp.kept.spans
    assert [one.status.status_code for one in appends] == [StatusCode.UNSET] * 2
    assert (send.status.status_code, send.status.description) == (StatusCode.ERROR, None)
    error = "cqrs_lab.errors.ConcurrencyError"
    assert send.attributes["error.type"] == error
    assert [(one.name, dict(one.attributes)) for one in send.events] == [("exception", {"exception.type": error})]


def test_an_interrupt_is_no_failure_of_what_it_interrupts():
    lamp, decider = Lamp(overtaken=0), lab.Decider(0, lambda command, state: sys.exit(), lambda state, event: state)
    lamp.bus.register(int, decider, stream=str)
    with pytest.raises(SystemExit):
        lamp.bus.send(7)
    assert seen(lamp.kept) == [("send int", None, "UNSET")]


def test_a_refused_command_is_an_answer_and_no_failure(shop):
    with pytest.raises(lab.CommandRejected) as refused:
        shop.bus.send(write.ShipOrder("7", one_order.NOON))
    (send,) = shop.kept.spans
    assert seen(shop.kept) == [("send ShipOrder", "rejected", "UNSET")] and list(send.events) == []
    assert refused.value.reason not in send.to_json()


def test_a_command_that_is_sent_twice_appends_once_and_its_second_span_says_so(shop):
    assert place(shop.bus) == place(shop.bus)
    assert [one.name for one in shop.kept.spans] == ["append", "send PlaceOrder", "send PlaceOrder"]
    _, first, second = shop.kept.spans
    assert [one.attributes.get("cqrs_lab.again") for one in (first, second)] == [None, True]
    assert first.attributes["cqrs_lab.position"] == second.attributes["cqrs_lab.position"] == 3


OUTSIDE = ["mail 5", "@", "order-7@0", "order-7@99", "a@123456789012345678901234", "order-7@1x"]


@pytest.mark.parametrize("outside", OUTSIDE)
def test_an_id_from_outside_leads_to_no_link_and_to_no_error(shop, outside):
    place(shop.bus, caused_by=outside)
    assert [len(one.links) for one in shop.kept.spans] == [0, 0]
    assert [one.caused_by for one in shop.beneath.read_stream("order-7")] == [outside]


def test_a_cause_from_before_anybody_traced_leads_to_no_link(shop):
    place(shop.bus, caused_by="stock-cup@1")
    assert [len(one.links) for one in shop.kept.spans] == [0, 0]
