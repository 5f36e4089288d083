"""The event store and its laws."""

from __future__ import annotations

from cqrs_lab.log.contract import check_event_store
from cqrs_lab.log.contract.sizes import TOOK
from cqrs_lab.own_report.claim import FALSE, TRUE, Claim, as_table, not_tried, paragraph
from cqrs_lab.own_report.given import GivenParts

PART, SAYS = "event store", "The event store keeps the laws of the log."
TRIED = (
    "Short stories, random histories, the sizes at which stores break, two threads between any two "
    "lines of a call, and wrong arguments. How long a log was tried depends on the machine."
)


def about_the_store(given: GivenParts) -> Claim:
    """Hold the store to the laws of the log."""
    if given.store is None:
        return not_tried(PART, SAYS, "store=, a function that makes a new, empty store,")
    report = check_event_store(given.store)
    # How much fits into some seconds is another number each time: the file would be, too.
    notes = "".join(paragraph(f"Note: {one}.") for one in report.notes if TOOK not in one)
    if report.ok:
        return Claim(PART, SAYS, TRUE, TRIED, "No law broke.", witness=notes)
    laws = "; ".join(fault.law for fault in report.faults)
    witness = as_table(report.faults, "The simplest case of each law that broke") + notes
    return Claim(PART, SAYS, FALSE, TRIED, f"Broken: {laws}.", witness=witness, again="lab.check_event_store(store)")
