"""What a run with faults did, step by step: data to compute with, and a sentence to read."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal[
    "recorded",
    "rejected",
    "delivered",
    "fixed",
    "faults over",
    "caught up",
    "arrived",
    "followed",
    "built",
    "aborted",
    "went on",
]
WORDS: dict[Kind, str] = {
    "recorded": "command {number} recorded {positions}",
    "rejected": "command {number} rejected: {error}",
    "delivered": "delivered {positions}",
    "fixed": "the projection is fixed",
    "faults over": "the faults stop",
    "caught up": "the old version caught up",
    "arrived": "a command came",
    "followed": "the serving version followed",
    "built": "step {number} of the rebuild",
    "aborted": "the rebuild aborted after step {number}",
    "went on": "the rebuild goes on",
}


class Step(NamedTuple):
    """One step of a run.

    Attributes
    ----------
    kind : str
        recorded, rejected: a command was. delivered: a batch was handed to the worker. fixed, faults over: no fault
        strikes any more, and the projection had stopped or had not. Of a rebuild: caught up, arrived (a command),
        followed (the serving version), built, aborted, and went on (when the last command had come).
    number : int
        Of the command (recorded, rejected) or of the rebuild's step (built, aborted); 0 for the others.
    first, last : int
        The positions of the events that were delivered, or that the command recorded; 0 for the others. A command
        that recorded nothing has the position of its receipt.
    site : str
        Where the worker crashed; "" if it did not.
    error : str
        Why the command was rejected, or the worker stopped; "" if it was not, or did not.

    Examples
    --------
    >>> from cqrs_lab.simulation.faults.steps import Step
    >>> step = Step("delivered", first=3, last=4, site="before save")
    >>> step.in_words()
    'delivered 3 to 4: crashed before save'
    """

    kind: Kind
    number: int = 0
    first: int = 0
    last: int = 0
    site: str = ""
    error: str = ""

    @property
    def stopped(self) -> bool:
        """True if the worker raised an error; a command's rejection is none."""
        return self.error != "" and self.kind != "rejected"

    def in_words(self) -> str:
        """Return the step as a sentence."""
        positions = f"{self.first} to {self.last}" if self.first < self.last else f"{self.last}"
        said = WORDS[self.kind].format(positions=positions, **self._asdict())
        stopped = f": stopped, {self.error}" if self.stopped else ""
        return said + (f": crashed {self.site}" if self.site else stopped)


StepTaken = tuple[float, Step, int, int, bool]
"""A step with its second, and then the position, the head of the log, and whether the table agreed with it."""
