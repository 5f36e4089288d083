"""Every place where the kit writes is one where a plan can let it die: a harness that sees no writes proves nothing."""

from cqrs_lab.simulation.faults import KitRebuilder, simulate_faults, simulate_rebuild
from cqrs_lab.simulation.faults.ways import WORKERS
from tests.simulation import faulty_rebuilds as rebuilds
from tests.simulation.test_faults import STORY


def both_sides(*steps):
    return {f"{side} {step}" for step in steps for side in ("before", "after")}


def test_a_projector_is_seen_each_time_it_saves():
    run = simulate_faults(STORY, [], WORKERS["the kit's projector"])
    assert set(run.visits) == both_sides("summarise", "merge", "save")
    assert 1 < run.visits["before summarise"] <= run.visits["before save"]  # a batch that holds nothing is saved, too


def test_a_rebuild_is_seen_each_time_it_saves_and_when_it_swaps():
    run = simulate_rebuild(rebuilds.STORY, [], KitRebuilder)
    assert set(run.visits) == both_sides("summarise", "merge", "save", "save the new version", "swap")
    saved = run.visits["before save"] + run.visits["before save the new version"]
    assert run.visits["before swap"] == 1 < run.visits["before save the new version"] < saved
