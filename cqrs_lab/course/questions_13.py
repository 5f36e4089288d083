"""The questions that open lesson 13."""

from __future__ import annotations

from cqrs_lab.course.recalled import Recalled

ASKED_13: tuple[Recalled, ...] = (
    Recalled(
        "The bank has paid, and the carrier refuses. What does the process manager do?",
        {
            "it sends further commands": "Right: give the money back, put the goods back. The record stays.",
            "it rolls the events back": "Four streams, a bank and a carrier: no transaction covers them, and nothing "
            "that happened can be undone.",
            "it records a refund itself": "It writes no event. It asks, and the stream concerned decides.",
        },
    ),
    Recalled(
        "A read model is being rebuilt. What do its readers get meanwhile?",
        {
            "answers of the old version": "Right: the new one is built beside it, and takes over when it is ready.",
            "half of the table": "Nobody empties the table that serves. The next version has a table of its own.",
            "no answers": "A rebuild only reads the log. It is in nobody's way.",
        },
    ),
    Recalled(
        "Ada's new order is on one copy of a table, and not on the next one she is sent to. What helps?",
        {
            "staying with one copy": "Right: one copy never goes back. A token would do as well.",
            "ordering again": "The order is in the log. Now there would be two.",
            "a short pause": "Nobody knows how far the other copy is behind: it is too long, or too short.",
        },
    ),
)
