"""Each story is told right, and each scene finds by itself what no other one is told for."""

from __future__ import annotations

import zlib

import pytest

import cqrs_lab as lab
from cqrs_lab.log.contract import stories
from cqrs_lab.log.contract.trial import FaultFound, Trial
from tests.log import planted_stores
from tests.log.planted_stores import ThirtyLines


def tell(make_store, story):
    trial = Trial(make_store())
    if callable(story):
        story(trial)
    else:
        for op in story:
            trial.append(op)
    return trial


@pytest.mark.parametrize("make_store", [lab.MemoryEventStore, ThirtyLines])
def test_a_right_store_passes_each_of_them(make_store):
    names = [told(*pair) for pair in stories.ALIKE for told in (stories.with_names, stories.with_ids)]
    for story in [*stories.APPENDS, *names, *stories.GLUED, stories.empty_store, *stories.SCENES]:
        assert tell(make_store, story).checks > 0


FINDS = {
    stories.empty_store: planted_stores.UnknownStreamIsAnError,
    stories.any_place: planted_stores.LimitIsIgnored,
    stories.side_by_side: planted_stores.OneCursorForAll,
    stories.as_recorded: planted_stores.KeepsTheListItWasGiven,
    stories.while_reading: planted_stores.ReadsBeyondTheCall,
    stories.following: planted_stores.AppearsLate,
}


@pytest.mark.parametrize("scene", FINDS, ids=lambda scene: scene.__name__)
def test_each_scene_finds_its_fault_by_itself(scene):
    with pytest.raises(FaultFound) as found:
        scene(Trial(FINDS[scene]()))
    assert found.value.fault.law == planted_stores.PLANTED[FINDS[scene]]


def test_every_scene_is_told_here():
    assert {*stories.SCENES, stories.empty_store} == FINDS.keys()


def test_names_that_are_alike_are_two_names_each():
    assert all(one != other for one, other in stories.ALIKE)
    assert ("plumless", "buckeroo") in stories.ALIKE and zlib.crc32(b"plumless") == zlib.crc32(b"buckeroo")


def test_what_is_glued_together_is_one_text():
    for between, (one, other) in zip(stories.SEPARATORS, stories.GLUED, strict=True):
        assert one.stream + between + one.command_id == other.stream + between + other.command_id
        assert (one.stream, one.command_id) != (other.stream, other.command_id)


def test_the_stories_hold_every_kind_of_append():
    told = [op for story in stories.APPENDS for op in story]
    assert {op.expected for op in told} >= {*lab.Expected, 0, 2, 99}
    assert {op.count for op in told} == {0, 1, 2, 3} and {op.within for op in told} == {list, tuple}
    assert any(op.command_id for op in told) and any(op.same for op in told)
