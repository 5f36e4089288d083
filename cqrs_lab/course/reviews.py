"""The mixed questions that close a stretch of the course, with a reply to each answer."""

from __future__ import annotations

from cqrs_lab.course.questions_15 import REVIEW_15
from cqrs_lab.course.recalled import Recalled

REVIEWS: dict[str, tuple[Recalled, ...]] = {
    "05": (
        Recalled(
            "Ben is refused: expected version 3, found 4. What does the bus do?",
            {
                "load and decide again": "Right: on the current state. The outcome may be a different one.",
                "append it again": "At version 4? Then it would rest on a state that Ben never saw.",
                "undo version 4": "Version 4 happened. Somebody who comes later cannot undo it.",
            },
        ),
        Recalled(
            "A query removes expired carts while it looks for one. What is it?",
            {
                "a command": "Right: the shop is different afterwards. Its name and what it returns do not matter.",
                "a query": "Send it and look at the shop: something is gone. A question must not do that.",
                "both": "Then nobody could repeat it safely, or cache its answer. Split it in two.",
            },
        ),
        Recalled(
            "The manager wants a new list: customers by returned units. What has to change?",
            {
                "one new projection": "Right: the facts are on record from the first day. A table is made from them.",
                "the write side": "It decides what may happen. The returns have happened, and are on record.",
                "the events": "They say who returned what, and how many. Nothing is missing.",
            },
        ),
        Recalled(
            "Two tables show the shop at positions 40 and 43. Which one is right?",
            {
                "both": "Right: each as of its own position. Ask for a position if you need one.",
                "the one at 43": "It is newer. The other one shows the shop as it was at 40.",
                "neither": "Both are exact, each for the place in the log that it has reached.",
            },
        ),
    ),
    "10": (
        Recalled(
            "A page showed three orders, and shows two a moment later. Which promise was broken?",
            {
                "monotonic reads": "Right: what somebody has seen must not disappear. Two copies, one behind the "
                "other, or a swap too early, can do that.",
                "read your writes": "Nobody said whose orders these are. What is gone is something that somebody has "
                "seen.",
                "none: old is not wrong": "Old is not wrong. But here the page went back in time.",
            },
        ),
        Recalled(
            "A rebuild applies 100 events a second, while 90 a second arrive. When is it done?",
            {
                "late: it gains 10 a second": "Right: it catches up only with what the traffic leaves free.",
                "as soon as if nothing arrived": "While it reads, the log grows. It has to read that too.",
                "never": "That would be so if 100 or more arrived each second. Here some room is left.",
            },
        ),
        Recalled(
            "A table says 12 and the events add up to 10. What do you do?",
            {
                "fix the projection, rebuild": "Right: build beside the table that serves, then swap, and look at "
                "what differs.",
                "correct the row": "The next rebuild brings the mistake back: it is in the code, not in the row.",
                "correct the events": "They say what happened. The projection counted it wrongly.",
            },
        ),
        Recalled(
            "The same event reaches a projector a second time. What makes sure that it counts once?",
            {
                "the checkpoint": "Right: it is saved in the table's transaction, and already covers that event.",
                "the network": "A delivery may be repeated whenever an answer is lost. Nobody can rule that out.",
                "the writer": "It wrote the event once. The one who hears it twice has to deal with that.",
            },
        ),
        Recalled(
            "Two transactions took 7 and 8, and 8 is committed. How far may a reader read?",
            {
                "up to 6": "Right: 7 is open. If it commits later, nobody would come back for it.",
                "up to 8": "Then its next question is for what comes after 8, and 7 is never read.",
                "up to 8, without 7": "Its position is one number, and stands for everything up to it.",
            },
        ),
    ),
    "15": REVIEW_15,
}
