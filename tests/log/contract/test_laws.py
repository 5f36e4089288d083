"""Every law can be broken, and some planted store breaks it: a law that no store breaks proves nothing."""

from __future__ import annotations

from cqrs_lab.log.contract import laws
from tests.log import planted_stores, strange_stores

LAWS = {name: text for name, text in vars(laws).items() if name.isupper() and isinstance(text, str)}


def test_each_law_is_broken_by_a_store_that_is_planted():
    restarts = {laws.KEPT} if planted_stores.RESTARTS and strange_stores.RESTARTS else set()
    broken = {*planted_stores.PLANTED.values(), *strange_stores.PLANTED.values(), *restarts}
    assert broken == set(LAWS.values())


def test_no_two_laws_say_the_same():
    assert len(set(LAWS.values())) == len(LAWS)


def test_an_event_is_shown_as_it_can_be_typed():
    for event in (laws.Happened(3), laws.Happened(-1, "it's \n")):
        assert eval(repr(event), {"Happened": laws.Happened}) == event
    assert {"happened": laws.Happened} == laws.EVENTS
