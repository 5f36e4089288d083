"""Many pictures that are nearly the same, as few pieces: what two of them share is kept once."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Before each element that opens: what closes it stays with what stands before.
CUT = re.compile(r"(?=<[^/])")


def packed(texts: Iterable[str]) -> tuple[list[str], list[list[int]]]:
    """Cut markup into pieces, and keep each piece once.

    Parameters
    ----------
    texts : iterable of str

    Returns
    -------
    pieces : list of str
    runs : list of list of int
        For each text a flat list: the first piece, how many from there on, the first piece, how many, ...

    Examples
    --------
    >>> packed(["<b>1</b><i>2</i>", "<b>3</b><i>2</i>"])
    (['<b>1</b>', '<i>2</i>', '<b>3</b>'], [[0, 2], [2, 1, 1, 1]])
    """
    places: dict[str, int] = {}
    runs: list[list[int]] = []
    for text in texts:
        run: list[int] = []
        for piece in filter(None, CUT.split(text)):
            place = places.setdefault(piece, len(places))
            if run and place == run[-2] + run[-1]:
                run[-1] += 1
            else:
                run += [place, 1]
        runs.append(run)
    return list(places), runs
