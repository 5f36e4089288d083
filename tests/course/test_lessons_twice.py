"""Any cell of a lesson can be run twice, and a lesson resumes after its kernel was restarted.

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

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LESSONS = sorted(NOTEBOOKS.glob("[0-9]*.ipynb"))
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
    reply = kernel.execute_interactive(source, output_hook=lambda message: None, stop_on_error=False, timeout=60)
    content = reply["content"]
    assert may_fail or content["status"] == "ok", "\n".join([source, *content["traceback"]])


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_cell_runs_twice_and_again_after_a_restart(path, tmp_path):
    cells = [one for one in nbformat.read(path, as_version=4).cells if one.cell_type == "code"]
    for times in (2, 1):
        with a_kernel(tmp_path / "notes.jsonl") as kernel:
            for cell in cells:
                for _ in range(times):
                    run(kernel, cell.source, "raises-exception" in cell.metadata.get("tags", []))
