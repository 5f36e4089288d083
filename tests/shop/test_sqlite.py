"""The shop on a log in a file: the same events and the same seven tables as in memory."""

from datetime import datetime

import cqrs_lab as lab
from cqrs_lab.log.wrappers.shredding import KeyRing, PersonalFields, ShreddingStore
from cqrs_lab.shop import read, workload, write
from cqrs_lab.shop.events import EVENTS, OrderPlaced


def trade(store):
    bus = lab.CommandBus(store)
    write.register(bus)
    for number, command in enumerate(workload.commands(seed=3, orders_per_day=15, products=10)):
        bus.send(command, command_id=f"command {number}")
    return store


def tables(store):
    found = {}
    for projection in read.projections():
        projector = lab.Projector(store, projection)
        projector.catch_up()
        found[projection.name] = projector.table.sort_index()
    return found


def test_a_day_of_trade_gives_the_same_log_and_the_same_tables(tmp_path):
    memory = trade(lab.MemoryEventStore(clock=lambda: 0.0))
    with lab.open_event_store(f"sqlite:///{tmp_path}/shop.db", events=EVENTS) as store:
        trade(store)

    def facts(log):
        return [(one.stream, one.version, one.position, one.event, one.command_id) for one in log.read_all()]

    with lab.open_event_store(f"sqlite:///{tmp_path}/shop.db", events=EVENTS) as again:
        assert facts(again) == facts(memory) and again.head() > 100
        ours, theirs = tables(again), tables(memory)
        assert ours.keys() == theirs.keys() and len(ours) == 7
        assert {name: lab.compare_tables(ours[name], theirs[name]).empty for name in ours} == dict.fromkeys(ours, True)
        trade(again)  # every command is known
        assert again.head() == memory.head()


def test_a_person_can_be_forgotten_on_disk(tmp_path):
    keys, personal = KeyRing(), {OrderPlaced: PersonalFields("customer_id", {"country": "(forgotten)"})}
    with lab.open_event_store(f"sqlite:///{tmp_path}/shop.db", events=EVENTS) as log:
        store = ShreddingStore(log, keys, personal)
        order = OrderPlaced("o-1", "c-1", "Finland", (), (), datetime(2026, 1, 5))
        store.append("order-o-1", [order], expected=0)
        assert [one.event for one in store.read_all()] == [order]
    assert b"Finland" not in b"".join(one.read_bytes() for one in tmp_path.iterdir())
    keys.forget("c-1")
    with lab.open_event_store(f"sqlite:///{tmp_path}/shop.db", events=EVENTS) as log:
        assert [one.event.country for one in ShreddingStore(log, keys, personal).read_all()] == ["(forgotten)"]
