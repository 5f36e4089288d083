"""Which settings of a view are drawn ahead: all where there are few, otherwise a coarse grid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import NamedTuple

from cqrs_lab.show.view import Control

Values = dict[str, int]

LINE = 12
"""Of a grid, so many values of each control, with the others where they stand; fewer where few settings are drawn."""


class Grid(NamedTuple):
    """The settings that are drawn, and how many there are."""

    settings: list[Values]
    of: int


def grid(controls: Sequence[Control], start: Mapping[str, int], wanted: Iterable[Values], most: int) -> Grid:
    """Choose the settings of a view to draw ahead.

    Parameters
    ----------
    controls : sequence of Control
    start : mapping of str to int
        Where the view stands.
    wanted : iterable of dict
        Settings that have to be among them, such as the solutions of tasks.
    most : int
        How many combinations to draw, where there are more than twice as many.

    Returns
    -------
    Grid
        `settings` begins with `start`, and holds each setting once.
    """
    of = _count(controls, start)
    if of <= 2 * most:
        chosen = list(_all(controls, start, lambda control, end: range(control.least, end + 1)))
    else:
        chosen = [*_lines(controls, start, min(LINE, max(3, most // 2))), *_product(controls, start, most)]
    return Grid(_each_once([dict(start), *wanted, *chosen], [one.name for one in controls]), of)


def _ordered(controls: Sequence[Control]) -> list[Control]:
    """Return those whose end depends on others last: the others are known by then."""
    return sorted(controls, key=lambda one: callable(one.most))


def _all(
    controls: Sequence[Control], start: Mapping[str, int], of: Callable[[Control, int], Sequence[int]]
) -> Iterator[Values]:
    """Yield every combination of the values that `of` chooses from each control and its end."""

    def beyond(left: Sequence[Control], so_far: Values) -> Iterator[Values]:
        if not left:
            yield so_far
            return
        for value in of(left[0], left[0].end({**start, **so_far})):
            yield from beyond(left[1:], {**so_far, left[0].name: value})

    return beyond(_ordered(controls), {})


def _count(controls: Sequence[Control], start: Mapping[str, int]) -> int:
    """Return how many settings there are; only those of controls on which ends depend are gone through."""
    free = [one for one in controls if not callable(one.most)]
    bound = [one for one in controls if callable(one.most)]
    if not bound:
        return prod(one.end(start) - one.least + 1 for one in free)
    return sum(
        prod(one.end({**start, **values}) - one.least + 1 for one in bound)
        for values in _all(free, start, lambda control, end: range(control.least, end + 1))
    )


def _lines(controls: Sequence[Control], start: Mapping[str, int], line: int) -> Iterator[Values]:
    """Yield settings in which one control moves and the others stand."""
    for moved in controls:
        for value in thinned(range(moved.least, moved.end(start) + 1), line, start[moved.name]):
            values = {**start, moved.name: value}
            yield {one.name: min(values[one.name], one.end(values)) for one in controls}


def _product(controls: Sequence[Control], start: Mapping[str, int], most: int) -> Iterator[Values]:
    """Yield combinations of few values of each control: whatever has the most is thinned until they are few enough."""
    left = {one.name: one.end(start) - one.least + 1 for one in controls}
    while prod(left.values()) > most:
        # A film that leaves pictures out is another film: what plays is thinned where it alone is too long.
        may_go = [one.name for one in controls if left[one.name] > (most if one.plays else 2)]
        if not may_go:
            break
        longest = max(may_go, key=lambda name: left[name])
        left[longest] = left[longest] * 4 // 5 if left[longest] > 10 else left[longest] - 1

    def few(control: Control, end: int) -> Sequence[int]:
        return thinned(range(control.least, end + 1), left[control.name], start[control.name])

    return _all(controls, start, few)


def thinned(values: range, most: int, kept: int) -> list[int]:
    """Return at most so many values at even distances, with both ends, and one of them replaced by the one to keep."""
    if len(values) <= most:
        return list(values)
    chosen = [values[round(at * (len(values) - 1) / (most - 1))] for at in range(most)]
    if kept in values and kept not in chosen:
        inner = chosen[1:-1] or chosen[1:]
        chosen[chosen.index(min(inner, key=lambda one: abs(one - kept)))] = kept
    return chosen


def _each_once(settings: Iterable[Values], names: Sequence[str]) -> list[Values]:
    found = {tuple(values[name] for name in names): {name: values[name] for name in names} for values in settings}
    return list(found.values())
