"""Drawn days of trade: accepted by the shop, the same for a seed, like trade, and law 12 against a plain count."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf, nan, sqrt

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import read, workload, write
from cqrs_lab.shop.write import (
    AddToCart,
    CancelOrder,
    ChangeCartQuantity,
    ChangeItemStatus,
    CheckOut,
    DeliverOrder,
    ListProduct,
    PayOrder,
    PlaceOrder,
    ReceiveStock,
    RemoveFromCart,
    ReturnItems,
    ShipOrder,
)

START = datetime(2026, 1, 5)
SIGMAS = 5
"""Five standard errors: a right share falls outside in fewer than one of a million seeds."""


def of_type(commands, *types):
    return [command for command in commands if isinstance(command, types)]


def without(commands, *types):
    return [command for command in commands if not isinstance(command, types)]


def orders(commands):
    """Give each order's commands after it was placed, by order id."""
    found = {command.order_id: [] for command in of_type(commands, PlaceOrder)}
    for command in without(of_type(commands, *write.OrderCommand.__args__), PlaceOrder):
        found[command.order_id].append(command)
    return found


def of_order(commands, kind):
    return {command.order_id for command in of_type(commands, kind)}


def is_near(count, trials, share):
    """Tell whether a count of hits is within `SIGMAS` standard errors of what a share promises."""
    return abs(count - trials * share) <= SIGMAS * sqrt(trials * share * (1 - share))


def zipf_head(count, head, exponent):
    """Give the share of the first `head` of `count` ranks."""
    weights = [rank**-exponent for rank in range(1, count + 1)]
    return sum(weights[:head]) / sum(weights)


@pytest.fixture(scope="module")
def week():
    return workload.commands(seed=3, orders_per_day=600, days=7, cancellation_rate=0.08, returns_rate=0.15)


# --- accepted ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"cancellation_rate": 1.0},
        {"cancellation_rate": 0.0, "returns_rate": 1.0},
        {"cancellation_rate": 0.5, "returns_rate": 0.5, "days": 3},
        {"products": 1, "customers": 1},
        {"products": 250, "customers": 3},
        {"start": datetime(2024, 2, 28, 17, 30, 0, 250)},
    ],
    ids=str,
)
def test_the_deciders_accept_every_command_and_each_records_one_event(seed, options):
    bus = lab.CommandBus(lab.MemoryEventStore())
    write.register(bus)
    for command in workload.commands(seed, **options):
        assert len(bus.send(command).events) == 1, command


def test_commands_are_in_order_of_time_and_customers_come_on_the_days_asked_for(week):
    times = [command.at for command in week]
    assert times == sorted(times) and times[0] == START
    arrivals = list({command.cart_id: command.at for command in reversed(of_type(week, AddToCart))}.values())
    assert {at.date() for at in arrivals} == {(START + timedelta(days=day)).date() for day in range(7)}
    assert of_type(week, ReturnItems)[-1].at > START + timedelta(days=7), "returns follow later"


def test_a_day_has_every_kind_of_command_that_customers_and_the_parcel_desk_send(week):
    assert {type(command) for command in week} == {
        ListProduct,
        ReceiveStock,
        AddToCart,
        ChangeCartQuantity,
        RemoveFromCart,
        CheckOut,
        PlaceOrder,
        PayOrder,
        ShipOrder,
        DeliverOrder,
        ChangeItemStatus,
        CancelOrder,
        ReturnItems,
    }


@pytest.mark.parametrize("packed_after_seconds", [0, 3600])
@pytest.mark.parametrize("share", [0.0, 1.0 - 2**-53])
@pytest.mark.parametrize("cancelled", [True, False])
def test_the_deciders_accept_a_visit_whose_moments_coincide(packed_after_seconds, share, cancelled):
    bus = lab.CommandBus(lab.MemoryEventStore())
    write.register(bus)
    catalogue = workload.Catalogue((ListProduct("tea", "Green tea", 2500, START),), [1.0])
    visit = workload.Visit("1", "c1", "Ireland", START)
    fate = workload.Fate(False, 0, packed_after_seconds, 0, True, share, cancelled, share, True, 0, share, share)
    story = visit.commands(workload.Dice.from_seed(1).baskets, catalogue, fate)
    for command in sorted(story, key=lambda command: command.at):
        assert len(bus.send(command).events) == 1, command
    assert isinstance(story[-1], CancelOrder if cancelled else ReturnItems)


# --- law 10: the same for a seed --------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_commands_and_another_seed_others():
    first = workload.commands(seed=5, days=2)
    assert workload.commands(seed=5, days=2) == first
    assert not set(of_type(workload.commands(seed=6, days=2), PlaceOrder)) & set(of_type(first, PlaceOrder))


def test_another_returns_rate_changes_the_returns_alone_and_a_higher_one_keeps_those_of_a_lower():
    none, few, many, all_ = (workload.commands(seed=5, returns_rate=rate) for rate in (0, 0.05, 0.4, 1))
    for one in (few, many, all_):
        assert without(one, ReturnItems) == none
    few_returns, many_returns, all_returns = (set(of_type(one, ReturnItems)) for one in (few, many, all_))
    assert few_returns < many_returns < all_returns


def test_another_cancellation_rate_changes_only_what_follows_a_cancellation():
    rates = (0, 0.05, 0.4, 1)
    days = [workload.commands(seed=5, returns_rate=0.3, cancellation_rate=rate) for rate in rates]
    after = (PayOrder, ShipOrder, DeliverOrder, ChangeItemStatus, CancelOrder, ReturnItems)
    uncancelled = orders(days[0])
    for fewer, day in zip(days, days[1:], strict=False):
        assert without(day, *after) == without(days[0], *after), "catalogue, stock, carts and orders are the same"
        assert set(of_type(fewer, CancelOrder)) < set(of_type(day, CancelOrder))
        for order_id, found in orders(day).items():
            if order_id in of_order(day, CancelOrder):
                *before, cancelled = found
                assert before == [command for command in uncancelled[order_id] if command.at < cancelled.at]
            else:
                assert found == uncancelled[order_id]


def test_other_customers_put_the_same_into_the_carts_at_the_same_time():
    few, many = (workload.commands(seed=5, customers=count, days=2) for count in (3, 900))
    assert len({command.customer_id for command in of_type(many, PlaceOrder)}) > 100

    def unsigned(command):
        blank = {name: "" for name in ("customer_id", "country") if hasattr(command, name)}
        return replace(command, **blank)

    assert [unsigned(command) for command in few] == [unsigned(command) for command in many]


def test_another_number_of_orders_leaves_the_catalogue_as_it_is():
    few, many = (workload.commands(seed=5, orders_per_day=rate) for rate in (10, 300))
    assert of_type(few, ListProduct) == of_type(many, ListProduct)


# --- like trade -------------------------------------------------------------------------------------------


def test_there_are_as_many_orders_as_asked_for(week):
    wanted = 600 * 7  # a Poisson number: its variance is its mean
    assert abs(len(of_type(week, PlaceOrder)) - wanted) <= SIGMAS * sqrt(wanted)
    carts = {command.cart_id for command in of_type(week, AddToCart)}
    assert is_near(len(of_type(week, CheckOut)), len(carts), 1 - workload.ABANDONED_CARTS)


def test_visits_follow_the_rhythm_of_the_day(week):
    arrivals = {command.cart_id: command.at for command in reversed(of_type(week, AddToCart))}
    by_hour, weights = Counter(at.hour for at in arrivals.values()), workload.VISITS_BY_HOUR
    for hour, weight in enumerate(weights):
        assert is_near(by_hour[hour], len(arrivals), weight / sum(weights)), hour
    assert max(by_hour[hour] for hour in range(1, 6)) < min(by_hour[hour] for hour in range(8, 22))


def test_a_tenth_of_the_products_is_in_half_of_the_carts(week):
    added = Counter(command.product_id for command in of_type(week, AddToCart))
    top, total, share = sum(count for _, count in added.most_common(8)), added.total(), zipf_head(80, 8, exponent=1.0)
    assert share > 5 * 0.1 and (top > total * share or is_near(top, total, share))


def test_customers_come_back_and_some_come_often():
    day = workload.commands(seed=3, orders_per_day=1000, customers=500)
    came = Counter(command.customer_id for command in of_type(day, PlaceOrder))
    assert sum(count > 1 for count in came.values()) > len(came) / 2
    top, total, share = sum(count for _, count in came.most_common(50)), came.total(), zipf_head(500, 50, exponent=0.6)
    assert share > 3 * 0.1 and (top > total * share or is_near(top, total, share))


def test_a_customer_lives_in_one_country(week):
    home = {command.customer_id: command.country for command in of_type(week, PlaceOrder)}
    assert all(home[command.customer_id] == command.country for command in of_type(week, PlaceOrder))
    british = sum(country == "United Kingdom" for country in home.values())
    assert is_near(british, len(home), workload.COUNTRIES["United Kingdom"])


def test_returns_and_cancellations_are_near_their_rates(week):
    placed, cancelled = of_order(week, PlaceOrder), of_order(week, CancelOrder)
    delivered, returned = of_order(week, DeliverOrder), of_order(week, ReturnItems)
    assert placed - cancelled == delivered and returned <= delivered
    assert is_near(len(cancelled), len(placed), 0.08)
    assert is_near(len(returned), len(delivered), 0.15)


def test_an_order_is_what_its_cart_held_at_the_price_listed_and_comes_after_it(week):
    carts = defaultdict(dict)
    prices = {command.product_id: command.price_mills for command in of_type(week, ListProduct)}
    names = {command.product_id: command.name for command in of_type(week, ListProduct)}
    owners = {}
    for command in week:
        if isinstance(command, (AddToCart, ChangeCartQuantity, RemoveFromCart)):
            fill(carts[command.cart_id], command)
        if isinstance(command, AddToCart):
            assert command.unit_price_mills == prices[command.product_id]
            owners[command.cart_id] = command.customer_id
        if isinstance(command, PlaceOrder):
            cart_id = command.order_id.replace("o", "k")
            lines = {line.product_id: (line.quantity, line.unit_price_mills) for line in command.lines}
            assert list(lines.items()) == [(one, (units, prices[one])) for one, units in carts[cart_id].items()]
            assert command.customer_id == owners[cart_id]
            assert all(line.description == names[line.product_id] for line in command.lines)


def test_a_large_order_pays_no_postage(week):
    for order in of_type(week, PlaceOrder):
        goods_mills = sum(line.quantity * line.unit_price_mills for line in order.lines)
        postage_mills = sum(charge.quantity * charge.unit_price_mills for charge in order.charges)
        assert postage_mills == (0 if goods_mills >= 50_000 else 3_950)


def fill(cart, command):
    """Do by hand, to a dict of units by product, what a command asks of a cart."""
    product_id = command.product_id
    if isinstance(command, AddToCart):
        cart[product_id] = cart.get(product_id, 0) + command.quantity
    elif isinstance(command, ChangeCartQuantity):
        cart[product_id] = command.quantity
    else:
        del cart[product_id]


# --- edges ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{"orders_per_day": 0}, {"days": 0}], ids=str)
def test_without_customers_the_shop_only_opens(options):
    opened = workload.commands(seed=1, **options)
    assert Counter(map(type, opened)) == {ListProduct: 80, ReceiveStock: 80}
    assert {command.at for command in opened} == {START}


def test_one_product_and_one_customer_are_enough():
    day = workload.commands(seed=1, products=1, customers=1)
    placed = of_type(day, PlaceOrder)
    assert {line.product_id for order in placed for line in order.lines} == {"p00"}
    assert {(len(order.lines), order.customer_id) for order in placed} == {(1, "c000")}


def test_at_rate_0_nothing_is_cancelled_or_returned_and_at_rate_1_everything():
    never = workload.commands(seed=1, cancellation_rate=0, returns_rate=0)
    assert of_type(never, CancelOrder, ReturnItems) == []
    assert of_order(never, DeliverOrder) == of_order(never, PlaceOrder)
    returned = workload.commands(seed=1, cancellation_rate=0, returns_rate=1)
    assert of_order(returned, ReturnItems) == of_order(returned, PlaceOrder)
    cancelled = workload.commands(seed=1, cancellation_rate=1, returns_rate=1)
    assert of_order(cancelled, CancelOrder) == of_order(cancelled, PlaceOrder)
    assert of_type(cancelled, ShipOrder, DeliverOrder, ReturnItems) == []


def test_every_product_has_an_id_and_a_name_of_its_own():
    offers = of_type(workload.commands(seed=1, products=250, days=0), ListProduct)
    assert len({offer.product_id for offer in offers}) == len({offer.name for offer in offers}) == 250


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": -1}, "seed=-1: give a whole number, 0 or more"),
        ({"orders_per_day": -1}, "orders_per_day=-1: give a number, 0 or more"),
        ({"orders_per_day": nan}, "orders_per_day=nan: give a number, 0 or more"),
        ({"orders_per_day": inf}, "orders_per_day=inf: give a number, 0 or more"),
        ({"days": -1}, "days=-1: give a whole number, 0 or more"),
        ({"start": datetime(2026, 1, 5, tzinfo=UTC)}, "give a time without a zone"),
        ({"products": 0}, "products=0: give a whole number, 1 or more"),
        ({"customers": 0}, "customers=0: give a whole number, 1 or more"),
        ({"cancellation_rate": -0.01}, "cancellation_rate=-0.01: give a share, from 0 to 1"),
        ({"cancellation_rate": 1.01}, "cancellation_rate=1.01: give a share, from 0 to 1"),
        ({"returns_rate": -0.01}, "returns_rate=-0.01: give a share, from 0 to 1"),
        ({"returns_rate": nan}, "returns_rate=nan: give a share, from 0 to 1"),
    ],
    ids=str,
)
def test_an_argument_without_a_meaning_is_refused_with_what_is_accepted(options, message):
    with pytest.raises(lab.InvalidArgument, match=message):
        workload.commands(**{"seed": 1, **options})


# --- law 12: the seven read models against a plain count --------------------------------------------------


@pytest.fixture(scope="module")
def day():
    return workload.commands(seed=11, orders_per_day=150, days=2, cancellation_rate=0.1, returns_rate=0.3)


@pytest.fixture(scope="module")
def tables(day):
    """Give the table of each read model after the day, by name."""
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    write.register(bus)
    for command in day:
        bus.send(command)
    projectors = {projection.name: lab.Projector(store, projection) for projection in read.projections()}
    for projector in projectors.values():
        projector.catch_up()
        assert projector.position == store.head() == len(day)
    return {name: projector.table for name, projector in projectors.items()}


def rows(table, *columns):
    """Give a table as a dict of tuples, by key."""
    return dict(zip(table.index, table[list(columns)].itertuples(index=False, name=None), strict=True))


def documents(day):
    """Yield from the commands what moved: (document, its order, time, sign, lines, charges)."""
    placed = {}
    for command in day:
        match command:
            case PlaceOrder():
                placed[command.order_id] = command
                yield command.order_id, command, command.at, 1, command.lines, command.charges
            case CancelOrder():
                order = placed[command.order_id]
                yield order.order_id, order, command.at, -1, order.lines, order.charges
            case ReturnItems():
                order, units = placed[command.order_id], {one.line: one.quantity for one in command.quantities}
                lines = tuple(replace(one, quantity=units[one.line]) for one in order.lines if one.line in units)
                yield command.return_id, order, command.at, -1, lines, ()


def sums(day, key_of, *, charges):
    """Add up units and mills from the commands, by a key of (document, time, item)."""
    totals = defaultdict(lambda: (0, 0))
    for document, _, at, sign, lines, extra in documents(day):
        for item in (*lines, *extra) if charges else lines:
            key, (units, mills) = key_of(document, at, item), totals[key_of(document, at, item)]
            totals[key] = units + sign * item.quantity, mills + sign * item.quantity * item.unit_price_mills
    return dict(totals)


def test_the_product_listing_is_what_was_listed(day, tables):
    listed = {one.product_id: (one.name, one.price_mills) for one in of_type(day, ListProduct)}
    assert rows(tables["product_listing"], "name", "price_mills") == listed


def test_the_carts_hold_what_was_put_in_and_not_taken_out(day, tables):
    carts = defaultdict(dict)
    for command in of_type(day, AddToCart, ChangeCartQuantity, RemoveFromCart):
        fill(carts[command.cart_id], command)
    found = {key: units for key, (units,) in rows(tables["cart"], "quantity").items() if units}
    assert found == {(cart_id, product): n for cart_id, cart in carts.items() for product, n in cart.items()}


def test_the_order_history_is_every_order_and_return(day, tables):
    word = {PayOrder: "paid", ShipOrder: "shipped", DeliverOrder: "delivered", CancelOrder: "cancelled"}
    last = {document: "placed" if sign == 1 else "returned" for document, _, _, sign, _, _ in documents(day)}
    last |= {command.order_id: word[type(command)] for command in of_type(day, *word)}
    moved = sums(day, lambda document, at, item: document, charges=True)
    headings = {}
    for document, order, at, _, _, _ in documents(day):
        headings.setdefault(document, (order.customer_id, order.country, at))
    expected = {one: (*headings[one], last[one], *moved[one]) for one in headings}
    columns = ["customer_id", "country", "placed_at", "status", "units", "value_mills"]
    assert rows(tables["order_history"], *columns) == expected


def test_the_order_details_are_every_line_and_charge_with_its_last_status(day, tables):
    noted = {(command.order_id, command.line): command.status for command in of_type(day, ChangeItemStatus)}
    expected = {}
    for document, order, at, sign, lines, charges in documents(day):
        if (document, at) != (order.order_id, order.at) and document == order.order_id:
            continue  # a cancellation: the lines stay as they were ordered
        for kind, items in (("goods", lines), ("charge", charges)):
            for item in items:
                code = item.product_id if kind == "goods" else item.code
                key, units = (document, item.line), sign * item.quantity
                expected[key] = kind, code, item.description, units, item.unit_price_mills, noted.get(key, "")
    columns = ["kind", "product_id", "description", "quantity", "unit_price_mills", "item_status"]
    assert rows(tables["order_details"], *columns) == expected


def test_the_inventory_is_what_came_in_and_what_was_ordered(day, tables):
    ordered = sums(day, lambda document, at, item: item.product_id, charges=False)
    came = {command.product_id: command.quantity for command in of_type(day, ReceiveStock)}
    expected = {product: (units, 0, ordered.get(product, (0, 0))[0], 0) for product, units in came.items()}
    assert rows(tables["inventory_levels"], "received", "adjusted", "ordered", "reserved") == expected


def test_revenue_by_day_counts_what_comes_back_on_the_day_it_comes_back(day, tables):
    by_day = sums(day, lambda document, at, item: datetime(at.year, at.month, at.day), charges=True)
    assert rows(tables["revenue_by_day"], "units", "revenue_mills") == by_day


def test_the_best_sellers_are_net_of_cancellations_and_returns(day, tables):
    by_product = sums(day, lambda document, at, item: item.product_id, charges=False)
    assert rows(tables["best_sellers"], "units", "revenue_mills") == by_product
