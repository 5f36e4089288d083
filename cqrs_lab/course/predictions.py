"""What a reveal says beside the answer: what leads to each wrong guess, and why the right choice is right.

Everybody gets the text of the right choice.
"""

from __future__ import annotations

from cqrs_lab.course.predictions_01 import SAID_TO_01
from cqrs_lab.course.predictions_06 import SAID_TO_06
from cqrs_lab.course.predictions_08 import SAID_TO_08
from cqrs_lab.course.predictions_11 import SAID_TO_11
from cqrs_lab.course.predictions_12 import SAID_TO_12
from cqrs_lab.course.predictions_13 import SAID_TO_13
from cqrs_lab.course.predictions_14 import SAID_TO_14
from cqrs_lab.course.predictions_15 import SAID_TO_15

SAID_TO: dict[str, dict[str, str]] = {
    "00.1": {
        "no order": "The page reads a table, and that table has not read the order yet.",
        "one order": "The receipt went to Ada, and the event went into the log. The page reads neither: it reads a "
        "table of its own.",
        "an error": "Nothing failed. The table's answer is true, as of the last fact it has read.",
    },
    "00.2": {
        "no number": "The table has not read that far, so it cannot say what is true at the receipt's position. "
        "'Pending' means: ask again in a moment. Without at_least, the page gets what the table holds, however old.",
        "12 cups": "That would be an old answer, and the page said that it accepts none older than the receipt.",
        "10 cups": "That is what the log implies, but this table has not read that far.",
    },
    **SAID_TO_01,
    "02.1": {
        "two": "Every third question gets a discount, no matter who asks it. Asking does something here, so it "
        "matters who asks, and how often. A page that is reloaded, a robot that collects prices, a request that is "
        "sent again because the network was slow: each of them moves the price for everybody.",
        "one": "That is how a price should behave. This one counts the questions, so the third hears a different one.",
        "four": "It changes only on every third question. But you noticed that asking leaves a trace here.",
    },
    "02.2": {
        "one": "It is the id, by which both find the product. The rule has no use for eight of the ten columns; the "
        "page gathers from three tables, and must not show the cost. What passes between them is the price: the rule "
        "lets it through, and the page shows it.",
        "none": "Both have to find the product first, and they find it by its id.",
        "three": "The columns stand side by side in one table, and look as if they were used together.",
    },
    "02.3": {
        "no": "There is no lag here: one transaction has written both tables, and both doors open on one file.",
        "yes, for a few milliseconds": "What would they wait for? CQRS is two models; it does not mean microservices, "
        "a second database or a lag. Those are later choices.",
        "yes, until a restart": "A door does not remember what it showed before. Every question reads the file again.",
    },
    "02.4": {
        "a receipt": "It says that the change has been made, and where it is in the log. It answers no question about "
        "the shop: that is what queries are for.",
        "nothing": "That is the rule of CQS, which is about methods: each one either changes or answers. CQRS is not "
        "CQS; it is about models. A command that must return nothing leaves its sender in the dark.",
        "the new price list": "Then the write side would answer questions, and every command would bring back a page.",
    },
    "03.1": {
        "11": "The record does not accept the correction: an event says what happened, and the shop did write off a "
        "cup on Sunday.",
        "12": "That would be right if events could be edited. A record that may be edited cannot be trusted, and "
        "nobody can follow it: a table that has read the event will not read it again.",
        "0": "0 is what the event would hold if it accepted the correction. The fold would add it to the twelve.",
    },
    "03.2": {
        "one": "Ben's decision was right when he made it, and wrong when it arrived. The store asked one question: is "
        "the last thing you saw still the last thing that happened? Nobody waited, and the loser loads again and "
        "decides on the current state.",
        "two": "Both decisions were right when they were made. But the store asks each writer what they knew, and the "
        "second did not know about the first.",
        "none": "Then nobody could ever sell anything on a busy day. One of the two has seen all there was to see.",
    },
    "03.3": {
        "24": "The second time the bus loads the first delivery and adds another one: nothing says that it is the "
        "same delivery. With a command id the second send gets the first receipt, and records nothing.",
        "12": "The expected version stops a writer who did not know the latest one. A retry loads again, so it knows, "
        "and is let through. An optimistic check does not prevent every retry; a command id does.",
        "12, and an error": "The second send loads the stream again, so it knows the latest version, and there is no "
        "conflict. An optimistic check does not see that the request is an old one.",
    },
    "03.4": {
        "the record itself": "State and table are worked out from the log, so nothing is lost when they go.",
        "an audit table": "An audit table is written beside the truth, and may differ from it. This log has nothing "
        "beside it: the state itself is worked out from the log.",
        "a message broker": "A broker passes messages on and may forget them afterwards. The log keeps them, in one "
        "order, and checks who may append. Something else may pass them on; that is a separate choice.",
    },
    "04.1": {
        "another OrderCancelled": "Then every table would subtract the lines twice. An event says that something has "
        "changed, and nothing has.",
        "an error": "She asked for a cancelled order, and has one. Which rule did she break? A receipt can get lost.",
        "no event, no error": "The order was cancelled already, so there is nothing to record, and nothing to refuse. "
        "If a receipt gets lost, it is safe to send the command again.",
    },
    "04.2": {
        "it is refused": "Replay does not decide again. The order was accepted when it was placed.",
        "five of the eight stay": "Nobody is there to cut it down: a replay repeats what happened, event by event.",
        "it stays": "New commands meet the new rule. What has happened has happened: a replay runs evolve alone, and "
        "evolve never refuses.",
    },
    "04.3": {
        "both at once": "They would, on streams of their own. Bigger aggregates are not safer: everything in one "
        "stream is checked against everything else in it.",
        "both are sent back": "Somebody is always first, and that one has seen all there was to see.",
        "one is sent back": "A cup and a pot have no rule in common, and yet one buyer got in the other's way. Small "
        "streams let strangers pass each other.",
    },
    "04.4": {
        "one": "The version check guards one stream, and these are two. One stream cannot keep an e-mail unique in "
        "all of them.",
        "both": "Then nobody could ever sign up. What stood in the way of the first of the two?",
        "none": "Each rule saw its own stream, and there the address was free.",
    },
    "05.1": {
        "at every cut": "That holds if both pieces have as many ratings of the cup. Where they have not, the mean of "
        "means is not the mean.",
        "at no cut": "Where each piece has two ratings of the cup, the two averages weigh the same, and rightly. So a "
        "test with one cut may pass.",
        "at some cuts": "Two of the seven leave two ratings of the cup on each side. After event 5, three ratings say "
        "5.0 and one says 1.0, and merge makes 3.0 of them: the mean of means is not the mean.",
    },
    "05.2": {
        "1": "One table for each kind of thing would be the write side drawn a second time. A read model belongs to a "
        "question, not to an entity.",
        "7": "Each table says which events it reads. An order changes neither what is for sale nor a cart.",
        "5": "What did I order, what is on it, how many are left, what came in today, what sells: five questions, so "
        "the same fact is written down five times, and no page has to join anything.",
    },
    "05.3": {
        "the orders": "The orders are in the log, every one. What was deleted is a table worked out from them. "
        "Read models are not precious: they are the part of a shop that you can throw away.",
        "the newest orders": "A table holds nothing that the log does not hold, neither old nor new.",
        "nothing": "It took as long as reading the log. That is why a wrong table is no disaster: repair the "
        "projection, and rebuild the table.",
    },
    "05.4": {
        "2 orders, 8 cups": "Each table reads by itself. One of them has read to the end, and the other has not moved.",
        "1 order, 11 cups": "The history has read the new order. It is the other table that has not.",
        "2 orders, 11 cups": "Her order is there, and her three cups are still on the shelf. Each answer came with its "
        "position, so neither was false; but the page put two moments side by side.",
    },
    **SAID_TO_06,
    "07.1": {
        "a few milliseconds": "Eventual does not mean milliseconds. It takes as long as the numbers say, and here "
        "somebody looks only every four seconds.",
        "about 4 seconds": "Only an event right after a look waits that long. One right before a look does not wait.",
    },
    "07.2": {
        "1 second": "That is the handling alone. Four fifths of the time something is being handled already, and often "
        "there are others in front.",
        "2 seconds": "That is right if at most one event is in front. At random they come in clumps, which take time.",
    },
    "07.3": {
        "about 5 seconds": "That is the average, and averages do not describe readers: most of them wait less, and "
        "some far longer. Nobody meets the average.",
        "about 10 seconds": "Twice the average is where 14 in 100 still wait. The tail is longer than it feels.",
    },
    "07.4": {
        "a little": "90 % busy sounds like 10 % to spare. But what counts is the free share, and that is halved.",
        "by half": "The busy share has grown by an eighth. The free share is halved, and the lag depends on that.",
    },
    **SAID_TO_08,
    "09.1": {
        "43 cups": "The table had Ada's three cups, and the checkpoint did not cover them. So they were delivered "
        "again, and counted again.",
        "40 cups": "That would be so if both were written at once. Here the table has the third order, and the "
        "checkpoint does not cover it.",
        "46 cups": "Only one order was between the two writes, and it is delivered one more time, not two.",
    },
    "09.2": {
        "no": "Whichever queue it is, when no acknowledgement comes it has to choose: deliver again, or perhaps lose "
        "the event. This one delivers again, and only the worker that compares positions notices.",
        "yes": "Exactly-once delivery is impossible: a sender that hears no answer has to send again, or give up. What "
        "is possible is that each event counts once.",
        "yes, if no worker ever crashes": "No worker crashed here. An answer got lost on its way: that takes no crash.",
    },
    "09.3": {
        "all of them": "Both are written, or neither is: there is no moment in between. What came twice was "
        "dropped, and what was lost was delivered again.",
        "all but one": "Which one? A transaction does not make the dangerous moment shorter. It leaves none.",
        "about half of them": "That was the worker with two writes, at one of its places. Here each crash leaves the "
        "old pair or the new one.",
    },
    "09b.1": {
        "one event, forever": "No error, no lag, and a customer whose order is in no table. Position 1 was committed "
        "after the reader had passed it, and the reader does not look back.",
        "nothing is missing": "Zero lag does not mean that nothing is missing. It says that the reader is at the "
        "end of the log.",
        "one event, until the next poll": "The next poll asks for what comes after position 2. Nobody will ever ask "
        "for 1 again.",
    },
    "09b.2": {
        "never": "A rolled-back transaction has used up its number, and nobody gets it again. A missing number may be "
        "late, or gone for good, and the log looks the same.",
        "at the next poll": "At the next poll 1 is still missing, and this reader waits for it.",
        "when Ada tries again": "Then she takes the next free number, 3. A number is handed out once.",
    },
    "09b.3": {
        "about the same": "A lock is a queue. Three times the writers, and the busy share goes from 40 % to 120 %.",
        "about three times as much": "So does the work. But what counts is the share of time that is left free, as in "
        "lesson 7, and nothing is left.",
        "more than ten times as much": "At 6 a second, of 0.2 s each, the lock would be needed 120 % of the time. It "
        "is a queue, and this queue grows for as long as the rate lasts.",
    },
    "10.1": {
        "from the first cart on": "Every move of every cart is on record, from the first day on, though nobody had a "
        "use for it then. A log keeps what happened, whatever people ask later; what was never written down, it "
        "cannot answer.",
        "from today on": "That happens where only the current state is kept: a new column begins empty. Here the "
        "moves themselves are on record.",
        "not at all": "Nobody asked, so nobody counted. But everything that you need to count is there.",
    },
    "10.2": {
        "all units, up to date": "The old version served, up to date, until the last step; then the new one took over. "
        "Nobody read a half-built table.",
        "half of the units": "That happens where the table is emptied and filled again. This one is left alone: "
        "the next version is built beside it.",
        "nothing, for a moment": "Nobody closes the shop. A rebuild only reads the log, and a reader of the log is in "
        "nobody's way.",
    },
    "10.3": {
        "none": "A rebuild reads the log for one table. It touches nobody else's checkpoint.",
        "every email again": "A replay does not send the emails again: it reads events, and the mailer has a "
        "checkpoint of its own. That would happen if the projection itself sent the emails.",
        "those for today's orders": "Those are sent in any case, once, when the orders come. The rebuild adds none.",
    },
    "10.4": {
        "2 dozen": "The record stays as it is. The other shape exists only while somebody reads.",
        "24 cups": "That is what a reader sees today. Nobody has written it: a record that may be edited cannot be "
        "trusted.",
        "both": "One fact, recorded once.",
    },
    **SAID_TO_11,
    **SAID_TO_12,
    **SAID_TO_13,
    **SAID_TO_14,
    **SAID_TO_15,
}
