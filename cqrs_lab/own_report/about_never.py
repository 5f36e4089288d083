"""What must never happen: the owner's own laws, tried on orders of commands that nobody thought of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd
from numpy.random import default_rng

from cqrs_lab.errors import CommandRejected
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.own_report.about_rules import PART
from cqrs_lab.own_report.claim import FALSE, TRUE, Claim, not_tried
from cqrs_lab.own_report.given import GivenParts
from cqrs_lab.show.picture import table
from cqrs_lab.words import count
from cqrs_lab.write.command_bus import CommandBus

ANY = "The rules let nothing happen that must never happen."
GIVE = "register=, commands= and never=, such as {'an account is below zero': lambda events: …},"
AGAIN = """from contextlib import suppress
log = lab.MemoryEventStore()
bus = lab.CommandBus(log)
register(bus)
for number in {numbers}:
    with suppress(lab.CommandRejected):
        bus.send(commands[number])
never[{what!r}]([one.event for one in log.read_stream({stream!r})])"""
Sent = tuple[str, list[str]]
"""The stream in which it happened, "" if it did not; and what each command led to."""


def about_what_must_never_be(given: GivenParts) -> Iterator[Claim]:
    """Try each law of the owner's: with the commands as they are given, and then in orders drawn from the seed."""
    if not given.never:
        yield not_tried(PART, ANY, GIVE)
    for what, happens in given.never.items():
        yield _claim(given, what, happens)


def _claim(given: GivenParts, what: str, happens: Callable[[Sequence[Any]], bool]) -> Claim:
    says = f"Never: {what}."
    numbers, tried = tuple(range(len(given.commands))), 0
    for numbers in _orders(given):
        tried += 1
        stream, led_to = _send(given, numbers, happens)
        if stream:
            break
    in_words = (
        f"The commands as they are given, and in {count(tried - 1, 'order')} drawn from the seed, in which some come "
        "twice and some never. The law is asked after each command, of each stream that has grown."
    )
    if not stream:
        return Claim(PART, says, TRUE, in_words, "It never happened.")
    smallest = _fewest(given, numbers[: len(led_to)], happens)
    stream, led_to = _send(given, smallest, happens)
    rows = {"command": [repr(given.commands[one]) for one in smallest], "led to": led_to}
    steps = pd.DataFrame(rows, index=pd.RangeIndex(1, len(led_to) + 1, name="step"), dtype="str")
    came = f"It happened in the stream {stream!r}. The smallest case: {count(len(smallest), 'command')}."
    again = AGAIN.format(numbers=list(smallest), what=what, stream=stream)
    return Claim(PART, says, FALSE, in_words, came, witness=table(steps, "The smallest case"), again=again)


def _orders(given: GivenParts) -> Iterator[tuple[int, ...]]:
    """Yield the numbers of commands in the order in which they are sent."""
    many, random = len(given.commands), default_rng(given.seed)
    yield tuple(range(many))
    for _ in range(given.runs):
        yield tuple(random.integers(0, many, 2 * many).tolist())


def _send(given: GivenParts, numbers: Sequence[int], happens: Callable[[Sequence[Any]], bool]) -> Sent:
    """Send commands until it happens."""
    store, led_to = MemoryEventStore(), list[str]()
    bus = CommandBus(store)
    assert given.register is not None
    given.register(bus)
    for number in numbers:
        before = store.head()
        try:
            bus.send(given.commands[number])
        except CommandRejected as why:
            led_to.append(f"refused: {why}")
            continue
        new = list(store.read_all(after=before))
        led_to.append(", ".join(repr(one.event) for one in new) or "nothing")
        for stream in dict.fromkeys(one.stream for one in new):
            if happens([one.event for one in store.read_stream(stream)]):
                return stream, led_to
    return "", led_to


def _fewest(given: GivenParts, numbers: Sequence[int], happens: Callable[[Sequence[Any]], bool]) -> tuple[int, ...]:
    """Leave out one command after another, as long as it still happens."""
    kept, at = tuple(numbers), 0
    while at < len(kept):
        fewer = kept[:at] + kept[at + 1 :]
        stream, led_to = _send(given, fewer, happens)
        kept, at = (fewer[: len(led_to)], 0) if stream else (kept, at + 1)
    return kept
