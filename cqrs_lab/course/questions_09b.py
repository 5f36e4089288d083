"""The questions that open lesson 9b."""

from cqrs_lab.course.recalled import Recalled

ASKED_09B = (
    Recalled(
        "A vendor sells a queue that delivers exactly once. What does your worker still have to do?",
        {
            "drop what it has": "Right: where an answer is lost, a delivery is repeated; the checkpoint tells.",
            "nothing more": "No acknowledgement came: was the delivery lost, or the answer? The queue cannot know.",
            "write the checkpoint first": "Then a crash loses the event, and nobody delivers it again.",
        },
    ),
    Recalled(
        "Ada wants to see her own order on the next page. What does the page ask with?",
        {
            "her receipt's position": "Right: no older answer will do, and she waits for nothing else.",
            "a pause of one second": "Nobody knows the lag beforehand: too long for most, too short for some.",
            "the newest position": "She would wait for everybody's events to see one of her own.",
        },
    ),
    Recalled(
        "A rule has become stricter. What does it do to the events that are on record?",
        {
            "nothing": "Right: replay does not decide again. What happened, happened under the rule of its day.",
            "refuses some of them": "Nobody asks it about the past. Replay applies events, and does not decide.",
            "marks them as invalid": "They were valid when they were decided, and a record is not edited.",
        },
    ),
)
