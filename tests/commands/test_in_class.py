"""The commands cqrs-lab slides and cqrs-lab handout."""

from pathlib import Path

import pytest

from cqrs_lab import cli
from cqrs_lab.course.lessons import LESSONS

LESSON = str(Path(__file__).parents[2] / "notebooks" / f"{LESSONS[3].file}.ipynb")


@pytest.mark.parametrize("kind", ["slides", "handout"])
def test_a_file_is_written_under_the_name_that_is_said(kind, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main([kind, LESSON]) == 0
    assert capsys.readouterr().out == f"{kind}.html is written; open it in a browser.\n"
    assert LESSONS[3].question in (tmp_path / f"{kind}.html").read_text(encoding="utf-8")
    assert cli.main([kind, LESSON, "--to", "mine.html"]) == 0 and (tmp_path / "mine.html").exists()


@pytest.mark.parametrize("kind", ["slides", "handout"])
def test_what_is_no_lesson_is_refused_and_nothing_is_written(kind, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main([kind, LESSON, "thesis.ipynb"]) == 2
    assert "thesis.ipynb is no lesson of the course" in capsys.readouterr().err and list(tmp_path.iterdir()) == []
