"""Which partition an event goes to, and what share of the events that makes."""

import subprocess
import sys

import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.shop import rush
from cqrs_lab.simulation import Exponential, LagModel, Poisson
from cqrs_lab.simulation.partitioning import by_order, by_product, shares

EVENING = [(one.event.product_id, one.event.order_id) for one in rush.evening().read_all()]


@pytest.mark.parametrize("partitions", [1, 4, 7, 12])
def test_a_share_is_what_counting_one_by_one_gives(partitions):
    counts = [0] * partitions
    for product, order in EVENING:
        counts[by_product(product, order, partitions)] += 1
    assert shares(EVENING, by_product, partitions) == tuple(one / len(EVENING) for one in counts if one)


def test_a_model_takes_the_shares_also_where_a_partition_gets_nothing():
    eight = shares(EVENING, by_product, 8)
    assert len(eight) == 7 and LagModel(Poisson(1), Exponential(1), partitions=eight).shares == eight


def test_a_product_stays_together_and_an_order_does():
    for partitions in (4, 12):
        assert len({by_product("cup", order, partitions) for _, order in EVENING}) == 1
        assert {by_order(product, "1001", partitions) for product, _ in EVENING} == {by_order("", "1001", partitions)}
        assert len({by_order("cup", order, partitions) for _, order in EVENING}) == partitions


def test_another_process_picks_the_same_partitions():
    code = "from cqrs_lab.simulation.partitioning import *; print(by_product('cup', '7', 12), by_order('cup', '7', 12))"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.split() == [str(pick("cup", "7", 12)) for pick in (by_product, by_order)]


def test_without_events_or_partitions_there_is_no_share():
    with pytest.raises(InvalidArgument, match="give at least one"):
        shares([], by_product, 4)
    with pytest.raises(InvalidArgument, match="give 1 or more"):
        shares(EVENING, by_product, 0)
