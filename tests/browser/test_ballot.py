"""A ballot in a real browser: hands are counted with buttons or typed, by keyboard alone."""

import pytest

from cqrs_lab.course.ballot import Ballot

pytestmark = pytest.mark.browser


@pytest.fixture
def page(show):
    return show(Ballot("How many?", ["one", "two"], lambda *count: ""))


def test_the_buttons_count_one_more_and_one_fewer_and_never_below_none(page):
    more, fewer = (page.get_by_label(f"{name}: two, second vote") for name in ("One more", "One fewer"))
    for button, then in ((more, 1), (more, 2), (fewer, 1), (fewer, 0)):
        button.focus()
        page.keyboard.press("Enter")
        assert page.evaluate("saved.votes") == [[0, 0], [0, then]]
        assert page.get_by_label("Hands: two, second vote").input_value() == str(then)
    fewer.press("Space")
    assert page.evaluate("state.votes") == [[0, 0], [0, 0]]


def test_a_number_is_typed_or_moved_by_arrow_keys_and_kept_within_its_ends(page):
    field = page.get_by_label("Hands: one, first vote")
    for keys, then in ((["2", "5", "Enter"], 25), (["ArrowUp"], 26), (["9", "9", "9", "9", "Enter"], 1000)):
        field.focus()
        if keys[0].isdigit():
            page.keyboard.press("Control+A")
        for each in keys:
            page.keyboard.press(each)
        assert page.evaluate("saved.votes") == [[then, 0], [0, 0]]
        assert field.input_value() == str(then)


def test_what_the_kernel_says_and_draws_is_shown(page):
    page.evaluate("answer({ html: '<b>bars</b>', says: 'First vote: one 1.' })")
    assert page.get_by_text("First vote: one 1.").is_visible() and page.get_by_text("bars").is_visible()


def test_a_number_that_is_being_typed_outlives_an_answer_of_the_kernel(page):
    field = page.get_by_label("Hands: one, second vote")
    field.focus()
    page.keyboard.press("Control+A")
    page.keyboard.press("7")
    page.evaluate("answer({ html: '<b>bars</b>', says: 'First vote: one 1.', votes: [[1, 0], [0, 0]] })")
    assert page.get_by_label("Hands: one, first vote").input_value() == "1"
    page.keyboard.press("Tab")
    assert page.evaluate("saved.votes") == [[1, 0], [7, 0]] and field.input_value() == "7"
