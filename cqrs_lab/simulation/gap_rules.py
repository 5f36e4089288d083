"""The rule of a reader: how far it may read, where positions are handed out before the commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cqrs_lab.arguments import how_many, shown
from cqrs_lab.errors import InvalidArgument, said

Rule = Callable[[list[int], list[int]], int]
"""``rule(committed, still_open)`` returns the last position that may be read.

`committed` holds the positions whose events can be read, `still_open` those of transactions that have not ended; both
in order. A position below these that is in neither belongs to a transaction that was rolled back.
"""


class RuleFailed(InvalidArgument):
    """A rule raised an error, or returned no position; the message says for which positions."""


def last_to_read(rule: Rule, committed: Iterable[int], still_open: Iterable[int]) -> int:
    """Return what a rule says of these positions.

    Examples
    --------
    >>> from cqrs_lab.simulation.gap_rules import last_to_read, low_watermark
    >>> last_to_read(low_watermark, committed=[1, 2, 4], still_open=[3])
    2
    """
    committed, still_open = sorted(map(int, committed)), sorted(map(int, still_open))
    asked = f"the rule, called with {shown(committed)} and {shown(still_open)}"
    try:
        upto = rule(list(committed), list(still_open))
    except Exception as error:
        raise RuleFailed(f"{asked}, raised {said(error)}") from error
    try:
        return how_many("upto", upto, "")
    except InvalidArgument:
        wanted = "let it return the last position that may be read, such as 2, or 0 for none"
        raise RuleFailed(f"{asked}, returned {shown(upto)}; {wanted}") from None


def everything(committed: list[int], still_open: list[int]) -> int:
    """Read whatever is committed: what commits later, below that position, is skipped."""
    return max(committed, default=0)


def low_watermark(committed: list[int], still_open: list[int]) -> int:
    """Stop before the oldest open transaction: below it, nothing can be added any more."""
    if still_open:
        return min(still_open) - 1
    return max(committed, default=0)
