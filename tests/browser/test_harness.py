"""The browser tests themselves are tested: on a notebook with planted faults, each fault is found, and nothing else."""

from pathlib import Path

import nbformat
import pytest

from .lesson_page import Visit

pytestmark = pytest.mark.browser

GOOD = """
import ipywidgets as widgets
rate = widgets.IntSlider(description="Rate", value=9, max=9)
step = widgets.BoundedIntText(description="Step")
kind = widgets.Dropdown(description="Kind", options=["circle", "square"])
mode = widgets.ToggleButtons(description="Mode", options=["fill", "line"])
side = widgets.RadioButtons(description="Side", options=["write", "read"])
grid = widgets.Checkbox(description="Grid")
first, back, following = (widgets.Button(description=name) for name in ("First", "Back", "Next"))
view = widgets.HTML()
place = 0
def draw(change=None):
    first.disabled = back.disabled = place == 0
    said = f"{rate.value} {step.value} {kind.value} {mode.value} {side.value} {grid.value} place {place}"
    circle = f'<circle r="{rate.value}" cx="50" cy="50"/>'
    view.value = f'<svg role="img" aria-label="{said}" width="99" height="99">{circle}</svg>'
def go(by):
    global place
    place = by and max(place + by, 0)
    draw()
first.on_click(lambda _: go(0)); back.on_click(lambda _: go(-1)); following.on_click(lambda _: go(1))
for control in (rate, step, kind, mode, side, grid):
    control.observe(draw, "value")
draw()
widgets.VBox([rate, step, kind, mode, side, grid, first, back, following, view])
"""
DEAD = "widgets.IntSlider(description='Dead')"
NAMELESS = """
nameless, told = widgets.IntSlider(), widgets.Label()
nameless.observe(lambda change: setattr(told, "value", str(change.new)), "value")
widgets.VBox([nameless, told])
"""
ASLEEP = "widgets.Button(description='Asleep', disabled=True)"
BREAKS = """
breaks = widgets.Button(description="Breaks")
breaks.on_click(lambda _: 1 / 0)
breaks
"""
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
NO_ALT = f"from IPython.display import HTML, Javascript\nHTML('<img width=9 src=\"{PIXEL}\">')"
NO_LABEL = 'HTML(\'<svg role="img" width="9" height="9"></svg>\')'
OUTSIDE = 'HTML(\'<img alt="far" src="http://far.example/far.png">\')'
STDERR = "import sys\nprint('grumble', file=sys.stderr)"
SCRIPT = "Javascript('setTimeout(() => { throw new Error(\"planted\") })')"
TORN = 'HTML(\'<div class="cqrs-lab"><div class="control"><label>Torn</label><p>a</p><p>b</p></div></div>\')'
CUT = 'HTML(\'<div class="cqrs-lab"><div class="control"><label>Cut</label><p style="width: 20rem">a</p></div></div>\')'
ON_EACH_OTHER = """HTML('<div class="cqrs-lab"><svg role="img" aria-label="two" width="300" height="60">\\
<text x="9" y="30">first</text><text x="20" y="34">second</text><text x="200" y="30">apart</text></svg></div>')"""
BEYOND = """HTML('<div class="cqrs-lab"><svg role="img" aria-label="far" width="60" height="30">\\
<text x="40" y="20">too far</text></svg></div>')"""
CUT_CELL = """HTML('<div class="cqrs-lab">\\
<p style="width: 3em; overflow: hidden; white-space: nowrap">a long sentence</p></div>')"""
TOO_HIGH = """HTML('<div class="cqrs-lab"><p style="margin:0">too high</p>\\
<span style="position: absolute; width: 1px; height: 60px"></span></div>')"""
PALE = """HTML('<div class="cqrs-lab"><p style="color: #bbb; background: #fff">pale words</p></div>')"""
PRINTS = "print('wonderful ' * 60)"
BESIDE = " beside the file list"
RAISES = "raise ValueError('unannounced')"


VIEW = """
import pandas as pd
from cqrs_lab.show import Picture, View
View(lambda: Picture("<p>a view</p>", "a view", pd.DataFrame()), [])
"""


LATE = """
import anywidget
class Late(anywidget.AnyWidget):
    _esm = '''
    if (!window.cameLate) { window.cameLate = true; await new Promise((done) => setTimeout(done, 3000)); }
    export default { render({ model, el }) {
      el.className = "late";
      model.on("msg:custom", (said) => { el.textContent = said; });
    } };'''
late = Late()
late
"""
SAYS = "import time; time.sleep(3.5); late.send('heard')"


def written(path: Path, *cells) -> Path:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=list(cells), metadata={"kernelspec": kernel}), path)
    return path


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    announced = nbformat.v4.new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]})
    sources = [DEAD, NAMELESS, ASLEEP, BREAKS, NO_ALT, NO_LABEL, OUTSIDE, STDERR, SCRIPT, TORN, CUT]
    sources += [ON_EACH_OTHER, BEYOND, CUT_CELL, TOO_HIGH, PALE, PRINTS, RAISES, "'never'"]
    cells = [nbformat.v4.new_code_cell(GOOD), announced, *map(nbformat.v4.new_code_cell, sources)]
    return written(tmp_path_factory.mktemp("planted") / "faults.ipynb", *cells)


@pytest.fixture(scope="module")
def seen(planted: Path, lab, visit, open_lesson) -> Visit:
    """What a visit saw, in a page in which another notebook's view has been: its styles would hide what is planted."""
    before = written(planted.with_name("before.ipynb"), nbformat.v4.new_code_cell(VIEW))
    lab.serve(planted.parent)
    with open_lesson(before) as lesson:
        lesson.run()
        assert lesson.page.locator("style[id^='cqrs_lab.']").count() > 0
    return visit(planted, pictures=planted.parent / "pictures", patience_seconds=0.5)


def test_a_cell_that_raises_is_found_unless_it_is_announced(seen: Visit) -> None:
    assert seen.raised == ["cell 20 raised ValueError: unannounced"]


def test_a_cell_that_could_not_run_is_found(seen: Visit) -> None:
    assert seen.not_run == ["cell 21 did not run"]


def test_output_on_stderr_is_found(seen: Visit) -> None:
    assert seen.stderr == ["cell 10 wrote on stderr: grumble\n"]


def test_an_error_in_the_page_is_found(seen: Visit) -> None:
    assert "planted" in seen.page_errors


def test_a_request_to_the_outside_is_found(seen: Visit) -> None:
    assert seen.outside == ["http://far.example/far.png"]


def test_pictures_and_controls_without_a_name_are_found(seen: Visit) -> None:
    found = [fault.split()[:6] for fault in sorted(seen.without_a_name)]
    assert [" ".join(words) for words in found] == [
        "cell 4: no name on <div",
        "cell 7: no name on <img",
        "cell 8: no name on <svg",
    ]


def test_a_control_that_changes_nothing_is_found_by_its_name(seen: Visit) -> None:
    assert seen.not_moved == [
        "cell 3, slider 'Dead': nothing changes",
        "cell 5, button 'Asleep': never enabled",
        "cell 6, button 'Breaks': nothing changes",
    ]


def test_a_row_of_controls_that_falls_apart_is_found(seen: Visit) -> None:
    beside = [f"at {percent} %{BESIDE}" for percent in (150, 200)]
    wanted = [f"cell 12: Torn, {when}" for when in ("at first", "in the dark theme", *beside, "at 200 %")]
    assert sorted(seen.torn) == sorted([*wanted, f"cell 13: Cut, {beside[1]}"])


def test_texts_on_each_other_cut_texts_and_broken_words_are_found_each_time(seen: Visit) -> None:
    times = ["at first", "in the dark theme", f"at 150 %{BESIDE}", f"at 200 %{BESIDE}", "at 200 %"]
    faults = ["cell 14: one on the other: first / second", "cell 15: cut: too far", "cell 16: cut: a long sentence"]
    faults.append("cell 17: has a scrollbar for nothing: too high")
    wanted = [f"{fault}, {when}" for fault in faults for when in times]
    words = {f"cell 19: broken: wonderful, {when}" for when in times}
    assert sorted(one for one in seen.crowded if one not in words) == sorted(wanted)
    assert words <= set(seen.crowded)


def test_what_axe_finds_in_a_view_is_told_with_its_rule_and_its_place(seen: Visit) -> None:
    found = [fault for fault in seen.closed if "pale words" in fault]
    assert [fault.split(": ")[:2] for fault in found] == [["light", "color-contrast"], ["dark", "color-contrast"]]


def test_an_error_in_a_callback_is_found(seen: Visit) -> None:
    assert seen.callback_errors == ["ZeroDivisionError: division by zero"]


def test_every_kind_of_control_is_moved_also_those_that_others_must_wake(seen: Visit) -> None:
    wanted = {"slider 'Rate'", "number 'Step'", "list 'Kind'", "button 'fill'", "button 'line'", "radio 'write'"}
    wanted |= {"radio 'read'", "checkbox 'Grid'", "button 'First'", "button 'Back'", "button 'Next'"}
    assert {key.removeprefix("cell 1, ") for key in seen.moved if key.startswith("cell 1,")} == wanted


def test_pictures_are_left_in_light_dark_and_zoomed(seen: Visit, planted: Path) -> None:
    left = {path.name.rsplit("-", 1)[0] for path in (planted.parent / "pictures").glob("*-01.png")}
    assert left == {"light", "moved", "dark", "zoom-200"}


def test_where_a_view_came_deaf_the_cells_are_run_again(tmp_path: Path, lab, open_lesson) -> None:
    deaf = written(tmp_path / "deaf.ipynb", *map(nbformat.v4.new_code_cell, (LATE, SAYS)))
    lab.serve(tmp_path)
    with open_lesson(deaf) as lesson:
        lesson.run()
        assert lesson.page.locator(".late").all_inner_texts() == ["heard"] and lesson.visit.page_errors == []
