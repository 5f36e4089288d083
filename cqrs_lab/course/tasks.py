"""The tasks of the lessons' views, kept here because a solution beside its task would be read first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from cqrs_lab.simulation.faults.ways import WORKERS
from cqrs_lab.simulation.gap import REMEDIES


class CourseTask(NamedTuple):
    """What to make happen, whether it does, and a setting at which it does, as in `task`."""

    words: str
    when: Callable[..., Any]
    solution: Mapping[str, int]


def _safe_but_not_on_his_page(frame: pd.DataFrame, step: int) -> bool:
    recorded = frame.loc[frame["way"] == "events", "head"]
    return any(f"as of {position}" not in set(frame["message"]) for position in recorded)


def _tables_differ(frame: pd.DataFrame, step: int) -> bool:
    now = frame.iloc[-1]
    return bool(now["order_history"] != now["inventory_levels"])


def _refused_by_both(frame: pd.DataFrame, message: int, door: int) -> bool:
    return bool(frame["refused"].iloc[2 * message : 2 * message + 2].all())


def _oversells(frame: pd.DataFrame, order: int, check: int, step: int) -> bool:
    return bool((frame["left"].dropna() < 0).any())


def _refuses_ada(frame: pd.DataFrame, order: int, check: int, step: int) -> bool:
    now = frame.tail(1)
    return bool((now["who"].eq("Ada") & now["outcome"].str.startswith("the store refuses")).any())


def _cup_at_its_lowest(frame: pd.DataFrame, **cuts: int) -> bool:
    merged = frame.loc[frame["differs"].notna(), "merged"]
    return bool(merged.get(("cup", "average")) == "3.0")


def _promise_broken(frame: pd.DataFrame, promise: str) -> bool:
    """Say whether what happened last is a look that breaks a promise."""
    return promise in "".join(frame["broken"].tail(1))


def _sleep_costs_more_and_keeps_less(frame: pd.DataFrame, **controls: int) -> bool:
    sleep, token = frame.loc["sleep"], frame.loc["token"]
    costs_more = sleep["reader_waits_seconds"] > token["reader_waits_seconds"]
    return bool(costs_more and sleep["misses_own_write"] > token["misses_own_write"])


def _answers_by_step_4(frame: pd.DataFrame, traffic: int, **others: int) -> bool:
    return traffic == 8 and "swapped" in frame["state"].loc[:4].tolist()


def _cancels_after_it_shipped(frame: pd.DataFrame, cancel: int, **others: int) -> bool:
    minutes = frame.loc[frame["event"] == "OrderShipped", "at"].sub(frame["at"].iloc[0]).dt.total_seconds() / 60
    return bool((minutes < cancel).any())


def _breaks(name: str) -> Callable[..., bool]:
    """Return whether the table of this worker does not match the log in the end."""

    def happens(frame: pd.DataFrame, worker: int, **faults: int) -> bool:
        return list(WORKERS)[worker] == name and not frame["agrees"].iloc[-1]

    return happens


def _never_read(who: str) -> Callable[..., bool]:
    return lambda frame, **moves: bool(frame.at[who, "never_read"])


def _read_beside_an_open_one(frame: pd.DataFrame, **moves: int) -> bool:
    ada, ben = frame.loc["Ada"], frame.loc["Ben"]
    beside = (
        other["took_at"] < one["read_at"] < other["committed_at"]
        for one, other in ((ada, ben), (ben, ada))
    )
    return not frame["never_read"].any() and any(beside)


def _given_up_on(frame: pd.DataFrame, remedy: int, **times: int) -> bool:
    return REMEDIES[remedy] == "gap-aware reader" and bool(frame.at["Ada", "skipped"])


def _dearest(frame: pd.DataFrame, rate: int) -> bool:
    return bool(frame["added_seconds"].idxmax() == "lock")


def _keeps_up(frame: pd.DataFrame) -> bool:
    return bool((frame.loc[frame["part"] == "partition", "busy"] < 1).all())


def _all_answered(frame: pd.DataFrame, asked: int) -> bool:
    copies = frame[frame["part"] == "copy"]
    return bool((copies["busy"] < 1).all() and copies["per_second"].sum() >= asked)


SEAT_MAP_READS = 180  # half percents, as the control counts them
HANDLING_BEFORE = 10  # steps of 10 ms, as the control counts them
HER_ORDER = 3  # its position in the log of lesson 0

TASKS: dict[str, CourseTask] = {
    "00.a": CourseTask(
        "Stop where Ben's order is safe and his page does not show it.", _safe_but_not_on_his_page, {"step": 2}
    ),
    "00.b": CourseTask("Stop where the two tables disagree about his order.", _tables_differ, {"step": 8}),
    "00.c": CourseTask(
        "Let the stock count Ada's cups while her orders do not show them.",
        lambda frame, order_history, inventory_levels: order_history < HER_ORDER <= inventory_levels,
        {"order_history": 2, "inventory_levels": 3},
    ),
    "00.d": CourseTask(
        "Let her orders show the cups while the stock does not count them.",
        lambda frame, order_history, inventory_levels: inventory_levels < HER_ORDER <= order_history,
        {"order_history": 3, "inventory_levels": 2},
    ),
    "02.a": CourseTask("Find the message that both doors refuse.", _refused_by_both, {"message": 1}),
    "03.a": CourseTask(
        "Go back to where Ada's order is known, and no cup is broken yet.",
        lambda frame, position: position > 1 and frame.at["on_hand", "after"] == "12",
        {"position": 2},
    ),
    "03.b": CourseTask(
        "Sell the one cup twice: find an order of the four moves, with the check or without.",
        _oversells,
        {"order": 1, "check": 1, "step": 4},
    ),
    "03.c": CourseTask("Stop where the store refuses Ada.", _refuses_ada, {"order": 2, "check": 0, "step": 4}),
    "04.a": CourseTask(
        "Pick the cell that should worry Mona.",
        lambda frame, state, command: (frame.index[state], frame.columns[command]) == ("cancelled", "pay"),
        {"state": 3, "command": 0},
    ),
    "05.a": CourseTask(
        "Find the lowest average that a cut can give the cup.", _cup_at_its_lowest, {"first": 7, "step": 2}
    ),
    "06.a": CourseTask(
        "Find a setting at which the joined tables are the cheapest.",
        lambda frame, length, reads, questions: frame["total"].idxmin() == "joined tables",
        {"reads": 1, "questions": 10},
    ),
    "07.a": CourseTask(
        "Put the dot where theory says that the mean lag is 20 seconds.",
        lambda frame, busy: round(frame["theory_mean"].get(busy / 100, 0)) == 20,
        {"busy": 95},
    ),
    "08.a": CourseTask(
        "Stop where the page of somebody who has ordered misses the order.",
        lambda frame, step: _promise_broken(frame, "read your writes"),
        {"step": 8},
    ),
    "08.b": CourseTask(
        "Stop where a page goes back in time, and misses no order of its reader's.",
        lambda frame, step: _promise_broken(frame, "monotonic reads")
        and not _promise_broken(frame, "read your writes"),
        {"step": 18},
    ),
    "08.c": CourseTask(
        "Find a think time at which the sleep costs the reader more than the token, and still keeps less.",
        _sleep_costs_more_and_keeps_less,
        {"think": 15},
    ),
    "09.a": CourseTask(
        "Break the worker that writes both at once and compares positions.",
        _breaks("both at once, positions compared"),
        {"worker": 3, "kind_1": 7, "event_1": 2},
    ),
    "09b.a": CourseTask(
        "Find an order in which Ada's event is never read.",
        _never_read("Ada"),
        {"move_1": 0, "move_2": 1, "move_3": 1, "move_4": 2, "move_5": 0},
    ),
    "09b.b": CourseTask(
        "Now let Ben's be the one that is never read.",
        _never_read("Ben"),
        {"move_1": 1, "move_2": 0, "move_3": 0, "move_4": 2, "move_5": 1},
    ),
    "09b.c": CourseTask(
        "Let the reader read one event while the other transaction is open, and lose neither.",
        _read_beside_an_open_one,
        {"move_1": 0, "move_2": 1, "move_3": 0, "move_4": 2, "move_5": 1},
    ),
    "09b.d": CourseTask(
        "Let even the gap-aware reader skip Ada's event.", _given_up_on, {"remedy": 3, "ada_lasts": 28}
    ),
    "09b.e": CourseTask("Find a rate at which the lock is the dearest of the three.", _dearest, {"rate": 6}),
    "10.a": CourseTask(
        "While 80 events come in per step, let the new version answer from step 4 on, or earlier.",
        _answers_by_step_4,
        {"way": 0, "traffic": 8, "build": 30, "step": 4},
    ),
    "11.a": CourseTask(
        "Let every projector keep up, with the partition picked by the product.",
        lambda frame, by, **others: by == 0 and _keeps_up(frame),
        {"handling": 5},
    ),
    "11.b": CourseTask(
        "Let every projector keep up while an event takes 100 ms.",
        lambda frame, handling, **others: handling == HANDLING_BEFORE and _keeps_up(frame),
        {"by": 1},
    ),
    "11.c": CourseTask(
        "Let 300 questions per second be answered, with no copy busy all of its time.",
        lambda frame, **controls: _all_answered(frame, 300),
        {"questions": 30, "copies": 4},
    ),
    "14.a": CourseTask(
        "Find a setting at which the simulator predicts at least twice the p99 that was measured.",
        lambda frame, **controls: bool(2 * frame.at["p99", "measured"] <= frame.at["p99", "predicted"]),
        {"rate": 3, "batch": 1, "calibrated": 1},
    ),
    "15.a": CourseTask(
        "Let a read model pay for the seat map, with as many reads as today.",
        lambda frame, read_share, **others: read_share == SEAT_MAP_READS and bool(frame.at["CQRS", "chosen"]),
        {"staleness": 10},
    ),
    "15.b": CourseTask(
        "Find a setting at which CQRS no longer pays for Sales by country.",
        lambda frame, page, **others: page == 0 and bool(frame.at["CRUD", "chosen"]),
        {"page": 0, "read_share": 0},
    ),
    "12.a": CourseTask("Let Ada cancel when it is too late.", _cancels_after_it_shipped, {"cancel": 26}),
}
