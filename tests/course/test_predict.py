"""A guess comes before its answer, the first one counts, and every wrong one is met with a sentence."""

import importlib
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.course import predict, progress, reveal, veiled
from cqrs_lab.course.predictions import SAID_TO
from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import Control

CHOICES = ["one", "two", "three"]


@pytest.fixture(autouse=True)
def what_is_said(monkeypatch):
    monkeypatch.setitem(SAID_TO, "02.1", {"one": "This one counts who asks.", "three": "On every third only."})


def ask():
    return predict("02.1", "How many?", choices=CHOICES)


def test_a_right_guess_is_told_so():
    assert ask().give("02.1", "two") == "Kept: two. Now run the next cell."
    assert reveal("02.1", "two").says == "Yes: two."


def test_a_wrong_guess_is_met_with_what_leads_there():
    ask().give("02.1", "one")
    says = reveal("02.1", "two").says
    assert says == "You said one. Not quite. This one counts who asks. It is two."


def test_why_it_is_so_comes_out_with_the_answer_whatever_was_guessed(monkeypatch):
    monkeypatch.setitem(SAID_TO, "02.1", {"one": "One misleads.", "two": "Two, for this reason."})
    assert reveal("02.1", "two").says.endswith("Two, for this reason.")
    ask().give("02.1", "one")
    assert reveal("02.1", "two").says == "You said one. Not quite. One misleads. It is two. Two, for this reason."
    assert "this reason" not in reveal("02.1", "three").says


def test_a_right_guess_hears_the_reason_once(monkeypatch):
    monkeypatch.setitem(SAID_TO, "02.1", {"two": "Two, for this reason."})
    ask().give("02.1", "two")
    assert reveal("02.1", "two").says == "Yes: two. Two, for this reason."


def test_without_a_guess_it_says_so_and_goes_on():
    assert reveal("02.1", "two").says == "Answer: two. (You didn't guess first.)"


def test_the_first_guess_counts_also_after_the_form_is_shown_again():
    ask().give("02.1", "one")
    again = ask()
    assert again.told == {"02.1": "Kept: one. Now run the next cell."}
    assert again.give("02.1", "two") == "Kept: one. Now run the next cell."
    assert "You said one" in reveal("02.1", "two").says


def test_what_the_front_end_sends_is_kept():
    form = ask()
    form.set_state({"given": {"02.1": "three"}})
    assert form.told["02.1"].startswith("Kept: three") and "You said three" in reveal("02.1", "two").says


def test_a_number_may_be_guessed_within_its_range():
    form = predict("07.1", "How late?", range=(0, 10))
    with pytest.raises(InvalidArgument, match="give a number from 0 to 10"):
        form.give("07.1", 11)
    form.give("07.1", 2.5)
    assert reveal("07.1", 4).frame.iloc[0].to_list() == [2.5, 4]


def room():
    return predict("02.1", "How many?", choices=["one", "two"], room=True)


def test_a_room_votes_talks_and_votes_again_and_both_votes_stand_beside_the_answer():
    form = room()
    for choice, first, second in (("one", 20, 3), ("two", 5, 22)):
        form.count(choice, first)
        form.count(choice, second, vote=2)
    shown = reveal("02.1", "two")
    assert shown.says.endswith("The room said: First vote: one 20, two 5. Second vote: one 3, two 22.")
    assert "two ✓ the answer" in shown.html and "one ✓" not in shown.html


def test_a_room_that_votes_once_says_nothing_of_a_second_vote():
    room().count("two", 4)
    assert reveal("02.1", "two").says.endswith("The room said: First vote: one 0, two 4.")


def test_the_next_room_does_not_inherit_the_hands_of_this_one():
    room().count("one", 20)
    room()
    assert "The room said" not in reveal("02.1", "two").says and "The room" not in reveal("02.1", "two").html


def test_hands_that_were_counted_before_there_were_two_votes_are_a_first_vote():
    importlib.import_module("cqrs_lab.course.progress").notes().add("room", "02.1", choice="one", votes=7)
    assert reveal("02.1", "two").says.endswith("The room said: First vote: one 7.")


def test_a_room_leaves_the_guess_of_the_learner_alone():
    room().count("one", 20)
    assert reveal("02.1", "two").frame["guess"].to_list() == [None]
    predict("02.1", guess="one")
    assert reveal("02.1", "two").says.startswith("You said one. Not quite")


def test_what_is_no_question_or_no_answer_is_refused():
    with pytest.raises(InvalidArgument, match="does not say what may be guessed; give choices"):
        predict("02.1", "How many?")
    with pytest.raises(InvalidArgument, match="give one of one, two, three"):
        ask().give("02.1", "four")
    with pytest.raises(InvalidArgument, match=r"give one of 02\.1"):
        ask().give("02.9", "one")


NO_QUESTIONS = [
    ({"choices": [], "range": None}, "leaves nothing to guess"),
    ({"choices": ["one"]}, "leaves nothing to guess"),
    ({"choices": ["one", "one"]}, "leaves nothing to guess"),
    ({"choices": "one two"}, "leaves nothing to guess"),
    ({"choices": 3}, "leaves nothing to guess"),
    ({"choices": [1, 2]}, "give different texts"),
    ({"choices": CHOICES, "range": (0, 1)}, "give one of the two"),
    ({"range": (10, 0)}, r"give \(least, most\), such as"),
    ({"range": (0, 0)}, "holds no number to guess"),
    ({"range": 7}, "holds no number to guess"),
    ({"range": (0, 1, 2)}, "holds no number to guess"),
    ({"range": ("a", "b")}, "holds no number to guess"),
    ({"range": (0, float("nan"))}, "holds no number to guess"),
    ({"range": (0, float("inf"))}, "holds no number to guess"),
    ({"range": (0, 10**400)}, "holds no number to guess"),
    ({"range": (0, 9), "room": True}, "counts votes for choices"),
]


@pytest.mark.parametrize(("asked", "told"), NO_QUESTIONS, ids=[str(asked) for asked, _ in NO_QUESTIONS])
def test_what_leaves_nothing_to_guess_is_refused_with_what_would(asked, told):
    with pytest.raises(InvalidArgument, match=told):
        predict("02.1", "How many?", **asked)


@pytest.mark.parametrize("key", ["2.1", "", None, 2.1, "02", "lesson 2"])
def test_a_key_that_is_none_is_refused_at_every_door(key):
    for door in (lambda: predict(key, choices=CHOICES), lambda: reveal(key, "two"), lambda: veiled(key, a_view())):
        with pytest.raises(InvalidArgument, match='lesson and a number: "03.1"'):
            door()


def test_a_guess_in_any_number_type_is_kept_as_a_number():
    for at, guess in enumerate((np.int64(4), np.float32(2.5), Fraction(5, 2), np.array(3), Decimal("2.5")), 1):
        predict(f"07.{at}", "How late?", range=(0, 10)).give(f"07.{at}", guess)
        assert reveal(f"07.{at}", np.float64(9)).frame.iloc[0].to_list() == [float(guess), 9.0]


def test_a_range_of_any_number_type_or_of_texts_is_read_as_numbers():
    for least, most in ((np.int64(0), np.int64(10)), ("0", "10"), (Fraction(0), Decimal(10))):
        assert repr(predict("07.1", "How late?", range=(least, most))).startswith("How late? (0 to 10)")


def test_a_column_is_no_outcome_and_the_error_says_what_is():
    with pytest.raises(InvalidArgument, match="is a Series; give the one value"):
        reveal("07.1", pd.Series([4]))


@pytest.mark.parametrize("guess", ["four", True, float("nan"), float("inf"), -1, 11, None, [], "5", "1,200", 10**400])
def test_what_is_no_guess_is_refused_and_never_kept(guess):
    form = predict("07.1", "How late?", range=(0, 10))
    with pytest.raises(InvalidArgument, match="give a number from 0 to 10"):
        form.give("07.1", guess)
    form.set_state({"given": {"07.1": guess}})
    assert form.told == {} and "give a number from 0 to 10" in form.refused["07.1"]
    assert form.give("07.1", 4).startswith("Kept: 4.") and reveal("07.1", 4).says == "Yes: 4."


def test_a_plain_guess_is_held_against_what_was_asked():
    with pytest.raises(InvalidArgument, match="give one of one, two, three"):
        predict("02.1", "How many?", choices=CHOICES, guess="four")
    ask()
    with pytest.raises(InvalidArgument, match="give one of one, two, three"):
        predict("02.1", guess="four")
    predict("02.1", guess="Two")
    assert reveal("02.1", "two").says == "Yes: two."


def test_a_guess_that_fits_no_choice_of_today_gives_way_to_one_that_does():
    predict("02.1", guess="a word of an earlier edition")
    form = ask()
    assert form.given == {}
    form.give("02.1", "two")
    assert reveal("02.1", "two").says == "Yes: two."


@pytest.mark.parametrize(
    ("guess", "outcome", "says"),
    [
        (5, 4, "You said 5. The answer is 4: within a factor of two, a good guess."),
        (2, 4.0, "You said 2. The answer is 4: within a factor of two, a good guess."),
        (8, 4, "You said 8. The answer is 4: within a factor of two, a good guess."),
        (4, 4.0, "Yes: 4."),
        (9, 4, "You said 9. Not quite: the answer is 4."),
        (1.9, 4, "You said 1.9. Not quite: the answer is 4."),
        (0, 0.0, "Yes: 0."),
        (1, 0, "You said 1. Not quite: the answer is 0."),
        (3, np.float64(2.987654), "You said 3. The answer is 2.99: within a factor of two, a good guess."),
    ],
)
def test_a_number_within_a_factor_of_two_is_a_good_guess(guess, outcome, says):
    predict("07.1", "How late?", range=(0, 10)).give("07.1", guess)
    assert reveal("07.1", outcome).says == says
    assert progress().frame.at["07", "guessed right"] == ("Not quite" not in says)


def test_a_form_reads_as_text_and_carries_what_the_front_end_draws():
    form = ask()
    assert repr(form) == "How many? (one / two / three)"
    data, _ = form._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data and "How many?" in data["text/html"]
    assert form.questions[0]["choices"] == tuple(CHOICES)


def a_view():
    return View(lambda step: Picture("<p>curve</p>", "curve", pd.DataFrame()), [Control("step", "Step", 0, 1, 0)])


def test_a_view_is_veiled_until_the_guess_is_kept():
    view = veiled("02.1", a_view())
    assert "Your guess (02.1)" in view.veil
    ask().give("02.1", "one")
    assert view.veil == "" and veiled("02.1", a_view()).veil == ""


def test_without_a_front_end_nothing_is_veiled():
    view = veiled("02.1", a_view())
    assert view.veil and repr(view) == "curve" and "<p>curve</p>" in view._repr_mimebundle_()[0]["text/html"]


def test_show_me_takes_the_veil_off_without_a_guess():
    view = veiled("02.1", a_view())
    view.set_state({"veil": ""})
    assert view.veil == "" and reveal("02.1", "two").says.endswith("(You didn't guess first.)")
