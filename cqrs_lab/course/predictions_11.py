"""What the reveals of lesson 11 say to each guess."""

from __future__ import annotations

SAID_TO_11: dict[str, dict[str, str]] = {
    "11.1": {
        "yes, easily": "That would be so if the work were spread evenly. But more partitions do not cure a hot key: "
        "all of its events stay together, in one of them.",
        "yes, but barely": "That would be so if half of the cup's events went elsewhere. The product picks the "
        "partition, so they stay together.",
        "no": "The cup alone brings 12 events a second, and a projector handles 10. More partitions deal out products; "
        "they do not divide one.",
    },
    "11.2": {
        "half as far": "Copies do not share the events: each one has to handle them all, or it could not answer. "
        "Copies do not cure a slow projector.",
        "as far as before": "Each copy handles every event, with projectors of its own. Twice the copies answer twice "
        "as many questions, and each of them is as late as before.",
        "twice as far": "That would be so if all copies had the same projectors. Each has its own.",
    },
    "11.3": {
        "about as soon": "One of the four is often unlucky: an event in front takes long, at this copy alone.",
        "later, but not twice": "The slowest of four is later than any single one. But they get the same events at the "
        "same moments, so they are often late together.",
        "more than twice as late": "It would be, if the copies had nothing to do with each other. But they get the "
        "same events at the same moments, and are often late together.",
    },
    "11.4": {
        "at once": "New events come while it handles the old ones. To catch up, it has only the free share.",
        "about 3 minutes": "That is how long the events took to come. It has a quarter of its time for them, since new "
        "ones come meanwhile.",
        "about 9 minutes": "Three minutes of events wait, at three quarters of what it can do. A quarter is free, so "
        "it takes three times as long as the cut itself.",
    },
}
