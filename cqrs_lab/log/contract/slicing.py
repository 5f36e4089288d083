"""A store that hands out slices: one after the other they are the log, whichever way their events are asked for."""

from __future__ import annotations

import weakref
from functools import partial
from typing import Any

from cqrs_lab.log.contract.laws import SLICED, Happened
from cqrs_lab.log.contract.trial import Append, Trial, places
from cqrs_lab.log.slice import SlicingStore
from cqrs_lab.words import count

OPS = (Append("order-1", 3, 0, "a"), Append("order-2", 2, 0, first=4), Append("order-1", 1, 3, first=7))
MEMBERS = ("after", "upto", "sealed", "positions", "types", "of", "part")


def slices(trial: Trial) -> None:
    """Walk over the log in slices, if the store hands them out; raises `FaultFound`."""
    if not isinstance(trial.store, SlicingStore):
        return
    for op in OPS:
        trial.append(op)
    made, sealed = len(trial.calls), dict[Any, list[Any]]()
    for limit in (None, 1, 2, 5, 99):
        _walk(trial, limit, sealed)
        del trial.calls[made:]
    end = trial.positions[-1]
    trial.expect(SLICED, [], places(_slice(trial, end, None)), "its events")
    first = _slice(trial, 0, None)
    before = places(first), first.upto
    trial.append(Append("order-3", 1, 0, first=9))
    trial.expect(SLICED, before, (places(first), first.upto), "the events and the upto of the slice read before")
    trial.expect(SLICED, places(trial.read())[-1:], places(_slice(trial, first.upto, None)), "its events")


def _walk(trial: Trial, limit: int | None, sealed: dict[Any, list[Any]]) -> None:
    log, came, after, made = trial.read(), [], 0, len(trial.calls)
    while after < log[-1].position:
        some = _slice(trial, after, limit)
        came += places(some)
        _compare_views(trial, some)
        if some.sealed is not None:  # readers keep what they have made of it under this
            trial.call(SLICED, "weakref.ref(its sealed)", partial(weakref.ref, some.sealed))
            known = sealed.setdefault(some.sealed, places(some))
            trial.expect(SLICED, known, places(some), "the events of two slices with the same sealed")
        if some.upto <= after:
            raise trial.broken(SLICED, f"a slice that reaches beyond {after}: the log has more", f"upto={some.upto}")
        after = some.upto
        del trial.calls[made:]
    done = f"the events of store.read_slice(after=0, {limit=}), and of each slice after the upto of the one before"
    trial.expect(SLICED, places(log), came, done)


def _slice(trial: Trial, after: int, limit: int | None) -> Any:
    store: Any = trial.store
    given = f"{after=}" if limit is None else f"{after=}, {limit=}"
    some = trial.call(SLICED, f"store.read_slice({given})", lambda: store.read_slice(after=after, limit=limit))
    if missing := [name for name in MEMBERS if not hasattr(some, name)]:
        wanted = "a slice, such as cqrs_lab.log.slice.EventSlice(events, after)"
        raise trial.broken(SLICED, wanted, f"a {type(some).__name__} without {', '.join(missing)}")
    events = trial.call(SLICED, "list(the slice)", lambda: list(some))
    trial.expect(SLICED, after, some.after, "its after")
    if some.upto > (end := max(after, trial.ask_head())):
        wanted = f"an upto of at most {end}, or an event that comes later is missed"
        raise trial.broken(SLICED, wanted, f"{some.upto}")
    if limit is not None and len(events) > limit:
        raise trial.broken(SLICED, f"at most {count(limit, 'event')}", count(len(events), "event"))
    return some


def _compare_views(trial: Trial, some: Any) -> None:
    events = list(some)
    trial.expect(SLICED, [one.position for one in events], list(some.positions), "its positions")
    trial.expect(SLICED, places(events), places(some.of(Happened)), "its events of type Happened: of(Happened)")
    trial.expect(SLICED, [], list(some.of(Append)), "its events of a type that it does not hold")
    trial.expect(SLICED, {Happened: events[0].position} if events else {}, dict(some.types()), "its types()")
    for middle in range(1, len(events)):
        first, second = some.part(0, middle), some.part(middle, len(events))
        done = f"its part(0, {middle}) and part({middle}, {len(events)})"
        trial.expect(SLICED, places(events), places([*first, *second]), done)
        wanted, came = (first.upto, some.upto), (second.after, second.upto)
        trial.expect(SLICED, wanted, came, f"{done}: after and upto of the second")
