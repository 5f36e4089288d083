"""Spans as a tree: each under its parent, and lines from what it links to."""

import re

import pytest
from opentelemetry.trace import Link

import cqrs_lab as lab
from cqrs_lab.show import trace_tree
from cqrs_lab.tracing import SpansInMemory


def a_morning():
    """Breakfast with tea and toast, and washing up, which links to both, in a trace of its own."""
    kept = SpansInMemory()
    with kept.tracer.start_as_current_span("breakfast"):
        used = []
        for name in ("tea", "toast <b>"):
            with kept.tracer.start_as_current_span(name) as span:
                used.append(Link(span.get_span_context()))
    with kept.tracer.start_as_current_span("wash up", links=used):
        pass
    return kept.spans


def test_each_span_stands_under_its_parent_and_says_what_it_links_to():
    frame = trace_tree(a_morning()).frame
    assert frame["name"].tolist() == ["breakfast", "tea", "toast <b>", "wash up"]
    assert frame["under"].tolist() == [0, 1, 1, 0] and frame["trace"].tolist() == [1, 1, 1, 2]
    assert frame["links"].tolist() == [(), (), (), (2, 3)] and (frame["milliseconds"] > 0).all()


def test_the_picture_is_described_draws_each_link_and_is_the_same_each_time():
    one, other = (trace_tree(a_morning()) for _ in range(2))
    assert one.html == other.html
    from_both = r'd="M [\d.]+ 50 H 944 M [\d.]+ 78 H 944 M 944 50 V 106" .*d="M 944 106 H [\d.]+" .*marker-end'
    assert re.search(from_both, one.html), "from tea and toast, in rows 2 and 3, to washing up"
    says = "4 spans in 2 traces; each stands under the one that led to it. wash up links to 2 spans."
    assert repr(one) == says and f'aria-label="{says}"' in one.html
    assert "<b>" not in one.html and "<td>2, 3</td>" in one.html


def test_a_span_whose_parent_is_not_there_stands_at_the_left_and_an_unknown_link_is_left_out():
    frame = trace_tree([one for one in a_morning() if one.name in ("toast <b>", "wash up")]).frame
    assert frame["under"].tolist() == [0, 0] and frame["links"].tolist() == [(), (1,)]


@pytest.mark.parametrize("wrong", [7, ["tea"], [SpansInMemory().tracer.start_span("not over yet")]])
def test_what_are_no_spans_that_have_ended_is_refused(wrong):
    with pytest.raises(lab.InvalidArgument, match="spans that have ended"):
        trace_tree(wrong)
