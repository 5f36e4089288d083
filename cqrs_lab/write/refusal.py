"""A note about a command that was refused, for a run that goes on."""

from __future__ import annotations

from datetime import datetime


class Refusal(str):
    """A note that a command was refused: one sentence that keeps its parts.

    Attributes
    ----------
    at : datetime
        When it was sent.
    command : str
        The name of its type.
    reason : str

    Examples
    --------
    >>> from datetime import datetime
    >>> from cqrs_lab.write.refusal import Refusal
    >>> refusal = Refusal(datetime(2026, 1, 5, 12, 26), "CancelOrder", "order 7 is shipped")
    >>> refusal
    '12:26: CancelOrder was refused: order 7 is shipped.'
    >>> refusal.command
    'CancelOrder'
    """

    at: datetime
    command: str
    reason: str

    def __new__(cls, at: datetime, command: str, reason: str) -> Refusal:
        """Return the note."""
        note = super().__new__(cls, f"{at:%H:%M}: {command} was refused: {reason}.")
        note.at, note.command, note.reason = at, command, reason
        return note

    def __getnewargs__(self) -> tuple[datetime, str, str]:  # type: ignore[override]
        """Return what a copy is made from: not the sentence, as for any other text."""
        return self.at, self.command, self.reason
