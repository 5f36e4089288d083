"""What the reveals of lesson 15 say to each guess."""

from __future__ import annotations

SAID_TO_15: dict[str, dict[str, str]] = {
    "15.1": {
        "none": "A row says what is true now. That the order was paid at some time follows from it; when, and by whom, "
        "does not. What is not known is not recorded, and the event says so in its name.",
        "one": "It must have been paid before it was shipped. But at what time? An event with an invented time cannot "
        "be told from a true one, and somebody will rely on it.",
        "one for each status": "That would be a history made up from its end. The row has kept the last page of it.",
    },
    "15.2": {
        "about as much": "One transaction against a command for each stream that is concerned: the order's, and one "
        "for the stock of each thing on it. Each of them is loaded, decided and committed.",
        "less than half": "Nothing is looked up in other tables, that is right. But the same facts are written to more "
        "places, one after the other.",
        "more than twice as much": "And no projector has read any of it yet.",
    },
    "15.3": {
        "both take about as long": "Each page is asked of a table of its own, and yet the two differ by far. What does "
        "a page of five rows cost, and what does it cost to ask at all?",
        "the join": "A customer has a few orders, and an index finds them, so there is nothing to save. CQRS is not "
        "faster: a read model is, where a page has to add up a lot.",
        "the read model": "CQRS is faster, many people say. Here the join has an index and a few rows, so the table "
        "made beforehand saves nothing.",
    },
    "15.4": {
        "all four": "All or nothing? Three of the four pages are found by an index, or added up in a moment.",
        "none": "One of them adds up every line of every order, each time that somebody looks.",
        "one": "So give that page a read model, and leave the other three where they are.",
    },
}
