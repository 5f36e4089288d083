"""A store that records appends together: all of them when the work ends, none of them when it raises."""

from __future__ import annotations

from typing import Any

from cqrs_lab.errors import said
from cqrs_lab.log.contract.laws import TOGETHER
from cqrs_lab.log.contract.trial import Append, Trial
from cqrs_lab.log.event_store import BulkStore, Expected

OPS = (
    Append("order-1", 2, 0, "a"),
    Append("order-1", 1, 2, "b", first=3),
    Append("order-2", 2, 0, "a", first=4),
)
TEXT = "; ".join(map(str, OPS))


def appends_together(trial: Trial) -> None:
    """Append in some work that raises, and in some that ends, if the store records them together."""
    if not isinstance(trial.store, BulkStore):
        return
    store: Any = trial.store
    trial.append(Append("order-0", 1, 0, "z"))
    _work_that_raises(trial, store)
    _compare(trial)
    came = _work_that_ends(trial, store)
    for op in OPS:
        trial.keep(op)
    _compare(trial)
    again = [_append(store, op, Expected.ANY) for op in OPS]
    trial.expect(TOGETHER, again, came, "what it returned: the receipts that the same appends get again now")
    _compare(trial)


def _work_that_raises(trial: Trial, store: Any) -> None:
    def work() -> None:
        for op in OPS:
            _append(store, op)
        raise _Stopped("the work's own error")

    trial.calls.append(f"store.together(work), where work does: {TEXT}; raise an error")
    try:
        store.together(work)
    except _Stopped:
        pass
    except Exception as error:  # noqa: BLE001 - the code under test may raise anything; it is reported
        raise trial.broken(TOGETHER, "the work's own error", said(error)) from error
    else:
        raise trial.broken(TOGETHER, "the work's own error", "no error")


def _work_that_ends(trial: Trial, store: Any) -> Any:
    calls: list[None] = []

    def work() -> list[Any]:
        calls.append(None)
        return [_append(store, op) for op in OPS]

    came = trial.call(TOGETHER, f"store.together(work), where work does: {TEXT}", lambda: store.together(work))
    trial.expect(TOGETHER, 1, len(calls), "how often the work was done")
    return came


class _Stopped(Exception):
    """Ends some work."""


def _append(store: Any, op: Append, expected: Expected | None = None) -> Any:
    expects = op.expected if expected is None else expected
    return store.append(op.stream, op.events(), expected=expects, command_id=op.command_id)


def _compare(trial: Trial) -> None:
    made = len(trial.calls)
    log = trial.read(law=TOGETHER)
    wanted = [(one.stream, one.version, one.event, one.command_id) for one in trial.log]
    trial.expect(TOGETHER, wanted, [(one.stream, one.version, one.event, one.command_id) for one in log])
    for name in ("order-0", "order-1", "order-2"):
        trial.expect(TOGETHER, trial.version(name), trial.ask_version(name))
        own = [(one.version, one.event) for one in trial.read(stream=name, law=TOGETHER)]
        trial.expect(TOGETHER, [(one.version, one.event) for one in trial.log if one.stream == name], own)
    trial.expect(TOGETHER, log[-1].position, trial.ask_head())
    del trial.calls[made:]
