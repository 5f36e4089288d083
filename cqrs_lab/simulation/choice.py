"""CRUD or CQRS, for one part of a system: what each side costs, which one to choose, and where that flips.

The model is a sum, and no more than that. A cost is work, such as processor time, in any unit: only the ratio of the
two sides counts.

- A read costs what its page costs: rows that are joined and added up, or a row that stands ready in a read model.
- A write costs its transaction, or its command. Each fact that its rule looks at costs something more.
- Writers who meet at one thing wait for each other behind CRUD's lock, which is no work. With expected versions the
  later one decides again, which is: of a share c of all attempts, so that a write takes 1 / (1 - c) of them.
- A projector polls as seldom as the staleness allows, at most once for each write. A poll costs the same for one event
  as for a hundred, so tolerated staleness is what makes read models cheap.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cqrs_lab.arguments import refuse, shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import is_real
from cqrs_lab.simulation.confidence import BATCHES, STUDENT
from cqrs_lab.words import count

Side = Literal["CRUD", "CQRS"]
Costs: TypeAlias = pd.DataFrame | Mapping[str, float]
Numbers: TypeAlias = NDArray[np.float64]

COSTS = {
    "crud_write": "one write through a transaction",
    "crud_rule": "one fact more that its rule looks at",
    "crud_read": "one read of the page",
    "cqrs_write": "one write through a command",
    "cqrs_rule": "one fact more that its rule looks at",
    "cqrs_read": "one read of the page",
    "cqrs_poll": "one poll of the projector",
}
KINDS = ("read", "write", "again", "poll")
RANGES = {
    "read_share": np.linspace(0, 1, 501),
    "contention": np.linspace(0, 0.95, 476),
    "rules": np.linspace(0, 100, 501),
    "staleness_seconds": np.concatenate([[0.0], np.geomspace(0.001, 3600, 500)]),
}
"""Over which values a flip is looked for."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What is asked of one part of a system.

    Attributes
    ----------
    read_share : float
        Which share of the requests read: from 0 to 1.
    contention : float
        Which share of the attempts to write meets another writer at the same thing: from 0 to less than 1.
    rules : float
        How many facts the rule of a write looks at, beyond the first.
    staleness_seconds : float
        How old an answer may be; 0: every answer knows every write.
    rate_per_second : float
        Requests per second, reads and writes together.
    """

    read_share: float
    contention: float = 0.0
    rules: float = 0.0
    staleness_seconds: float = 0.0
    rate_per_second: float = 50.0

    def __post_init__(self) -> None:
        bounds = {"read_share": (1.0, "a share from 0 to 1"), "contention": (0.99, "a share from 0 to 0.99")}
        for name in self.__slots__:
            value, (most, wanted) = getattr(self, name), bounds.get(name, (math.inf, "0 or more"))
            if not is_real(value) or not 0 <= value <= most or math.isinf(value):
                raise InvalidArgument(f"{name}={shown(value)}: give {wanted}")
        if not self.rate_per_second:
            raise InvalidArgument("rate_per_second=0: give more than 0")


class Flip(NamedTuple):
    """Where a choice flips, and the 95 % interval; NaN where there is none; and the share of the runs that flip."""

    at: float
    low: float
    high: float
    runs: float


@dataclass(frozen=True, slots=True)
class Choice:
    """Which side to choose, the two numbers that decide, and where the choice flips.

    Attributes
    ----------
    choice : {"CRUD", "CQRS"}
    crud, cqrs : float
        Work per request: the two numbers that decide.
    worth : float
        How many times as much work CRUD has to be before CQRS is worth its further parts.
    work : DataFrame
        One row per side; columns read, write, again, poll: of what the two numbers are the sum.
    flips : DataFrame
        One row per setting (read_share, contention, rules, staleness_seconds); columns at (the nearest value at which
        the choice flips, NaN if there is none), low and high (a 95 % interval, NaN without one) and runs (the share of
        the runs that flip).
    """

    choice: Side
    crud: float
    cqrs: float
    worth: float
    work: pd.DataFrame
    flips: pd.DataFrame

    def flip(self, setting: str) -> Flip:
        """Return where the choice flips as one setting changes and the others stay: a row of `flips`."""
        return Flip(*(float(self.flips[name][setting]) for name in Flip._fields))


def choose(costs: Costs, traffic: Traffic, worth: float = 2.0) -> Choice:
    """Choose CQRS where it does the same for so much less work that its further parts pay, and CRUD everywhere else.

    Parameters
    ----------
    costs : DataFrame or mapping
        The costs of `COSTS`: numbers, or ten rows with those of ten runs, from which flips get their intervals.
    traffic : Traffic
    worth : float, optional
        How many times as much work CRUD has to be. What a log, projectors and read models cost the people who keep them
        is not measured here: this number stands for it, and it is yours.

    Returns
    -------
    Choice

    Raises
    ------
    InvalidArgument
        A cost is missing, or is no number above 0; or `worth` is below 1.

    Examples
    --------
    >>> from cqrs_lab.simulation.choice import COSTS, Traffic, choose
    >>> costs = dict.fromkeys(COSTS, 1.0) | {"crud_read": 20.0, "cqrs_write": 8.0, "cqrs_poll": 40.0}
    >>> made = choose(costs, Traffic(read_share=0.9, staleness_seconds=10))
    >>> made.choice, round(made.crud, 2), round(made.cqrs, 2)
    ('CQRS', 18.1, 1.78)
    >>> round(made.flip("read_share").at, 3)
    0.459
    """
    runs = checked_costs(costs)
    if not is_real(worth) or not 1 <= worth < math.inf:
        raise refuse("worth", worth, "how many times as much; give 1 or more")
    mean = runs.mean(axis=0, keepdims=True)
    parts = _work(mean, traffic)
    crud, cqrs = float(parts[0].sum()), float(parts[1].sum())
    # The mean comes first, then each run.
    rows = mean if len(runs) == 1 else np.concatenate([mean, runs])
    flips = {name: _flip(_nearest(rows, traffic, worth, name)) for name in RANGES}
    return Choice(
        "CQRS" if crud > worth * cqrs else "CRUD",
        crud,
        cqrs,
        float(worth),
        pd.DataFrame(parts, index=["CRUD", "CQRS"], columns=list(KINDS)),
        pd.DataFrame(flips, index=list(Flip._fields)).T,
    )


def checked_costs(costs: Any) -> Numbers:
    """Return costs as an array: one row or ten, one per run, and a column for each of `COSTS`."""
    given = {name: [value] for name, value in costs.items()} if isinstance(costs, Mapping) else costs
    if not isinstance(given, (dict, pd.DataFrame)):
        raise refuse("costs", costs, f"costs; give a number for each of {', '.join(COSTS)}")
    if missing := [name for name in COSTS if name not in given]:
        raise InvalidArgument(f"costs has no {missing[0]!r} ({COSTS[missing[0]]}); give {', '.join(COSTS)}")
    columns = {name: list(given[name]) for name in COSTS}
    for name, values in columns.items():
        if wrong := [value for value in values if not is_real(value) or not 0 < value < math.inf]:
            raise InvalidArgument(f"costs has {shown(wrong[0])} under {name!r}; give numbers above 0")
    rows: Numbers = np.array(list(columns.values()), dtype="float64").T
    if len(rows) not in (1, BATCHES):
        raise InvalidArgument(f"costs has {count(len(rows), 'row')}; give one, or those of {BATCHES} runs")
    return rows


def _work(rows: Numbers, traffic: Traffic, name: str = "", values: Any = None) -> Numbers:
    """Return the work of one request: per side, per kind of `KINDS`, per run, and per value of a setting."""
    cost = dict(zip(COSTS, rows.T[:, :, None], strict=True))
    at: dict[str, Any] = {one: getattr(traffic, one) for one in traffic.__slots__}
    if name:
        at[name] = values
    writes, none = 1 - at["read_share"], np.zeros(1)
    first = cost["cqrs_write"] + at["rules"] * cost["cqrs_rule"]
    with np.errstate(divide="ignore"):
        seldom = np.divide(1.0, at["rate_per_second"] * np.asarray(at["staleness_seconds"], dtype="float64"))
    again = writes * first * at["contention"] / (1 - at["contention"])
    crud = (
        at["read_share"] * cost["crud_read"],
        writes * (cost["crud_write"] + at["rules"] * cost["crud_rule"]),
        none,
        none,
    )
    cqrs = at["read_share"] * cost["cqrs_read"], writes * first, again, np.minimum(writes, seldom) * cost["cqrs_poll"]
    shape = len(rows), len(values) if name else 1
    found = np.array([[np.broadcast_to(part, shape) for part in side] for side in (crud, cqrs)])
    return found if name else found[:, :, 0, 0]


def _nearest(rows: Numbers, traffic: Traffic, worth: float, name: str) -> Numbers:
    """Return for each run the flip of a setting that is nearest to what is set, NaN where there is none."""
    grid, here = RANGES[name], getattr(traffic, name)
    crud, cqrs = _work(rows, traffic, name, grid).sum(axis=1)
    places = [_crossings(grid, gains) for gains in crud - worth * cqrs]
    return np.array([own[np.argmin(np.abs(own - here))] if own.size else math.nan for own in places])


def _crossings(grid: Numbers, gains: Numbers) -> Numbers:
    """Return where gains, given along a grid, change their sign."""
    [steps] = np.nonzero((gains[1:] > 0) != (gains[:-1] > 0))
    share = gains[steps] / (gains[steps] - gains[steps + 1])
    places: Numbers = grid[steps] + share * (grid[steps + 1] - grid[steps])
    return places


def _flip(found: Numbers) -> Flip:
    """Return where the mean flips, the ends of its interval, and the share of the runs that flip."""
    at, runs = float(found[0]), found[1:] if len(found) > 1 else found
    share = 1 - float(np.isnan(runs).mean())
    if len(runs) < BATCHES or share < 1 or math.isnan(at):
        return Flip(at, math.nan, math.nan, share)
    half = float(runs.std(ddof=1)) * STUDENT / math.sqrt(BATCHES)
    return Flip(at, max(at - half, 0.0), at + half, share)


def stretches(costs: Costs, traffic: Traffic, worth: float, name: str) -> list[tuple[float, float, Side]]:
    """Return which side is chosen along a setting: from where, to where, and which, in order."""
    grid = RANGES[name]
    crud, cqrs = _work(checked_costs(costs).mean(axis=0, keepdims=True), traffic, name, grid).sum(axis=1)
    [gains] = crud - worth * cqrs
    ends = [*_crossings(grid, gains).tolist(), float(grid[-1])]
    begins = [float(grid[0]), *ends[:-1]]
    first = bool(gains[0] > 0)
    return [
        (low, high, "CQRS" if first == (at % 2 == 0) else "CRUD")
        for at, (low, high) in enumerate(zip(begins, ends, strict=True))
    ]


@dataclass(frozen=True, slots=True)
class SystemPart:
    """One part of a system that somebody has to decide about: what it does, what it costs, and what is asked of it."""

    what: str
    costs: Mapping[str, float]
    traffic: Traffic

    def at(self, **settings: float) -> SystemPart:
        """Return the same part at other settings of its traffic."""
        return replace(self, traffic=replace(self.traffic, **settings))
