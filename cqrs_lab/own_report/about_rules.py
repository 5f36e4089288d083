"""Are the rules pure? And the log that they lead to, which the rest is tried on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from cqrs_lab.errors import CommandRejected
from cqrs_lab.findings import Fault
from cqrs_lab.log.contract.clock import clock_moved
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.guards.purity import NotPure, check_same, decide_purely
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.own_report.claim import FALSE, TRUE, Claim, as_table, not_tried
from cqrs_lab.own_report.given import GivenParts
from cqrs_lab.read.outside import calls_of_the_clock
from cqrs_lab.words import count
from cqrs_lab.write.command_bus import CommandBus
from cqrs_lab.write.decider import Decider

PART, SAYS = "rules", "The rules are pure: the same history and command lead to the same decision."
LATER_SECONDS = 3e8
LAW = "decide and evolve are pure"


class Decisions(NamedTuple):
    """What sending the commands came to."""

    log: Sequence[RecordedEvent]
    rejected: int
    impure: tuple[int, int, str] | None
    """Of the case with the shortest history: how many events, which command, and what is not pure."""


class _Remembering(CommandBus):
    """A command bus that remembers which decider a command has."""

    def __init__(self, store: MemoryEventStore) -> None:
        super().__init__(store)
        self.rules: dict[type, tuple[Decider[Any, Any, Any], Callable[[Any], str]]] = {}

    def register(self, command_type: type, decider: Decider[Any, Any, Any], *, stream: Callable[[Any], str]) -> None:
        super().register(command_type, decider, stream=stream)
        self.rules[command_type] = decider, stream


def decided(given: GivenParts) -> Decisions:
    """Send the commands one after another, and ask before each whether its decider is pure."""
    store = MemoryEventStore(clock=lambda: float(store.head()))
    bus, rejected, impure = _Remembering(store), 0, list[tuple[int, int, str]]()
    if given.register is not None:
        given.register(bus)
    for number, command in enumerate(given.commands):
        if (rule := bus.rules.get(type(command))) is not None:  # the bus says no to the others
            decider, stream = rule
            history = [one.event for one in store.read_stream(stream(command))]
            if why := _why_not_pure(decider, history, command):
                impure.append((len(history), number, why))
        try:
            bus.send(command)
        except CommandRejected:
            rejected += 1
    return Decisions(tuple(store.read_all()), rejected, min(impure, default=None))


def _why_not_pure(decider: Decider[Any, Any, Any], history: Sequence[Any], command: object) -> str:
    """Return what is not pure about a decision; "" if nothing is."""

    def asked() -> str:
        try:
            now = decide_purely(decider, history, command)
            with clock_moved(LATER_SECONDS):
                later = decide_purely(decider, history, command)
            check_same("decide", "asked now and with the clock ten years on, it returned", now, later)
        except NotPure as error:
            return str(error)
        return ""

    # What a clock says is another text each time; the call is not, and says more.
    for name, function in (("decide", decider.decide), ("evolve", decider.evolve)):
        if called := calls_of_the_clock(function.__module__, asked):
            return f"{name} calls {called[0]}; put the time into the command"
    return asked()


def about_the_rules(given: GivenParts, decided: Decisions) -> Claim:
    """Say whether every decision was the same when it was asked for again."""
    if not given.commands:
        return not_tried(PART, SAYS, "register= and commands=")
    refused = f", {decided.rejected} of them a refusal" if decided.rejected else ""
    tried = (
        f"{count(len(given.commands), 'decision')}{refused}, each asked twice, and again with the clock ten years on."
    )
    if decided.impure is None:
        return Claim(
            PART, SAYS, TRUE, tried, "Every answer was the same, and nothing that was given to a rule changed."
        )
    events, number, why = decided.impure
    command = given.commands[number]
    done = f"given {count(events, 'event')}, asked about {command!r}"
    fault = Fault(LAW, done, "the same decision each time", why)
    witness = as_table([fault], "The case with the shortest history")
    again = (
        f"lab.given(decider, history).when(commands[{number}])  # history: the {count(events, 'event')} of its stream"
    )
    return Claim(PART, SAYS, FALSE, tried, f"Not pure: {why}.", witness=witness, again=again)
