"""What the reveals of lesson 8 say to each guess."""

from __future__ import annotations

SAID_TO_08: dict[str, dict[str, str]] = {
    "08.1": {
        "about 5": "That many still miss it six seconds after the order. Half a second is short for a lag of two.",
        "about 20": "That many miss it after three seconds. Most of them look long before.",
        "most of them": "An event lags two seconds on average, and they look after half a second.",
    },
    "08.2": {
        "none": "Sleeping does not fix it: nobody knows the lag beforehand. If you hit a busy moment you still miss "
        "it, and everybody else has waited for nothing.",
        "about 10": "A second and a half is still less than the mean lag, which is two.",
        "about 50": "One more second helped some of them, and all have waited for it.",
    },
    "08.3": {
        "a refusal": "The rule looked at the stream, where Ben's reservation stands, and not at her page.",
        "her reservation": "The page said so. But no rule asks a page: it looks at the stream, and Ben is there.",
        "both reservations, stock -1": "A stale screen does not corrupt writes. The rule decides what is recorded, on "
        "the stream as it is now.",
    },
    "08.4": {
        "less than an event lags": "When a visitor comes, the newest event has been on its way for a while, or has "
        "arrived already. Only the rest of its way is left to wait for.",
        "no time at all": "Every read needs a token, then? It waits for an event that this visitor does not care "
        "about, and most of the time one is on its way.",
        "as long as an event lags": "That would be so if each came just after an event. When a visitor "
        "comes, the newest one has been on its way for a while, and sometimes it has arrived already.",
    },
}
