"""The numbers of a table, compared with what its owner has worked out: a log cannot say what was meant."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.own_report.claim import FALSE, TRUE, Claim, not_tried
from cqrs_lab.own_report.given import GivenParts
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.frames.difference import difference, differing_cells
from cqrs_lab.show.picture import table
from cqrs_lab.words import count

SAYS = "After these commands the table says what was meant."


def about_the_numbers(given: GivenParts, log: Sequence[RecordedEvent], name: str, make: Callable[[], Any]) -> Claim:
    """Compare the table with the one that was worked out without the projection."""
    if name not in given.expected:
        return not_tried(name, SAYS, f"expected={{{name!r}: …}}, the table worked out by hand,")
    projection = make()
    wanted = projection.schema.conform(given.expected[name])
    came = projection.merge(projection.schema.empty(), projection.summarise(EventBatch(log)))
    tried = f"The table of {count(len(log), 'event')}, compared with the one worked out by hand."
    differs = difference(wanted, came)
    if differs is None:
        return Claim(name, SAYS, TRUE, tried, "They agree.")
    ours, theirs = wanted.sort_index(), came.sort_index()
    marks = differing_cells(wanted, came)
    both = f"{table(theirs, 'The table', changed=marks.loc[theirs.index])}{table(ours, 'Worked out by hand')}"
    said = f"Expected {differs[0]}; the table has {differs[1]}."
    return Claim(name, SAYS, FALSE, tried, said, witness=f'<div class="tables"><div>{both}</div></div>')
