"""Any day: what the view shows is what a loop over the events up to that day adds up to."""

import re
from datetime import date, datetime, timedelta

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.history import TableHistory
from cqrs_lab.shop import events, read, write
from cqrs_lab.shop.online_retail import by_day
from cqrs_lab.show import any_day

FIRST = date(2011, 3, 1)
SALES = {1: [("cup", 2)], 2: [("pot", 5), ("cup", 1)], 5: [("cup", 4)], 6: [("jug", 1)], 9: [("pot", 1)]}
LAST = max(SALES)


@pytest.fixture(scope="module")
def days():
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    write.register(bus)
    for day, sold in SALES.items():
        at = datetime(2011, 3, day, 10)
        for number, (product, quantity) in enumerate(sold):
            line = events.OrderLine(1, product, product, quantity, 1500)
            bus.send(write.PlaceOrder(f"{day}-{number}", "ada", "France", (line,), (), at))
    return by_day(store.read_all())


def units(table):
    return table["units"].sum()


def best(table):
    return read.top_sellers(read.TopSellers(2), table)


@pytest.fixture(scope="module")
def sellers(days):
    return TableHistory(read.BestSellers(), days.values())


@pytest.fixture(scope="module")
def view(days, sellers):
    return any_day(list(days), what="Units", daily=(sellers, units), tables={"best sellers": (sellers, best)})


def sold_upto(day):
    """Add up by hand what was sold of each product."""
    sold = {}
    for when, lines in SALES.items():
        for product, quantity in lines if when <= day else ():
            sold[product] = sold.get(product, 0) + quantity
    return sold


@pytest.mark.parametrize("day", range(1, LAST + 1))
def test_every_day_shows_what_was_sold_by_its_end(view, day):
    picture, sold = view.at(day=day), sold_upto(day)
    today = sum(quantity for _, quantity in SALES.get(day, []))
    assert f"{FIRST + timedelta(days=day - 1):%A} {day} March 2011. Units: {today} that day, " in picture.says
    assert f"{sum(sold.values())} so far." in picture.says
    assert picture.frame["so far"].iloc[-1] == sum(sold.values()) and len(picture.frame) == day
    first = min(sold, key=lambda product: (-sold[product], product))
    assert f"First of best sellers: {first}." in picture.says


def test_a_day_on_which_the_shop_was_closed_changes_nothing(view):
    assert view.at(day=3).html.count("changed") == view.at(day=4).html.count("changed") == 0
    assert view.at(day=2).html.count('class="number changed"') == 4  # two rows: the units and what they brought in


def test_it_says_from_which_summaries_the_tables_are_merged(view):
    assert "One summary: that of the day." in view.at(day=1).says
    assert "One summary says it all: that of 8 days." in view.at(day=8).says
    assert "Merged from 3 summaries: 4 + 2 + 1 days." in view.at(day=7).says


@pytest.fixture(scope="module")
def a_year():
    """Show days of which nothing is known but how many there are."""
    days = [date(2011, 1, 1) + timedelta(days=day) for day in range(365)]
    history = TableHistory(read.BestSellers(), [EventBatch([])] * len(days))
    return any_day(days, what="Units", daily=(history, units), tables={"best": (history, best)})


@pytest.mark.parametrize("day", [1, 2, 7, 21, 127, 255, 365])
def test_every_box_has_its_number_inside_or_behind(a_year, day):
    written = re.findall(r">([^<>]+)</text>", a_year.at(day=day).html)
    numbers = [int(one) for box in written[written.index("merged") :] for one in re.findall(r"\d+", box)]
    assert numbers == [1 << power for power in reversed(range(9)) if day >> power & 1]


def test_the_picture_has_its_sentence_as_a_text_alternative(view):
    for day in (1, 7):
        [name] = re.findall(r'aria-label="(.*?)"', view.at(day=day).html)
        assert view.at(day=day).says in name


def test_the_axes_stay_where_they_are_while_the_day_moves(view):
    ticks = [re.findall(r">([\d,.]+|Mar)</text>", view.at(day=day).html) for day in (1, 5, 9)]
    assert ticks[0] == ticks[1] == ticks[2]


def test_the_control_is_a_date_from_the_first_day_to_the_last(view):
    [control] = view.controls
    assert (control["first_day"], control["least"], control["most"]) == ("2011-03-01", 1, LAST)
    assert view.values == {"day": LAST}


def test_a_table_without_rows_is_shown_too(days, sellers):
    none = any_day(
        list(days), what="Units", daily=(sellers, units), tables={"dear": (sellers, lambda t: t[t["units"] > 99])}
    )
    assert "First of dear" not in none.says and "no rows yet" in none.html


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"days": "2011"}, "a list of dates"),
        ({"days": [1, 2]}, "a list of dates"),
        ({"days": []}, "a list of dates"),
        ({"days": [FIRST, FIRST + timedelta(days=2)]}, "days has 2011-03-03 after 2011-03-01; give every day"),
        ({"days": [FIRST]}, "has 9 parts for 1 day; give a part for each"),
        ({"what": ""}, "what is drawn"),
        ({"daily": units}, "a history and a question"),
        ({"daily": ("history", units)}, "a history and a question"),
        ({"tables": [1]}, "what is shown"),
        ({"tables": {}}, "what is shown"),
    ],
)
def test_what_cannot_be_shown_is_refused(days, sellers, change, said):
    right = {"what": "Units", "daily": (sellers, units), "tables": {"best": (sellers, best)}}
    given = {"days": list(days)} | right | change
    with pytest.raises(lab.InvalidArgument, match=re.escape(said)):
        any_day(given.pop("days"), **given)


@pytest.mark.parametrize("answer", [None, "many", float("nan"), pd.Series([1, 2])])
def test_what_is_no_number_of_a_day_is_refused(days, sellers, answer):
    with pytest.raises(lab.InvalidArgument, match="let the function return one"):
        any_day(list(days), what="Units", daily=(sellers, lambda t: answer), tables={"best": (sellers, best)})


@pytest.mark.parametrize("answer", [None, 3, pd.Series([1, 2])])
def test_what_is_no_table_is_refused(days, sellers, answer):
    with pytest.raises(lab.InvalidArgument, match="best.table.*a DataFrame; let the function return one"):
        any_day(list(days), what="Units", daily=(sellers, units), tables={"best": (sellers, lambda t: answer)})


def test_an_error_of_the_readers_is_said_with_the_line_of_theirs(days, sellers):
    def by_colour(table):
        return table.groupby("colour")["units"].sum()

    line = by_colour.__code__.co_firstlineno + 1
    here = f"raised KeyError: 'colour', at line {line} of test_any_day.py, in by_colour: return table.groupby"
    for given in ({"daily": (sellers, by_colour)}, {"tables": {"daily": (sellers, by_colour)}}):
        right = {"daily": (sellers, units), "tables": {"best": (sellers, best)}}
        with pytest.raises(lab.InvalidArgument, match=rf"daily\(table\) {here}"):
            any_day(list(days), what="Units", **right | given)


def test_two_rows_of_one_name_are_shown(days, sellers):
    alike = sellers, lambda table: best(table).rename(index=lambda product: "Tea thing")
    view = any_day(list(days), what="Units", daily=(sellers, units), tables={"alike": alike})
    assert view.html.count("Tea thing") >= 2


def test_a_question_that_is_no_function_is_refused(days, sellers):
    with pytest.raises(lab.InvalidArgument, match="a function of a table"):
        any_day(list(days), what="Units", daily=(sellers, pd.DataFrame()), tables={"best": (sellers, best)})
