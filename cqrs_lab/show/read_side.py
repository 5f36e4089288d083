"""What each part of a read side has to do, and which of them is at its limit: partitions, projectors, copies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from math import inf
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from cqrs_lab.errors import InvalidArgument, recording_errors
from cqrs_lab.show.chart import brief_number
from cqrs_lab.show.doors import function_of, listed
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.read_side_stage import HowLate, draw_stage, percent
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.simulation.arguments import positive, whole
from cqrs_lab.simulation.arrivals import Poisson
from cqrs_lab.simulation.closed_form import lag_of
from cqrs_lab.simulation.durations import Exponential
from cqrs_lab.simulation.lag import simulate_lag
from cqrs_lab.simulation.model import LagModel
from cqrs_lab.simulation.partitioning import Pair, PartitionOf, by_order, by_product
from cqrs_lab.simulation.run import LagRun
from cqrs_lab.words import count, shortened

EVENTS = 10_000
ANSWER_SECONDS = 0.010
"""How long a copy takes to answer a question, on average; nobody waits for a projector there."""
OWN = "your function"
WAYS: dict[str, PartitionOf] = {"product": by_product, "order": by_order}
NEARLY_1 = 1 - 1e-9
CONTROLS = (
    Control("partitions", "Partitions", 1, 12, 4),
    Control.among("by", "The partition is picked by", list(WAYS)),
    Control("handling", "Handling of an event", 2, 20, 10, scale=Scale("ms", 10)),
    Control("copies", "Copies", 1, 6, 2),
    Control("questions", "Questions", 1, 50, 15, scale=Scale("per second", 10)),
    Control("distance", "Way to the copies", 0, 30, 0, scale=Scale("ms", 10)),
)


class _Setting(NamedTuple):
    """What is set, in seconds and per second."""

    partitions: int
    by: str
    handling: float
    copies: int
    questions: float
    distance: float


def read_side(events: Sequence[Pair], *, rate: float = 30.0, mine: PartitionOf | None = None, seed: int = 1) -> View:
    """Double a part of a read side, and see which part is at its limit, and how late events and answers are.

    Each copy has a projector for each partition, and each event is handled once in every copy. Questions are spread
    evenly over the copies; a copy takes 10 ms on average to answer one.

    Parameters
    ----------
    events : sequence of (product, order)
        What comes, one pair of texts for each event. How often a pair is there decides the shares.
    rate : float, optional
        Events per second.
    mine : callable, optional
        ``mine(product, order, partitions)`` returns the partition of an event, from 0 on: a third way to pick one, at
        which the view begins. If it fails, or sends one event to two partitions, the picture says so.
    seed : int, optional
        Of the simulated lag.

    Returns
    -------
    View
        `frame()`: one row per partition and per copy; part ("partition" or "copy"), number (int64, from 1), per_second
        (events or questions), busy (share of time; 1 or more where it cannot keep up), busy_with_hot (the part of it
        that the product with the most events takes) and seconds (mean, by theory: until an event of this partition is
        visible, until a question is answered; inf where it cannot keep up).

    Examples
    --------
    >>> from cqrs_lab.show import read_side
    >>> view = read_side([("cup", "1"), ("cup", "2"), ("pot", "3"), ("mug", "4")], rate=8.0)
    >>> view.at(partitions=1).says[:70]
    '1 partition, by product. The busiest projector is busy 80% of the time'
    """
    pairs = _pairs(events)
    rate, seed = positive("rate", rate), whole("seed", seed, least=0)
    ways, controls = dict(WAYS), {one.name: one for one in CONTROLS}
    if mine is not None:
        wanted = "a function of product, order and partitions that returns the partition of an event"
        ways[OWN] = function_of("mine", mine, 3, wanted)
        controls["by"] = Control.among("by", controls["by"].label, list(ways))._replace(value=len(WAYS))

    def draw(partitions: int, by: int, handling: int, copies: int, questions: int, distance: int) -> Picture:
        way = list(ways)[by]
        setting = _Setting(partitions, way, handling / 100, copies, questions * 10.0, distance / 100)
        places, why = _places(pairs, ways[way], partitions)
        return _failed(why) if why else _picture(setting, _loads(pairs, places, setting, rate), pairs, rate, seed)

    return View(draw, list(controls.values()))


def _pairs(events: Any) -> list[Pair]:
    wanted = 'a list of pairs of texts; give [("cup", "1001"), …], the product and the order of each event'
    found = [tuple(one) if isinstance(one, tuple | list) else one for one in listed("events", events, wanted)]
    for one in found:
        if not isinstance(one, tuple) or len(one) != 2 or not all(isinstance(text, str) for text in one):
            raise InvalidArgument(f"events has {shortened(repr(one), 60)}, which is no pair; give {wanted}")
    return found


def _places(pairs: list[Pair], partition_of: PartitionOf, partitions: int) -> tuple[list[int], str]:
    """Return the partition of each event, and why there are none; whatever the function does, there is an answer."""
    why = dict[str, str]()
    with recording_errors(why, "mine", "it failed"):
        places = [partition_of(product, order, partitions) for product, order in pairs]
        again = [partition_of(product, order, partitions) for product, order in pairs]
        for pair, one, other in zip(pairs, places, again, strict=True):
            if isinstance(one, bool) or not hasattr(one, "__index__") or not 0 <= one < partitions:
                number = shortened(repr(one), 40)
                return [], f"for {pair} it returned {number}, which is no partition from 0 to {partitions - 1}"
            if one != other:
                return [], f"it sent {pair} to partition {one}, and the same event to {other} when asked again"
        return [int(one) for one in places], ""
    return [], shortened(" ".join(why["mine"].split()), 120)


def _failed(why: str) -> Picture:
    says = f"Your function picks no partition: {why}."
    return Picture(f'<p class="says">{escape(says)}</p>', says, pd.DataFrame(columns=list(COLUMNS)).astype(COLUMNS))


COLUMNS = {
    "part": "str",
    "number": "int64",
    "per_second": "float64",
    "busy": "float64",
    "busy_with_hot": "float64",
    "seconds": "float64",
}


def hottest(pairs: Sequence[Pair]) -> tuple[str, float]:
    """Return the product with the most events, and its share of them."""
    [(product, events)] = Counter(product for product, _ in pairs).most_common(1)
    return product, events / len(pairs)


def _loads(pairs: list[Pair], places: list[int], setting: _Setting, rate: float) -> pd.DataFrame:
    """Return what each partition and each copy has to do."""
    hot, _ = hottest(pairs)
    all_events = Counter(places)
    hot_events = Counter(place for (product, _), place in zip(pairs, places, strict=True) if product == hot)
    rows: list[tuple[Any, ...]] = []
    for number in range(setting.partitions):
        per_second, of_hot = (rate * events[number] / len(pairs) for events in (all_events, hot_events))
        busy = per_second * setting.handling
        later = _mean(busy, setting.handling) + setting.distance
        rows.append(("partition", number + 1, per_second, busy, of_hot * setting.handling, later))
    each = setting.questions / setting.copies
    for number in range(setting.copies):
        answered = _mean(each * ANSWER_SECONDS, ANSWER_SECONDS)
        rows.append(("copy", number + 1, each, each * ANSWER_SECONDS, 0.0, answered))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _mean(busy: float, seconds: float) -> float:
    """Return the mean time at a random queue: lesson 7's handling ÷ free share."""
    return seconds / (1 - busy) if busy < NEARLY_1 else inf


def _picture(setting: _Setting, loads: pd.DataFrame, pairs: list[Pair], rate: float, seed: int) -> Picture:
    partitions, copies = (loads[loads["part"] == part] for part in ("partition", "copy"))
    run = None
    if partitions["busy"].max() < NEARLY_1:
        shares = tuple(partitions.loc[partitions["busy"] > 0, "per_second"] / rate)
        model = LagModel(Poisson(rate), Exponential(setting.handling), partitions=shares, replicas=setting.copies)
        run = simulate_lag(model, EVENTS, seed)
    figures = _figures(run, setting, copies)
    hot, share = hottest(pairs)
    says = " ".join([_said_of_partitions(setting, partitions, hot), _said_of_copies(setting, copies), _late(figures)])
    shown = [figures[name] for name in (ON_ONE, ON_EVERY, ANSWERED)]
    stage = draw_stage(partitions, copies, hot, share, shown, f"The parts of a read side, and how busy each is. {says}")
    tables = f"{_figures_table(figures)}{_partitions_table(partitions, hot)}"
    html = f'<p class="says roomy">{escape(says)}</p>{stage}<div class="tables">{tables}</div>'
    return Picture(html, says.strip(), loads)


ON_ONE, SLOWEST, ON_EVERY, ANSWERED = (
    "visible on a copy, mean",
    "visible on a copy, 99 in 100 within",
    "visible on every copy, mean",
    "a question answered, mean",
)


def _figures(run: LagRun | None, setting: _Setting, copies: pd.DataFrame) -> dict[str, HowLate]:
    """Return how late events and answers are, each simulated and by theory; infinity where there is no end to it."""
    answered = HowLate(ANSWERED, np.nan, float(copies["seconds"].iloc[0]))
    if run is None:
        grows = {name: HowLate(name, inf, np.nan) for name in (ON_ONE, SLOWEST, ON_EVERY)}
        return grows | {ANSWERED: answered}
    lag, exact, way = run.summary()["lag_seconds"], lag_of(run.model), setting.distance
    mean, p99 = (np.nan, np.nan) if exact is None else (exact.mean, exact.quantile(0.99))
    return {
        ON_ONE: HowLate(ON_ONE, float(lag["mean"]) + way, mean + way),
        SLOWEST: HowLate(SLOWEST, float(lag["p99"]) + way, p99 + way),
        ON_EVERY: HowLate(ON_EVERY, run.all_replicas_mean() + way, np.nan),
        ANSWERED: answered,
    }


def _said_of_partitions(setting: _Setting, partitions: pd.DataFrame, hot: str) -> str:
    busiest = partitions.iloc[int(partitions["busy"].argmax())]
    busy, of_hot = float(busiest["busy"]), float(busiest["busy_with_hot"])
    alone = f" ({hot} alone: {percent(of_hot)})" if of_hot > 0 else ""
    where = f"{count(setting.partitions, 'partition')}, by {setting.by}."
    if busy < NEARLY_1:
        return f"{where} The busiest projector is busy {percent(busy)} of the time{alone}."
    return f"{where} The busiest projector would need {percent(busy)} of its time{alone}, so it falls behind."


def _said_of_copies(setting: _Setting, copies: pd.DataFrame) -> str:
    busy, each = float(copies["busy"].iloc[0]), brief_number(float(copies["per_second"].iloc[0]))
    there = f"{setting.copies} copies, each with" if setting.copies > 1 else "1 copy, with"
    if busy < NEARLY_1:
        return f"{there} {each} questions a second: {percent(busy)} busy."
    return f"{there} {each} questions a second: {percent(busy)} of its time, so questions pile up."


def _late(figures: dict[str, HowLate]) -> str:
    one, every = figures[ON_ONE], figures[ON_EVERY]
    if one.simulated == inf:
        return ""
    return f"On average an event is visible on a copy after {one.said}, on every copy after {every.said}."


def _figures_table(figures: dict[str, HowLate]) -> str:
    rows = {
        name: [one.word(one.simulated), one.word(one.theory)]
        for name, one in figures.items()
    }  # fmt: skip
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["simulated", "theory"])
    return table(frame.rename_axis("how late"), "How late events and answers are")


def _partitions_table(partitions: pd.DataFrame, hot: str) -> str:
    frame = pd.DataFrame(
        {
            "events per second": partitions["per_second"].round(1),
            "busy": partitions["busy"].map(percent),
            f"{hot} alone": partitions["busy_with_hot"].map(percent),
        }
    ).set_index(pd.Index(partitions["number"], name="partition"))
    return table(frame, "The projector of each partition")
