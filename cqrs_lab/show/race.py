"""A race: several ways to fold the same log, each timed on this machine."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from html import escape
from itertools import product
from statistics import median

import pandas as pd

from cqrs_lab.arguments import refuse, whole_number
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.show.chart import APART, HERE, INK, drawn, new_chart, places_of_names
from cqrs_lab.show.doors import a_store, by_name, function_of, listed
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.style import READ
from cqrs_lab.show.view import Control, View
from cqrs_lab.words import count

Fold = Callable[[Sequence[RecordedEvent]], Mapping[str, int]]
LINES = (("s", ":", INK), ("o", "--", INK), (READ.marker, "-", READ.colour))
MOST_RUNS, ENOUGH_SECONDS = 5, 0.5


def race(ways: Mapping[str, Fold], store: EventStore, counts: Sequence[int] = (100, 1_000, 10_000)) -> View:
    """Time ways to fold the beginning of a log, and show how their times grow with its length.

    Parameters
    ----------
    ways : mapping of str to callable
        At most three; each takes a list of events and returns what it counted, by key. They have to agree.
    store : EventStore
    counts : sequence of int, optional
        How many events to fold.

    Returns
    -------
    View
        `frame()`: one row per way and count; column seconds (median of up to five runs), events_per_second.

    Raises
    ------
    InvalidArgument
        Two ways do not agree, or the log is shorter than the largest count.
    """
    a_store(store)
    ways = by_name("ways", ways, 'ways to fold by name; give {"row by row": fold}')
    if len(ways) > len(LINES):
        raise InvalidArgument(f"ways has {len(ways)}; give {len(LINES)} at most, which is what a reader can compare")
    for name, fold in ways.items():
        function_of(f"ways[{name!r}]", fold, 1, "a function of a list of events; write def fold(events)")
    wanted = "numbers of events; give different whole numbers, 1 or more, such as (100, 1_000)"
    counts = [whole_number("counts", one, wanted, least=1) for one in listed("counts", counts, wanted)]
    if len(set(counts)) < len(counts):
        raise refuse("counts", counts, wanted)
    log = list(store.read_all(limit=max(counts)))
    if len(log) < max(counts):
        raise InvalidArgument(f"the log has {count(len(log), 'event')}; give counts up to that")
    _check_agreement(ways, log[: min(counts)])
    from tqdm.auto import tqdm  # only here: it starts a process that counts locks, even if no bar is shown

    rounds = tqdm(list(product(ways, counts)), desc="folding", leave=False)
    seconds = {(way, events): _seconds(ways[way], log[:events]) for way, events in rounds}
    index = pd.MultiIndex.from_tuples(seconds, names=["way", "events"])
    frame = pd.DataFrame({"seconds": list(seconds.values())}, index=index)
    frame["events_per_second"] = frame.index.get_level_values("events") / frame["seconds"]

    def draw(events: int) -> Picture:
        return _picture(frame, counts[events])

    # It begins with the most events, where the ways differ most.
    control = Control.among("events", "Events", [f"{count:,}" for count in counts])
    return View(draw, [control._replace(value=len(counts) - 1)])


def _check_agreement(ways: Mapping[str, Fold], log: Sequence[RecordedEvent]) -> None:
    wanted = "what it counted; let it return a mapping such as {'tea': 3}"
    told = {}
    for way, fold in ways.items():
        counted = fold(log)
        if not isinstance(counted, (Mapping, pd.Series)):
            raise refuse(f"{way!r}, its result", counted, wanted)
        told[way] = dict(counted)
    (first, expected), *others = told.items()
    for way, counted in others:
        if counted != expected:
            on = count(len(log), "event")
            raise InvalidArgument(f"{way!r} and {first!r} do not agree on {on}; correct one of them")


def _seconds(fold: Fold, log: Sequence[RecordedEvent]) -> float:
    took: list[float] = []
    while len(took) < MOST_RUNS and sum(took) < ENOUGH_SECONDS:
        start = time.perf_counter()
        fold(log)
        took.append(time.perf_counter() - start)
    return median(took)


def _picture(frame: pd.DataFrame, events: int) -> Picture:
    here = frame[frame.index.get_level_values("events") == events].droplevel("events").sort_values("seconds")
    fastest, slowest = here.index[0], here.index[-1]
    times = here["seconds"] / here["seconds"].iloc[0]
    longest = float(times[slowest])
    as_long = f"{longest:,.0f}" if longest >= 10 else f"{longest:.1f}"
    folded = count(events, "event")
    says = f"{folded}: {slowest} takes {as_long} times as long as {fastest}."
    numbers = pd.DataFrame(
        {
            "milliseconds": here["seconds"].mul(1000).round(2),
            "events a second": here["events_per_second"].round(-2).astype("int64"),
            "times the fastest": times.round(1),
        }
    )
    html = f'<p class="says">{escape(says)}</p>{_chart(frame, events, says)}{table(numbers, f"{folded} folded")}'
    return Picture(html, says, frame)


def _chart(frame: pd.DataFrame, here: int, says: str) -> str:
    from matplotlib.ticker import EngFormatter

    figure, axes = new_chart()
    colours: dict[str, str] = {}
    for (way, times), (marker, line, colour) in zip(frame["seconds"].groupby("way", sort=False), LINES, strict=False):
        events = times.index.get_level_values("events")
        axes.plot(events, times, linestyle=line, color=colour, marker="^" if marker == READ.marker else marker)
        colours[str(way)] = colour
    axes.axvline(here, color=INK, linewidth=0.8, gid=HERE, alpha=0.5)
    axes.set(xscale="log", yscale="log", xlabel="events folded", ylabel="time")
    axes.set_xticks(events, [f"{one:,}" for one in events])
    axes.yaxis.set_major_formatter(EngFormatter(unit="s"))
    axes.minorticks_off()
    lowest, highest = map(math.log10, axes.get_ylim())
    ends = {str(way): math.log10(times.iloc[-1]) for way, times in frame["seconds"].groupby("way", sort=False)}
    for way, height in places_of_names(ends, APART * (highest - lowest)).items():
        place = events[-1], 10**height
        axes.annotate(way, place, xytext=(8, -4), textcoords="offset points", color=colours[way], annotation_clip=False)
    return drawn(figure, f"Time against the number of events, both axes logarithmic, one line per way. {says}")
