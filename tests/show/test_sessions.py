"""Who saw what: the view counts what the checker counts."""

import re

import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.shop import visits, write
from cqrs_lab.show import who_saw_what
from cqrs_lab.simulation import Domain, Exponential, Fixed, LagModel, Poisson, guarantees, simulate_world

TEA = Domain(write.register, visits.order_one, visits.UnitsOrdered, ("cup", "pot"))
BUSY = LagModel(Poisson(2.0), Exponential(0.4), replicas=2)
ROWS = [
    ("Ada", "w", "cup", 0.0, 0.5, 1),
    ("Ada", "r", "cup", 1.0, 1.0, 0),
    ("Ben", "r", "cup", 2.0, 2.0, 1),
    ("Ben", "r", "cup", 3.0, 3.0, 0),
]
TRACE = pd.DataFrame(ROWS, columns=["session", "op", "key", "invoke", "ret", "version"])


def test_each_case_is_told_with_its_operations_in_order_of_time():
    view = who_saw_what(TRACE)
    assert view.frame()["guarantee"].tolist() == ["read_your_writes", "monotonic_reads"]
    assert view.frame()["operations"].tolist() == [(0, 1), (2, 3)]
    view.move(case=1)
    assert view.picture.says == (
        "Read your writes, broken: Ada wrote cup at position 1, done at 0.5 s, and read cup at 1 s: "
        "the answer shows no write of it."
    )
    assert view.picture.says in view.picture.html.replace("&#x27;", "'")


def test_at_0_all_are_counted_and_nobody_is_blamed():
    picture = who_saw_what(TRACE).picture
    assert picture.says == "2 sessions, 1 write, 3 reads; a guarantee was broken 2 times."
    assert "read your writes" in picture.html and "monotonic reads" in picture.html


def test_what_is_counted_is_in_the_picture_or_said_to_be_left_out():
    everybody = [(f"person {at}", "w", "cup", at, at + 0.5, at) for at in range(1, 9)]
    small = who_saw_what(pd.DataFrame(everybody, columns=TRACE.columns)).picture
    assert small.says.startswith("8 sessions, 8 writes, 0 reads;") and "first" not in small.says
    assert all(f">person {at}<" in small.html for at in range(1, 9))
    run = simulate_world(BUSY, TEA, visits=25, think=Fixed(0.3), seed=2)
    large = who_saw_what(run.trace).picture
    shown = run.trace.head(18)
    assert f"The picture shows the first 18 writes and reads, of {shown['session'].nunique()} sessions." in large.says
    marks = large.html.count(">cup ") + large.html.count(">pot ")
    assert marks == 18


def test_the_cases_of_a_world_are_those_of_the_checker():
    run = simulate_world(BUSY, TEA, visits=25, think=Fixed(0.3), seed=2)
    told = guarantees.check(run.trace)
    view = who_saw_what(run.trace, ["read_your_writes"])
    assert [broken.says for broken in told["read_your_writes"].broken_by] == sorted(
        view.frame()["says"], key=[broken.says for broken in told["read_your_writes"].broken_by].index
    )
    last = view.controls[0]["most"]
    assert last == len(told["read_your_writes"].broken_by) > 3
    assert view.frame()["says"][last] in view.at(case=last).says


def test_a_trace_in_which_all_holds_has_nothing_to_blame():
    view = who_saw_what(TRACE.iloc[[0, 2]])
    assert view.controls[0]["most"] == 0 and "0 times" in view.picture.says


def test_an_unknown_guarantee_is_refused():
    with pytest.raises(InvalidArgument, match="no guarantee 'luck'"):
        who_saw_what(TRACE, ["luck"])


def test_a_case_is_its_operations_alone_with_a_reason_for_each_arrow():
    picture = who_saw_what(TRACE).at(case=1)
    reasons = re.findall(r"<li>(.*?)</li>", picture.html)
    assert [reason.replace("&#x27;", "'") for reason in reasons] == [
        "Ada had finished at 0.5 s, before the next began at 1 s.",
        "Ada's answer misses position 1, as if it were not there yet.",
    ]
    assert "Ben" not in picture.html and ">1</text>" in picture.html and ">2</text>" in picture.html
    assert "var(--bad)" in picture.html and "<li>" not in who_saw_what(TRACE).picture.html


def test_the_weakest_broken_promise_comes_first_then_the_earliest():
    run = simulate_world(BUSY, TEA, visits=25, think=Fixed(0.3), seed=2)
    names = ["linearizable", "monotonic_reads", "read_your_writes"]
    frame = who_saw_what(run.trace, names).frame()
    assert list(dict.fromkeys(frame["guarantee"])) == names[::-1]
    for _, some in frame.groupby("guarantee"):
        ends = [run.trace.loc[list(operations), "ret"].max() for operations in some["operations"]]
        assert ends == sorted(ends)
