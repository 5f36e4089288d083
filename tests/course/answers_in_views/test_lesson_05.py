"""A learner's projection is cut and merged in lesson 5's own views: a wrong one differs, or shows another number."""

import re

import pytest

from tests.lessons import code_of

from ..exercises import answers_05 as answers


@pytest.fixture(scope="module")
def lesson():
    """Return the code of the learner's copy by the ids of its cells, and the names that its first part leaves."""
    code = code_of("05", solved=False)
    names = {}
    for one in ("lesson-05-01", "lesson-05-03", "lesson-05-14d"):
        exec(code[one], names)
    return code, names


def shown(lesson, cell, **mine):
    code, names = lesson
    return eval(code[cell], {**names, **mine})


def scissors_of_stars(lesson, projection):
    return shown(lesson, "lesson-05-33a", Stars=lambda: projection)


def verdicts(view):
    """Return for each place to cut the log of eight ratings what the last step's picture says of it."""
    pictures = [view.at(first=place, step=2) for place in range(1, 8)]
    return [re.search(r"[✓✕] (Equal|Different|It stopped)", one.html)[1] for one in pictures]


@pytest.mark.parametrize("number", range(len(answers.RIGHT["05.1"])))
def test_a_right_answer_to_05_1_is_equal_at_every_cut(lesson, number):
    projection, _ = answers.RIGHT["05.1"][number]
    view = scissors_of_stars(lesson, projection)
    assert verdicts(view) == ["Equal"] * 7
    assert "✓ Equal" in view.at(first=2, second=4, third=6, shuffle=1, step=4).html


# What is seen at the seven cuts. Only in the middle, 5, 5 | 5, 1 and 4, 2 | 3, 3, is the mean of the means the mean.
BUT_IN_THE_MIDDLE = ["Different"] * 3 + ["Equal"] + ["Different"] * 3
SEEN = {
    "untouched": BUT_IN_THE_MIDDLE,
    "the last slice alone": ["Different"] * 7,
    "counts of the later": ["Different"] * 7,
    "merge returns nothing": ["It stopped"] * 7,
    "a slip": ["It stopped"] * 7,
    "rows of no shape": ["It stopped"] * 7,
}


@pytest.mark.parametrize("name", SEEN)
def test_a_wrong_answer_to_05_1_is_seen_at_its_cuts(lesson, name):
    (projection, _), _ = answers.WRONG["05.1"][name]
    assert verdicts(scissors_of_stars(lesson, projection)) == SEEN[name]


def test_the_cell_of_05_1_as_it_was_is_seen_to_differ(lesson):
    code, names = lesson
    names = dict(names)
    exec(code["lesson-05-33"], names)
    assert verdicts(eval(code["lesson-05-33a"], names)) == BUT_IN_THE_MIDDLE


# --- 05.2: the week's log, of which two orders hold three cups and a pot, and a return one cup -------------


def scissors_of_sellers(lesson, projection):
    return shown(lesson, "lesson-05-36a", BestSellers=lambda: projection)


def of_the_whole_log(picture):
    """Return what the picture says of the whole log: the units of each product."""
    frame = picture.frame.reset_index()
    frame = frame[frame.iloc[:, 1] == "units"]
    return dict(zip(frame.iloc[:, 0], frame["whole_log"], strict=True))


def cuts_that_differ(view):
    return [place for place in range(1, 12) if "✕ Different" in view.at(first=place, step=2).html]


@pytest.mark.parametrize("number", range(len(answers.RIGHT["05.2"])))
def test_a_right_answer_to_05_2_counts_two_cups_and_a_pot_wherever_it_is_cut(lesson, number):
    view = scissors_of_sellers(lesson, answers.RIGHT["05.2"][number])
    assert of_the_whole_log(view.at(step=2)) == {"cup": "2", "pot": "1"} and cuts_that_differ(view) == []


# What the whole log comes to, and after which events a cut is seen to differ: the orders are 5 and 7, the return is 11.
UNITS = {
    "untouched": ({}, []),
    "forgets returns": ({"cup": "3", "pot": "1"}, []),
    "adds returns": ({"cup": "4", "pot": "1"}, []),
    "anything with lines": ({"cup": "3", "pot": "2"}, []),
    "money": ({"cup": "5,100", "pot": "9,900"}, []),
    "breaks on split batches": ({"cup": "2", "pot": "1"}, [5, 6, 7, 8, 9, 10]),
    "never below zero": ({"cup": "2", "pot": "1"}, [7, 8, 9, 10]),
}


@pytest.mark.parametrize("name", UNITS)
def test_a_wrong_answer_to_05_2_is_seen_in_its_numbers_or_at_its_cuts(lesson, name):
    view = scissors_of_sellers(lesson, answers.WRONG["05.2"][name][0])
    (units, differ), picture = UNITS[name], view.at(step=2)
    assert (of_the_whole_log(picture), cuts_that_differ(view)) == (units, differ)
    assert all(f">{number}</text>" in picture.html for number in units.values())


def test_an_error_in_an_answer_to_05_2_is_a_sentence(lesson):
    view = scissors_of_sellers(lesson, answers.WRONG["05.2"]["a column that is not there"][0])
    assert "It stops at piece 1 of 2: summarise failed: KeyError: &#x27;product&#x27;" in view.at(step=1).html


def test_the_cell_of_05_2_as_it_was_has_no_rows(lesson):
    code, names = lesson
    names = dict(names)
    exec(code["lesson-05-36"], names)
    assert "Both tables have no rows." in eval(code["lesson-05-36a"], names).at(step=2).html
