"""What holds for every test, and what is printed at the end of a run."""

import gc
import sys

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests.simulation import test_oracles

# No test measures time: a busy machine is no failure.
settings.register_profile("cqrs-lab", deadline=None)
settings.load_profile("cqrs-lab")


class ByVisit(LoadScopeScheduling):
    """Keeps the tests of a module with one worker, as loadscope does, and of the lessons in the browser each lesson's.

    A lesson's tests share a visit, and lessons may be visited side by side. pytest 9.2 takes no notice of the group
    names that pytest-xdist 3.8 appends for `--dist loadgroup`.
    """

    def _split_scope(self, nodeid):
        module, _, test = nodeid.partition("::")
        return test[test.find("[") :] if module.endswith("browser/test_lessons.py") else module


def pytest_xdist_make_scheduler(config, log):
    """Let `--dist loadscope` mean the above."""
    return ByVisit(config, log) if config.getvalue("dist") == "loadscope" else None


def pytest_collection_finish():
    """Let the garbage collector pass over the half a million objects that were made to find the tests: they stay.

    And let it come after 10,000 new objects: at 700 it took a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


@pytest.fixture
def threads_that_change_at_every_turn():
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def pytest_terminal_summary(terminalreporter):
    """Say which figures of the lag's oracles were met in which way."""
    ran = [one for one in terminalreporter.getreports("passed") if "test_oracles.py" in one.nodeid]
    if ran:
        directly = ", ".join(case["name"] for case in test_oracles.DIRECT)
        terminalreporter.section("the lag's oracles")
        terminalreporter.write_line(f"by the engine: {len(test_oracles.BY_ENGINE)} figures")
        terminalreporter.write_line(f"by theory, against a direct draw: {len(test_oracles.DIRECT)}: {directly}")
