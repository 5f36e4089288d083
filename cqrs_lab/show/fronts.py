"""Fronts: copies that move along the log at their own pace, and what each look at one of them shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, NamedTuple

import pandas as pd

from cqrs_lab.show.doors import instance
from cqrs_lab.show.fronts_stage import MOST_LANES, FrontsStage
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.view import Control, View
from cqrs_lab.simulation.visitors import PRIMARY
from cqrs_lab.simulation.world import WorldRun
from cqrs_lab.words import count

MISSES, BACK = "read your writes", "monotonic reads"
PROMISES = {"read_your_writes": MISSES, "monotonic_reads": BACK}


class Fact(NamedTuple):
    """Something that happened in a world.

    Attributes
    ----------
    seconds : float
    what : {"order", "receipt", "copy", "asks", "look"}
    who : str
        The session; "" for a copy.
    key : str
    copy : str
        "1", "2", …, or "primary"; "" where none has to do with it.
    position : int
        What was recorded, what the copy has now, or up to where the answer shows the log.
    token : int
        What the look asked for at least; 0 for nothing.
    broken : str
        The promises that the look breaks, one after the other.
    says : str
    """

    seconds: float
    what: str
    who: str
    key: str
    copy: str
    position: int
    token: int
    broken: str
    says: str


def fronts(world: WorldRun) -> View:
    """Show the log as a tape, each copy as a front that moves along it, and each look as an arrow to a copy.

    A look that misses the reader's own write, or goes back in time, is red and says so. Where readers carry a token it
    stands at its place in the log, and waits at the copy until the front has reached it.

    Parameters
    ----------
    world : WorldRun
        Of `simulate_world`, with a domain, a model or an ``order_and_look`` of your own. The first six people are
        shown.

    Returns
    -------
    View
        `frame()`: one row per fact so far, as the attributes of `Fact` without its sentence.

    Examples
    --------
    >>> from cqrs_lab.shop import visits, write
    >>> from cqrs_lab.show import fronts
    >>> from cqrs_lab.simulation import Domain, Exponential, Fixed, LagModel, Poisson, simulate_world
    >>> tea = Domain(write.register, visits.order_one, visits.UnitsOrdered, keys=("cup", "pot"))
    >>> model = LagModel(Poisson(2.0), Exponential(0.4), replicas=2)
    >>> fronts(simulate_world(model, tea, visits=10, think=Fixed(0.5))).at(step=1)
    After 0.38 s: Ada orders a pot. It is event 1.
    """
    instance("world", world, WorldRun, "a world; give simulate_world(model, domain, think=Fixed(0.5))")
    people = tuple(dict.fromkeys(world.trace["session"]))[:MOST_LANES]
    facts = sorted(_facts(world, people), key=lambda fact: fact.seconds)
    frame = pd.DataFrame(facts, columns=list(Fact._fields)).drop(columns="says")
    copies = [copy_name(replica) for replica in range(len(world.lag.visible_at))]
    stage = FrontsStage(people, copies, list(dict.fromkeys(world.trace["key"])), bool(frame["token"].any()))

    def draw(step: int) -> Picture:
        return _picture(stage, facts[:step], frame.iloc[:step])

    return View(draw, [Control("step", "Step", 0, len(facts), 1, plays=True)])


def copy_name(replica: int) -> str:
    """Return the name of a copy: 1, 2, …, or primary; a letter would stand for a person."""
    return "primary" if replica == PRIMARY else str(replica + 1)


def _facts(world: WorldRun, people: Sequence[str]) -> Iterator[Fact]:
    """Yield what happened, in any order; what a person who is not shown saw is left out."""
    for replica, moments in enumerate(world.lag.visible_at):
        for position, moment in enumerate(moments, 1):
            name = copy_name(replica)
            says = f"Copy {name} has read event {position}."
            yield Fact(float(moment), "copy", "", "", name, position, 0, "", says)
    broken: dict[Any, list[tuple[str, int]]] = {}
    written: dict[Any, int] = world.trace["version"].to_dict()
    for guarantee, promise in PROMISES.items():
        for case in world.verdicts[guarantee].broken_by:
            first, look = case.operations
            broken.setdefault(look, []).append((promise, written[first]))
    operations: Iterator[Any] = world.trace.itertuples()
    for one in operations:
        if one.op == "w":
            says = f"{one.session} orders a {one.key}. It is event {one.position}."
            yield Fact(one.invoke, "order", one.session, one.key, "", one.position, 0, "", says)
        if one.session in people:
            yield from _answers(one, broken.get(one.Index, []))


def _answers(one: Any, broken: list[tuple[str, int]]) -> Iterator[Fact]:
    """Yield what a person was told: the receipt if it came late, and what a look showed."""
    name, waited = copy_name(one.replica), one.ret - one.invoke
    if one.op == "w":
        if waited > 0:
            says = f"{one.session}'s receipt comes {waited:.1f} s after the order: every copy has event {one.position}."
            yield Fact(one.ret, "receipt", one.session, one.key, "", one.position, 0, "", says)
        return
    whom = "the primary" if one.replica == PRIMARY else f"copy {name}"
    if waited > 0:
        asks = f"asks {whom} for event {one.token} or newer" if one.token else "does not ask yet"
        yield Fact(
            one.invoke, "asks", one.session, one.key, name, 0, one.token, "", f"{one.session} {asks}, and waits."
        )
    names, told = ", ".join(promise for promise, _ in broken), [_why(one.session, *case) for case in broken]
    sees = f"{one.session} looks at {whom}, which has {_up_to(one.position)}."
    after = f" The wait was {waited:.1f} s." if waited > 0 else ""
    says = " ".join([sees + after, *told])
    yield Fact(one.ret, "look", one.session, one.key, name, one.position, one.token, names, says)


def _up_to(position: int) -> str:
    return f"read up to event {position}" if position else "read nothing yet"


def _why(who: str, promise: str, position: int) -> str:
    if promise == MISSES:
        return f"✕ Own order missing: it is event {position}."
    return f"↶ Back in time: {who} has seen event {position}, and now it is gone."


def _picture(stage: FrontsStage, facts: Sequence[Fact], frame: pd.DataFrame) -> Picture:
    now = facts[-1] if facts else None
    says = f"After {now.seconds:.2f} s: {now.says}" if now else "The shop is open, and the log is empty."
    looks = [fact for fact in facts if fact.what == "look"]
    missed, back = (sum(promise in fact.broken for fact in looks) for promise in (MISSES, BACK))
    counted = f"{count(len(looks), 'look')} so far: ✕ {missed} missed their own order, ↶ {back} went back in time."
    name = f"The log, its copies, and who looks at them. {says}"
    html = (
        f'<figure>{stage.drawn(facts, name)}<figcaption class="roomy">{escape(says)}</figcaption></figure>'
        f'<p class="says">{counted}</p>{table(stage.numbers(facts), "The same in numbers")}'
    )
    return Picture(html, says, frame)
