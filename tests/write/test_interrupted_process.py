"""A1, A3, A7: a process manager that is interrupted, whose rules change their state, or that is started again."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

import cqrs_lab as lab
from tests.interrupts import in_another_thread, interrupted, moments
from tests.write.test_process_manager import LIBRARY, STORY, Fetched, a_library, calls


def a_manager(process=LIBRARY):
    store, bus = a_library(*STORY)
    return store, lab.ProcessManager(store, bus, process)


@pytest.fixture(autouse=True, scope="module")
def what_is_looked_up_once_is_known():
    """Code that looks something up once takes a longer way the first time, with moments that never come again."""
    manager = a_manager()[1]
    manager.catch_up()
    manager.due(9)


def test_catch_up_interrupted_at_its_instructions_handles_each_event_once_in_the_end():
    expected = a_manager()[1]
    expected.catch_up()
    for moment in moments(a_manager()[1].catch_up)[::2]:
        store, manager = a_manager()
        assert interrupted(manager.catch_up, moment)
        in_another_thread(lambda: (manager.catch_up(), 1))  # noqa: B023 - it is over before the next one
        manager.catch_up()
        assert (calls(store), manager.state("b"), manager.position) == (["ada"], expected.state("b"), 4)
        assert manager.waiting == expected.waiting


def test_due_interrupted_at_its_instructions_gives_nobody_up_twice():
    def known():
        store, manager = a_manager()
        manager.catch_up()
        return store, manager

    def due():
        return manager.due(9)

    store, manager = known()
    for moment in moments(due)[::2]:
        store, manager = known()
        assert interrupted(due, moment)
        in_another_thread(lambda: (due(), 1))
        due()
        assert calls(store) == ["ada", "ben"], moment


@pytest.mark.parametrize("call", ["start", "stop"])
def test_starting_and_stopping_interrupted_at_any_instruction(call):
    store, manager = a_manager()
    if call == "stop":
        manager.start()
    for moment in moments(getattr(manager, call))[::2]:
        store, manager = a_manager()
        if call == "stop":
            manager.start()
        assert interrupted(getattr(manager, call), moment)
        manager.start()
        in_another_thread(lambda: (manager.catch_up(), 1))  # noqa: B023 - it is over before the next one
        in_another_thread(lambda: (manager.stop(), 1))  # noqa: B023
        assert calls(store) == ["ada"] and not manager.running


# --- rules that change the state they are given ---------------------------------------------------------------------


def listing(**rules):
    """A process whose state is a list that its rules change."""

    def evolve(state, event):
        state.append(event)
        return state

    rules = {"evolve": evolve, "react": lambda event, state: [], **rules}
    return lab.Process("listing", [], instance=lambda event: event.book if hasattr(event, "book") else None, **rules)


def test_each_instance_starts_from_a_state_of_its_own_and_the_declared_one_stays_as_it_is():
    process = listing()
    store, bus = a_library(Fetched("a"), Fetched("b"), Fetched("a"))
    manager = lab.ProcessManager(store, bus, process)
    manager.catch_up()
    assert (manager.state("a"), manager.state("b")) == ([Fetched("a")] * 2, [Fetched("b")])
    assert process.initial_state == [] and manager.state("nobody") == []
    another = lab.ProcessManager(store, bus, process)
    another.catch_up()
    assert another.state("a") == manager.state("a")


def test_two_processes_that_share_a_list_do_not_share_what_they_know():
    shared = []
    one = replace(listing(), initial_state=shared)
    other = replace(listing(), name="other", initial_state=shared)
    store, bus = a_library(Fetched("a"), Fetched("a"))
    for process in (one, other):
        manager = lab.ProcessManager(store, bus, process)
        manager.catch_up()
        assert len(manager.state("a")) == 2
    assert shared == []


@pytest.mark.parametrize("rule", ["react", "deadline"])
def test_a_rule_that_empties_its_state_changes_what_is_known_of_nobody(rule):
    def empties(*arguments):
        state = arguments[-1]
        state.clear()
        return [] if rule == "react" else None

    store, bus = a_library(Fetched("a"), Fetched("a"))
    manager = lab.ProcessManager(store, bus, listing(**{rule: empties}))
    manager.catch_up()
    assert len(manager.state("a")) == 2
    manager.state("a").clear()
    assert len(manager.state("a")) == 2


def test_what_an_earlier_life_knew_is_folded_from_a_fresh_state_too():
    store, bus = a_library(Fetched("a"), Fetched("b"), Fetched("a"))
    manager = lab.ProcessManager(store, bus, listing(), position=3)
    assert (len(manager.state("a")), len(manager.state("b"))) == (2, 1)


# --- workers that die, call themselves, or are started again ---------------------------------------------------------


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("error", [SystemExit("bye"), KeyboardInterrupt("now"), GeneratorExit("over")], ids=repr)
def test_started_whatever_a_rule_raises_is_told(error):
    def react(event, state):
        raise error

    store, manager = a_manager(replace(LIBRARY, react=react))
    manager.start()
    manager._life.get().thread.join(timeout=30)
    assert (manager.error, manager.position) == (lab.errors.said(error), 0) and not manager.running
    with pytest.raises(type(error)):
        manager.catch_up()


@pytest.mark.parametrize("call", [lambda one: one.catch_up(), lambda one: one.due(9)], ids=["catch_up", "due"])
@pytest.mark.parametrize("rule", ["evolve", "react", "instance", "deadline"])
def test_a_rule_that_calls_its_own_manager_is_refused_in_one_sentence(call, rule):
    def calls_itself(*arguments):
        call(manager)
        return getattr(LIBRARY, rule)(*arguments)

    store, manager = a_manager(replace(LIBRARY, **{rule: calls_itself}))
    with pytest.raises(lab.InvalidArgument, match="within the work of the manager of library .*call it from outside"):
        manager.catch_up()
    assert manager.position == 0


def test_a_listener_may_stop_it_while_it_sends():
    store, manager = a_manager()
    store.subscribe(manager.stop)
    manager.start()
    in_another_thread(lambda: (manager.catch_up(), 1))
    in_another_thread(lambda: (manager.stop(), 1))
    assert calls(store) == ["ada"] and not manager.running


def test_two_managers_that_wait_for_each_other_from_two_threads_are_refused_and_never_hang():
    store, bus = a_library(*STORY)
    both, managers, met, ended = threading.Barrier(2), [], set(), []

    def named(name, other):
        def react(event, state):
            if threading.current_thread() not in met:
                met.add(threading.current_thread())
                both.wait(timeout=30)
            managers[other].catch_up()
            return []

        return lab.ProcessManager(store, bus, replace(LIBRARY, name=name, react=react))

    def catch_up(manager):
        try:
            manager.catch_up()
        except lab.InvalidArgument as error:
            ended.append(str(error))

    managers += [named("one", 1), named("two", 0)]
    threads = [threading.Thread(target=catch_up, args=(one,), daemon=True) for one in managers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    assert any("while another thread works for" in one for one in ended)


def test_a_cell_that_starts_a_manager_run_twenty_times_leaves_one_thread_and_the_last_one_follows():
    store, bus = a_library(*STORY)
    managers = [lab.ProcessManager(store, bus, LIBRARY) for _ in range(20)]
    for manager in managers:
        manager.start()
    names = [one.name for one in threading.enumerate() if one.name == "cqrs-lab manager of library"]
    assert len(names) == 1 and [one.running for one in managers] == [False] * 19 + [True]
    assert "another manager of library was started on this log" in managers[0].error
    managers[-1].catch_up()
    assert calls(store) == ["ada"]
    managers[-1].stop()
