"""No door answers a wrong argument with Python's own message: it takes it, or refuses it in one sentence."""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.log.wrappers.shredding import KeyRing, PersonalFields, ShreddingStore


@dataclass(frozen=True)
class Moved:
    who: str
    by: int


class Total:
    name, version, events = "total", 1, (Moved,)
    schema = lab.Schema(index=["who"], columns={"by": "int64"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(Moved).groupby("who")[["by"]].sum())

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["by"])


class Unequal:
    __hash__ = None

    def __eq__(self, other):
        raise RuntimeError("compared")


def a_store():
    store = lab.MemoryEventStore()
    store.append("a", [Moved("a", 1)], expected=0)
    return store


def a_bus():
    bus = lab.CommandBus(a_store())
    bus.register(Moved, DECIDER, stream=lambda command: "a")
    return bus


def a_manager(**rules):
    rules = {"instance": lambda event: "i", "react": lambda event, state: [], **rules}
    process = lab.Process("p", 0, evolve=lambda state, event: state, **rules)
    return lab.ProcessManager(a_store(), a_bus(), process)


def due(manager):
    manager.catch_up()
    return manager.due(5)


def a_projector(**options):
    return lab.Projector(a_store(), Total(), **options)


def given_back(method, value):
    projection = Total()
    setattr(projection, method, lambda *arguments: value)
    return lab.Projector(a_store(), projection).catch_up()


def personal(person="by", placeholders=None):
    fields = PersonalFields(person, {"who": "?"} if placeholders is None else placeholders)
    return ShreddingStore(a_store(), KeyRing(), {Moved: fields})


DECIDER = lab.Decider(0, lambda command, state: [command], lambda state, event: state)
BATCH = lab.EventBatch(list(a_store().read_all()))
TABLE = Total.schema.conform(pd.DataFrame({"who": ["a"], "by": [1]}))
WRONG = [
    None, "x", "", b"x", 0, -1, 1.5, float("nan"), True, np.int64(3), np.zeros(3), [], [1], {}, {"a": 1}, object(), int,
    Moved, Moved("a", 1), lambda: 1, iter("ab"), pd.DataFrame({"a": [1]}), pd.Series([1]), Unequal(), a_store(), pd.NaT,
    pd.NA, 10**30, lab.MemoryEventStore,
]  # fmt: skip
DOORS = {
    "append a stream": lambda one: a_store().append(one, ["x"], expected=lab.Expected.ANY),
    "append events": lambda one: a_store().append("a", one, expected=1),
    "append an event": lambda one: a_store().append("a", [one], expected=1),
    "append expected": lambda one: a_store().append("a", ["x"], expected=one),
    "append an id": lambda one: a_store().append("a", ["x"], expected=1, command_id=one),
    "a clock": lambda one: lab.MemoryEventStore(clock=lambda: one).append("a", ["x"], expected=0),
    "fold": lambda one: DECIDER.fold(one),
    "send": lambda one: a_bus().send(one),
    "send a field": lambda one: a_bus().send(Moved("a", one), command_id="c"),
    "given": lambda one: lab.given(DECIDER, one),
    "instance returns": lambda one: a_manager(instance=lambda event: one).catch_up(),
    "react returns": lambda one: a_manager(react=lambda event, state: one).catch_up(),
    "deadline returns": lambda one: due(a_manager(deadline=lambda state: one)),
    "due": lambda one: a_manager().due(one),
    "state": lambda one: a_manager().state(one),
    "a batch": lambda one: lab.EventBatch(one),
    "a batch of": lambda one: lab.EventBatch([one]).frame(Moved),
    "frame": lambda one: BATCH.frame(one),
    "frame each": lambda one: BATCH.frame(Moved, each=one),
    "after": lambda one: BATCH.after(one),
    "holds": lambda one: BATCH.holds(one),
    "merge a table": lambda one: lab.merge_rows(one, TABLE, add=["by"]),
    "merge rows": lambda one: lab.merge_rows(TABLE, one, add=["by"]),
    "merge add": lambda one: lab.merge_rows(TABLE, TABLE, add=one),
    "merge latest": lambda one: lab.merge_rows(TABLE, TABLE, latest=one),
    "merge latest columns": lambda one: lab.merge_rows(TABLE, TABLE, latest={"by": one}),
    "on_failure": lambda one: a_projector(on_failure=one),
    "a projector's clock": lambda one: a_projector(clock=lambda: one).status,
    "a model": lambda one: a_projector(model=one),
    "catch_up": lambda one: a_projector().catch_up(one),
    "apply": lambda one: a_projector().apply(one),
    "healthy": lambda one: a_projector().status.healthy(one),
    "retry_parked": lambda one: lab.retry_parked(one),
    "rebuild handlers": lambda one: lab.rebuild(a_projector(), to=Total(), handlers=one),
    "summarise returns": lambda one: given_back("summarise", one),
    "merge returns": lambda one: given_back("merge", one),
    "upcasters": lambda one: lab.UpcastingStore(a_store(), one),
    "an upcaster returns": lambda one: list(lab.UpcastingStore(a_store(), {Moved: lambda old: one}).read_all()),
    "append through upcasters": lambda one: lab.UpcastingStore(a_store(), {}).append("a", one, expected=1),
    "append personal events": lambda one: personal().append("a", one, expected=1),
    "forget": lambda one: KeyRing().forget(one),
    "a person's field": lambda one: personal(person=one),
    "placeholders": lambda one: personal(placeholders=one),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_wrong_argument_is_taken_or_refused_in_one_sentence(door):
    for one in WRONG:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                DOORS[door](one)
        except lab.CqrsLabError as refused:
            said = str(refused)
            assert "\n" not in said and 20 < len(said) < 700, said
            assert ";" in said or ":" in said, said  # what is wrong, and what to do
