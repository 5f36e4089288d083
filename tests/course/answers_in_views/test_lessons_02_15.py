"""What a learner puts in place of the lesson's own `mine` is in the picture: a message (2), and seven numbers (15)."""

import pytest

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show import should_you
from tests.lessons import code_of, let_go


def view_with(cell, mine, names):
    """Run a cell of two statements, `mine = …` and the view, with something else in the place of the first."""
    first, _, view = cell.rpartition("\n")
    assert first.startswith("mine = ") and "mine" in view
    return eval(view, {**names, "mine": mine})


@pytest.fixture(scope="module")
def shop():
    """The names of lesson 2 after the cells above its own message."""
    names, code = {}, code_of("02", solved=False)
    for name in list(code)[: list(code).index("lesson-02-34a")]:
        exec(code[name], names)
    yield names
    let_go(names)


def doors(shop, message):
    view = view_with(code_of("02", solved=False)["lesson-02-34a"], message, shop)
    return {door: view.at(door=at) for at, door in enumerate(("write", "read"))}


@pytest.mark.parametrize(
    ("make", "accepts"),
    [
        (lambda shop: shop["write"].ChangePrice("cup", 2399, shop["noon"]), "write"),
        (lambda shop: shop["write"].ListProduct("jug", "Jug", 4000, shop["noon"]), "write"),
        (lambda shop: shop["read"].ListProducts(), "read"),
    ],
)
def test_a_message_of_the_learners_is_accepted_at_one_door_alone(shop, make, accepts):
    for door, picture in doors(shop, make(shop)).items():
        assert ("✓ accepted" in picture.html, "✗ refused" in picture.html) == (door == accepts, door != accepts)
        assert "your message" in picture.html


def test_what_was_recorded_for_it_is_set_apart_in_the_picture(shop):
    message = shop["write"].ChangePrice("cup", 2399, shop["noon"])
    changed = {door: 'class="changed"' in picture.html for door, picture in doors(shop, message).items()}
    assert changed == {"write": True, "read": False}


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda shop: shop["write"].ChangePrice("cup", -5, shop["noon"]), "price"),
        (lambda shop: shop["write"].ChangePrice("no such thing", 5, shop["noon"]), "no such thing"),
        (lambda shop: shop["write"].ChangePrice, "class ChangePrice"),
        (lambda shop: "ChangePrice", "str"),
    ],
)
def test_a_message_that_is_wrong_is_refused_in_the_picture_with_its_reason(shop, make, why):
    picture = doors(shop, make(shop))["write"]
    assert "✗ refused" in picture.html and "✓ accepted" not in picture.html and why in picture.html


# --- lesson 15: a request at 80 % reads, 5 % of the writers meet, three facts, 20 a second ------------------------

OWN = {"crud_write": 2, "crud_rule": 0.1, "crud_read": 30,
       "cqrs_write": 6, "cqrs_rule": 0.1, "cqrs_read": 2, "cqrs_poll": 25}  # fmt: skip


def balance(**changed):
    return view_with(code_of("15", solved=False)["lesson-15-35"], OWN | changed, {"should_you": should_you})


def test_the_learners_numbers_are_weighed_as_by_hand():
    """CRUD: 80 % of 30, and 20 % of 2 and three tenths."""
    total = balance().frame()["total"]
    assert total["CRUD"] == pytest.approx(0.8 * 30 + 0.2 * 2.3)
    assert "Choose CQRS." in balance().says
    assert balance(crud_read=3).frame().at["CRUD", "total"] == pytest.approx(0.8 * 3 + 0.2 * 2.3)


@pytest.mark.parametrize(
    ("changed", "choice"), [({"crud_read": 3}, "CRUD"), ({"cqrs_write": 90}, "CRUD"), ({"crud_write": 90}, "CQRS")]
)
def test_other_numbers_tip_the_balance(changed, choice):
    view = balance(**changed)
    assert f"Choose {choice}." in view.says and view.frame()["chosen"].to_dict()[choice]


@pytest.mark.parametrize("wrong", [{"crud_read": -1}, {"crud_read": "30 ms"}, {"cqrs_poll": None}])
def test_numbers_that_mean_nothing_are_refused_by_their_name(wrong):
    with pytest.raises(InvalidArgument, match=next(iter(wrong))):
        balance(**wrong)


def test_a_number_that_is_missing_is_named():
    misspelt = {name.replace("crud_read", "crud_reads"): one for name, one in OWN.items()}
    with pytest.raises(InvalidArgument, match="crud_read"):
        view_with(code_of("15", solved=False)["lesson-15-35"], misspelt, {"should_you": should_you})
