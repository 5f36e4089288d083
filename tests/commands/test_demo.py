"""The command cqrs-lab demo."""

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.error import URLError

import psutil
import pytest

from cqrs_lab import cli
from cqrs_lab.commands.demo import _of_path
from cqrs_lab.course.paths import PATHS
from cqrs_lab.demo.demos import DEMOS, demo_of

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/\?token=\S{32,}")
STARTS = "import sys; from cqrs_lab.cli import main; sys.exit(main())"
# What a shell has started in the background ignores Ctrl+C, and so does what that starts: these tests, too.
HEARS_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"


def test_without_a_name_it_lists_each_demo_with_its_lesson_and_its_question(capsys):
    assert cli.main(["demo"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for demo in DEMOS:
        assert any(line.startswith(f"{demo.name} ") and line.endswith(demo.ask) for line in lines)
        assert any(f"lesson {demo.lesson.lstrip('0')} " in line for line in lines)


def test_the_list_does_not_wait_for_the_shop():
    code = f"{STARTS.replace('sys.exit(main())', 'main()')}; assert 'cqrs_lab.shop' not in sys.modules"
    subprocess.run([sys.executable, "-c", code, "demo"], cwd=ROOT, check=True, capture_output=True)


def test_a_name_that_is_not_there_is_one_line_with_those_that_are(capsys):
    assert cli.main(["demo", "lags"]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1 and "'lags'" in told.err and "duel, time-machine" in told.err


def test_a_port_that_is_taken_or_is_none_is_one_line_with_what_to_do(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for port in (taken.getsockname()[1], 99_999):
            assert cli.main(["demo", "turns", "--no-browser", "--port", str(port)]) == 2
            told = capsys.readouterr()
            assert told.err.count("\n") == 1 and f"port {port}" in told.err and "give another port" in told.err


@pytest.fixture
def start():
    """A function that starts the command with these arguments, in a process that hears Ctrl+C."""
    started = []

    def start(*arguments):
        command = [sys.executable, "-c", f"{HEARS_CTRL_C}; {STARTS}", "demo", *arguments, "--no-browser"]
        started.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def page_at(address):
    with urllib.request.urlopen(address, timeout=30) as page:
        return page.read().decode()


def test_ctrl_c_ends_it_and_leaves_no_process(start):
    running = start("duel")
    address = next(found[0] for line in running.stdout if (found := ADDRESS.search(line)))
    assert "Two buyers, one cup." in page_at(address)
    children = psutil.Process(running.pid).children(recursive=True)
    running.send_signal(signal.SIGINT)
    out, _ = running.communicate(timeout=30)
    assert running.returncode == 0 and "The demo has ended." in out
    assert [child for child in children if child.is_running()] == []
    with pytest.raises(URLError):
        urllib.request.urlopen(address, timeout=5)


def test_several_are_served_each_leads_to_the_next_and_ctrl_c_ends_all(start):
    running = start("duel", "turns", "skipped")
    lines = iter(running.stdout.readline, "")
    addresses = [next(found[0] for line in lines if (found := ADDRESS.search(line))) for _ in range(3)]
    assert next(lines) == "N leads to the next demo. Ctrl+C ends all.\n"
    for at, name in enumerate(("duel", "turns", "skipped")):
        page = page_at(addresses[at])
        assert demo_of(name).ask.split("?")[0].replace("'", "&#x27;") in page
        assert json.dumps(addresses[(at + 1) % 3]) in page
    running.send_signal(signal.SIGINT)
    out, errors = running.communicate(timeout=30)
    assert running.returncode == 0 and "The demos have ended." in out and errors == ""
    for address in addresses:
        with pytest.raises(URLError):
            urllib.request.urlopen(address, timeout=5)


@pytest.mark.parametrize("path", PATHS)
def test_a_path_names_its_demos_in_its_order(path):
    assert [demo.name for demo in _of_path(path)] == [name for part in PATHS[path] for name in part.demos]
