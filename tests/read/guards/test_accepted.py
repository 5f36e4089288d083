"""A12: what has no meaning is refused at the door, in one sentence with what to give; NumPy's integers are integers."""

from __future__ import annotations

import time

import numpy as np
import pytest

import cqrs_lab as lab
from tests.read.test_interrupted import Came, Tally, Visits, a_projector, a_store, asked, by_hand, table_of


def declared(**attributes):
    return type("Declared", (Tally,), attributes)()


STORE = a_store()



class Nothing:
    pass


PROJECTORS = {
    "no store": (lambda: lab.Projector(None, Tally()), "store=None is not an event store; give one, such as Mem"),
    "a class of stores": (lambda: lab.Projector(lab.MemoryEventStore, Tally()), "store=the class Memory.* give one"),
    "the other way round": (lambda: lab.Projector(Tally(), STORE), "store=.*Tally.* is not an event store"),
    "a class": (lambda: lab.Projector(STORE, Tally), r"Tally is a class; give an instance: Tally\(\)"),
    "no projection": (lambda: lab.Projector(STORE, None), "None is not a projection: it lacks name, version"),
    "one that lacks": (lambda: lab.Projector(STORE, Nothing()), "lacks name, version, .*schema, summarise, merge"),
    "a text as type": (lambda: lab.Projector(STORE, declared(events=("Put",))), "events holds 'Put'.*give the class"),
    "one type": (lambda: lab.Projector(STORE, declared(events=Came)), r"give a tuple of .*: events = \(Came,\)"),
    "a list": (lambda: lab.Projector(STORE, declared(events=[Came])), "events=.*give a tuple of event types"),
    "an empty list": (lambda: lab.Projector(STORE, declared(events=[])), "give a tuple of event types"),
    "a type twice": (lambda: lab.Projector(STORE, declared(events=(Came, Came))), "each once"),
    "an event": (lambda: lab.Projector(STORE, declared(events=(Came("ada"),))), "events holds Came.*give the class"),
    "no name": (lambda: lab.Projector(STORE, declared(name="")), "name='' is not a name; give"),
    "a name that is none": (lambda: lab.Projector(STORE, declared(name=7)), "name=7 is not a name; give"),
    "a version as text": (lambda: lab.Projector(STORE, declared(version="1")), "version='1' is not a version; give"),
    "a version of 1.5": (lambda: lab.Projector(STORE, declared(version=1.5)), "version=1.5 is not a version; give"),
    "a version of True": (lambda: lab.Projector(STORE, declared(version=True)), "version=True is not a version; give"),
    "a dict for a schema": (lambda: lab.Projector(STORE, declared(schema={"n": int})), "give a cqrs_lab.Schema"),
    "a number to merge": (lambda: lab.Projector(STORE, declared(merge=3)), r"merge=3 is not a method; write def merge"),
    "a number to summarise": (lambda: lab.Projector(STORE, declared(summarise=3)), "summarise=3 is not a method"),
    "a policy": (lambda: lab.Projector(STORE, Tally(), on_failure=True), "'stop' and 'park'"),
    "a clock": (lambda: lab.Projector(STORE, Tally(), clock=3), "clock=3 is not a clock; give a function"),
    "a clock's value": (lambda: lab.Projector(STORE, Tally(), clock=time.time()), "is not a clock; give a function"),
    "a table as model": (lambda: lab.Projector(STORE, Tally(), model=Tally.schema.empty()), "not a read model; give"),
    "zero as model": (lambda: lab.Projector(STORE, Tally(), model=0), "model=0 is not a read model; give"),
    "a limit as text": (lambda: a_projector().catch_up(limit="3"), "limit='3' is not a number of events; give 0"),
    "a negative limit": (lambda: a_projector().catch_up(limit=-1), "limit=-1 is not a number of events; give 0"),
    "half an event": (lambda: a_projector().catch_up(limit=2.5), "limit=2.5 is not a number of events; give 0"),
    "a limit of True": (lambda: a_projector().catch_up(limit=True), "limit=True is not a number of events; give 0"),
    "a list of events": (lambda: a_projector().apply([Came("ada")]), "is not a batch of the log; give EventBatch"),
    "nothing to apply": (lambda: a_projector().apply(None), "batch=None is not a batch of the log; give EventBatch"),
    "a class to retry with": (lambda: lab.retry_parked(a_projector(), Tally), "Tally is a class; give an instance"),
    "text to retry with": (lambda: lab.retry_parked(a_projector(), "Tally"), "'Tally' is not a projection"),
    "waiting for text": (lambda: a_projector().wait_for("3", 1), "position='3' is not a position in the log; give"),
    "waiting in text": (lambda: a_projector().wait_for(3, "1"), "timeout_seconds='1' is not a time to wait; give"),
}

REBUILDS = {
    "of nothing": (lambda: lab.rebuild(None, to=Tally()), "projector=None is not a projector; give"),
    "of a store": (lambda: lab.rebuild(STORE, to=Tally()), "is not a projector; give"),
    "to a class": (lambda: lab.rebuild(a_projector(), to=Tally), "Tally is a class; give an instance"),
    "to nothing": (lambda: lab.rebuild(a_projector(), to=None), "None is not a projection"),
    "handlers in a list": (lambda: lab.rebuild(a_projector(), Tally(), handlers=[len]), "is not a mapping; give"),
    "a handler": (lambda: lab.rebuild(a_projector(), Tally(), handlers=len), "is not a mapping; give"),
    "handlers by name": (lambda: lab.rebuild(a_projector(), Tally(), handlers={"Visits": len}), "'Visits' is not a"),
    "no function": (lambda: lab.rebuild(a_projector(), Tally(), handlers={Visits: 3}), "handlers=3 is not a function"),
    "a model": (lambda: lab.rebuild(a_projector(), Tally(), model=a_projector()), "is not a read model; give"),
    "steps as text": (lambda: lab.rebuild(a_projector(), Tally(), step_events="8"), "give a whole number, 1 or more"),
}


def registered(query_type=Visits, handler=lambda query, table: 0, reads=None, none=False):
    lab.QueryBus().register(query_type, handler, reads=None if none else a_projector() if reads is None else reads)


def ask(**options):
    return asked(a_projector()).ask(Visits("ada"), **options)


QUERIES = {
    "a name": (lambda: registered("Visits"), "query_type='Visits' is not a class; give"),
    "a query": (lambda: registered(Visits("ada")), "query_type=.*Visits.* is not a class; give"),
    "no handler": (lambda: registered(handler=None), "handler=None is not a function .*write def visits"),
    "too few": (lambda: registered(handler=lambda query: 0), r"write def visits\(query, table\)"),
    "too many": (lambda: registered(handler=lambda query, one, other: 0), r"write def visits\(query, table\)"),
    "two tables": (
        lambda: registered(reads=(a_projector(), a_projector())),
        r"write def visits\(query, table_1, table_2\)",
    ),
    "no reads": (lambda: registered(reads=()), r"reads=\(\) is not what a query reads from; give a projector"),
    "None": (lambda: registered(none=True), "reads=None is not what a query reads from; give a projector"),
    "a store": (lambda: registered(reads=STORE), "is not what a query reads from; give a projector"),
    "a projection": (lambda: registered(reads=(Tally(),)), "is not what a query reads from; give a projector"),
    "a class": (lambda: registered(reads=lab.Projector), "is not what a query reads from; give a projector"),
    "a receipt": (lambda: ask(at_least=lab.Appended("a", 1, 1)), "give its position: at_least=receipt.position"),
    "a token as text": (lambda: ask(at_least="3"), "at_least='3' is not a position in the log; give"),
    "no token": (lambda: ask(at_least=None), "at_least=None is not a position in the log; give 0"),
    "a negative one": (lambda: ask(at_least=-1), "at_least=-1 is not a position in the log; give 0"),
    "time as text": (lambda: ask(timeout_seconds="1"), "timeout_seconds='1' is not a time to wait; give seconds"),
    "no time": (lambda: ask(timeout_seconds=None), "timeout_seconds=None is not a time to wait; give seconds"),
    "time backwards": (lambda: ask(timeout_seconds=-1), "timeout_seconds=-1 is not a time to wait; give seconds"),
    "no number": (lambda: ask(timeout_seconds=float("nan")), "timeout_seconds=nan is not a time to wait; give seconds"),
}

DOORS = {**PROJECTORS, **{f"rebuild: {key}": one for key, one in REBUILDS.items()}, **QUERIES}


@pytest.mark.parametrize("door", DOORS)
def test_what_has_no_meaning_is_refused_with_what_to_give(door):
    call, told = DOORS[door]
    with pytest.raises(lab.InvalidArgument, match=told) as caught:
        call()
    assert len(str(caught.value)) < 250 and "\n" not in str(caught.value)


@pytest.mark.parametrize("three", [3, np.int64(3), np.uint8(3)], ids=lambda three: type(three).__name__)
def test_integers_of_any_kind_are_taken(three):
    projector = lab.Projector(a_store(), declared(version=three))
    assert projector.catch_up(limit=three) == 3
    assert asked(projector).ask(Visits("ada"), at_least=three, timeout_seconds=np.float64(0.5)).value == 2
    lab.rebuild(projector, to=Tally(), step_events=three).run()
    assert table_of(projector) == by_hand(["ada", "ben", "ada", "cleo", "ben", "ada"])


def test_a_builtin_and_any_other_callable_may_answer():
    queries = lab.QueryBus()
    queries.register(Visits, lambda *everything: len(everything), reads=[a_projector()])
    queries.register(Came, max, reads=(a_projector(),))
    assert queries.ask(Visits("ada")).value == 2


def test_a_query_registered_again_says_what_to_do():
    queries = asked(a_projector())
    with pytest.raises(lab.InvalidArgument, match="Visits is registered already; .* make the QueryBus again"):
        queries.register(Visits, lambda query, table: 0, reads=a_projector())
