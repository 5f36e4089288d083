"""The session guarantees, checked on a trace: which hold, and which operations break the others.

The order of all writes is known (a write's version is its position in the log), so no search is needed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cqrs_lab.arguments import shown
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.arguments import positive, whole
from cqrs_lab.simulation.operations import TracedOperation, TraceHistory, moment, operations_of, positions, shows_newest


@dataclass(frozen=True)
class Broken:
    """The fewest operations that prove a guarantee broken.

    Attributes
    ----------
    operations : tuple
        Their labels in the trace's index.
    says : str
        What happened, in words.
    reasons : tuple of str
        Why each of them comes before the next one, and the last before the first: together that cannot be. If there
        is one operation, why it cannot be by itself.
    """

    operations: tuple[Any, ...]
    says: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """Whether a guarantee holds, and what broke it; at most one entry per operation that came too early or too late."""

    broken_by: tuple[Broken, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing broke it."""
        return not self.broken_by


def check(
    trace: pd.DataFrame,
    staleness_events: int | None = None,
    staleness_seconds: float | None = None,
    *,
    names: Collection[str] | None = None,
) -> dict[str, Verdict]:
    """Check a trace against the guarantees, and return a verdict on each.

    Parameters
    ----------
    trace : DataFrame
        One row per operation; columns session, op ("w" or "r"), key, invoke, ret (seconds: asked, answered), version
        (of a write its position in the log; of a read that of the key's newest write it shows, 0 for none), which may
        be called position where there is no version. Where a column `applied` holds positions, that read showed the
        whole table, with exactly these events in it.
    staleness_events, staleness_seconds : optional
        Bounds to check: how many finished writes a read may miss, and for how long.
    names : collection of str, optional
        Which guarantees, of those that need no bound; all if left out.

    Returns
    -------
    dict of str to Verdict
        read_your_writes, monotonic_reads, monotonic_writes, writes_follow_reads, consistent_prefix, linearizable, pram
        (the first three), causal_session (the first four), and where a bound was given bounded_staleness_K and
        bounded_staleness_T. A guarantee is about one key at a time, unless a read shows the whole table. A stale answer
        alone breaks none of the session guarantees.

    Raises
    ------
    InvalidArgument
        The trace lacks a column, or holds something impossible; or there is no guarantee of such a name.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("Ada", "w", "cup", 0, 1, 1), ("Ada", "r", "cup", 2, 2, 0)]
    >>> trace = pd.DataFrame(rows, columns=["session", "op", "key", "invoke", "ret", "version"])
    >>> check(trace)["read_your_writes"].broken_by[0].says
    'Ada wrote cup at position 1, done at 1 s, and read cup at 2 s: the answer shows no write of it.'

    Notes
    -----
    D. B. Terry and others, Session Guarantees for Weakly Consistent Replicated Data, 1994; P. Viotti and M. Vukolić,
    Consistency in Non-Transactional Distributed Storage Systems, 2016.
    """
    if staleness_events is not None:
        staleness_events = whole("staleness_events", staleness_events, least=0)
    if staleness_seconds is not None:
        staleness_seconds = positive("staleness_seconds", staleness_seconds, zero=True)
    if names is not None:
        _check_names(names)
    history = TraceHistory(operations_of(trace))
    parts = {part for name in (_GUARANTEES if names is None else names) for part in _GUARANTEES[name]}
    broken = {part: list(part(history)) for part in parts}
    found = {
        name: [one for part in parts for one in broken[part]]
        for name, parts in _GUARANTEES.items()
        if names is None or name in names
    }
    if staleness_events is not None:
        found["bounded_staleness_K"] = list(_too_many_behind(history, staleness_events))
    if staleness_seconds is not None:
        found["bounded_staleness_T"] = list(_too_long_behind(history, staleness_seconds))
    return {name: Verdict(tuple(broken)) for name, broken in found.items()}


def _check_names(names: Any) -> None:
    if isinstance(names, str) or not isinstance(names, Collection):
        raise InvalidArgument(f"names={shown(names)}: give a list of guarantees, of {', '.join(_GUARANTEES)}")
    if unknown := [name for name in names if not isinstance(name, str) or name not in _GUARANTEES]:
        raise InvalidArgument(f"no guarantee {shown(unknown[0])}; give one of {', '.join(_GUARANTEES)}")


def _read_your_writes(history: TraceHistory) -> Iterator[Broken]:
    for read, writes in history.before("w", "r"):
        lost = [write for write in writes if history.misses(read, write.version)]
        if lost:
            shown = f"read {read.key} at {moment(read.invoke)} s: the answer shows {shows_newest(read.version)}"
            if read.applied is not None:
                shown = f"read the whole table at {moment(read.invoke)} s: it holds {positions(read.applied)}"
            because = _finished(lost[-1], read), _misses(read, lost[-1].version)
            yield _broken(f"{lost[-1]}, and {shown}.", (lost[-1], read), because)


def _monotonic_reads(history: TraceHistory) -> Iterator[Broken]:
    for read, earlier in history.before("r", "r"):
        for last in reversed(earlier):
            if gone := history.gone(last, read):
                says = f"{last}; then {read}: position {gone} had been there, and is gone."
                because = _finished(last, read), f"the earlier read shows position {gone}, and the later one misses it"
                yield _broken(says, (last, read), because)
                break


def _monotonic_writes(history: TraceHistory) -> Iterator[Broken]:
    after: dict[int, set[int]] = defaultdict(set)
    for write, earlier in history.before("w", "w"):
        for one in earlier if history.whole else ():
            after[one.version].add(write.version)
        late = [one for one in earlier if one.version > write.version]
        if late:
            says = f"{late[-1]}, and later {write}: the log has them the other way round."
            because = _finished(late[-1], write), _in_the_log(write.version, late[-1].version)
            yield _broken(says, (late[-1], write), because)
    for read in history.whole:
        for version in history.missed(read):
            shown = after[version] & history.shows(read)
            if shown:
                first, second = history.writes[version], history.writes[min(shown)]
                says = f"{first}, then {second}; {read}: the second without the first."
                why = _finished(first, second), _shows(read, second.version), _misses(read, version)
                yield _broken(says, (first, second, read), why)
                break


def _writes_follow_reads(history: TraceHistory) -> Iterator[Broken]:
    known: dict[int, dict[int, TracedOperation]] = {}
    for write, reads in history.before("r", "w"):
        if history.whole:
            known[write.version] = {shown: one for one in reads for shown in history.shows(one)}
        newer = [one for one in reads if history.newest(one) >= write.version]
        if newer:
            seen, newest = newer[-1], history.newest(newer[-1])
            where = f"; {_in_the_log(write.version, newest)}" if newest != write.version else ""
            because = _finished(seen, write), f"{_shows(seen, newest)}{where}"
            yield _broken(f"{seen}; after that {write}: the log has it in front of it.", (seen, write), because)
    for read in history.whole:
        missed = set(history.missed(read))
        for version in sorted(history.shows(read) & known.keys()):
            lost = sorted(known[version].keys() & missed)
            if lost:
                seen, write, cause = known[version][lost[0]], history.writes[version], history.writes[lost[0]]
                says = f"{cause}; {seen}, and then {write}; {read}: the reply without what it replied to."
                shown_first = _shows(seen, cause.version), _finished(seen, write), _shows(read, version)
                yield _broken(says, (cause, seen, write, read), (*shown_first, _misses(read, cause.version)))
                break


def _consistent_prefix(history: TraceHistory) -> Iterator[Broken]:
    for read in history.whole:
        newest = history.newest(read)
        gaps = [one for one in history.missed(read) if one < newest]
        if gaps:
            first = history.writes[gaps[0]]
            because = f"{_shows(read, newest)}; {_in_the_log(gaps[0], newest)}", _misses(read, gaps[0])
            says = f"{first}; {read}: position {gaps[0]} is missing from it, and position {newest} is there."
            yield _broken(says, (first, read), because)


def _linearizable(history: TraceHistory) -> Iterator[Broken]:
    """Assign every operation one moment, as early as possible, and yield those that do not fit into their time.

    Writes come in the order of the log. A read comes after what it shows, and before the first write that it misses.
    """
    order = list(history.writes)
    follows: dict[int, list[TracedOperation]] = defaultdict(list)  # the reads that must come before a write
    shown: dict[int, list[TracedOperation]] = defaultdict(list)  # the reads that must come after a write
    for read in history.reads:
        newest, missed = history.newest(read), history.missed(read)
        if missed and missed[0] < newest:
            because = f"{_shows(read, newest)}, and misses position {missed[0]}, which is in front of it"
            yield _broken(f"{read}: that is no beginning of the log.", (read,), (because,))
            continue
        shown[newest].append(read)
        if missed:
            follows[missed[0]].append(read)
    now, latest = float("-inf"), None
    for version in order:
        write = history.writes[version]
        if now > write.ret and latest:
            why = _finished(write, latest), _in_front(history, latest, version)
            yield _broken(f"{write}; later {latest}, which must come before it.", (write, latest), why)
        for one in [write, *follows[version]]:
            if one.invoke > write.ret:
                why = _finished(write, one), _misses(one, version)
                yield _broken(f"{write}; later {one}, as if that were not so.", (write, one), why)
            elif one.invoke > now:
                now, latest = one.invoke, one
        for read in shown[version]:
            if now > read.ret and latest:
                why = _finished(read, latest), f"{_shows(read, version)}; {_in_front(history, latest, version)}"
                yield _broken(f"{read}; later {latest}, which must come before that.", (read, latest), why)


def _too_many_behind(history: TraceHistory, most: int) -> Iterator[Broken]:
    for read in history.reads:
        missed = history.finished_and_missed(read)
        if len(missed) > most:
            says = f"{missed[0]}; {read}: it misses {len(missed)} finished writes, {most} are allowed."
            because = _finished(missed[0], read), _misses(read, missed[0].version)
            yield _broken(says, (missed[0], read), because)


def _too_long_behind(history: TraceHistory, longest: float) -> Iterator[Broken]:
    for read in history.reads:
        missed = history.finished_and_missed(read)
        if missed and read.invoke - missed[0].ret > longest:
            since = read.invoke - missed[0].ret
            says = f"{missed[0]}; {read}, {since:g} s later, without it: {longest:g} s are allowed."
            because = _finished(missed[0], read), _misses(read, missed[0].version)
            yield _broken(says, (missed[0], read), because)


_PRAM = (_read_your_writes, _monotonic_reads, _monotonic_writes)
_GUARANTEES: Mapping[str, tuple[Callable[[TraceHistory], Iterator[Broken]], ...]] = {
    "read_your_writes": (_read_your_writes,),
    "monotonic_reads": (_monotonic_reads,),
    "monotonic_writes": (_monotonic_writes,),
    "writes_follow_reads": (_writes_follow_reads,),
    "consistent_prefix": (_consistent_prefix,),
    "linearizable": (_linearizable,),
    "pram": _PRAM,
    "causal_session": (*_PRAM, _writes_follow_reads),
}


def _broken(says: str, operations: tuple[TracedOperation, ...], because: tuple[str, ...]) -> Broken:
    return Broken(tuple(one.label for one in operations), says, because)


def _finished(one: TracedOperation, other: TracedOperation) -> str:
    who = "the next" if one.session == other.session else other.session
    return f"{one.session} had finished at {moment(one.ret)} s, before {who} began at {moment(other.invoke)} s"


def _in_front(history: TraceHistory, one: TracedOperation, version: int) -> str:
    """Return why an operation comes before a later write of the log, or is that write."""
    first = one.version if one.op == "w" else history.missed(one)[0]
    reasons = [_misses(one, first)] if one.op == "r" else []
    return "; ".join([*reasons, _in_the_log(first, version)] if first != version else reasons or [_wrote(one)])


def _wrote(write: TracedOperation) -> str:
    return f"{write.session} wrote position {write.version}"


def _shows(read: TracedOperation, version: int) -> str:
    return f"{read.session}'s answer shows position {version}"


def _misses(read: TracedOperation, version: int) -> str:
    return f"{read.session}'s answer misses position {version}, as if it were not there yet"


def _in_the_log(first: int, then: int) -> str:
    return f"position {first} is in front of position {then} in the log"
