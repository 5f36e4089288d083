"""In a real kernel: cells are named, an interrupt ends a check at once, a stopped kernel leaves no process behind."""

import time

import psutil
import pytest
from jupyter_client.manager import start_new_kernel


@pytest.fixture(scope="module")
def kernel():
    manager, client = start_new_kernel(kernel_name="python3")
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run(client, source, timeout=60):
    """Run a cell and return what it shows as text, or the name of its error."""
    shown = []

    def output(message):
        content = message["content"]
        shown.append(content.get("data", {}).get("text/plain") or content.get("ename") or content.get("text", ""))

    client.execute_interactive(source, timeout=timeout, output_hook=lambda each: output(each) if shows(each) else None)
    return "".join(shown)


def shows(message):
    return message["msg_type"] in ("execute_result", "error", "stream")


ANSWER = """\
from dataclasses import dataclass
from cqrs_lab.course import check

@dataclass(frozen=True)
class Booked:
    at: float
    shown: float

def behind(transfers, moment):
    mine = [Booked(*pair) for pair in transfers]
    return sum(one.at <= moment < one.shown for one in mine)
"""


def test_classes_and_functions_of_cells_are_judged_as_they_stand(kernel):
    _, client = kernel
    run(client, ANSWER)
    assert run(client, "check('07.1', behind)").startswith("07.1: passed")
    run(client, ANSWER.replace("<= moment", "<= moment + later"))
    told = run(client, "check('07.1', behind)")
    came, line = told.splitlines()[2:4]
    assert came == "Got: NameError: name 'later' is not defined"
    assert line.startswith("Your line: line 11 of cell [3]: return sum(one.at <= moment + later <")


def test_an_interrupt_ends_a_check_at_once_and_the_next_one_works(kernel):
    manager, client = kernel
    run(client, ANSWER)
    kept = run(client, "import os; from cqrs_lab.course.run_apart import run_apart; run_apart(os.getpid).value")
    # Without `stop_on_error=False` the kernel may drop the check that comes after the interrupted one.
    endless = "print('begins'); check('07.1', lambda *given: sum(range(10**12)))"
    sent = client.execute(endless, stop_on_error=False)
    while psutil.Process(int(kept)).cpu_percent(0.05) < 5:
        time.sleep(0.01)
    manager.interrupt_kernel()
    reply = client.get_shell_msg(timeout=60)
    while reply["parent_header"].get("msg_id") != sent:
        reply = client.get_shell_msg(timeout=60)
    assert reply["content"]["ename"] == "KeyboardInterrupt" and not psutil.pid_exists(int(kept))
    assert run(client, "check('07.1', behind)").startswith("07.1: passed")


def test_a_kernel_that_is_stopped_leaves_no_process_behind(kernel):
    manager, client = kernel
    other = psutil.Process(int(run(client, "run_apart(os.getpid).value")))
    manager.restart_kernel(now=True)
    client.wait_for_ready(timeout=60)
    assert psutil.wait_procs([other], timeout=30)[0] == [other]
