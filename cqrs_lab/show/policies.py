"""Promises by remedies: which remedy keeps which promise to a reader, and who waits for it."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

import numpy as np
import pandas as pd

from cqrs_lab.arguments import how_many
from cqrs_lab.errors import InvalidArgument, recording_errors
from cqrs_lab.show.chart import brief_number
from cqrs_lab.show.doors import function_of, instance
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.promise_grid import Row, grid
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.simulation import guarantees
from cqrs_lab.simulation.draws import Integers
from cqrs_lab.simulation.durations import Duration, Fixed, Seconds
from cqrs_lab.simulation.guarantees import Broken
from cqrs_lab.simulation.lag import simulate_lag
from cqrs_lab.simulation.model import LagModel
from cqrs_lab.simulation.run import LagRun
from cqrs_lab.simulation.visitors import POLICIES, PRIMARY, SLEEP_SECONDS, Mine, Policy
from cqrs_lab.simulation.world import Domain, WorldRun, simulate_world
from cqrs_lab.words import count

TENTHS = 10
NO_MARKS = (0.0, 0.0)
MOST_THINK = 30
YOURS = "yours"
PROMISES = ("read your writes", "monotonic reads", "consistent prefix")
HOW = {
    "eventual": "any copy, at once",
    "sleep": f"{SLEEP_SECONDS:g} s before the first look",
    "token": "a copy that has it, or wait",
    "sticky replica": "one copy for each person",
    "waiting command": "receipt when all have it",
    "primary": "ask the write side itself",
    YOURS: "your code, one look a visit",
}


def policies(
    model: LagModel,
    domain: Domain,
    visits: int = 40,
    events: int = 100_000,
    seed: int = 1,
    *,
    mine: Mine | None = None,
) -> View:
    """Move the time between a write and the reads after it, and see which remedy keeps which promise, and who waits.

    All rows are the same visitors of one world with the real buses, who come again under each remedy. A mark on a bar
    is the mean over a long run of `simulate_lag`.

    Parameters
    ----------
    model : LagModel
        With two replicas or more, so that a reader can meet different ones.
    domain : Domain
    visits : int, optional
        In the world.
    events : int, optional
        In the long run.
    seed : int, optional
    mine : callable, optional
        Your own remedy, one more row: ``order_and_look(shop, order)`` sends the order and returns what the page shows.
        If it raises an error, the row says which.

    Returns
    -------
    View
        `frame()`: one row per policy, and "yours"; misses_own_write, goes_back, breaks_prefix (shares of reads),
        reader_waits_seconds, sender_waits_seconds (means over visits), reads, primary_reads (numbers).

    Examples
    --------
    >>> from cqrs_lab.shop import visits, write
    >>> from cqrs_lab.show import policies
    >>> from cqrs_lab.simulation import Domain, Exponential, LagModel, Poisson
    >>> tea = Domain(write.register, visits.order_one, visits.UnitsOrdered, keys=("cup", "pot"))
    >>> def order_and_look(shop, order):
    ...     shop.send(order)
    ...     return shop.ask().value
    >>> view = policies(LagModel(Poisson(2.0), Exponential(0.4), replicas=2), tea, visits=20, mine=order_and_look)
    >>> print(view.says.split(";")[0])
    Yours, first look 0.5 s after the order. Read your writes: broken by 10 of 20 looks
    """
    instance("model", model, LagModel, "a model of the lag; give LagModel(arrivals, handling, replicas=2)")
    instance("domain", domain, Domain, "the domain of a world; give Domain(…)")
    visits = how_many("visits", visits, "a number of visits; give 1 or more", least=1)
    if mine is not None:
        function_of("mine", mine, 2, "your own remedy; give a function order_and_look(shop, order)")
    if model.replicas < 2:
        raise InvalidArgument(f"replicas={model.replicas}: with one copy nobody can meet an older one; give 2 or more")
    run = simulate_lag(model, events, seed)
    world = simulate_world(model, domain, visits=visits, think=Fixed(0), seed=seed)
    compared = _Comparison(world, run, {name: name for name in POLICIES} | ({YOURS: mine} if mine else {}))

    first = len(POLICIES) if mine else 0

    def draw(policy: int, think: int, case: int) -> Picture:
        return _picture(compared, list(compared.remedies)[policy], think, case)

    controls = [
        Control.among("policy", "Remedy", tuple(compared.remedies))._replace(value=first),
        Control("think", "Think time", 0, MOST_THINK, 5, scale=Scale("s", 1 / TENTHS)),
        Control("case", "Broken promise to look at", 1, compared.most_cases, 1),
    ]
    return View(draw, controls)


class _Comparison:
    """The same visitors under each remedy; what was worked out is kept, since a hand goes back and forth."""

    def __init__(self, world: WorldRun, run: LagRun, remedies: dict[str, Policy | Mine]) -> None:
        self.world, self.run, self.remedies = world, run, remedies
        self.all_replicas = run.all_replicas_mean()
        self._looked: dict[int, dict[str, _Looked]] = {}
        self._marks: dict[int, dict[str, tuple[float, float]]] = {}
        at_once = self.looked(0)
        # An axis that stays put under a hand; a learner's own remedy may wait much longer, and its bar is cut off.
        waits = [wait for name in POLICIES for wait in (*at_once[name].waits, *self.marks(0).get(name, ()))]
        self.longest = float(np.ceil(max(waits)))
        self.most_cases = max(1, *(len(one.cases) for one in at_once.values()))

    def looked(self, think: int) -> dict[str, _Looked]:
        """Return what the visitors saw under each remedy, if they thought for this long, in tenths of a second."""
        if think not in self._looked:
            self._looked[think] = {name: self._under(one, Fixed(think / TENTHS)) for name, one in self.remedies.items()}
        return self._looked[think]

    def _under(self, remedy: Policy | Mine, think: Duration) -> _Looked:
        if not callable(remedy):
            return _looked(self.world.again(think=think, policy=remedy))
        failed: dict[str, str] = {}
        with recording_errors(failed, YOURS, "Your code failed"):
            return _looked(self.world.again(think=think, policy=remedy))
        return _Looked(*[float("nan")] * 5, 0, 0, (), failed[YOURS])

    def marks(self, think: int) -> dict[str, tuple[float, float]]:
        """Return how long the reader and the sender wait under each policy in a long run, on average, in seconds."""
        if think not in self._marks:
            waits: dict[str, tuple[float, float]] = {"sleep": (SLEEP_SECONDS, 0.0)}
            waits |= {"token": (self.run.token_wait_mean(think / TENTHS), 0.0)}
            self._marks[think] = waits | {"waiting command": (0.0, self.all_replicas)}
        return self._marks[think]


class _Looked(NamedTuple):
    """What the visitors saw under a remedy: shares of their looks, and mean seconds per visit; or how it failed."""

    misses_own_write: float
    goes_back: float
    breaks_prefix: float
    reader_waits: float
    sender_waits: float
    reads: int
    primary_reads: int
    cases: tuple[Broken, ...]
    failed: str = ""

    @property
    def waits(self) -> tuple[float, float]:
        return self.reader_waits, self.sender_waits

    @property
    def broken(self) -> tuple[int, int, int]:
        shares = (self.misses_own_write, self.goes_back, self.breaks_prefix)
        missed, back, prefix = (0 if self.failed else round(share * self.reads) for share in shares)
        return missed, back, prefix


def _looked(world: WorldRun) -> _Looked:
    trace = world.trace
    verdicts = guarantees.check(trace, names=("read_your_writes", "monotonic_reads"))
    missed, back = (verdict.broken_by for verdict in verdicts.values())
    invoke, ret, replica = (trace[name].to_numpy() for name in ("invoke", "ret", "replica"))
    reads, waits = trace["op"].to_numpy() == "r", ret - invoke
    looks, visits = int(reads.sum()), int((~reads).sum())
    return _Looked(
        misses_own_write=len(missed) / looks,
        goes_back=len(back) / looks,
        breaks_prefix=_out_of_order(world.lag, replica[reads], ret[reads]) / looks,
        reader_waits=float(waits[reads].sum()) / visits,
        sender_waits=float(waits[~reads].sum()) / visits,
        reads=looks,
        primary_reads=int((replica[reads] == PRIMARY).sum()),
        cases=(*missed, *back),
    )


def _out_of_order(lag: LagRun, replica: Integers, moments: Seconds) -> int:
    """Return how many looks met an event without one in front of it, by the moments at which each became visible."""
    visible = np.vstack([lag.visible_at, lag.committed_at])  # the primary's, -1, come last
    shown = visible[replica] <= moments[:, None]
    return int((np.diff(shown.astype("int8"), axis=1) > 0).any(axis=1).sum())


def _picture(compared: _Comparison, chosen: str, think: int, case: int) -> Picture:
    looked, marks = compared.looked(think), compared.marks(think)
    rows = [
        Row(name, HOW[name], one.broken, one.reads, one.waits, marks.get(name, NO_MARKS), one.primary_reads, one.failed)
        for name, one in looked.items()
    ]
    here = looked[chosen]
    says = f"{here.failed}." if here.failed else f"{_sentence(chosen, here, think / TENTHS)} {_case(here.cases, case)}"
    columns = ["misses_own_write", "goes_back", "breaks_prefix", "reader_waits_seconds", "sender_waits_seconds"]
    frame = pd.DataFrame.from_dict(
        {name: one[:7] for name, one in looked.items()}, orient="index", columns=[*columns, "reads", "primary_reads"]
    ).rename_axis("policy")
    name = f"A row per remedy: which promise it keeps, how long the reader and the sender wait. {says}"
    html = (
        f"<figure>{grid(PROMISES, rows, list(looked).index(chosen), compared.longest, name)}"
        f'<figcaption class="roomy">{escape(says)}</figcaption></figure>{_table(looked)}'
    )
    return Picture(html, says, frame)


def _sentence(name: str, one: _Looked, think: float) -> str:
    told = [f"{promise}: {_times(broken, one.reads)}" for promise, broken in zip(PROMISES, one.broken, strict=True)]
    waits = zip(("the reader", "the sender"), one.waits, strict=True)
    waiting = [f"{who} waits {brief_number(seconds)} s per visit" for who, seconds in waits if seconds]
    return (
        f"{name.capitalize()}, first look {think:g} s after the order. {'; '.join(told).capitalize()}; "
        f"{' and '.join(waiting) or 'nobody waits'}{_asked(one)}."
    )


def _asked(one: _Looked) -> str:
    return f", and the write side answers {count(one.primary_reads, 'look')}" if one.primary_reads else ""


def _times(broken: int, reads: int) -> str:
    return f"broken by {broken} of {count(reads, 'look')}" if broken else "kept"


def _case(cases: tuple[Broken, ...], case: int) -> str:
    if not cases:
        return "No promise is broken: there is no case to look at."
    if case > len(cases):
        return f"Case {case}: there are only {len(cases)}."
    return f"Case {case} of {len(cases)}: {cases[case - 1].says}"


def _table(looked: dict[str, _Looked]) -> str:
    rows = {
        name: [
            *one.waits,
            one.primary_reads,
            *(f"✕ {broken} of {one.reads}" if broken else "✓ kept" for broken in one.broken),
        ]
        for name, one in looked.items()
        if not one.failed
    }
    # What it costs comes first: zoomed in, the grid's bars are out of sight, and these columns are not.
    columns = ["reader, s", "sender, s", "write side", *PROMISES]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("remedy").round(2)
    return table(frame, "The same in numbers: waits in a visit, looks at the write side, promises")
