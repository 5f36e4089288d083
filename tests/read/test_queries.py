"""Laws 8 and 9: a query changes nothing, and a token is a promise."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import pytest

import cqrs_lab as lab
from tests.read.test_projector import FailsOn, a_store
from tests.shop_of_tea import Line, Priced, Sold, TeaSales, a_log, expected_sales, recorded


@dataclass(frozen=True)
class UnitsOf:
    product: str


@dataclass(frozen=True)
class Both:
    pass


def units_of(query, table):
    return int(table.at[query.product, "units"])


def asked(projector):
    queries = lab.QueryBus()
    queries.register(UnitsOf, units_of, reads=projector)
    return queries


def test_an_answer_carries_value_position_and_freshness():
    projector = lab.Projector(a_store(), TeaSales())
    projector.catch_up()
    wanted = expected_sales(a_log())["mint"][0]
    assert asked(projector).ask(UnitsOf("mint")) == lab.Answer(wanted, 60, "fresh")
    assert asked(projector).ask(UnitsOf("mint"), at_least=60).freshness == "fresh"


def test_a_token_that_is_not_reached_gets_no_value_and_asking_does_not_catch_up():
    projector = lab.Projector(a_store(), TeaSales())
    projector.catch_up(limit=10)
    queries = asked(projector)
    assert queries.ask(UnitsOf("mint"), at_least=11) == lab.Answer(None, 10, "pending")
    assert queries.ask(UnitsOf("mint"), at_least=11, timeout_seconds=0.01) == lab.Answer(None, 10, "timeout")
    assert projector.position == 10


def test_an_answer_waits_for_the_position_asked_for():
    store = a_store([])
    with lab.Projector(store, TeaSales()) as projector:
        queries = asked(projector)
        for n in range(1, 30):
            receipt = store.append("tea", [Sold("ann", (Line("green", 1),))], expected=n - 1)
            answer = queries.ask(UnitsOf("green"), at_least=receipt.position, timeout_seconds=5)
            assert (answer.value, answer.freshness) == (n, "fresh")


def test_no_asker_among_many_threads_is_answered_from_before_its_own_command():
    store, broken = a_store([]), []
    with lab.Projector(store, TeaSales()) as projector:
        queries = asked(projector)

        def shop(name):
            for n in range(1, 20):
                receipt = store.append(name, [Sold(name, (Line(name, 1),))], expected=n - 1)
                answer = queries.ask(UnitsOf(name), at_least=receipt.position, timeout_seconds=10)
                if answer.value != n or answer.position < receipt.position:
                    broken.append(answer)

        shoppers = [threading.Thread(target=shop, args=(f"shopper-{k}",)) for k in range(4)]
        for shopper in shoppers:
            shopper.start()
        for shopper in shoppers:
            shopper.join()
    assert broken == []


def test_of_several_tables_the_answer_reflects_the_oldest():
    store = a_store()
    ahead, behind = lab.Projector(store, TeaSales()), lab.Projector(store, TeaSales())
    ahead.catch_up()
    behind.catch_up(limit=20)
    queries = lab.QueryBus()
    queries.register(Both, lambda query, one, other: (len(one), len(other)), reads=(ahead, behind))
    assert queries.ask(Both()).position == 20
    assert queries.ask(Both(), at_least=21) == lab.Answer(None, 20, "pending")
    behind.catch_up()
    assert queries.ask(Both(), at_least=21).freshness == "fresh"


def test_a_failed_projector_answers_from_its_last_good_position_and_says_failed():
    projector = lab.Projector(a_store(recorded(Sold("ann", (Line("tea", 2),)), Priced("tea", 13))), FailsOn(13))
    with pytest.raises(lab.ProjectionFailed):
        projector.catch_up()
    queries = asked(projector)
    assert queries.ask(UnitsOf("tea"), at_least=1) == lab.Answer(2, 1, "failed")
    assert queries.ask(UnitsOf("tea"), at_least=2, timeout_seconds=5) == lab.Answer(None, 1, "failed")


def test_a_handler_that_writes_into_its_table_changes_nothing():
    projector = lab.Projector(a_store(), TeaSales())
    projector.catch_up()

    def spoil(query, table):
        table["units"] = 0
        return "spoilt"

    queries = lab.QueryBus()
    queries.register(UnitsOf, spoil, reads=projector)
    queries.ask(UnitsOf("mint"))
    assert asked(projector).ask(UnitsOf("mint")).value == expected_sales(a_log())["mint"][0]


def test_an_unknown_query_lists_those_that_are_known_and_one_query_has_one_handler():
    queries = asked(lab.Projector(a_store(), TeaSales()))
    with pytest.raises(lab.NotRegistered, match="no handler for Both; registered queries: UnitsOf"):
        queries.ask(Both())
    with pytest.raises(lab.InvalidArgument, match="UnitsOf is registered already"):
        queries.register(UnitsOf, units_of, reads=())
