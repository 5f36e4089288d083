"""The state of a stream is the fold of its events, in any steps, and the first event of each command is known."""

from __future__ import annotations

from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.write.loading import Loader, StreamState

listing = lab.Decider((), lambda command, state: [command], lambda state, event: (*state, event))


def a_log(commands):
    """Return recorded events, one per command id."""
    return [
        lab.RecordedEvent("a", lab.StreamVersion(at), lab.Position(3 * at), f"e{at}", 0.0, command)
        for at, command in enumerate(commands, 1)
    ]


@settings(max_examples=30)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 3)), max_size=6), st.data())
def test_extended_by_any_number_of_commits_at_a_time_it_is_the_state_after_all_of_them(commits, data):
    ids = [f"command {number}" if has_id else None for number, (has_id, _) in enumerate(commits)]
    commands = [one for one, (_, count) in zip(ids, commits, strict=True) for _ in range(count)]
    ends = [0, *accumulate(count for _, count in commits)]
    log, state = a_log(commands), StreamState(state=())
    places = sorted(data.draw(st.lists(st.sampled_from(ends), max_size=4)))
    for start, stop in zip([0, *places], [*places, len(log)], strict=True):
        state = state.extend(log[start:stop], listing.evolve)
    assert state.state == tuple(f"e{at}" for at in range(1, len(log) + 1))
    assert (state.version, state.position) == (len(log), 3 * len(log))
    assert state.last == (log[-1] if log else None)
    assert dict(state.handled) == {command: commands.index(command) for command in set(commands) - {None}}


def test_a_step_changes_nothing_that_was_there_before():
    before = StreamState(state=()).extend(a_log(["x"]), listing.evolve)
    kept = (before.state, dict(before.handled))
    after = before.extend(a_log(["x", "y"])[1:], listing.evolve)
    assert (before.state, dict(before.handled)) == kept and dict(after.handled) == {"x": 0, "y": 1}
    assert before.extend([], listing.evolve) is before


@pytest.mark.parametrize("initial", [[], {"lines": []}])
def test_each_stream_begins_with_a_state_of_its_own(initial):
    store, loader = lab.MemoryEventStore(), Loader(replace(listing, initial_state=initial))
    first, second = (loader.load(store, name).state for name in ("a", "b"))
    assert first == second == initial and first is not second and first is not initial


def test_a_loader_reads_the_stream_alone_and_once():
    class Counted(lab.MemoryEventStore):
        reads = 0

        def read_stream(self, *arguments, **more):
            self.reads += 1
            return super().read_stream(*arguments, **more)

    store = Counted()
    store.append("b", ["not this"], expected=0)
    store.append("a", ["e1", "e2"], expected=0, command_id="x")
    state = Loader(listing).load(store, "a")
    assert (state.state, state.version, state.position, dict(state.handled)) == (("e1", "e2"), 2, 3, {"x": 0})
    assert store.reads == 1
