"""Where a book may be written: nothing else is lost for it."""

from pathlib import Path

import pytest

from cqrs_lab.book import build as module
from cqrs_lab.book.build import build
from cqrs_lab.course.lessons import LESSONS
from cqrs_lab.errors import InvalidArgument

SOLUTION = Path(__file__).parents[2] / "notebooks" / "solutions" / f"{LESSONS[0].file}.ipynb"


@pytest.fixture(autouse=True)
def no_lesson_runs(monkeypatch):
    monkeypatch.setattr(module, "_run", lambda *_: pytest.fail("a lesson was run"))


@pytest.mark.parametrize("there", ["a folder with work", "a file"])
def test_what_is_no_book_stays_and_is_refused_before_a_lesson_runs(tmp_path, there):
    place = tmp_path / "book"
    if there == "a file":
        place.write_text("mine")
    else:
        place.mkdir()
        (place / "thesis.txt").write_text("mine")
    with pytest.raises(InvalidArgument, match="holds something that is no book, and stays as it is"):
        build([SOLUTION], place)
    assert "mine" in (place if place.is_file() else place / "thesis.txt").read_text()


def test_a_book_stays_until_the_next_one_is_whole(tmp_path, monkeypatch):
    def fails(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_run", fails)
    (tmp_path / "words.js").write_text("the book before")
    with pytest.raises(KeyboardInterrupt):
        build([SOLUTION], tmp_path)
    assert (tmp_path / "words.js").read_text() == "the book before"
