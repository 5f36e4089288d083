"""The questions that open lesson 15, and those that close it and the course."""

from __future__ import annotations

from cqrs_lab.course.recalled import Recalled

ASKED_15: tuple[Recalled, ...] = (
    Recalled(
        "An import of half a million rows stops halfway. What makes it safe to start it from the beginning?",
        {
            "an id for each bill": "Right: made from the invoice number, and looked up before anything is decided.",
            "an empty log": "Then what has been recorded is thrown away, and everybody who has read it is wrong.",
            "the last row's number": "If that is kept beside the log, one of the two is ahead after a crash.",
        },
    ),
    Recalled(
        "The carrier refuses after the bank has paid. Which events are deleted?",
        {
            "none": "Right: what happened stays. Further commands give the money and the goods back.",
            "those after the payment": "They are true all the same. A compensation is a new fact, and no rollback.",
            "all of this order": "Then nobody could say why the bank has moved money twice.",
        },
    ),
    Recalled(
        "A table is rebuilt while 20 events a second come in, and it can apply 100. What is left to catch up with?",
        {
            "80 a second": "Right: it has to read what arrives meanwhile, too.",
            "100 a second": "While it reads the past, the log grows. Somebody has to read that as well.",
            "120 a second": "What comes in is more work, and no help.",
        },
    ),
)

REVIEW_15: tuple[Recalled, ...] = (
    Recalled(
        "What is left of CQRS if you take the broker, the log and the second database away?",
        {
            "two models": "Right: one that decides about changes, one that answers. The others are later choices.",
            "a slower CRUD shop": "It has no more parts than before: one file, two shapes.",
            "nothing": "Lesson 2 had both doors, on one SQLite file, and no lag.",
        },
    ),
    Recalled(
        "Ada and Ben decide on version 3, and Ben is the second to append. What happens?",
        {
            "Ben is refused": "Right: the stream is at version 4. He loads again, and decides on the current state.",
            "the last one wins": "That is a lost update. The expected version is there to prevent it.",
            "Ada is undone": "Her event has happened, and nobody who comes later can undo it.",
        },
    ),
    Recalled(
        "A projector is busy 90 % of the time, and traffic grows by a twentieth. What happens to the lag?",
        {
            "it nearly doubles": "Right: the free share falls from 10 to 5.5 %, and lag = handling ÷ free share.",
            "it grows by a twentieth": "The busy share does. The lag depends on what is left of the time.",
            "it stays as it is": "It would, if events came by the clock. At random they queue.",
        },
    ),
    Recalled(
        "A customer does not see the order that she has just placed. What is the cheapest cure?",
        {
            "a token, for her page": "Right: her page waits for her own write. Nobody else waits for anything.",
            "a pause for all pages": "Everybody waits, mostly for nothing, and now and then it is still too short.",
            "reading from the log": "Then every page of hers folds the log, and all that is won is lost again.",
        },
    ),
    Recalled(
        "The same event reaches a projector twice. Where does it say that it counts once?",
        {
            "beside the table": "Right: the checkpoint is in the table's own transaction, and covers the event.",
            "in the broker": "Exactly once, as a delivery, is nothing that a network can promise.",
            "in the event": "It is the same event both times. It cannot know how often it was read.",
        },
    ),
    Recalled(
        "A new question about last year comes up. With which of these can it still be answered?",
        {
            "a log": "Right: if its events say what the question needs. A table is made from them.",
            "a read model": "It holds what was asked when it was made. A new question needs a new table.",
            "a backup of the rows": "It shows one evening. What happened between two of them is gone.",
        },
    ),
)
