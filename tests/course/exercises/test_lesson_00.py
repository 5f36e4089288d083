"""Lesson 0's exercises: two styles of right answer pass, and every wrong one is met with its own sentence."""

import pytest

from cqrs_lab.course import check

ORDER = {"events this adds to the log": 1, "orders on her page, asked at once": 0, "cups fewer in stock": 5}
EVENTS, AT_ONCE, FEWER = ORDER
NOTHING = {"events this adds to the log": 1, "orders on his page": 0}
MESSAGES = {
    "BorrowCopy": "command",
    "CopyBorrowed": "event",
    "WhoHasCopy": "query",
    "LoanRefused": "event",
    "ReturnCopy": "command",
}
WRONG_ORDERS = {
    "a fact per cup": ((5, ORDER | {EVENTS: 5}), "One per cup?"),
    "no fact": ((5, ORDER | {EVENTS: 0}), "What does the log hold"),
    "the receipt reaches the page": ((5, ORDER | {AT_ONCE: 1}), "Who has told the table"),
    "five orders": ((5, ORDER | {AT_ONCE: 5}), "Which facts has the table read"),
    "stock counts orders": ((5, ORDER | {FEWER: 1}), "You count orders"),
    "stock never reads on": ((5, ORDER | {FEWER: 0}), "until its table reads on"),
    "what is left": ((5, ORDER | {FEWER: 4}), "How many cups are spoken for"),
    "one cup": ((1, ORDER), "two of the answers look alike"),
    "no pair": (ORDER, "How many cups, and what follows"),
}
WRONG_NOTHINGS = {
    "no trace": (NOTHING | {EVENTS: 0}, "what would it count"),
    "many facts": (NOTHING | {EVENTS: 2}, "How many facts is that"),
    "an order": (NOTHING | {"orders on his page": 1}, "not the same thing"),
    "no answer": ({EVENTS: 1}, "How many orders took place"),
    "no dict": ([1, 0], "what is on the page"),
}
WRONG_MESSAGES = {
    "a wish is an event": (MESSAGES | {"BorrowCopy": "event"}, "May the library still say no"),
    "a wish is a query": (MESSAGES | {"BorrowCopy": "query"}, "on the shelf as before"),
    "an event is a command": (MESSAGES | {"CopyBorrowed": "command"}, "Who could refuse this"),
    "a query is a command": (MESSAGES | {"WhoHasCopy": "command"}, "a hundred times"),
    "a refusal is a command": (MESSAGES | {"LoanRefused": "command"}, "Nobody wishes for this"),
    "no answer": (MESSAGES | {"ReturnCopy": None}, "or only ask"),
    "no dict": (list(MESSAGES.values()), "each of the five"),
}
RIGHT = [
    ("00.1", (5, ORDER)),
    ("00.1", (2, dict(zip(ORDER, [1, 0, 2], strict=True)))),
    ("00.2", NOTHING),
    ("00.2", dict(reversed(NOTHING.items()))),
    ("00.3", MESSAGES),
    ("00.3", {message: kind.title() for message, kind in MESSAGES.items()}),
]
WRONG = [
    (key, name, *wrong)
    for key, table in (("00.1", WRONG_ORDERS), ("00.2", WRONG_NOTHINGS), ("00.3", WRONG_MESSAGES))
    for name, wrong in table.items()
]


@pytest.mark.parametrize(("key", "answer"), RIGHT)
def test_two_styles_of_right_answer_pass(key, answer):
    verdict = check(key, answer)
    assert verdict.passed, verdict


@pytest.mark.parametrize(("key", "name", "answer", "sentence"), WRONG, ids=[f"{one[0]} {one[1]}" for one in WRONG])
def test_a_wrong_answer_is_met_with_its_own_sentence(key, name, answer, sentence):
    verdict = check(key, answer)
    assert not verdict.passed and sentence in verdict.ask, verdict


@pytest.mark.parametrize("key", ["00.1", "00.2", "00.3"])
def test_no_two_wrong_answers_get_the_same_sentence(key):
    asked = [check(one, answer).ask for one, _, answer, _ in WRONG if one == key]
    assert len(set(asked)) == len(asked)
