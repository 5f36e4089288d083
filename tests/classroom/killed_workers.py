"""Workers in processes of their own, each killed with SIGKILL while it works; their seats are taken again.

    python -m tests.classroom.killed_workers FOLDER KILLS SEED
"""

from __future__ import annotations

import signal
import subprocess
import sys
from itertools import count
from pathlib import Path
from random import Random

from cqrs_lab.classroom.room import Room
from cqrs_lab.classroom.seat import Seat

ROOT = Path(__file__).parents[2]
SEATS = {"Ada": "writer", "Ben": "projector", "Cleo": "reader"}


def work(folder, name):
    """Take a seat, and say so after each step, until it is killed or nobody listens any more."""
    seat = Seat(folder, name, SEATS[name])
    for step in count():
        seat.work(1)
        print(step, flush=True)


def started(folder, name):
    command = [sys.executable, "-m", "tests.classroom.killed_workers", str(folder), name]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def killed(folder, kills, seed):
    """Kill all workers so many times while they work together, let each go on for a step, and return the room."""
    random = Random(seed)
    for _ in range(kills):
        workers = [started(folder, name) for name in SEATS]
        for worker in workers:
            assert worker.stdout.readline(), "it did not begin"
        for worker in random.sample(workers, k=len(workers)):
            for _ in range(random.randrange(1, 20)):
                worker.stdout.readline()
            worker.send_signal(signal.SIGKILL)
        for worker in workers:
            assert worker.wait() == -signal.SIGKILL, "it came to its end before it was killed"
            worker.stdout.close()
    room = Room(folder)
    for name in SEATS:
        Seat(folder, name).work(2, pause_seconds=0)
    return room


if __name__ == "__main__":
    place, what, *rest = sys.argv[1:]
    if what in SEATS:
        work(Path(place), what)
    else:
        Path(place).mkdir(parents=True)
        print(killed(Path(place), int(what), int(*rest)).judge())
