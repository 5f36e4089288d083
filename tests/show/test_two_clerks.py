"""Two clerks: every place is really played, and what is said of the stock is what the file holds."""

import pytest

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show import two_clerks

ALL = "SELECT on_hand FROM stock WHERE product_id = ?"


def looks_then_writes(file, product_id, quantity):
    [on_hand] = file.execute(ALL, (product_id,)).fetchone()
    if on_hand < quantity:
        return False
    file.execute("UPDATE stock SET on_hand = ? WHERE product_id = ?", (on_hand - quantity, product_id))
    return True


def locks_first(file, product_id, quantity):
    file.execute("BEGIN IMMEDIATE")
    sold = looks_then_writes(file, product_id, quantity)
    file.execute("COMMIT")
    return sold


def ends(view):
    """Return what each place ends with: where Cleo comes in, and the sentence."""
    found = {}
    for place, words in enumerate(view.controls[0]["choices"]):
        view.move(cleo=place)
        view.move(step=view.controls[1]["most"])
        found[words] = view.picture.says
    return found


def test_a_sale_is_lost_only_where_cleo_comes_between_the_look_and_the_write():
    found = ends(two_clerks(looks_then_writes))
    lost = [place for place, says in found.items() if "9 are left, not 7: 2 too many" in says]
    assert lost == ["before Mona's statement 2"] and list(found)[-1] == "after Mona"
    assert sum("7 are left: no sale is lost" in says for says in found.values()) == len(found) - 1


def test_who_comes_while_the_lock_is_held_waits_and_no_sale_is_lost():
    view = two_clerks(locks_first)
    assert all("no sale is lost" in says for says in ends(view).values())
    view.move(cleo=2)
    view.move(step=view.controls[1]["most"])
    does = view.frame()
    assert does["who"].to_list() == ["Mona"] * 2 + ["Cleo"] + ["Mona"] * 2 + ["Cleo"] * 4
    assert does["does"].iloc[2] == "waits: Mona has the lock"


def test_the_file_holds_what_was_committed_after_each_statement():
    frame = two_clerks(looks_then_writes).at(cleo=1, step=4).frame
    assert frame["who"].to_list() == ["Mona", "Cleo", "Cleo", "Mona"]
    assert frame["in_the_file"].to_list() == [12, 12, 10, 9]


def raises(file, product_id, quantity):
    file.execute(ALL, (product_id,)).fetchone()
    raise ValueError("no cups")


def closes(file, product_id, quantity):
    looks_then_writes(file, product_id, quantity)
    file.close()
    return True


def leaves_open(file, product_id, quantity):
    file.execute("BEGIN IMMEDIATE")
    return looks_then_writes(file, product_id, quantity)


@pytest.mark.parametrize(
    ("sell", "says"),
    [
        (raises, "Mona: stopped by an error: ValueError: no cups."),
        (closes, "7 are left: no sale is lost"),
        (leaves_open, "the file says that 12 are left, not 7: 5 too many"),
        (lambda file, product_id, quantity: None, "Mona: sold nothing (sell returned None)."),
    ],
)
def test_whatever_a_function_does_is_seen(sell, says):
    assert says in list(ends(two_clerks(sell)).values())[-1]


def test_what_it_cannot_play_is_refused():
    with pytest.raises(InvalidArgument, match="def sell"):
        two_clerks(lambda file: True)
    with pytest.raises(InvalidArgument, match="how many each of the two sells"):
        two_clerks(looks_then_writes, wanted=(1, 2, 3))
    with pytest.raises(InvalidArgument, match="a number of cups"):
        two_clerks(looks_then_writes, on_hand=0)
