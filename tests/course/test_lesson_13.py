"""Lesson 13 works on the reader's own file as on the invented year, twice, interrupted, and in any order."""

import re

import pandas as pd
import pytest

from cqrs_lab.course.predictions import SAID_TO
from tests.lessons import cells_of, code_of, prose_of

from ..shop.test_online_retail import SHOP_DAY, THREE_DAYS, WHOLE_YEAR, dataset, written

CELLS, PROSE, CODE = cells_of("13"), prose_of("13"), [*code_of("13").values()]
PATH = "PATH = None"


def cell_with(words):
    [source] = [source for source in CODE if words in source]
    return source


def run(names, sources, path=None):
    for source in sources:
        exec(source.replace(PATH, f"PATH = {str(path)!r}" if path else PATH), names)
    return names


@pytest.fixture
def learner():
    return {"__name__": "__main__"}


@pytest.fixture(scope="module")
def seen():
    """What the whole lesson has made of the invented year."""
    return run({"__name__": "__main__"}, CODE)


def upto(words):
    return CODE[: CODE.index(cell_with(words)) + 1]


# What a reader with the file sees: a CSV that is built here, of the form of the real one.
@pytest.fixture(scope="module")
def own_file(tmp_path_factory):
    return written(tmp_path_factory.mktemp("own") / "my_shop.csv", SHOP_DAY)


def test_one_cell_has_the_path_and_says_which_year_it_is(own_file, learner, capsys):
    run(learner, [CODE[0], cell_with(PATH)])
    assert "An invented year, drawn from seed 13" in capsys.readouterr().out
    run(learner, [cell_with(PATH)], own_file)
    assert capsys.readouterr().out == "Your file my_shop.csv: 17 rows, with no published totals to compare with.\n"
    assert sum(PATH in source for source in CODE) == 1


def test_the_lesson_runs_on_a_file_of_the_reader(own_file, learner):
    names = run(learner, CODE, own_file)
    assert names["outcomes"]["rows"].sum() == 17 and names["compared"]["agrees"].all()
    assert sorted(names["outcomes"]["outcome"]) == [
        *("charge", "credit line", "order line", "refused", "refused", "refused", "stock adjustment"),
    ]


def test_the_lesson_runs_on_the_first_three_days_of_the_real_year(learner):
    names = run(learner, CODE, dataset(THREE_DAYS))
    assert names["outcomes"]["rows"].sum() == 7_419
    totals = names["compared"]
    assert totals["agrees"].all() and (totals["published"] != "").all()
    assert totals.at["net value", "read models"] == "150,463.300"
    assert len(names["days"]) == 3


def test_from_one_year_to_another_nothing_is_left_of_the_first(own_file, learner):
    first, *others = upto("compare_totals")
    invented = run(learner, [first, *others])["compared"]
    own = run(learner, others, own_file)["compared"]
    again = run(learner, others)["compared"]
    assert invented.equals(again) and own.at["rows", "file"] == "17"


class Interrupted(Exception):
    """Stands for Interrupt kernel."""


def test_a_year_that_was_interrupted_goes_on_and_ends_as_if_it_had_not_been(own_file, learner, tmp_path):
    copy = tmp_path / "copy.csv"
    copy.write_bytes(own_file.read_bytes())
    sending = cell_with("def send_all")
    run(learner, upto("commands_of"), copy)
    commands = learner["commands"]

    def stops_after(some, left=5):
        for one in some:
            if not left:
                raise Interrupted
            left -= 1
            yield one

    class Stops(list):
        def __getitem__(self, key):
            return stops_after(super().__getitem__(key))

    learner["commands"] = Stops(commands)
    with pytest.raises(Interrupted):
        run(learner, [sending])
    assert learner["store"].head() == 0, "those that belong together are recorded together, or not at all"
    learner["commands"] = commands
    run(learner, CODE[CODE.index(sending) :], copy)
    assert learner["compared"]["agrees"].all()


def test_a_lesson_whose_cells_are_run_twice_ends_as_one_whose_cells_are_run_once(seen, learner):
    for source in upto("compare_totals"):
        run(learner, [source, source])
    assert learner["store"].head() == seen["store"].head() and learner["outcomes"].equals(seen["outcomes"])


# --- what the lesson says ---------------------------------------------------------------------------------


def test_the_half_of_the_real_year_was_taken_on_the_day_that_the_answer_names():
    """Added up from the file by pandas alone."""
    sold = pd.read_csv(dataset(WHOLE_YEAR), usecols=["Quantity", "UnitPrice", "InvoiceDate"])
    days = pd.to_datetime(sold["InvoiceDate"].str[:10])
    so_far = (sold["Quantity"] * sold["UnitPrice"]).groupby(days).sum().cumsum()
    half = so_far.index[so_far.searchsorted(so_far.iloc[-1] / 2)]
    number = (half - days.min()).days + 1
    assert f"In the *real* year it is {half.day} {half:%B}, day {number}" in PROSE


def test_on_saturdays_nothing_changes(seen):
    view, first = seen["view"], next(iter(seen["days"]))
    for day in range(1, 60):
        closed = (first.weekday() + day - 1) % 7 == 5
        assert (" 0 that day" in view.at(day=day).says) >= closed
        assert not closed or "changed" not in view.at(day=day).html
    assert "On Saturdays: the shop is closed." in PROSE


def test_the_days_that_are_one_summary_are_those_that_the_answer_names(seen):
    history = seen["sellers"]
    alone = [day for day in range(1, len(history) + 1) if len(history.pieces(day)) == 1]
    assert alone == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert "The 1st, 2nd, 4th, 8th … 256th day" in PROSE


def test_what_compares_nothing_is_not_shown(seen):
    told = seen["told"]
    assert (told[["read models", "file", "agrees"]] != "").all(axis=None) and set(told["agrees"]) == {"yes"}
    assert set(seen["compared"].index) - set(told.index) == {"exact duplicate lines beyond the first"}


def test_the_picture_loses_no_mill_and_calls_a_product_by_its_name(seen):
    says = seen["view"].at(day=len(seen["days"])).says
    in_mills = (seen["rows"]["quantity"] * seen["rows"]["price_mills"]).sum()
    assert f"{in_mills // 1000:,}.{in_mills % 1000:03} so far" in says and in_mills % 10
    name = seen["names"][seen["now"]["units"].idxmax()]
    assert f"First of best sellers: {name}." in says and " " in name


def test_more_is_right_where_the_customers_of_days_are_added_up(seen):
    placed = [one.event for one in seen["store"].read_all() if isinstance(one.event, seen["events"].OrderPlaced)]
    per_day = {(one.customer_id, one.placed_at.date()) for one in placed if one.customer_id}
    assert len(per_day) > 2 * len({who for who, _ in per_day})
    assert 'reveal("13.3", "the same number" if times == 1' in cell_with("days_added_up")


def test_the_first_of_the_best_customers_has_no_name(seen):
    assert seen["customers"].as_of(len(seen["days"]))["value_mills"].idxmax() == ""
    assert "1. All those without a name." in PROSE


def test_the_lesson_accounts_for_this_year_as_it_does_for_the_real_one(seen):
    this_year, real = seen["this_year"], seen["online_retail"].REAL_YEAR
    assert list(this_year) == list(real) and this_year["off from the published sum"] == "none is published"
    for name in ("added by a second run", "rows without a place", "rows with two places"):
        assert this_year[name] == real[name] == "0"
    assert this_year["off from the file's own sum"] == real["off from the file's own sum"] == "0.000"


def test_the_first_try_misses_pounds_and_the_answer_misses_none(capsys):
    above = code_of("13")
    asked = above["lesson-13-46"].partition("# An answer:")[0]
    names = run({}, [*above.values()][: [*above].index("lesson-13-46")])
    capsys.readouterr()
    run(names, [asked, above["lesson-13-46a"], above["lesson-13-46"], above["lesson-13-46a"]])
    first, answer = capsys.readouterr().out.splitlines()
    assert not first.endswith("missing: £0.000") and answer.endswith("missing: £0.000")


def test_the_misconceptions_of_the_lesson_are_met():
    assert "would leave out whatever has no customer" in SAID_TO["13.2"]["about 25"]
    assert "neither is CQRS" in PROSE
    assert "A number per day has forgotten who was there" in SAID_TO["13.3"]["more than twice as many"]
    assert not re.search(r"drop(s|ped)? the (odd )?rows", PROSE)
