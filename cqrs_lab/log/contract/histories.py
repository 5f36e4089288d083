"""Random histories with a seed, and the shortest one that still breaks the same law."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from cqrs_lab.log.contract.trial import Append, FaultFound, Trial
from cqrs_lab.log.event_store import Expected

# Names that begin alike, to catch a store that looks streams up by prefix.
STREAMS = ("order-1", "order-10", "order-2", "order-11", "cart-1")
IDS = ("a", "b", "c", "d", "e", "f")
ATTEMPTS = 200


def random_history(random: Random, length: int) -> list[Append]:
    """Return random appends of 0 to 5 events: most as expected, some stale, some with an id used before."""
    versions = dict.fromkeys(STREAMS, 0)
    history: list[Append] = []
    for number in range(length):
        stream = random.choice(STREAMS)
        right = (versions[stream], Expected.ANY, Expected.STREAM_EXISTS if versions[stream] else Expected.NO_STREAM)
        wrong = (versions[stream] + 1, max(0, versions[stream] - 1), *Expected)
        expected = random.choice(right if random.random() < 0.8 else wrong)
        count = random.choice((0, 1, 1, 2, 3, 5))
        ids = (*IDS, f"command {number}") if count else (f"nothing {number}",)
        command_id = random.choice(ids) if random.random() < 0.5 else None
        history.append(Append(stream, count, expected, command_id, first=10 * number + 1))
        versions[stream] += count  # a guess: what is refused or known already makes later ones stale
    return history


def play(trial: Trial, history: list[Append]) -> None:
    """Append one after another; raises `FaultFound` at the first fault."""
    for op in history:
        trial.append(op)


def shortest(new_trial: Callable[[], Trial], history: list[Append], found: FaultFound) -> FaultFound:
    """Return the broken law of the shortest history that still breaks it, found by leaving out appends."""
    at, attempts = 0, 0
    while at < len(history) and attempts < ATTEMPTS:
        attempts += 1
        shorter = history[:at] + history[at + 1 :]
        try:
            play(new_trial(), shorter)
        except FaultFound as broken:
            if broken.fault.law == found.fault.law:
                history, found = shorter, broken
                continue
        at += 1
    return found
