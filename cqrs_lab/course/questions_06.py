"""The questions that open lesson 6."""

from __future__ import annotations

from cqrs_lab.course.recalled import Recalled

ASKED_06: tuple[Recalled, ...] = (
    Recalled(
        "Two tables follow one log. Who tells the second that the first has been updated?",
        {
            "nobody": "Right: each reads the log by itself, at its own pace, and knows its own position.",
            "the first table": "Then one that fails would stop the other. They do not know each other.",
            "the command": "It knows no table. It ends when its events are in the log.",
        },
    ),
    Recalled(
        "Where does a rule look when it decides whether to accept a command?",
        {
            "at its stream": "Right: at the state that its own stream leads to, guarded by the expected version.",
            "at the newest table": "A table may be behind. Whatever is decided from it is decided on the past.",
            "at the whole log": "Rules hold within one stream. The rest of the log does not matter to them.",
        },
    ),
    Recalled(
        "A receipt says position 12. What can its sender ask for?",
        {
            "an answer as of 12 or later": "Right: the bus then gives no older answer, and says so if it has none.",
            "the answer as of 12 exactly": "A table moves on, and keeps no earlier states. Later is fine, too.",
            "that all tables be at 12": "A question changes nothing: it can only wait, or be told to ask again.",
        },
    ),
)
