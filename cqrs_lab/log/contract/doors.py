"""Wrong arguments, and events that are none: what a store refuses leaves nothing behind, what it records it can read.

A store of thirty lines need not check what it is given, so taking something wrong without a word is no fault; a note
says so. It is a fault to refuse something and keep a part of it, and to record something that is not read back as it
was given: nobody would find that before it is too late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from cqrs_lab.arguments import shown
from cqrs_lab.errors import CqrsLabError
from cqrs_lab.log.contract.laws import ALL_OR_NOTHING, AS_GIVEN, STAYS, Happened
from cqrs_lab.log.contract.trial import Append, FaultFound, Trial
from cqrs_lab.log.event_store import Expected
from cqrs_lab.log.slice import SlicingStore
from cqrs_lab.log.wrappers.read_through import is_tracing

FIRST = Append("order-1", 1, 0, "a")
# Each is, or equals, the version of the stream: a store that compares them takes them.
VERSIONS: tuple[object, ...] = ("0", "1", 1.0, 1.5, True, None, -1)
NAMES: tuple[object, ...] = ("", 7, None, b"order-1")
IDS: tuple[object, ...] = ("", 7, b"b")
PLACES: tuple[object, ...] = (-1, "1", 1.5)
NO_LISTS: tuple[object, ...] = (None, "on", Happened(2), {"number": 2})
# These are events, and a store may know no such type.
PLAIN: tuple[object, ...] = ("on", 2, 2.5, True, ("moved", 2), frozenset({2}), b"\x00")
AN_EVENT = "an event"
MANY = 1_000
REFUSALS = (CqrsLabError, ValueError, TypeError)
"""What a store raises on purpose. Thirty lines may also break down at a name that is no text, with any other error."""
TAKEN = (
    "it takes wrong arguments without a word: {}. No law forbids that. The kit's stores refuse them, with check_stream "
    "and check_range of cqrs_lab.arguments, check_expected of cqrs_lab.log.event_store and events_in of "
    "cqrs_lab.log.guards.recordable"
)
LEFT = "it breaks down at {}, and something of that append is left in the store; check names before you record"
CHANGED = "it records an event that can still be changed, and the log changes with it"


@dataclass(frozen=True, slots=True)
class Door:
    """An append with one wrong argument: its name, its value, and the events that it may leave in the log."""

    name: str
    value: object
    may_leave: Sequence[Sequence[object]] = ([Happened(2), Happened(3)],)
    wrong: bool = True
    arguments: dict[str, object] = field(default_factory=dict)

    def given(self) -> dict[str, Any]:
        """Return all arguments of the append."""
        usual: dict[str, Any] = {"stream": "order-1", "events": [Happened(2), Happened(3)], "expected": Expected.ANY}
        return {**usual, "command_id": "b", **(self.arguments or {self.name: self.value})}

    def __str__(self) -> str:
        given = {name: repr(value) for name, value in self.given().items()} | {"expected": self._expected()}
        stream, events = given.pop("stream"), given.pop("events")
        return f"store.append({stream}, {events}, {', '.join(f'{name}={text}' for name, text in given.items())})"

    def _expected(self) -> str:
        expected = self.given()["expected"]
        return f"Expected.{expected.name}" if isinstance(expected, Expected) else repr(expected)


def doors(store: Any) -> Iterator[Door]:
    """Yield each wrong append, and those of events of a type that a store need not know."""
    for name, values in {"expected": VERSIONS, "stream": NAMES, "command_id": IDS}.items():
        for value in values:
            yield Door(name, value)
    for value in NO_LISTS:
        parts = list(value) if isinstance(value, (str, dict)) else []
        yield Door("events", value, ([], [value], parts))
    for value in (None, Happened, ValueError("no"), [Happened(4)], {"number": 4}):
        yield _an_event(value, wrong=True)
    for value in PLAIN:
        yield _an_event(value, wrong=False)
    if is_tracing(store):
        yield Door("caused_by", 7)
        yield Door("metadata", {"who": 7})
        yield Door("metadata", None)


def _an_event(value: object, wrong: bool) -> Door:
    events = [Happened(2), value, Happened(3)]
    return Door(AN_EVENT, value, (list(events),), wrong, {"events": events})


def wrong_arguments(new_trial: Callable[[], Trial], noting: Callable[[], Any]) -> list[str]:
    """Call a store with one wrong argument after another, and return what is no fault as notes."""
    taken: dict[str, list[str]] = {}
    left: list[str] = []
    changed: list[str] = []
    for door in doors(new_trial().store):
        with noting():
            trial = new_trial()
            trial.append(FIRST)
            if (error := _try(trial, door)) is not None:
                left += _left_behind(trial, door, error)
            elif door.wrong:
                taken.setdefault(door.name, []).append(shown(door.value))
                changed += [CHANGED] * (door.name == AN_EVENT and _changes(trial, door.value))
    with noting():
        for name, value in _wrong_reads(new_trial()):
            taken.setdefault(name, []).append(shown(value))
    texts = [f"{name} = {' or '.join(dict.fromkeys(values))}" for name, values in taken.items()]
    notes = [TAKEN.format("; ".join(texts))] * bool(texts) + changed[:1]
    return notes + [LEFT.format(", ".join(left))] * bool(left)


def _try(trial: Trial, door: Door) -> Exception | None:
    """Return the error that a wrong append ends in; without one, what it has recorded is what was given."""
    trial.calls.append(str(door))
    given = door.given()
    try:
        trial.store.append(given.pop("stream"), given.pop("events"), **given)
    except Exception as error:  # noqa: BLE001 - any error will do, if nothing is recorded
        trial.calls.append(f"it raised {type(error).__name__}")
        return error
    log = trial.read(law=AS_GIVEN)
    # As text: an error that was pickled equals no other, and 1 equals True.
    trial.expect(AS_GIVEN, [*map(repr, _of(log, "order-1"))], [*map(repr, trial.read(stream="order-1"))])
    trial.expect(AS_GIVEN, [repr(one.event) for one in trial.log], [repr(one.event) for one in log[:1]], "the first")
    new = [one.event for one in log[1:]]
    if repr(new) not in map(repr, door.may_leave):
        wanted = f"an error, or {door.may_leave[-1]} read back as it was given"
        raise trial.broken(AS_GIVEN, wanted, repr(new), "the events after the first")
    trial.expect(AS_GIVEN, log[-1].position, trial.ask_head())
    return None


def _left_behind(trial: Trial, door: Door, error: Exception) -> list[str]:
    """Look for what a refused append has left, and go on; return a text if a store broke down at what is no text."""
    broke_down = door.name in ("stream", "command_id") and not isinstance(error, REFUSALS)
    try:
        trial.look(ALL_OR_NOTHING, ALL_OR_NOTHING)
        trial.append(Append("order-1", 2, 1, "b", first=2))
        trial.append(Append("order-2", 1, 0, first=4))
    except FaultFound as broken:
        if broke_down:
            return [f"{door.name}={shown(door.value)} ({type(error).__name__})"]
        raise broken.of(ALL_OR_NOTHING) from None
    return []


def _of(log: Sequence[Any], stream: str) -> list[Any]:
    return [one for one in log if one.stream == stream]


def _changes(trial: Trial, event: object) -> bool:
    """Return whether the log changes when an event does that was recorded and can be changed."""
    before = repr(trial.read())
    if isinstance(event, list):
        event.append("more")
    elif isinstance(event, dict):
        event["more"] = True
    return repr(trial.read()) != before


def _wrong_reads(trial: Trial) -> Iterator[tuple[str, object]]:
    """Read with one wrong argument after another, and yield those that are answered; a read changes nothing."""
    trial.append(FIRST)
    trial.append(Append("order-1", 2, 1, "b", first=2))
    made = len(trial.calls)
    for name, value, text, call in _reads(trial.store):
        trial.calls.append(text)
        try:
            list(islice(call(), MANY))  # whatever a wrong limit leads to
        except Exception as error:  # noqa: BLE001 - any error will do, if nothing changes
            trial.calls.append(f"it raised {type(error).__name__}")
        else:
            yield name, value
        trial.look(STAYS, STAYS)
        del trial.calls[made:]


def _reads(store: Any) -> Iterator[tuple[str, object, str, Callable[[], Any]]]:
    """Yield the name and the value of each wrong argument of a read, the call as a text, and the call."""
    readers: dict[str, Callable[..., Any]] = {
        "store.read_all({})": store.read_all,
        "store.read_stream('order-1', {})": lambda **given: store.read_stream("order-1", **given),
    }
    if isinstance(store, SlicingStore):
        readers["store.read_slice({})"] = lambda **given: store.read_slice(**{"after": 0, **given})
    for text, read in readers.items():
        for name in ("after", "limit"):
            for value in PLACES:
                yield name, value, text.format(f"{name}={value!r}"), partial(read, **{name: value})
    for value in NAMES:
        yield "stream", value, f"store.read_stream({value!r})", partial(store.read_stream, value)
        yield "stream", value, f"store.stream_version({value!r})", partial(_version, store, value)


def _version(store: Any, stream: object) -> list[object]:
    return [store.stream_version(stream)]
