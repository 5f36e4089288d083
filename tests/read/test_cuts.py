"""A cut has every event of the log once, and one that fails is shown with as few events as possible."""

from __future__ import annotations

from random import Random

from cqrs_lab.read.cuts import joined, smallest, ways_to_cut, with_gaps
from tests.read.planted_projections import a_mixed_log

LOG = a_mixed_log()


def test_every_cut_holds_every_event_once():
    for events in (LOG, LOG[:5], LOG[:1], []):
        ways = ways_to_cut(events, Random(2))
        for _ in range(14):
            how, parts = next(ways)
            assert joined(parts) == events, how


def test_a_copy_with_gaps_keeps_the_order_and_skips_positions():
    copied = with_gaps(LOG, Random(1))
    assert [one.event for one in copied] == [one.event for one in LOG]
    steps = [b.position - a.position for a, b in zip(copied, copied[1:], strict=False)]
    assert min(steps) >= 1 and max(steps) > 2**30


def test_the_smallest_cut_that_still_fails_is_found():
    wanted = {LOG[3], LOG[20]}
    parts = smallest([LOG[:10], [], LOG[10:]], lambda parts: wanted <= {one for part in parts for one in part})
    assert parts == [[LOG[3]], [LOG[20]]]
