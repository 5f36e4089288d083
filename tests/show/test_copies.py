"""Which copy pays: what the view draws is what reading and writing, one by one, would add up to."""

import re

import numpy as np
import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.show import copies
from cqrs_lab.show.copies import LENGTHS, READS, cheapest

WAYS = ["log", "joined", "own", "kept"]
WORK = pd.DataFrame({"written": [0, 6, 3, 4], "first": [500, 41, 13, 15], "again": [500, 41, 13, 2]}, index=WAYS)


@pytest.fixture(scope="module")
def view():
    return copies(WORK, whole_log="log", shared="joined", orders_per_day=10)


def counted(orders, reads, written, first, again):
    """Count the rows of a day one by one: after each order, its share of the reads."""
    rows = 0
    for order in range(orders):
        rows += written
        for read in range(reads * (order + 1) // orders - reads * order // orders):
            rows += first if read == 0 else again
    return rows


@pytest.mark.parametrize("at", [3, 4, 5])
def test_a_day_costs_what_its_rows_add_up_to_one_by_one(view, at):
    reads = round(10 * READS[at])
    frame = view.at(reads=at, length=2).frame
    expected = WORK.astype("float64")
    expected.loc["log", ["first", "again"]] = LENGTHS[2]
    assert frame["total"].to_dict() == {way: counted(10, reads, *expected.loc[way]) for way in WAYS}
    assert (frame["written"] + frame["read"]).equals(frame["total"])


def test_what_is_shared_is_written_for_several_questions(view):
    alone, shared = (view.at(questions=number).frame["written"] for number in (1, 10))
    assert shared["joined"] == alone["joined"] / 10
    assert shared.drop("joined").equals(alone.drop("joined"))


def test_the_log_alone_grows_with_the_log(view):
    short, long = (view.at(length=at).frame["read"] for at in (0, 4))
    assert long["log"] / short["log"] == LENGTHS[4] / LENGTHS[0]
    assert long.drop("log").equals(short.drop("log"))


def test_where_reads_are_rare_no_copy_pays_and_where_they_are_many_one_does(view):
    assert "log is the cheapest" in view.at(reads=0).says
    assert "kept is the cheapest" in view.at(reads=7).says


@pytest.mark.parametrize("seed", range(20))
def test_between_two_marks_the_named_way_is_the_cheapest_at_every_place(seed):
    random = np.random.default_rng(seed)
    work = pd.DataFrame(random.integers(1, 60, (4, 3)), index=WAYS, columns=["written", "first", "again"]).astype(float)
    work.loc["log"] = 0, 10.0 ** random.integers(2, 6), 10.0 ** random.integers(2, 6)
    turns = cheapest(work)
    assert turns[0][0] == READS[0] and [at for at, _ in turns] == sorted(at for at, _ in turns)
    for reads in np.geomspace(READS[0], READS[-1], 400):
        named = [way for at, way in turns if at <= reads][-1]
        least = min(w + min(reads, 1) * f + max(reads - 1, 0) * a for w, f, a in work.itertuples(index=False))
        written, first, again = work.loc[named]
        assert written + min(reads, 1) * first + max(reads - 1, 0) * again == pytest.approx(least)


def test_the_picture_says_the_setting_the_cheapest_way_and_where_that_changes(view):
    picture = view.at(length=2, reads=0)
    assert picture.says == "10,000 rows in the log, 1 read per 10,000 orders: log is the cheapest, at 10 rows a day."
    lanes, name = re.findall(r'aria-label="(.*?)"', picture.html)
    assert "on the log" not in lanes and "log 0 written and 10 read; joined 60 written and 0 read;" in lanes
    assert "first log; own from 1 read per 3,330 orders; kept from 1.27 reads per order." in name
    assert picture.says in name
    assert all(f">{way}</th>" in picture.html for way in WAYS), "the numbers stand beside their ways"


def test_the_rows_a_day_that_it_says_are_those_of_its_table():
    work = pd.DataFrame({"written": [0, 2.697], "first": [9_741, 13], "again": [9_741, 13]}, ["log", "own"])
    picture = copies(work, whole_log="log", shared="own").picture
    assert "own is the cheapest, at 3,139 rows a day" in picture.says and "3,139</td>" in picture.html


def test_every_way_is_named_in_the_chart_and_no_two_names_overlap(view):
    for length in range(len(LENGTHS)):
        svg = view.at(length=length).html.rpartition("<svg")[2]
        places = {
            way: tuple(map(float, re.search(rf"x=\"([\d.]+)\" y=\"([\d.]+)\"[^>]*>{way}<", svg).groups()))
            for way in WAYS
        }
        right = sorted(y for x, y in places.values() if x > 500)
        assert len(right) >= 3 and min(np.diff(right)) >= 12


def test_every_control_moves_the_picture(view):
    here = view.at().html
    assert all(view.at(**moved).html != here for moved in ({"length": 0}, {"reads": 0}, {"questions": 20}))


@pytest.mark.parametrize(
    ("work", "words", "said"),
    [
        ("rows", {}, "a DataFrame"),
        (WORK.drop(columns="again"), {}, "no column 'again'"),
        (WORK.head(1), {}, "give 2 to 4 ways"),
        (pd.concat([WORK, WORK]), {}, "give 2 to 4 ways"),
        (WORK.reset_index(drop=True), {}, "a different text as its name"),
        (WORK.assign(written=-1), {}, "give 0 or more under 'written'"),
        (WORK.assign(first=0), {}, "more than 0 for each read"),
        (WORK.astype(float).replace(13, np.nan), {}, "give a number of rows in every row"),
        (WORK, {"whole_log": "table"}, "give one of log, joined, own, kept"),
        (WORK, {"shared": "table"}, "give one of log, joined, own, kept"),
        (WORK, {"shared": "log"}, "give a different way for each"),
        (WORK, {"orders_per_day": 0}, "give 1 or more"),
    ],
)
def test_what_cannot_be_drawn_is_refused(work, words, said):
    with pytest.raises(lab.InvalidArgument, match=re.escape(said)):
        copies(work, **{"whole_log": "log", "shared": "joined"} | words)
