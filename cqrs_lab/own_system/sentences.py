"""One plain sentence for each number of a system."""

from __future__ import annotations

import math

from cqrs_lab.own_system.given import GivenSystem
from cqrs_lab.own_system.measured import NO_END, NO_NUMBER, Estimate
from cqrs_lab.own_system.rebuilding import build_rate
from cqrs_lab.own_system.remedy import MAY_COST, Remedy
from cqrs_lab.own_system.words import apart, duration, per_cent
from cqrs_lab.show.chart import brief_count, brief_number
from cqrs_lab.simulation.durations import Fixed, LogNormal
from cqrs_lab.words import count

NEARLY_ALL = 0.99
NO_INTERVAL = f", which has no interval{NO_NUMBER}."


def p50(found: Estimate) -> str:
    """Say how long half of the events take."""
    return f"Half of the events are visible within {duration(found.value)}.{found.too_short}"


def p99(given: GivenSystem, found: Estimate) -> str:
    """Say how long 1 in 100 takes, and whether the promise is kept."""
    promise = duration(given.objective_seconds)
    if found.low > given.objective_seconds:
        kept = f", and the promise of {promise} is broken"
    elif found.high <= given.objective_seconds:
        kept = f", and the promise of {promise} is kept"
    else:
        kept = f"; this run cannot say whether the promise of {promise} is kept"
    return f"1 event in 100 takes longer than {duration(found.value)}{kept}.{found.too_short}"


def missed(given: GivenSystem, found: Estimate) -> str:
    """Say how many readers do not see what they wrote."""
    who = f"people who look {_think(given)}"
    if found.value == 0:
        return f"Of the {who}, no one missed what they wrote: if it happens, it is too rare for this run{NO_INTERVAL}"
    if found.value == 1:
        return f"Of the {who}, 100% do not see what they wrote. What never varies has no interval{NO_NUMBER}."
    many = found.value >= 0.001
    share = per_cent(found.value) if many else f"about 1 in {brief_number(float(f'{1 / found.value:.2g}'))}"
    return f"Of the {who}, {share} do{'' if many else 'es'} not see what they wrote.{found.too_short}"


def _think(given: GivenSystem) -> str:
    match given.think:
        case Fixed(seconds):
            return "at once" if seconds == 0 else f"after {duration(seconds)}"
        case LogNormal():
            return f"again, half of them within {duration(given.think.median)}"
    return "again"


def headroom(given: GivenSystem, found: Estimate) -> str:
    """Say how much more may come."""
    promise = duration(given.objective_seconds)
    if found.value == 0:
        return f"At no rate are 99 in 100 events visible within {promise}: handling and polling alone take longer."
    kept, limit = apart(found.value, given.saturation)
    times, rate = _times(kept), f"{brief_count(found.value * given.rate, 'command')} per {given.per}"
    if found.value >= NEARLY_ALL * given.saturation:
        return f"At {_times(limit)} the rate the projector is busy all the time, and up to that the promise is kept."
    if found.high < 1:
        return f"The promise of {promise} is broken: it would be kept up to {times} the rate, {rate}."
    come = "" if given.times is None else ", if what was recorded comes in so much less time"
    return (
        f"The promise of {promise} is kept up to {times} the rate, {rate}{come}; at {_times(limit)} the projector "
        "is busy all the time."
    )


def _times(number: str) -> str:
    return f"{number} time{'' if number == '1' else 's'}"


def rebuild(given: GivenSystem, found: Estimate) -> str:
    """Say how long a rebuild takes."""
    building, incoming = apart(build_rate(given), given.model.events_per_second)
    if math.isinf(found.value):
        return (
            f"A rebuild never catches up{NO_END}: {_events(incoming)} a second come{'s' if incoming == '1' else ''} "
            f"in, and it takes {building} a second; build "
            "faster, in larger steps or in several parts."
        )
    return (
        f"A rebuild of {count(given.log_events, 'event')} takes {duration(3_600 * found.value)}, while "
        f"{_events(incoming)} a second go{'es' if incoming == '1' else ''} on coming in."
    )


def _events(number: str) -> str:
    return f"{number} event{'' if number == '1' else 's'}"


def remedy(given: GivenSystem, found: Remedy) -> str:
    """Say which remedy for the skipped event fits, and why."""
    if found.busy >= 1:
        return (
            f"Low watermark: transactions of {duration(given.transaction.mean)} would need a lock "
            f"{per_cent(found.busy)} of the time, and writers would wait without end{NO_END}."
        )
    later, most = duration(max(found.dearer.value, 0.0)), duration(MAY_COST * given.objective_seconds)
    held = f"held {per_cent(found.busy)} of the time, and events would be read {later} later than with a low watermark"
    short = found.dearer.too_short
    if found.name == "lock":
        return f"Lock: it would be {held}. That is less than a tenth of the promise.{short}"
    return f"Low watermark: a lock would be {held}. More than {most}, a tenth of the promise, is too much.{short}"
