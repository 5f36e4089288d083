"""The fault plan: the picture says what the real run with these faults did."""

import re

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import visits, write
from cqrs_lab.show import fault_plan
from cqrs_lab.show.fault_plan import CRASHES, KINDS, LEFT, WIDTH
from cqrs_lab.simulation.faults import WORKERS, Crash, Delay, Story, on_disk, replay, simulate_faults

ORDERS = (("ada", "cup"), ("ben", "pot"), ("ada", "cup"), ("cleo", "cup"), ("ben", "pot"), ("ada", "cup"))
STORY = Story(
    write.register,
    tuple(visits.order_one(number, *order) for number, order in enumerate(ORDERS, 1)),
    visits.UnitsOrdered,
)
WORKER = {name: at for at, name in enumerate(WORKERS)}
KIND = {name: at for at, name in enumerate(KINDS)}
TABLE_FIRST, CHECKPOINT_FIRST, KIT = (
    WORKER[name] for name in ("table first, then checkpoint", "checkpoint first, then table", "the kit's projector")
)
BETWEEN = KIND[CRASHES[1]]


@pytest.fixture(scope="module")
def view():
    return fault_plan(STORY)


def marks(picture):
    return re.findall(r">([✓✗])</text>", picture.html)


def test_without_faults_every_mark_is_a_tick(view):
    picture = view.at(kind_1=0, kind_2=0)
    assert picture.says == "Table first, then checkpoint: nothing goes wrong. Every law held."
    assert set(marks(picture)) == {"✓"} and "✗" not in picture.html


def test_a_crash_between_table_and_checkpoint_counts_twice_and_the_marks_say_from_when(view):
    picture = view.at(worker=TABLE_FIRST, kind_1=BETWEEN, event_1=3)
    assert picture.says.endswith(
        "Broken: law 6, law 11. The smallest plan that does it: a crash before the checkpoint is written (visit 1)."
    )
    assert marks(picture) == ["✓", "✓"] + ["✗"] * 6
    assert marks(picture) == ["✓" if one else "✗" for one in _worker_steps(picture.frame)["agrees"]]
    assert 'class="number changed">5<' in picture.html, "the cups, one too many"
    assert ">crash</text>" in picture.html and ">again</text>" in picture.html


def test_the_other_way_round_an_event_is_lost(view):
    picture = view.at(worker=CHECKPOINT_FIRST, kind_1=BETWEEN, event_1=3)
    assert 'class="number changed">3<' in picture.html
    assert "law 9, consistent prefix" in picture.says


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_breaks_the_kit_s_projector(view, kind):
    assert "Every law held" in view.at(worker=KIT, kind_1=KIND[kind], kind_2=KIND["delivered twice"]).says


def test_where_there_is_one_write_there_is_no_moment_between(view):
    picture = view.at(worker=KIT, kind_1=BETWEEN)
    assert picture.says.endswith("nothing goes wrong. Every law held. It has one write: nothing lies between two.")
    assert "it has one write" in picture.html


def test_the_ticket_makes_the_same_run(view):
    picture = view.at(worker=TABLE_FIRST, kind_1=BETWEEN, event_1=3)
    ticket = re.search(r'<pre class="ticket"[^>]*>(.*?)</pre>', picture.html)[1].replace("&quot;", '"')
    again = replay(ticket, STORY, list(WORKERS.values())[TABLE_FIRST])
    assert again.steps.equals(picture.frame)
    assert again.plan.faults == (Crash("before the checkpoint is written", 3),)


def test_a_worker_of_ones_own_can_be_put_in(view):
    mine = fault_plan(STORY, {"mine": WORKERS["both at once, positions compared"]}, plan=[("delayed by 2 s", 1)] * 2)
    assert mine.picture.says.startswith("Mine: 1 delayed by 2 s; 1 delayed by 2 s. Every law held")
    direct = simulate_faults(STORY, [Delay(1, 2)] * 2, WORKERS["both at once, positions compared"], batch=1)
    assert direct.steps.equals(mine.frame())


def test_every_move_changes_the_picture(view):
    for start in ({}, {"kind_1": BETWEEN, "kind_2": KIND["delayed by 2 s"]}):
        view.move(**{**dict.fromkeys(("worker", "kind_1", "kind_2"), 0), **start})
        for control in view.controls:
            for value in (control["least"], control["most"]):
                if value != view.values[control["name"]]:
                    assert view.at(**{control["name"]: value}).html != view.picture.html, control["name"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_axis_holds_whatever_strikes(view, kind):
    for other in ("slow commit, 2 s", "delayed by 2 s", "cannot be read until mended"):
        html = view.at(worker=KIT, kind_1=KIND[kind], event_1=6, kind_2=KIND[other], event_2=5).html
        places = [float(x) for x in re.findall(r'<(?:text|circle) c?x="([\d.]+)"', html)]
        assert max(places) <= WIDTH and min(place for place in places if place > 4) >= LEFT


def _worker_steps(frame):
    return frame[~frame["what"].str.startswith("command")]


def test_a_worker_that_never_writes_or_always_raises_is_drawn():
    for take_in, told in ((lambda disk, batch, projection: None, "law 11"), (raises, "law 11")):
        view = fault_plan(STORY, {"mine": on_disk(take_in)})
        view.move(kind_1=1)
        assert told in view.picture.says


def raises(disk, batch, projection):
    raise ZeroDivisionError


@pytest.mark.parametrize("plan", [[("nothing", 1)], [("nothing", 1), ("flood", 2)]])
def test_a_plan_that_the_view_has_no_controls_for_is_refused(plan):
    with pytest.raises(lab.InvalidArgument, match="two faults, each one of 'nothing'"):
        fault_plan(STORY, plan=plan)
    with pytest.raises(lab.InvalidArgument, match="at least one worker"):
        fault_plan(STORY, {})
