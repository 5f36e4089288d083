"""What lesson 1 says of its shop is what its shop does."""

import ast
import re
from datetime import datetime

import pytest

from cqrs_lab.course import check
from cqrs_lab.course.exercises.lesson_01 import ANSWERABLE
from cqrs_lab.course.exercises.lesson_01_meeting import BEFORE_BEGIN, LOCKS, READS_FIRST, SLEEPS
from cqrs_lab.course.predictions import SAID_TO
from cqrs_lab.shop.crud import CrudShop
from tests.lessons import cells_of, code_of, prose_of, ran

CELLS, PROSE = cells_of("01"), prose_of("01")
REVEAL = re.compile(r'reveal\("(01\.\d)", (.*)\)$', re.M | re.S)
NOON = datetime(2026, 1, 5, 12)


@pytest.fixture(scope="module")
def names():
    """Run the lesson's code; return its names, with what each reveal was given."""
    revealed = {}
    with ran("01", reveal=revealed.__setitem__, revealed=revealed) as names:
        yield names


@pytest.fixture
def shop():
    with CrudShop(":memory:") as shop:
        shop.list_product("cup", "Tea cup", 2550)
        shop.list_product("pot", "Tea pot", 900)
        shop.receive_stock("cup", 12)
        yield shop


def test_what_is_revealed_is_what_happens_and_has_its_reason(names):
    assert names["revealed"] == {
        "01.1": "an error",
        "01.2": "sold, and Mona doesn't see it",
        "01.3": "9",
        "01.4": "two to three times as many",
    }
    assert all(outcome in SAID_TO[key] for key, outcome in names["revealed"].items())


def test_what_is_revealed_is_computed_and_never_a_literal():
    revealed = [found for cell in CELLS for found in REVEAL.findall(cell["source"])]
    assert len(revealed) == 4
    assert [key for key, outcome in revealed if isinstance(ast.parse(outcome, mode="eval").body, ast.Constant)] == []


def test_the_pages_of_an_order_are_as_many_as_the_prose_says(names):
    assert "Without the five indexes, such an order writes about six of them" in PROSE
    assert round(names["before"]) == 6 and 2 < names["after"] / names["before"] < 3


def test_best_sellers_shows_ten_rows_for_thousands_of_steps(names):
    rows, _, steps = names["found"]["Best sellers"]
    assert "shows ten rows and takes thousands of steps" in PROSE
    assert rows == 10 and steps > 2_000


def test_the_answer_about_the_view_is_what_the_view_shows(names):
    view = names["one_file"]()
    locked = {}
    for journal in (0, 1):
        view.move(journal=journal, readers=2, writers=2)
        view.move(step=view.controls[3]["most"])
        locked[journal] = view.frame().query("waits")
    assert "10 times with the rollback journal, once in WAL: the second writer" in PROSE
    assert (len(locked[0]), locked[1]["who"].to_list()) == (10, ["writer 2"])


def test_neither_a_second_database_nor_a_broker_nor_event_sourcing_is_cqrs():
    told = next(cell["source"] for cell in CELLS if "what is not the cure" in cell["source"])
    assert all(f"**{one}**" in told for one in ("A second database", "A broker", "Event sourcing"))
    assert "None of them is CQRS" in told and "CQRS is **two models**" in told


def test_the_wrong_ways_to_fix_a_lost_update_are_met():
    for sentence, words in (
        (SLEEPS, "both wake up and know what they knew before"),
        (READS_FIRST, "A transaction that begins with reading"),
        (BEFORE_BEGIN, "what you know is older than that"),
        (LOCKS, "known to one process"),
    ):
        assert words in sentence


def test_the_function_as_it_stands_in_the_lesson_is_met_with_what_goes_wrong(names):
    [source] = [one for one in code_of("01", solved=False).values() if "def sell(" in one]
    exec(source, names)
    verdict = check("01.1", names["sell"])
    assert "before your statement 2 (UPDATE)" in verdict.done and "Between your SELECT and your UPDATE" in verdict.ask


# Each question of exercise 2: what happens in the shop, and the rows that would differ if they knew of it.
def everything(shop):
    tables = [name for (name,) in shop.connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    return {name: shop.connection.execute(f"SELECT * FROM {name}").fetchall() for name in tables}


def detour_of_a_price(shop):
    shop.change_price("pot", 1200)
    shop.change_price("pot", 900)


def detour_of_a_cart(shop):
    shop.change_cart("ada", "pot", 1)
    shop.change_cart("ada", "pot", 0)


def paid_at_another_time(shop, hour):
    shop.place_order("7", "ada", "Ireland", {"cup": 2}, NOON)
    for status, at in (("paid", NOON.replace(hour=hour)), ("delivered", NOON.replace(hour=20))):
        shop.change_status("7", status, at)
    return everything(shop)


def test_what_is_gone_leaves_no_trace_in_the_rows(shop):
    before = everything(shop)
    for detour in (detour_of_a_price, detour_of_a_cart):
        detour(shop)
        assert everything(shop) == before
    assert not re.search(r"user|clerk|changed_by", str(list(shop.connection.execute("SELECT sql FROM sqlite_schema"))))
    with CrudShop(":memory:") as one, CrudShop(":memory:") as other:
        for two in (one, other):
            two.list_product("cup", "Tea cup", 2550)
            two.receive_stock("cup", 12)
        assert paid_at_another_time(one, 13) == paid_at_another_time(other, 17)


def test_what_the_rows_know_can_be_asked(shop):
    shop.place_order("7", "ada", "Ireland", {"cup": 2}, NOON)
    shop.change_price("cup", 1)
    assert shop.ask("An order", "7")[0][-1] == 2550
    assert shop.ask("Products")[0][3] == 10
    shop.change_status("7", "cancelled", NOON)
    assert shop.connection.execute("SELECT order_id FROM orders WHERE status = 'cancelled'").fetchall() == [("7",)]
    never = "SELECT product_id FROM products EXCEPT SELECT product_id FROM order_lines"
    assert shop.connection.execute(never).fetchall() == [("pot",)]


def test_exercise_2_has_both_words_about_as_often():
    words = list(ANSWERABLE.values())
    assert abs(words.count("rows") - words.count("gone")) <= 1
