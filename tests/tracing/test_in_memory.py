"""Spans that are kept in memory leave the program's random numbers alone."""

import random

from cqrs_lab.tracing import SpansInMemory


def test_ids_do_not_come_from_the_seed_of_the_program_and_take_nothing_from_it():
    kept, drawn = SpansInMemory(), []
    for _ in range(2):
        random.seed(7)
        kept.tracer.start_span("a command").end()
        drawn.append(random.random())
    one, other = (span.context for span in kept.spans)
    assert one.trace_id != other.trace_id and one.span_id != other.span_id
    assert drawn == [random.Random(7).random()] * 2
