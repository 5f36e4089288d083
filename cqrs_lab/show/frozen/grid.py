"""Which settings of a view are drawn ahead: all of few, and of many those that a reader is likely to ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations, islice, product
from math import ceil, prod
from typing import NamedTuple

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.view import Control

Values = dict[str, int]
Sizes = dict[str, int]
Asked = Mapping[str, Sequence[int] | None]

LINE = 12
"""So many values of a control with the others where they stand, before any two controls have moved."""
FEW = 4
"""A grid of all combinations with fewer values of a control is no use: then no more than two controls move."""


class Grid(NamedTuple):
    """The settings that are drawn, and whether these are all."""

    settings: list[Values]
    whole: bool


def first_moves(controls: Sequence[Control], start: Mapping[str, int], wanted: Iterable[Values]) -> list[Values]:
    """Return what a reader meets first: where the view stands, what is wanted, and one press of any key from there.

    Parameters
    ----------
    controls : sequence of Control
    start : mapping of str to int
        Where the view stands.
    wanted : iterable of dict
        Settings that have to be among them, such as the solutions of tasks.

    Returns
    -------
    list of dict
        It begins with `start`, and holds each setting once.
    """
    moved = (_moved(controls, start, {one.name: value}) for one in controls for value in _pressed(one, start))
    return _each_once([dict(start), *wanted, *moved], controls)


def combined(controls: Sequence[Control], start: Mapping[str, int], asked: Asked) -> Iterator[Values]:
    """Yield all combinations of what is asked of some controls; the others stay where they are, or at their end.

    Parameters
    ----------
    controls : sequence of Control
    start : mapping of str to int
        Where the view stands.
    asked : mapping of str to sequence of int, or to None
        The values of a control, by its name; None for all.

    Raises
    ------
    InvalidArgument
        There is no such control.
    """
    names = [one.name for one in controls]
    if unknown := [name for name in asked if name not in names]:
        raise InvalidArgument(f"no control {unknown[0]!r}; give some of {', '.join(names)}")

    def values(control: Control, end: int) -> Sequence[int]:
        if control.name in asked:
            given = asked[control.name]
            return range(control.least, end + 1) if given is None else given
        return [_follows(control, start, end)]

    return _combined(controls, start, values)


def grid(
    controls: Sequence[Control], start: Mapping[str, int], wanted: Sequence[Values], asked: Sequence[Values], most: int
) -> Grid:
    """Choose the settings of a view to draw ahead.

    Parameters
    ----------
    controls : sequence of Control
    start : mapping of str to int
        Where the view stands.
    wanted : sequence of dict
        Settings that have to be among them, and from which the view may be played: the solutions of tasks.
    asked : sequence of dict
        Others that have to be among them.
    most : int
        About how many to draw; all, where there are no more than twice as many. What has to be drawn is drawn in any
        case.

    Returns
    -------
    Grid
        `settings` begins with `first_moves`, and holds each setting once.
    """
    first = first_moves(controls, start, wanted)
    found = _all(controls, start, 2 * most)
    if found is not None:
        return Grid(_each_once([*first, *found], controls), whole=True)
    films = (values for place in (start, *wanted) for values in _film(controls, place, most))
    known = _each_once([*first, *asked, *films, *_lines(controls, start, most)], controls)
    return Grid(_each_once([*known, *_together(controls, start, most - len(known))], controls), whole=False)


def _pressed(control: Control, start: Mapping[str, int]) -> Iterable[int]:
    """Return where a control can go at once: each word of a list; one step of a slider, and its ends."""
    least, here, end = control.least, start[control.name], control.end(start)
    return range(end + 1) if control.choices else sorted({least, max(least, here - 1), min(here + 1, end), end})


def _moved(controls: Sequence[Control], start: Mapping[str, int], to: Mapping[str, int]) -> Values:
    """Return the setting that comes of a move: a control that stood at its end stays at its end, as in a `View`."""
    after = {**start, **to}
    for one in controls:
        if callable(one.most):
            end = one.end(after)
            after[one.name] = min(to[one.name], end) if one.name in to else _follows(one, start, end)
    return after


def _follows(control: Control, start: Mapping[str, int], end: int) -> int:
    """Return where a control is that was not moved, when its end is this."""
    here = start[control.name]
    return end if callable(control.most) and here == control.end(start) else min(here, end)


def _all(controls: Sequence[Control], start: Mapping[str, int], most: int) -> list[Values] | None:
    """Return all settings, or None if there are more; an end may cost a simulation, so they are not counted first."""
    if prod(one.end(start) - one.least + 1 for one in controls if not callable(one.most)) > most:
        return None
    found = list(islice(_combined(controls, start, lambda control, end: range(control.least, end + 1)), most + 1))
    return found if len(found) <= most else None


def _combined(
    controls: Sequence[Control], start: Mapping[str, int], of: Callable[[Control, int], Sequence[int]]
) -> Iterator[Values]:
    """Yield every combination of the values that `of` chooses from each control and its end."""

    def beyond(left: Sequence[Control], so_far: Values) -> Iterator[Values]:
        if not left:
            yield so_far
            return
        for value in of(left[0], left[0].end({**start, **so_far})):
            yield from beyond(left[1:], {**so_far, left[0].name: value})

    # Those whose end depends on others come last: the others are known by then.
    return beyond(sorted(controls, key=lambda one: callable(one.most)), {})


def _film(controls: Sequence[Control], place: Mapping[str, int], most: int) -> Iterator[Values]:
    """Yield what is played from a place: each step, or each second one, third one ... if that would be too many."""
    for one in controls:
        if one.plays:
            end = one.end(place)
            every = max(1, ceil((end - one.least) / max(1, most)))
            for value in (*range(one.least, end, every), end):
                yield {**place, one.name: value}


def _lines(controls: Sequence[Control], start: Mapping[str, int], most: int) -> Iterator[Values]:
    """Yield settings in which one control moves and the others stand."""
    still = [one for one in controls if not one.plays]
    sizes = _thin(still, {name: min(size, LINE) for name, size in _sizes(still, start).items()}, most, sum, least=3)
    for one in still:
        for value in _some(one, one.end(start), sizes, start):
            yield _moved(controls, start, {one.name: value})


def _together(controls: Sequence[Control], start: Mapping[str, int], most: int) -> Iterator[Values]:
    """Yield settings in which all controls move, if few values of each are enough; otherwise two at a time."""
    sizes = _thin(controls, _sizes(controls, start), most, prod, least=FEW)
    if prod(sizes.values()) <= most:
        yield from _combined(controls, start, lambda control, end: _some(control, end, sizes, start))
        return
    sizes = _thin(controls, sizes, most, _pairs, least=1)
    for one, other in combinations(controls, 2):
        for values in product(*(_some(each, each.end(start), sizes, start) for each in (one, other))):
            yield _moved(controls, start, dict(zip((one.name, other.name), values, strict=True)))


def _pairs(sizes: Iterable[int]) -> int:
    """Return how many settings there are in which two controls have left their place."""
    return sum((one - 1) * (other - 1) for one, other in combinations(sizes, 2))


def _sizes(controls: Sequence[Control], start: Mapping[str, int]) -> Sizes:
    return {one.name: one.end(start) - one.least + 1 for one in controls}


def _thin(
    controls: Sequence[Control], sizes: Sizes, most: int, together: Callable[[Iterable[int]], int], least: int
) -> Sizes:
    """Let whatever has the most values have fewer, until they come to no more settings than may be drawn."""
    left = dict(sizes)
    while together(left.values()) > most:
        # A film that leaves pictures out is another film: what plays is thinned where it alone is too long.
        may_go = [one.name for one in controls if left[one.name] > (max(most, least) if one.plays else least)]
        if not may_go:
            break
        longest = max(may_go, key=lambda name: left[name])
        left[longest] = left[longest] * 4 // 5 if left[longest] > 10 else left[longest] - 1
    return left


def _some(control: Control, end: int, sizes: Sizes, start: Mapping[str, int]) -> list[int]:
    zero = round(control.scale.first / control.scale.step)
    return thinned(range(control.least, end + 1), sizes[control.name], start[control.name], zero)


def thinned(values: range, most: int, kept: int, zero: int = 0) -> list[int]:
    """Return at most so many values: the one to keep, both ends, round numbers, and what is next to the one to keep.

    Parameters
    ----------
    values : range
    most : int
    kept : int
        Left out only if it is not among the values.
    zero : int, optional
        What is shown for 0, in steps of the control: round is what a reader sees.

    Examples
    --------
    >>> thinned(range(0, 101), 9, kept=8)
    [0, 7, 8, 9, 20, 40, 60, 80, 100]
    """
    if len(values) <= most:
        return list(values)
    here = [kept] if kept in values else []
    for end in sorted((values[0], values[-1]), key=lambda end: -abs(end - kept)):
        if end not in here and len(here) < most:
            here.append(end)
    steps = (digit * 10**power for power in range(len(str(len(values)))) for digit in (1, 2, 5))
    rounds = ({*here, *range(values[0] + -(values[0] + zero) % step, values[-1] + 1, step)} for step in steps)
    found = next((found for found in rounds if len(found) <= most), set(here))
    beside = sorted(set(values) - found, key=lambda one: abs(one - kept))
    return sorted([*found, *beside[: most - len(found)]])


def _each_once(settings: Iterable[Values], controls: Sequence[Control]) -> list[Values]:
    names = [one.name for one in controls]
    found = {tuple(values[name] for name in names): {name: values[name] for name in names} for values in settings}
    return list(found.values())
