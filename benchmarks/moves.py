"""From a hand on a control to the painted picture, for every view of the lessons, in JupyterLab in Chromium.

A jump out of the blue goes the whole way: input event, kernel, drawing, page, paint; so it is for a finger, and for a
thumb that is dragged. How much of that JupyterLab takes by itself, on this machine and now, is seen at a view that
draws a word. A jump by a mouse that rested for 0.3 s where it then presses, and a step by a button on which it rested
for a second, find the picture drawn ahead. And a scene of 10,000 events is played: how many frames the page paints in a
second meanwhile. Needs what the browser tests need: Chromium, JupyterLab and Playwright.
"""

import json
import re
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tools.claims import at_least, at_most, missing, row  # noqa: E402
from tqdm import tqdm  # noqa: E402

from cqrs_lab import show  # noqa: E402
from tests.browser.conftest import BROWSERS, FLAGS, NOWHERE  # noqa: E402
from tests.browser.lab_server import LabServer  # noqa: E402
from tests.browser.lesson_page import SCREEN, LessonPage  # noqa: E402

LESSONS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
MILLISECONDS, FRAMES = 60, 50
MOVES, PLAYED_SECONDS = 10, 8
KINDS = ("a jump out of the blue", "a jump where the mouse rested", "a step")

# Of each view the number of its cell, and what its moves took, kind by kind: until the picture came, and its paint.
MOVE = """async (moves) => {
  const cells = [...document.querySelectorAll(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook .jp-Cell")];
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const painted = (stage) => new Promise((done) => {
    const given_up = setTimeout(() => { seen.disconnect(); done(null); }, 3000);
    const seen = new MutationObserver(() => {
      const came = performance.now();
      seen.disconnect();
      clearTimeout(given_up);
      requestAnimationFrame(() => {
        const after = new MessageChannel();
        after.port1.onmessage = () => done([came, performance.now()]);
        after.port2.postMessage(null);
      });
    });
    seen.observe(stage.firstElementChild, { childList: true });
  });
  const ends = ({ options, min, max }) => (options ? [0, options.length - 1] : [Number(min), Number(max)]);
  const jump = (control, at) => {
    const [least, most] = ends(control);
    const old = Number(control.value), share = [0.2, 0.7, 0.4, 0.9, 0.1][at % 5];
    const wanted = Math.round(least + share * (most - least));
    return wanted !== old ? wanted : old < most ? old + 1 : old - 1;
  };
  // To and fro between the ends, one control after the other, by its buttons where it has some.
  const ways = new Map();
  const step = (control) => {
    const [least, most] = ends(control), old = Number(control.value);
    const way = old >= most ? -1 : old <= least ? 1 : ways.get(control) ?? 1;
    ways.set(control, way);
    return [old + way, way];
  };
  const useful = (view) => [...view.querySelectorAll("input[type=range], .control:not(.player) > select")]
    .filter((each) => ends(each)[1] > ends(each)[0]);
  const set = (control, wanted) => () => {
    control.value = wanted;
    control.dispatchEvent(new Event(control.options ? "change" : "input", { bubbles: true }));
  };
  const move = async (stage, act) => {
    const picture = painted(stage), start = performance.now();
    act();
    const seen = await picture;
    return seen ? [seen.map((moment) => moment - start)] : [];
  };
  const rest = (on, clientX = 0) => on.dispatchEvent(new PointerEvent("pointermove", { clientX, bubbles: true }));
  const under = (control, wanted) => {
    const { left, width } = control.getBoundingClientRect(), [least, most] = ends(control);
    return left + 8 + (width - 16) * (wanted - least) / (most - least);
  };
  const found = [];
  for (const stage of document.querySelectorAll(".jp-NotebookPanel:not(.lm-mod-hidden) .cqrs-lab .stage")) {
    const view = stage.closest(".cqrs-lab");
    for (const veil of view.querySelectorAll(".veiled:not([hidden]) button")) veil.click();
    const [blue, jumps, steps] = [[], [], []];
    stage.scrollIntoView({ block: "center" });
    await pause(700);
    for (let at = 0; useful(view).length && at < 2 * moves; at += 1) {
      const turn = Math.floor(at / 2), controls = useful(view), control = controls[turn % controls.length];
      const wanted = jump(control, Math.floor(turn / controls.length) + 2 * (at % 2));
      if (at % 2) {
        rest(control, under(control, wanted));
        await pause(control.options ? 1000 : 300); // a list is opened and read
      }
      (at % 2 ? jumps : blue).push(...await move(stage, set(control, wanted)));
      await pause(150);
    }
    for (let at = 0; useful(view).length && at < moves; at += 1) {
      const controls = useful(view), control = controls[Math.floor(at * controls.length / moves)];
      const [wanted, way] = step(control), buttons = control.closest(".control").querySelectorAll("button");
      rest(buttons[way < 0 ? 0 : 1] ?? control);
      await pause(1000);
      steps.push(...await move(stage, buttons.length ? () => buttons[way < 0 ? 0 : 1].click() : set(control, wanted)));
    }
    found.push([cells.indexOf(stage.closest(".jp-Cell")), blue, jumps, steps]);
  }
  return found;
}"""

# Frames, and steps of the scene, from its first step played on.
PLAY = """async (seconds) => {
  const slider = document.querySelector(".controls input[type=range]");
  document.querySelector("select[aria-label=Speed]").value = "fast";
  document.querySelector(".player button").click();
  while (Number(slider.value) < 2) await new Promise(requestAnimationFrame);
  const [start, first] = [await new Promise(requestAnimationFrame), Number(slider.value)];
  let frames = 0, now = start;
  while (now < start + 1000 * seconds) { now = await new Promise(requestAnimationFrame); frames += 1; }
  const shown = Number(slider.value) - first;
  document.querySelector(".player button").click();
  return [1000 * frames / (now - start), 1000 * shown / (now - start)];
}"""
SCENE = """
import cqrs_lab as lab
from cqrs_lab.shop import read, visits, write
from cqrs_lab.show import RecordedRun, scene

store = lab.MemoryEventStore()
bus = lab.CommandBus(store)
write.register(bus)
run = RecordedRun(store, bus, lab.QueryBus(), [lab.Projector(store, read.OrderHistory())])
for number in range(1, 10_001):
    run.send(visits.order_one(number, "ada", "cup"))
scene(run)
"""
WORD = """
import pandas as pd
from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import Control

View(lambda step: Picture(f"<p>step {step}</p>", f"step {step}", pd.DataFrame()), [Control("step", "Step", 0, 99, 0)])
"""
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}


def view_in(source):
    """Return the name of the view that a cell shows, if it says."""
    named = [name for name in re.findall(r"\b(\w+)\(", source) if name in show.__all__]
    return named[-1] if named else "a view without a name"


def moves_of(page, lab, lesson):
    """Run a lesson, and return for each of its views what its moves of each kind took, in milliseconds."""
    opened = LessonPage(page, lab, None)
    opened.open(lesson)
    opened.run()
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    found = [(view_in("".join(cells[number]["source"])), *took) for number, *took in page.evaluate(MOVE, MOVES)]
    opened.close()
    return found


def notebook_of(lab, folder, name, source):
    """Serve a notebook with one cell."""
    cell = {"cell_type": "code", "id": name, "metadata": {}, "outputs": [], "execution_count": None, "source": source}
    notebook = folder / name / f"{name}.ipynb"
    notebook.parent.mkdir()
    notebook.write_text(json.dumps({"cells": [cell], "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}))
    lab.serve(notebook.parent)
    return notebook


def play(page, lab, notebook):
    """Return the frames and the steps per second while a scene is played."""
    opened = LessonPage(page, lab, None)
    opened.open(notebook)
    opened.run()
    frames, steps = page.evaluate(PLAY, PLAYED_SECONDS)
    opened.close()
    return frames, steps


def print_moves(name, took, limit=None):
    if not took:
        print(f"{name}: has nothing to move, or its picture stayed as it was")
        return
    came, painted = map(statistics.median, zip(*took, strict=True))
    what = f"{name} to its painted picture, {len(took)} moves; {came:.0f} ms until it came"
    at_most(what, painted, limit, unit=" ms")
    sys.stdout.flush()  # all of it takes a quarter of an hour


def measure(browser, lab, folder):
    page = browser.new_context(viewport=SCREEN).new_page()
    for _, *moved in moves_of(page, lab, notebook_of(lab, folder, "word", WORD)):
        for kind, took in zip(KINDS, moved, strict=True):
            print_moves(f"a view that draws a word: {kind}", took)
    frames, steps = play(page, lab, notebook_of(lab, folder, "scene", SCENE))
    at_least("a scene of 10,000 events is played: frames per second", frames, FRAMES)
    row("the same: steps per second", steps)
    for lesson in tqdm(LESSONS, leave=False, disable=None):
        for name, *moved in moves_of(page, lab, lesson):
            for kind, took in zip(KINDS, moved, strict=True):
                print_moves(f"{lesson.stem[:3].rstrip('_')}: {name}: {kind}", took, MILLISECONDS)


def main():
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if missing("playwright", "jupyterlab") or chromium is None:
        print("left out: this needs Chromium, JupyterLab and Playwright")
        return
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        lab = LabServer(Path(folder) / "lab")
        try:
            lab.wait_until_up()
            lab.serve(ROOT / "notebooks")
            browser = started.chromium.launch(executable_path=chromium, args=FLAGS, proxy=NOWHERE)
            measure(browser, lab, Path(folder))
            browser.close()
        finally:
            lab.stop()


if __name__ == "__main__":
    main()
