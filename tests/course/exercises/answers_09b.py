"""Answers to the exercises of lesson 9b: right ones in several styles, and wrong ones with what each is told."""

import math

import numpy as np
import pandas as pd

# --- 09b.1 ------------------------------------------------------------------------------------------------


def skipped(commits, polls):
    found = set()
    for position, committed in commits.items():
        passed = [second for second, upto in polls if upto >= position]
        if committed is not None and passed and passed[0] < committed:
            found.add(position)
    return found


def as_the_reader_reads(commits, polls):
    seen, before = [], 0
    for second, upto in polls:
        seen += [at for at, done in commits.items() if before < at <= upto and done is not None and done <= second]
        before = upto
    return [at for at, done in commits.items() if done is not None and at <= before and at not in seen]


WRONG_SKIPPED = {
    "zero lag": (lambda commits, polls: set(), "so its lag is zero"),
    "missing numbers": (lambda commits, polls: {at for at, done in commits.items() if done is None}, "gave up"),
    "late": (
        lambda commits, polls: {at for at, done in commits.items() if done is not None and done > polls[-1][0]},
        "No poll has passed it yet",
    ),
    "out of order": (
        lambda commits, polls: {
            at for at, done in commits.items() if done and any(o > at and d and d < done for o, d in commits.items())
        },
        "before any poll",
    ),
    "at the poll": (
        lambda commits, polls: {
            at
            for at, done in commits.items()
            if done and next((second for second, upto in polls if upto >= at), 99.0) <= done
        },
        "Which sign do you compare with",
    ),
    "the last poll": (
        lambda commits, polls: {
            at for at, done in commits.items() if done and polls[-1][0] < done and at <= polls[-1][1]
        },
        "Does a later poll look back",
    ),
}


def by_table(commits, polls):
    frame = pd.DataFrame({"at": pd.Series(commits, dtype="float64")}).dropna()
    passed = [min((second for second, upto in polls if upto >= at), default=np.inf) for at in frame.index]
    return frame.index[frame["at"] > passed]


def as_a_generator(commits, polls):
    for position in sorted(commits):
        first = next((second for second, upto in polls if position <= upto), None)
        if first is not None and commits[position] is not None and commits[position] > first:
            yield position


def as_an_array(commits, polls):
    return np.array(list(as_a_generator(commits, polls)), dtype=float)


def as_keys(commits, polls):
    return dict.fromkeys(skipped(commits, polls), "skipped").keys()


def without_end(commits, polls):
    while True:
        yield 1


def next_poll(commits, polls):
    """Look from one poll to the next."""
    found = set()
    for (second, upto), (later, _) in zip(polls, polls[1:], strict=False):
        found |= {at for at, done in commits.items() if done and at <= upto and second < done <= later}
    return found


def skipped_of_the_cell(commits, polls):
    second, upto = polls[-1]
    return {position for position in commits if position > upto}


ALSO_WRONG_SKIPPED = (
    (next_poll, "so its lag is zero"),
    (lambda commits, polls: [at for at in as_a_generator(commits, polls)] + [99], "A number may be missing"),
    (lambda commits, polls: {at - 1 for at in skipped(commits, polls)}, "so its lag is zero"),
    (lambda commits, polls: {at for at, done in commits.items() if done and done > polls[0][0]}, "A number may be"),
    (skipped_of_the_cell, "Write your answer there"),
    (lambda commits, polls: len(skipped(commits, polls)), "That is one number, and the task asks for several things"),
    (lambda commits, polls: None, "Is there a return"),
    (lambda commits, polls: skipped(commits, polls).add(1), "Is there a return"),
    (lambda commits, polls: {at for at, done in commits.items() if done > polls[-1][0]}, "Try that line alone"),
    (lambda commits: set(), "Compare what the call passes"),
    (lambda commits, polls: sorted(skipped(commits, polls))[:1], "begins at position 41"),
    (lambda commits, polls: {at for at in range(1, len(commits) + 1) if at in skipped(commits, polls)}, "position 41"),
    (lambda commits, polls: sorted(skipped(commits, polls))[:10], "many polls and events"),
    (lambda commits, polls: skipped(commits, polls[:3]), "many polls and events"),
    (lambda commits, polls: polls[-1] and skipped(commits, polls), "Nobody has polled yet"),
    (lambda commits, polls: max(commits) and skipped(commits, polls), "Nothing is in this log"),
    (lambda commits, polls: {(at, commits[at]) for at in skipped(commits, polls)}, "A position is a whole number"),
    (lambda commits, polls: {f"{at}" for at in skipped(commits, polls)}, "A position is a whole number"),
)


class Reader:
    """Reads along, poll by poll."""

    def __call__(self, commits, polls):
        print(commits, polls)
        read, stood = set(), 0
        for second, upto in polls:
            read |= {at for at, done in commits.items() if stood < at <= upto and done is not None and done <= second}
            stood = max(stood, upto)
        return frozenset(np.int64(at) for at in commits if at <= stood and commits[at] is not None and at not in read)


def before_the_next_poll(commits, polls):
    """What stands exactly at a poll was read by it, so only what lies below can have been passed."""
    return pd.Series(
        [at for at, done in commits.items() if done is not None and any(s < done and upto > at for s, upto in polls)],
        dtype="int64",
    )


NO_POSITIONS = ([[1]], [1, "a"], {1, None}, [1.5], [True])
WRONG_SKIPPED["no positions"] = (lambda commits, polls: [[1]], "A position is a whole number")


# --- 09b.2 ------------------------------------------------------------------------------------------------

CHOSEN = {
    "a library": "lock",
    "a ticket office": "low watermark",
    "a clinic": "gap-aware reader",
    "a diary": "none needed",
}
WRONG_REMEDIES = {
    "a lock for the busy one": (CHOSEN | {"a ticket office": "lock"}, "How much of the time would one writer"),
    "gives up on a ticket": (CHOSEN | {"a ticket office": "gap-aware reader"}, "must not give up on one"),
    "a mark that stays all night": (CHOSEN | {"a clinic": "low watermark"}, "stays open all night"),
    "fifty wards in a queue": (CHOSEN | {"a clinic": "lock"}, "50 wards write all the time"),
    "nothing with two desks": (CHOSEN | {"a library": "none needed"}, "Two desks write at the same time"),
    "a mark without a database that knows": (CHOSEN | {"a library": "low watermark"}, "What would the mark be"),
    "a reader that waits at the desk": (CHOSEN | {"a library": "gap-aware reader"}, "wants the shelf at once"),
    "a lock for one writer": (CHOSEN | {"a diary": "lock"}, "Whom would the lock keep out"),
    "a mark for one writer": (CHOSEN | {"a diary": "low watermark"}, "Below which open transaction"),
    "open": (dict.fromkeys(CHOSEN), "Write your answer there"),
}
ALSO_WRONG_REMEDIES = (
    ("lock", "Which remedy does each of the four need"),
    (CHOSEN | {"a diary": ""}, "Ask three things"),
    (CHOSEN | {"a diary": "sleep"}, "Which of the 4 comes closest"),
    (CHOSEN | {"a ticket office": "none needed"}, "What does a poll pass?"),
    (CHOSEN | {"a clinic": "none needed"}, "What could a poll pass?"),
    (CHOSEN | {"a diary": "gap-aware reader"}, "Which number could be late"),
)


# --- 09b.3 ------------------------------------------------------------------------------------------------


def upto(committed, still_open):
    if still_open:
        return min(still_open) - 1
    return max(committed)


def one_by_one(committed, still_open):
    safe = 0
    for position in committed:
        if any(one < position for one in still_open):
            break
        safe = position
    return safe


def with_numpy(committed, still_open):
    below = np.array(committed)[np.array(committed) < min([*still_open, np.iinfo("int64").max])]
    return below.max() if below.size else 0


def by_filter(committed, still_open):
    return max((at for at in committed if not still_open or at < still_open[0]), default=0)


def the_open_one_itself(committed, still_open):
    """What is open cannot be read, so it makes no difference whether the rule stops before it or at it."""
    return min(still_open, default=committed[-1])


class Upto:
    def __call__(self, committed, still_open):
        print(committed, still_open)
        return float(min([*still_open, committed[-1] + 1]) - 1)


def no_number_may_be_missing(committed, still_open):
    position = 0
    while position + 1 in committed:
        position += 1
    return position


def stops_before_the_newest(committed, still_open):
    return max(still_open) - 1 if still_open else max(committed)


def waits_until_nothing_is_open(committed, still_open):
    return 0 if still_open else max(committed)


WRONG_RULES = {
    "reads whatever is committed": (lambda committed, still_open: committed[-1], "who will read its event"),
    "no number may be missing": (no_number_may_be_missing, "Number 2 was rolled back"),
    "stops before the newest": (stops_before_the_newest, "Which of them does your reader stop before"),
    "waits until nothing is open": (waits_until_nothing_is_open, "Nothing can be added below the oldest"),
    "counts on an open one": (lambda committed, still_open: still_open[0] - 1, "counts on an open transaction"),
    "reads nothing": (lambda committed, still_open: 0, "Nothing is open, and both are committed"),
    "from 1": (
        lambda committed, still_open: 0 if committed[0] > 2 else upto(committed, still_open),
        "begins at position 41",
    ),
    "the first hundred": (
        lambda committed, still_open: upto(committed[:100], still_open if len(committed) < 100 else []),
        "This log is long",
    ),
}
ALSO_WRONG_RULES = (
    (lambda committed, still_open: max(still_open) - 1, "Two transactions are open"),
    (lambda committed, still_open: max(committed), "Write your answer there"),
    (lambda committed, still_open: len([at for at in committed if at < min([*still_open, 999])]), "Number 2 was"),
    (lambda committed, still_open: min(still_open) - 1, "counts on an open transaction"),
    (lambda committed, still_open: None, "Is there a return"),
    (lambda committed, still_open: committed, "That is not a number"),
    (lambda committed, still_open: min(still_open, default=math.inf) - 1, "That number is not finite"),
    (lambda committed: committed[-1], "Compare what the call passes"),
    (lambda committed, still_open: committed[-1] if len(still_open) < 2 else 0, "who will read its event"),
)

RIGHT = {
    "09b.1": [
        skipped,
        as_the_reader_reads,
        by_table,
        as_a_generator,
        as_an_array,
        as_keys,
        Reader(),
        before_the_next_poll,
    ],
    "09b.2": [
        CHOSEN,
        pd.Series(CHOSEN),
        [*CHOSEN.items()],
        {store.title(): remedy.upper().replace("-", " ") for store, remedy in CHOSEN.items()},
        {f"the {store[2:]}": remedy for store, remedy in CHOSEN.items()},
    ],
    "09b.3": [upto, one_by_one, with_numpy, by_filter, the_open_one_itself, Upto()],
}
WRONG = {"09b.1": WRONG_SKIPPED, "09b.2": WRONG_REMEDIES, "09b.3": WRONG_RULES}
ALSO_WRONG = {"09b.1": ALSO_WRONG_SKIPPED, "09b.2": ALSO_WRONG_REMEDIES, "09b.3": ALSO_WRONG_RULES}
