"""Any history of the shop: one log in memory and in SQLite, and the same seven tables from both, also in DuckDB.

A thousand of them, by hand: ``CQRS_LAB_HISTORIES=1000 pytest tests/shop/test_any_history.py``.
"""

import os
from random import Random

import pytest

import cqrs_lab as lab
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.duckdb import DuckDBTables
from cqrs_lab.shop import read, workload, write
from cqrs_lab.shop.events import EVENTS

HISTORIES = int(os.environ.get("CQRS_LAB_HISTORIES", "3"))


def facts(store):
    return [(one.stream, one.version, one.position, one.event, one.command_id) for one in store.read_all()]


def a_day(draw):
    """Draw a day of trade in which some commands come again, some come too early, and some come for a second time."""
    rates = {
        "orders_per_day": draw.randrange(1, 5),
        "products": draw.randrange(1, 6),
        "customers": draw.randrange(1, 6),
    }
    rates |= {"cancellation_rate": draw.random() / 2, "returns_rate": draw.random() / 2}
    numbered = [(f"command {n}", one) for n, one in enumerate(workload.commands(seed=draw.randrange(2**32), **rates))]
    for _ in range(len(numbered) // 5):
        numbered.insert(draw.randrange(len(numbered)), draw.choice(numbered))
        numbered.insert(draw.randrange(len(numbered)), (None, draw.choice(numbered)[1]))
    return numbered


def send(bus, command_id, command):
    try:
        return bus.send(command, **({} if command_id is None else {"command_id": command_id})).version
    except lab.CommandRejected as refused:
        return str(refused)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_memory_sqlite_and_duckdb_tell_the_same_of_any_history(seed, tmp_path):
    draw, memory = Random(seed), lab.MemoryEventStore(clock=lambda: 0.0)
    with lab.open_event_store(f"sqlite:///{tmp_path}/shop.db", events=EVENTS) as file:
        buses = [lab.CommandBus(store) for store in (memory, file)]
        for bus in buses:
            write.register(bus)
        projections = read.projections()
        kept = [DuckDBTables(tmp_path / "tables.duckdb", one.name, one.schema) for one in projections]
        seen = [
            [lab.Projector(memory, one) for one in projections],
            [lab.Projector(file, one) for one in projections],
            [lab.Projector(file, one, tables=tables) for one, tables in zip(projections, kept, strict=True)],
        ]
        commands = a_day(draw)
        for command_id, command in commands:
            first, second = (send(bus, command_id, command) for bus in buses)
            assert first == second
            if draw.random() < 0.03:
                draw.choice(draw.choice(seen)).catch_up(limit=draw.randrange(1, 60))
        assert facts(file) == facts(memory) and memory.head() > 0
        for projectors in seen:
            for projector in projectors:
                projector.catch_up()
        for projection, *projectors in zip(projections, *seen, strict=True):
            at_once = projection.summarise(EventBatch(list(memory.read_all())))
            assert [lab.compare_tables(at_once, one.table).empty for one in projectors] == [True] * 3, projection.name
        for tables in kept:
            tables.connection.close()
