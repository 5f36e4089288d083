"""The duel is really played, in any order of the moves, with any rule and any store."""

import re
from html import unescape
from itertools import permutations

import pytest

import cqrs_lab as lab
from cqrs_lab.course.exercises.lesson_03 import HalfStore
from cqrs_lab.shop import write
from cqrs_lab.shop.events import StockReceived, StockReserved
from cqrs_lab.show import duel

from .conftest import EVENING

FIRST, ADA_FASTER, BEN_FASTER = range(3)
CHECKS, DOES_NOT = range(2)
ONE_CUP = [StockReceived("cup", 1, EVENING)]


def commands(**quantities):
    asked = {"Ada": 1, "Ben": 1} | quantities
    return {name: write.ReserveStock("cup", name.lower(), number, EVENING) for name, number in asked.items()}


@pytest.fixture
def view():
    return duel(write.stock, "stock-cup", ONE_CUP, commands())


def ended(view, order, check=CHECKS):
    """Return the picture at the end of a run."""
    view.move(order=order, check=check)
    view.move(step=view.controls[2]["most"])
    return view.picture


def played(view, order, check=CHECKS):
    frame = ended(view, order, check).frame
    return [tuple(row) for row in frame[["who", "does", "version", "refused"]].to_numpy().tolist()]


# --- the store checks the version


def test_one_after_the_other_the_second_is_told_that_nothing_is_left(view):
    assert played(view, FIRST) == [
        ("Ada", "loads", 1, False),
        ("Ada", "appends StockReserved", 2, False),
        ("Ben", "loads", 2, False),
        ("Ben", "appends StockReservationRefused", 3, False),
    ]


@pytest.mark.parametrize(("order", "winner", "loser"), [(ADA_FASTER, "Ada", "Ben"), (BEN_FASTER, "Ben", "Ada")])
def test_where_both_have_loaded_the_faster_wins_and_the_other_decides_anew(view, order, winner, loser):
    assert played(view, order) == [
        ("Ada", "loads", 1, False),
        ("Ben", "loads", 1, False),
        (winner, "appends StockReserved", 2, False),
        (loser, "appends StockReserved", 2, True),
        (loser, "loads", 2, False),
        (loser, "appends StockReservationRefused", 3, False),
    ]


def test_a_conflict_names_what_was_expected_and_what_was_found(view):
    assert view.at(order=ADA_FASTER, step=4).says == (
        "Ben appends StockReserved; the store refuses: expected version 1, found 2. stock-cup is at version 2."
    )
    assert view.at(order=ADA_FASTER, step=6).says.endswith("stock-cup is at version 3. That was all.")


def in_words(who):
    """Return the order of the moves as its control names it."""
    names, loaded = ("Ada", "Ben"), []
    moves = []
    for each in who:
        moves.append(f"{names[each]} {'appends' if each in loaded else 'loads'}")
        loaded.append(each)
    return ", ".join(moves)


def test_the_orders_are_all_there_are_and_said_in_plain_words(view):
    assert set(view.controls[0]["choices"]) == {in_words(who) for who in permutations((0, 0, 1, 1))}


# --- what an order brings, with the check and without: counted by hand for each of the six


BOTH_LOAD_FIRST = [ADA_FASTER, BEN_FASTER, 4, 5]


@pytest.mark.parametrize("order", range(6))
def test_with_the_check_no_order_oversells_and_one_is_refused_where_both_have_loaded(view, order):
    frame = ended(view, order).frame
    assert frame["left"].tolist()[-1] == 0 and not frame["stale"].any()
    assert bool(frame["refused"].any()) == (order in BOTH_LOAD_FIRST)


@pytest.mark.parametrize("order", range(6))
def test_without_it_the_orders_in_which_both_load_first_oversell(view, order):
    picture = ended(view, order, DOES_NOT)
    oversells = order in BOTH_LOAD_FIRST
    assert picture.frame["left"].tolist()[-1] == (-1 if oversells else 0)
    assert picture.frame["stale"].tolist() == [False, False, False, oversells]
    assert ("Oversold: 1 there, 2 promised." in picture.says) == oversells
    assert ("✕ oversold" in picture.html) == oversells == ("✕ none left" in picture.html)
    assert ("\N{MINUS SIGN}1 left" in picture.html) == oversells


def test_an_oversell_says_who_was_late(view):
    assert ended(view, BEN_FASTER, DOES_NOT).says.endswith("Ada decided on version 1, and the stream was at 2.")


def test_what_was_oversold_before_is_not_this_race_s_fault():
    owed = [*ONE_CUP, StockReserved("cup", "x", 1, EVENING), StockReserved("cup", "y", 1, EVENING)]
    right, wrong = (duel(rule, "stock-cup", owed, commands(), left=free) for rule in (careful, forgetful))
    picture = ended(right, FIRST)
    assert picture.says.endswith("That was all.") and "✓ all kept" in picture.html
    picture = ended(wrong, FIRST)
    assert "Oversold: 0 there, 2 promised." in picture.says and "✕ oversold" in picture.html


def test_with_cups_for_both_to_be_late_does_no_harm():
    view = duel(write.stock, "stock-cup", [StockReceived("cup", 2, EVENING)], commands())
    picture = ended(view, ADA_FASTER, DOES_NOT)
    assert picture.frame["left"].tolist() == [2, 2, 1, 0] and picture.says.endswith("That was all.")


# --- the picture


def keys(html):
    return [unescape(one) for one in re.findall(r'data-key="(.*?)"', html)]


def at(html, name):
    return tuple(
        map(float, re.search(rf'data-key="{name}"[^>]*transform="translate\(([\d.]+) ([\d.]+)\)"', html).groups())
    )


def test_the_cup_glides_from_the_shelf_to_whom_it_is_promised(view):
    places = [at(view.at(order=order, step=step).html, "thing/0") for order, step in ((1, 2), (1, 3), (2, 3))]
    assert len(set(places)) == 3
    assert places[1][0] == places[2][0] > places[0][0] and places[1][1] < places[0][1] < places[2][1]


def test_a_cup_that_is_not_there_is_drawn_as_missing(view):
    assert "thing/missing/Ben/0" in keys(view.at(order=ADA_FASTER, check=DOES_NOT, step=4).html)
    assert "missing" not in "".join(keys(view.at(order=ADA_FASTER, check=DOES_NOT, step=3).html))


@pytest.mark.parametrize("check", [CHECKS, DOES_NOT])
def test_the_four_moves_are_there_from_the_beginning_and_keep_their_keys(view, check):
    moves = [{one for one in keys(view.at(check=check, order=order).html) if "move/" in one} for order in range(6)]
    assert len(moves[0]) == 4 and all(one == moves[0] for one in moves)


def cards(view, order):
    """Return the orders to which the cards lead, by their names."""
    found = re.findall(r'aria-label="(\w+ \w+), move \d: [^"]*" data-set="(.*?)"', view.at(order=order).html)
    return {name: int(re.search(r"\d", sets)[0]) for name, sets in found}


def test_a_card_lets_its_move_come_one_earlier_and_so_every_order_is_reached(view):
    words = view.controls[0]["choices"]
    for order in range(6):
        moves = words[order].split(", ")
        for name, leads_to in cards(view, order).items():
            place = moves.index(name)
            after = [*moves[: place - 1], moves[place], moves[place - 1], *moves[place + 1 :]]
            assert words[leads_to] == ", ".join(after)
    reached, new = set(), {0}
    while new:
        reached |= new
        new = {one for order in new for one in cards(view, order).values()} - reached
    assert reached == set(range(6))


def test_one_card_stands_in_the_way_of_the_tab_key_at_a_time(view):
    for order in range(6):
        assert view.at(order=order).html.count('tabindex="0"') == 1


def test_what_is_still_to_come_is_not_shown_but_has_its_place(view):
    html = view.at(order=ADA_FASTER, step=3).html
    assert "refuses" not in html and len(re.findall(r"<tr", html)) == len(
        re.findall(r"<tr", view.at(order=ADA_FASTER, step=6).html)
    )


def test_a_refusal_is_told_by_a_mark_too(view):
    assert view.at(order=ADA_FASTER, step=4).html.count("✕ it is v 2") == 1


def test_the_picture_says_whether_anybody_asks(view):
    asks, does_not = (view.at(order=FIRST, check=check, step=2).html for check in (CHECKS, DOES_NOT))
    assert ">✓ still v 1<" in asks and ">checked<" in asks and "nobody asks" not in asks
    assert ">nobody asks<" in does_not and ">not checked<" in does_not and "✓ still" not in does_not


def test_a_stream_without_a_number_has_a_version_and_no_shelf_count():
    lamp = lab.Decider("off", lambda command, state: [command], lambda state, event: event)
    view = duel(lamp, "lamp", [], {"Ada": "on", "Ben": "dim"})
    picture = ended(view, ADA_FASTER, DOES_NOT)
    assert picture.frame["left"].isna().all() and " left" not in picture.html
    assert not picture.frame["stale"].any()


def test_a_late_decision_is_seen_even_where_nothing_is_counted():
    once = lab.Decider("", lambda command, state: [] if state else [command], lambda state, event: event)
    picture = ended(duel(once, "name", [], {"Ada": "a", "Ben": "b"}), ADA_FASTER, DOES_NOT)
    assert picture.says.endswith("By then the rules would have decided otherwise.") and "✕ too late" in picture.html


# --- a rule of your own


def reserved(facts):
    return sum(one.quantity for one in facts if isinstance(one, StockReserved))


def free(facts):
    return sum(one.quantity for one in facts if isinstance(one, StockReceived)) - reserved(facts)


def careful(command, facts):
    return [StockReserved("cup", command.order_id, 1, EVENING)] if free(facts) > 0 else []


def forgetful(command, facts):
    """Counts the deliveries and forgets what is promised."""
    return [StockReserved("cup", command.order_id, 1, EVENING)] if free(facts) + reserved(facts) > 0 else []


def test_a_right_rule_of_ones_own_sells_the_cup_once():
    picture = ended(duel(careful, "stock-cup", ONE_CUP, commands(), left=free), FIRST)
    assert picture.frame["left"].tolist() == [1, 0, 0, 0] and "✓ all kept" in picture.html


def test_a_wrong_rule_oversells_even_one_after_the_other_and_the_picture_says_whose_fault_it_is():
    picture = ended(duel(forgetful, "stock-cup", ONE_CUP, commands(), left=free), FIRST)
    assert picture.frame["left"].tolist() == [1, 0, 0, -1] and "✕ oversold" in picture.html
    assert picture.says.endswith("Nobody was late: it is the rule that sells too much.")


def broken(command, facts):
    return [StockReserved("cup", command.order_id, 1 // 0, EVENING)]


def test_a_rule_that_raises_is_a_sentence_in_the_picture():
    picture = ended(duel(broken, "stock-cup", ONE_CUP, commands(), left=free), FIRST)
    assert picture.frame["outcome"].tolist()[1].startswith("your rule failed: ZeroDivisionError")
    assert picture.frame["left"].tolist() == [1, 1, 1, 1] and "✕ it fails" in picture.html


def test_a_fold_that_raises_is_a_sentence_too():
    decider = lab.Decider(0, lambda command, state: [], lambda state, event: state + event.missing)
    frame = ended(duel(decider, "stock-cup", ONE_CUP, commands()), FIRST).frame
    assert frame["outcome"].tolist()[0].startswith("the fold failed: AttributeError")
    assert frame["outcome"].tolist()[1] == "nothing was loaded" and frame["refused"].all()


def test_a_rule_that_returns_no_list_is_told_what_to_return():
    with pytest.raises(lab.InvalidArgument, match=r"your rule for ReserveStock: None .*; let it return a list"):
        duel(lambda command, facts: None, "stock-cup", ONE_CUP, commands())


@pytest.mark.parametrize("wrong", [lambda facts: "many", lambda facts: facts[99]])
def test_a_count_that_is_none_is_refused_in_a_sentence(wrong):
    with pytest.raises(lab.InvalidArgument, match="let it return how many are left"):
        duel(careful, "stock-cup", ONE_CUP, commands(), left=wrong)


def test_a_rule_that_refuses_ends_a_wish(view):
    view = duel(write.stock, "stock-cup", ONE_CUP, commands(Ada=0))
    assert view.at(order=FIRST, step=2).says.startswith("Ada decides; the rules refuse: quantity must be 1 or more.")


# --- a store of your own: the answer of lesson 3, right and wrong


class MyStore(HalfStore):
    def append(self, stream, events, expected):
        found, head = self.version(stream), len(self.log)
        if found != expected:
            raise lab.ConcurrencyError(stream, expected, found)
        self.log += [(head + at, stream, found + at, event) for at, event in enumerate(events, 1)]


class InOtherWords(MyStore):
    def append(self, name, facts, seen):
        super().append(name, facts, seen)


class NeverAsks(HalfStore):
    def append(self, stream, events, expected):
        found, head = self.version(stream), len(self.log)
        self.log += [(head + at, stream, found + at, event) for at, event in enumerate(events, 1)]


class AlwaysRefuses(MyStore):
    def append(self, stream, events, expected):
        if self.log:
            raise lab.ConcurrencyError(stream, expected, self.version(stream))
        super().append(stream, events, expected)


class Untouched(HalfStore):
    def append(self, stream, events, expected):
        pass


class ForgetsLater(MyStore):
    def append(self, stream, events, expected):
        if not self.log:
            super().append(stream, events, expected)


class Raises(MyStore):
    def append(self, stream, events, expected):
        if self.log:
            raise KeyError(stream)
        super().append(stream, events, expected)


class Scrambles(MyStore):
    def append(self, stream, events, expected):
        super().append(stream, events, expected)
        if expected:
            self.log[-1] = self.log[-1][::-1]


def with_store(kind):
    return duel(write.stock, "stock-cup", ONE_CUP, commands(), store=kind)


@pytest.mark.parametrize("kind", [MyStore, InOtherWords])
def test_a_right_store_of_ones_own_plays_as_the_kit_s_does(view, kind):
    for order in range(6):
        for check in (CHECKS, DOES_NOT):
            assert ended(with_store(kind), order, check).html == ended(view, order, check).html


def test_a_store_that_never_asks_oversells_although_it_is_told_to_check():
    picture = ended(with_store(NeverAsks), ADA_FASTER, CHECKS)
    assert picture.frame["left"].tolist() == [1, 1, 0, -1] and "✕ oversold" in picture.html
    assert "expected version 1, found 2, and the store accepts it" in picture.says


def test_a_store_that_refuses_everybody_ends_too():
    frame = ended(with_store(AlwaysRefuses), FIRST).frame
    assert len(frame) == 8 and frame["left"].tolist() == [1] * 8


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (ForgetsLater, "the store takes 1 event, and has recorded 0"),
        (Raises, "the store failed: KeyError: 'stock-cup'"),
        (Scrambles, "the store failed: InvalidArgument: entry 2 of the log"),
    ],
)
def test_a_store_that_fails_is_a_sentence_in_the_picture(kind, said):
    picture = ended(with_store(kind), FIRST)
    assert picture.frame["outcome"].tolist()[1].startswith(said) and "✕ it fails" in picture.html


def test_an_append_that_is_not_written_yet_plays_nothing_and_says_why():
    view = with_store(Untouched)
    assert view.says == (
        "Nothing can be played: the store does not keep what happened before: "
        "1 event appended, 0 read back as they were."
    )
    assert [one["name"] for one in view.controls] == ["order", "check"] and view.frame().empty


def test_what_makes_no_store_is_refused():
    for wrong in (MyStore(), dict, lambda: None, lab.MemoryEventStore(), lambda: 1 // 0):
        with pytest.raises(lab.InvalidArgument, match="store.*(give a class|let it have append|let it make)"):
            with_store(wrong)
