"""A meeting is played as it says: Cleo's whole sale stands before one statement of Mona's."""

import pytest

from cqrs_lab.show.clerks_meeting import LEFT_OPEN, MOST_STATEMENTS, meet


def two_statements(file, product_id, quantity):
    file.execute("SELECT 1").fetchone()
    return file.execute("UPDATE stock SET on_hand = on_hand - ?", (quantity,)).rowcount == 1


@pytest.mark.parametrize("before", [1, 2, 3])
def test_cleo_sells_before_that_statement(before):
    met = meet(two_statements, 12, (3, 2), before)
    who = [one.who for one in met.statements]
    assert who == ["Mona"] * (before - 1) + ["Cleo"] * 2 + ["Mona"] * (3 - before)
    assert (met.sold, met.left) == ({"Mona": True, "Cleo": True}, 7)
    assert [met.after(step) for step in range(1, 5)][-1] == 7


def test_of_a_function_that_asks_for_ever_so_long_as_many_statements_are_kept_as_a_reader_can_follow():
    met = meet(lambda file, *_: [file.execute("SELECT 1").fetchone() for _ in range(99)] == 1, 12, (3, 2), 1)
    assert len(met.statements) == MOST_STATEMENTS


def leaves_open(file, product_id, quantity):
    file.execute("BEGIN IMMEDIATE")
    return True


def test_a_transaction_that_is_left_open_is_noted_behind_the_sale_that_left_it():
    met = meet(leaves_open, 12, (3, 2), 1)
    assert [(one.who, one.does) for one in met.statements] == [
        ("Cleo", "BEGIN IMMEDIATE"), ("Cleo", LEFT_OPEN), ("Mona", "BEGIN IMMEDIATE"), ("Mona", LEFT_OPEN),
    ]  # fmt: skip


def test_an_interrupt_ends_it():
    def interrupted(file, product_id, quantity):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        meet(interrupted, 12, (3, 2), 1)
