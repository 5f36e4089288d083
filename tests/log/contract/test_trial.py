"""The model knows what each append should lead to, and a fault is shown with the calls that led to it."""

from __future__ import annotations

import pytest

import cqrs_lab as lab
from cqrs_lab.log import contract
from cqrs_lab.log.contract.trial import Append, FaultFound, Trial, difference
from tests.log.planted_stores import NeverChecks, ThirtyLines

NO_STREAM = lab.Expected.NO_STREAM


def test_after_each_append_the_store_is_what_the_model_says():
    trial = Trial(ThirtyLines())
    for op in (
        Append("a", 2, 0, "one"),
        Append("b", 1, NO_STREAM, first=3),
        Append("a", 1, 7, "refused", first=4),
        Append("a", 2, 9, "one"),  # it comes again
        Append("a", 0, 9),
        Append("a", 1, 2, "refused", first=4),
    ):
        trial.append(op)
    assert [(one.stream, one.version, one.command_id) for one in trial.log] == [
        ("a", 1, "one"), ("a", 2, "one"), ("b", 1, None), ("a", 3, "refused"),
    ]  # fmt: skip
    assert (trial.version("a"), trial.end("a"), trial.end("b"), trial.end("c")) == (3, (3, 4), (1, 3), (0, 0))


@pytest.mark.parametrize(
    ("before", "op", "law"),
    [
        ([], Append("a", 1, 3), contract.EXPECTED_NEW),
        ([Append("a", 1, 0)], Append("a", 1, 0, first=2), contract.EXPECTED),
        ([Append("a", 1, 0)], Append("a", 1, NO_STREAM, first=2), contract.EXPECTED),
    ],
)
def test_what_should_have_been_refused_is_a_fault_of_the_law_that_it_breaks(before, op, law):
    trial = Trial(NeverChecks())
    for one in before:
        trial.append(one)
    with pytest.raises(FaultFound) as found:
        trial.append(op)
    fault = found.value.fault
    assert (fault.law, fault.came) == (law, "no error") and fault.done.endswith(str(op))
    assert found.value.of(contract.KEPT).fault == lab.Fault(contract.KEPT, fault.done, fault.expected, fault.came)


def test_an_error_of_the_store_is_a_fault_that_names_it():
    def burns():
        raise OSError("disk on fire")

    with pytest.raises(FaultFound) as found:
        Trial(ThirtyLines()).call(contract.READS, "store.head()", burns)
    assert found.value.fault.came == "OSError: disk on fire"


def test_an_append_can_be_typed_again_from_what_is_shown():
    names = {"store": ThirtyLines(), "Happened": contract.Happened, "Expected": lab.Expected}
    ops = [Append("a", 2, 0, "one"), Append("a", 7, NO_STREAM, note="n"), Append("b", 3, lab.Expected.ANY, first=4)]
    for op in ops:
        store = names["store"] = ThirtyLines()
        eval(str(op), names)
        assert [one.event for one in store.read_all()] == list(op.events())


def test_events_go_up_or_down_so_that_a_store_that_sorts_them_is_found():
    assert list(Append("a", 3, 0, first=1).numbers()) == [1, 2, 3]
    assert list(Append("a", 3, 0, first=4).numbers()) == [6, 5, 4]
    assert list(Append("a", 3, 0, first=4, same=True).numbers()) == [4, 4, 4]


def test_of_two_long_lists_what_is_shown_begins_where_they_differ():
    one, other = list(range(9)), [*range(7), "x", 8]
    assert difference(one, other) == ("number 8 of 9: [7, 8]", "number 8 of 9: ['x', 8]")
    assert difference([1, 2], [1, 3]) == ("[1, 2]", "[1, 3]")
    assert difference(list(range(9)), []) == ("[0, 1, 2, 3, …]", "[]")


def test_of_many_calls_the_last_ones_are_shown():
    trial = Trial(ThirtyLines(), calls=[f"call {number}" for number in range(20)])
    done = trial.broken(contract.RUNS, "1", "2").fault.done
    assert done.startswith("after 12 calls before these; call 12; ") and done.endswith("; call 19")
