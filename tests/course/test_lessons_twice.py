"""Any cell of a lesson can be run twice, in any order, and a lesson resumes after its kernel was restarted.

A kernel here is a fork of a process that has the packages loaded already: nothing that a lesson has made is left in it,
and nothing has to be loaded again. `make lessons` runs each lesson in a kernel that starts from nothing.
"""

import multiprocessing
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager

from cqrs_lab.course.progress import PLACE

from .orders import every_meeting

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
# Cells that take long: in odd orders they are run once more, and all others as often as it takes.
DEAR = {
    "lesson-05-13", "lesson-05-52", "lesson-06-03", "lesson-06-07b", "lesson-06-25", "lesson-06-29", "lesson-07-26",
    "lesson-07-31", "lesson-07-38a", "lesson-07-44", "lesson-08-07", "lesson-08-16", "lesson-08-35-grid",
    "lesson-08-40", "lesson-09-15", "lesson-09-20", "lesson-09-22", "lesson-09-24", "lesson-09-24b", "lesson-09-40b",
    "lesson-09b-14", "lesson-09b-17", "lesson-09b-19", "lesson-09b-21", "lesson-09b-38", "lesson-10-03",
    "lesson-10-13", "lesson-10-17", "lesson-10-37a", "lesson-11-37", "lesson-12-26", "lesson-13-03", "lesson-13-09",
    "lesson-13-13", "lesson-13-35", "lesson-13-55", "lesson-14-05", "lesson-14-17", "lesson-14-23", "lesson-15-11",
    "lesson-15-15", "lesson-07-own-system", "lesson-08-own-system", "lesson-09b-own-system", "lesson-10-own-system",
    "own-numbers",
}  # fmt: skip
# What this cell reveals is a time on this machine.
TIMED = "lesson-05-54"
KERNELS = multiprocessing.get_context("forkserver")
PACKAGES = ("cqrs_lab.course", "cqrs_lab.show", "matplotlib.figure", "matplotlib.backends.backend_svg", "scipy.stats")
KERNELS.set_forkserver_preload(["ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.debugger", *PACKAGES])


@contextmanager
def a_kernel(notes):
    """Start a kernel for a learner whose notes are kept in a file."""
    manager = KernelManager()
    manager.write_connection_file()
    arguments = ["-f", manager.connection_file, "--HistoryManager.hist_file=:memory:"]
    process = KERNELS.Process(target=IPKernelApp.launch_instance, args=(arguments,))
    process.start()
    # Made without the manager, which did not start the kernel: it would call it dead after the first second.
    client = BlockingKernelClient(connection_file=manager.connection_file)
    client.load_connection_file()
    client.start_channels(hb=False)
    try:
        client.wait_for_ready(timeout=240)
        run(client, f"import os; os.chdir({str(NOTEBOOKS)!r}); os.environ[{PLACE!r}] = {str(notes)!r}")
        yield client
    finally:
        client.stop_channels()
        process.kill()
        process.join()
        manager.cleanup_resources()


def run(kernel, source, may_fail=False):
    """Run a cell; return what it revealed: the answer that a learner without a guess is shown."""
    shown = []
    reply = kernel.execute_interactive(
        source, output_hook=lambda message: shown.append(message["content"]), stop_on_error=False, timeout=240
    )
    content = reply["content"]
    assert may_fail or content["status"] == "ok", "\n".join([source, *content["traceback"]])
    texts = [one.get("data", {}).get("text/plain", "") for one in shown]
    return [text for text in texts if text.startswith("Answer: ")]


def code_of(path):
    return [one for one in nbformat.read(path, as_version=4).cells if one.cell_type == "code"]


def may_fail(cell):
    return "raises-exception" in cell.metadata.get("tags", [])


def odd_orders(cells):
    """Yield orders in which a learner comes back to cells, once every one of them has run.

    A cell of the set-up again, and what comes after it, without the cells between; then any cell after any other, with
    any third one not run between, as far as those orders have not had it.
    """
    at_first_question = next(at for at, cell in enumerate(cells) if "predict(" in cell.source)
    # An exercise is judged by itself, whatever the lesson's other cells have made.
    unjudged = [at for at, cell in enumerate(cells) if not cell.source.startswith("check(")]
    cheap = [at for at in unjudged if cells[at].id not in DEAR]
    ran = []
    for again in range(at_first_question):
        order = [again, *(at for at in reversed(cheap if again else unjudged) if at > again)]
        ran += order
        yield order
    later = [at for at in cheap if at >= at_first_question and not only_asks(cells[at])]
    yield every_meeting(ran, later)


def only_asks(cell):
    return cell.source.startswith("predict(") or "exercise" in cell.metadata.get("tags", [])


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_cell_reveals_the_same_when_run_again_at_once_in_any_order_and_after_a_restart(path, tmp_path):
    cells, notes = code_of(path), tmp_path / "notes.jsonl"

    def outcome(kernel, cell):
        revealed = run(kernel, cell.source, may_fail(cell))
        return len(revealed) if cell.id == TIMED else revealed

    with a_kernel(notes) as kernel:
        first = []
        for cell in cells:
            first.append(outcome(kernel, cell))
            assert outcome(kernel, cell) == first[-1], cell.source
        assert any(first), "no cell reveals anything"
        for order in odd_orders(cells):
            for at in order:
                assert outcome(kernel, cells[at]) == first[at], cells[at].source
    with a_kernel(notes) as kernel:
        assert [outcome(kernel, cell) for cell in cells] == first


def test_every_cell_that_is_named_here_is_there():
    assert {cell.id for path in LESSONS for cell in code_of(path)} >= {*DEAR, TIMED}
