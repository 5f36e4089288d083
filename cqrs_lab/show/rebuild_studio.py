"""The rebuild studio: the head of the log, who serves, and what is being built, while events keep coming."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from cqrs_lab.arguments import how_many, refuse
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.guards.accepted import check_declaration
from cqrs_lab.read.projection import Projection
from cqrs_lab.show.doors import a_store, function_of
from cqrs_lab.show.icons import icon_of
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.rebuild_runs import (
    ABORT,
    EMPTY,
    MINE,
    STEPS,
    SWAP,
    WAYS,
    Recorded,
    Setting,
    record,
    record_own,
)
from cqrs_lab.show.rebuild_stage import drawn_rebuild
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.simulation.faults.rebuilders import RebuildFunction
from cqrs_lab.words import count

BEGINS_AT = 3
"""At step 0 there is almost nothing to see."""
TENS = 10
MOST_BUILT, MOST_TRAFFIC = 30, 20
SHOWN_ROWS = 6


def rebuild_studio(
    store: EventStore,
    old: Callable[[], Projection],
    new: Callable[[], Projection],
    before: int = 900,
    mine: RebuildFunction | None = None,
) -> View:
    """Build another version of a read model while events keep coming, step by step; then swap, abort, or do it wrong.

    Each setting is a run of the real store, projector and rebuild. Before every step some events come in and the
    serving version follows; then the rebuild takes its step.

    Parameters
    ----------
    store : EventStore
        Its first events are there when the rebuild begins; those behind them come in, step by step.
    old, new : callable
        Make the serving version, and the one to be built; with the same index names. A query asks for all of the first
        number column that both of them have.
    before : int, optional
        How many events are there when the rebuild begins.
    mine : callable, optional
        A generator ``rebuild(tables, store, projection)`` of yours, to be chosen beside the kit's. In a step it goes on
        until it has built as many events as are set, or has paused as often. What a visitor would notice is said.

    Returns
    -------
    View
        `frame()`: one row per step, up to the one that is shown; head, serving, version, building, state, answer. With
        `mine`, it begins with yours.

    Raises
    ------
    InvalidArgument
        The log has no `before` events, or the two versions have no number column, or no index, in common.

    Examples
    --------
    >>> import cqrs_lab as lab
    >>> from cqrs_lab.shop import read, week, write
    >>> from cqrs_lab.show import rebuild_studio
    >>> store = lab.MemoryEventStore()
    >>> bus = lab.CommandBus(store)
    >>> write.register(bus)
    >>> for command in week.commands():
    ...     receipt = bus.send(command)
    >>> rebuild_studio(store, read.BestSellers, read.BestSellers, before=8).at(step=0).says.split(". ")[0]
    'Step 0: version 1 serves, as of 8, the head of the log'
    """
    events, before = _events(store, before)
    asked = _asked(old, new)
    if mine is not None:
        function_of("mine", mine, 3, "a generator; give def rebuild(tables, store, projection): … with a yield")
    ways = WAYS if mine is None else (*WAYS, MINE)
    step_of = TENS if before >= TENS * MOST_BUILT else 1

    versions = old().version, new().version
    kinds = [icon_of(type(one.event)) for one in events]

    # A learner scrubs through one run, and goes back and forth between a few.
    @lru_cache(maxsize=64)
    def run(setting: Setting) -> Recorded:
        if setting.way == MINE and mine is not None:
            return record_own(events, before, (old, new), asked, setting, mine)
        return record(events, before, (old, new), asked, setting)

    def draw(way: int, step: int, build: int, traffic: int) -> Picture:
        setting = Setting(ways[way], step_of * build, step_of * traffic)
        return _picture(run(setting), step, setting, versions, kinds)

    what = Control.among("way", "What to do", ways)._replace(value=0 if mine is None else len(WAYS))
    return View(draw, [what, Control("step", "Step", 0, STEPS, BEGINS_AT, plays=True), *_paces(step_of, before)])


def _paces(step_of: int, before: int) -> list[Control]:
    """Return how much is built and comes in per step: no more than is there, and of a short log one by one."""
    most = min(MOST_BUILT, max(1, before // step_of))
    scale = Scale("events", step_of)
    return [
        Control("build", "Built per step", 1, most, min(15, max(1, most // 2)), scale=scale),
        Control("traffic", "Coming in per step", 0, min(MOST_TRAFFIC, most), min(4, most // 4), scale=scale),
    ]


def _events(store: EventStore, before: int) -> tuple[list[RecordedEvent], int]:
    """Return the log, and how much of it is there when the rebuild begins."""
    events = list(a_store(store).read_all())
    if not events:
        raise InvalidArgument("the log has no events; append some before you rebuild a table from it")
    wanted = f"a part of the log's {count(len(events), 'event')}; give a whole number from 1 to that"
    there = how_many("before", before, wanted, least=1)
    if there > len(events):
        raise refuse("before", before, wanted)
    return events, there


def _asked(old: Callable[[], Projection], new: Callable[[], Projection]) -> str:
    """Find the column that a query may ask for, whichever version serves."""
    for name, make in (("old", old), ("new", new)):
        check_declaration(function_of(name, make, 0, "what makes a projection; give the class, or a function")())
    before, after = old().schema, new().schema
    if list(before.index) != list(after.index):
        raise InvalidArgument(
            f"old has a row for each {', '.join(before.index)}, new for each {', '.join(after.index)}; "
            "give versions whose rows can be compared"
        )
    numbers = [
        [name for name, dtype in one.empty().dtypes.items() if is_numeric_dtype(dtype) and not is_bool_dtype(dtype)]
        for one in (before, after)
    ]
    both = [str(name) for name in numbers[0] if name in numbers[1]]
    if not both:
        had, has = (", ".join(map(str, names)) or "none" for names in numbers)
        raise InvalidArgument(
            f"a query adds up a number column that both versions have: old has {had}, new has {has}; "
            "give both one of the same name"
        )
    return both[0]


def _picture(run: Recorded, step: int, setting: Setting, versions: tuple[int, int], kinds: Sequence[str]) -> Picture:
    """Draw who serves and what is being built at a step, and what has come before it."""
    says = f"{_said(run, step)} {_outlook(run, step, setting)} {run.notes[step]}".rstrip()
    frame = pd.DataFrame(run.steps[: step + 1], index=pd.RangeIndex(step + 1, name="step"))
    frame = frame.astype({"building": "Int64", "state": "str"})
    names = ("log ends at", "serving position", "version", "built up to", "state", f"all {run.asked}")
    numbers = frame.tail(1).assign(building=_dashed(frame[["building"]])["building"]).set_axis(names, axis="columns")
    name = f"Three positions: the head of the log, the version that serves, and the one being built. {says}"
    came = kinds[run.steps[step - 1].head : run.steps[step].head] if step else []
    most = max(came, key=came.count, default="box")
    stage = drawn_rebuild(run.steps[: step + 1], run.steps[-1].head, versions, run.asked, name, most)
    changed = _changed(run) if run.steps[step].state == "swapped" else ""
    html = f'{stage}<p class="says">{escape(says)}</p>{table(numbers, "At this step")}{changed}'
    return Picture(html, says, frame)


def _dashed(frame: pd.DataFrame) -> pd.DataFrame:
    """Write a dash where there is nothing."""
    plain = frame.astype("object")
    return plain.where(plain.notna(), "\N{EN DASH}")


def _said(run: Recorded, step: int) -> str:
    """Return who answers now."""
    now = run.steps[step]
    behind = now.head - now.serving
    where = f"{count(behind, 'event')} behind the head of the log" if behind else "the head of the log"
    told = f"A query for all {run.asked} returns {now.answer:,}."
    return f"Step {step}: version {now.version} serves, as of {now.serving:,}, {where}. {told}"


def _outlook(run: Recorded, step: int, setting: Setting) -> str:
    """Return what is being built, and what will come of it."""
    now = run.steps[step]
    since = [one.state for one in run.steps].index(now.state)
    if now.state == "not begun":
        if setting.way == MINE:
            return f"In steps of {count(setting.build, 'event')} your function will build the next version."
        plan = {SWAP: "be built beside it", ABORT: "be built beside it, and given up half-way", EMPTY: "take its place"}
        return f"In steps of {count(setting.build, 'event')} the next version will {plan[setting.way]}."
    if now.state == "aborted":
        return f"What was built was given up at step {since}; no reader has noticed."
    if now.state == "emptied":
        return f"The serving table was emptied and fills up: before, the answer was {run.steps[0].answer:,}."
    if now.state == "filled":
        return f"The table is full again; until step {since} every answer came from a half-built one."
    if now.state == "stopped":
        return f"It stopped at step {since}."
    if now.state == "ended":
        return f"Your function ended at step {since}, and the old version serves."
    if now.state == "swapped" and setting.way == MINE:
        return f"Your function swapped at step {since}."
    if now.state == "swapped":
        last = run.steps[since].serving - (run.steps[since - 1].building or 0) - setting.build
        late = f", which applied the last {count(last, 'event')} by itself" if last > 0 else ""
        return f"It took over at step {since} in one swap{late}."
    return _gap(now.head, now.building or 0, setting)


def _gap(head: int, built: int, setting: Setting) -> str:
    """Return how far the version being built has come, and whether it will ever arrive."""
    grows_by = setting.traffic - setting.build
    read = f"The next version has read {built:,} of {count(head, 'event')} ({built / head:.0%})."
    if setting.way == MINE:
        return read
    if setting.way == ABORT:
        return f"{read} Once half of them are read, it is given up."
    if grows_by >= 0:
        moves = f"grows by {count(grows_by, 'event')} a step" if grows_by else "stays as it is"
        return (
            f"{read} As much comes in as is built, or more: while that lasts, the gap {moves}, and the rebuild never "
            f"ends."
        )
    left = max(1, -((head - built - setting.build + 1) // grows_by))
    return f"{read} The gap closes by {count(-grows_by, 'event')} a step: {count(left, 'step')} to go."


def _changed(run: Recorded) -> str:
    """Show what the swap has changed, as a table: the rows of that moment, whichever step is shown."""
    difference = run.difference
    if difference is None:
        return ""
    swap = next(one for one in run.steps if one.state == "swapped")
    more = f"; the first {SHOWN_ROWS}" if len(difference) > SHOWN_ROWS else ""
    differ = f"{count(len(difference), 'row')} differ{'s' if len(difference) == 1 else ''}"
    caption = (
        f"Old against new, both as of {swap.serving:,}, where they were swapped: {differ}{more}"
    )
    return table(_dashed(difference.head(SHOWN_ROWS)), caption, nothing="no row differs")
