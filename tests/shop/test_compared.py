"""Both shops under one workload: the same answers, costs in one unit, and a price that is counted."""

from itertools import count

import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.shop.compared import PAGES, draw_orders, measure, open_opponents, price
from cqrs_lab.shop.compared.price import lines_of_code, pages_written
from cqrs_lab.simulation.choice import COSTS, Traffic, choose


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    with open_opponents(tmp_path_factory.mktemp("shops"), orders=30) as both:
        yield both


def steady(step=1.0):
    """Return a clock on which everything takes equally long."""
    ticks = count(1)
    return lambda: step * next(ticks)


@pytest.fixture(scope="module")
def measured(both):
    return measure(both, seeds=range(10), orders=1, reads=1, clock=steady(0.25))


def test_both_shops_give_the_same_answers_once_the_projectors_have_polled(measured):
    assert measured.answers["wrong"].to_list() == [0] * len(PAGES)
    assert measured.answers["asked"].to_list() == [10] * len(PAGES)


def test_before_that_each_answer_of_the_read_models_is_stale(measured):
    """Each page is asked for what the stretch has just changed."""
    assert (measured.answers["stale"] == measured.answers["asked"]).all()


def test_the_unit_is_an_order_of_the_crud_shop(measured):
    for costs in measured.costs.values():
        assert (costs["crud_write"] == 1).all() and list(costs.columns) and len(costs) == 10
        assert {"crud_read", "cqrs_read", "cqrs_write", "cqrs_poll"} <= set(costs.columns)
        assert (costs[["crud_read", "cqrs_write"]] == 1).all(axis=None), "on a clock on which all takes equally long"


def test_what_is_measured_can_be_chosen_from(measured):
    assert list(measured.costs) == list(PAGES)
    for costs in measured.costs.values():
        assert set(COSTS) == set(costs.columns)
        assert choose(costs, Traffic(0.9)).choice == "CRUD", "at equal speeds the further parts do not pay"


def test_a_clock_that_stands_still_is_refused(both):
    with pytest.raises(InvalidArgument, match="the clock stood still for 'crud_write'"):
        measure(both, seeds=[77], orders=1, reads=1, clock=lambda: 5.0)


def test_a_rule_of_the_rows_leaves_no_lock_behind(both, measured):
    assert not both.rows.shop.connection.in_transaction


def test_another_seed_brings_other_orders_and_the_same_seed_the_same():
    one, again, other = (list(draw_orders(20, seed)) for seed in (1, 1, 2))
    assert one == again != other and len({order.order_id for order in [*one, *other]}) == 40


def test_the_price_is_counted(both, measured):
    paid = price(both, placed=4)
    assert list(paid.columns) == ["CRUD", "CQRS"]
    assert paid.at["waits for the disk per order", "CRUD"] == 1 < paid.at["waits for the disk per order", "CQRS"] <= 5
    assert (paid.loc["pages written per order"] > 1).all()
    for more in ("bytes in files", "bytes in read models", "parts to run", "lines of code"):
        assert paid.at[more, "CQRS"] > paid.at[more, "CRUD"], more


def test_lines_of_code_are_neither_blank_nor_comments_nor_docstrings(tmp_path):
    file = tmp_path / "some.py"
    file.write_text('"""Docstring."""\n\n# comment\ndef f():\n    """Two\n    lines."""\n    return """a\n    b"""\n')
    assert lines_of_code(file) == 3


def test_nothing_written_is_no_page(both):
    assert pages_written(both.rows.path, lambda: None) == 0


def test_both_shops_refuse_no_orders(tmp_path):
    with pytest.raises(InvalidArgument, match="orders=0 is not a number of orders"):
        open_opponents(tmp_path, orders=0)
