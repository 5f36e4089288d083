"""Answers to the exercises of lesson 6: right ones in several styles, and wrong ones with what each is told."""

import bisect
import functools
import heapq
import itertools
import math
import operator
from collections import Counter
from fractions import Fraction

import numpy as np
import pandas as pd

# --- 06.1 -------------------------------------------------------------------------------------------------


def cheapest(ways, reads, writes):
    return min(ways, key=lambda way: reads * ways[way][0] + writes * ways[way][1])


def by_loop(ways, reads, writes):
    best, least = None, math.inf
    for way, (per_read, per_write) in ways.items():
        rows = reads * per_read + writes * per_write
        if rows < least:
            best, least = way, rows
    return best


def by_frame(ways, reads, writes):
    frame = pd.DataFrame(ways, index=["read", "written"]).T
    return (frame["read"] * reads + frame["written"] * writes).idxmin()


def by_product(ways, reads, writes):
    rows = np.array(list(ways.values())) @ np.array([reads, writes])
    return np.array(list(ways))[rows.argmin()]


def by_sorting(ways, reads, writes):
    costs = sorted((reads * per_read + writes * per_write, way) for way, (per_read, per_write) in ways.items())
    return costs[0][1]


def by_heap(ways, reads, writes):
    heap = [(Fraction(reads) * read + Fraction(writes) * write, way) for way, (read, write) in ways.items()]
    heapq.heapify(heap)
    return heapq.heappop(heap)[1]


def by_reduce(ways, reads, writes):
    def cost(way):
        return sum(map(operator.mul, (reads, writes), ways[way]))

    return functools.reduce(lambda one, other: one if cost(one) <= cost(other) else other, ways)


def by_share(ways, reads, writes):
    """Compare per write, with a case for a day on which nothing is written."""
    if not writes:
        return min(ways, key=lambda way: ways[way][0])
    ratio = Fraction(reads, writes)
    return min(ways.items(), key=lambda item: ratio * item[1][0] + item[1][1])[0].upper()


class Cheapest:
    def __call__(self, ways, reads, writes):
        match [
            way
            for way in ways
            if all(self.cost(ways[way], reads, writes) <= self.cost(ways[one], reads, writes) for one in ways)
        ]:
            case [way, *_]:
                return way

    @staticmethod
    def cost(pair, reads, writes):
        read, write = pair
        return read * reads + write * writes


def undecided(ways, reads, writes):
    if reads > writes:
        return cheapest(ways, reads, writes)


WRONG_CHEAPEST = {
    "the cell": (lambda ways, reads, writes: next(iter(ways)), "in place of what it holds"),
    "the cheapest read": (
        lambda ways, reads, writes: min(ways, key=lambda way: ways[way][0]),
        "Who pays for writing the copy",
    ),
    "the cheapest write": (
        lambda ways, reads, writes: min(ways, key=lambda way: ways[way][1]),
        "What does each read touch in return",
    ),
    "one of each": (
        lambda ways, reads, writes: min(ways, key=lambda way: sum(ways[way])),
        "How often does each of them happen",
    ),
    "swapped": (
        lambda ways, reads, writes: cheapest(ways, writes, reads),
        "as often as there are writes",
    ),
    "the dearest": (
        lambda ways, reads, writes: max(ways, key=lambda way: reads * ways[way][0] + writes * ways[way][1]),
        "Which end of your list",
    ),
    "multiplied": (
        lambda ways, reads, writes: min(ways, key=lambda way: reads * ways[way][0] * writes * ways[way][1]),
        "You multiply what is read",
    ),
    "the larger part": (
        lambda ways, reads, writes: min(ways, key=lambda way: max(reads * ways[way][0], writes * ways[way][1])),
        "the larger part of each cost",
    ),
    "the smaller part": (
        lambda ways, reads, writes: min(ways, key=lambda way: min(reads * ways[way][0], writes * ways[way][1])),
        "the smaller part of each cost",
    ),
    "a ratio": (
        lambda ways, reads, writes: min(
            ways, key=lambda way: reads * ways[way][0] / max(1, writes) + writes * ways[way][1] / max(1, reads)
        ),
        "What do you work out for each",
    ),
    "the first": (lambda ways, reads, writes: list(ways)[0], "That is the first one"),
    "the last": (lambda ways, reads, writes: list(ways)[-1], "That is the last one"),
    "by the alphabet": (lambda ways, reads, writes: sorted(ways)[0], "first in the alphabet"),
    "the more frequent alone": (
        lambda ways, reads, writes: min(ways, key=lambda way: ways[way][0 if reads >= writes else 1]),
        "more frequent of the two alone",
    ),
    "the cost": (
        lambda ways, reads, writes: min(reads * read + writes * write for read, write in ways.values()),
        "Which way does it belong to",
    ),
    "name and cost": (lambda ways, reads, writes: (cheapest(ways, reads, writes), 0), "a single name"),
    "another name": (lambda ways, reads, writes: "cache", "No way has that name"),
    "nothing": (lambda ways, reads, writes: None, "Is there a return"),
    "raises": (lambda ways, reads, writes: ways.cheapest, "compare names"),
    "changes what it is given": (lambda ways, reads, writes: ways.popitem()[0], "Make a new value"),
    "two arguments": (lambda ways, reads: "log", "Which arguments does the task name"),
    "no function": ("log", "What did you hand over"),
}
ALSO_CHEAPEST = [
    (lambda ways, reads, writes: True, "That is a yes or a no"),
    (undecided, "Is there a return"),
    (lambda ways, reads, writes: "own table", "No way has that name"),
    (lambda ways, reads, writes: "log" if reads < writes else cheapest(ways, reads, writes), "No way has that name"),
    (lambda ways, reads, writes: cheapest(ways, reads + 1, writes + 1), "What does the table cost before"),
    (
        lambda ways, reads, writes: min(ways, key=lambda way: np.float32(reads * ways[way][0] + writes * ways[way][1])),
        "rounds, or stops counting",
    ),
    (
        lambda ways, reads, writes: min(ways, key=lambda way: round(reads * ways[way][0] + writes * ways[way][1], -2)),
        "Nobody reads",
    ),
    ([1, 2], "What did you hand over"),
    (lambda ways, reads, writes: 1 / writes and cheapest(ways, reads, writes), "Try that line alone"),
    (lambda ways, reads, writes: [cheapest(ways, reads, writes)], "a single name"),
    (cheapest({"a": (1, 1)}, 1, 1), "What did you hand over"),
]

# --- 06.2 -------------------------------------------------------------------------------------------------


def is_stale(answer, log, now_seconds):
    return any(one.position > answer.position and one.stream in answer.streams for one in log)


def with_a_loop(kept, log, now):
    for written in log:
        if written.position <= kept.position:
            continue
        if written.stream in kept.streams:
            return True
    return False


def with_sets(answer, log, now_seconds):
    moved = {one.stream for one in log if one.position > answer.position}
    return not moved.isdisjoint(answer.streams)


def with_a_frame(answer, log, now_seconds):
    frame = pd.DataFrame([(one.position, one.stream) for one in log], columns=["position", "stream"])
    return (frame["stream"].isin(answer.streams) & (frame["position"] > answer.position)).any()


def by_the_newest_of_each(answer, log, now_seconds):
    newest = {one.stream: one.position for one in log}
    return max((newest.get(stream, 0) for stream in answer.streams), default=0) > answer.position


def by_bisecting(answer, log, now_seconds):
    start = bisect.bisect_right([one.position for one in log], answer.position)
    return bool([one for one in log[start:] if one.stream in answer.streams])


def with_dropwhile(answer, log, now_seconds):
    unread = itertools.dropwhile(lambda one: one.position <= answer.position, log)
    return next((True for one in unread if one.stream in answer.streams), False)


def with_numpy(answer, log, now_seconds):
    after = np.array([one.position for one in log], dtype=int) > answer.position
    own = np.array([one.stream in answer.streams for one in log], dtype=bool)
    return (after & own).any()


def recursive(answer, log, now_seconds, low=0, high=None):
    high = len(log) if high is None else high
    if high - low < 2:
        return any(one.position > answer.position and one.stream in answer.streams for one in log[low:high])
    middle = (low + high) // 2
    return recursive(answer, log, now_seconds, low, middle) or recursive(answer, log, now_seconds, middle, high)


def by_age(seconds):
    return lambda answer, log, now_seconds: now_seconds - answer.at_seconds >= seconds


WRONG_STALE = {
    "the cell": (lambda answer, log, now_seconds: now_seconds - answer.at_seconds > 60, "in place of what it holds"),
    "by time": (by_age(30), "You go by the clock"),
    "never": (lambda answer, log, now_seconds: False, "never go stale"),
    "always": (lambda answer, log, now_seconds: True, "nothing is ever kept"),
    "any write at all": (
        lambda answer, log, now_seconds: bool(log) and log[-1].position > answer.position,
        "Every write of anybody",
    ),
    "every write of another stream": (
        lambda answer, log, now_seconds: any(
            one.position > answer.position and one.stream not in answer.streams for one in log
        ),
        "when another stream is written",
    ),
    "whenever the stream is there": (
        lambda answer, log, now_seconds: any(one.stream in answer.streams for one in log),
        "Which of them has it not seen",
    ),
    "its own position too": (
        lambda answer, log, now_seconds: any(
            one.position >= answer.position and one.stream in answer.streams for one in log
        ),
        "Where does 'newer' begin",
    ),
    "by the time of the event": (
        lambda answer, log, now_seconds: any(
            one.at_seconds > answer.at_seconds and one.stream in answer.streams for one in log
        ),
        "You compare times",
    ),
    "the newest event alone": (
        lambda answer, log, now_seconds: is_stale(answer, log[-1:], now_seconds),
        "What if the one before it",
    ),
    "by counting": (lambda answer, log, now_seconds: len(log) > answer.position, "You count events"),
    "by its place in the list": (
        lambda answer, log, now_seconds: any(one.stream in answer.streams for one in log[answer.position :]),
        "take the position for a place in the list",
    ),
    "the first stream alone": (
        lambda answer, log, now_seconds: any(
            one.position > answer.position and one.stream == answer.streams[0] for one in log
        ),
        "Which do you look at",
    ),
    "all its streams": (
        lambda answer, log, now_seconds: all(
            any(one.position > answer.position and one.stream == stream for one in log) for stream in answer.streams
        ),
        "made from two streams",
    ),
    "names that begin alike": (
        lambda answer, log, now_seconds: any(
            one.position > answer.position and one.stream.startswith(answer.streams) for one in log
        ),
        "How do you compare the names",
    ),
    "a count": (
        lambda answer, log, now_seconds: sum(one.position > answer.position for one in log),
        "Return True or False",
    ),
    "nothing": (lambda answer, log, now_seconds: None, "Is there a return"),
    "raises when empty": (
        lambda answer, log, now_seconds: log[0].position >= 0 and is_stale(answer, log, now_seconds),
        "Try that line alone",
    ),
    "a name that is not there": (lambda answer, log, now_seconds: answer.stream in log, "compare names"),
    "no function": (True, "What did you hand over"),
}
ALSO_STALE = [
    (lambda answer, log, now_seconds: log[-1].position > answer.position, "Every write of anybody"),
    (lambda answer, log, now_seconds: log[0].stream == "order-8", "I also called is_stale(Kept(0, "),
    (
        lambda answer, log, now_seconds: any(one.stream in answer.streams for one in log[answer.position + 1 :]),
        "take the position for a place in the list",
    ),
    (
        lambda answer, log, now_seconds: any(
            at > answer.position and one.stream in answer.streams for at, one in enumerate(log, 1)
        ),
        "take the position for a place in the list",
    ),
    (by_age(3_600), "You go by the clock"),
    (by_age(5), "You go by the clock"),
    (lambda answer, log, now_seconds: now_seconds > 60, "What"),
    (lambda answer, log, now_seconds: is_stale(answer, log[:100], now_seconds), "How many do you look at"),
    (lambda answer, log, now_seconds: is_stale(answer, log, 0) and now_seconds > 20, "What does the clock know"),
    (lambda answer, log, now_seconds: is_stale(answer, log, 0) or now_seconds > 3_600, "has the clock to do with it"),
    (lambda answer, log, now_seconds: "yes" if is_stale(answer, log, 0) else "no", "Return True or False"),
    (lambda answer, log, now_seconds: not is_stale(answer, log, 0), "Is anything newer in order-7"),
    (
        lambda answer, log, now_seconds: any(
            one.position > answer.position and any(name in one.stream for name in answer.streams) for one in log
        ),
        "How do you compare the names",
    ),
    (lambda answer, log: False, "Which arguments does the task name"),
    (lambda answer, log, now_seconds: log.clear(), "Make a new value"),
]

# --- 06.3 -------------------------------------------------------------------------------------------------


def wrong_copies(log, copies):
    return [name for name, (at, balance) in copies.items() if balance != sum(x for p, x in log if p <= at)]


def by_running_total(log, copies):
    positions = [position for position, _ in log]
    totals = [0, *itertools.accumulate(amount for _, amount in log)]
    return {name for name, (at, shown) in copies.items() if totals[bisect.bisect_right(positions, at)] != shown}


def by_history(log, copies):
    wrong = []
    for name in copies:
        at, shown = copies[name]
        balance = 0
        for position, amount in log:
            if position > at:
                break
            balance += amount
        if balance != shown:
            wrong.append(name)
    return tuple(wrong)


def with_pandas(log, copies):
    amounts = pd.Series(dict(log), dtype="int64")
    frame = pd.DataFrame.from_dict(copies, orient="index", columns=["at", "shown"])
    return frame.index[[amounts[amounts.index <= at].sum() != shown for at, shown in frame.itertuples(index=False)]]


def with_arrays(log, copies):
    positions, amounts = np.array(log, dtype=int).reshape(-1, 2).T
    right = {name: int(amounts[positions <= at].sum()) for name, (at, _) in copies.items()}
    return np.array([name for name, (_, shown) in copies.items() if right[name] != shown])


def by_subtracting(log, copies):
    """Begin with today's balance, and take off what came later."""
    today = sum(amount for _, amount in log)
    for name, (at, shown) in copies.items():
        if today - sum(amount for position, amount in log if position > at) != shown:
            yield name


def as_a_dict(log, copies):
    held = {name: functools.reduce(lambda s, e: s + e[1] * (e[0] <= at), log, 0) for name, (at, _) in copies.items()}
    return {name: held[name] - copies[name][1] for name in copies if held[name] - copies[name][1]}


def with_a_filter(log, copies):
    def is_wrong(name):
        upto = [amount for position, amount in log if not position > copies[name][0]]
        return Fraction(sum(upto)) != copies[name][1]

    return list(filter(is_wrong, sorted(copies)))


def held(log, at=math.inf):
    return sum(amount for position, amount in log if position <= at)


def differ(copies, right):
    return [name for name, (at, balance) in copies.items() if balance != right(at)]


def vote(copies):
    return Counter(balance for _, balance in copies.values()).most_common(1)[0][0] if copies else 0


WRONG_COPIES = {
    "the cell": (
        lambda log, copies: [name for name, copy in copies.items() if copy != max(copies.values())],
        "in place of what it holds",
    ),
    "none": (lambda log, copies: [], "You find no copy wrong"),
    "all": (lambda log, copies: list(copies), "You find every copy wrong"),
    "not as of today": (lambda log, copies: differ(copies, lambda at: held(log)), "with today's balance"),
    "not as the newest": (
        lambda log, copies: differ(copies, lambda at: max(copies.values())[1]),
        "with the newest copy",
    ),
    "outvoted": (lambda log, copies: differ(copies, lambda at: vote(copies)), "let the copies vote"),
    "without the last amount": (
        lambda log, copies: differ(copies, lambda at: held(log, at - 1)),
        "the amount at the copy's own position",
    ),
    "behind": (
        lambda log, copies: [name for name, (at, _) in copies.items() if log and at < log[-1][0]],
        "Those are the copies that are behind",
    ),
    "the right ones": (
        lambda log, copies: [name for name in copies if name not in wrong_copies(log, copies)],
        "Those are the copies that are right",
    ),
    "without the sign": (
        lambda log, copies: differ(copies, lambda at: sum(abs(x) for p, x in log if p <= at)),
        "without their sign",
    ),
    "ever held": (
        lambda log, copies: [
            name for name, (_, balance) in copies.items() if balance not in {held(log, at) for at in (0, *dict(log))}
        ],
        "whether the account ever held that much",
    ),
    "by its place in the list": (
        lambda log, copies: differ(copies, lambda at: sum(amount for _, amount in log[:at])),
        "take the position for a place in the list",
    ),
    "balances": (
        lambda log, copies: [copies[name][1] for name in copies],
        "No copy has that name",
    ),
    "how many": (lambda log, copies: len(wrong_copies(log, copies)), "That is one number"),
    "nothing": (lambda log, copies: None, "Is there a return"),
    "raises when empty": (lambda log, copies: max(copies) and wrong_copies(log, copies), "Try that line alone"),
    "looks a position up": (
        lambda log, copies: differ(copies, lambda at: held(log, at) if at in dict(log) else None),
        "What did this one hold there",
    ),
    "ten amounts": (lambda log, copies: wrong_copies(log[:10], copies), "How many amounts do you add up"),
    "changes what it is given": (lambda log, copies: copies.clear() or [], "Make a new value"),
    "one argument": (lambda copies: [], "Which arguments does the task name"),
    "no function": (["app"], "What did you hand over"),
}
ALSO_COPIES = [
    (
        lambda log, copies: differ(copies, lambda at: sum(amount for _, amount in log[: at + 1])),
        "take the position for a place in the list",
    ),
    (
        lambda log, copies: differ(copies, lambda at: sum(one[1] for place, one in enumerate(log) if place <= at)),
        "take the position for a place in the list",
    ),
    (lambda log, copies: {name: name in wrong_copies(log, copies) for name in copies}, "You find every copy wrong"),
    (lambda log, copies: set(), "You find no copy wrong"),
    (lambda log, copies: differ(copies, lambda at: log[-1][1]), "I also called wrong_copies([]"),
    (lambda log, copies: "app", "Which container"),
    (lambda log, copies: wrong_copies(log, copies)[:1], "What do you compare them with"),
    (lambda log, copies: [name for name in wrong_copies(log, copies) if copies[name][0]], "before the first event"),
    (lambda log, copies: [copies[name] for name in wrong_copies(log, copies)], "No copy has that name"),
    (lambda log, copies: differ(copies, lambda at: len([p for p, _ in log if p <= at])), "wrong if it is behind"),
    (lambda log, copies: differ(copies, lambda at: sum(x for p, x in log if p < at)), "the copy's own position"),
    (lambda log, copies: [one for one in copies if one.position], "compare names"),
    (lambda log, copies: log.sort(reverse=True), "Make a new value"),
]

RIGHT = {
    "06.1": [cheapest, by_loop, by_frame, by_product, by_sorting, by_heap, by_reduce, by_share, Cheapest()],
    "06.2": [
        *(is_stale, with_a_loop, with_sets, with_a_frame, by_the_newest_of_each, by_bisecting, with_dropwhile),
        *(with_numpy, recursive),
    ],
    "06.3": [
        *(wrong_copies, by_running_total, by_history, with_pandas, with_arrays, by_subtracting, as_a_dict),
        with_a_filter,
    ],
}
WRONG = {"06.1": WRONG_CHEAPEST, "06.2": WRONG_STALE, "06.3": WRONG_COPIES}
ALSO_WRONG = {"06.1": ALSO_CHEAPEST, "06.2": ALSO_STALE, "06.3": ALSO_COPIES}
