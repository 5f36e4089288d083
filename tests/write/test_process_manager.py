"""A process manager answers every event at least once, and each answer takes effect once."""

import threading
from dataclasses import dataclass, replace

import pytest

import cqrs_lab as lab

# --- a library: who waits for a book hears of it, and gives it up after three days -------------------------------


@dataclass(frozen=True)
class Wished:
    book: str
    reader: str
    day: int


@dataclass(frozen=True)
class BroughtBack:
    book: str
    day: int


@dataclass(frozen=True)
class Fetched:
    book: str


@dataclass(frozen=True)
class Called:
    book: str
    reader: str


@dataclass(frozen=True)
class Call:
    book: str
    reader: str


@dataclass(frozen=True)
class Waiting:
    readers: tuple = ()
    since: int | None = None


def instance(event):
    return event.book if isinstance(event, Wished | BroughtBack | Fetched) else None


def evolve(state, event):
    match event:
        case Wished():
            return replace(state, readers=(*state.readers, event.reader))
        case BroughtBack():
            return replace(state, since=event.day if state.readers else None)
        case Fetched():
            return Waiting(state.readers[1:])


def react(event, state):
    return [Call(event.book, state.readers[0])] if isinstance(event, BroughtBack) and state.readers else []


def deadline(state):
    return None if state.since is None else state.since + 3


def overdue(state, now):
    return [Call("b", reader) for reader in state.readers[1:2]]


LIBRARY = lab.Process("library", Waiting(), instance, evolve, react, deadline, overdue)


def decide(command, calls):
    if command.reader == "nobody":
        raise lab.CommandRejected("there is no such reader")
    return [Called(command.book, command.reader)]


def a_library(*happened):
    store = lab.MemoryEventStore(clock=lambda: 0.0)
    bus = lab.CommandBus(store)
    bus.register(Call, lab.Decider(0, decide, lambda calls, event: calls + 1), stream=lambda command: "calls")
    for event in happened:
        store.append("desk", [event], expected=lab.Expected.ANY)
    return store, bus


def calls(store):
    return [one.event.reader for one in store.read_all() if isinstance(one.event, Called)]


STORY = (Wished("b", "ada", 1), Wished("b", "ben", 1), BroughtBack("b", 2))


def test_an_event_leads_to_the_commands_that_the_process_says():
    store, bus = a_library(*STORY)
    manager = lab.ProcessManager(store, bus, LIBRARY)
    assert manager.catch_up() == 4, "its own command's event is read too"
    assert (calls(store), manager.position) == (["ada"], store.head())
    assert manager.state("b") == Waiting(("ada", "ben"), since=2)
    assert manager.state("another") == Waiting()


def test_the_id_of_a_command_is_made_of_process_position_and_ordinal():
    store, bus = a_library(*STORY)
    lab.ProcessManager(store, bus, LIBRARY).catch_up()
    assert [one.command_id for one in store.read_stream("calls")] == ["library-3-1"]


def test_an_event_that_is_handled_again_takes_effect_once():
    store, bus = a_library(*STORY)
    for _ in range(3):
        lab.ProcessManager(store, bus, LIBRARY).catch_up()
    assert calls(store) == ["ada"]


def test_a_new_life_knows_what_was_before_and_answers_what_comes_after():
    store, bus = a_library(*STORY[:2])
    manager = lab.ProcessManager(store, bus, LIBRARY, position=store.head())
    assert calls(store) == []
    store.append("desk", [BroughtBack("b", 2)], expected=lab.Expected.ANY)
    manager.catch_up()
    assert calls(store) == ["ada"]


def test_a_position_that_is_known_is_not_answered():
    store, bus = a_library(*STORY)
    lab.ProcessManager(store, bus, LIBRARY, position=3).catch_up()
    assert calls(store) == []


@pytest.mark.parametrize("position", [-1, 4])
def test_a_position_outside_the_log_is_refused(position):
    store, bus = a_library(*STORY)
    with pytest.raises(lab.InvalidArgument, match=r"give 0 \(the start of the log\) to 3"):
        lab.ProcessManager(store, bus, LIBRARY, position=position)


def test_what_is_no_process_is_refused():
    with pytest.raises(lab.InvalidArgument, match="give a cqrs_lab.Process"):
        lab.ProcessManager(*a_library(), react)


def test_the_position_is_saved_after_the_commands_and_only_where_there_were_any():
    store, bus = a_library(*STORY)
    saved = []
    lab.ProcessManager(store, bus, LIBRARY, save=lambda position: saved.append((position, calls(store)))).catch_up()
    assert saved == [(3, ["ada"])]


def test_a_missed_deadline_leads_to_the_commands_that_the_process_says_once():
    store, bus = a_library(*STORY)
    manager = lab.ProcessManager(store, bus, LIBRARY)
    assert manager.due(4) == 0, "the third day is not over"
    assert manager.waiting == {"b": 5}
    assert (manager.due(5), manager.due(6)) == (1, 1), "nothing happened, so it is still overdue"
    assert calls(store) == ["ada", "ben"], "and under the same id"


def test_due_looks_at_the_log_first():
    store, bus = a_library(*STORY)
    manager = lab.ProcessManager(store, bus, LIBRARY)
    manager.catch_up()
    store.append("desk", [Fetched("b")], expected=lab.Expected.ANY)
    assert manager.due(99) == 0 and manager.waiting == {}


def test_a_rejected_command_is_listed_and_the_process_goes_on():
    store, bus = a_library(Wished("b", "nobody", 1), BroughtBack("b", 1), Wished("c", "ada", 1), BroughtBack("c", 1))
    manager = lab.ProcessManager(store, bus, LIBRARY)
    manager.catch_up()
    assert manager.rejected == (lab.RejectedCommand(2, Call("b", "nobody"), "there is no such reader"),)
    assert calls(store) == ["ada"]


def test_an_error_stops_before_the_event_and_the_next_call_handles_it_again():
    store, bus = a_library(Wished("b", "ada", 1), BroughtBack("b", 1))
    repaired = []

    def breaks(event, state):
        if isinstance(event, BroughtBack) and not repaired:
            raise ZeroDivisionError
        return react(event, state)

    manager = lab.ProcessManager(store, bus, replace(LIBRARY, react=breaks))
    with pytest.raises(ZeroDivisionError):
        manager.catch_up()
    assert (manager.position, manager.state("b").since) == (1, None), "what could not be answered is not known"
    repaired.append(True)
    manager.catch_up()
    assert calls(store) == ["ada"]


def test_a_limit_bounds_the_events_that_are_handled():
    store, bus = a_library(*STORY)
    manager = lab.ProcessManager(store, bus, LIBRARY)
    assert [manager.catch_up(limit=2), manager.position, manager.catch_up(limit=0)] == [2, 2, 0]
    assert manager.catch_up() == 2


def test_started_it_follows_the_log_until_it_is_stopped():
    store, bus = a_library(*STORY[:2])
    shown = lab.Projector(store, Heard())
    with lab.ProcessManager(store, bus, LIBRARY), shown:
        store.append("desk", [STORY[2]], expected=lab.Expected.ANY)
        shown.wait_for(4, timeout_seconds=30)
    assert calls(store) == ["ada"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_an_error_ended_says_so():
    store, bus = a_library(*STORY)

    def breaks(event, state):
        raise ZeroDivisionError("by nought")

    manager = lab.ProcessManager(store, bus, replace(LIBRARY, react=breaks))
    manager.start()
    manager._life.get().thread.join(timeout=30)
    assert (manager.error, manager.position) == ("ZeroDivisionError: by nought", 0)
    manager.stop()


class Heard:
    """Who was called: lets a test wait for a position instead of sleeping."""

    name, version, events = "heard", 1, (Called,)
    schema = lab.Schema(index=["reader"], columns={"calls": "int64"})

    def summarise(self, batch):
        return batch.frame(Called).groupby("reader")[["position"]].count().rename(columns={"position": "calls"})

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["calls"])


def test_an_error_in_a_deadline_counts_no_event_twice():
    store, bus = a_library(*STORY)
    hiccups = [True]

    def shaky(state):
        if state.since is not None and hiccups:
            hiccups.pop()
            raise OSError
        return deadline(state)

    manager = lab.ProcessManager(store, bus, replace(LIBRARY, deadline=shaky))
    with pytest.raises(OSError):
        manager.catch_up()
    manager.catch_up()
    assert (manager.state("b"), calls(store)) == (Waiting(("ada", "ben"), since=2), ["ada"])


def test_who_is_heard_of_only_now_is_not_given_up_in_the_same_call():
    store, bus = a_library(*STORY)
    manager = lab.ProcessManager(store, bus, LIBRARY)
    assert [manager.due(99), manager.due(99)] == [0, 1]


def test_react_without_a_list_is_refused():
    store, bus = a_library(*STORY)
    manager = lab.ProcessManager(store, bus, replace(LIBRARY, react=lambda event, state: None))
    with pytest.raises(lab.InvalidArgument, match="library returned None; return a list of commands"):
        manager.catch_up()


def test_a_deadline_of_another_kind_than_now_is_told():
    store, bus = a_library(*STORY)
    manager = lab.ProcessManager(store, bus, LIBRARY)
    manager.catch_up()
    with pytest.raises(lab.InvalidArgument, match="now='monday' and the deadline 5 are of different kinds"):
        manager.due("monday")
    assert manager.due(5) == 1


def test_each_life_of_a_scheduler_s_process_hears_and_the_next_one_gives_up():
    silent = replace(LIBRARY, react=lambda event, state: [])
    store, bus = a_library(*STORY)
    kept, overdue = [0], []
    for _ in range(2):
        manager = lab.ProcessManager(store, bus, silent, kept[-1], kept.append)
        overdue.append(manager.due(9))
    assert (overdue, calls(store)) == ([0, 1], ["ben"])


def test_an_event_that_cannot_be_read_holds_up_nothing_that_came_before():
    store, bus = a_library(*STORY, "old")

    def upcast(old):
        raise ZeroDivisionError("by nought")

    manager = lab.ProcessManager(lab.UpcastingStore(store, {str: upcast}), bus, LIBRARY)
    with pytest.raises(lab.UpcastFailed):
        manager.catch_up()
    assert (calls(store), manager.position) == (["ada"], 3)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_started_and_failed_it_follows_again_once_somebody_has_caught_up():
    fails = [True]

    def react(event, state):
        if fails[0]:
            raise ZeroDivisionError("by nought")
        return []

    store, bus = a_library()
    failed, handled = threading.Event(), threading.Event()

    def instance(event):
        (failed if fails[0] else handled).set()
        return "b"

    manager = lab.ProcessManager(store, bus, lab.Process("p", 0, instance, lambda n, event: n + 1, react))
    manager.start()
    store.append("desk", [Fetched("b")], expected=lab.Expected.ANY)
    assert failed.wait(timeout=30)
    manager._life.get().thread.join(timeout=30)
    fails[0] = False
    manager.due(0)
    handled.clear()
    store.append("desk", [Fetched("b")], expected=lab.Expected.ANY)
    assert handled.wait(timeout=30)
    manager.stop()
    assert (manager.state("b"), manager.error) == (2, "")


def test_an_interrupt_between_what_it_knows_and_its_position_lets_no_event_count_twice():
    class InterruptedOnce(dict):
        done = False

        def __setitem__(self, *item):
            super().__setitem__(*item)
            if not self.done:
                self.done = True
                raise KeyboardInterrupt

    store, bus = a_library(*STORY)
    manager = lab.ProcessManager(store, bus, LIBRARY)
    manager._known = InterruptedOnce()
    with pytest.raises(KeyboardInterrupt):
        manager.catch_up()
    manager.catch_up()
    assert manager.state("b").readers == ("ada", "ben")


@pytest.mark.usefixtures("threads_that_change_at_every_turn")
def test_followed_and_called_from_elsewhere_it_handles_each_event_once():
    store, bus = a_library()
    counts = lab.Process("counts", 0, lambda event: "all", lambda count, event: count + 1, lambda event, count: [])
    manager = lab.ProcessManager(store, bus, counts)
    with manager:
        scheduler = threading.Thread(target=lambda: [manager.due(0) for _ in range(1000)])
        scheduler.start()
        for _ in range(1000):
            store.append("desk", [Fetched("b")], expected=lab.Expected.ANY)
        scheduler.join()
    manager.catch_up()
    assert (manager.state("all"), manager.error) == (1000, "")


def test_a_process_that_answers_itself_can_be_stopped():
    store, bus = a_library(*STORY)
    echo = replace(
        LIBRARY,
        instance=lambda event: "b",
        evolve=lambda state, event: state,
        react=lambda event, state: [Call("b", "x")],
    )
    manager = lab.ProcessManager(store, bus, echo)
    manager.start()
    manager.stop()
    assert not manager.running


def test_a_command_that_is_rejected_again_and_again_is_listed_once():
    store, bus = a_library(*STORY)
    nobody = replace(LIBRARY, overdue=lambda state, now: [Call("b", "nobody")])
    manager = lab.ProcessManager(store, bus, nobody)
    manager.catch_up()
    assert [manager.due(day) for day in (9, 10, 11)] == [1, 1, 1] and len(manager.rejected) == 1
