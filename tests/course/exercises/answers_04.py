"""Answers to the exercises of lesson 4: right ones in several styles, and wrong ones with what each is told."""

from datetime import date

import pytest

import cqrs_lab as lab
from cqrs_lab.course.exercises.lesson_04 import (
    BorrowCopy,
    CopyBorrowed,
    CopyReturned,
    Deposited,
    ReturnCopy,
    Withdraw,
    Withdrawn,
)

# --- 04.1 -------------------------------------------------------------------------------------------------


def made(limit=3, *, sunday=None, already=False, evolve=None, returns_on_sunday=True, missing=False, look=len):
    """Make a decider with frozensets; each argument spoils one thing."""

    def is_sunday(today):
        return today.weekday() == 6 if sunday is None else sunday

    def decide(command, home):
        if isinstance(command, ReturnCopy):
            if not returns_on_sunday and is_sunday(command.today):
                raise lab.CommandRejected("closed")
            return [CopyReturned(command.copy)] if missing or command.copy in home else []
        if not already and command.copy in home:
            return []
        if look(home) >= limit or is_sunday(command.today):
            raise lab.CommandRejected("no")
        return [CopyBorrowed(command.copy)]

    return lab.Decider(frozenset(), decide, evolve or moves)


def moves(home, event):
    return home | {event.copy} if isinstance(event, CopyBorrowed) else home - {event.copy}


def refuses(home, event):
    if isinstance(event, CopyBorrowed) and len(home) >= 3:
        raise lab.CommandRejected("three at most")
    return moves(home, event)


def forgets_returns(home, event):
    return home | {event.copy}


def by_tuple(command, home):
    match command:
        case ReturnCopy(copy):
            return [CopyReturned(copy)] if copy in home else []
        case BorrowCopy(copy) if copy in home:
            return []
        case BorrowCopy(copy, today) if len(home) < 3 and today.isoweekday() != 7:
            return [CopyBorrowed(copy)]
    raise lab.CommandRejected("no")


def tuples(home, event):
    others = tuple(copy for copy in home if copy != event.copy)
    return (*others, event.copy) if isinstance(event, CopyBorrowed) else others


WRONG_RULES = {
    "evolve refuses": (made(evolve=refuses), "May evolve refuse what has happened"),
    "decide reads the clock": (made(sunday=date(2026, 1, 5).weekday() == 6), "Which day did your rule look at"),
    "the rule asks a read model": (made(look=lambda home: 0), "Where does your rule look"),
    "two at most": (made(limit=2), "Is the third copy allowed"),
    "closed for ever": (made(sunday=True), "borrow on a Monday"),
    "forgets returns": (made(evolve=forgets_returns), "Who tells the state"),
    "no returns on Sundays": (made(returns_on_sunday=False), "May nobody bring a copy back"),
    "refuses what is so": (made(already=True), "It is so already"),
    "records what is not": (made(missing=True), "What has changed"),
    "no decider": (moves, "What holds a rule"),
}

# --- 04.2 -------------------------------------------------------------------------------------------------


def scenarios(account):
    lab.given(account, [Deposited(100)]).when(Withdraw(100)).then([Withdrawn(100)])
    lab.given(account, [Deposited(100), Withdrawn(80)]).when(Withdraw(40)).then_rejected()


def by_assert(account):
    assert account.decide(Withdraw(5), 5) == [Withdrawn(5)]
    assert account.fold([Deposited(9), Withdrawn(4)]) == 5


def edge_only(account):
    lab.given(account, [Deposited(100)]).when(Withdraw(100)).then([Withdrawn(100)])


def history_only(account):
    lab.given(account, [Deposited(100), Withdrawn(80)]).when(Withdraw(40)).then_rejected()


def too_strict(account):
    lab.given(account, [Deposited(100)]).when(Withdraw(100)).then_rejected()


WRONG_TESTS = {
    "the edge alone": (edge_only, "forgets earlier withdrawals"),
    "the history alone": (history_only, "never lets the last penny out"),
    "nothing": (lambda account: None, "never lets the last penny out"),
    "too strict": (too_strict, "a right account"),
    "no function": ("tests", "your answer"),
}

# --- 04.4 -------------------------------------------------------------------------------------------------


def all_six(account):
    scenarios(account)
    lab.given(account, [Deposited(100)]).when(Withdraw(-1)).then_rejected()
    lab.given(account, [Deposited(50), Deposited(50)]).when(Withdraw(80)).then([Withdrawn(80)])
    lab.given(account, [Deposited(10)]).when(Withdraw(20)).then_rejected()


def without(left_out):
    """Return the scenarios that catch all six, but for one."""
    caught = {
        "negative": lambda account: lab.given(account, [Deposited(9)]).when(Withdraw(-1)).then_rejected(),
        "two deposits": lambda account: check_fold(account),
        "exact": lambda account: check_exactly(account),
        "told": lambda account: check_told(account),
    }
    others = [caught[name] for name in caught if name != left_out]

    def run(account):
        assert account.fold([Deposited(9), Withdrawn(4)]) == 5
        if account.decide(Withdraw(5), 5)[:1] != [Withdrawn(5)]:
            raise AssertionError
        for one in others:
            one(account)

    return run


def check_fold(account):
    assert account.fold([Deposited(5), Deposited(5)]) == 10


def check_exactly(account):
    assert len(account.decide(Withdraw(5), 5)) == 1


def check_told(account):
    with pytest.raises(lab.CommandRejected):
        account.decide(Withdraw(6), 5)


def refusals_unheard(account):
    """Compare what is recorded, and take a refusal for silence."""
    check_fold(account)
    for pence, recorded in ((5, [Withdrawn(5)]), (-1, []), (6, [])):
        try:
            assert account.decide(Withdraw(pence), 5) == recorded
        except lab.CommandRejected:
            assert recorded == []
    assert account.fold([Deposited(9), Withdrawn(4)]) == 5


WRONG_MORE = {
    "two are caught": (scenarios, "What must never be asked for"),
    "no second deposit": (without("two deposits"), "After how many is it wrong"),
    "no exact list": (without("exact"), "Do you compare what it records"),
    "refusals unheard": (refusals_unheard, "What is the sender owed"),
    "nothing": (lambda account: None, "Try the edge"),
    "too strict": (too_strict, "Which of your scenarios expects something else"),
    "no function": ("tests", "What runs your scenarios"),
}

# --- 04.3 -------------------------------------------------------------------------------------------------

ENDS = {
    "cancel an order that is cancelled": "nothing",
    "order minus two cups": "error",
    "reserve five where three are left, and purchasing wants to know": "event",
    "change the price to what it is": "nothing",
    "ship an order that nobody has placed": "error",
    "a card is declined, and fraud control counts": "event",
}
CANCEL, MINUS, RESERVE = list(ENDS)[:3]
WRONG_ENDS = {
    "already so is a fault": (ENDS | {CANCEL: "error"}, "Is that a fault of theirs"),
    "already so is news": (ENDS | {CANCEL: "event"}, "what would be different from before"),
    "every refusal is recorded": (ENDS | {MINUS: "event"}, "ask for a list of these"),
    "silence": (ENDS | {MINUS: "nothing"}, "what will the sender believe"),
    "every refusal is an error": (ENDS | {RESERVE: "error"}, "An error is gone with the screen"),
    "a refusal that nobody hears of": (ENDS | {RESERVE: "nothing"}, "Where would they read it"),
    "no answer": ({}, "Who is helped by an error"),
    "no dict": (list(ENDS.values()), "each of the six wishes"),
}

RIGHT = {
    "04.1": [made(), lab.Decider((), by_tuple, tuples)],
    "04.2": [scenarios, by_assert],
    "04.3": [ENDS, {wish: end.upper() for wish, end in ENDS.items()}],
    "04.4": [all_six, without(None)],
}
WRONG = {"04.1": WRONG_RULES, "04.2": WRONG_TESTS, "04.3": WRONG_ENDS, "04.4": WRONG_MORE}
