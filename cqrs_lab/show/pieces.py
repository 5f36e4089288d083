"""A short log cut into pieces, and the order in which they are merged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from random import Random
from typing import TypeAlias

from cqrs_lab.log.envelope import RecordedEvent

Piece: TypeAlias = tuple[RecordedEvent, ...]
MOST_PIECES = 4


def cut_at(log: Sequence[RecordedEvent], places: Iterable[int]) -> list[Piece]:
    """Return the pieces between these places, each a number of events; a cut at an end of the log makes none."""
    edges = [0, *sorted({place for place in places if 0 < place < len(log)}), len(log)]
    return [tuple(log[start:stop]) for start, stop in pairwise(edges)]


def by_stream(log: Sequence[RecordedEvent]) -> list[Piece]:
    """Return one piece for each of the first streams, and one for the events of all others."""
    streams = list(dict.fromkeys(one.stream for one in log))
    alone = streams if len(streams) <= MOST_PIECES else streams[: MOST_PIECES - 1]
    pieces = [tuple(one for one in log if one.stream == stream) for stream in alone]
    others = tuple(one for one in log if one.stream not in alone)
    return [*pieces, others] if others else pieces


def shuffled(pieces: Sequence[Piece], seed: int) -> list[Piece]:
    """Return the pieces in another order, the same for each seed; with 0, as they are."""
    places = list(range(len(pieces)))
    order = Random(seed).sample(places, len(places)) if seed else places
    if seed and order == places:
        order.reverse()
    return [pieces[place] for place in order]
