"""Two doors: every message really goes through each, to another shop that has just opened."""

from dataclasses import dataclass
from xml.etree import ElementTree

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
