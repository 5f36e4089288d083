"""A question keeps the number that stands in its field, and no other."""

import pytest

from cqrs_lab.course.ask import Ask, Question

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("keys", ["500", "-1", "", "-"])
def test_a_number_that_is_not_in_the_range_cannot_be_kept(show, keys):
    page = show(Ask([Question("02.2", "How much?", None, 0, 100)], lambda question, answer: ""))
    field, button = page.get_by_role("spinbutton"), page.get_by_role("button")
    for typed, says in (("50", "Your answer: 50. The button keeps it."), (keys, "Give a number from 0 to 100.")):
        field.press("ControlOrMeta+a")
        page.keyboard.press("Delete")
        page.keyboard.type(typed)
        assert page.get_by_role("status").inner_text() == says
    assert button.is_disabled()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("60")
    button.click()
    assert page.evaluate("state.given") == {"02.2": 60}
