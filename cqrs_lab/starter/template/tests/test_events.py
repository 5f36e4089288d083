"""Every event has a name in the file, and the rules know what it changes."""

from datetime import datetime

import cqrs_lab as lab
from my_domain import events
from my_domain.rules import evolve, workshop

NOON = datetime(2026, 1, 5, 12)
# One of each kind, in an order in which they can happen. A new event gets its line here.
EACH = (
    events.WorkshopAnnounced("pottery", 1, NOON),
    events.PlaceTaken("pottery", "ada", NOON),
    events.PlaceGivenUp("pottery", "ada", NOON),
    events.PlaceTaken("pottery", "ben", NOON),
    events.PlacePaid("pottery", "ben", NOON),
    events.PlaceConfirmed("pottery", "ben", NOON),
)
KINDS = {one for one in vars(events).values() if isinstance(one, type) and one.__module__ == events.__name__}


def test_every_event_has_a_name_in_the_file():
    assert set(events.RECORDED_NAMES.values()) == KINDS


def test_the_rules_know_what_every_event_changes():
    assert {type(event) for event in EACH} == KINDS
    state = workshop.initial_state
    for event in EACH:
        changed = evolve(state, event)
        assert changed != state, f"{type(event).__name__} changes nothing"
        state = changed


def test_a_memory_store_takes_every_event():
    store = lab.MemoryEventStore()
    store.append("workshop-pottery", EACH, expected=lab.Expected.NO_STREAM)
    assert [recorded.event for recorded in store.read_all()] == list(EACH)
