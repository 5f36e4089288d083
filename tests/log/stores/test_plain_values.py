"""A plain value is written only if it is read as it was, and many are passed at a glance only if each of them is."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import pytest

from cqrs_lab.log.stores.plain_values import PLAIN, Misfit, NoSuch
from cqrs_lab.log.stores.wire import parse

FIT = {
    bool: [True, False],
    int: [0, -(2**63), 2**63 - 1],
    float: [0.0, -0.0, 1e300, 5e-324],
    str: ["", "é\u2028\x00", "NaN"],
    Decimal: [Decimal("1.50"), Decimal("-0"), Decimal("1E+3")],
    datetime: [datetime(1, 1, 1), datetime(2011, 7, 4, 12, 0, 0, 5), datetime(2020, 1, 1, tzinfo=UTC)],
    time: [time(0), time(23, 59, 59, 999_999), time(1, tzinfo=timezone(timedelta(minutes=-30)))],
    date: [date(1, 1, 1), date(9999, 12, 31)],
    timedelta: [timedelta(0), timedelta(days=-3, microseconds=1)],
    bytes: [b"", b"\x00\xff"],
    UUID: [UUID(int=0), UUID(int=2**128 - 1)],
}
MISFITS = {
    int: [2**63, -(2**63) - 1],
    float: [math.nan, math.inf, -math.inf],
    str: ["\ud800", "a\udfff"],
    Decimal: [Decimal("NaN"), Decimal("Infinity")],
    datetime: [datetime(2020, 1, 1, tzinfo=ZoneInfo("Europe/Berlin")), datetime(2020, 10, 25, 2, fold=1)],
    time: [time(1, tzinfo=timezone(timedelta(seconds=30))), time(2, fold=1)],
}


def test_every_plain_annotation_is_tried():
    assert FIT.keys() == PLAIN.keys() >= MISFITS.keys()


@pytest.mark.parametrize("kind", FIT, ids=lambda kind: kind.__name__)
def test_what_passes_is_read_as_it_was_from_what_a_writer_of_json_writes(kind):
    form = PLAIN[kind]
    for value in FIT[kind]:
        form.check(value)
        read = form.read(parse(msgspec.json.encode(value)))
        assert type(read) is kind and repr(read) == repr(value)


@pytest.mark.parametrize("kind", MISFITS, ids=lambda kind: kind.__name__)
def test_what_would_be_read_as_something_else_is_refused_and_never_passed_at_a_glance(kind):
    form = PLAIN[kind]
    for value in MISFITS[kind]:
        with pytest.raises(Misfit) as refused:
            form.check(value)
        assert refused.value.why.startswith("is ")
        assert not form.all_fit([value]) and not form.all_fit([*FIT[kind], value, *FIT[kind]])


def test_a_glance_at_good_values_passes_them_where_there_is_one():
    glances = [kind for kind in PLAIN if PLAIN[kind].all_fit([])]
    assert {bool, int, float, str, datetime, date} <= set(glances)
    for kind in (bool, int, float, date, timedelta, bytes, UUID):
        assert PLAIN[kind].all_fit(FIT[kind])


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (bool, "1"), (int, "true"), (int, '"3"'), (int, "1.5"), (int, "1e30"), (float, '"1.5"'), (float, "true"),
        (str, "3"), (Decimal, "1.5"), (Decimal, '"1_0"'), (datetime, "5"), (datetime, '"yesterday"'),
        (date, '"2011-02-30"'), (bytes, '"YQ"'), (UUID, '"12345678123456781234567812345678"'), (timedelta, '"1d"'),
    ],
)  # fmt: skip
def test_what_stands_for_no_value_is_not_read_as_one(kind, raw):
    with pytest.raises(NoSuch):
        PLAIN[kind].read(parse(raw.encode()))


@pytest.mark.parametrize(
    ("kind", "raw"),
    [(int, str(2**63)), (float, "1e400"), (float, str(2**53 + 1)), (str, '"\\ud800"'), (time, '"00:00:00.1234567"')],
)
def test_what_would_be_cut_or_rounded_is_refused(kind, raw):
    with pytest.raises(Misfit):
        PLAIN[kind].read(parse(raw.encode()))


def test_a_misfit_says_where_it_is_as_it_is_said_from_further_outside():
    misfit = Misfit("is 3").within("[1]").within("lines").within("order")
    assert (misfit.why, misfit.where) == ("is 3", "order.lines[1]")
