"""Stories of a few appends, each on a new store, simplest first, so that the first fault found is a simple one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from cqrs_lab.log.contract.histories import STREAMS
from cqrs_lab.log.contract.laws import AT_THE_CALL, NOT_LATE, READS, STAYS, VERSIONS
from cqrs_lab.log.contract.trial import Append, Trial, places
from cqrs_lab.log.event_store import Expected

ANY, NO_STREAM, STREAM_EXISTS = Expected.ANY, Expected.NO_STREAM, Expected.STREAM_EXISTS
ONE, TWO = "order-1", "order-2"

A = Append
# What each append should lead to follows from those before it; the trial's model knows.
APPENDS: tuple[tuple[Append, ...], ...] = (
    # a new stream, then the same one
    *((A(ONE, 2, expected), A(ONE, 1, ANY, first=3)) for expected in (0, NO_STREAM, ANY)),
    *((A(ONE, 3, wrong), A(ONE, 2, NO_STREAM)) for wrong in (1, 3, STREAM_EXISTS)),
    *((A(TWO, 2, 0), A(ONE, 3, wrong), A(ONE, 2, 0)) for wrong in (1, 2, STREAM_EXISTS)),
    *((A(ONE, 2, 0), A(ONE, 3, wrong), A(ONE, 1, 2, first=3)) for wrong in (0, 1, 3, 4, NO_STREAM)),
    *((A(ONE, 2, 0), A(ONE, 1, right, first=3), A(ONE, 1, 3, first=4)) for right in (2, ANY, STREAM_EXISTS)),
    (A(ONE, 2, 0), A(TWO, 3, 0, first=3), A(ONE, 1, 2, first=6), A(ONE, 1, 5, first=7)),
    (A(ONE, 2, 0), A(ONE, 2, ANY), A(ONE, 2, ANY)),  # the same events may happen again
    (A(ONE, 3, 0, same=True), A(TWO, 1, 0), A(ONE, 2, 3, same=True)),
    (A(ONE, 1, 0), A(TWO, 1, 0), A(ONE, 3, 7), A(TWO, 2, 1, first=2)),
    # in a tuple
    (A(ONE, 2, 0, within=tuple), A(ONE, 0, 9, within=tuple), A(ONE, 3, 9, within=tuple), A(ONE, 1, 2, first=3)),
    # nothing to append
    *((A(ONE, 0, wrong), A(ONE, 1, STREAM_EXISTS), A(ONE, 1, NO_STREAM)) for wrong in (0, 99, STREAM_EXISTS)),
    (A(ONE, 2, 0), A(TWO, 1, 0, first=3), A(ONE, 0, 99), A(ONE, 0, NO_STREAM), A(ONE, 1, 2, first=4)),
    (A(ONE, 0, ANY, "a"), A(ONE, 2, 0, "a")),
    (A(ONE, 1, 0), A(ONE, 0, 99, "a"), A(ONE, 2, 1, "a", first=2)),
    # a command that comes again
    *((A(ONE, count, 0, "a"), A(ONE, count, ANY, "a")) for count in (1, 3)),
    (A(ONE, 2, 0, "a"), A(ONE, 1, ANY, "b", first=3), A(ONE, 2, ANY, "a"), A(ONE, 1, ANY, "b", first=3)),
    (A(ONE, 2, 0, "a"), A(ONE, 2, 0, "a")),
    *((A(ONE, 2, ANY, "a"), A(ONE, 1, 2, first=3), A(ONE, 2, stale, "a")) for stale in (0, 2, 9, NO_STREAM)),
    (A(TWO, 3, 0), A(ONE, 2, 0, "a", first=4), A(TWO, 1, 3, "b", first=6), A(ONE, 2, 0, "a", first=4)),
    (A(ONE, 2, 0, "a"), A(ONE, 3, ANY, "a", first=3), A(ONE, 1, ANY, "a", first=6)),
    # a command that was refused, and comes again
    *((A(ONE, 2, wrong, "a"), A(ONE, 2, 0, "a"), A(ONE, 2, 0, "a")) for wrong in (3, STREAM_EXISTS)),
    (A(ONE, 1, 0), A(ONE, 2, 0, "a", first=2), A(ONE, 2, 1, "a", first=2)),
    # one id in two streams
    *((A(ONE, 2, 0, "a"), A("order-10", 1, right, "a", first=3), A(ONE, 2, 0, "a")) for right in (0, ANY)),
)  # fmt: skip

SEPARATORS = ("", "-", ":", "/", "|", " ", "_", ".", ",", "\n", "\x1f", "::", "', '")
# Two streams and two ids that are the same text when they are put together.
GLUED = tuple(
    (Append("a", 1, 0, f"b{between}c"), Append(f"a{between}b", 1, 0, "c", first=2)) for between in SEPARATORS
)
LONG = "order-" + "1" * 1100
ALIKE = (
    ("order-1", "order-10"), ("order-1", "Order-1"), ("order-1", "ORDER-1"), ("order-1", "order_1"),
    ("order_1", "order-1"), ("order-%", "order-1"), ("order-_", "order-1"), ("order-*", "order-1"),
    ("order-?", "order-1"), ("order-.", "order-1"), ("order-1", "order-1 "), (" order-1", "order-1"),
    ("order-1", "order-1\n"), ("order 1", "order  1"), ("order/1", "order-1"), ("order", "order-1"),
    ("1", "01"), ("1", "1.0"), ("1", "1e0"), ("none", "None"), ("nan", "null"), ("'", "''"), ("\u2615", "\U0001f375"),
    ("caf\u00e9", "cafe\u0301"), ("caf\u00e9", "cafe"), ("stra\u00dfe", "strasse"), ("\u212a", "K"),
    ("order/1", "order_1"), ("order:1", "order_1"), ("order/1", "order%2F1"), ("order/1", "order//1"),
    ("plumless", "buckeroo"),  # one CRC-32
    (LONG + "a", LONG + "b"),
)  # fmt: skip


def with_names(one: str, other: str) -> tuple[Append, ...]:
    """Return one story in two streams."""
    return Append(one, 2, 0), Append(other, 3, NO_STREAM, first=3), Append(one, 1, 2, first=6)


def with_ids(one: str, other: str) -> tuple[Append, ...]:
    """Return one story of two commands in one stream."""
    return Append(ONE, 1, 0, one), Append(ONE, 2, 1, other, first=2), Append(ONE, 1, ANY, one)


MARKS = "caf\u00e9 cafe\u0301 \u2615 'quoted' \"twice\" {braces} %s a\nline\tand a tab"
LINE_ENDS = "line ends\r\nof\rall\u2028kinds\x85, and a \\n that is none"
CONTENTS = (
    Append(ONE, 1, 0, first=0, note=" a space at both ends "),
    Append(ONE, 1, 1, first=-5, note=MARKS + LINE_ENDS),
    Append(ONE, 2, 2, first=2**31, note="NULL"),
    Append(ONE, 2, 4, first=2**53, note="long" * 5000),
)  # fmt: skip


def empty_store(trial: Trial) -> None:
    """Read everything from a new store."""
    trial.expect(READS, 0, trial.ask_head())
    trial.expect(READS, [], trial.read(law=READS))
    trial.expect(READS, [], trial.read(stream=ONE, law=READS))
    trial.expect(VERSIONS, 0, trial.ask_version(ONE))
    trial.append(Append(ONE, 1, STREAM_EXISTS))  # to have asked for it does not make it
    trial.append(Append(ONE, 1, NO_STREAM))


def _some(trial: Trial) -> None:
    trial.append(Append(ONE, 3, 0, "a"))
    trial.append(Append(ONE, 3, 9))  # a store that uses up positions here is tried with the gap
    trial.append(Append(TWO, 2, 0, "b", first=4))
    trial.append(Append(ONE, 2, 3, "c", first=6))


def any_place(trial: Trial) -> None:
    """Read from every place, up to every limit."""
    _some(trial)
    for stream in (None, ONE, TWO, "order-3"):
        whole = [] if stream == "order-3" else trial.read(stream=stream)
        kept = trial.calls[:4]
        numbers = [0, *(one.position if stream is None else one.version for one in whole)]
        beyond = [numbers[-1] + more for more in (1, 2, 100, 2**40)] + [2**16, 2**31, 2**32, 2**32 + 1]
        limits = (None, 0, 1, 2, len(whole), len(whole) + 1, 2**31, 2**32 + 1)
        for after in (*numbers, *beyond):
            for limit in limits:
                trial.calls = [*kept]
                wanted = [one for at, one in zip(numbers[1:], whole, strict=True) if at > after][:limit]
                trial.expect(READS, places(wanted), places(trial.read(after, limit, stream, READS)))


def while_reading(trial: Trial) -> None:
    """Begin to read, record more, then read the rest."""
    _some(trial)
    for stream in (None, ONE):
        for begun in (0, 1):
            _record_meanwhile(trial, stream, begun)


def _record_meanwhile(trial: Trial, stream: str | None, begun: int) -> None:
    what = "store.read_all()" if stream is None else f"store.read_stream({stream!r})"
    wanted = places(trial.read(stream=stream))
    trial.calls = [*trial.calls[:4], f"reading = iter({what})"]
    reading = iter(trial.store.read_all() if stream is None else trial.store.read_stream(stream))
    came = trial.call(READS, "first = next(reading)", lambda: [next(reading)]) if begun else []
    trial.append(Append(ONE, 2, ANY, first=10))
    trial.append(Append("order-4", 1, ANY, first=12))
    came += trial.call(AT_THE_CALL, "list(reading)", lambda: list(reading))
    trial.expect(AT_THE_CALL, wanted, places(came))


def side_by_side(trial: Trial) -> None:
    """Read twice at the same time, each at its own pace."""
    _some(trial)
    wanted = places(trial.read()), places(trial.read(stream=ONE))
    trial.calls = [*trial.calls[:4], f"a, b = iter(store.read_all()), iter(store.read_stream({ONE!r}))"]
    one, other = iter(trial.store.read_all()), iter(trial.store.read_stream(ONE))
    came = trial.call(READS, "took from both in turn", lambda: _in_turn(one, other))
    trial.expect(READS, wanted, (places(came[0]), places(came[1])))


def _in_turn(one: Iterator[object], other: Iterator[object]) -> tuple[list[object], list[object]]:
    first: tuple[list[object], list[object]] = [next(one), next(one)], [next(other)]
    return [*first[0], *one], [*first[1], *other]


def as_recorded(trial: Trial) -> None:
    """Read twice, and between the two change a list that the store returned."""
    for op in CONTENTS:
        trial.append(op)
        if isinstance(trial.given, list):
            trial.given.clear()
        trial.calls.append("emptied the list that it was given")
        trial.look(STAYS)
    for stream in (None, ONE):
        first = trial.read(stream=stream)
        times = [one.recorded_at for one in first]
        result = trial.store.read_all() if stream is None else trial.store.read_stream(ONE)
        if isinstance(result, list):
            trial.calls.append("emptied the list that it returned")
            result.clear()
        again = trial.read(stream=stream)
        trial.expect(STAYS, places(first), places(again))
        trial.expect(STAYS, times, [one.recorded_at for one in again], "recorded_at, as it was before")
    trial.expect(STAYS, [one.recorded_at for one in trial.read()], times, "recorded_at, as in the whole log")


def following(trial: Trial) -> None:
    """Read the new events after each of 60 commits, from the last position read; and ask when there are none."""
    read: list[object] = []
    streams: dict[str, list[object]] = {}
    at = 0
    for number in range(60):
        stream = STREAMS[number % 5]
        own = streams.setdefault(stream, [])
        for limit in (None, 100):
            trial.expect(READS, [], places(trial.read(at, limit)))
            trial.expect(READS, [], places(trial.read(len(own), limit, stream)))
        trial.append(Append(stream, 1 + number % 3, ANY, first=number), look=False)
        new = trial.read(at, (None, 100)[number % 2])
        own += places(trial.read(len(own), (None, 100)[number % 2], stream))
        read += places(new)
        at = new[-1].position if new else at
        trial.calls.clear()
    whole = trial.read()
    trial.calls = [
        "before and after each of 60 commits, read from the last position read; then compared with store.read_all()"
    ]
    late = [one for one in places(whole) if one not in set(read)]
    trial.expect(NOT_LATE, [], late, "events that the reader never saw")
    trial.expect(READS, places(whole), read)
    for stream, own in streams.items():
        trial.expect(READS, places(one for one in whole if one.stream == stream), own, f"the stream {stream!r}")


SCENES: Sequence[Callable[[Trial], None]] = (any_place, side_by_side, as_recorded, while_reading, following)
