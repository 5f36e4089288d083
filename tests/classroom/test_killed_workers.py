"""Real processes on one log, killed where they happen to be."""

import sys

import pytest

from tests.classroom.killed_workers import killed


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_workers_that_are_killed_lose_nothing_and_double_nothing(tmp_path):
    folder = tmp_path / "20270115T080000000000 10 c"
    folder.mkdir()
    room = killed(folder, kills=1, seed=11)
    hour, judged = room.hour(), room.judge()
    assert judged.ok, judged
    assert hour.head >= 3 and len(hour.looks) >= 3 and hour.visits[-1].upto >= 2
    assert all(one.position is not None for one in hour.asked)
