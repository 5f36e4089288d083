"""A command id stands for one command: equal commands have one fingerprint, in every process."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import threading
from collections import Counter, OrderedDict, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.log.guards.command_id import CommandId, fingerprint


def a_class(name="Pay", module="bank", **options):
    @dataclass(frozen=True, **options)
    class Pay:
        account: str
        amount: Any = 5
        sent_at: float = field(default=0.0, compare=False)

    Pay.__module__, Pay.__qualname__ = module, name
    return Pay


class Method(Enum):
    CARD = 1
    CASH = 2


class Line(NamedTuple):
    product: str
    units: int


class Plain:
    def __init__(self, **values):
        self.__dict__.update(values)


Pay = a_class()
AT = datetime(2026, 1, 5, 10, 30, tzinfo=UTC)
VALUES = [
    None, 5, 6, 0.1, Decimal("0.1"), float("inf"), float("nan"), 10**5000, -1, -2, "", "5", b"5", (), (5,), [5],
    ((5,),),
    {"a": 1}, {"a": 2}, {1: "a"}, {"a"}, {"a", "b"}, Method.CARD, Method.CASH, Line("tea", 1), ("tea", 1), AT,
    AT + timedelta(1), timedelta(1), UUID(int=7), Path("a"), Fraction(1, 3), Plain(a=1), Plain(a=2), Plain(b=1), Plain,
    Pay("a"), Pay("b"), a_class("Refund")("a"), a_class(module="shop")("a"), np.array([1, 2]), np.array([1, 3]),
]  # fmt: skip


def test_different_values_have_different_fingerprints():
    found = [fingerprint(Pay("a", value)) for value in VALUES]
    assert len(set(found)) == len(VALUES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Pay("a", 5), a_class()("a", 5)),
        (Pay("a", 5), a_class(slots=True)("a", 5)),
        (Pay("a", 5, sent_at=1.0), Pay("a", 5, sent_at=2.0)),
        (Pay("a", 5), Pay("a", 5.0)),
        (Pay("a", 5), Pay("a", np.int64(5))),
        (Pay("a", 0.5), Pay("a", Decimal("0.50"))),
        (Pay("a", "x"), Pay("a", np.str_("x"))),
        (Pay("a", {"x": 1, "y": 2}), Pay("a", {"y": 2, "x": 1})),
        (Pay("a", {"x": 1}), Pay("a", MappingProxyType({"x": 1}))),
        (Pay("a", frozenset("abcdef")), Pay("a", frozenset("fedcba"))),
        (Pay("a", Plain(a=1)), Pay("a", Plain(a=1))),
        (Pay("a", VALUES), Pay("a", copy.deepcopy(VALUES))),
    ],
)
def test_equal_commands_have_one_fingerprint_also_of_a_class_defined_again(one, other):
    assert fingerprint(one) == fingerprint(other)


UTC_PLUS_2 = timezone(timedelta(hours=2))
EQUAL = [
    (True, np.True_, 1), (False, np.False_, 0), (5, np.int8(5), np.uint64(5), 5.0, np.float32(5), Decimal("5.0"), 5 +
    0j), (0.5, np.float64(0.5), np.float16(0.5), np.longdouble(0.5), Fraction(1, 2)), (1 + 2j, np.complex128(1 + 2j)),
    ("tea", np.str_("tea")), (b"tea", np.bytes_(b"tea"), bytearray(b"tea")), (0.0, -0.0, 0), (datetime(2026, 1, 5, 10,
    30), pd.Timestamp("2026-01-05 10:30"), np.datetime64("2026-01-05T10:30")), (datetime(2026, 1, 5),
    np.datetime64("2026-01-05", "ns"), np.datetime64("2026-01-05T00")), (AT, pd.Timestamp(AT),
    AT.astimezone(UTC_PLUS_2), pd.Timestamp(AT).tz_convert("Europe/Berlin")), (date(2026, 1, 5),
    np.datetime64("2026-01-05")), (timedelta(seconds=5), pd.Timedelta(5, "s"), np.timedelta64(5, "s")),
    (timedelta(seconds=60), np.timedelta64(1, "m"), np.timedelta64(60 * 10**9, "ns")), ({"a": 1}, defaultdict(int,
    a=1), Counter(a=1), {"a": np.int64(1)}), ({1, 2}, frozenset({2.0, np.int64(1)})),
]  # fmt: skip


@pytest.mark.parametrize("values", EQUAL, ids=str)
def test_equal_values_of_other_types_are_the_same_command(values):
    for wrap in (lambda value: value, lambda value: (value,), lambda value: {"k": [value]}, lambda one: Line("a", one)):
        assert len({fingerprint(Pay("a", wrap(value))) for value in values}) == 1


def test_no_two_groups_of_equal_values_and_no_near_misses_have_one_fingerprint():
    near = [
        np.timedelta64(5), np.timedelta64(5, "m"), np.timedelta64(5, "ns"), pd.Timedelta(5, "ns"),
        timedelta(minutes=7), pd.Timestamp("2026-01-05 10:30") + pd.Timedelta(1, "ns"), pd.NaT,
        np.datetime64("2026-01-05T10:31"), time(10, 30), np.datetime64("2026-01-05T10:30:00.000000001"),
        AT.replace(tzinfo=UTC_PLUS_2), AT.replace(tzinfo=None, hour=11), "5", np.array(5), np.array([5]),
        OrderedDict(a=1), OrderedDict(b=1, a=1), OrderedDict(a=1, b=1), 5 + 1j, "2026-01-05", datetime(2026, 1, 5, 0,
        0, 0, 1), date(2026, 1, 6), 1767571200, 1767571200 * 10**9, np.datetime64("NaT"), "NaT",
    ]  # fmt: skip
    values = [*(group[0] for group in EQUAL if group[0] not in (0, 1)), 0, 1, *near]
    different = [fingerprint(Pay("a", value)) for value in values]
    assert [values[n] for n, one in enumerate(different) if different.count(one) > 1] == []


@pytest.mark.parametrize(("first", "again"), [(True, np.True_), (AT, pd.Timestamp(AT)), (5, np.int64(5)), (5, 5.0)])
def test_a_retry_with_an_equal_value_gets_the_first_receipt_and_another_value_does_not(first, again):
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    bus.register(Pay, lab.Decider(0, lambda command, state: ["paid"], lambda state, event: 0), stream=lambda pay: "a")
    assert bus.send(Pay("a", first), "c1") == bus.send(Pay("a", again), "c1") and store.head() == 1
    with pytest.raises(lab.CommandIdReused):
        bus.send(Pay("a", "another"), "c1")


def test_the_type_of_a_whole_command_counts():
    assert len({fingerprint(one) for one in (1, True, 1.0)}) == 3
    assert fingerprint(True) == fingerprint(np.True_) and fingerprint(5) == fingerprint(np.int64(5))


def test_the_fingerprint_is_the_same_in_another_process_with_other_hashes():
    code = "from tests.log.guards.test_command_id import *; print(*map(fingerprint, map(repr, VALUES[:3])))"
    code += "; print(*(fingerprint(Pay('a', value)) for value in VALUES), sep='|')"
    outputs = set()
    for seed in ("1", "2"):
        run = [sys.executable, "-c", code]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(run, cwd=Path(__file__).parents[3], env=environment, capture_output=True, text=True)
        outputs.add(done.stdout or done.stderr)
    assert len(outputs) == 1 and "Traceback" not in outputs.pop()


@pytest.mark.parametrize(
    "value", [threading.Lock(), (n for n in "ab"), sys.stdout.buffer, [threading.local()], lambda: 1, [lambda n: n]]
)
def test_what_has_no_value_is_refused_with_what_to_do(value):
    with pytest.raises(lab.InvalidArgument, match="holds what cannot be compared later.*or send this one without"):
        fingerprint(Pay("a", value))


def test_what_holds_itself_is_refused():
    endless = []
    endless.append(endless)
    with pytest.raises(lab.InvalidArgument, match="cannot be compared later"):
        fingerprint(Pay("a", endless))


def test_an_id_is_its_text_wherever_it_goes_and_keeps_what_it_stands_for():
    made = CommandId.of(Pay("a"), "c1")
    assert made == "c1" and {made: 1}["c1"] == 1 and repr(made) == "'c1'" and made.stands_for.startswith("Pay ")
    for again in (pickle.loads(pickle.dumps(made)), copy.copy(made), copy.deepcopy(made)):
        assert (again, again.stands_for) == ("c1", made.stands_for)
