"""What the reveals of lesson 12 say to each guess."""

from __future__ import annotations

SAID_TO_12: dict[str, dict[str, str]] = {
    "12.1": {
        "they stay, and more follow": "Others have already seen the first seven: they are on Ada's statement, in the "
        "accountant's table, at the bank. The log has more events afterwards, not fewer, and her statement has two "
        "lines: taken, given back.",
        "they are rolled back": "Compensation is not rollback. The bank has taken the money, and her statement says "
        "so: nobody can make that not have happened.",
        "they are marked as void": "To mark an event is to edit it, and those who have read it would never hear of "
        "that. And it did happen: the money was taken.",
    },
    "12.2": {
        "somebody calls it with the time": "Silence is no event. Time is a fact from outside, as in lesson 4, and "
        "comes in with the call.",
        "from an event in the log": "Silence leaves no event. If nobody says anything, nothing is recorded.",
        "from its own clock": "Then the same log leads to other commands tomorrow, and a test takes half an hour.",
    },
    "12.3": {
        "the money is taken and goes back": "The bank did take it, and a late fact is still a fact. The payment's own "
        "rules know that it was withdrawn, and give the money back at once.",
        "nothing, it is too late": "Too late for the order; but the bank has the money. What is not recorded cannot be "
        "put right.",
        "the order is paid after all": "It was cancelled ten minutes before, and its goods are free for other "
        "customers. An answer that comes late meets the rules as they are now.",
    },
    "12.4": {
        "once": "The command is sent twice, under the same id, and the stream already has it: the second send gets "
        "the first receipt.",
        "twice": "It is sent twice. But it has the same id both times, and the stream knows it. The bank itself "
        "only knows it if the program that calls it passes the id on.",
        "never": "That would be so if the process saved its checkpoint first and died before it sent. It sends first.",
    },
}
