"""A store that keeps what led to a commit: it is read back with each event, from the log and from the stream."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from cqrs_lab.log.contract.laws import TRACED, Happened
from cqrs_lab.log.contract.trial import Trial
from cqrs_lab.log.event_store import Expected
from cqrs_lab.log.wrappers.read_through import is_tracing

# A store that is traced notes W3C's trace context beside what it was given (decision 0066).
BESIDE = {"traceparent", "tracestate"}
NOTED: tuple[tuple[str | None, Mapping[str, str]], ...] = (
    ("order-1@1", {"who": "ada", "why": ""}),
    (None, {}),
    ("an id: from, outside@", {}),
    (None, {"wörd": '{"a": 1}\n'}),
)


def what_led_to_it(trial: Trial) -> None:
    """Append with a cause and notes, if the store takes them; raises `FaultFound`."""
    store = trial.store
    if not is_tracing(store):
        return
    expected: list[tuple[str | None, dict[str, str]]] = []
    for number, (caused_by, metadata) in enumerate(NOTED):
        events, id = [Happened(2 * number + 1), Happened(2 * number + 2)], f"command {number}"
        done = f"store.append('order-7', {events}, expected=Expected.ANY, command_id={id!r}, {caused_by=}, {metadata=})"
        for _ in range(2):  # the second time it is known, and changes nothing
            append = partial(store.append, "order-7", events, expected=Expected.ANY, command_id=id)
            trial.call(TRACED, done, partial(append, caused_by=caused_by, metadata=metadata))
        expected += [(caused_by, dict(metadata))] * 2
        for stream in (None, "order-7"):
            came = [(one.caused_by, _given(one.metadata)) for one in trial.read(stream=stream, law=TRACED)]
            trial.expect(TRACED, expected, came, "caused_by and metadata of each event")


def _given(metadata: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in metadata.items() if name not in BESIDE}
