"""A seat goes on where its last worker ended, whatever happened to that one."""

import subprocess
import sys

import pytest

import cqrs_lab as lab
from tests.interrupts import interrupted, moments


def work(*seats, times=1):
    for _ in range(times):
        for seat in seats:
            seat.work(1)


def test_roles_go_by_turn_and_can_be_chosen(a_class):
    assert [one.role for one in a_class.join_all("Ada", "Ben", "Cleo", "Dora")] == [
        "writer", "projector", "reader", "writer",
    ]  # fmt: skip
    assert a_class.join("Emil", role="reader").role == "reader"
    assert a_class.join("Ada").role == "writer"  # a seat keeps its role


def test_everybody_works_on_one_log(a_class):
    ada, ben, cleo = a_class.join_all("Ada", "Ben", "Cleo")
    work(ada, ben, cleo, times=4)
    assert str(ada) == "Ada, writer: 4 of 4 orders acknowledged, the newest is event 4; 4 looks."
    assert str(ben) == "Ben, projector: the table has come to event 4 of 4 (cup 2, pot 2)."
    assert str(cleo) == "Cleo, reader: 4 looks."
    assert a_class.room.judge().ok


def test_a_killed_worker_does_nothing_more_and_the_seat_goes_on(a_class):
    ada, ben, cleo = seats = a_class.join_all("Ada", "Ben", "Cleo")
    work(*seats, times=2)
    for seat in seats:
        a_class.room.pull(seat.name)
    work(*seats, times=3)
    assert "event 3 was recorded, and its receipt was lost. Take the seat again: me = lab.join('Ada')" in str(ada)
    assert "the next table was worked out, and it was not kept" in str(ben)
    assert "nobody saw it" in str(cleo)
    hour = a_class.room.hour()
    assert (hour.head, hour.visits[-1].upto, len(hour.looks)) == (3, 2, 4)  # event 3 is there, and unanswered
    assert [one.position for one in hour.asked] == [1, 2, None]
    work(*a_class.join_all("Ada", "Ben", "Cleo"))
    hour = a_class.room.hour()
    assert [one.position for one in hour.asked] == [1, 2, 3]  # sent again under its id, and recorded once
    assert (hour.head, [one.upto for one in hour.visits]) == (3, [1, 2, 3])
    assert a_class.room.judge().ok


def test_what_is_sent_or_delivered_twice_counts_once(a_class):
    ada, ben = a_class.join_all("Ada", "Ben")
    a_class.room.pull("Ada", "twice").pull("Ben", "twice")
    work(ada, ben, times=2)
    hour = a_class.room.hour()
    assert hour.head == 2 and [dict(one.units) for one in hour.visits] == [{"cup": 1}, {"cup": 1, "pot": 1}]
    assert all(one.struck_at for one in hour.plugs) and a_class.room.judge().ok


def test_a_stopped_worker_waits_until_it_is_put_back(a_class):
    ada, ben = a_class.join_all("Ada", "Ben")
    a_class.room.pull("Ben", "stop")
    work(ada, ben, times=3)
    assert str(ben) == (
        "Ben, projector: the table has come to event 0 of 3 (no rows yet).\nThe teacher has stopped this worker."
    )
    a_class.room.put_back("Ben")
    work(ben)
    assert [(one.start, one.upto) for one in a_class.room.hour().visits] == [(0, 3)]


def test_a_seat_that_is_taken_again_ends_what_the_worker_before_can_write(a_class):
    for name in ("Ada", "Ben", "Cleo"):
        before = a_class.join(name)
        before.work(1)
        now = a_class.join(name)
        with pytest.raises(lab.StoreUnavailable, match=rf"the seat of {name} was taken again.*lab.join\('{name}'\)"):
            before.work(1)
        now.work(1)
    assert a_class.room.judge().ok


def test_a_projector_that_lost_its_seat_within_a_step_keeps_nothing(a_class):
    ada, ben = a_class.join_all("Ada", "Ben")
    work(ada)
    slow = ben._work._projector
    a_class.join("Ben").work(1)
    work(ada)
    with pytest.raises(lab.StoreUnavailable, match="the seat of Ben was taken again"):
        slow.catch_up()
    assert [one.upto for one in a_class.room.hour().visits] == [1]


def test_an_interrupt_between_a_save_and_its_answer_reads_no_event_twice(a_class):
    ada, ben = a_class.join_all("Ada", "Ben")
    keep = ben._hour.keep

    def kept_and_interrupted(*table):
        keep(*table)
        raise KeyboardInterrupt

    work(ada)
    ben._hour.keep = kept_and_interrupted
    with pytest.raises(KeyboardInterrupt):
        work(ben)
    del ben._hour.keep
    work(ada, ben)
    assert [(one.start, one.upto) for one in a_class.room.hour().visits] == [(0, 1), (1, 2)]
    assert a_class.room.judge().ok


def test_a_reader_may_stay_at_one_copy_and_then_never_goes_back(a_class):
    ada, ben, cleo, _, emil = a_class.join_all("Ada", "Ben", "Cleo", "Dora", "Emil")
    for _ in range(3):
        work(ada, ben)
        cleo.work(4, pause_seconds=0)
    promises = a_class.room.judge().promises
    assert emil.role == "projector" and not promises["monotonic_reads"].holds  # Emil's copy is still empty
    before = len(promises["monotonic_reads"].broken_by)
    cleo.work(1, copy="Ben")
    cleo.work(9, pause_seconds=0, copy="Ben")
    assert len(a_class.room.judge().promises["monotonic_reads"].broken_by) <= before + 1
    with pytest.raises(lab.InvalidArgument, match="copy='Cleo' is not a projector; give one of Ben, Emil"):
        cleo.work(1, copy="Cleo")


@pytest.mark.parametrize("name", ["", "  ", "a/b", "x" * 25, "Ada\n", 7, None])
def test_what_is_no_name_takes_no_seat(a_class, name):
    if name != "Ada\n":  # spaces around a name are left out
        with pytest.raises(lab.InvalidArgument, match="name"):
            a_class.join(name)
        assert a_class.room.hour().seats == ()
    else:
        assert a_class.join(name).name == "Ada"


def test_wrong_arguments_are_refused_before_anything_is_done(a_class):
    with pytest.raises(lab.InvalidArgument, match="role='boss' is not a role; give one of writer, projector, reader"):
        a_class.join("Ada", role="boss")
    ada = a_class.join("Ada")
    for wrong in ({"times": -1}, {"times": "20"}, {"pause_seconds": "long"}):
        with pytest.raises(lab.InvalidArgument):
            ada.work(**wrong)
    assert a_class.room.hour().head == 0


@pytest.mark.parametrize("role", ["writer", "projector", "reader"])
def test_interrupted_anywhere_a_cell_that_is_run_again_goes_on(a_class, role):
    """Every 97th moment of a step, and from there on the same seat is used: nothing is lost, doubled or skipped."""
    helper, seat = a_class.join("Helper", role="writer"), a_class.join("Me", role=role)
    a_class.join("Copy", role="projector").work(1)
    work(helper, seat)
    found = moments(lambda: work(seat))
    struck = 0
    for at in found[::97]:
        work(helper)
        struck += interrupted(lambda: work(seat), at)
    work(helper, seat)
    judged = a_class.room.judge()
    assert struck > 3 and judged.ok, judged
    hour = a_class.room.hour()
    assert all(one.position for one in hour.asked) and len(hour.log) == len(hour.asked)


def test_a_learners_kernel_waits_for_no_chart_and_no_statistics(a_class):
    """Thirty kernels start at once: what only the teacher's board and judge need is not loaded by a seat."""
    code = (
        "import sys; from pathlib import Path; from cqrs_lab.classroom.seat import Seat\n"
        f"room = Path({str(a_class.folder)!r})\n"
        "for role in ('writer', 'projector', 'reader'): print(Seat(room, role, role).work(1))\n"
        "print({'matplotlib', 'scipy', 'simpy', 'anywidget', 'cqrs_lab.show'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "set()"
