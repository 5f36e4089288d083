"""The rebuild studio: what it says is what a real rebuild did, at every setting."""

import re
from dataclasses import dataclass

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.shop import read, visits, workload, write
from cqrs_lab.show import rebuild_studio
from cqrs_lab.show.rebuild_studio import ABORT, EMPTY, STEPS, SWAP, WAYS, _paces


@dataclass(frozen=True)
class Ordered:
    """An order without anything else."""

    order: str


class UnitsKept(read.BestSellers):
    """Version 2: less what came back."""

    name, version = "units_ordered", 2
    schema = lab.Schema(index=["product_id"], columns={"units": "int64"})

    def summarise(self, batch):
        return super().summarise(batch)[["units"]]

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


@pytest.fixture(scope="module")
def store():
    store = lab.MemoryEventStore(clock=lambda: 0.0)
    bus = lab.CommandBus(store)
    write.register(bus)
    for command in workload.commands(seed=10, orders_per_day=20, days=14, returns_rate=0.3):
        bus.send(command)
    return store


@pytest.fixture(scope="module")
def studio(store):
    return rebuild_studio(store, visits.UnitsOrdered, UnitsKept, before=900)


@pytest.fixture
def view(studio):
    """The studio as it opens. A run that one test has looked at is there for the next."""
    opened = dict(studio.values)
    yield studio
    studio.move(**opened)


def table_at(store, projection, position):
    return projection.summarise(lab.EventBatch(list(store.read_all(limit=position))))


def test_at_every_step_the_answer_is_that_of_the_version_that_serves(store, view):
    steps = view.at(step=STEPS).frame
    for _, now in steps.iterrows():
        projection = visits.UnitsOrdered() if now["version"] == 1 else UnitsKept()
        assert now["serving"] == now["head"]
        assert now["answer"] == table_at(store, projection, now["head"])["units"].sum()
    assert steps["version"].tolist() == sorted(steps["version"]) and set(steps["version"]) == {1, 2}
    assert steps["building"].dropna().tolist() == list(range(150, 1050, 150))[: steps["building"].notna().sum()]


def test_the_last_stretch_is_taken_in_during_the_swap(view):
    swapped = view.at(step=7)
    assert swapped.frame["state"].tolist() == ["not begun", *["building"] * 6, "swapped"]
    assert swapped.says.startswith("Step 7: version 2 serves, as of 1,180, the head of the log.")
    assert swapped.says.endswith("It took over at step 7 in one swap, which applied the last 130 events by itself.")
    assert view.at(step=6).says.endswith(
        "has read 900 of 1,140 events (79%). The gap closes by 110 events a step: 1 step to go."
    )


@pytest.mark.parametrize(("build", "traffic"), [(15, 4), (7, 1), (30, 20), (12, 0), (9, 2)])
def test_the_number_of_steps_to_go_is_that_of_the_run(view, build, traffic):
    states = view.at(step=STEPS, build=build, traffic=traffic).frame["state"].tolist()
    swap = states.index("swapped")
    for step in range(1, swap):
        to_go = "1 step to go." if swap - step == 1 else f"{swap - step} steps to go."
        assert view.at(step=step, build=build, traffic=traffic).says.endswith(f"a step: {to_go}")


def test_where_as_much_comes_in_as_is_built_the_rebuild_never_ends(view):
    for traffic, said in ((9, "the gap grows by 40 events a step"), (5, "the gap stays as it is")):
        picture = view.at(step=STEPS, build=5, traffic=traffic)
        assert said in picture.says and picture.says.endswith("and the rebuild never ends.")
        assert picture.frame["state"].iloc[-1] == "building" and (picture.frame["version"] == 1).all()


def test_old_against_new_are_the_products_of_which_something_came_back(store, view):
    old, new = (table_at(store, one, 1180)["units"] for one in (visits.UnitsOrdered(), UnitsKept()))
    differ = lab.compare_tables(old.to_frame(), new.to_frame())
    assert len(differ) > 0
    html = view.at(step=7).html
    assert f"{len(differ):,} rows differ" in html and "rows differ" not in view.at(step=6).html
    for step in (7, 12):  # the rows are those of the swap, and the heading says so
        assert "Old against new, both as of 1,180, where they were swapped:" in view.at(step=step).html
    first = differ.iloc[0]
    assert f"<td>{first['units_old']}</td><td>{first['units_new']}</td>" in html


def test_an_abort_leaves_the_old_version_serving(view):
    frame = view.at(way=WAYS.index(ABORT), step=STEPS).frame
    assert frame["state"].iloc[-1] == "aborted" and (frame["version"] == 1).all()
    assert (frame["serving"] == frame["head"]).all()
    assert view.at(way=WAYS.index(ABORT), step=STEPS).says.endswith("given up at step 4; no reader has noticed.")


def test_an_emptied_table_answers_half_built(view):
    way = WAYS.index(EMPTY)
    frame = view.at(way=way, step=STEPS).frame
    assert frame["serving"].tolist()[:3] == [900, 150, 300] and frame.at[1, "answer"] < frame.at[0, "answer"]
    assert "840 events behind the head" in view.at(way=way, step=2, traffic=12).says
    assert "was emptied and fills up: before, the answer was" in view.at(way=way, step=2).says
    full = frame["state"].tolist().index("filled")
    assert view.at(way=way, step=full).says.endswith(f"until step {full} every answer came from a half-built one.")


@pytest.mark.parametrize("step", [0, 3, 12])
def test_every_move_changes_the_picture_and_says_what_is_seen(view, step):
    view.move(step=step)
    for control in view.controls:
        for value in {control["least"], control["least"] + 1, control["most"] - 1, control["most"]}:
            if value != view.values[control["name"]]:
                picture = view.at(**{control["name"]: value})
                assert picture.html != view.picture.html
                assert picture.html.count(picture.says.replace("&", "&amp;")) == 2  # in the picture's name and below it
    assert WAYS[0] == SWAP and repr(view) == view.picture.says


def test_it_begins_where_all_three_have_something_to_show(view):
    assert view.says.startswith("Step 3: version 1 serves")
    assert view.frame()["building"].notna().sum() == 3


def test_the_axes_stay_while_the_step_is_dragged(view):
    def places(step):
        return re.findall(r'data-key="came/[01]"[^>]* x="([\d.]+)"[^>]* width="([\d.]+)"', view.at(step=step).html)

    assert len(places(1)) == 2 and places(1) == places(6) == places(16)


@pytest.mark.parametrize(("before", "step", "most", "begins"), [(2, 1, 2, 1), (40, 1, 30, 15), (400, 10, 30, 15)])
def test_no_more_is_offered_a_step_than_the_log_holds(before, step, most, begins):
    build, traffic = _paces(10 if before >= 300 else 1, before)
    assert (build.scale.step, build.most, build.value) == (step, most, begins)
    assert traffic.most <= build.most and step * traffic.most <= max(before, 200)


def test_of_a_log_of_two_events_one_is_built_a_step():
    view = rebuild_studio(two_events(), visits.UnitsOrdered, UnitsKept, before=2)
    assert view.at(step=1).says.startswith("Step 1: version 1 serves")
    assert "In steps of 1 event the next version" in view.at(step=0).says
    assert view.at(step=4).frame["state"].iloc[-1] == "swapped"


def test_a_log_that_is_too_short_is_refused():
    with pytest.raises(lab.InvalidArgument, match="the log has no events; append some"):
        rebuild_studio(lab.MemoryEventStore(), visits.UnitsOrdered, UnitsKept)
    for before in (0, 3, 1.5):
        with pytest.raises(lab.InvalidArgument, match=f"before={before} is not a part of the log's 2 events; give"):
            rebuild_studio(two_events(), visits.UnitsOrdered, UnitsKept, before=before)


def two_events():
    store = lab.MemoryEventStore()
    for order in ("1", "2"):
        store.append(f"order-{order}", [Ordered(order)], expected=lab.Expected.NO_STREAM)
    return store


def reads(version, columns, index="order"):
    """A projection of `two_events` with these columns: a row for each order, the number of the order in all of them."""

    class Numbers:
        events = (Ordered,)
        schema = lab.Schema(index=[index], columns=columns)

        def __init__(self):
            self.name, self.version = "numbers", version

        def summarise(self, batch):
            orders = batch.frame(Ordered)["order"]
            return self.schema.conform(pd.DataFrame({index: orders} | dict.fromkeys(columns, orders)))

        def merge(self, table, rows):
            return self.schema.conform(pd.concat([table, rows]))

    return Numbers


OLD = {"note": "str", "number": "int64"}


def test_the_first_number_column_of_both_versions_is_asked_for():
    new = {"extra": "int64", "paid": "bool", "number": "float64", "note": "str"}
    view = rebuild_studio(two_events(), reads(1, OLD), reads(2, new), before=2)
    for step, version in ((0, 1), (1, 2)):
        says = view.at(step=step, build=2).says
        assert f"version {version} serves" in says and "A query for all number returns 3" in says


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (reads(1, {}), reads(2, OLD), "old has none, new has number; give both one of the same name"),
        (reads(1, OLD), reads(2, {"note": "str"}), "old has number, new has none"),
        (reads(1, OLD), reads(2, {"sum": "int64"}), "old has number, new has sum"),
        (reads(1, {"paid": "bool"}), reads(2, {"paid": "bool"}), "old has none, new has none"),
        (reads(1, OLD), reads(2, OLD, index="customer"), "old has a row for each order, new for each customer"),
        (reads(1, OLD)(), reads(2, OLD), "give the class, or a function"),
    ],
)
def test_versions_that_no_query_could_ask_both_of_are_refused(old, new, said):
    with pytest.raises(lab.InvalidArgument, match=said):
        rebuild_studio(two_events(), old, new, before=2)


def test_the_frame_is_plain(view):
    assert view.frame().dtypes.astype(str).to_dict() == {
        "head": "int64",
        "serving": "int64",
        "version": "int64",
        "building": "Int64",
        "state": "str",
        "answer": "int64",
    }
    assert isinstance(view.frame(), pd.DataFrame) and view.frame().index.name == "step"
