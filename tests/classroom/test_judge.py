"""The judge finds what is planted: each law is broken once, by an hour that is almost right."""

from dataclasses import replace

import pytest

from cqrs_lab.classroom import judge as judges
from cqrs_lab.classroom.judge import judge
from cqrs_lab.simulation import guarantees
from tests.classroom.conftest import Class


@pytest.fixture(scope="module")
def hour(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rooms") / "20270115T080000000000 10 c"
    folder.mkdir()
    a_class = Class(folder)
    seats = a_class.join_all("Ada", "Ben", "Cleo")
    for _ in range(4):
        for seat in seats:
            seat.work(1)
    return a_class.room.hour()


def without(rows, at):
    return (*rows[:at], *rows[at + 1 :])


def changed(rows, at, **facts):
    return (*rows[:at], rows[at]._replace(**facts), *rows[at + 1 :])


def laws(hour):
    return {fault.law for fault in judge(hour).laws.faults}


def test_a_right_hour_keeps_all_laws_and_each_row_was_checked(hour):
    judged = judge(hour)
    assert judged.ok and judged.laws.checks == 4 + 4 + 4 + 8
    assert set(judged.promises) == set(judges.PROMISES)


def test_an_event_that_is_lost_is_found(hour):
    last = replace(hour, log=without(hour.log, 3))
    assert judges.ONCE in laws(last)
    assert {judges.ONCE, judges.POSITIONS} <= laws(replace(hour, log=without(hour.log, 1)))


def test_a_command_that_is_in_the_log_twice_is_found(hour):
    twice = replace(hour, log=(*hour.log, hour.log[0]._replace(position=5)))
    assert laws(twice) == {judges.ONCE}
    fault = judge(twice).laws.faults[0]
    assert (fault.done, fault.came) == ("Ada sent command 1", "at 2 positions: 1, 5")


def test_one_that_is_not_acknowledged_may_be_there_or_not_but_not_twice(hour):
    open_one = changed(hour.asked, 3, position=None, answered_at=None)
    assert judge(replace(hour, asked=open_one)).ok
    assert "1 command not acknowledged yet" in str(judge(replace(hour, asked=open_one)))
    twice = (*hour.log, hour.log[3]._replace(position=5))
    assert laws(replace(hour, asked=open_one, log=twice)) == {judges.ONCE}


def test_a_receipt_of_another_place_is_found(hour):
    assert judges.ONCE in laws(replace(hour, asked=changed(hour.asked, 1, position=3)))


def test_what_nobody_asked_for_is_found(hour):
    assert laws(replace(hour, log=(*hour.log, hour.log[3]._replace(position=5, seat="", number=0)))) == {judges.NOBODY}


@pytest.mark.parametrize("start", [0, 2])
def test_a_projector_that_reads_twice_or_skips_is_found(hour, start):
    assert laws(replace(hour, visits=changed(hour.visits, 1, start=start))) == {judges.CHAIN}


def test_a_table_that_is_not_the_fold_is_found_at_every_checkpoint(hour):
    for at, units in ((0, {"cup": 2}), (1, {"cup": 1}), (3, {})):
        assert laws(replace(hour, visits=changed(hour.visits, at, units=units))) == {judges.FOLD}
    assert judges.FOLD in laws(replace(hour, visits=changed(hour.visits, 3, upto=9)))  # beyond the log


def test_an_answer_that_shows_too_much_or_too_little_is_found(hour):
    look = hour.looks[-1]
    for units in (look.units + 1, look.units - 1):
        assert laws(replace(hour, looks=changed(hour.looks, len(hour.looks) - 1, units=units))) == {judges.LOOKS}
    assert judges.LOOKS in laws(replace(hour, looks=changed(hour.looks, len(hour.looks) - 1, position=9)))


def test_each_law_is_shown_once_by_its_first_case(hour):
    wrong = tuple(one._replace(units={}) for one in hour.visits)
    faults = judge(replace(hour, visits=wrong)).laws.faults
    assert [fault.done for fault in faults] == ["the projector of Ben kept its table at position 1"]


def test_the_promises_are_what_the_kits_judge_says_of_the_trace(hour):
    judged, alone = judge(hour), guarantees.check(hour.trace)
    assert judged.promises == {name: alone[name] for name in judges.PROMISES}
    assert not judged.promises["read_your_writes"].holds  # a writer looks before any copy can have its order
    frame = judged.frame()
    assert frame["kept"].to_dict() == {judges.PROMISES[name]: alone[name].holds for name in judges.PROMISES}


def test_a_judgement_shows_itself(hour):
    html, text = judge(hour)._repr_html_(), repr(judge(hour))
    assert "✕\u00a0broken" in html and "keeps its laws" in html
    assert text.splitlines()[0] == "The room '10 c' keeps its laws: 20 checks, no faults"
    assert "monotonic writes: kept" in text
