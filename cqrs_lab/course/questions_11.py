"""The questions that open lesson 11."""

from __future__ import annotations

from cqrs_lab.course.recalled import Recalled

ASKED_11: tuple[Recalled, ...] = (
    Recalled(
        "A new table has 60,000 events to read, 300 a second; 100 a second come in. How long?",
        {
            "5 minutes": "Right: it gains 200 a second on the log.",
            "3 minutes 20": "At 300 a second, if nothing came in. But the log grows meanwhile.",
            "it never ends": "It would not, if 300 came in. Here it reads faster than the log grows.",
        },
    ),
    Recalled(
        "A transaction holds position 5 and stays open for a minute. With a low watermark, who waits?",
        {
            "readers of 6 and later": "Right: nothing behind the open position is handed out before it is settled.",
            "the next writers": "That is the lock. With a watermark writers go on, and readers wait.",
            "nobody, and 5 is skipped": "Skipping it for good is what the watermark is there to prevent.",
        },
    ),
    Recalled(
        "One more copy of a fact makes a page faster. What does the copy cost?",
        {
            "a write per event": "Right: each event has to go into it, whether anybody reads it or not.",
            "a slower command": "A command ends at the log. The copy is made afterwards.",
            "nothing, if it is small": "However small it is, every event that it shows has to be written into it.",
        },
    ),
)
