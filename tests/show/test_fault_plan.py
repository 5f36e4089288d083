"""The fault plan: the picture says what the real run with these faults did."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import visits, write
from cqrs_lab.show import fault_plan
from cqrs_lab.show.fault_kinds import CRASHES, KINDS
from cqrs_lab.show.fault_lanes import LEFT, WIDTH
from cqrs_lab.simulation.faults import WORKERS, Crash, Delay, Duplicate, Story, on_disk, replay, simulate_faults
from cqrs_lab.simulation.faults.steps import Step
from tests.simulation.faulty_workers import summarised_once

ORDERS = (("ada", "cup"), ("ben", "pot"), ("ada", "cup"), ("cleo", "cup"), ("ben", "pot"), ("ada", "cup"))
STORY = Story(
    write.register,
    tuple(visits.order_one(number, *order) for number, order in enumerate(ORDERS, 1)),
    visits.UnitsOrdered,
)
ONCE = summarised_once(STORY)  # the views' runs hand over the same few batches
WORKER = {name: at for at, name in enumerate(WORKERS)}
LESSON = json.loads((Path(__file__).parents[2] / "notebooks" / "solutions" / "09_when_things_break.ipynb").read_text())
KIND = {name: at for at, name in enumerate(KINDS)}
TABLE_FIRST, CHECKPOINT_FIRST, KIT = (
    WORKER[name] for name in ("table first, then checkpoint", "checkpoint first, then table", "the kit's projector")
)
BETWEEN = KIND[CRASHES[1]]


@pytest.fixture(scope="module")
def view():
    return fault_plan(ONCE)


def marks(picture):
    return re.findall(r">([✓✗])</text>", picture.html)


def test_without_faults_every_mark_is_a_tick(view):
    picture = view.at(kind_1=0, kind_2=0)
    assert picture.says == "Table first, then checkpoint: nothing goes wrong. Every law held."
    assert set(marks(picture)) == {"✓"} and "✗" not in picture.html
    assert "▼" not in picture.html


def test_a_crash_between_table_and_checkpoint_counts_twice_and_the_marks_say_from_when(view):
    picture = view.at(worker=TABLE_FIRST, kind_1=BETWEEN, event_1=3)
    assert picture.says.endswith(
        "Broken: the table does not match the log up to its checkpoint; in the end the table does not match the whole "
        "log. The smallest plan that does it: a crash before the checkpoint is written (visit 1)."
    )
    assert marks(picture) == ["✓", "✓"] + ["✗"] * 6
    assert marks(picture) == ["✓" if one else "✗" for one in _worker_steps(picture.frame)["agrees"]]
    assert 'class="number changed">5<' in picture.html, "the cups, one too many"
    assert ">crash</text>" in picture.html and ">again</text>" in picture.html


@pytest.mark.parametrize("visit", range(1, 7))
def test_in_the_lesson_an_order_that_counts_twice_takes_nothing_from_any_reader(visit):
    """Which orders a table holds is read off its numbers, so no order counted twice may look like another one."""
    cell = next(one for one in LESSON["cells"] if one["id"] == "lesson-09-03")
    names = {"visits": visits, "write": write, "Story": Story, "on_disk": on_disk, "simulate_faults": simulate_faults}
    exec("".join(cell["source"]), names)  # noqa: S102 - the lesson's own cell
    says = fault_plan(names["story"]).at(kind_1=BETWEEN, event_1=visit).says
    assert "the table does not match the log" in says and "reader" not in says and "receipt" not in says


def test_the_other_way_round_an_event_is_lost(view):
    picture = view.at(worker=CHECKPOINT_FIRST, kind_1=BETWEEN, event_1=3)
    assert 'class="number changed">3<' in picture.html
    assert "somebody asked with a receipt and did not see the order (read your writes)" in picture.says
    assert "(consistent prefix)" in picture.says


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_breaks_the_kit_s_projector(view, kind):
    assert "Every law held" in view.at(worker=KIT, kind_1=KIND[kind], kind_2=KIND["delivered twice"]).says


def test_where_there_is_one_write_there_is_no_moment_between(view):
    picture = view.at(worker=KIT, kind_1=BETWEEN)
    assert picture.says.endswith("nothing goes wrong. Every law held. It has one write: nothing lies between two.")
    assert f"visit 2: {CRASHES[1]}: this worker has no such place" in picture.html
    writes_nothing = fault_plan(STORY, {"mine": on_disk(lambda disk, batch, projection: None)})
    assert writes_nothing.at(kind_1=1).says.endswith("It writes nothing.")


def test_the_ticket_makes_the_same_run(view):
    picture = view.at(worker=TABLE_FIRST, kind_1=BETWEEN, event_1=3)
    ticket = re.search(r'<pre class="ticket"[^>]*>(.*?)</pre>', picture.html)[1].replace("&quot;", '"')
    again = replay(ticket, STORY, list(WORKERS.values())[TABLE_FIRST])
    assert again.steps.equals(picture.frame)
    assert again.plan.faults == (Crash("before the checkpoint is written", 3),)


def test_a_ticket_is_shown_where_a_law_broke_and_nowhere_else(view):
    assert "ticket" not in view.at(worker=KIT, kind_1=BETWEEN).html
    html = view.at(worker=TABLE_FIRST, kind_1=BETWEEN).html
    assert html.index("anybody can repeat the very same run") < html.index('class="ticket"')


def test_laws_are_told_in_words(view):
    for name in range(len(WORKERS)):
        for kind in range(len(KINDS)):
            assert not re.search(r"law \d", view.at(worker=name, kind_1=kind, kind_2=BETWEEN, event_2=5).html)


def marker(picture, text):
    """Find the line that leads down from a fault's label: its place, and how deep it goes."""
    line = re.search(
        rf'<path class="way" d="M ([\d.]+) \d+ V (\d+)"[^>]*/><text [^>]*>{re.escape(text)}<', picture.html
    )
    return line and (float(line[1]), int(line[2]))


def place_of(picture, mark):
    return [float(x) for x in re.findall(rf'<text x="([\d.]+)" [^>]*>{mark}</text>', picture.html)]


def test_a_crash_is_marked_where_the_worker_died_and_not_at_the_event_of_its_number(view):
    # Not compared, so that each delivery is a visit: event 1 comes twice, and the third visit is that of event 2.
    setting = {"worker": WORKER["both at once, positions not compared"], "kind_1": 1, "event_1": 3}
    picture = view.at(**setting, kind_2=KIND["acknowledgement lost"], event_2=1)
    died = picture.frame[picture.frame["site"] == "before both are written"]
    assert died[["kind", "first", "last"]].values.tolist() == [["delivered", 2, 2]]
    assert "delivered 2: crashed before both are written" in picture.html
    at, down_to = marker(picture, f"▼ 2: {CRASHES[0]} (visit 3)")
    assert [at] == place_of(picture, "✖") and down_to > 160
    picture = view.at(**setting, kind_2=0)
    assert [marker(picture, f"▼ 3: {CRASHES[0]} (visit 3)")[0]] == place_of(picture, "✖")


def test_two_crashes_at_one_place_are_told_apart(view):
    picture = view.at(worker=TABLE_FIRST, kind_1=BETWEEN, event_1=4, kind_2=BETWEEN, event_2=2)
    died = place_of(picture, "✖")
    assert len(died) == 2
    # After the first crash event 2 comes again, so the fourth visit is that of event 3.
    assert marker(picture, f"▼ 2: {CRASHES[1]} (visit 2)")[0] == died[0]
    assert marker(picture, f"▼ 3: {CRASHES[1]} (visit 4)")[0] == died[1]


def test_a_crash_that_never_strikes_is_said_to_and_leads_nowhere(view):
    worker = {"three": on_disk(only_three)}
    picture = fault_plan(STORY, worker, plan=[(CRASHES[0], 5), ("nothing", 1)]).picture
    text = f"visit 5: {CRASHES[0]}, never strikes: the worker gets there 3 times"
    assert f">{text}<" in picture.html and marker(picture, text) is None and not place_of(picture, "✖")


def test_what_strikes_an_event_is_marked_where_the_event_was_recorded(view):
    late = {"kind_2": KIND["slow commit, 2 s"], "event_2": 3}
    picture = view.at(worker=KIT, kind_1=KIND["delivered twice"], event_1=3, **late)
    recorded = re.search(r'<rect [^>]*rx="6"[^>]*/><text x="([\d.]+)" [^>]*>3</text>', picture.html)
    assert marker(picture, "▼ 3: delivered twice")[0] == float(recorded[1])
    assert marker(picture, "▼ 3: slow commit, 2 s")[0] < float(recorded[1])


def test_played_a_crash_a_redelivery_and_a_wrong_table_come_one_by_one(view):
    """What strikes is seen to happen: nothing of it is in the picture before its step."""
    setting = {"worker": TABLE_FIRST, "kind_1": BETWEEN, "event_1": 3}
    steps = view.at(**setting).frame
    [died] = steps.index[steps["site"].fillna("") != ""] + 1
    before, crash, again = (view.at(**setting, step=died + more) for more in (-1, 0, 2))
    assert "✖" not in before.html.partition("</svg>")[0] and "✖" in crash.html
    assert f"Step {died} of {len(steps)}: delivered 3: crashed before the checkpoint is written." in crash.says
    assert crash.says.endswith("The checkpoint is 2, and the table does not match the log up to there.")
    assert ">again</text>" not in crash.html and view.at(**setting, step=len(steps)).html.count(">again</text>") == 1
    assert again.frame.equals(steps) and "Broken" not in again.says


def test_each_delivery_comes_in_from_its_event_in_the_log(view):
    picture = view.at(worker=KIT, kind_1=KIND["delivered twice"], event_1=3)
    steps = picture.frame
    comes = re.findall(r'data-key="step/(\d+)" data-from="step/(\d+)"', picture.html)
    assert len(comes) == (steps["kind"] == "delivered").sum()
    assert all(steps.at[int(one), "last"] == steps.at[int(origin), "last"] for one, origin in comes)


def only_three(disk, batch, projection):
    if batch.last_position <= 3:
        table = projection.merge(disk.table, projection.summarise(batch))
        disk.save(table=table, checkpoint=batch.last_position)


def test_a_worker_of_ones_own_can_be_put_in(view):
    mine = fault_plan(STORY, {"mine": WORKERS["both at once, positions compared"]}, plan=[("delayed by 2 s", 1)] * 2)
    assert mine.picture.says.startswith("Mine: 1 delayed by 2 s; 1 delayed by 2 s. Every law held")
    direct = simulate_faults(STORY, [Delay(1, 2)] * 2, WORKERS["both at once, positions compared"], batch=1)
    assert direct.steps.equals(mine.frame())


@pytest.mark.parametrize("words", ["", "command 1 recorded 1 to 2: delivered 3 to 4: crashed, stopped, rejected"])
def test_no_drawing_depends_on_the_words_that_the_steps_are_told_in(view, monkeypatch, words):
    plans = [{"kind_1": kind, "kind_2": BETWEEN, "event_2": 4} for kind in range(len(KINDS))]
    plans.append({"kind_1": KIND["cannot be read until fixed"], "kind_2": KIND["receipt lost, sent again"]})
    plain = [view.at(worker=worker, **plan) for worker in (TABLE_FIRST, KIT) for plan in plans]
    with monkeypatch.context() as changed:
        changed.setattr(Step, "in_words", lambda step: words)
        other = fault_plan(ONCE)
        reworded = [other.at(worker=worker, **plan) for worker in (TABLE_FIRST, KIT) for plan in plans]
    for before, after in zip(plain, reworded, strict=True):
        assert after.html.partition("</svg>")[0] == before.html.partition("</svg>")[0]
        assert after.says == before.says and after.frame.equals(before.frame)
        assert "delivered 1" in before.html and "delivered 1<" not in after.html


def test_every_move_changes_the_picture(view):
    for start in ({}, {"kind_1": BETWEEN, "kind_2": KIND["delayed by 2 s"]}):
        view.move(**{**dict.fromkeys(("worker", "kind_1", "kind_2"), 0), **start})
        for control in view.controls:
            for value in (control["least"], control["most"]):
                if value != view.values[control["name"]]:
                    assert view.at(**{control["name"]: value}).html != view.picture.html, control["name"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_axis_holds_whatever_strikes(view, kind):
    for other in ("slow commit, 2 s", "delayed by 2 s", "cannot be read until fixed"):
        html = view.at(worker=KIT, kind_1=KIND[kind], event_1=6, kind_2=KIND[other], event_2=5).html
        places = [float(x) for x in re.findall(r'<(?:text|rect) x="([\d.]+)"', html)]
        assert max(places) <= WIDTH and min(place for place in places if place > 4) >= LEFT


def _worker_steps(frame):
    return frame[~frame["kind"].isin(["recorded", "rejected"])]


def test_a_worker_that_never_writes_or_always_raises_is_drawn():
    for take_in in (lambda disk, batch, projection: None, raises):
        view = fault_plan(STORY, {"mine": on_disk(take_in)})
        view.move(kind_1=1)
        assert "Broken: in the end the table does not match the whole log." in view.picture.says


def raises(disk, batch, projection):
    raise ZeroDivisionError


@pytest.mark.parametrize("plan", [[("nothing", 1)], [("nothing", 1), ("flood", 2)]])
def test_a_plan_that_the_view_has_no_controls_for_is_refused(plan):
    with pytest.raises(lab.InvalidArgument, match="two faults, each one of 'nothing'"):
        fault_plan(STORY, plan=plan)
    with pytest.raises(lab.InvalidArgument, match="is not workers by name; give"):
        fault_plan(STORY, {})


def nothing_dropped(disk, batch, projection):
    disk.table = projection.merge(disk.table, projection.summarise(batch))
    disk.checkpoint = batch.last_position


@pytest.fixture(scope="module")
def scored():
    return fault_plan(ONCE, {"mine": on_disk(nothing_dropped), **WORKERS}, score=True)


def marks_of(picture):
    """Return the marks of the score: of each kind of fault, one per event."""
    rows = re.findall(r'<tr><th scope="row">([^<]*)</th>(<td class="number" data-set.*?)</tr>', picture.html)
    return {name: re.findall(r">([✓✗–])<", cells) for name, cells in rows}


def test_the_score_counts_real_runs_of_one_fault_each(scored):
    picture = scored.at(worker=0)
    marks = marks_of(picture)
    assert list(marks) == list(KINDS[1:]) and {len(row) for row in marks.values()} == {len(ORDERS)}
    every = sum(marks.values(), [])
    assert picture.says.endswith(
        f" Tried with one fault at a time, it survives {every.count('✓')} of {len(every) - every.count('–')}."
    )
    direct = simulate_faults(STORY, [Duplicate(3, later=1)], on_disk(nothing_dropped), batch=1)
    assert not direct.ok and marks["delivered twice"][2] == "✗"
    assert marks["overtaken by the next"][-1] == "–", "nothing comes after the last"


def test_a_better_worker_has_a_better_score_and_the_kit_s_survives_all(scored):
    scores = {name: scored.at(worker=at).says.rpartition("survives ")[2] for name, at in IN_THE_LIST.items()}
    survived, struck = zip(*(map(int, one.rstrip(".").split(" of ")) for one in scores.values()), strict=True)
    assert survived[0] < survived[1] and scores["the kit's projector"] == f"{struck[-1]} of {struck[-1]}."
    assert all(left < all_of_them for left, all_of_them in zip(survived[:-1], struck[:-1], strict=True))


IN_THE_LIST = {name: at for at, name in enumerate(["mine", *WORKERS])}


def test_a_mark_sets_the_fault_whose_run_it_stands_for(scored):
    html = scored.at(worker=0, kind_1=0, kind_2=BETWEEN).html
    sets = [json.loads(unescape(one)) for one in re.findall(r'data-set="([^"]*)"', html)]
    assert len(sets) == (len(KINDS) - 1) * len(ORDERS) and html.count('tabindex="0"') >= 1
    for one, mark in list(zip(sets, sum(marks_of(scored.at(worker=0)).values(), []), strict=True))[::7]:
        picture = scored.at(worker=0, **one)
        assert (mark == "✗") == ("Broken" in picture.says), one
        assert picture.html.count('aria-selected="true"') == 1


def test_without_a_score_nothing_is_tried(view):
    assert "survives" not in view.picture.says and "data-set" not in view.picture.html


def test_an_error_of_the_worker_s_own_is_told():
    says = fault_plan(STORY, {"mine": on_disk(raises)}).says
    assert "The first error of the worker's own: " in says and "ZeroDivisionError" in says
