"""Places the labels of marks clear of lines and of other labels, where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LETTER, LINE, NEAR = 7.3, 14, 3.0
"""The width of a letter, the height of a line, and the margin at the sides."""
BELOW, ABOVE = 31, -24
"""From the middle of the mark to the baseline of the first line below it, and of the last line above it."""

Four = tuple[float, float, float, float]
"""A line from (x1, y1) to (x2, y2), or a box: left, top, right, bottom."""


class Label(NamedTuple):
    """Words, one below the other: where the first baseline is, and which end of the words that point marks."""

    words: tuple[str, ...]
    x: float
    y: float
    anchor: str

    @property
    def box(self) -> Four:
        """The box that it covers."""
        wide = LETTER * max(map(len, self.words))
        left = self.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * wide
        top = self.y - LINE + 3
        return left - NEAR, top, left + wide + NEAR, top + LINE * len(self.words)


class Mark(NamedTuple):
    """A mark that needs a label: the words, the middle of the mark, and the preferred side."""

    words: tuple[str, ...]
    x: float
    y: float
    above: bool


def placed(marks: Sequence[Mark], lines: Sequence[Four], boxes: Sequence[Four]) -> list[Label]:
    """Return a label beside each mark, so that they overlap lines, boxes and each other as little as possible.

    Each label in turn takes the first of its best places. A centred label may leave no room for the next one, so
    a second pass prefers labels that hang to the left. Of two equally good results, min returns the first.
    """
    tried = [
        _one_by_one(marks, lines, boxes, order) for order in (("middle", "end", "start"), ("end", "middle", "start"))
    ]
    return min(tried, key=lambda one: one[1])[0]


def _one_by_one(
    marks: Sequence[Mark], lines: Sequence[Four], boxes: Sequence[Four], anchors: Sequence[str]
) -> tuple[list[Label], int]:
    """Return the labels, with the anchors in order of preference, and how often they overlap something."""
    labels: list[Label] = []
    total = 0
    taken = list(boxes)
    for mark in marks:
        met = [(_overlaps(label.box, lines, taken), label) for label in _places(mark, anchors)]
        least, label = min(met, key=lambda one: one[0])
        labels.append(label)
        taken.append(label.box)
        total += least
    return labels, total


def _overlaps(box: Four, lines: Sequence[Four], boxes: Sequence[Four]) -> int:
    return sum(crosses(one, box) for one in lines) + sum(meet(one, box) for one in boxes)


def _places(mark: Mark, anchors: Sequence[str]) -> list[Label]:
    """Return the places beside a mark, the preferred side first."""
    level = {True: mark.y + ABOVE - LINE * (len(mark.words) - 1), False: mark.y + BELOW}
    across = {"middle": mark.x, "end": mark.x + 10, "start": mark.x - 10}
    return [
        Label(mark.words, across[anchor], level[side], anchor)
        for side in (mark.above, not mark.above)
        for anchor in anchors
    ]


def meet(one: Four, other: Four) -> bool:
    """Return whether two boxes overlap."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def crosses(line: Four, box: Four) -> bool:
    """Return whether a line crosses a box.

    The part of it between left and right and the part between top and bottom, as shares of its length, must overlap.
    """
    x1, y1, x2, y2 = line
    left, top, right, bottom = box
    enters, leaves = 0.0, 1.0
    for start, way, least, most in ((x1, x2 - x1, left, right), (y1, y2 - y1, top, bottom)):
        if way == 0 and not least <= start <= most:
            return False
        if way != 0:
            first, last = sorted(((least - start) / way, (most - start) / way))
            enters, leaves = max(enters, first), min(leaves, last)
    return enters <= leaves
