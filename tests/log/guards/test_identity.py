"""A class defined again is never passed by in silence: at every door the right answer, or one sentence that helps."""

import importlib
import re
import sys
import types
from dataclasses import dataclass

import pytest

import cqrs_lab as lab
from cqrs_lab.log.guards import identity
from cqrs_lab.log.wrappers.shredding import KeyRing, PersonalFields, ShreddingStore

CLASSES = """
from dataclasses import dataclass
from enum import Enum
import cqrs_lab as lab

@dataclass(frozen=True)
class Line:
    sku: str
    units: int

@dataclass(frozen=True)
class Moved:
    account: str
    cents: int
    lines: tuple[Line, ...] = ()

@dataclass(frozen=True)
class Named:
    account: str
    name: str

@dataclass(frozen=True)
class Move:
    account: str
    cents: int

@dataclass(frozen=True)
class HowMuch:
    account: str

@dataclass(frozen=True)
class Balance:
    cents: int = 0
"""
RULES = """
def decide(command, state):
    match command:
        case Move(account, cents):
            return [Moved(account, cents, (Line("tea", 1),))]
    return []

def evolve(state, event):
    match event:
        case Moved():
            return Balance(state.cents + event.cents)
    return state

account = lab.Decider(Balance(), decide, evolve)

class Totals:
    name, version, events = "totals", 1, (Moved,)
    schema = lab.Schema(index=["account"], columns={"cents": "int64"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(Moved).groupby("account")[["cents"]].sum())

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["cents"])

class Loop(Totals):
    def summarise(self, batch):
        found = {}
        for recorded in batch:
            match recorded.event:
                case Moved(account, cents):
                    found[account] = found.get(account, 0) + cents
        rows = {"account": list(found), "cents": list(found.values())}
        return self.schema.conform(lab.merge_rows.__globals__["pd"].DataFrame(rows))

def count(state, event):
    return state + 1 if isinstance(event, Moved) else state

process = lab.Process("count", 0, lambda event: event.account, count, lambda event, state: [])
"""
WORLD = """
log = lab.MemoryEventStore()
saved = lab.Snapshots(account, shape="balance 1", every=1)

def bus_of(store, **more):
    bus = lab.CommandBus(store, **more)
    bus.register(Move, account, stream=lambda command: "account-" + command.account)
    return bus

bus = bus_of(log, snapshots=[saved])
for command in [Move("ada", 1), Move("ada", 2), Move("bob", 4)]:
    bus.send(command)
old = Moved("ada", 8, (Line("tea", 1),))
sent, asked = Move("ada", 8), HowMuch("ada")
projector, loop = lab.Projector(log, Totals()), lab.Projector(log, Loop())
queries = lab.QueryBus()
queries.register(HowMuch, lambda query, table: int(table.cents[query.account]), reads=projector)
manager = lab.ProcessManager(log, bus, process)
"""
VARIANTS = {
    "the same fields": lambda source: source,
    "a field more": lambda source: source.replace("cents: int\n", "cents: int\n    note: str = ''\n"),
    "a field more without a default": lambda source: source.replace(
        "cents: int\n", "cents: int\n    note: str\n", 1
    ).replace("lines: tuple[Line, ...] = ()", "lines: tuple[Line, ...]"),
    "a field renamed": lambda source: source.replace("cents: int", "pence: int"),
    "the class gone": lambda source: source.replace("class Moved", "class Shifted").replace("class Move:", "class Go:"),
}
SAID = r"(was defined again|is no longer defined).*(run the cell|make the event again|make the command again)"


class Cells:
    """A notebook's namespace, or a module in a file: its cells can be run again."""

    def __init__(self, name, monkeypatch):
        self.module = types.ModuleType(name)
        monkeypatch.setitem(sys.modules, name, self.module)
        self.run(CLASSES + RULES + WORLD)

    def run(self, source):
        exec(compile(source, "a cell", "exec", dont_inherit=True), vars(self.module))

    def define_again(self, change):
        for name in ("Moved", "Move"):  # what a reload by hand does, and %autoreload; a cell leaves the old names there
            delattr(self.module, name)
        self.run(change(CLASSES))


@pytest.fixture(params=["__main__", "a_module_of_mine"])
def cells(request, monkeypatch):
    return Cells(request.param, monkeypatch)


@pytest.fixture(params=VARIANTS)
def again(request, cells):
    """Return the namespace after the cell of the classes was run again."""
    cells.define_again(VARIANTS[request.param])
    return cells.module


def new_event(ns):
    return (ns.Moved if hasattr(ns, "Moved") else ns.old.__class__)("ada", 1, ())


DOORS = {
    "append an old event": lambda ns: ns.log.append("x", [ns.old], expected=0),
    "send an old command": lambda ns: ns.bus.send(ns.sent).events[0].cents,
    "fold": lambda ns: ns.account.fold(one.event for one in ns.log.read_stream("account-ada")).cents,
    "load": lambda ns: lab.Snapshots(ns.account, shape="x").load(ns.log, "account-ada").state.cents,
    "given": lambda ns: lab.given(ns.account, [ns.old]).when(ns.sent).then([ns.old]),
    "frame": lambda ns: lab.EventBatch(list(ns.log.read_all())).frame(ns.Moved).cents.sum(),
    "holds": lambda ns: lab.EventBatch(list(ns.log.read_all())).holds([ns.Moved]),
    "frame of lines": lambda ns: len(lab.EventBatch(list(ns.log.read_all())).frame(ns.Moved, each="lines")),
    "check_projection": lambda ns: lab.check_projection(ns.Totals(), ns.log, cuts=1).ok or (),
    "projector": lambda ns: (ns.projector.catch_up(), ns.projector.table.cents.sum())[1],
    "a projection that loops": lambda ns: (ns.loop.catch_up(), ns.loop.table.cents.sum())[1],
    "rebuild": lambda ns: lab.rebuild(ns.projector, to=ns.Totals()).run().state,
    "ask": lambda ns: ns.queries.ask(ns.asked).value,
    "process manager": lambda ns: ns.manager.catch_up(),
    "a new process manager": lambda ns: lab.ProcessManager(ns.log, ns.bus, ns.process, position=3).state("ada"),
    "upcasters": lambda ns: list(lab.UpcastingStore(ns.log, {ns.Moved: lambda old: "moved"}).read_all())[0].event,
}
BEFORE = {
    "send an old command": 8,
    "fold": 3,
    "load": 3,
    "frame": 7,
    "holds": True,
    "frame of lines": 3,
    "projector": 7,
    "a projection that loops": 7,
    "rebuild": "swapped",
    "ask": 3,
    "process manager": 3,
    "a new process manager": 2,
    "upcasters": "moved",
}


def outcome(door, ns):
    """Return what a door says: its answer, or its sentence."""
    try:
        return DOORS[door](ns)
    except (lab.CqrsLabError, AssertionError) as said:
        return str(said)
    except AttributeError as missing:  # the test itself names a class that is gone
        assert "has no attribute 'Moved'" in str(missing) and "module" in str(missing)
        return "is no longer defined: run the cell"


@pytest.mark.parametrize("door", sorted(set(DOORS) - {"ask"}))
def test_each_door_says_that_the_class_was_defined_again_and_what_to_do(door, again):
    assert re.search(SAID, said := str(outcome(door, again))), said
    assert "\n" not in said


@pytest.mark.parametrize("door", BEFORE)
def test_before_that_each_door_answers(door, cells):
    cells.module.projector.catch_up()
    assert outcome(door, cells.module) == BEFORE[door]


def test_a_command_whose_class_alone_was_run_again_names_the_cell_that_registers_it(cells):
    cells.define_again(VARIANTS["the same fields"])
    with pytest.raises(lab.NotRegistered, match="Move was defined again.* run the cell that registers it"):
        cells.module.bus.send(cells.module.Move("ada", 1))
    with pytest.raises(lab.NotRegistered, match="HowMuch was defined again.* run the cell that registers it"):
        cells.module.queries.ask(cells.module.HowMuch("ada"))
    with pytest.raises(lab.NotRegistered, match="HowMuch was defined again"):
        cells.module.queries.ask(cells.module.asked)


def test_registering_again_after_the_cell_was_run_again_works_on_the_same_bus(cells):
    cells.define_again(VARIANTS["the same fields"])
    ns = cells.module
    ns.log = lab.MemoryEventStore()
    bus = ns.bus_of(ns.log)
    assert bus.send(ns.Move("ada", 3)).version == 1
    ns.queries.register(ns.HowMuch, lambda query, table: "new", reads=ns.projector)
    assert ns.queries.ask(ns.HowMuch("ada")).value == "new"
    with pytest.raises(lab.InvalidArgument, match="registered already"):
        bus.register(ns.Move, ns.account, stream=str)


def test_the_whole_notebook_run_again_answers_as_the_first_time(cells):
    cells.run(CLASSES + RULES + WORLD)
    ns = cells.module
    assert ns.projector.catch_up() == 3 and ns.projector.table.cents.to_dict() == {"ada": 3, "bob": 4}
    assert ns.queries.ask(ns.HowMuch("ada")).value == 3 and ns.manager.catch_up() == 3


def test_a_new_event_under_an_old_projection_is_not_passed_by(cells):
    ns = cells.module
    ns.projector.catch_up()
    cells.define_again(VARIANTS["the same fields"])
    ns.log.append("account-ada", [ns.Moved("ada", 8)], expected=lab.Expected.ANY)
    with pytest.raises(lab.ProjectionFailed, match="at position 4: .*Moved was defined again.* the code that reads it"):
        ns.projector.catch_up()
    assert ns.projector.status.state == "failed" and ns.projector.table.cents.sum() == 7


def test_a_saved_state_of_a_class_defined_again_is_dropped_and_read_from_the_events(cells):
    ns = cells.module
    plain = lab.Decider(ns.Balance(), lambda command, state: [], lambda state, event: ns.Balance(state.cents + event))
    kept = lab.Snapshots(plain, shape="balance 1", every=1)
    store = lab.MemoryEventStore()
    store.append("a", [1, 2], expected=0)
    assert kept.load(store, "a").state == ns.Balance(3)
    cells.define_again(VARIANTS["a field renamed"])
    fresh = lab.Decider(ns.Balance(), lambda command, state: [], lambda state, event: ns.Balance(state.pence + event))
    again = lab.Snapshots(fresh, shape="balance 1", every=1, kept=kept.kept)
    assert again.load(store, "a").state == ns.Balance(3)
    assert "Balance was defined again" in again.dropped["a"]


def test_a_process_whose_state_was_defined_again_says_so(cells):
    ns = cells.module
    process = lab.Process("p", ns.Balance(), lambda event: "one", lambda state, event: ns.Balance(state.cents + 1),
                          lambda event, state: [])  # fmt: skip
    store = lab.MemoryEventStore()
    manager = lab.ProcessManager(store, lab.CommandBus(store), process)
    store.append("a", ["x"], expected=0)
    manager.catch_up()
    cells.define_again(VARIANTS["the same fields"])
    store.append("a", ["y"], expected=1)
    with pytest.raises(lab.InvalidArgument, match="Balance was defined again.*make the worker again"):
        manager.catch_up()


@pytest.mark.parametrize("variant", [one for one in VARIANTS if one != "the class gone"])
def test_personal_fields_of_a_class_defined_again_are_never_recorded_in_the_clear(variant, cells):
    ns = cells.module
    keys, log = KeyRing(), lab.MemoryEventStore()
    store = ShreddingStore(log, keys, {ns.Named: PersonalFields("account", {"name": "(gone)"})})
    store.append("ada", [ns.Named("7", "Ada")], expected=0)
    before = ns.Named("7", "Ada Lovelace")
    cells.define_again(VARIANTS[variant])
    for event in (before, ns.Named("7", "Ada Lovelace")):
        with pytest.raises(lab.InvalidArgument, match="Named.* defined again"):
            store.append("ada", [event], expected=1)
    assert "Lovelace" not in str(list(log.read_all())) and log.head() == 1
    today = ShreddingStore(log, keys, {ns.Named: PersonalFields("account", {"name": "(gone)"})})
    with pytest.raises(lab.DefinedAgain, match="Named was defined again"):
        list(today.read_all())


def test_an_old_shape_is_upcast_by_the_class_it_was_recorded_with(cells):
    """The way out for who cannot run the cells again: the old class is at hand, so its events can be read."""
    ns = cells.module
    before = ns.Moved
    cells.define_again(VARIANTS["a field renamed"])
    today = lab.UpcastingStore(ns.log, {before: lambda old: ns.Moved(old.account, old.cents)})
    assert [one.event.pence for one in today.read_all()] == [1, 2, 4]
    assert lab.EventBatch(list(today.read_all())).frame(ns.Moved).pence.sum() == 7
    with pytest.raises(lab.InvalidArgument, match="give it a name of its own"):
        today.append("x", [ns.Moved("ada", 1)], expected=0)


def test_a_class_that_a_field_holds_counts_too(cells):
    ns = cells.module
    kept = ns.Moved
    cells.run("@dataclass(frozen=True)\nclass Line:\n    sku: str\n    units: int\n    note: str = ''\n")
    for use in (
        lambda: lab.EventBatch(list(ns.log.read_all())).frame(kept, each="lines"),
        lambda: ns.log.append("x", [kept("ada", 1, (ns.Line("tea", 1),))], expected=0),
        lambda: ns.bus.send(ns.Move("ada", 1)),
    ):
        with pytest.raises(lab.CqrsLabError, match=r"Line.* was defined again.* after (Moved|events)"):
            use()


def test_events_that_nobody_asked_for_stop_nobody(cells):
    ns = cells.module
    ns.log.append("named", [ns.Named("7", "Ada")], expected=0)
    cells.run("@dataclass(frozen=True)\nclass Named:\n    account: str\n")
    assert ns.projector.catch_up() == 4 and ns.projector.table.cents.sum() == 7
    assert ns.bus.send(ns.Move("ada", 8)).version == 3


def test_an_expected_event_of_the_class_as_it_was_is_not_printed_twice_the_same(cells):
    ns = cells.module
    expected = [ns.Moved("ada", 8, (ns.Line("tea", 1),))]
    lab.given(ns.account).when(ns.Move("ada", 8)).then(expected)
    when = lab.given(ns.account).when(ns.Move("ada", 8))
    cells.define_again(VARIANTS["the same fields"])
    with pytest.raises(lab.InvalidArgument, match="Moved was defined again.*make the event again"):
        when.then(expected)


def test_a_module_loaded_again_from_its_file_is_a_class_defined_again(tmp_path, monkeypatch):
    (tmp_path / "my_events_7.py").write_text(CLASSES + RULES + WORLD.replace("bus.send(command)", "pass"))
    monkeypatch.syspath_prepend(tmp_path)
    mine = importlib.import_module("my_events_7")
    log, projector = lab.MemoryEventStore(), None
    log.append("a", [mine.Moved("ada", 1)], expected=0)
    projector = lab.Projector(log, mine.Totals())
    importlib.reload(mine)
    with pytest.raises(lab.ProjectionFailed, match=r"its module my_events_7 was loaded again.*import Moved again"):
        projector.catch_up()
    with pytest.raises(lab.ProjectionFailed, match="was loaded again"):
        lab.Projector(log, mine.Totals()).catch_up()


def test_classes_of_one_name_in_two_modules_are_two_classes(monkeypatch):
    here, there = Cells("one_module", monkeypatch).module, Cells("other_module", monkeypatch).module
    log = lab.MemoryEventStore()
    log.append("a", [here.Moved("ada", 1), there.Moved("ada", 2)], expected=0)
    batch = lab.EventBatch(list(log.read_all()))
    assert [batch.frame(one.Moved).cents.tolist() for one in (here, there)] == [[1], [2]]
    bus = lab.CommandBus(log)
    for one in (here, there):
        bus.register(one.Move, one.account, stream=lambda command: "b")
    assert bus.send(here.Move("ada", 1)).version == 1 and bus.send(there.Move("ada", 2)).version == 2


def local_event():
    @dataclass(frozen=True)
    class Local:
        cents: int

    return Local


def test_classes_of_a_function_are_compared_by_what_is_at_hand():
    one, other = local_event(), local_event()
    for kind in (one, other):
        batch = lab.EventBatch([lab.RecordedEvent("a", 1, 1, kind(1), 0.0)])
        assert batch.frame(kind).cents.tolist() == [1]
    with pytest.raises(lab.DefinedAgain, match="two classes are called local_event.<locals>.Local"):
        batch.frame(one)
    both = lab.EventBatch([lab.RecordedEvent("a", n, n, kind(n), 0.0) for n, kind in enumerate((one, other), 1)])
    with pytest.raises(lab.DefinedAgain, match="two classes are called"):
        both.frame(one)


def test_plain_values_and_classes_of_the_library_are_never_taken_for_others():
    import datetime
    import decimal
    import enum
    import pathlib
    import uuid

    import numpy as np
    import pandas as pd

    kinds = [int, str, tuple, type(None), datetime.date, decimal.Decimal, enum.Enum, pathlib.Path, uuid.UUID]
    for kind in [*kinds, np.int64, np.bool_, pd.Timestamp, type(len), types.SimpleNamespace, lab.RecordedEvent]:
        assert identity.outdated(kind) is None, kind


def test_a_class_that_was_sent_to_a_worker_stands_for_its_name_there(monkeypatch):
    sent, own = (types.new_class("Sent", exec_body=lambda body: body.update(__module__="__main__")) for _ in range(2))
    monkeypatch.setattr(sys.modules["__main__"], "Sent", own, raising=False)
    identity.adopt([sent])
    assert identity.defined_now(sent) is own  # in the process of the notebook itself, it may have been defined again
    monkeypatch.setattr(identity, "parent_process", lambda: "the script that started this worker")
    identity.adopt([sent])
    assert identity.defined_now(sent) is sent
    identity.check_current(sent, position=1)
