"""A process played by the clock: what led to what, what was refused, and what a crash takes."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

import cqrs_lab as lab
from cqrs_lab.shop.played import Surroundings, play
from cqrs_lab.write.refusal import Refusal

NOON = datetime(2026, 1, 5, 12)


@dataclass(frozen=True)
class Command:
    name: str
    at: datetime


@dataclass(frozen=True)
class Happened:
    name: str
    at: datetime


class Undone(Happened):
    pass


class Final(Happened):
    pass


def decide(command, known):
    if command.name == "forbidden":
        raise lab.CommandRejected("nobody may")
    kind = {"undo": Undone, "finish": Final}.get(command.name, Happened)
    return [] if command.name in known else [kind(command.name, command.at)]


def register(bus):
    decider = lab.Decider((), decide, lambda known, event: (*known, event.name))
    bus.register(Command, decider, stream=lambda command: f"stream-{command.name}")


def around(*commands, answers=None, **more):
    def said(event, now):
        return [Command(name, now + timedelta(minutes=after)) for name, after in (answers or {}).get(event.name, ())]

    asked = [Command(name, NOON + timedelta(minutes=at)) for name, at in commands]
    return Surroundings(register, asked, said, NOON, **more)


def process(leads_to, **rules):
    """Make a process that answers the event of a name with the commands of these names."""
    return lab.Process(
        name="p",
        initial_state=None,
        instance=lambda event: "1",
        evolve=lambda state, event: event,
        react=lambda event, state: [Command(name, event.at) for name in leads_to.get(event.name, ())],
        **rules,
    )


def test_a_row_says_what_led_to_its_event():
    log, notes = play(process({"start": ["a", "b"], "b": ["finish"]}), around(("start", 0)))
    assert list(zip(log["event"], log["stream"], log["command"], log["cause"], log["sent"], strict=True)) == [
        ("Happened", "stream-start", "Command", 0, 0),
        ("Happened", "stream-a", "Command", 1, 1),
        ("Happened", "stream-b", "Command", 1, 1),
        ("Final", "stream-finish", "Command", 3, 1),
    ]
    assert notes == () and not log[["crash", "undoes", "no_return", "time_is_up"]].any(axis=None)


def test_what_others_answer_comes_at_its_time():
    log, _ = play(process({}), around(("start", 2), answers={"start": [("late", 30), ("soon", 5)]}))
    assert [f"{at:%H:%M}" for at in log["at"]] == ["12:02", "12:07", "12:32"]
    assert log["stream"].tolist() == ["stream-start", "stream-soon", "stream-late"]


def test_what_undoes_what_ends_and_what_is_held_is_said_by_the_surroundings():
    told = around(
        ("start", 0),
        undoing=(Undone,),
        no_return=(Final,),
        held={"things": lambda event: 2 * isinstance(event, Happened) - 3 * isinstance(event, Undone)},
        unseen=1,
    )
    log, _ = play(process({"start": ["undo", "finish"]}), told)
    assert log.index.tolist() == [2, 3]
    assert log["undoes"].tolist() == [True, False] and log["no_return"].tolist() == [False, True]
    assert log["things"].tolist() == [1, 3]  # the unseen event counts too


def test_a_command_of_the_process_that_is_refused_is_noted_once_with_its_time():
    for crash in (0, 1, 2):
        _, notes = play(process({"start": ["a", "forbidden", "b"]}), around(("start", 4)), crash)
        refused = [one for one in notes if isinstance(one, Refusal)]
        assert [(one.command, f"{one.at:%H:%M}", one.reason) for one in refused] == [("Command", "12:04", "nobody may")]


@pytest.mark.parametrize("crash", [1, 2, 3])
def test_a_crash_sends_again_and_records_once(crash):
    rules = process({"start": ["a", "b"], "b": ["finish"]})
    log, notes = play(rules, around(("start", 0)), crash)
    calm, _ = play(rules, around(("start", 0)))
    assert log.drop(columns=["sent", "crash"]).equals(calm.drop(columns=["sent", "crash"]))
    assert log.index[log["crash"]].tolist() == [crash + 1]
    assert log["sent"].sum() == 3 + {1: 1, 2: 2, 3: 1}[crash]
    assert notes[0].startswith(f"The process manager died after command {crash}, Command,")


def test_a_crash_that_is_never_reached_is_noted():
    assert play(process({"start": ["a"]}), around(("start", 0)), 2).notes == (
        "The process sent 1 command, so it did not die after number 2.",
    )


class Remembers:
    """A process with a memory beside its state: it answers `go` only if it remembers `start`."""

    def __init__(self):
        self.seen = set()

    def react(self, event, state):
        self.seen.add(event.name)
        commands = {"start": ["a", "b"], "go": ["finish"] if "start" in self.seen else []}
        return [Command(name, event.at) for name in commands.get(event.name, ())]


def test_what_an_object_remembers_beside_its_state_is_lost_in_a_crash_and_between_two_runs():
    forgetful = replace(process({}), react=Remembers().react)
    told = around(("start", 0), ("other", 1), ("go", 9))
    calm = play(forgetful, told).log["stream"].tolist()
    assert calm[-1] == "stream-finish" and play(forgetful, told).log["stream"].tolist() == calm
    # After the last command for `start` the position is not saved: it is heard again, and remembered again.
    assert play(forgetful, told, 2).log["stream"].tolist() == calm
    chatty = replace(process({}), react=Chatty().react)
    assert play(chatty, told).log["stream"].tolist()[-1] == "stream-finish"
    assert play(chatty, told, 3).log["stream"].tolist()[-1] == "stream-go"


class Chatty(Remembers):
    """The same, with a command for `other`: by then `start` is saved."""

    def react(self, event, state):
        return [Command("c", event.at)] if event.name == "other" else super().react(event, state)


def test_a_deadline_is_kept_and_one_that_changes_nothing_ends_the_day():
    waits = process({}, deadline=lambda event: event and NOON + timedelta(minutes=7))
    log, notes = play(waits, around(("start", 0)))
    assert len(log) == 1 and notes == ("12:07: time was up for 1, and the process keeps waiting.",)
    gives_up = replace(
        waits,
        deadline=lambda event: None if event is None or event.name == "undo" else NOON + timedelta(minutes=7),
        overdue=lambda event, now: [Command("undo", now)],
    )
    log, notes = play(gives_up, around(("start", 0)))
    assert log["time_is_up"].tolist() == [False, True] and f"{log['at'].iloc[-1]:%H:%M}" == "12:07" and notes == ()


def test_a_process_that_goes_on_for_ever_is_stopped():
    endless = replace(process({}), react=lambda event, state: [Command(f"{event.name}+", event.at)])
    with pytest.raises(lab.InvalidArgument, match="answers its own events, or its own deadlines, 1,000 times"):
        play(endless, around(("start", 0)))
