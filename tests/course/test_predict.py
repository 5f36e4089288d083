"""A guess comes before its answer, the first one counts, and every wrong one is met with a sentence."""

import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.course import predict, reveal, veiled
from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import Control

CHOICES = ["one", "two", "three"]


def ask():
    return predict("02.1", "How many?", choices=CHOICES)


def test_a_right_guess_is_told_so():
    assert ask().give("02.1", "two") == "Kept: two. Now run on."
    assert reveal("02.1", "two").says == "Yes: two."


def test_a_wrong_guess_is_met_with_what_leads_there():
    ask().give("02.1", "one")
    says = reveal("02.1", "two").says
    assert says.startswith("You said one, and it is two.") and "counts who asks" in says


def test_without_a_guess_it_says_so_and_goes_on():
    assert reveal("02.1", "two").says == "It is: two. (You kept no guess.)"


def test_the_first_guess_counts_also_after_the_form_is_shown_again():
    ask().give("02.1", "one")
    again = ask()
    assert again.told == {"02.1": "Kept: one. Now run on."} and again.give("02.1", "two") == "Kept: one. Now run on."
    assert "You said one" in reveal("02.1", "two").says


def test_what_the_front_end_sends_is_kept():
    form = ask()
    form.set_state({"given": {"02.1": "three"}})
    assert form.told["02.1"].startswith("Kept: three") and "You said three" in reveal("02.1", "two").says


def test_a_number_may_be_guessed_within_its_range():
    form = predict("07.1", "How late?", range=(0, 10))
    with pytest.raises(InvalidArgument, match="give a number, 0 to 10"):
        form.give("07.1", 11)
    form.give("07.1", 2.5)
    assert reveal("07.1", 4).frame.iloc[0].to_list() == [2.5, 4]


def test_a_room_votes_and_may_vote_again():
    def vote(one, two):
        form = predict("02.1", "How many?", choices=["one", "two"], room=True)
        form.give("02.1 one", one)
        form.give("02.1 two", two)

    vote(20, 5)
    vote(3, 22)
    assert reveal("02.1", "two").says.endswith("The room said: one 3, two 22.")


def test_what_is_no_question_or_no_answer_is_refused():
    with pytest.raises(InvalidArgument, match="either choices"):
        predict("02.1", "How many?")
    with pytest.raises(InvalidArgument, match="give one of one, two, three"):
        ask().give("02.1", "four")
    with pytest.raises(InvalidArgument, match=r"there is 02\.1"):
        ask().give("02.9", "one")


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
    assert view.veil == "" and reveal("02.1", "two").says.endswith("(You kept no guess.)")
