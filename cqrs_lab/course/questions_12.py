"""The questions that open lesson 12."""

from __future__ import annotations

from cqrs_lab.course.recalled import Recalled

ASKED_12: tuple[Recalled, ...] = (
    Recalled(
        "Half of all events are one customer's, and their projector falls behind. What helps?",
        {
            "a split of that key": "Right: where summaries of the pieces can be merged. If not, a faster projector.",
            "twice as many partitions": "All of that customer's events still go to one of them.",
            "twice as many copies": "Each copy handles all events, and in each one projector has that customer.",
        },
    ),
    Recalled(
        "A read model is rebuilt from the first event. Which emails go out?",
        {
            "none": "Right: only rows are rebuilt. What has reached people is not sent again.",
            "all of them again": "Then every repair would write to every customer. A rebuild only makes rows.",
            "those that failed": "A table does not know which emails failed, and it sends none.",
        },
    ),
    Recalled(
        "All day, more events come in than the projector can handle. What does the lag do?",
        {
            "it grows without end": "Right: at 100 % and above there is no level where it would settle.",
            "it settles, at a high level": "Below 100 % it would. Above, each hour adds more than it takes away.",
            "it stays: the log waits": "The log does not wait for its readers, so the distance grows.",
        },
    ),
)
