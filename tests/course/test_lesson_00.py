"""The last cell of lesson 0 shows a learner's guesses beside what came, in whatever they were written down."""

import pandas as pd
import pytest

from tests.lessons import code_of

GUESS = {"events this adds to the log": 1, "orders on his page": 0}


def compared(expected):
    comes, shown = code_of("00", solved=False)["lesson-00-39"].split("\n")[-2:]
    names = {"pd": pd, "expected": expected, "added": 1, "rows": []}
    exec(comes, names)
    return eval(shown, names)


@pytest.mark.parametrize(
    "written", [GUESS, pd.Series(GUESS), GUESS | {"a guess more": 7}, dict(reversed(GUESS.items()))]
)
def test_every_guess_stands_beside_what_came(written):
    frame = compared(written)
    assert frame["you said"].to_dict() == GUESS and frame["the shop"].tolist() == [1, 0]


def test_a_guess_that_is_missing_leaves_its_place_empty():
    frame = compared({"orders on his page": 2})
    assert frame["you said"].isna().tolist() == [True, False] and frame["the shop"].tolist() == [1, 0]
