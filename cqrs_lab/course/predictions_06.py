"""What the reveals of lesson 6 say to each guess."""

from __future__ import annotations

SAID_TO_06: dict[str, dict[str, str]] = {
    "06.1": {
        "13": "Thirteen lines are on the page, but the join also looks at the index and the orders, at lines that are "
        "not shown (postage), and at each name.",
        "about 40": "Each thing costs a line and a name; each order costs its own row, a row of the index, and a line "
        "of postage. The index keeps the join away from everybody else's rows.",
        "all of them": "That is what a join without an index does. With one, it goes straight to her orders, and from "
        "there to their lines and names.",
    },
    "06.2": {
        "kept answer": "It is the cheapest to read again. But between two reads there are 10,000 orders, so no read is "
        "a second one.",
        "on the log": "One long read in 10,000 orders is less than a short write with every one of them. Where reads "
        "are rare and the log stays short, no copy pays.",
        "own table": "Its reads are short, but each of the 10,000 orders has to be written into it.",
    },
    "06.3": {
        "no": "Which of her things would be different? Throwing the answer away at every write of anybody means that "
        "a busy shop keeps nothing.",
        "only for a minute": "What happens after a minute? If she has ordered nothing, the answer is still the same. "
        "If she orders after a second, it is not. Time is a guess.",
        "yes": "It was made from her orders, and none of them is new. Nobody had to read them again to know that.",
    },
    "06.4": {
        "both": "Each is what the log says, up to the answer's own position. One of them is behind, and you know by "
        "how much.",
        "neither": "Duplication is not inconsistency. Two copies that differ contradict each other only if they speak "
        "of the same moment, and these two say that they do not.",
        "the longer one": "It is newer. The shorter one is just as true: it shows the shop as it was at its position.",
    },
}
