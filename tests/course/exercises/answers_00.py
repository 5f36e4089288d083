"""Answers to the exercises of lesson 0: right ones in several styles, and wrong ones with what each is told."""

ORDER = {"events this adds to the log": 1, "orders on her page, asked at once": 0, "cups fewer in stock": 5}
EVENTS, AT_ONCE, FEWER = ORDER
NOTHING = {"events this adds to the log": 1, "orders on his page": 0}
MESSAGES = {
    "BorrowCopy": "command",
    "CopyBorrowed": "event",
    "WhoHasCopy": "query",
    "LoanRefused": "event",
    "ReturnCopy": "command",
}
WRONG_ORDERS = {
    "a fact per cup": ((5, ORDER | {EVENTS: 5}), "One per cup?"),
    "no fact": ((5, ORDER | {EVENTS: 0}), "What does the log hold"),
    "the receipt reaches the page": ((5, ORDER | {AT_ONCE: 1}), "Who has told the table"),
    "five orders": ((5, ORDER | {AT_ONCE: 5}), "Which facts has the table read"),
    "stock counts orders": ((5, ORDER | {FEWER: 1}), "You count orders"),
    "stock never reads on": ((5, ORDER | {FEWER: 0}), "until its table reads on"),
    "what is left": ((5, ORDER | {FEWER: 4}), "How many cups are spoken for"),
    "one cup": ((1, ORDER), "two of the answers look alike"),
    "no pair": (ORDER, "How many cups, and what follows"),
}
WRONG_NOTHINGS = {
    "no trace": (NOTHING | {EVENTS: 0}, "what would it count"),
    "many facts": (NOTHING | {EVENTS: 2}, "How many facts is that"),
    "an order": (NOTHING | {"orders on his page": 1}, "not the same thing"),
    "no answer": ({EVENTS: 1}, "How many orders took place"),
    "no dict": ([1, 0], "what is on the page"),
}
WRONG_MESSAGES = {
    "a wish is an event": (MESSAGES | {"BorrowCopy": "event"}, "May the library still say no"),
    "a wish is a query": (MESSAGES | {"BorrowCopy": "query"}, "on the shelf as before"),
    "an event is a command": (MESSAGES | {"CopyBorrowed": "command"}, "Who could refuse this"),
    "a query is a command": (MESSAGES | {"WhoHasCopy": "command"}, "a hundred times"),
    "a refusal is a command": (MESSAGES | {"LoanRefused": "command"}, "Nobody wishes for this"),
    "no answer": (MESSAGES | {"ReturnCopy": None}, "or only ask"),
    "no dict": (list(MESSAGES.values()), "each of the five"),
}

RIGHT = {
    "00.1": [(5, ORDER), (2, dict(zip(ORDER, [1, 0, 2], strict=True)))],
    "00.2": [NOTHING, dict(reversed(NOTHING.items()))],
    "00.3": [MESSAGES, {message: kind.title() for message, kind in MESSAGES.items()}],
}
WRONG = {"00.1": WRONG_ORDERS, "00.2": WRONG_NOTHINGS, "00.3": WRONG_MESSAGES}
