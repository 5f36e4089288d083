"""An event type has letters and a colour of its own, and keeps them in every lesson."""

import re
import subprocess
import sys
from itertools import combinations, permutations
from math import dist

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import events, week, write
from cqrs_lab.show import log_and_tables
from cqrs_lab.show.kinds import colour_of, letters_of

KINDS = list(events.EVENTS.values())
OF_A_WEEK = (
    events.ProductListed,
    events.StockReceived,
    events.OrderPlaced,
    events.PriceChanged,
    events.OrderPaid,
    events.OrderShipped,
    events.ItemsReturned,
    events.OrderCancelled,
)


def test_no_two_event_types_of_the_shop_share_letters_or_a_colour():
    letters = letters_of(KINDS)
    assert len(set(letters.values())) == len(set(map(colour_of, KINDS))) == len(KINDS)
    assert letters[events.OrderPlaced] != letters[events.OrderPaid]


def test_the_letters_of_the_shop_come_from_the_name_alone():
    alone = {kind: letters_of([kind])[kind] for kind in KINDS}
    assert letters_of(KINDS) == alone == letters_of(reversed(KINDS))
    assert max(map(len, alone.values())) <= 4


@pytest.mark.parametrize("others", list(permutations(OF_A_WEEK[:3])), ids=lambda kinds: kinds[0].__name__)
def test_a_type_looks_the_same_whatever_else_the_log_holds(others):
    letters = letters_of([*others, events.OrderPaid])
    assert (letters[events.OrderPaid], colour_of(events.OrderPaid)) == ("OrPd", colour_of(OF_A_WEEK[4]))


def test_a_type_looks_the_same_in_another_process():
    code = "from cqrs_lab.shop.events import OrderPaid; from cqrs_lab.show.kinds import colour_of; "
    code += "print(colour_of(OrderPaid))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == colour_of(events.OrderPaid)


def named(*names):
    return [type(name, (), {"__module__": "somewhere"}) for name in names]


@pytest.mark.parametrize(
    "names",
    [
        ("Moved", "Movement", "Move"),
        ("Booked", "Booking"),
        ("SeatTaken", "SaltTook", "SilkTick"),
        ("A", "a", "Ä", "_"),
        ("CardChargedTwice", "CartCheckedThrice", "CCT"),
        ("HTTPRequestFailed", "HttpRequestFailed"),
        ("Same", "Same", "Same"),
        ("IO", "Io", "I0"),
    ],
)
def test_names_with_the_same_letters_are_told_apart(names):
    kinds = named(*names)
    letters = letters_of(kinds)
    assert len(set(letters.values())) == len(kinds) and all(letters.values())


def test_the_colours_of_a_week_are_far_apart():
    rgb = {kind: [int(colour_of(kind)[at : at + 2], 16) for at in (1, 3, 5)] for kind in OF_A_WEEK}
    apart = {(one.__name__, other.__name__): dist(rgb[one], rgb[other]) for one, other in combinations(OF_A_WEEK, 2)}
    assert {pair: distance for pair, distance in apart.items() if distance < 40} == {}


def test_what_is_no_class_of_a_module_has_a_colour_too():
    assert all(re.fullmatch("#[0-9a-f]{6}", colour_of(kind)) for kind in [str, *named("Moved", "Sold")])


def test_a_tile_of_the_strip_carries_name_letters_and_colour():
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    write.register(bus)
    for command in week.commands():
        bus.send(command)
    tiles = re.findall(r"<li.*?</li>", log_and_tables(store, []).at().html)
    seen = {re.sub(r"<.*?>", "", tile): tile for tile in tiles}
    assert len(tiles) == 12 and len({re.sub(r"^\d+", "", text) for text in seen}) == len(OF_A_WEEK)
    for kind in OF_A_WEEK:
        of_kind = [tile for text, tile in seen.items() if text.endswith(kind.__name__)]
        assert of_kind and all(colour_of(kind) in tile and letters_of([kind])[kind] in tile for tile in of_kind)
