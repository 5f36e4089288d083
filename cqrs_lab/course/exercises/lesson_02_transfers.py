"""The transfers that are tried on the bank of lesson 2, and what comes of each."""

from __future__ import annotations

from typing import NamedTuple

BANK = {"ada": 700, "ben": 100, "dora": 50}
OTHER_BANK = {"fay": 2_000_000, "gus": 0, "hal": 1}


class Transfer(NamedTuple):
    """A transfer, the accounts after it (None: it has to be refused), and what is asked where they are others."""

    source: str
    target: str
    pence: int
    after: dict[str, int] | None
    ask: str
    refused: str = ""
    may_be_refused: bool = False
    """To oneself: the text leaves open whether a bank takes such a transfer."""
    bank: dict[str, int] = BANK


TRANSFERS = (
    Transfer(
        "ada",
        "ben",
        500,
        {"ada": 200, "ben": 600, "dora": 50},
        "Does what Ada gives arrive at Ben's, once?",
    ),
    Transfer(
        "ben",
        "dora",
        30,
        {"ada": 700, "ben": 70, "dora": 80},
        "Do you read from the command who gives, who gets, and how much?",
    ),
    Transfer(
        "ada",
        "ben",
        900,
        None,
        "Where is the rule that nobody can give what they do not have? A command can be refused: raise an error.",
    ),
    Transfer(
        "ada",
        "ben",
        700,
        {"ada": 0, "ben": 800, "dora": 50},
        "She has exactly that much. What is left of it, and what has arrived?",
        refused="She has exactly that much, so she may give it. Is your comparison too strict?",
    ),
    Transfer(
        "ada",
        "ben",
        701,
        None,
        "Ada has 700 and gave 701. Which line compares the two?",
    ),
    Transfer(
        "dora",
        "ada",
        1,
        {"ada": 701, "ben": 100, "dora": 49},
        "One penny is money too. What is left of Dora's, and what has arrived?",
        refused="One penny is the least that can be sent, and not too little. Which of your lines refuses it?",
    ),
    Transfer(
        "ben",
        "ada",
        -40,
        None,
        "Ben sent less than nothing, so Ada paid. Which line refuses that?",
    ),
    Transfer(
        "ben",
        "ada",
        0,
        None,
        "A transfer is of 1 penny or more, and this one is of none. Which line refuses that?",
    ),
    Transfer("eve", "ben", 10, None, "Eve has no account, so she has 0. Where did her money come from?"),
    Transfer(
        "ada",
        "cleo",
        200,
        {"ada": 500, "ben": 100, "cleo": 200, "dora": 50},
        "Cleo has no account yet, so she has 0. Where is the money that Ada gave?",
        refused="Cleo has no account yet, so she has 0, and anybody can be paid. Which of your lines looks for one?",
    ),
    Transfer(
        "ada",
        "cleo",
        900,
        None,
        "Ada does not have that much, no matter who gets it. Do you ask about Cleo's account before Ada's money?",
    ),
    Transfer(
        "gus",
        "fay",
        1,
        None,
        "Gus has an account, and nothing in it. What can he give?",
        bank=OTHER_BANK,
    ),
    Transfer(
        "ada",
        "ada",
        300,
        BANK,
        "Ada gave herself 300, so she has as much as before. Do you work out both balances before you write either?",
        may_be_refused=True,
    ),
)
# One after the other in one bank: a rule that no one asked for shows at some amount.
AMOUNTS = (
    *(1, 2, 9, 50, 99, 101, 499, 999, 1_000, 1_001, 4_999, 5_001, 10_001, 65_537, 1_000_001),
    *(1_000_002, 3_000_001),  # no higher: a right rule may count pennies
)
ANY_AMOUNT = "This one differs from the others in its amount alone. Which of your lines makes a difference there?"
