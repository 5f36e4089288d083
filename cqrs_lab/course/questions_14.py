"""The questions that open lesson 14."""

from __future__ import annotations

from cqrs_lab.course.recalled import Recalled

ASKED_14: tuple[Recalled, ...] = (
    Recalled(
        "A bill of the real year holds a line that fits no rule. What happens to the line?",
        {
            "it is rejected, with a reason": "Right: each row ends in one place, and the totals say whether all did.",
            "it is dropped": "Then the totals differ from the books, and nobody can say by which row.",
            "the bill is refused": "One odd line would take all the good ones with it.",
        },
    ),
    Recalled(
        "A handler sends a mail and dies before it has saved its position. What must it survive?",
        {
            "the same event twice": "Right: it is delivered at least once, so what it does has to be safe to repeat.",
            "the loss of an event": "The position had not moved, so the event comes again. It is not lost.",
            "events in another order": "The log has one order, and a restart does not change it.",
        },
    ),
    Recalled(
        "A projector is busy 80 % of the time, and handling takes 10 ms. Events come at random. What is the mean lag?",
        {
            "50 ms": "Right: lag = handling ÷ free share, and a fifth of the time is free.",
            "10 ms": "That is the handling alone. Most events wait for those in front of them.",
            "80 ms": "The busy share does not divide: what counts is the share that is free.",
        },
    ),
)
