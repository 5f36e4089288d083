"""What the answers of lessons 4 and 5 say of a view is what the view shows."""

import ast
import re
from collections import Counter
from itertools import combinations, product

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.course import task
from cqrs_lab.course.predictions import SAID_TO
from cqrs_lab.course.tasks import TASKS
from cqrs_lab.shop import events, read
from tests.lessons import cells_of, code_of, ran


def after(lesson, last):
    """Run a solution's cells up to one of them; return its names, and the cells below by their id."""
    with ran(lesson, until=code_of(lesson)[last]) as names:
        return names, {cell["id"]: cell["source"] for cell in cells_of(lesson)}


@pytest.fixture(scope="module")
def lesson_4():
    names, prose = after("04", "lesson-04-12")
    return names, names["decision_table"](names["order"], names["histories"], names["commands"]).frame(), prose


def test_cancel_ends_in_three_ways_where_lesson_4_says_so(lesson_4):
    _, table, prose = lesson_4
    told = "On *placed* and *paid* it cancels, on *shipped* it is refused, and where the order is cancelled"
    assert told in prose["lesson-04-13"]
    assert table["cancel"].to_list() == ["Cancelled", "Cancelled", "✗ refused", "nothing to do", "nothing to do"]
    assert table.index.to_list() == ["placed", "paid", "shipped", "cancelled", "paid, then cancelled"]


def keeps_mona_s_rules(state, command, cell):
    """Judge a cell by the three rules at the top of the lesson."""
    left, over, paid = "shipped" in state, "cancelled" in state, state.startswith(("paid", "shipped"))
    return not {
        "pay": over and cell == "Paid",
        "ship": (over or not paid) and cell == "Shipped",
        "cancel": left and cell == "Cancelled",
    }[command]


def test_one_cell_of_lesson_4_breaks_a_rule_of_mona_s_and_it_is_the_one_its_answer_and_its_task_name(lesson_4):
    names, table, prose = lesson_4
    breaks = [place for place, cell in table.stack().items() if not keeps_mona_s_rules(*place, cell)]
    assert breaks == [("cancelled", "pay")] and "*Pay* on *cancelled* should worry Mona" in prose["lesson-04-13"]
    ticks = [
        (state, command)
        for state, command in product(range(5), range(3))
        if TASKS["04.a"].when(table, state=state, command=command)
    ]
    assert [(table.index[state], table.columns[command]) for state, command in ticks] == breaks


def test_the_task_of_lesson_4_ticks_when_the_reader_picks_the_cell_and_not_before(lesson_4):
    names, *_ = lesson_4
    view = task(names["decision_table"](names["order"], names["histories"], names["commands"]), "04.a")
    view.move(state=3, command=1)
    assert view.tasks[0]["state"] == "open"
    view.move(command=0)
    assert view.tasks[0]["state"] == "done"


def test_a_repeat_is_judged_by_its_kind_as_lesson_4_says(lesson_4):
    names, _, prose = lesson_4
    order, shipped = names["order"], names["order"].fold(names["left"])
    assert [*order.decide(names["Ship"]("Tom"), shipped)] == [*order.decide(names["Pay"](9999), shipped)] == []
    assert '`Ship("Tom")` after `Shipped("Rosa")` is done already' in prose["lesson-04-03e"]


def test_the_third_ending_of_lesson_4_is_an_event():
    names, _ = after("04", "lesson-04-10a")
    [refused] = names["receipt"].events
    assert isinstance(refused, events.StockReservationRefused) and refused.missing == 99 - 12


def test_the_table_of_lesson_4_has_as_many_cells_as_its_prose_says(lesson_4):
    _, table, prose = lesson_4
    assert table.size == 15 and "every state and every command: fifteen." in prose["lesson-04-11"]
    assert "The other fourteen stay as they are" in prose["lesson-04-30"]


@pytest.fixture(scope="module")
def lesson_5():
    names, prose = after("05", "lesson-05-03")
    projections = [read.OrderHistory(), read.ProductListing(), read.InventoryLevels()]
    store = names["store"]

    def table_at(projection, position):
        projector = lab.Projector(store, projection)
        if position:
            projector.catch_up(limit=position)
        return projector.table

    tables = {one.name: [table_at(one, at) for at in range(len(names["log"]) + 1)] for one in projections}
    return names["log"], tables, prose["lesson-05-17"]


def test_ben_s_order_stands_at_the_position_that_lesson_5_names(lesson_5):
    log, tables, prose = lesson_5
    [at] = [recorded.position for recorded in log if getattr(recorded.event, "customer_id", "") == "ben"][:1]
    assert f"one table has read position {at} and the other has not" in prose


def test_what_ben_s_units_and_ada_s_status_rest_on_is_what_lesson_5_says(lesson_5):
    log, _, _ = lesson_5
    answer = after("05", "lesson-05-03")[1]["lesson-05-17c"]

    def without(order, *kinds):
        rest = [one for one in log if not (isinstance(one.event, kinds) and one.event.order_id == order)]
        return read.OrderHistory().summarise(lab.EventBatch(rest)).loc[order]

    kept, taken_off = (without("8", kind)["units"] for kind in (events.OrderCancelled, events.OrderPlaced))
    assert f"it is {kept} units or \N{MINUS SIGN}{-taken_off}" in answer and without("8")["units"] == 0
    paid, placed = (without("7", events.OrderShipped, *also)["status"] for also in ([], [events.OrderPaid]))
    assert f"without the shipment the order would be {paid}. Without both it would be {placed}" in answer
    for hidden in ([], [events.OrderPaid], [events.OrderPlaced], [events.OrderPlaced, events.OrderPaid]):
        assert without("7", *hidden)["status"] == "shipped"
    assert without("7", events.OrderPlaced, events.OrderShipped)["status"] == paid


def every_cut(view):
    """Yield the numbers of each way to cut in two, three or four, in several orders, when all pieces are merged."""
    for size, shuffle in product((1, 2, 3), (0, 1, 2)):
        for places in combinations(range(1, 8), size):
            cuts = dict(zip(("first", "second", "third"), (*places, 0, 0), strict=False))
            yield view.at(**cuts, shuffle=shuffle, step=size + 1).frame


def test_where_the_cup_keeps_its_average_is_what_lesson_5_says():
    """By hand: the mean of two means, at each place to cut."""
    names, prose = after("05", "lesson-05-14f")
    given, means = names["given"], {}
    for place in range(1, len(given)):
        halves = ([stars for product, stars in part if product == "cup"] for part in (given[:place], given[place:]))
        means[place] = [sum(part) / len(part) for part in halves]
    whole = [stars for product, stars in given if product == "cup"]
    assert "5, 5, 5 and 1" in prose["lesson-05-14c"] and whole == [5, 5, 5, 1]
    kept = [place for place, (one, other) in means.items() if (one + other) / 2 == sum(whole) / len(whole)]
    said = SAID_TO["05.1"]["at some cuts"]
    assert len(kept) == 2 and len(means) == 7 and said.startswith("Two of the seven")
    assert f"three ratings say {means[5][0]} and one says {means[5][1]}, and merge makes {sum(means[5]) / 2}" in said
    frames = {place: names["scissors"].at(first=place, step=2).frame for place in means}
    assert [place for place, frame in frames.items() if not frame.at[("cup", "average"), "differs"]] == kept
    assert min(float(frame.at[("cup", "average"), "merged"]) for frame in every_cut(names["scissors"])) == 3.0, "05.a"
    assert "`check_projection` tries many: it finds this one too" in prose["lesson-05-14i"]
    assert not lab.check_projection(names["Stars"](), names["ratings"]).ok


class AddsCounters(read.BestSellers):
    """The shop's best sellers, with two Counters added up as lesson 5 warns of."""

    def merge(self, table, rows):
        sums = {name: Counter(table[name].to_dict()) + Counter(rows[name].to_dict()) for name in table}
        return self.schema.conform(pd.DataFrame(sums).fillna(0).rename_axis(table.index.name))


def test_check_projection_finds_counters_that_drop_what_is_not_above_zero(lesson_5):
    log, _, _ = lesson_5
    names, prose = after("05", "lesson-05-03")
    assert "`check_projection` finds that" in prose["lesson-05-55b"]
    assert lab.check_projection(read.BestSellers(), log).ok and not lab.check_projection(AddsCounters(), log).ok


def predictions(lesson):
    """Yield of each prediction: key, right choice, the prose down to the code below its reveal, reveal, output."""
    cells = cells_of(lesson)
    sources = [cell["source"] for cell in cells]
    for at, source in enumerate(sources):
        if 'predict("' in source and "choices=" in source:
            key = source.partition('predict("')[2][:4]
            revealed = next(n for n in range(at, len(cells)) if f'reveal("{key}"' in sources[n])
            shown = "".join("".join(one.get("data", {}).get("text/plain", "")) for one in cells[revealed]["outputs"])
            right = re.search(r"Answer: (.*?)\. \(", shown)[1]
            after_ = next(n for n in range(revealed + 1, len(cells)) if cells[n]["cell_type"] == "code")
            prose = [sources[n] for n in range(at + 1, after_) if cells[n]["cell_type"] == "markdown"]
            yield key, right, prose, sources[revealed], shown


BOTH = [*predictions("04"), *predictions("05"), *predictions("06"), *predictions("13")]
KEYS = [key for key, *_ in BOTH]


@pytest.mark.parametrize(("key", "right", "prose", "reveal", "shown"), BOTH, ids=KEYS)
def test_why_an_answer_is_right_comes_out_with_it_and_stands_nowhere_beside_the_question(
    key, right, prose, reveal, shown
):
    assert SAID_TO[key][right] in shown
    assert [text for text in prose if re.search(rf"\b{re.escape(right)}\b", text)] == []
    assert [text for text in prose if any(part in text for part in re.split(r"(?<=[.:]) ", SAID_TO[key][right]))] == []


@pytest.mark.parametrize(("key", "right", "prose", "reveal", "shown"), BOTH, ids=KEYS)
def test_what_a_reveal_says_is_worked_out_from_the_run(key, right, prose, reveal, shown):
    [call] = [one for one in ast.walk(ast.parse(reveal)) if getattr(getattr(one, "func", None), "id", "") == "reveal"]
    names = {one.id for one in ast.walk(call.args[1]) if isinstance(one, ast.Name)}
    assert names, "a literal would say the same whatever the run did"
