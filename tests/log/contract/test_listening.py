"""Listeners are tried with one among them that raises: each commit is announced to the others, until they end it."""

from __future__ import annotations

import threading

import pytest

import cqrs_lab as lab
from cqrs_lab.log import contract
from cqrs_lab.log.contract import listening
from cqrs_lab.log.contract.trial import FaultFound, Trial
from tests.log import strange_stores
from tests.log.planted_stores import ThirtyLines

WRONG = [one for one, law in strange_stores.PLANTED.items() if law == contract.ANNOUNCED]


@pytest.mark.parametrize("make_store", WRONG, ids=lambda store: store.__name__)
def test_a_commit_that_is_not_announced_as_promised_is_found_by_this_story_alone(make_store, monkeypatch):
    monkeypatch.setattr(listening, "SOON_SECONDS", 0.05)  # these never call
    with pytest.raises(FaultFound) as found:
        listening.announcements(Trial(make_store()))
    assert found.value.fault.law == contract.ANNOUNCED


@pytest.mark.parametrize("make_store", [lab.MemoryEventStore, strange_stores.AnnouncesFromAnotherThread])
def test_a_store_that_announces_from_whichever_thread_passes_and_nothing_is_printed(make_store, capsys):
    before = threading.excepthook
    trial = Trial(make_store())
    listening.announcements(trial)
    assert trial.checks > 50 and threading.excepthook is before
    assert "a listener's error" not in capsys.readouterr().err


def test_a_store_that_announces_nothing_is_not_asked():
    trial = Trial(ThirtyLines())
    listening.announcements(trial)
    assert (trial.checks, trial.store.head()) == (0, 0)
