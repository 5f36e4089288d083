"""A learner's page stands among the remedies of lesson 8: which promises it keeps, and who waits for that."""

import pytest

from tests.lessons import code_of

from ..exercises import answers_08 as answers


@pytest.fixture(scope="module")
def row(request):
    """Return a function that gives the last row of the lesson's view, and what is said of it."""
    code = code_of("08", solved=False)
    names = {}
    exec(code["lesson-08-01"], names)
    *above, last = code["lesson-08-35-grid"].splitlines()
    exec("\n".join(above), names)

    def row(page):
        view = eval(last, {**names, "order_and_look": page})
        return view.frame().iloc[-1], view.says

    return row


@pytest.mark.parametrize("number", range(len(answers.RIGHT["08.2"])))
def test_a_right_page_in_any_style_keeps_the_promises_and_its_reader_waits(row, number):
    found, says = row(answers.RIGHT["08.2"][number])
    assert found["misses_own_write"] == 0 == found["goes_back"] and found["reads"] == 40, says
    assert 1.1 < found["reader_waits_seconds"] < 1.4 and found["primary_reads"] == 0


@pytest.mark.parametrize(
    ("name", "seen"),
    {
        "looks at once": "Read your writes: broken by 31 of 40 looks",
        "a version": "Read your writes: broken by 31 of 40 looks",
        "asks until it is there": "Read your writes: broken by 13 of 40 looks",
        "sleeps": "the reader waits 5 s per visit",
        "sleeps as well": "the sender waits 1 s per visit",
        "forgets the return": "your function returned None, which is no answer of the shop's",
        "sends it again": "is not the visitor's; send 'order 1', as it was given",
    }.items(),
)
def test_what_a_wrong_page_costs_or_breaks_is_said(row, name, seen):
    assert seen in row(answers.WRONG["08.2"][name][0])[1]
