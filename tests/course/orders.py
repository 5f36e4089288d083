"""An order in which cells come back, so that each meets whatever any two others may leave for it."""

import numpy as np


def meetings(ran, cells):
    """Return which cells have come after which other one, with which third one not run between.

    Parameters
    ----------
    ran : list of int
        What has been run so far.
    cells : list of int
        Those that are looked at.

    Returns
    -------
    seen : numpy.ndarray of bool
        By the places of the cell, of the other one, and of the third one.
    last : numpy.ndarray of int
        When each was run last; -1 for never.
    """
    number, at = len(cells), {cell: place for place, cell in enumerate(cells)}
    seen, last = np.zeros((number,) * 3, bool), np.full(number, -1)
    for moment, cell in enumerate(ran):
        if cell in at:
            seen[at[cell]] |= _met(last)
            last[at[cell]] = moment
    return seen, last


def every_meeting(ran, cells):
    """Return an order in which each cell comes after any other one, with any third one not run between.

    What has been seen so far is not asked for again. Each next cell is the one that meets most that is new; of those
    that meet as much, the one that has rested longest.
    """
    (seen, last), order = meetings(ran, cells), []
    one, other, third = np.indices(seen.shape)
    left = (one != other) & (one != third) & (other != third) & ~seen
    while left.any():
        new = (left & _met(last)).sum((1, 2))
        place = np.lexsort((last, -new))[0]
        left[place] &= ~_met(last)
        last[place] = last.max() + 1
        order.append(cells[place])
    return order


def _met(last):
    """Return which ones a cell that is run now comes after, and which third ones have not been run since these."""
    return (last[:, None] > last) & (last[:, None] >= 0)
