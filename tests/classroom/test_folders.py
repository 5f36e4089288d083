"""Everybody finds the room that is open, and nobody enters the one of last week."""

import pytest

import cqrs_lab as lab
from cqrs_lab.classroom.folders import NOT_OPEN, joined, name_of, opened

NOON, HOUR = 1_800_000_000.0, 3600.0


def test_a_cell_that_is_run_twice_opens_one_room_and_all_join_it():
    folder = opened("10 c", NOON)
    assert opened("10 c", NOON + 2 * HOUR) == joined(NOON + 3 * HOUR) == folder
    assert name_of(folder) == "10 c"


def test_two_classes_on_a_day_have_two_rooms_and_the_one_that_was_opened_last_is_joined():
    first, second = opened("10 c", NOON), opened("9 a", NOON + HOUR)
    assert first != second == joined(NOON + HOUR)
    assert opened("10 c", NOON + 2 * HOUR) == joined(NOON + 2 * HOUR) == first


def test_a_room_of_last_week_is_left_as_it_is():
    old = opened("10 c", NOON)
    (old / "log.db").write_text("last week's")
    with pytest.raises(lab.InvalidArgument, match="another day.*lab.room"):
        joined(NOON + 168 * HOUR)
    new = opened("10 c", NOON + 168 * HOUR)
    assert new == joined(NOON + 168 * HOUR) != old
    assert (old / "log.db").read_text() == "last week's" and not list(new.iterdir())


def test_whatever_else_is_in_the_folder_is_left_alone(rooms_of_its_own):
    rooms_of_its_own.mkdir()
    (rooms_of_its_own / "notes").mkdir()
    (rooms_of_its_own / "20270115T070000000000 10 c").write_text("a file")
    assert opened("10 c", NOON).is_dir()
    assert (rooms_of_its_own / "notes").is_dir()


def test_without_a_room_a_learner_is_told_what_to_do():
    with pytest.raises(lab.InvalidArgument, match=NOT_OPEN.replace("(", r"\(").replace(")", r"\)")):
        lab.join("Ada")


@pytest.mark.parametrize("name", ["", " 10 c", "../elsewhere", "a/b", "x" * 41, 7, None])
def test_what_is_no_name_of_a_class_makes_no_folder(name, rooms_of_its_own):
    with pytest.raises(lab.InvalidArgument, match="name"):
        lab.room(name)
    assert not rooms_of_its_own.exists()
