"""The guarantees: the cases of the oracles, and a twin that goes by the definitions and knows no shortcut."""

import json
import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cqrs_lab import InvalidArgument
from cqrs_lab.simulation import guarantees

CASES = json.loads((Path(__file__).parents[1] / "oracles" / "sessions.json").read_text())["cases"]
COLUMNS = ["session", "op", "key", "invoke", "ret", "version", "applied"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_verdicts_are_those_of_the_oracles(case):
    verdicts = guarantees.check(pd.DataFrame(case["trace"]).set_index("id"), case["K"], case["T"])
    assert {name: verdict.holds for name, verdict in verdicts.items()} == case["expected"]


@pytest.mark.parametrize("names", [["pram"], ("consistent_prefix", "read_your_writes"), {"causal_session"}, []])
def test_the_verdicts_of_some_are_those_among_all(names):
    for case in CASES:
        trace = pd.DataFrame(case["trace"]).set_index("id")
        every = guarantees.check(trace)
        assert guarantees.check(trace, names=names) == {name: every[name] for name in names}


def test_a_position_may_be_called_so_where_there_is_no_version():
    for case in CASES:
        trace = pd.DataFrame(case["trace"]).set_index("id").drop(columns="position", errors="ignore")
        assert guarantees.check(trace.rename(columns={"version": "position"})) == guarantees.check(trace)
        assert guarantees.check(trace.assign(position=0)) == guarantees.check(trace)


@pytest.mark.parametrize("names", ["luck", 3, ["luck"], [None], [["pram"]]])
def test_what_is_no_guarantee_is_refused(names):
    with pytest.raises(InvalidArgument, match="read_your_writes, monotonic_reads"):
        guarantees.check(pd.DataFrame(columns=COLUMNS), names=names)


# --- the twin ---------------------------------------------------------------------------------------------------


def twin(operations, most, longest, only=()):
    """Go by the definitions, pair by pair and set by set; leave out the orders of all operations if nobody asks."""
    ops = [dict(one) for one in operations]
    writes = [op for op in ops if op["op"] == "w"]
    reads = [op for op in ops if op["op"] == "r"]
    for read in reads:
        everything = isinstance(read["applied"], (set, list, tuple))
        read["scope"] = {w["version"] for w in writes if everything or w["key"] == read["key"]}
        read["vis"] = set(read["applied"]) if everything else {v for v in read["scope"] if v <= read["version"]}
    so = [(a, b) for a in ops for b in ops if a is not b and a["session"] == b["session"] and a["ret"] <= b["invoke"]]

    def pairs(first, second):
        return [(a, b) for a, b in so if a["op"] == first and b["op"] == second]

    def missed(read):
        return [w for w in writes if w["version"] in read["scope"] - read["vis"] and w["ret"] <= read["invoke"]]

    told = {
        "read_your_writes": all(w["version"] in r["vis"] for w, r in pairs("w", "r") if w["version"] in r["scope"]),
        "monotonic_reads": all(one["vis"] & other["scope"] <= other["vis"] for one, other in pairs("r", "r")),
        "monotonic_writes": all(
            one["version"] < other["version"]
            and all(
                one["version"] in r["vis"]
                for r in reads
                if other["version"] in r["vis"] and one["version"] in r["scope"]
            )
            for one, other in pairs("w", "w")
        ),
        "writes_follow_reads": all(
            p < w["version"]
            and all(p in later["vis"] for later in reads if w["version"] in later["vis"] and p in later["scope"])
            for r, w in pairs("r", "w")
            for p in r["vis"]
        ),
        "consistent_prefix": all(p in r["vis"] for r in reads for q in r["vis"] for p in r["scope"] if p < q),
        "bounded_staleness_K": all(len(missed(r)) <= most for r in reads),
        "bounded_staleness_T": all(r["invoke"] - w["ret"] <= longest for r in reads for w in missed(r)),
    }
    if not only or "linearizable" in only:
        told["linearizable"] = any(explains(order) for order in orders(ops))
    told["pram"] = told["read_your_writes"] and told["monotonic_reads"] and told["monotonic_writes"]
    told["causal_session"] = told["pram"] and told["writes_follow_reads"]
    return told


def orders(ops):
    """Yield every order of operations in which none comes after one that was asked for when it had ended."""
    if not ops:
        yield []
    for first in ops:
        others = [one for one in ops if one is not first]
        if all(one["ret"] >= first["invoke"] for one in others):
            yield from ([first, *order] for order in orders(others))


def explains(order):
    """Tell whether operations done one by one, in this order, would have given what they gave."""
    written = []
    for op in order:
        if op["op"] == "w":
            if written and written[-1]["version"] > op["version"]:
                return False
            written.append(op)
        elif isinstance(op["applied"], (set, list, tuple)):
            if {w["version"] for w in written} != set(op["applied"]):
                return False
        elif ([0] + [w["version"] for w in written if w["key"] == op["key"]])[-1] != op["version"]:
            return False
    return True


@st.composite
def traces(draw):
    """Draw up to six operations of two or three sessions, of which some may overlap."""
    count = draw(st.integers(2, 6))
    kinds = ["w", *(draw(st.sampled_from("wrr")) for _ in range(count - 1))]
    positions = iter(draw(st.permutations(range(1, kinds.count("w") + 1))) if draw(st.booleans()) else range(1, 9))
    clock, busy, rows = 0, {}, []
    for kind in kinds:
        session, key = draw(st.sampled_from("ABC")), draw(st.sampled_from("xy"))
        clock += draw(st.integers(0, 2))
        invoke = max(clock, busy.get(session, 0))
        ret = invoke + draw(st.integers(0, 3))
        busy[session] = ret
        rows.append([session, kind, key, invoke, ret, next(positions) if kind == "w" else 0, None])
    writes = [(row[2], row[5]) for row in rows if row[1] == "w"]
    for row in rows:
        if row[1] == "r":
            if draw(st.integers(0, 2)) == 0:
                row[6] = tuple(draw(st.sets(st.sampled_from([version for _, version in writes]))))
                row[5] = max((version for key, version in writes if key == row[2] and version in row[6]), default=0)
            else:
                row[5] = draw(st.sampled_from([0, *(version for key, version in writes if key == row[2])]))
    return pd.DataFrame(rows, columns=COLUMNS, index=[f"o{n}" for n in range(count)])


SEEN = Counter()


@settings(max_examples=1500, derandomize=True)
@given(traces(), st.integers(0, 2), st.integers(0, 4))
def agree(trace, most, longest):
    verdicts = guarantees.check(trace, most, longest)
    operations = trace.reset_index(names="id").to_dict("records")
    expected = twin(operations, most, longest)
    assert {name: verdict.holds for name, verdict in verdicts.items()} == expected
    for name, verdict in verdicts.items():
        SEEN[name, verdict.holds] += 1
        for broken in verdict.broken_by:
            blamed = [one for one in operations if one["id"] in broken.operations]
            assert {one["id"] for one in blamed} == set(broken.operations)
            assert all(one["session"] in broken.says for one in blamed), broken
            # What is blamed breaks the guarantee by itself, with the other writes as they were.
            alone = [one for one in operations if one["op"] == "w" or one in blamed]
            assert not twin(alone, most, longest, only=[name])[name], (name, broken)
            in_order = [next(one for one in operations if one["id"] == label) for label in broken.operations]
            assert len(broken.reasons) == len(in_order)
            around = zip(in_order, [*in_order[1:], in_order[0]], broken.reasons, strict=True)
            assert all(untrue(reason, one, other, operations) == [] for one, other, reason in around), broken


def untrue(reason, one, other, operations):
    """Return what is not so in a reason why one operation comes before another, read word by word."""
    wrong, writes = [], {op["version"]: op for op in operations if op["op"] == "w"}
    if times := re.search(r"(\w+) had finished at (\S+) s, before (the next|\w+) began at (\S+) s", reason):
        so = float(times[2]) == one["ret"] <= float(times[4]) == other["invoke"] and times[1] == one["session"]
        names = "the next" if one["session"] == other["session"] else other["session"]
        wrong += [] if so and times[3] == names else [times[0]]
    for who, verb, position in re.findall(r"(\w+)'s answer (shows|misses) position (\d+)", reason):
        reads = [op for op in (one, other) if op["op"] == "r" and op["session"] == who]
        wrong += [] if any(sees(op, writes[int(position)]) == (verb == "shows") for op in reads) else [position]
    for first, then in re.findall(r"position (\d+) is in front of position (\d+)", reason):
        wrong += [] if int(first) < int(then) else [first]
    if gone := re.search(r"the earlier read shows position (\d+), and the later one misses it", reason):
        write = writes[int(gone[1])]
        wrong += [] if sees(other, write) and not sees(one, write) else [gone[0]]
    if wrote := re.search(r"(\w+) wrote position (\d+)", reason):
        wrong += [] if writes[int(wrote[2])] is one and one["session"] == wrote[1] else [wrote[0]]
    return wrong


def sees(read, write):
    if isinstance(read["applied"], (set, list, tuple)):
        return write["version"] in read["applied"]
    return write["key"] == read["key"] and write["version"] <= read["version"]


def test_the_checker_equals_the_twin_and_blames_operations_that_break_it_by_themselves():
    SEEN.clear()
    agree()
    names = {name for name, _ in SEEN}
    assert (
        len(names) == 10
        and {name: SEEN[name, holds] for name in names for holds in (True, False) if SEEN[name, holds] < 50} == {}
    )


# --- traps ------------------------------------------------------------------------------------------------------


def trace(*rows):
    return pd.DataFrame(rows, columns=COLUMNS[:6])


def test_a_newer_value_satisfies_read_your_writes():
    told = guarantees.check(trace(("A", "w", "x", 0, 1, 1), ("B", "w", "x", 2, 3, 2), ("A", "r", "x", 4, 5, 2)))
    assert all(verdict.holds for verdict in told.values())


def test_stale_alone_breaks_no_session_guarantee_but_it_is_not_linearizable():
    told = guarantees.check(trace(("A", "w", "x", 0, 1, 1), ("B", "r", "x", 9, 9, 0)))
    assert [name for name, verdict in told.items() if not verdict.holds] == ["linearizable"]


def test_bounds_of_zero_are_still_weaker_than_linearizable():
    # Two readers during one write: the first saw it, the second, later, did not. Nothing finished was missed.
    rows = ("A", "w", "x", 0, 9, 1), ("B", "r", "x", 1, 2, 1), ("C", "r", "x", 3, 4, 0)
    told = guarantees.check(trace(*rows), staleness_events=0, staleness_seconds=0)
    assert told["bounded_staleness_K"].holds and told["bounded_staleness_T"].holds and not told["linearizable"].holds


def test_a_broken_guarantee_is_told_in_words_and_with_the_operations():
    told = guarantees.check(trace(("Ada", "w", "cup", 0, 1, 1), ("Ada", "r", "cup", 2, 2, 0)))["read_your_writes"]
    assert told.broken_by[0].operations == (0, 1)
    assert told.broken_by[0].says == (
        "Ada wrote cup at position 1, done at 1 s, and read cup at 2 s: the answer shows no write of it."
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("A", "x", "x", 0, 1, 1)], "op='x'; accepted are 'w' and 'r'"),
        ([("A", "w", "x", 2, 1, 1)], "answered at 1 before it was asked at 2"),
        ([("A", "w", "x", 0, 1, 1), ("B", "w", "y", 0, 1, 1)], "two writes have one position"),
        ([("A", "w", "x", 0, 1, 0)], "or one below 1"),
        ([("A", "w", "x", 0, 1, 1), ("A", "r", "y", 2, 3, 1)], "no write of y"),
        ([("A", "r", "y", 2, 3, 7)], "no write of y"),
    ],
)
def test_what_cannot_have_happened_is_refused(rows, words):
    with pytest.raises(InvalidArgument, match=words):
        guarantees.check(trace(*rows))


def test_an_empty_trace_keeps_everything():
    assert all(verdict.holds for verdict in guarantees.check(trace()).values())


def test_a_trace_without_a_column_is_refused():
    with pytest.raises(InvalidArgument, match="no column version"):
        guarantees.check(trace(("A", "w", "x", 0, 1, 1)).drop(columns="version"))


def test_a_trace_of_many_operations_of_one_key_is_judged_as_plain_arithmetic_does():
    count = 4_000
    rows = []
    for at in range(1, count + 1):
        rows.append((f"s{at % 400}", "w", "cup", 2.0 * at, 2.0 * at + 0.1, at))
        rows.append((f"s{at % 400}", "r", "cup", 2.0 * at + 0.2, 2.0 * at + 0.3, at - at % 3))
    trace = pd.DataFrame(rows, columns=["session", "op", "key", "invoke", "ret", "version"], dtype=object)
    verdicts = guarantees.check(trace)
    missed = sum(1 for at in range(1, count + 1) if at % 3)
    assert len(verdicts["read_your_writes"].broken_by) == missed
    assert verdicts["monotonic_writes"].holds and verdicts["consistent_prefix"].holds


def test_a_table_with_a_gap_is_told_which_position_is_missing_and_which_is_there():
    rows = [
        ("Ada", "w", "question", 0, 1, 1, None),
        ("Ben", "w", "reply", 2, 3, 2, None),
        ("Cleo", "r", "reply", 4, 4, 2, (2,)),
    ]
    told = guarantees.check(pd.DataFrame(rows, columns=COLUMNS))["consistent_prefix"].broken_by[0].says
    assert told.endswith("position 1 is missing from it, and position 2 is there.")
