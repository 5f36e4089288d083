"""A learner's rebuild goes on in the studio of lesson 10: what a visitor would notice is seen at its step."""

import pytest

from tests.lessons import code_of

from ..exercises import answers_10 as answers

BEFORE, COMES, STEPS = 300, 40, 16


@pytest.fixture(scope="module")
def lesson():
    """Return the code of the learner's copy by the ids of its cells, and the names that its first part leaves."""
    code = code_of("10", solved=False)
    names = {}
    for one in ("lesson-10-01", "lesson-10-03", "lesson-10-09"):
        exec(code[one], names)
    return code, names


def studio(lesson, rebuild):
    code, names = lesson
    return eval(code["lesson-10-37a"], {**names, "rebuild": rebuild})


def units(lesson, version):
    """Add up by hand what was ordered, and for version 2 what came back, after each step's events."""
    _, names = lesson
    events, log = names["events"], [one.event for one in names["store"].read_all()]
    signs = {events.OrderPlaced: 1, events.ItemsReturned: -1 if version == 2 else 0}
    return [
        sum(signs.get(type(one), 0) * line.quantity for one in log[:head] if type(one) in signs for line in one.lines)
        for head in range(BEFORE, BEFORE + COMES * STEPS + 1, COMES)
    ]


@pytest.mark.parametrize("number", range(len(answers.RIGHT["10.2"])))
def test_a_right_answer_is_not_noticed_by_anybody(lesson, number):
    view = studio(lesson, answers.RIGHT["10.2"][number])
    last = view.at(step=STEPS)
    swap = last.frame["state"].tolist().index("swapped")
    old, new = units(lesson, 1), units(lesson, 2)
    assert last.frame["answer"].tolist() == [*old[:swap], *new[swap:]]
    assert (last.frame["serving"] == last.frame["head"]).all()
    assert "✕" not in last.html and f"Your function swapped at step {swap}." in last.html


# What a wrong one leaves: its last state, the steps at which the answer is neither version's, and what is said.
NOTICED = {
    "empties the serving table": ("swapped", [1], "sees it as of 0 again"),
    "misses the meantime": ("swapped", [3], "Who has seen the shop as of 420 sees it as of 340 again."),
    "repeats side effects": ("swapped", [], "The mails for 340 events go out again"),
    "says it has the meantime": ("swapped", list(range(2, 17)), "what neither version makes of the log up to 380"),
    "swaps early": ("swapped", [1], "sees it as of 2 again"),
    "swaps at once": ("swapped", [1], "sees it as of 0 again"),
    "swaps twice": (
        "swapped",
        list(range(9, 17)),
        "Your function has swapped, and yet the old version&#x27;s table serves.",
    ),
    "never swaps": ("ended", [], "Your function ended at step 3, and the old version serves."),
    "raises": ("stopped", [], "It stops: AttributeError: &#x27;Disk&#x27; object has no attribute &#x27;write&#x27;."),
    "does not pause": ("stopped", [], "let it yield between its steps"),
    "all in one go": ("swapped", [], "Between two pauses it reads 340 events at most."),
}


@pytest.mark.parametrize("name", NOTICED)
def test_what_a_wrong_answer_does_is_seen_and_said(lesson, name):
    answer = answers.WRONG["10.2"][name][0]
    picture = studio(lesson, answer).at(step=STEPS)
    state, steps, says = NOTICED[name]
    fits = zip(picture.frame["answer"], units(lesson, 1), units(lesson, 2), strict=True)
    neither = [step for step, (told, *either) in enumerate(fits) if told not in either]
    assert picture.frame["state"].iloc[-1] == state and says in picture.html
    assert state == "stopped" or neither == steps


def test_the_cell_as_it_was_goes_back_and_mails_again(lesson):
    code, names = lesson
    names = dict(names)
    exec(code["lesson-10-37"], names)
    picture = eval(code["lesson-10-37a"], names).at(step=STEPS)
    assert "Who has seen the shop as of 340 sees it as of 2 again." in picture.html
    assert "The mails for 340 events go out again" in picture.html
    assert set(picture.frame["version"]) == {1} and picture.frame["state"].iloc[-1] == "ended"


def test_it_is_said_from_its_step_on(lesson):
    view = studio(lesson, answers.misses_the_meantime)
    assert ["✕" in view.at(step=step).html for step in range(5)] == [False, False, False, True, True]


def test_mails_that_are_never_sent_are_said(lesson):
    def moves_it_on(tables, store, projection):
        tables.mailer.checkpoint = store.head() + 7
        yield from answers.rebuild(tables, store, projection)

    assert "The mails for 7 events are never sent" in studio(lesson, moves_it_on).at(step=2).html
