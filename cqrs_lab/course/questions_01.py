"""The questions that open lesson 1."""

from __future__ import annotations

from cqrs_lab.course.recalled import Recalled

ASKED_01: tuple[Recalled, ...] = (
    Recalled(
        "Ada has a receipt for her order. Where is the order for certain?",
        {
            "in the log": "Right: the receipt says at which position. Tables follow in their own time.",
            "in every table": "Each table reads the log when it gets to it. None of them has to be there yet.",
            "on her page": "A page shows what its table held when it asked.",
        },
    ),
    Recalled(
        "Two tables disagree about the stock. Which one is wrong?",
        {
            "neither": "Right: each is true as of its own position. One of them has read further.",
            "the older one": "It is late, and what it says was true at its position.",
            "the newer one": "It has read more of the log, which does not make it wrong.",
        },
    ),
    Recalled(
        "What is left of CQRS without the log, the second database and the broker?",
        {
            "two models": "Right: one decides and one answers. The others are later choices.",
            "nothing at all": "They often come with it. It is about two models, wherever these keep their data.",
            "a faster database": "It says nothing about speed. It says that deciding and answering are two jobs.",
        },
    ),
)
