"""Turns: one thread at a time, nobody waits while at work, and nothing is left locked."""

from __future__ import annotations

import threading

import pytest

import cqrs_lab as lab
from cqrs_lab.log.workers.turn import Turn, at_work
from tests.interrupts import in_another_thread, interrupted, moments


class Worker:
    worker_name = "worker of this test"


@pytest.mark.usefixtures("threads_that_change_at_every_turn")
def test_many_threads_work_one_after_the_other():
    turn, worker, inside, most = Turn(), Worker(), [], []

    def work():
        inside.append(1)
        most.append(len(inside))
        inside.pop()

    threads = [threading.Thread(target=lambda: [turn.run(worker, "work()", work) for _ in range(50)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert most == [1] * 200


def test_interrupted_at_any_instruction_it_is_free_for_every_thread():
    turn, worker = Turn(), Worker()

    def work():
        return turn.run(worker, "work()", lambda: "done")

    for moment in moments(work):
        assert interrupted(work, moment)
        assert (in_another_thread(work), work(), at_work()) == ("done", "done", False)


def test_an_error_of_the_work_is_the_caller_s_also_one_that_looks_like_a_taken_turn():
    def fails():
        raise RuntimeError("cannot enter context: it is already entered")

    turn = Turn()
    with pytest.raises(RuntimeError, match="cannot enter context"):
        turn.run(Worker(), "work()", fails)
    assert turn.run(Worker(), "work()", lambda: "done") == "done"


def test_within_other_work_it_works_beside_or_is_refused_but_never_waits():
    turn, taken, go = Turn(), threading.Event(), threading.Event()
    holder = threading.Thread(
        target=lambda: turn.run(Worker(), "work()", lambda: (taken.set(), go.wait(timeout=60))), daemon=True
    )
    holder.start()
    assert taken.wait(timeout=30)

    def within(beside):
        return Turn().run(Worker(), "other()", lambda: turn.run(Worker(), "work()", lambda: "done", beside=beside))

    assert in_another_thread(lambda: within(beside=True)) == "done"
    with pytest.raises(lab.InvalidArgument, match="while another thread works for the worker of this test"):
        within(beside=False)
    go.set()
    holder.join(timeout=30)
