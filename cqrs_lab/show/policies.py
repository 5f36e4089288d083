"""Think time and policy: what a policy costs, and what its readers still notice."""

from __future__ import annotations

from functools import lru_cache
from html import escape

import pandas as pd

from cqrs_lab.arguments import whole_number
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.chart import INK, brief_number, drawn, new_chart, ticks
from cqrs_lab.show.doors import instance
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.style import READ
from cqrs_lab.show.tail import round_up
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.simulation.durations import Fixed
from cqrs_lab.simulation.lag import simulate_lag
from cqrs_lab.simulation.model import LagModel
from cqrs_lab.simulation.run import LagRun
from cqrs_lab.simulation.world import POLICIES, Domain, WorldRun, simulate_world

TENTHS = 10
MOST_THINK = 30


def policies(model: LagModel, domain: Domain, visits: int = 40, events: int = 100_000, seed: int = 1) -> View:
    """Move the time between a write and the reads after it, pick a policy, and see what it costs and what it saves.

    What a policy costs comes from a long run of `simulate_lag`; the broken guarantees that are counted, and shown one
    by one, come from a world of a few visitors with the real buses.

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

    Returns
    -------
    View
        `frame()`: one row per policy; misses_own_write (share), reader_waits_seconds, sender_waits_seconds.
    """
    instance("model", model, LagModel, "a model of the lag; give LagModel(arrivals, handling, replicas=2)")
    instance("domain", domain, Domain, "the domain of a world; give Domain(…)")
    whole_number("visits", visits, "a number of visits; give 1 or more", least=1)
    if model.replicas < 2:
        raise InvalidArgument(f"replicas={model.replicas}: with one copy nobody can meet an older one; give 2 or more")
    run = simulate_lag(model, events, seed)

    # A learner goes back and forth between few settings.
    @lru_cache(maxsize=128)
    def world(think: int, policy: int) -> WorldRun:
        return simulate_world(
            model, domain, visits=visits, think=Fixed(think / TENTHS), policy=POLICIES[policy], seed=seed
        )

    def draw(policy: int, think: int, case: int) -> Picture:
        return _picture(price_list(run, think / TENTHS), policy, think / TENTHS, world(think, policy), case)

    return View(
        draw,
        [
            Control.among("policy", "Policy", POLICIES),
            Control("think", "Think time", 0, MOST_THINK, 5, scale=Scale("s", 1 / TENTHS)),
            Control("case", "Broken guarantee to look at", 1, 3 * visits, 1),
        ],
    )


def price_list(run: LagRun, think_seconds: float) -> pd.DataFrame:
    """Return what each policy costs and saves, for reads this long after the reader's own write.

    Returns
    -------
    DataFrame
        One row per policy; misses_own_write (share of reads), reader_waits_seconds, sender_waits_seconds (means).
    """
    stale, waits = run.stale_probability(think_seconds), run.token_wait_mean(think_seconds)
    rows = {
        "eventual": (stale, 0.0, 0.0),
        "token": (0.0, waits, 0.0),
        "sticky replica": (stale, 0.0, 0.0),
        "waiting command": (0.0, 0.0, run.all_replicas_mean()),
    }
    columns = ["misses_own_write", "reader_waits_seconds", "sender_waits_seconds"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("policy")


def _picture(prices: pd.DataFrame, policy: int, think: float, world: WorldRun, case: int) -> Picture:
    chosen = prices.iloc[policy]
    waits = chosen["reader_waits_seconds"] + chosen["sender_waits_seconds"]
    cases = [broken for name in ("read_your_writes", "monotonic_reads") for broken in world.verdicts[name].broken_by]
    counted = world.summary()
    says = (
        f"{POLICIES[policy].capitalize()}, reads {think:g} s after the write: {chosen['misses_own_write']:.1%} miss "
        f"it, and {'nobody waits' if not waits else f'somebody waits {brief_number(waits)} s on average'}."
    )
    meets = (
        f"A small world, {counted['reads']:.0f} reads, two by each visitor: {counted['missed_own_write']:.0f} "
        f"missed their own write, {counted['went_back']:.0f} went back in time."
    )
    none = f"Case {case}: there are only {len(cases)}."
    shown = f"Case {case} of {len(cases)}: {cases[case - 1].says}" if case <= len(cases) else none
    name = f"Each policy by how long somebody waits and how many reads miss their own write. {says}"
    html = (
        f'<p class="says">{escape(says)}</p>{_chart(prices, policy, name)}{_table(prices)}'
        f'<p class="says">{escape(meets)}</p><p class="says">{escape(shown)}</p>'
    )
    return Picture(html, f"{says} {meets} {shown}", prices)


def _table(prices: pd.DataFrame) -> str:
    rows = pd.DataFrame(
        {
            "misses their own write": prices["misses_own_write"].map("{:.1%}".format),
            "the reader waits, s": prices["reader_waits_seconds"].map(brief_number),
            "the sender waits, s": prices["sender_waits_seconds"].map(brief_number),
        }
    )
    return table(rows, "What each policy costs")


def _chart(prices: pd.DataFrame, policy: int, name: str) -> str:
    figure, axes = new_chart(8.0, 3.4)
    waits = prices["reader_waits_seconds"] + prices["sender_waits_seconds"]
    upper = round_up(float(prices["sender_waits_seconds"].max()) * 1.2)
    # Eventual and sticky replica stand at one place: one name above it, one below.
    above = {"eventual": 8, "sticky replica": -16, "token": 8, "waiting command": 8}
    for at, (label, wait) in enumerate(waits.items()):
        miss, here = float(prices["misses_own_write"].iloc[at]), at == policy
        axes.plot([wait], [miss], marker="^", color=READ.colour if not here else INK, markersize=13 if here else 8)
        weight = "bold" if here else "normal"
        axes.annotate(str(label), (wait, miss), (8, above[str(label)]), textcoords="offset points", fontweight=weight)
    axes.set(xlim=(-upper * 0.03, upper), ylim=(-0.06, 1.1), xlabel="average wait, seconds")
    axes.set_ylabel("reads that miss their own write")
    axes.set_yticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    ticks(axes.xaxis, upper)
    return drawn(figure, name)
