"""Two doors: every message really goes through each, to another shop that has just opened."""

from dataclasses import dataclass
from xml.etree import ElementTree

import pandas as pd
import pytest

from cqrs_lab.show import Shop, two_doors


@dataclass(frozen=True)
class Write:
    value: int


@dataclass(frozen=True)
class Ask:
    pass


def open_shop():
    shop = {"value": 1}

    def write_door(message):
        if not isinstance(message, Write):
            raise TypeError("<no command>")
        if message.value < 0:
            raise ValueError("below zero")
        shop["value"] = message.value
        return "done"

    def read_door(message):
        if not isinstance(message, Ask):
            raise TypeError("no question")
        return shop["value"]

    return Shop(write_door, read_door, lambda: dict(shop))


@pytest.fixture
def view():
    return two_doors(open_shop, [Write(5), Ask(), Write(-1)])


def test_what_is_accepted_and_what_is_refused_at_which_door(view):
    assert view.frame().reset_index().to_numpy().tolist() == [
        ["Write", "write door", "done", False, True],
        ["Write", "read door", "TypeError: no question", True, False],
        ["Ask", "write door", "TypeError: <no command>", True, False],
        ["Ask", "read door", "1", False, False],
        ["Write", "write door", "ValueError: below zero", True, False],
        ["Write", "read door", "TypeError: no question", True, False],
    ]


def test_the_picture_says_it_and_sets_the_change_apart(view):
    accepted = view.at(message=0, door=0)
    assert accepted.says == "The write door accepts Write. done. Changed: value."
    assert '<td>1</td><td class="changed">5' in accepted.html and "✓ accepted" in accepted.html
    refused = view.at(message=0, door=1)
    assert refused.says == "The read door refuses Write. TypeError: no question. Nothing changed."
    assert "changed" not in refused.html.replace("Nothing changed", "") and "✗ refused" in refused.html


def test_every_drawing_is_well_formed_and_named(view):
    for message in range(3):
        for door in range(2):
            picture = view.at(message=message, door=door)
            svg = ElementTree.fromstring(picture.html[picture.html.index("<svg") : picture.html.index("</svg>") + 6])
            assert svg.get("role") == "img" and svg.get("aria-label") == picture.says
            assert "<no command>" not in picture.html


def test_the_lists_offer_the_messages_and_the_doors(view):
    assert [list(one["choices"]) for one in view.controls] == [
        ["Write(5)", "Ask()", "Write(-1)"],
        ["write door", "read door"],
    ]


# --- a message of one's own


def with_mine(mine):
    return two_doors(open_shop, [Write(5), Ask()], mine)


def test_a_message_of_ones_own_is_what_the_view_begins_with_and_its_answer_appears():
    view = with_mine(Write(7))
    assert view.says == "The write door accepts Write. done. Changed: value."
    assert view.controls[0]["choices"][-1] == "yours: Write(7)" and view.values == {"message": 2, "door": 0}
    assert "your message" in view.html and '<td class="changed">7' in view.html
    assert "your message" not in view.at(message=0).html


@dataclass(frozen=True)
class Unknown:
    """Nobody has registered it."""


WRONG = [Write(-7), Unknown(), Write, "hello", 7, [], object(), lambda: None]


@pytest.mark.parametrize("mine", WRONG)
def test_a_wrong_message_is_refused_in_the_picture(mine):
    view = with_mine(mine)
    assert "✗ refused" in view.html and "✓ accepted" not in view.html
    assert " at 0x" not in view.controls[0]["choices"][-1] and repr(view)


def test_a_class_in_place_of_a_message_is_called_one():
    assert with_mine(Write).controls[0]["choices"][-1] == "yours: the class Write"


def test_an_answer_that_is_a_table_is_shown_as_one_and_nothing_is_said_to_be_nothing():
    rows = pd.DataFrame({"price": range(2550, 2560)}, index=pd.Index([f"cup-{at}" for at in range(10)], name="product"))
    view = two_doors(lambda: Shop(lambda message: None, lambda message: rows, lambda: {"cups": 3}), ["hello"])
    assert view.at(door=1).says.startswith("The read door accepts str. It returns a table of 10 rows.")
    assert "cup-3" in view.at(door=1).html and "cup-4" not in view.at(door=1).html
    assert view.at(door=0).says.startswith("The write door accepts str. It returns nothing.")
