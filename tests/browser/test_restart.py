"""After a kernel restart, what is left on the page says what to do, and what was kept is still there."""

from pathlib import Path

import nbformat
import pytest

pytestmark = pytest.mark.browser

IMPATIENT = """
import os
os.environ["CQRS_LAB_PROGRESS"] = {notes!r}
import pandas as pd
from cqrs_lab.course import predict
from cqrs_lab.course.ask import Ask
from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import Control
for kind in (View, Ask):
    kind._esm = kind._esm.replace("PATIENCE_MILLISECONDS = 4000", "PATIENCE_MILLISECONDS = 200")
"""
VIEW = """
def draw(step):
    return Picture(f"<p>step {step}</p>", f"step {step}", pd.DataFrame())
view = View(draw, [Control("step", "Step", 0, 9, 3, plays=True)])
view
"""
PREDICT = 'predict("03.1", "How many?", choices=["one", "two", "three"])'
BUSY = "import time\nwhile not os.path.exists({done!r}): time.sleep(.02)"
NO_ANSWER = "If it was restarted, run this cell again, after all the cells above it."


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return tmp_path_factory.mktemp("restarted")


@pytest.fixture(scope="module")
def lesson(files: Path, lab, open_lesson):
    """The page of a notebook that has run: a view, a prediction, and a cell that runs until a file is there."""
    done = files / "done"
    done.touch()
    sources = [IMPATIENT.format(notes=str(files / "notes")), VIEW, PREDICT, BUSY.format(done=str(done))]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path = files / "restarted.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    lab.serve(files)
    with open_lesson(path) as lesson:
        lesson.run()
        yield lesson


def move(lesson):
    lesson.page.get_by_role("button", name="Next: Step").click()


def wait_for(lesson, text):
    lesson.page.get_by_text(text).first.wait_for(timeout=30_000)


TOLD = """async (code) => {
  const asked = jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({ code });
  let told = "";
  asked.onIOPub = ({ header, content }) => { if (header.msg_type === "stream") told += content.text; };
  await asked.done;
  return told;
}"""


def wait_until_gone(lesson, text):
    lesson.page.get_by_text(text).wait_for(state="detached", timeout=30_000)


def test_a_busy_kernel_is_not_accused_and_its_answer_takes_the_sentence_away(lesson, files):
    (files / "done").unlink()
    lesson.page.evaluate("() => { inThePage.run(); }")
    lesson.page.wait_for_function("document.querySelectorAll('.jp-Cell')[3].innerText.includes('[*]')")
    move(lesson)
    wait_for(lesson, "If it is busy, the answer will come")
    (files / "done").touch()
    wait_for(lesson, "step 4")
    wait_until_gone(lesson, NO_ANSWER)


def test_after_a_restart_the_view_and_the_question_ask_to_be_run_again_and_then_work(lesson):
    page = lesson.page
    page.get_by_label("two").check()
    page.get_by_role("button", name="Keep this answer").click()
    wait_for(lesson, "Kept: two.")
    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.get_by_role("button", name="Play: Step").click()
    wait_for(lesson, NO_ANSWER)
    lesson.run()
    wait_for(lesson, "Kept: two.")
    wait_until_gone(lesson, NO_ANSWER)
    page.get_by_role("button", name="Play: Step").click()
    wait_for(lesson, "step 4")
    page.get_by_role("button", name="Pause: Step").click()
    lesson.page.wait_for_function("document.querySelector('.only-read-out').textContent.includes('step')")
    shown = page.locator(".stage").inner_text().strip()
    assert page.evaluate(TOLD, "print('step', view.values['step'], '=', view.picture.says)") == f"{shown} = {shown}\n"


def test_a_question_left_open_over_a_restart_asks_to_be_run_again(lesson, files):
    page = lesson.page
    (files / "notes").unlink()
    lesson.run()
    page.get_by_label("one").check()
    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.get_by_role("button", name="Keep this answer").click()
    wait_for(lesson, NO_ANSWER)
