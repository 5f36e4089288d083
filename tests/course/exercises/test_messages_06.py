"""Messages of lesson 6 show a short log whole, and what came in the form that the task asks for."""

import pytest

from cqrs_lab.course import check
from cqrs_lab.course.exercises import EXERCISES
from cqrs_lab.course.exercises.lesson_06_copies import STALE
from cqrs_lab.course.guard import NotYet, shown

SHORT = 5  # events; of hundreds nobody reads the last one
LOGS = [log for _, log, _ in (case.given for case in STALE) if len(log) <= SHORT]


@pytest.mark.parametrize("log", LOGS)
def test_a_short_log_is_shown_with_its_last_event(log):
    assert shown(log).endswith("]") and repr(log[-1:])[1:-1] in shown(log)


def test_who_compares_times_sees_the_time_that_misled_them():
    def by_time(answer, log, now_seconds):
        return any(one.at_seconds > answer.at_seconds and one.stream in answer.streams for one in log)

    with pytest.raises(NotYet) as caught:
        EXERCISES["06.2"].judge(by_time)
    assert "Written(3, 'order-7', 4.0)]" in caught.value.done


def test_names_of_copies_are_shown_as_a_list_whatever_they_came_in():
    verdict = check("06.3", lambda log, copies: {name for name in copies if name == "branch"})
    assert (verdict.came, verdict.expected) == ("['branch']", "[]")
