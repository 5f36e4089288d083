"""Events of commits, decoded when they are asked for."""

import pytest

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened
from cqrs_lab.log.slice import EventSlice
from cqrs_lab.log.stores import jetstream_rows
from cqrs_lab.log.stores.codec import Encoded, EventCodec
from cqrs_lab.log.stores.jetstream_commits import Head, read, types_of, written
from cqrs_lab.log.stores.jetstream_rows import JetStreamSlice, in_portions, position_of, recorded, rows_above, rows_of

CODEC = EventCodec(EVENTS)


def commit(sequence, numbers, before=0, unknown=()):
    new = CODEC.encode_all([Happened(number) for number in numbers])
    new = [Encoded("other", 1, b"{}") if n in unknown else one for n, one in enumerate(new)]
    return read(sequence, written(Head("id", "a", before, sequence - 1, 1.5, types_of(new)), new))


COMMITS = [commit(1, [1, 2, 3]), commit(2, [4], before=3), commit(3, [5, 6], before=4)]


@pytest.mark.parametrize("portion", [1, 2, 1_000])
def test_events_come_in_order_whatever_the_portion(monkeypatch, portion):
    monkeypatch.setattr(jetstream_rows, "DECODED_EVENTS", portion)
    for limit in (None, 0, 1, 4, 10**30):
        events = list(in_portions(CODEC, rows_of(COMMITS), limit))
        assert [one.event.number for one in events] == [1, 2, 3, 4, 5, 6][:limit]
    assert [one.position for one in events] == [99_998, 99_999, 100_000, 200_000, 299_999, 300_000]
    assert [one.version for one in events] == [1, 2, 3, 4, 5, 6]


def test_rows_above_a_position_and_above_a_version():
    assert [position_of(row) for row in rows_of(COMMITS[:1], 99_998)] == [99_999, 100_000]
    assert [position_of(row) for row in rows_of(COMMITS, 100_000)] == [200_000, 299_999, 300_000]
    assert [number for _, number in rows_above(COMMITS, 2)] == [2, 0, 0, 1]


def test_an_event_that_cannot_be_read_is_an_error_after_those_before_it():
    reading = recorded(CODEC, list(rows_of([commit(1, [1, 2, 3], unknown={1})])))
    assert next(reading).event == Happened(1)
    with pytest.raises(lab.UnknownEventType, match="position 99999 is of type 'other', version 1"):
        next(reading)


def test_a_slice_leaves_alone_what_nobody_asks_for():
    rows = list(rows_of([commit(1, [1, 2, 3], unknown={1}), COMMITS[1]]))
    some = JetStreamSlice(CODEC, rows, 0, 200_000)
    assert some.types() == {Happened: 99_998} and some.of(Happened) is some.of(Happened)
    assert [one.event.number for one in some.of(Happened)] == [1, 3, 4] and some.of(int) == []
    with pytest.raises(lab.UnknownEventType):
        list(some)


def test_a_slice_is_cut_as_one_of_objects_is():
    rows = list(rows_of(COMMITS))
    some, like = JetStreamSlice(CODEC, rows, 5, 300_000), EventSlice(in_portions(CODEC, rows), 5, 300_000)
    for start in range(7):
        for stop in range(start, 7):
            ours, theirs = some.part(start, stop), like.part(start, stop)
            assert list(ours) == list(theirs) and (ours.after, ours.upto) == (theirs.after, theirs.upto)
            assert list(ours.positions) == list(theirs.positions) and ours.types() == theirs.types()


def test_a_version_that_is_not_known_counts_as_the_newest():
    newer = [Encoded("happened", 2, b"{}")]
    rows = list(rows_of([read(1, written(Head("id", "a", 0, 0, 1.5, types_of(newer)), newer))]))
    some = JetStreamSlice(CODEC, rows, 0, 100_000)
    assert some.types() == {Happened: 100_000}
    with pytest.raises(lab.UnknownEventType):
        some.of(Happened)
