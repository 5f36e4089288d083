"""Ways to cut a log into parts, from which every projection must make the same table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from random import Random
from typing import Any

from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion

Part = list[RecordedEvent]
MOST_PARTS = 12
ATTEMPTS = 80


def with_gaps(events: Sequence[RecordedEvent], random: Random) -> Part:
    """Return a copy of a log whose positions skip numbers; a quarter of it each was recorded in one moment of a day.

    Each stream has versions of its own height, the later ones lower.
    """
    copied, position = [], 0
    streams = list(dict.fromkeys(one.stream for one in reversed(events)))
    for at, one in enumerate(events):
        position += random.choice((1, 2, 9, 1000, 2**31))
        version = StreamVersion(one.version + len(events) * streams.index(one.stream))
        day = 86_400.0 * (4 * at // len(events))
        copied.append(replace(one, position=Position(position), version=version, recorded_at=day))
    return copied


def lengthened(events: Part, size: int) -> Part:
    """Return a log of at least this size, in which the same events happen again and again."""
    last, times = events[-1].position, -(-size // len(events))
    versions = Counter(one.stream for one in events)
    return [
        replace(
            one,
            position=Position(one.position + last * again),
            version=StreamVersion(one.version + versions[one.stream] * again),
        )
        for again in range(times)
        for one in events
    ]


def ways_to_cut(events: Part, random: Random) -> Iterator[tuple[str, list[Part]]]:
    """Yield cuts without end, simple ones first, then random ones; each with a text that says how it was made."""
    half = len(events) // 2
    yield "in halves", [events[:half], events[half:]]
    yield "by stream", _by(events, lambda one: one.stream)
    yield "by event type", _by(events, lambda one: type(one.event).__name__)
    yield "in turn", [events[first::3] for first in range(3)]
    if len(events) <= 2 * MOST_PARTS:
        yield "into single events", [[one] for one in events]
    while True:
        yield "at random into subsets", _subsets(events, random)
        yield "at random places", _slices(events, random)


def _by(events: Part, key: Callable[[RecordedEvent], Any]) -> list[Part]:
    parts: dict[Any, Part] = {}
    for one in events:
        parts.setdefault(key(one), []).append(one)
    alone = list(islice(parts.values(), MOST_PARTS - 1))
    others = {one for held in list(parts)[MOST_PARTS - 1 :] for one in [held]}
    return [*alone, [one for one in events if key(one) in others]] if others else alone


def _subsets(events: Part, random: Random) -> list[Part]:
    parts: list[Part] = [[] for _ in range(random.choice((2, 3, 7, MOST_PARTS)))]
    for one in events:
        random.choice(parts).append(one)
    return [*parts, []]  # an empty part belongs to every random cut


def _slices(events: Part, random: Random) -> list[Part]:
    places = sorted(random.randint(0, len(events)) for _ in range(random.choice((1, 3, MOST_PARTS - 1))))
    edges = [0, *places, len(events)]
    return [*(events[start:stop] for start, stop in zip(edges, edges[1:], strict=False)), []]


def smallest(parts: list[Part], fails: Callable[[list[Part]], bool]) -> list[Part]:
    """Return the parts with as few events as still fail, and without empty parts if those still fail too."""
    attempts, size = 0, max(1, sum(map(len, parts)) // 2)
    while size >= 1:
        at = 0
        while at < sum(map(len, parts)) and attempts < ATTEMPTS:
            attempts += 1
            fewer = _without(parts, at, at + size)
            if fails(fewer):
                parts = fewer
            else:
                at += size
        size //= 2
    filled = [part for part in parts if part]
    return filled if fails(filled) else parts


def _without(parts: list[Part], start: int, stop: int) -> list[Part]:
    numbered = enumerate(one for part in parts for one in part)
    dropped = {id(one) for number, one in numbered if start <= number < stop}
    return [[one for one in part if id(one) not in dropped] for part in parts]


def joined(parts: Iterable[Part]) -> Part:
    """Return the events of all parts, in order of position."""
    return sorted((one for part in parts for one in part), key=lambda one: one.position)


def told(parts: Sequence[Part]) -> str:
    """Return parts in one line: the events' positions, and the events themselves if there are few."""
    events = joined(parts)
    shown = " | ".join(_positions(part) for part in parts)
    if len(events) > 4:
        return shown
    return f"{shown}, where {'; '.join(f'{one.position} is {_short(one.event)}' for one in events)}"


def _positions(part: Part) -> str:
    numbers = [str(one.position) for one in part]
    return f"[{', '.join(numbers if len(numbers) <= 6 else [*numbers[:3], '…', *numbers[-2:]])}]"


def _short(event: object) -> str:
    text = repr(event)
    return text if len(text) <= 120 else f"{text[:119]}…"
