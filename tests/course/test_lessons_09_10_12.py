"""What lessons 9, 9b, 10 and 12 say about their runs is what these runs show."""

import re

import pytest

from cqrs_lab.course import task
from cqrs_lab.course.exercises.lesson_10_rebuild import rebuilding
from cqrs_lab.course.guard import NotYet
from cqrs_lab.course.predictions import SAID_TO
from cqrs_lab.course.tasks import TASKS
from cqrs_lab.shop import one_order, visits, write
from cqrs_lab.show import fault_plan, price_of_remedies, process_lanes
from cqrs_lab.show.fault_plan import KINDS
from cqrs_lab.show.price_of_remedies import RATES
from cqrs_lab.simulation.faults import Story
from cqrs_lab.simulation.faults.steps import Step
from cqrs_lab.simulation.faults.ways import WORKERS
from cqrs_lab.simulation.gap import draw_transactions, simulate_gap
from tests.course.exercises import answers_10
from tests.lessons import cells_of, ran

CELLS = {number: cells_of(number) for number in ("09", "09b", "10", "12")}


def text(number):
    return "\n".join(cell["source"] for cell in CELLS[number])


def test_order_is_the_fourth_thing_since_only_what_overtakes_breaks_a_worker_with_the_other_three():
    sold = [("ada", "cup", 1), ("ben", "pot", 1), ("ada", "cup", 3), ("cleo", "cup", 9), ("ben", "pot", 3)]
    orders = tuple(visits.order_one(number, *one) for number, one in enumerate(sold, 1))
    view = fault_plan(Story(write.register, orders, visits.UnitsOrdered))
    compared = list(WORKERS).index("both at once, positions compared")
    broke = {kind for at, kind in enumerate(KINDS) if "Broken" in view.at(worker=compared, kind_1=at).says}
    assert broke == {"overtaken by the next"}
    assert "it takes four things for an event to *count* once" in text("09") and "keep the **order**" in text("09")


def test_a_lock_is_a_queue_whose_price_runs_away_and_a_low_watermark_s_does_not():
    view = price_of_remedies()
    frames = [view.at(rate=rate).frame for rate in RATES]
    added = [frame["added_seconds"] for frame in frames]
    assert all(frame["unread"].drop("none").sum() == 0 for frame in frames)
    assert added[-1]["lock"] > 50 * added[1]["lock"] and max(one["low watermark"] for one in added) < 0.21
    assert [one["lock"] > one["gap-aware reader"] for one in added] == [False] * 4 + [True] * 4
    assert "2 transactions a second" in view.at(rate=2).says and "writing takes 40% of the time" in view.at(rate=2).says


def test_below_its_limit_the_lock_costs_what_lesson_7_s_formula_says():
    """Waiting is handling times busy share over free share; the run has 200 transactions, so a third more or less."""
    for rate in (1, 2, 3, 4):
        busy = rate * 0.2
        waited = simulate_gap(draw_transactions(200, rate=rate), "lock").events
        assert (waited["took_at"] - waited["wanted_at"]).mean() == pytest.approx(0.2 * busy / (1 - busy), rel=1 / 3)


def test_lesson_10_asks_what_no_row_of_the_present_state_holds():
    with ran("10", until="taken_out.catch_up()") as names:
        taken_out = [line for line in names["lines"] if line.quantity == 0]
        assert len(taken_out) == names["taken_out"].table["times"].sum() > 50
        placed = [one.event for one in names["store"].read_all() if isinstance(one.event, names["events"].OrderPlaced)]
    assert placed and not any(line.quantity == 0 for order in placed for line in order.lines)


def test_lesson_10_s_task_is_solved_by_its_formula_and_not_by_waiting():
    with ran("10", until="studio = ") as names:
        studio = names["studio"]
    ticks = {
        built: TASKS["10.a"].when(studio.at(traffic=8, build=built, step=16).frame, way=0, build=built, traffic=8)
        for built in range(1, 31)
    }
    # After four steps 4 × built are read of 900 + 4 × 80, and less than one more step is left: the swap includes it.
    assert [built for built, done in ticks.items() if done] == [25, 26, 27, 28, 29, 30]
    frame = studio.at(traffic=4, build=30, step=16).frame
    assert not TASKS["10.a"].when(frame, way=0, build=30, traffic=4)


def test_lesson_12_s_task_ticks_once_the_order_has_shipped_before_the_cancellation():
    view = task(process_lanes(one_order.see_through, one_order.FAILURES, one_order.LANES), "12.a")
    for minutes, done in ((5, False), (25, False), (26, True)):
        view.move(cancel=minutes)
        assert (view.tasks[0]["state"] == "done") == done


def test_lesson_12_shows_react_whole_and_says_what_plays_and_what_is_drawn():
    shown = next(cell for cell in CELLS["12"] if "getsource(fulfilment.react)" in cell["source"])
    printed = "".join(shown["outputs"][0]["data"]["text/markdown"])
    assert printed.startswith("```python\ndef react(event") and "return _undo(state" in printed
    assert "`see_through` plays that day" in text("12") and "`draw_parties` draws a day" in text("12")


def test_lesson_12_s_cancel_is_too_late_from_the_minute_that_it_names():
    notes = {at: " ".join(one_order.see_through(cancels_after=at).notes) for at in range(1, 31)}
    assert [at for at, said in notes.items() if "CancelOrder was refused" in said] == list(range(26, 31))
    assert "From minute 26 on" in text("12")


@pytest.mark.parametrize("number", sorted(CELLS))
def test_what_is_revealed_is_computed_and_never_a_literal(number):
    revealed = re.findall(r'reveal\("(\d\db?\.\d)", (.*)\)$', text(number), re.M)
    assert len(revealed) >= 3 and not [outcome for _, outcome in revealed if re.fullmatch(r'"[^"]*"|\d+', outcome)]


@pytest.mark.parametrize("number", sorted(CELLS))
def test_why_an_answer_is_right_comes_out_with_its_reveal(number):
    for cell in CELLS[number]:
        for key, outcome in re.findall(r'reveal\("(\d\db?\.\d)", (.*)\)$', "".join(cell["source"]), re.M):
            shown = "".join("".join(one.get("data", {}).get("text/plain", "")) for one in cell["outputs"])
            came = re.search(r"Answer: (.*?)\. \(You", shown)[1]
            assert SAID_TO[key][came] in shown, outcome


def test_a_rebuild_is_judged_by_what_it_did_and_not_by_how_its_steps_are_told(monkeypatch):
    """Where the words tell of a fault, right answers pass; where they tell of none, wrong ones are met."""
    monkeypatch.setattr(Step, "in_words", lambda step: "delivered 1: crashed; stopped")
    for answer in answers_10.RIGHT["10.2"][::4]:  # a judge that reads the words refuses the first of them
        rebuilding(answer)
    monkeypatch.setattr(Step, "in_words", lambda step: "")
    for name in ("passes over its death", "passes over errors", "checkpoint apart", "never swaps", "swaps early"):
        answer, sentence = answers_10.WRONG["10.2"][name]
        with pytest.raises(NotYet, match=sentence):
            rebuilding(answer)
