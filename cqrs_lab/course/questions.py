"""The questions that open lessons, with a reply to each answer; those that close a stretch are in `reviews`."""

from __future__ import annotations

from cqrs_lab.course.questions_01 import ASKED_01
from cqrs_lab.course.questions_06 import ASKED_06
from cqrs_lab.course.questions_09b import ASKED_09B
from cqrs_lab.course.questions_11 import ASKED_11
from cqrs_lab.course.questions_12 import ASKED_12
from cqrs_lab.course.questions_13 import ASKED_13
from cqrs_lab.course.questions_14 import ASKED_14
from cqrs_lab.course.questions_15 import ASKED_15
from cqrs_lab.course.recalled import Recalled

# Choices are shown in alphabetical order, so that their place hints at nothing.
QUESTIONS: dict[str, tuple[Recalled, ...]] = {
    "01": ASKED_01,
    "02": (
        Recalled(
            "Ada's order is in the log. What can her page still show?",
            {
                "no order": "Right: the page reads a table, and the table has not read the log yet.",
                "an error": "Nothing failed. A table that is behind is right, as of its own position.",
                "half an order": "An order is one event; a table has either read it or not.",
            },
        ),
        Recalled(
            "Who writes a row into a read model?",
            {
                "its own projector": "Right: it reads the log and works the row out, and can do so again.",
                "the command": "A command's work ends at the log. It does not know which tables there are.",
                "the query": "A query changes nothing, not even a table that is behind.",
            },
        ),
        Recalled(
            "What does a receipt's position promise, if you ask with it?",
            {
                "never anything older": "Right: you get an answer at least that new, or 'pending'.",
                "an answer at once": "It may be 'pending': better no number than one older than your own order.",
                "the newest state": "There may be newer events that it has not read. Yours is in it; that is all.",
            },
        ),
    ),
    "03": (
        Recalled(
            "What makes a message a query?",
            {
                "it changes nothing": "Right: whatever it returns, and whatever it is called.",
                "it returns something": "A command may return a receipt. Ask what is different afterwards.",
                "it has no arguments": "RecalculateTotals had none, and changed every total.",
            },
        ),
        Recalled(
            "What is the least that CQRS needs?",
            {
                "two models": "Right: one that decides and one that answers. The rest are later choices.",
                "two databases": "Lesson 2 had one file with two doors, and it was CQRS.",
                "a log of events": "A log is one way to feed the read side. One SQLite file had none.",
            },
        ),
        Recalled(
            "A page shows an old state. What can you say for sure?",
            {
                "its table is behind": "Right: it is behind, and right as of its own position.",
                "an event was lost": "It is in the log. The table has not read it yet.",
                "the write side failed": "The write side had finished: it returned a receipt.",
            },
        ),
    ),
    "04": (
        Recalled(
            "Two writers append with the same expected version. What does the store do?",
            {
                "one is refused": "Right: that writer loads again, and decides again on the current state.",
                "both are recorded": "Then the second would rest on a state that is gone.",
                "the second waits": "Nobody waits: nothing is locked. The store checks when it appends.",
            },
        ),
        Recalled(
            "An event was recorded by mistake. How do you put it right?",
            {
                "another event": "Right: both stay on record, the mistake and its correction.",
                "it is deleted": "Readers who have already seen it would never hear of that.",
                "it is corrected": "A record that may be edited is not a record any more.",
            },
        ),
        Recalled(
            "What enforces the rule that asking changes nothing?",
            {
                "the read door": "Right: what only reads cannot write, whatever it is sent.",
                "a naming rule": "ListProduct and ListProducts differ by one letter.",
                "a code review": "It may. But reviewers get tired, and a door does not.",
            },
        ),
    ),
    "05": (
        Recalled(
            "Where can a command be refused?",
            {
                "in decide": "Right: it sees the command and the state, and nothing else.",
                "in evolve": "evolve returns the next state after an event, and the event has happened.",
                "in the table": "A table reads what happened. It is too late to refuse that.",
            },
        ),
        Recalled(
            "A rule changes today. Which tables have to be rebuilt?",
            {
                "none": "Right: tables are made from events, and the new rule does not make the old events untrue.",
                "all": "A replay decides nothing again, so every table would come out as it was.",
                "those of the rule": "No table belongs to a rule. They are made from events.",
            },
        ),
        Recalled(
            "The state of a stream at version 5: where does it come from?",
            {
                "its five events": "Right: start from nothing, and apply them one by one. That is a fold.",
                "a row": "Nobody wrote one. The state is worked out each time, or kept as a copy.",
                "the last event": "The last one says what changed last. What was there before is in the other four.",
            },
        ),
    ),
    "06": ASKED_06,
    "07": (
        Recalled(
            "The log is cut in two, each half is summarised by itself, and the two are merged. What comes out?",
            {
                "the table of the whole": "Right: that is the law of merging. Where the cut was does not matter.",
                "the table of the later half": "Then the early facts would be lost. A merge keeps what both say.",
                "it depends on the cut": "Then a table that follows would differ from a rebuilt one. It must not.",
            },
        ),
        Recalled(
            "An answer was kept at position 40, and the log is at 90 now. When is it still good?",
            {
                "if its streams have not moved": "Right: nothing that it was made from has changed since 40.",
                "for a minute": "The clock changes no answer. An event in one of its streams does.",
                "never": "Fifty events of other people say nothing about it. Only its own streams do.",
            },
        ),
        Recalled(
            "Which of these may a query do?",
            {
                "answer from an old state": "Right: as of its position, which it states. That is where lag shows.",
                "count who asked": "The next query would find a different shop. That makes this one a command.",
                "bring its table up to date": "What changes a table is not a question. The projector does that.",
            },
        ),
    ),
    "08": (
        Recalled(
            "A projector is busy 80 % of its time, and then 90 %. What happens to the mean lag?",
            {
                "it doubles": "Right: the free share is halved, and that is what counts.",
                "it grows by an eighth": "So does the work. The lag depends on the share of time that is left free.",
                "nothing, below 100 %": "On average there is room. But random events come in clumps.",
            },
        ),
        Recalled(
            "One copy says five orders, another six. How do you find out whether one of them is wrong?",
            {
                "ask the log, up to each position": "Right: each copy says how far it has read. Behind is not wrong.",
                "believe the longer one": "It has read further. That does not make the shorter one wrong.",
                "compare the two": "They speak of two moments, so they may differ and both be right.",
            },
        ),
        Recalled(
            "Two people decide on version 3 of one stream. What protects the rule?",
            {
                "the expected version": "Right: the second one is refused, loads again, and decides again.",
                "a lock": "Nobody waits for anybody. The store asks one question, when it appends.",
                "the read model": "A table may be behind. No rule asks it.",
            },
        ),
    ),
    "09": (
        Recalled(
            "A page shows an old state, and nobody has seen anything newer. Which promise is broken?",
            {
                "none": "Right: old is not wrong. Promises are about what somebody wrote or saw, and about order.",
                "monotonic reads": "For that, somebody must have seen more before. Nobody had.",
                "consistent prefix": "An old state may be a perfect beginning of the log.",
            },
        ),
        Recalled(
            "Two staircases: committed, and visible. Where do you read the number of events behind?",
            {
                "the vertical gap": "Right: the events committed, less the events visible, at one moment.",
                "the horizontal gap": "That is the lag of one event, in seconds.",
                "the area between": "That adds up everybody's waiting time.",
            },
        ),
        Recalled(
            "A receipt got lost. The same order is sent again under the same command id. How many are recorded?",
            {
                "one": "Right: the store knows the id, and returns the first receipt again.",
                "two": "Without an id it would be two. The id is looked up before anything is decided.",
                "none, an error": "Sending again is right: you had no receipt. The first receipt comes back.",
            },
        ),
    ),
    "09b": ASKED_09B,
    "10": (
        Recalled(
            "A projector writes its table and dies before it writes its checkpoint. What happens next?",
            {
                "events are counted twice": "Right: it restarts at the old checkpoint; the table has these already.",
                "events are skipped": "That happens in the other order: the checkpoint first, the table never.",
                "nothing is wrong": "The table has these events, and the checkpoint does not cover them.",
            },
        ),
        Recalled(
            "The last position is 90, the reader stands at 90, and position 88 is not in its table. How can that be?",
            {
                "88 was committed late": "Right: after the reader had passed it. Nobody will ask for it again.",
                "the next poll reads it": "The next poll asks for what comes after 90.",
                "the lag is not zero": "It is: the lag says where the reader stands, and not what it has read.",
            },
        ),
        Recalled(
            "A read model is deleted. What brings it back?",
            {
                "its projection and the log": "Right: it was worked out from there, and will be again.",
                "a copy of the table": "That would work if somebody had made one. But it is not needed.",
                "the write side": "It decides what may happen, and keeps no tables.",
            },
        ),
    ),
    "11": ASKED_11,
    "12": ASKED_12,
    "13": ASKED_13,
    "14": ASKED_14,
    "15": ASKED_15,
}
