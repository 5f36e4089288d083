"""The stage of a rebuild: the arrow stands at the version that serves, and blocks add up to what each has read."""

import random
import re

import pytest

from cqrs_lab.show import rebuild_stage
from cqrs_lab.show.icons import PATHS
from cqrs_lab.show.rebuild_runs import STEPS, RebuildMoment
from cqrs_lab.show.rebuild_stage import drawn_rebuild, stretches

OLD, NEW = 0, 1
BEGUN = [RebuildMoment(900, 900, 1, None, "not begun", 395), RebuildMoment(940, 940, 1, 150, "building", 424)]
ENDS = {
    "swapped": (RebuildMoment(980, 980, 2, None, "swapped", 440), NEW, "replaced at step 2"),
    "aborted": (RebuildMoment(980, 980, 1, None, "aborted", 446), OLD, "given up at step 2"),
    "ended": (RebuildMoment(980, 980, 1, None, "ended", 446), OLD, "ended at step 2"),
    "stopped": (RebuildMoment(980, 980, 1, None, "stopped", 446), OLD, "stopped at step 2"),
    "emptied": (RebuildMoment(980, 300, 2, None, "emptied", 62), NEW, "emptied at step 2"),
}


def drawn(steps, versions=(1, 2)):
    return drawn_rebuild(steps, 1540, versions, "units", "A rebuild")


def heights(html):
    """Return where the arrow stands, and the middle of each version's front, as far as there is one."""
    places = {name: float(y) for name, y in re.findall(r'data-key="(wire|front/\d)"[^(]*\([\d.]+ ([\d.]+)\)', html)}
    return places.pop("wire"), {int(name[-1]): y for name, y in places.items()}


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("versions", [(1, 2), (1, 1)])
def test_the_arrow_to_the_page_stands_at_the_version_that_serves(end, versions):
    last, serves, says = ENDS[end]
    last = last._replace(version=versions[serves])
    wire, fronts = heights(drawn(BEGUN, versions))
    assert wire == fronts[OLD] < fronts[NEW]
    html = drawn([*BEGUN, last], versions)
    wire, fronts = heights(html)
    assert wire == fronts[serves] and list(fronts) == [serves]
    assert f">{says}<" in html
    painted = re.search(r'data-key="answer/2".*?style="(.*?)"', html)[1]
    assert painted == rebuild_stage.PAINTS[serves]


def test_an_answer_that_is_behind_is_said_on_the_page():
    assert ">up to date<" in drawn(BEGUN) and "behind<" not in drawn(BEGUN)
    assert ">\N{MULTIPLICATION X} 680 behind<" in drawn([*BEGUN, ENDS["emptied"][0]])


def test_what_has_been_read_in_steps_adds_up_to_where_a_table_stands():
    chance = random.Random(17)
    for _ in range(200):
        fronts = [chance.choice([None, 0, chance.randrange(1, 1000)]) for _ in range(STEPS)]
        read = [(one.begin, one.end) for one in stretches(fronts)]
        assert all(begin < end for begin, end in read)
        assert [begin for begin, _ in read] == [0, *(end for _, end in read)][: len(read)]
        assert (read[-1][1] if read else 0) == (fronts[-1] or 0)
        assert all(fronts[one.step] >= one.end for one in stretches(fronts))


def test_each_step_leaves_its_answer_on_the_ground_of_the_version_it_came_from():
    html = drawn([*BEGUN, ENDS["swapped"][0]])
    for step, (told, which) in enumerate([("395", OLD), ("424", OLD), ("440", NEW)]):
        column = re.search(rf'data-key="step/{step}".*?</g>', html)[0]
        assert f">{told}<" in column and rebuild_stage.PAINTS[which] in column
    assert ">swap<" in html


def test_what_comes_in_has_the_icon_of_most_of_it():
    views = {name: drawn_rebuild(BEGUN, 1540, (1, 2), "units", "A rebuild", name) for name in ("cart", "truck")}
    for name, html in views.items():
        group = re.search(r'data-key="coming".*?</g></g>', html)[0]
        assert ">+40<" in group and PATHS[name] in group
    assert "coming" not in drawn(BEGUN[:1])
