"""What an answer does ends within its limits, whatever it is; what comes of it does not depend on who else works."""

import functools
import importlib
import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field, fields

import psutil
import pytest

import cqrs_lab as lab
from cqrs_lab.course import limits
from cqrs_lab.course.guard import NotCopied
from cqrs_lab.course.limits import LIMITS, Limits
from cqrs_lab.course.run_apart import WorkerFailed, run_apart

module = importlib.import_module("cqrs_lab.course.run_apart")
OF_OTHERS: set[int] = set()  # children that were there before a test
SHORT = Limits(own_seconds=0.1, waits_seconds=0.3, wall_seconds=60)


@pytest.fixture(autouse=True)
def a_light_process(monkeypatch):
    """Let the processes of these tests load nothing of the kit's: they start at once."""
    monkeypatch.setattr(module, "_idle", [])
    monkeypatch.setattr(module, "_idle_restarted", [])
    OF_OTHERS.update(one.pid for one in psutil.Process().children())
    monkeypatch.setattr(module, "LOADED", "json")


def children():
    alive = [one for one in psutil.Process().children() if one.status() != psutil.STATUS_ZOMBIE]
    return [one for one in alive if one.pid not in OF_OTHERS]


def a_loop_in_c():
    return sum(range(10**12))


def a_loop():
    while True:
        pass


def excepts_everything():
    while True:
        try:
            a_loop()
        except:  # noqa: E722, S112 - what a learner may write
            continue


def in_a_thread():
    thread = threading.Thread(target=a_loop)
    thread.start()
    thread.join()


def a_regular_expression():
    import re

    re.match(r"(a+)+$", "a" * 60 + "b")


NEVER = [a_loop_in_c, a_loop, excepts_everything, in_a_thread, a_regular_expression]


@pytest.mark.parametrize("work", NEVER, ids=lambda one: one.__name__)
def test_what_works_for_ever_is_ended_by_its_own_time(work):
    ran = run_apart(work, limits=SHORT)
    assert (ran.ended, ran.value) == ("time", None) and ran.own_seconds > SHORT.own_seconds
    assert run_apart(pow, 2, 3).value == 8


def reads_its_input_past_python():
    while os.read(0, 1) is not None:
        time.sleep(60)


WAITS = [functools.partial(time.sleep, 60), threading.Event().wait, reads_its_input_past_python]


@pytest.mark.parametrize("work", WAITS, ids=["sleeps", "waits for a thread", "reads"])
def test_what_waits_for_ever_is_ended_and_called_waiting(work):
    assert run_apart(work, limits=SHORT).ended == "waits"
    assert run_apart(pow, 2, 3).value == 8


def grows():
    held = []
    while True:
        held.append(bytearray(10**7))


def starts_another():
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    os._exit(0)


@pytest.mark.parametrize(("work", "code"), [(lambda: os._exit(3), 3), (lambda: os.abort(), -6)])
def test_what_ends_its_process_is_said_to_with_the_code(work, code):
    ran = run_apart(work, limits=SHORT)
    assert (ran.ended, ran.exit_code) == ("exit", code)
    assert run_apart(pow, 2, 3).value == 8


def test_what_takes_all_memory_is_ended_before_it_has_it():
    assert run_apart(grows, limits=Limits(memory_bytes=3 * 10**8)).ended == "memory"


def test_what_is_printed_is_kept_up_to_a_bound_also_if_it_never_ends(capfd):
    def prints(text, work=len):
        print(text)
        os.write(1, b"past Python")
        return work("done")

    assert run_apart(prints, "hello").printed == "hello\n"
    ran = run_apart(prints, "x" * 10**6)
    assert ran.value == 4 and len(ran.printed) < 600 and ran.printed.endswith("… and 999,501 characters more")
    assert run_apart(prints, "hello", lambda _: a_loop(), limits=SHORT).printed == "hello\n"
    assert capfd.readouterr().out == ""


def test_what_goes_on_in_a_thread_meets_no_later_answer():
    def leaves_one():
        threading.Thread(target=a_loop, daemon=True).start()
        return "done"

    assert run_apart(leaves_one).value == "done"
    assert run_apart(threading.active_count).value == 1
    assert len(children()) <= 2


@pytest.mark.parametrize("waits", [True, False])
def test_a_process_that_was_ended_from_outside_is_replaced(waits):
    one = psutil.Process(run_apart(os.getpid).value)
    one.kill()
    if waits:
        psutil.wait_procs([one])
    assert run_apart(pow, 2, 3).value == 8


def test_a_folder_that_is_gone_does_not_matter(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    (tmp_path / "here").rmdir()
    assert run_apart(pow, 2, 3).value == 8


def test_a_process_that_does_not_start_says_so(monkeypatch, capfd):
    monkeypatch.setattr(module, "LOADED", "no_module_of_this_name")
    with pytest.raises(WorkerFailed, match="exit code 1; what it wrote stands where JupyterLab was started"):
        run_apart(pow, 2, 3)
    assert "no_module_of_this_name" in capfd.readouterr().err


# --- what goes there and back -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Moved:
    where: str
    how_far: int = 1
    over: list = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class Later(Moved):
    when: float = 0.0


class Walks:
    steps = 0

    def __call__(self, count):
        self.steps += count
        return type(self).__name__, self.steps


def test_classes_of_the_notebook_work_there_as_they_do_here():
    missing = "MISSING"  # by its name: an object that comes along would be its own copy
    unset = run_apart(
        lambda one: [each.name for each in fields(one) if each.default is getattr(sys.modules["dataclasses"], missing)],
        Later,
    ).value
    assert unset == ["where", "over"] and run_apart(lambda one: one.where, Later(where="y")).value == "y"
    assert run_apart(lambda one: one("here") == one("here"), Moved).value is True
    assert run_apart(Walks(), 3).value == ("Walks", 3)


def test_a_store_is_copied_with_its_locks():
    store = lab.MemoryEventStore()
    store.append("a", [Moved("x", over=())], expected=0)

    def appends(store):
        store.append("a", [Moved("y", over=())], expected=1)
        return store.head()

    assert run_apart(appends, store).value == 2 and store.head() == 1


def test_what_cannot_be_copied_is_missed_only_where_it_is_used():
    door = sqlite3.connect(":memory:")
    numbers = (one for one in (1, 2))

    def uses(which):
        if which == "no":
            return "not used"
        try:
            return list(numbers) if which == "numbers" else door.execute("select 1")
        except NotCopied as error:
            return f"{type(error).__name__}: {error}"

    assert run_apart(uses, "no").value == "not used"
    assert run_apart(uses, "numbers").value.startswith("NotCopied: a generator of the notebook")
    assert run_apart(uses, "door").value.startswith("NotCopied: a Connection of the notebook")
    door.close()


class Refuses:
    def __reduce__(self):
        raise RuntimeError("not me")


class CannotBeMade:
    def __setstate__(self, state):
        raise RuntimeError("nor me")

    def __init__(self):
        self.x = 1


def test_what_can_neither_go_nor_be_made_there_is_said_so():
    for answer, told in ((Refuses(), "not me"), (CannotBeMade(), "nor me")):
        with pytest.raises(NotCopied, match=told):
            run_apart(repr, answer)
        assert run_apart(pow, 2, 3).value == 8


def test_an_edited_file_of_the_learners_is_used_as_it_is_now(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / "my_rules_of_today.py"
    file.write_text("def limit():\n    return 3\n")
    mine = importlib.import_module("my_rules_of_today")
    assert run_apart(mine.limit).value == 3
    file.write_text("def limit():\n    return 12345\n")
    importlib.reload(mine)
    assert run_apart(mine.limit).value == 12345
    monkeypatch.delitem(sys.modules, "my_rules_of_today")


CELL = """
import functools

@functools.lru_cache(maxsize=7)
def below(number):
    return number and number + below(number - 1)
"""


def test_a_function_that_keeps_its_results_is_copied_without_them():
    notebook = {"__name__": "__main__"}
    exec(CELL, notebook)
    below = notebook["below"]
    assert below(2) == 3
    came = run_apart(lambda: (below.cache_info().currsize, below(4), below.cache_parameters()["maxsize"])).value
    assert came == (0, 10, 7)


# --- a busy machine ---------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no way to pin a process here")
def test_six_busy_neighbours_on_one_core_change_no_verdict():
    def works():
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        until = time.process_time() + 0.05
        while time.process_time() < until:
            pass
        return "right"

    core = {min(os.sched_getaffinity(0))}
    busy = [subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"]) for _ in range(6)]
    try:
        for one in busy:
            os.sched_setaffinity(one.pid, core)
        ran = run_apart(works, limits=Limits(own_seconds=0.15, waits_seconds=0.2))
    finally:
        for one in busy:
            one.kill()
            one.wait()
    assert (ran.value, ran.ended) == ("right", "")


def works(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return "done"


def test_on_a_machine_that_gets_less_done_work_may_take_as_much_longer(monkeypatch):
    monkeypatch.setattr(limits, "how_much_slower", lambda: 4.0)
    assert run_apart(works, 0.6, limits=Limits(own_seconds=0.3)).value == "done"
    assert run_apart(works, 60.0, limits=Limits(own_seconds=0.3)).ended == "time"
    monkeypatch.setattr(limits, "how_much_slower", lambda: 1.0)
    assert run_apart(works, 60.0, limits=Limits(own_seconds=0.3)).ended == "time"


@pytest.mark.parametrize("takes, slower", [(0.001, 1.0), (0.02, 1.0), (0.06, 3.0), (9.0, 5.0)])
def test_how_much_slower_a_machine_is_stays_between_one_and_five(takes, slower, monkeypatch):
    now = iter((7.0, 7.0 + takes))
    monkeypatch.setattr(limits.time, "thread_time", lambda: next(now))
    assert limits.how_much_slower() == pytest.approx(slower)


def test_a_machine_that_gives_it_no_time_gets_no_verdict():
    ran = run_apart(time.sleep, 60, limits=Limits(waits_seconds=60, wall_seconds=0.1))
    assert (ran.ended, ran.value) == ("busy", None)


def test_the_limit_is_two_seconds_of_its_own():
    assert LIMITS.own_seconds == 2 and LIMITS.wall_seconds >= 60


# --- interrupts -------------------------------------------------------------------------------------------

FILES = ("run_apart.py", "limits.py", "sending.py")


def interrupted_at(place, work):
    """Run some work, raise KeyboardInterrupt before a line of the files that run answers, and return the lines."""
    lines = {}

    def trace(frame, event, argument):
        if not frame.f_code.co_filename.endswith(FILES):
            return None
        if event == "line":
            line = (frame.f_code.co_filename, frame.f_lineno)
            lines[line] = True
            if line == place:
                sys.settrace(None)
                raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)
    return list(lines)


def is_right_after(work):
    run_apart(work, limits=Limits(own_seconds=0.02))


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_while_a_process_starts_is_no_other_error(monkeypatch):
    monkeypatch.setattr(f"{__name__}.FILES", (*FILES, "threading.py", "queue.py", "subprocess.py"))

    def started():
        idle = []
        module._start(idle, restarted=False)
        for one in idle:
            one.end()

    places = interrupted_at(None, started)
    assert len(places) > 5
    for place in places:
        with suppress(KeyboardInterrupt):
            interrupted_at(place, started)
    assert run_apart(pow, 2, 3).value == 8


@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_at_any_line_leaves_nothing_behind_that_works():
    right, endless = functools.partial(is_right_after, functools.partial(pow, 2, 3)), lambda: is_right_after(a_loop)
    lines = interrupted_at(None, right)
    assert len(lines) > 60
    further = [line for line in interrupted_at(None, endless) if line not in lines]
    assert len(further) > 10
    for work, places in ((right, lines), (endless, further)):
        for place in places:
            with suppress(KeyboardInterrupt):
                interrupted_at(place, work)
            assert run_apart(pow, 2, 3).value == 8, place
            assert len(children()) <= 3, place  # one that waits, one that loads, one that is being ended
    assert len(children()) <= 2
