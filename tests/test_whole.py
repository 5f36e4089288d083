"""What is written is whole, or what was there before."""

import pytest

from cqrs_lab.whole import whole_folder, write_whole


def names(folder):
    return sorted(path.name for path in folder.rglob("*"))


def test_a_file_takes_the_place_of_the_one_before(tmp_path):
    file = tmp_path / "notes.txt"
    write_whole(file, "one\n")
    write_whole(file, "two\n")
    assert file.read_bytes() == b"two\n" and names(tmp_path) == ["notes.txt"]


def test_of_a_file_that_cannot_be_written_whole_nothing_is_left_and_the_one_before_stays(tmp_path):
    file = tmp_path / "notes.txt"
    write_whole(file, "one")
    with pytest.raises(UnicodeEncodeError):
        write_whole(file, "two \ud800")
    assert file.read_text() == "one" and names(tmp_path) == ["notes.txt"]


def test_a_folder_takes_the_place_of_the_one_before(tmp_path):
    for name in ("old", "new"):
        with whole_folder(tmp_path / "deep" / "site") as made:
            (made / name).write_text(name)
    assert names(tmp_path) == ["deep", "new", "site"]


@pytest.mark.parametrize("stopped_by", [KeyboardInterrupt, OSError])
def test_a_folder_that_was_not_finished_leaves_the_one_before(tmp_path, stopped_by):
    with whole_folder(tmp_path / "site") as made:
        (made / "old").write_text("old")
    with pytest.raises(stopped_by), whole_folder(tmp_path / "site") as made:
        (made / "new").write_text("new")
        raise stopped_by
    assert names(tmp_path) == ["old", "site"]
