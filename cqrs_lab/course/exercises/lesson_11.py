"""Exercises of lesson 11: cure a hot key, size the read side for a promise, and say which part to double."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any, NamedTuple
from zlib import crc32

from cqrs_lab.course.accept import as_whole
from cqrs_lab.course.exercises.arguments import expect_arguments
from cqrs_lab.course.exercises.choices import judge_choices
from cqrs_lab.course.exercises.exercise import Exercise
from cqrs_lab.course.exercises.lesson_11_needs import how_many
from cqrs_lab.course.guard import NotYet, call
from cqrs_lab.words import count

# --- 11.1 -------------------------------------------------------------------------------------------------

Pair = tuple[str, str]
OTHERS = ("mug", "plate", "bowl", "jug", "tray", "lamp", "clock")
UNEVEN = 1.5
"""How much more than its part the busiest partition may get: any hash of the orders stays well below that."""


class Evening(NamedTuple):
    """What comes on an evening, and how many partitions there are."""

    hot: str
    events: int
    partitions: int

    def pairs(self) -> list[Pair]:
        """Return the product and the order of each event; two of five are about the hot product."""
        numbers = range(1, self.events + 1)
        return [(self.hot if one % 5 in (1, 3) else OTHERS[one % len(OTHERS)], str(4000 + one)) for one in numbers]


FIRST, WIDER, NEXT = Evening("cup", 400, 4), Evening("cup", 960, 16), Evening("pot", 400, 4)
TWICE = 41
"""How many events are sent twice: a prime number, so that taking the partitions in turn does not come round."""
Kept = list[tuple[str, str, int, int]]


def spread(answer: Any) -> Kept:
    """Judge a function of product, order and partitions: the partition of an event, on an evening with a hot key."""
    if callable(answer):
        expect_arguments(answer, "partition_of", "product", "order", "partitions")
    kept = _asked_twice(answer)
    for evening in (FIRST, NEXT, WIDER):
        pairs = evening.pairs()
        _is_even(evening, pairs, [_place(answer, pair, evening.partitions) for pair in pairs])
    return kept


def spread_after_restart(answer: Any, kept: Kept) -> None:
    """Judge whether the answer sends the same events to the same partitions in another process."""
    for product, order, partitions, before in kept:
        now = _place(answer, (product, order), partitions)
        if now != before:
            done = f"restarted the kernel, and called partition_of({product!r}, {order!r}, {partitions}) again"
            ask = (
                "After each restart hash() of a text is another number, so half an order is here and half of it "
                "there. What can you make of a text that is the same everywhere?"
            )
            raise NotYet(done, f"partition {now}", f"partition {before}, as before", ask)


def _place(answer: Any, pair: Pair, partitions: int) -> int:
    came = call(answer, *pair, partitions, name="partition_of", returns="the number of a partition")
    done = f"called partition_of({pair[0]!r}, {pair[1]!r}, {partitions})"
    place = as_whole(came, done, f"a partition from 0 to {partitions - 1}")
    if not 0 <= place < partitions:
        ask = f"{partitions} partitions have the numbers 0 to {partitions - 1}. What keeps yours among them?"
        raise NotYet(done, place, f"a partition from 0 to {partitions - 1}", ask)
    return place


def _asked_twice(answer: Any) -> Kept:
    pairs = FIRST.pairs()[:TWICE]
    first, second = ([_place(answer, pair, FIRST.partitions) for pair in pairs] for _ in range(2))
    for (product, order), one, other in zip(pairs, first, second, strict=True):
        if one != other:
            done = f"called partition_of({product!r}, {order!r}, {FIRST.partitions}) twice"
            ask = (
                "The order is cancelled, and that event has to come after the first one. If the two lie in different "
                "partitions, which of them is read first?"
            )
            raise NotYet(done, f"{one}, then {other}", "the same partition", ask)
    return [(*pair, FIRST.partitions, place) for pair, place in zip(pairs, first, strict=True)]


def _is_even(evening: Evening, pairs: list[Pair], places: list[int]) -> None:
    counts = Counter(places)
    [(busiest, most)] = counts.most_common(1)
    if most * evening.partitions <= UNEVEN * len(pairs):
        return
    hundred = 100 * most // len(pairs)
    done = f"sent {count(len(pairs), 'event')} to {evening.partitions} partitions, with the {evening.hot} on television"
    came = f"{hundred} in 100 of them in partition {busiest}"
    expected = f"about {100 / evening.partitions:.0f} in 100 in each"
    of_hot = {place for (product, _), place in zip(pairs, places, strict=True) if product == evening.hot}
    raise NotYet(done, came, expected, _why_uneven(evening, set(counts), of_hot))


def _why_uneven(evening: Evening, used: set[int], of_hot: set[int]) -> str:
    if len(used) == 1:
        return "Everything goes to one partition. What do the projectors of the others do?"
    if len(of_hot) == 1 and evening is NEXT:
        return "Tonight it was the pot, and tomorrow it is something else. Who tells your function?"
    if len(of_hot) == 1:
        return (
            "All events about the cup are in one partition, and more partitions or more copies do not take one of "
            "them away. Which part of an event differs from cup to cup?"
        )
    if max(used) < FIRST.partitions and evening is WIDER:
        return f"There are {evening.partitions} partitions now. Where does your function look how many there are?"
    if len(of_hot) < evening.partitions / 2:
        return f"The cup is cut into {len(of_hot)} pieces, for {evening.partitions} partitions. Is that enough?"
    return "What do the events in that partition have in common?"


# --- 11.3: a library --------------------------------------------------------------------------------------

PARTS = ("partitions", "speed", "copies", "split", "none")
LIBRARY: dict[str, str | tuple[str, ...]] = {
    "One bestseller has 40 % of the loans. Its projector falls behind, the others are idle.": "split",
    "All four projectors are busy 95 % of the time, each with thousands of titles.": ("partitions", "speed"),
    "All schools search at once, and search is slow. No projector is behind.": "copies",
    "The projectors are hardly busy, but a loan takes 2 s to handle, and 1 s was promised.": "speed",
    "Each page takes 0.2 s to reach the branch overseas. Nothing else is ever late.": "copies",
    "A reader saw her loan. She looked again, at another copy, and it was gone.": "none",
}
_BESTSELLER, _BUSY, _SCHOOLS, _SLOW, _OVERSEAS, _GONE = LIBRARY
WHY_NOT = {
    (_BESTSELLER, "partitions"): "In eight partitions, how many of them have a loan of the bestseller? Count again.",
    (_BESTSELLER, "speed"): "It would help, and the idle ones would idle more. What is it that only one of them has?",
    (_BESTSELLER, "copies"): "In another copy there is a projector for that title as well. Which of its loans can it "
    "skip?",
    (_BESTSELLER, "none"): "It falls behind for as long as the title is in fashion. Do its loans have to be in one "
    "place?",
    (_BUSY, "copies"): "A copy handles every loan, so its projectors are as busy as these. What takes work from each?",
    (_BUSY, "split"): "Which of thousands of titles would you split? No one of them has much of the work.",
    (_BUSY, "none"): "5 % is free, and lag = handling ÷ free share. How much is free if each has half of the loans?",
    (_SCHOOLS, "partitions"): "The projectors have nothing to catch up with. Who is it that is busy here?",
    (_SCHOOLS, "speed"): "Rows are there in time. What has to be done more often, in the same second?",
    (_SCHOOLS, "split"): "No title is hot, and nothing is behind. Which work comes from readers, and not from the log?",
    (_SCHOOLS, "none"): "Search is slow now, and there are more schools each year. Who could take half of the "
    "questions?",
    (_SLOW, "partitions"): "Nobody waits in front of an idle projector. How long is 2 s of work if half as much comes?",
    (_SLOW, "copies"): "Each copy takes the same 2 s for each loan. Which of them shows it earlier?",
    (_SLOW, "split"): "Nothing waits behind anything here. What are the 2 s spent on?",
    (_SLOW, "none"): "1 s was promised, and 2 s go into the work alone. What would have to be shorter?",
    (_OVERSEAS, "partitions"): "The table is up to date. Where are the 0.2 s spent, in the projector or on the way?",
    (_OVERSEAS, "speed"): "Handling has no part in it. How often does a question go there and back?",
    (_OVERSEAS, "split"): "No key is hot. What is far away from whom?",
    (_OVERSEAS, "none"): "The sea does not get narrower. But does each question have to cross it?",
    (_GONE, "partitions"): "Both copies are right, each for its own position. Is either of them too slow?",
    (_GONE, "speed"): "If both are twice as fast, one is still behind the other. What did lesson 8 do about it?",
    (_GONE, "copies"): "A third copy may be even further behind. What did lesson 8 do about it?",
    (_GONE, "split"): "It is her loan and no hot key. Why did her second look go elsewhere?",
}  # fmt: skip


def which_part(answer: Any) -> None:
    """Judge which part of a library's read side to double, or whether that helps at all."""
    judge_choices(
        answer,
        LIBRARY,
        PARTS,
        WHY_NOT,
        each="For each complaint: which part do you double, or do you split a key, or none of these?",
        open_="What is busy there: a projector, all of them, a copy that answers, or nothing at all?",
        none='Python\'s None leaves it open. If no part should be doubled, write the text "none".',
    )


EXERCISES = (
    Exercise(
        "11.1",
        spread,
        (
            "All events about the cup have the same product. What else does the function get?",
            "Each order may go anywhere, as long as all of its events go there. Which argument says which order it is?",
            "crc32(order.encode()) % partitions",
        ),
        "The events of an order stay in order, and summaries are merged. No key is hot any more.",
        untouched=lambda product, order, partitions: crc32(product.encode()) % partitions,
        after_restart=spread_after_restart,
    ),
    Exercise(
        "11.2",
        how_many,
        (
            "Two questions in one. Copies answer questions; partitions share the events out. Begin with the copies.",
            "Each partition gets rate / partitions events, and its p99 is ln(100) / (1 / handling - that).",
            "Count partitions up from 1, until 1 / handling > rate / partitions and that p99 is within the objective.",
        ),
        "Partitions for the promise about events, copies for the questions: each copy handles all events.",
        untouched=lambda rate, handling, objective, questions, per_copy: (
            math.ceil(rate * handling),
            math.ceil(questions / per_copy),
        ),
    ),
    Exercise(
        "11.3",
        which_part,
        (
            "Ask first who is busy: one projector, all projectors, a copy that answers, or nobody.",
            "If one is busy, look for a hot key. If nobody is, look at how long one event, or one way, takes.",
            "Twice copies, once split, once speed, once none; of one complaint, two parts are right.",
        ),
        "Double the part that is busy. A hot key is not cured by more of anything.",
        untouched=dict.fromkeys(LIBRARY, ""),
    ),
)
