"""What the reveals of lesson 13 say to each guess."""

from __future__ import annotations

SAID_TO_13: dict[str, dict[str, str]] = {
    "13.1": {
        "none": "Each command has an id made from its invoice number, and the store looks the id up before anything is "
        "decided. So you may interrupt, and run the cell again.",
        "those of the last 500": "They were recorded together, and so are their ids. Had it been interrupted among "
        "them, none of the 500 would be there, and all of them would be sent again.",
        "all of them": "That is what a file import without ids does. Most real imports have been run twice at some "
        "time.",
    },
    "13.2": {
        "fewer than 1": "Odd rows are not wrong rows. Most of them have a rule of their own: postage is a charge, a "
        "smashed cup an adjustment, a discount is taken off. Only what nobody can read as trade is refused.",
        "about 10": "Add up all that looks odd and you get there. But a rule can be written for nearly all of it.",
        "about 25": "That would leave out whatever has no customer. The goods left the shop all the same, and somebody "
        "paid for them.",
    },
    "13.3": {
        "the same number": "That is right for a customer who bought on one day. One who "
        "comes on ten days is counted ten times.",
        "more, up to twice as many": "Somebody who comes on ten days is counted ten times, and many customers "
        "of this shop come again and again.",
        "more than twice as many": "A number per day has forgotten who was there. To merge days, a table keeps one row "
        "per customer, and the question counts the rows.",
    },
    "13.4": {
        "up to 10": "Any number up to 511 is a sum of 256, 128, 64 and so on down to 1, each of them at most once. "
        "Each of these is one summary, which is merged already.",
        "about 190": "With pairs alone, that would be it. But pairs can be merged too, and what comes of that.",
        "one for each day": "That is how a table is built that knows only days: all of them, whenever somebody asks.",
    },
}
