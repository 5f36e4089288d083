"""A page shows what was answered: its rows as cards, or that there is nothing, or why there is no answer."""

import re
from html import unescape

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import read
from cqrs_lab.show import page

from .conftest import cups


def words(picture):
    return [unescape(one) for one in re.findall(r"<text[^>]*>([^<]*)</text>", picture.html)]


def asked(shop, **how):
    return shop.queries.ask(read.OrdersOf("ada"), **how)


def test_a_page_without_rows_says_so_in_the_words_it_is_given(shop):
    picture = page(asked(shop), "Ada", nothing="You have no orders")
    assert picture.says == "Ada's page: You have no orders."
    assert words(picture) == ["A", "Ada's page", "You have no orders"]
    assert words(page(asked(shop)))[-1] == "nothing here"


def test_a_row_is_a_card_and_an_amount_stands_in_pounds(shop):
    shop.bus.send(cups(2))
    shop.history.catch_up()
    picture = page(asked(shop))
    assert picture.says == "Ada's page: order 7, status placed, units 2, value £5.10."
    assert words(picture)[2:] == ["order 7", "status: placed", "units: 2", "value: £5.10"]
    assert picture.frame.index.tolist() == ["7"]


def test_two_cards_fit_and_the_others_are_counted(shop):
    for number in range(4):
        shop.bus.send(cups(1, f"9{number}"))
    shop.history.catch_up()
    picture = page(asked(shop))
    assert words(picture)[-1] == "and 2 more" and picture.says.endswith("; and 2 more.")
    cards = [int(top) for top in re.findall(r'<rect x="-64" y="(\d+)" width="128" height="84"', picture.html)]
    below = int(re.search(r'y="(\d+)"[^>]*>and 2 more', picture.html)[1])
    assert len(cards) == 2 and cards[0] + 84 < cards[1] and cards[1] + 84 < below


def test_without_an_answer_the_page_says_why(shop):
    receipt = shop.bus.send(cups(2))
    picture = page(asked(shop, at_least=receipt.position), "Ada")
    assert picture.says == "Ada's page: no answer: pending." and words(picture)[2:] == ["no answer: pending"]


def test_an_answer_that_is_no_table_is_one_line(shop):
    assert words(page(lab.Answer(12, 3, "fresh"), "Cleo")) == ["C", "Cleo's page", "12"]


@pytest.mark.parametrize("wrong", [{"answer": "yes"}, {"person": 7}, {"nothing": None}])
def test_what_is_no_page_is_refused_by_its_name(shop, wrong):
    with pytest.raises(lab.errors.InvalidArgument, match=next(iter(wrong))):
        page(**{"answer": asked(shop), **wrong})
