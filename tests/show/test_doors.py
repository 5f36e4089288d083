"""No view answers nonsense with Python's own message: it draws what there is, or says in one sentence what to give."""

import math

import numpy as np
import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab import show
from cqrs_lab.shop import one_order, read, visits, write
from cqrs_lab.show.view import Control
from cqrs_lab.simulation import Domain, Fixed, LagModel, Poisson, simulate_lag, simulate_world
from cqrs_lab.simulation.faults import Story
from cqrs_lab.simulation.gap_rules import low_watermark

from .conftest import cups

NONSENSE = [
    None, 3, -1, 0, 2.5, math.nan, math.inf, True, "", "x", [], (), {}, [None], ["a"], [[]], [1, 2], {"a": None},
    {1: 2}, {"": 1}, {"a": 3}, object(), dict, lab.MemoryEventStore, read.BestSellers, lab.MemoryEventStore(),
    lambda: None, lambda *given, **named: None, pd.DataFrame(), np.array([]), pd.Series([1]),
]  # fmt: skip
OPERATIONS = ["session", "op", "key", "invoke", "ret", "version"]
ORDERS = (visits.order_one(1, "ada", "cup"), visits.order_one(2, "ada", "cup"))
DECIDER = lab.Decider(0, lambda command, state: [], lambda state, event: state)
RUN = simulate_lag(LagModel(Poisson(0.5), Fixed(1.0)), 500, 1)
TEA = Domain(write.register, visits.order_one, visits.UnitsOrdered, ("cup",))
WORLD = simulate_world(LagModel(Poisson(2.0), Fixed(0.3)), TEA, visits=3, think=Fixed(0.1))


def store(events=4):
    made = lab.MemoryEventStore(clock=lambda: 0.0)
    for number in range(events):
        made.append(f"lamp-{number}", ["on"], expected=0)
    return made


def one_shop():
    return show.Shop(lambda message: "done", lambda message: "seen", lambda: {"cups": 3})


def count(events):
    return {"events": len(events)}


def recorded_run():
    log = store()
    return show.RecordedRun(log, lab.CommandBus(log), lab.QueryBus(), [lab.Projector(log, read.BestSellers())])


def two_copies(utilisation):
    return LagModel(Poisson(utilisation), Fixed(1.0))


def draw(step):
    return show.Picture("<p>a picture</p>", f"step {step}", pd.DataFrame())


def shop_log():
    made = lab.MemoryEventStore(clock=lambda: 0.0)
    bus = lab.CommandBus(made)
    write.register(bus)
    bus.send(cups(2))
    return made


# Each view with arguments that are right, by name. A seed is the simulation's to check.
RIGHT = {
    show.RecordedRun: lambda: {
        "store": store(),
        "bus": lab.CommandBus(store()),
        "queries": lab.QueryBus(),
        "projectors": [lab.Projector(store(), read.BestSellers())],
        "person": "Ada",
    },
    show.page: lambda: {"answer": lab.Answer(12, 3, "fresh"), "person": "Ada", "nothing": "nothing here"},
    show.scene: lambda: {"run": recorded_run()},
    show.log_and_tables: lambda: {"store": store(), "projections": [read.BestSellers()]},
    show.cut_and_merge: lambda: {"projection": read.InventoryLevels(), "store": shop_log()},
    show.why_is_it: lambda: {
        "store": shop_log(),
        "projection": read.InventoryLevels(),
        "key": "cup",
        "column": "ordered",
    },
    show.time_machine: lambda: {
        "store": store(),
        "stream": "lamp-1",
        "decider": DECIDER,
        "projections": [read.BestSellers()],
    },
    show.duel: lambda: {
        "decider": DECIDER,
        "stream": "lamp-1",
        "history": ["on"],
        "commands": dict(zip(("Ada", "Ben"), ORDERS, strict=True)),
    },
    show.decision_table: lambda: {"decider": DECIDER, "histories": {"new": []}, "commands": {"order": ORDERS[0]}},
    show.two_doors: lambda: {"open_shop": one_shop, "messages": ["hello"]},
    show.queues: lambda: {"runs": {"one": RUN}},
    show.race: lambda: {"ways": {"one": count}, "store": store(), "counts": (1, 4)},
    show.copies: lambda: {
        "work": pd.DataFrame({"written": [0, 2], "first": [9, 1], "again": [9, 1]}, index=["log", "table"]),
        "whole_log": "log",
        "shared": "table",
        "orders_per_day": 5,
    },
    show.staircases: lambda: {"events": RUN.events, "first": 1, "count": 30, "replica": 0},
    show.tail: lambda: {"run": RUN},
    show.stale_read: lambda: {"run": RUN},
    show.hockey_stick: lambda: {"model_at": two_copies},
    show.lag_explorer: lambda: {"controls": ["poll"], "per": "minute", "rate": (1, 80), "handling": (1, 20, 5)},
    show.fronts: lambda: {"world": WORLD},
    show.lag_over_time: lambda: {"run": RUN, "between": (0, 100), "replica": 0},
    show.who_saw_what: lambda: {"trace": pd.DataFrame(columns=OPERATIONS), "names": ["monotonic_reads"]},
    show.skipped_event: lambda: {"ada": (3, 4), "ben": (12, 5), "rules": {"mine": low_watermark}},
    show.interleaving: lambda: {"order": ["Ada", "Ben", "the reader", "Ben", "Ada"], "rules": {"mine": low_watermark}},
    show.fault_plan: lambda: {
        "story": Story(write.register, ORDERS, visits.UnitsOrdered),
        "workers": dict(list(show.fault_plan.__defaults__[0].items())[:1]),
        "plan": [("nothing", 1), ("nothing", 2)],
    },
    show.rebuild_studio: lambda: {"store": shop_log(), "old": read.BestSellers, "new": read.BestSellers, "before": 1},
    show.process_lanes: lambda: {
        "play": one_order.see_through,
        "failures": one_order.FAILURES,
        "lanes": one_order.LANES,
        "columns": 12,
        "latest_cancel": 30,
        "most_commands": 10,
    },
    show.View: lambda: {"draw": draw, "controls": [Control("step", "Step", 0, 9, 3)]},
    show.Picture: lambda: {"html": "<p>", "says": "a picture", "frame": pd.DataFrame()},
}
RARELY = {show.hockey_stick: {"events": 300}, show.lag_explorer: {"events": 300}}
ARGUMENTS = [(view, name) for view, right in RIGHT.items() for name in right()]


@pytest.mark.parametrize("view", RIGHT, ids=lambda view: view.__name__)
def test_right_arguments_are_drawn(view):
    made = view(**RIGHT[view](), **RARELY.get(view, {}))
    assert repr(made)


@pytest.mark.parametrize(("view", "name"), ARGUMENTS, ids=[f"{view.__name__}-{name}" for view, name in ARGUMENTS])
def test_nonsense_is_drawn_or_refused_with_what_to_give(view, name):
    for given in NONSENSE:
        try:
            drawn = view(**RIGHT[view]() | {name: given}, **RARELY.get(view, {}))
        except lab.CqrsLabError as refusal:
            said = str(refusal)
            assert len(said) < 500 and "\n" not in said and any(word in said for word in NEXT_STEPS), said
        else:
            assert repr(drawn) is not None


NEXT_STEPS = ("give ", "let ", "write def", "there is ", "append ", "it lacks name, version")


# What is natural: there is nothing yet, and the picture says so.
def test_an_empty_log_is_a_picture():
    assert show.log_and_tables(store(0), []).says == "The log has 0 events. No projection reads it yet."
    assert show.log_and_tables(store(1), []).says == "The log has 1 event. No projection reads it yet."
    assert show.log_and_tables(store(0), [read.BestSellers()]).says == "best_sellers has read nothing yet."
    assert "nothing yet" in show.time_machine(store(0), "lamp-1", DECIDER).says
    assert "is at version 0" in show.time_machine(store(), "unknown", DECIDER).says
    assert show.who_saw_what(pd.DataFrame(columns=OPERATIONS)).says.startswith("No session has written or read")
    assert "Nobody has done anything yet" in show.duel(**RIGHT[show.duel]() | {"history": []}).says


# What is not: the sentence names what was given, what is wanted, and how to write it.
SAID = [
    (lambda: show.decision_table(DECIDER, {}, {}), r"histories=\{\} is not histories by name; give \{"),
    (lambda: show.decision_table(DECIDER, {"new": []}, {}), r"commands=\{\} is not commands by name; give \{"),
    (lambda: show.decision_table(lab.Decider, {"new": []}, {"a": 1}), "decider=the class Decider is not a decider"),
    (lambda: show.decision_table(DECIDER, {"new": "on"}, {"a": 1}), r"histories\['new'\]='on' is not a list of events"),
    (lambda: show.race({}, store()), r"ways=\{\} is not ways to fold by name; give"),
    (lambda: show.race({"a": count}, store(0), (1,)), "the log has 0 events; give counts up to that"),
    (lambda: show.race({"a": count}, store(), ()), r"counts=\(\) is not numbers of events; give"),
    (lambda: show.race({"a": count}, store(), (2, 2)), "counts=.* is not numbers of events; give different"),
    (lambda: show.race(dict.fromkeys("abcd", count), store(), (1,)), "ways has 4; give 3 at most"),
    (lambda: show.race({"a": len}, store(), (1,)), "'a', its result=1 is not what it counted; let it return a mapping"),
    (lambda: show.log_and_tables(store(), [read.BestSellers]), "BestSellers is a class; give an instance"),
    (lambda: show.log_and_tables(store(), [read.BestSellers()] * 2), "'best_sellers' twice; give each projection once"),
    (lambda: show.log_and_tables(lab.MemoryEventStore, []), "store=the class MemoryEventStore is not an event store"),
    (lambda: show.cut_and_merge(read.BestSellers, store()), "BestSellers is a class; give an instance"),
    (lambda: show.cut_and_merge(read.BestSellers(), store()), "nothing that best_sellers reads .*; append some"),
    (lambda: show.duel(DECIDER, "lamp-1", [], {"Ada": 1}), "is not two people and a command each; give"),
    (lambda: show.two_doors(one_shop, []), r"messages=\[\] is not a list of messages; give at least one"),
    (lambda: show.two_doors(lambda: {}, ["hello"]), r"open_shop\(\)=\{\} is not a shop; let it return Shop"),
    (lambda: show.staircases(RUN.events.head(0)), "no events of replica=0; there is none, since the run"),
    (lambda: show.staircases(RUN.events, replica=2), "no events of replica=2; there is 0"),
    (lambda: show.staircases(RUN.events.assign(committed_at=math.nan)), "has 'nan' under 'committed_at', in row 0"),
    (lambda: show.staircases(RUN.events.assign(committed_at="now")), "has 'now' under 'committed_at', in row"),
    (lambda: show.tail(RUN.events), "is not a run of the lag; give simulate_lag"),
    (lambda: show.hockey_stick(lambda: None), "is not a function of a utilisation; let model_at"),
    (lambda: show.hockey_stick(lambda busy: None), r"model_at\(0.05\)=None is not a model; let it return LagModel"),
    (lambda: show.lag_explorer("poll"), "controls='poll' is not a list of names; give some of rate"),
    (lambda: show.who_saw_what(RUN.events), "trace has no column 'session'; give the operations"),
    (lambda: show.who_saw_what(pd.DataFrame()), "trace has no column 'session'"),
    (lambda: show.skipped_event(ada=(0, 4)), r"ada=\(0, 4\)|ada=0 is not when it begins"),
    (lambda: show.skipped_event(ben=(3, 400)), r"ben=\(3, 400\) is not when it begins and how long it works; give two"),
    (lambda: show.skipped_event(rules={}), r"rules=\{\} is not rules by name; give \{'mine': rule\}"),
    (lambda: show.skipped_event(rules={"lock": low_watermark}), "rules has 'lock', which the view has already; give"),
    (lambda: show.skipped_event(rules={"mine": len}), r"rules\['mine'\]=.* is not a rule; write def rule\(commit"),
    (lambda: show.interleaving(rules={"mine": 2}), r"rules\['mine'\]=2 is not a rule; write def rule"),
    (lambda: show.interleaving(rules=dict.fromkeys("abcde", low_watermark)), "rules has 5 rules; give 4 at most"),
    (lambda: show.fault_plan(Story, plan=[]), "story=the class Story is not a story; give Story"),
    (lambda: show.fault_plan(Story(write.register, (), visits.UnitsOrdered)), "no commands"),
    (lambda: show.rebuild_studio(store(0), read.BestSellers, read.BestSellers), "the log has no events; append some"),
    (lambda: show.rebuild_studio(store(), read.BestSellers(), read.BestSellers, 1), "is not what makes a projection"),
    (lambda: show.rebuild_studio(store(), lambda: 3, read.BestSellers, 1), "3 is not a projection: it lacks name"),
    (lambda: show.process_lanes(one_order.see_through, [], one_order.LANES), r"failures=\[\] is not a list of what"),
    (lambda: show.process_lanes(lambda *given: None, ["no"], {"a": "b"}), r"play\(…\)=None is not a log and notes"),
    (lambda: show.View(draw, []), r"draw=.* is not a function that draws; write def draw\(\)"),
    (lambda: show.View(lambda step: "<p>", [Control("step", "Step", 0, 9, 3)]), r"draw\(…\)='<p>' is not a picture"),
    (lambda: show.View(draw, [Control("step", "Step", 0, 9, 12)]), "'step' begins at 12; give a value from 0 to 9"),
    (lambda: show.View(draw, [Control.among("step", "Step", [])]), "'step' begins at 0; give a value from 0 to -1"),
    (lambda: show.View(draw, [Control("step", "Step", 0, 9, 3)] * 2), "is not a list of controls; give"),
    (lambda: show.Picture("<p>", "says", [1]), r"frame=\[1\] is not numbers; give a DataFrame"),
]


@pytest.mark.parametrize(("wrong", "said"), SAID, ids=[said[:40] for _, said in SAID])
def test_the_sentence_says_what_was_given_and_what_to_write(wrong, said):
    with pytest.raises(lab.InvalidArgument, match=said):
        wrong()


@pytest.mark.parametrize("decided", [None, "Moved", [None], 3])
def test_a_decider_that_returns_no_list_of_events_is_named(decided):
    decider = lab.Decider(0, lambda command, state: decided, lambda state, event: state)
    with pytest.raises(lab.InvalidArgument, match=r"decide for .*: .*; return"):
        show.decision_table(decider, {"new": []}, {"order": ORDERS[0]})
    with pytest.raises(lab.InvalidArgument, match=r"decide for .*: .*; return"):
        show.duel(decider, "lamp-1", [], {"Ada": ORDERS[0], "Ben": ORDERS[1]})


@pytest.mark.parametrize("whole", [np.int64(5), np.uint8(5), 5])
def test_a_view_is_moved_by_whole_numbers_of_any_type(whole):
    view = show.View(draw, [Control("step", "Step", 0, 9, 3)])
    view.move(step=whole)
    assert view.says == "step 5" and type(view.values["step"]) is int
