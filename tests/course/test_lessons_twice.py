"""Any cell of a lesson can be run twice, in any order, and a lesson resumes after its kernel was restarted.

A kernel here is a fork of a process that has the packages loaded already: nothing that a lesson has made is left in it,
and nothing has to be loaded again. `make lessons` runs each lesson in a kernel that starts from nothing.
"""

import multiprocessing
import random
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from ipykernel.kernelapp import IPKernelApp
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager

from cqrs_lab.course.progress import PLACE

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
# Lessons in which every cell may come after any other. Add yours when it stands the test; 9 and 13 do, and take long.
ANY_ORDER = [path for path in LESSONS if path.stem[:2] in {"01", "06", "07", "08", "12"}]
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
        client.wait_for_ready(timeout=60)
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
        source, output_hook=lambda message: shown.append(message["content"]), stop_on_error=False, timeout=60
    )
    content = reply["content"]
    assert may_fail or content["status"] == "ok", "\n".join([source, *content["traceback"]])
    texts = [one.get("data", {}).get("text/plain", "") for one in shown]
    return [text for text in texts if text.startswith("Answer: ")]


def code_of(path):
    return [one for one in nbformat.read(path, as_version=4).cells if one.cell_type == "code"]


def may_fail(cell):
    return "raises-exception" in cell.metadata.get("tags", [])


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_cell_runs_twice_and_again_after_a_restart(path, tmp_path):
    cells = code_of(path)
    for times in (2, 1):
        with a_kernel(tmp_path / "notes.jsonl") as kernel:
            for cell in cells:
                for _ in range(times):
                    run(kernel, cell.source, may_fail(cell))


def odd_orders(cells):
    """Yield orders in which a learner comes back to cells, once every one of them has run.

    A cell of the set-up again, then what comes after it, without the cells between; any cell after any other; and one
    cell until it must have used up whatever there is.
    """
    at_first_question = next((at for at, cell in enumerate(cells) if "predict(" in cell.source), len(cells))
    for again in range(at_first_question):
        yield [again, *reversed(range(again + 1, len(cells)))]
    for seed in (1, 2, 3):
        yield random.Random(seed).choices(range(len(cells)), k=2 * len(cells))
    yield [at for at in range(at_first_question, len(cells)) for _ in range(9)]


@pytest.mark.parametrize("path", ANY_ORDER, ids=lambda path: path.stem)
def test_a_cell_reveals_the_same_whatever_was_run_before_it(path, tmp_path):
    # An exercise is judged by itself, whatever the lesson's other cells have made.
    cells = [cell for cell in code_of(path) if not cell.source.startswith("check(")]
    with a_kernel(tmp_path / "notes.jsonl") as kernel:
        first = [run(kernel, cell.source, may_fail(cell)) for cell in cells]
        assert any(first), "no cell reveals anything"
        for order in odd_orders(cells):
            for at in order:
                assert run(kernel, cells[at].source, may_fail(cells[at])) == first[at], cells[at].source
