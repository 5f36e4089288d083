"""`make lab` serves the first lesson, and nothing comes between it and the learner."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/lab/tree/my_lessons/00_start_here\.ipynb\?token=\w{20,}")
FLAGS = "--no-browser --ServerApp.port=0 --LabApp.expose_app_in_browser=True"
START_SECONDS, OPEN_SECONDS, STOP_SECONDS = 60, 60, 10

pytestmark = pytest.mark.browser


@pytest.fixture
def address(browser, tmp_path):
    """Where `make lab` says that the first lesson is."""
    if not (ROOT / ".venv" / ".installed").exists():
        pytest.skip("no .venv of make's: this test is about what make sets up")
    # A home of its own: neither this person's settings nor a lesson left open.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "PYTEST"))}
    environment |= {"HOME": str(tmp_path)}
    log = tmp_path / "log"
    with log.open("w") as out:
        lab = subprocess.Popen(
            ["make", "lab", f"LAB_FLAGS={FLAGS}"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        yield wait_for_address(lab, log)
    finally:
        os.killpg(lab.pid, signal.SIGTERM)
        try:
            lab.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:  # it waits for a kernel that is still starting
            os.killpg(lab.pid, signal.SIGKILL)
            lab.wait()


def wait_for_address(lab, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and lab.poll() is None:
        if found := ADDRESS.search(log.read_text()):
            return found[0]
        time.sleep(0.1)
    pytest.fail(f"make lab named no address of the first lesson; it said:\n{log.read_text()[-2000:]}")


def test_the_address_opens_the_first_lesson_without_news_or_updates(address, browser):
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(address, wait_until="commit")
        page.locator(".jp-Notebook h1", has_text="You pressed Order. Who knows?").wait_for(timeout=1000 * OPEN_SECONDS)
        asks = "jupyterapp.hasPlugin('@jupyterlab/apputils-extension:announcements')"
        assert page.evaluate(asks) is False
        assert page.locator(".jp-Dialog").count() == 0
    finally:
        context.close()
