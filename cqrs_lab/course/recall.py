"""Recall: three questions from earlier lessons, answered from memory, in under two minutes."""

from __future__ import annotations

from typing import Any, NamedTuple

from cqrs_lab.course.ask import Ask, Question
from cqrs_lab.course.progress import notes
from cqrs_lab.errors import InvalidArgument


class Recalled(NamedTuple):
    """A question about an earlier lesson: its right choice first, then the others, each with what is said to it."""

    text: str
    answers: dict[str, str]

    @property
    def right(self) -> str:
        """The right choice."""
        return next(iter(self.answers))


# Choices are shown in alphabetical order, so that their place tells nothing.
QUESTIONS: dict[str, tuple[Recalled, ...]] = {
    "02": (
        Recalled(
            "Ada's order is in the log. What can her page still show?",
            {
                "no order": "Right: the page reads a table, and the table reads the log when it comes round to it.",
                "an error": "Nothing failed. A table that is behind answers truly, as of where it stands.",
                "half an order": "An order is one event; a table has read it or has not.",
            },
        ),
        Recalled(
            "Who writes a row into a read model?",
            {
                "its own projection": "Right: it reads the log and works the row out. So it can be made again.",
                "the command": "The command's work ends at the log. It does not know which tables there are.",
                "the query": "A query changes nothing, not even a table that is behind.",
            },
        ),
        Recalled(
            "What does a receipt's position promise, if you ask with it?",
            {
                "never anything older": "Right: you get an answer at least that new, or 'pending'.",
                "an answer at once": "It may be 'pending': better no number than one older than your own order.",
                "the newest state": "There may be newer events that it has not read. Yours is in it, that is all.",
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
            "What does CQRS need at the least?",
            {
                "two models": "Right: one that decides and one that answers. The rest are later choices.",
                "two databases": "Lesson 2 had one file with two doors, and it was CQRS.",
                "a log of events": "A log is one way to feed the read side. One SQLite file had none.",
            },
        ),
        Recalled(
            "A page shows an old state. What can you say for sure?",
            {
                "its table is behind": "Right: behind, and right as of its own position.",
                "an event was lost": "It is in the log. The table has not read it yet.",
                "the write side failed": "The write side had finished; it gave a receipt.",
            },
        ),
    ),
    "04": (
        Recalled(
            "Two append with the same expected version. What does the store do?",
            {
                "one is refused": "Right: it loads again and decides anew, on what is so now.",
                "both are recorded": "Then the second would stand on a state that was gone.",
                "the second waits": "Nobody waits: there is no lock. The check comes with the append.",
            },
        ),
        Recalled(
            "An event was recorded by mistake. How is it mended?",
            {
                "another event": "Right: both stay on record, the mistake and its correction.",
                "it is deleted": "Who has read it already would never hear of that.",
                "it is corrected": "A record that may be edited is no record any more.",
            },
        ),
        Recalled(
            "Who keeps the rule that asking changes nothing?",
            {
                "the read door": "Right: what only reads cannot write, whatever it is sent.",
                "a naming rule": "ListProduct and ListProducts differ by one letter.",
                "a code review": "It may. A door does not get tired.",
            },
        ),
    ),
}


def recall(lesson: str) -> Ask:
    """Ask the three questions that open a lesson; each is met at once, and the first answer is kept.

    Parameters
    ----------
    lesson : str
        Its two digits: "02".
    """
    if lesson not in QUESTIONS:
        raise InvalidArgument(f"no questions open lesson {lesson!r}; there are some for {', '.join(QUESTIONS)}")
    asked = {f"{lesson}.{number}": one for number, one in enumerate(QUESTIONS[lesson], 1)}

    def respond(question: Question, answer: Any) -> str:
        one = asked[question.key]
        if notes().first("recall", question.key) is None:
            notes().add("recall", question.key, answer=answer, right=answer == one.right)
        return one.answers[answer]

    return Ask([Question(key, one.text, tuple(sorted(one.answers))) for key, one in asked.items()], respond)
