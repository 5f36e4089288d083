"""A command id stands for one command: equal commands have one fingerprint, in every process."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import pytest

import cqrs_lab as lab
from cqrs_lab.log.command_id import CommandId, fingerprint


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


def test_the_fingerprint_is_the_same_in_another_process_with_other_hashes():
    code = "from tests.log.test_command_id import *; print(*map(fingerprint, map(repr, VALUES[:3])))"
    code += "; print(*(fingerprint(Pay('a', value)) for value in VALUES), sep='|')"
    outputs = set()
    for seed in ("1", "2"):
        run = [sys.executable, "-c", code]
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(run, cwd=Path(__file__).parents[2], env=environment, capture_output=True, text=True)
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
