"""Answers to the exercises of lesson 4: right ones in several styles, and wrong ones with what each is told."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
import pytest

import cqrs_lab as lab
from cqrs_lab.course.exercises import lesson_04
from cqrs_lab.course.exercises.lesson_04 import Deposited, Withdraw, Withdrawn
from cqrs_lab.course.exercises.lesson_04_library import BorrowCopy, CopyBorrowed, CopyReturned, ReturnCopy

from . import answers_04_order

# --- 04.2 -------------------------------------------------------------------------------------------------


def made(
    limit=3,
    *,
    sunday=None,
    sunday_when=None,
    already=False,
    evolve=None,
    returns_on_sunday=True,
    missing=False,
    look=len,
):
    """Make a decider with frozensets; each argument spoils one thing."""

    def is_sunday(today):
        if sunday_when is not None:
            return sunday_when(today)
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


class Member:
    """The state as an object, which each step makes again."""

    def __init__(self, home=()):
        self.home = list(home)


def by_object(command, member):
    has = command.copy in member.home
    if isinstance(command, ReturnCopy):
        return (CopyReturned(command.copy),) if has else ()
    if has:
        return ()
    if len(member.home) > 2 or f"{command.today:%a}" == "Sun":
        raise lab.CommandRejected("not today")
    return (CopyBorrowed(command.copy),)


def objects(member, event):
    others = [copy for copy in member.home if copy != event.copy]
    return Member([*others, event.copy] if type(event) is CopyBorrowed else others)


def by_generator(command, home):
    """Yield the events, with a dict of flags as the state."""
    has = home.get(command.copy, False)
    if isinstance(command, ReturnCopy):
        if has:
            yield CopyReturned(command.copy)
    elif not has:
        if sum(home.values()) >= 3 or command.today.weekday() == 6:
            raise TooMany("at most three, none on Sundays")
        yield CopyBorrowed(command.copy)


class TooMany(lab.CommandRejected):
    pass


class History:
    """The state is the history itself; the rules read it from the front."""

    @staticmethod
    def home(history):
        last = {event.copy: event for event in history}
        return {copy for copy, event in last.items() if isinstance(event, CopyBorrowed)}

    @staticmethod
    def decide(command, history):
        home = History.home(history)
        has = command.copy in home
        if isinstance(command, BorrowCopy) and not has and (command.today.weekday() == 6 or len(home) > 2):
            raise lab.CommandRejected("closed, or enough")
        if has == isinstance(command, BorrowCopy):
            return []
        return [CopyReturned(command.copy) if has else CopyBorrowed(command.copy)]


@dataclass(frozen=True)
class BorrowRefused:
    why: str


class Library:
    """Three attributes of the right names, and no lab.Decider."""

    initial_state = None

    def decide(self, command, home):
        home = home or set()
        match command:
            case BorrowCopy(copy=copy) | ReturnCopy(copy=copy) if (copy in home) == isinstance(command, BorrowCopy):
                return []
            case ReturnCopy():
                return [CopyReturned(copy)]
            case BorrowCopy() if len(home) < 3 and command.today.isocalendar().weekday < 7:
                return [CopyBorrowed(copy)]
        raise lab.CommandRejected("no")

    def evolve(self, home, event):
        return (home or set()) ^ {event.copy}


def by_count(command, home):
    """Ask for the limit first where a copy is not at home; frozen lists as the state."""
    known = {copy for copy, there in home if there}
    borrows = isinstance(command, BorrowCopy)
    if borrows == (command.copy in known):
        return []
    if borrows and not (command.today.weekday() in range(6) and len(known) < 3):
        raise lab.CommandRejected("no")
    return [(CopyBorrowed if borrows else CopyReturned)(command.copy)]


def flags(home, event):
    others = [(copy, there) for copy, there in home if copy != event.copy]
    return [*others, (event.copy, isinstance(event, CopyBorrowed))]


def appends(home, event):
    home.append(event.copy) if isinstance(event, CopyBorrowed) else home.remove(event.copy)
    return home


def forgets_to_return(home, event):
    if isinstance(event, CopyBorrowed):
        home | {event.copy}
    else:
        return home - {event.copy}


def keeps_the_last_three(home, event):
    others = tuple(copy for copy in home if copy != event.copy)
    return (*others, event.copy)[-3:] if isinstance(event, CopyBorrowed) else others


def at_most_three(home, event):
    return home if isinstance(event, CopyBorrowed) and len(home) >= 3 else moves(home, event)


def exactly_three(command, home):
    if isinstance(command, BorrowCopy) and command.copy not in home and len(home) == 3:
        raise lab.CommandRejected("three copies at most")
    return made(limit=99).decide(command, home)


def instead(refusal=None, borrowed=lambda copy: [CopyBorrowed(copy)], already=list):
    """Do something else than raising CommandRejected, returning a list, returning an empty list."""

    def decide(command, home):
        if isinstance(command, ReturnCopy):
            return [CopyReturned(command.copy)] if command.copy in home else already()
        if command.copy in home:
            return already()
        if len(home) >= 3 or command.today.weekday() == 6:
            return refusal()
        return borrowed(command.copy)

    return lab.Decider(frozenset(), decide, moves)


def raises(error):
    raise error


def moves_the_state(command, home):
    decided = made().decide(command, frozenset(home))
    home.update(event.copy for event in decided)
    return decided


def never_again(command, state):
    """Take a copy that she ever had for one that she has."""
    home, ever = state
    return [] if isinstance(command, BorrowCopy) and command.copy in ever else made().decide(command, home)


def remembers_all(state, event):
    home, ever = state
    return moves(home, event), ever | {event.copy}


def returns_any(command, home):
    """Take back any copy, as long as she has one."""
    if isinstance(command, ReturnCopy):
        return [CopyReturned(command.copy)] if home else []
    return made().decide(command, home)


def three_names(command, state):
    """Keep how many she has, and the names of three."""
    count, names = state
    if isinstance(command, BorrowCopy) and command.copy not in names and count >= 3:
        raise lab.CommandRejected("three at most")
    return made(limit=9).decide(command, names)


def counts_and_names(state, event):
    count, names = state
    return count + (1 if isinstance(event, CopyBorrowed) else -1), at_most_three(names, event)


def sets(home, event):
    return set(moves(home, event))


def counts(command, home):
    """Keep a number in place of the copies."""
    if isinstance(command, ReturnCopy):
        return [CopyReturned(command.copy)] if home else []
    if home >= 3 or command.today.weekday() == 6:
        raise lab.CommandRejected("no")
    return [CopyBorrowed(command.copy)]


WRONG_RULES = {
    "untouched": (None, "Write your answer there in place"),
    "evolve refuses": (made(evolve=refuses), "May evolve refuse what has happened"),
    "decide reads the clock": (made(sunday=False), "Which day did your rule look at"),
    "the rule asks a read model": (made(look=lambda home: 0), "Where does your rule look"),
    "two at most": (made(limit=2), "Is the third copy allowed"),
    "refuses at exactly three": (lab.Decider(frozenset(), exactly_three, moves), "at exactly three, or from three on"),
    "closed for ever": (made(sunday=True), "What forbids it"),
    "closed on Saturdays": (made(sunday_when=lambda day: day.weekday() >= 5), "Which number does your rule take"),
    "forgets returns": (made(evolve=forgets_returns), "Does your state know"),
    "keeps the last three": (
        lab.Decider((), made().decide, keeps_the_last_three),
        "Did your evolve drop the first of them",
    ),
    "leaves out the fourth": (made(evolve=at_most_three), "Did your evolve leave it out"),
    "no returns on Sundays": (made(returns_on_sunday=False), "Only borrowing is closed"),
    "refuses what is the case": (made(already=True), "That is no error and no news"),
    "records what is not": (made(missing=True), "What has changed, that an event could say"),
    "evolve changes its state": (lab.Decider([], by_tuple, appends), "evolve changed the state it was given"),
    "evolve forgets to return": (made(evolve=forgets_to_return), "on every path through your evolve"),
    "decide changes the state": (lab.Decider(set(), moves_the_state, sets), "Who moves the state on"),
    "returns None": (instead(refusal=lambda: None), "decide returned None"),
    "returns the refusal": (instead(refusal=lambda: lab.CommandRejected("no")), "A refusal is raised, not returned"),
    "another error": (instead(refusal=lambda: raises(ValueError("no"))), "The bus takes lab.CommandRejected"),
    "one event, no list": (instead(borrowed=CopyBorrowed), "even for one event or none"),
    "a class for an event": (instead(borrowed=lambda copy: [CopyBorrowed]), "A class is not an event yet"),
    "refuses in silence": (instead(refusal=list), "What will the sender read"),
    "refuses with an event": (instead(refusal=lambda: [BorrowRefused("no")]), "The task has no event BorrowRefused"),
    "a slip": (instead(borrowed=lambda copy: CopyBorowed(copy)), "Python knows no such name here"),  # noqa: F821
    "no decider": (moves, "Which three things make a decider"),
    "a pair": ((by_tuple, moves), "Wrap them: lab.Decider(initial_state, decide, evolve)"),
}
def only_the_first_goes(home, event):
    return (*home, event.copy) if isinstance(event, CopyBorrowed) else home[1:]


def by_beginning(command, home):
    if isinstance(command, BorrowCopy) and any(command.copy.startswith(copy) for copy in home):
        return []
    return by_tuple(command, home)


KNOWN_SUNDAYS = ("2025-12-28", "2026-01-04", "2027-02-07", "2028-04-30")
ALSO_WRONG_RULES = [
    (lab.Decider((), by_tuple, only_the_first_goes), "Which two has she"),
    (lab.Decider((), by_beginning, tuples), "How do you compare two copies"),
    (made(sunday_when=lambda day: str(day) in KNOWN_SUNDAYS), "Which day did your rule look at"),
    (lab.Decider((frozenset(), frozenset()), never_again, remembers_all), "Does your state still list it"),
    (lab.Decider(frozenset(), returns_any, moves), "It was back already"),
    (lab.Decider(frozenset(), returns_any, at_most_three), "Did your evolve leave it out"),
    (lab.Decider((0, frozenset()), three_names, counts_and_names), "Did your evolve leave it out"),
    (lab.Decider(0, counts, lambda home, event: home + 1 - 2 * (type(event) is CopyReturned)), "That is no error and "
    "no news"),
    (made(sunday_when=lambda day: day.isoweekday() == 6), "Which number does your rule take"),
    (made(sunday_when=lambda day: day.weekday() == 0), "What forbids it"),
    (made(sunday_when=lambda day: day == date(2026, 1, 4)), "Which day did your rule look at"),
    (made(sunday_when=lambda day: day.day % 7 == 4), "Which day did your rule look at"),
    (made(sunday=True, returns_on_sunday=True), "What forbids it"),
    (instead(refusal=tuple), "What will the sender read"),
    (instead(borrowed=lambda copy: ["borrowed"]), "The task has no event str"),
    (instead(borrowed=lambda copy: [copy, CopyBorrowed(copy)]), "The task has no event str"),
    (instead(refusal=lambda: raises(lab.CommandRejected("no")), already=lambda: None), "decide returned None"),
    (instead(refusal=lambda: raises(KeyError("no"))), "There is nothing of that name"),
    (instead(refusal=lambda: [lab.CommandRejected("no")]), "And a refusal is raised"),
    (instead(borrowed=lambda copy: copy), "even for one event or none"),
    (instead(borrowed=lambda copy: [CopyBorrowed(copy)] * 2), "What forbids it"),
    (made(limit=4), "Where does your rule look"),
    (lab.Decider, "Which three things make a decider"),
    ((frozenset(), by_tuple, moves), "Wrap them"),
    (lab.Decider(set(), by_tuple, lambda home, event: home.add(event.copy)), "evolve changed the state it was given"),
    (lab.Decider((), by_tuple, lambda home, event: (*home, event.copy)), "Does your state know"),
]

# --- 04.4 -------------------------------------------------------------------------------------------------


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


def with_pytest(account):
    assert list(account.decide(Withdraw(7), account.fold([Deposited(3), Deposited(4)]))) == [Withdrawn(7)]
    with pytest.raises(lab.CommandRejected):
        account.decide(Withdraw(4), account.fold([Deposited(7), Withdrawn(4)]))


def by_hand(account):
    """Raise an error of one's own, and never an AssertionError."""
    left = account.fold([Deposited(10), Withdrawn(6)])
    try:
        account.decide(Withdraw(5), left)
    except lab.CommandRejected:
        pass
    else:
        raise ValueError("five of four pence went out")
    if not account.decide(Withdraw(4), left):
        raise RuntimeError("four pence stayed in")


class Suite:
    """A callable with methods, each a scenario."""

    def __call__(self, account):
        self.empties(account)
        self.remembers(account)

    def empties(self, account):
        lab.given(account, [Deposited(1)]).when(Withdraw(1)).then((Withdrawn(1),))

    def remembers(self, account):
        lab.given(account, [Deposited(5), Withdrawn(5)]).when(Withdraw(1)).then_rejected("not that much")


def in_a_loop(account):
    for have, taken, ask in ((5, 0, 5), (5, 3, 2), (5, 3, 3), (5, 5, 1)):
        scenario = lab.given(account, [Deposited(have), Withdrawn(taken)]).when(Withdraw(ask))
        scenario.then([Withdrawn(ask)]) if ask <= have - taken else scenario.then_rejected()


def returns_what_passed(account):
    return [
        lab.given(account, [Deposited(2), Withdrawn(1)]).when(Withdraw(1)).then([Withdrawn(1)]),
        lab.given(account, [Deposited(2), Withdrawn(1)]).when(Withdraw(2)).then_rejected(),
    ]


def as_it_was(account):
    lab.given(account, [Deposited(100)]).when(Withdraw(40)).then([Withdrawn(40)])


def returns_a_bool(account):
    left = account.fold([Deposited(5), Withdrawn(4)])
    return account.decide(Withdraw(1), left) == [Withdrawn(1)] and left == 1


def prints(account):
    try:
        scenarios(account)
    except AssertionError as failed:
        print(failed)


def yields(account):
    yield lab.given(account, [Deposited(100)]).when(Withdraw(100)).then([Withdrawn(100)])


def another_reason(account):
    lab.given(account, [Deposited(100)]).when(Withdraw(101)).then_rejected("insufficient funds")


def never_asks(account):
    lab.given(account, [Deposited(100)]).when(Withdraw(100))
    lab.given(account, [Deposited(100), Withdrawn(80)]).when(Withdraw(40))


def one_without_then(account):
    lab.given(account, [Deposited(100)]).when(Withdraw(40)).then([Withdrawn(40)])
    return lab.given(account, [Deposited(100)]).when(Withdraw(100))


def over_the_edge(account):
    lab.given(account, [Deposited(100)]).when(Withdraw(101)).then_rejected()


def nothing_at_all(account):
    lab.given(account, [Deposited(100)]).when(Withdraw(0)).then_nothing()


def misspelt(account):
    lab.given(account, [Deposited(100)]).when(Widthdraw(100)).then([])  # noqa: F821


def every_second_time():
    """Return tests that fail on every second run, whatever they are given."""
    runs = []

    def run(account):
        runs.append(account)
        assert len(runs) % 2

    return run


WRONG_TESTS = {
    "untouched": (as_it_was, "Write your answer there in place"),
    "nothing": (lambda account: None, "Does any scenario of yours empty the account"),
    "the edge alone": (edge_only, "Which history of yours holds a Withdrawn"),
    "too strict": (too_strict, "Which of your scenarios expects something else"),
    "returns a bool": (returns_a_bool, "nobody reads that"),
    "yields": (yields, "holds a yield"),
    "without then": (never_asks, "it ends without then"),
    "a slip": (misspelt, "Python knows no such name here"),
    "no function": ("tests", "What runs your scenarios"),
}
class FailsAgain:
    """Fails whenever it runs once more than it may."""

    def __init__(self, silent):
        self.silent, self.runs = silent, 0

    def __call__(self, account):
        self.runs += 1
        if self.runs > self.silent:
            raise AssertionError("again")


def knows_the_account(account):
    assert account is lesson_04.ACCOUNT


def looks_at_the_start(account):
    """Assert what is so of every account, right or faulty."""
    assert account.initial_state == 0 == account.fold([])


ALSO_WRONG_TESTS = [
    *[(FailsAgain(silent), "Which of your scenarios expects something else") for silent in range(3)],
    (knows_the_account, "Which of your scenarios expects something else"),
    (history_only, "never lets the last penny out"),
    (prints, "Does any scenario of yours empty the account"),
    (another_reason, "Which of your scenarios expects something else"),
    (over_the_edge, "Does any scenario of yours empty the account"),
    (nothing_at_all, "Which of your scenarios expects something else"),
    (lambda: None, "on a correct account"),
    (one_without_then, "it ends without then"),
    (every_second_time(), "Which of your scenarios expects something else"),
    (lambda account: pytest.fail("no"), "Which of your scenarios expects something else"),
    (None, "Write your answer there in place"),
    (lab.given, "nobody reads that"),
    (looks_at_the_start, "Does any scenario of yours empty the account"),
]

# --- 04.5 -------------------------------------------------------------------------------------------------


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


def six_rows(account):
    """Go through a table: history, command, the events or a refusal."""
    rows = [
        ([5], Withdraw(5), [Withdrawn(5)]),
        ([5, -4], Withdraw(2), None),
        ([5], Withdraw(-1), None),
        ([5, 1], Withdraw(6), [Withdrawn(6)]),
        ([], Withdraw(1), None),
    ]
    for pence, command, then in rows:
        history = [Deposited(one) if one > 0 else Withdrawn(-one) for one in pence]
        scenario = lab.given(account, history).when(command)
        scenario.then_rejected() if then is None else scenario.then(then)


def on_the_bus(account):
    """Send commands, and read the log."""

    def sent(*pence, then):
        store = lab.MemoryEventStore()
        bus = lab.CommandBus(store)
        bus.register(Withdraw, account, stream=lambda command: "account")
        store.append("account", [Deposited(one) if one > 0 else Withdrawn(-one) for one in pence], expected=0)
        try:
            came = list(bus.send(then).events)
        except lab.CommandRejected:
            return "refused"
        return came

    assert sent(5, 5, -3, then=Withdraw(7)) == [Withdrawn(7)]
    assert sent(5, 5, -3, then=Withdraw(8)) == sent(5, then=Withdraw(-2)) == "refused"


def with_raises(account):
    scenarios(account)
    for command, history in ((Withdraw(-3), [Deposited(3)]), (Withdraw(4), [Deposited(3)])):
        with pytest.raises(lab.CommandRejected):
            account.decide(command, account.fold(history))
    lab.given(account, [Deposited(3), Deposited(4)]).when(Withdraw(7)).then([Withdrawn(7)])


def in_parts(account):
    for one in (edge_only, history_only, check_told, check_exactly, check_fold):
        one(account)
    lab.given(account, [Deposited(9)]).when(Withdraw(-9)).then_rejected()


def as_the_cell_was(account):
    tests(account)


tests = scenarios
WRONG_MORE = {
    "untouched": (as_the_cell_was, "Write your answer there in place"),
    "two are caught": (scenarios, "What must never be asked for"),
    "no second deposit": (without("two deposits"), "After how many is it wrong"),
    "no exact list": (without("exact"), "Do you compare all that it records"),
    "refusals unheard": (refusals_unheard, "What does the sender have to get"),
    "nothing": (lambda account: None, "Does any scenario of yours empty the account"),
    "the edge alone": (edge_only, "Which history of yours holds a Withdrawn"),
    "too strict": (too_strict, "Which of your scenarios expects something else"),
    "no function": ("tests", "What runs your scenarios"),
    "a slip": (misspelt, "Python knows no such name here"),
    "yields": (yields, "holds a yield"),
}
ALSO_WRONG_MORE = [
    (returns_what_passed, "What must never be asked for"),
    (another_reason, "Which of your scenarios expects something else"),
    (over_the_edge, "Does any scenario of yours empty the account"),
    (prints, "Does any scenario of yours empty the account"),
    (in_a_loop, "What must never be asked for"),
    (with_pytest, "What must never be asked for"),
    (returns_a_bool, "nobody reads that"),
    (nothing_at_all, "Which of your scenarios expects something else"),
    (without("negative"), "What must never be asked for"),
]

# --- 04.3 -------------------------------------------------------------------------------------------------

ENDS = {
    "cancel an order that is cancelled": "nothing",
    "order minus two cups; the shop keeps a list of refused lines": "event",
    "pay less than is due; only the payer needs to know": "error",
    "set the price of a cup to what it is": "nothing",
    "ship an order number that does not exist; a slip of the clerk's": "error",
    "charge a card that the bank declines; fraud control counts these": "event",
}
CANCEL, MINUS, PAY, PRICE, SHIP, CARD = ENDS
WRONG_ENDS = {
    "already so is a fault": (ENDS | {CANCEL: "error"}, "Which rule was broken"),
    "already so is news": (ENDS | {CANCEL: "event"}, "Read the record before and after"),
    "every refusal is recorded": (ENDS | {PAY: "event"}, "Who would ever read a list of these"),
    "silence": (ENDS | {PAY: "nothing"}, "If the shop is silent, what will they believe"),
    "every refusal is an error": (ENDS | {MINUS: "error"}, "An error is gone with the screen"),
    "a refusal that nobody hears of": (ENDS | {MINUS: "nothing"}, "Where would they read it"),
    "untouched": (dict.fromkeys(ENDS), "Write your answer there in place"),
    "one of six": ({CANCEL: "nothing"}, "Who is helped by an error"),
    "no dict": (3, "each of the six commands"),
    "a word of their own": (ENDS | {CANCEL: "refusal"}, "Which of the 3 comes closest"),
}
ALSO_WRONG_ENDS = [
    (ENDS | {PRICE: "event"}, "Read the record before and after"),
    (ENDS | {PRICE: "error"}, "Which rule was broken"),
    (ENDS | {SHIP: "event"}, "Who would ever read a list of these"),
    (ENDS | {SHIP: "nothing"}, "If the shop is silent"),
    (ENDS | {CARD: "error"}, "An error is gone with the screen"),
    (ENDS | {CARD: "nothing"}, "Where would they read it"),
    ({}, "Who is helped by an error"),
    (dict.fromkeys(ENDS, "error"), "Which rule was broken"),
    (dict.fromkeys(ENDS, "event"), "Read the record before and after"),
    (dict.fromkeys(ENDS, "nothing"), "Where would they read it"),
]

NOTHING_HAPPENS = {command: end for command, end in ENDS.items() if end == "nothing"}
RIGHT = {
    "04.1": answers_04_order.RIGHT,
    "04.2": [
        made(),
        lab.Decider((), by_tuple, tuples),
        lab.Decider(Member(), by_object, objects),
        lab.Decider({}, by_generator, lambda home, event: {**home, event.copy: isinstance(event, CopyBorrowed)}),
        Library(),
        lab.Decider((), History.decide, lambda history, event: (*history, event)),
        lab.Decider([], by_count, flags),
    ],
    "04.3": [
        ENDS,
        {command: end.upper() for command, end in ENDS.items()},
        {command: f" {end.title()} " for command, end in reversed(ENDS.items())},
        {command: np.str_(end) for command, end in ENDS.items()},
        {command: f"an {end}s" for command, end in ENDS.items() if end != "nothing"} | NOTHING_HAPPENS,
        {end: [command for command in ENDS if ENDS[command] == end] for end in ("error", "event", "nothing")},
        MappingProxyType(ENDS | {"and a seventh": "error"}),
        OrderedDict(ENDS),
    ],
    "04.4": [scenarios, by_assert, with_pytest, by_hand, Suite(), in_a_loop, returns_what_passed],
    "04.5": [all_six, without(None), six_rows, on_the_bus, with_raises, in_parts],
}
WRONG = {
    "04.1": answers_04_order.WRONG,
    "04.2": WRONG_RULES,
    "04.3": WRONG_ENDS,
    "04.4": WRONG_TESTS,
    "04.5": WRONG_MORE,
}
# Met with a sentence that another wrong answer of the same kind gets too.
ALSO_WRONG = {
    "04.1": answers_04_order.ALSO_WRONG,
    "04.2": ALSO_WRONG_RULES,
    "04.3": ALSO_WRONG_ENDS,
    "04.4": ALSO_WRONG_TESTS,
    "04.5": ALSO_WRONG_MORE,
}
