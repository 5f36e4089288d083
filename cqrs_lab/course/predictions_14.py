"""What the reveals of lesson 14 say to each guess."""

from __future__ import annotations

SAID_TO_14: dict[str, dict[str, str]] = {
    "14.1": {
        "about 4 ms": "That is the work alone. The event also has to be read from a file, put into a table and "
        "merged, and table and position have to be saved.",
        "about 10 ms": "The work is the smaller part of it. Nobody knows the rest without measuring it.",
        "about 40 ms": "Files and tables are not as slow as that. But you expected that the work would not be all.",
    },
    "14.2": {
        "longer": "Real things are often worse than a formula. Here the formula assumes that handling varies more than "
        "it does.",
        "about the same": "A p99 depends on how much handling varies. The mean does not say that, and theory had to "
        "assume something.",
        "shorter": "Theory assumes that handling varies more than it does. So the slowest are less slow than it says.",
    },
    "14.3": {
        "it falls behind": "That is what the model says. It was not told that a poll costs nearly the same for ten.",
        "it keeps up, nearly always busy": "It has more time to spare. What costs most is paid once a poll, and there "
        "are far fewer polls than events.",
        "it keeps up, with time to spare": "What costs most is paid once a poll, and a poll takes several events "
        "now. The model knows only a price per event.",
    },
    "14.4": {
        "by chance: 400 events are few": "A short run differs by chance, but seldom this much. See how many of the "
        "hundred have a shorter lag.",
        "events came faster": "Then the lag would be longer, and the rates would differ. They are nearly the same.",
        "handling took longer": "The rate is nearly the same, and chance seldom goes that far. An event took longer "
        "than in the run that calibrated the model.",
    },
}
