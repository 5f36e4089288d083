"""The command cqrs-lab lessons."""

import json
import re

import pytest

from cqrs_lab import cli
from cqrs_lab.commands.lessons import NAMES
from cqrs_lab.course import lessons as course
from cqrs_lab.course.lessons import LESSONS
from cqrs_lab.course.paths import PATHS


def test_without_a_path_every_lesson_has_a_line_with_its_question(capsys):
    assert cli.main(["lessons"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(LESSONS)
    for lesson, line in zip(LESSONS, lines, strict=True):
        assert line.startswith(f"{lesson.number} ") and lesson.question in line
        assert (f"notebooks/{lesson.file}.ipynb" in line) == lesson.written == ("not written yet" not in line)


def test_every_path_may_be_asked_for():
    assert list(NAMES) == list(PATHS)


@pytest.mark.parametrize("name", PATHS)
def test_a_path_says_from_which_minute_to_which_each_part_takes(capsys, name):
    assert cli.main(["lessons", "--path", name]) == 0
    out = capsys.readouterr().out
    spans = [(int(one), int(other)) for one, other in re.findall(r"^(\d+)–(\d+) ", out, re.M)]
    assert [other - one for one, other in spans] == [part.minutes for part in PATHS[name]]
    assert [one for one, _ in spans] == [0, *(other for _, other in spans[:-1])]
    assert f"{spans[-1][1]} minutes." in out and f"cqrs-lab demo --path {name} " in out
    for part in PATHS[name]:
        assert part.what in out and all(f"cqrs-lab demo {demo}\n" in out for demo in part.demos)


def test_what_is_not_written_yet_is_not_told_as_if_it_were(capsys, monkeypatch):
    from cqrs_lab.course import paths

    shorter = tuple(one._replace(written=one.key != "15") for one in course.LESSONS)
    monkeypatch.setattr(paths, "LESSONS", shorter)
    assert cli.main(["lessons", "--path", "45"]) == 0
    out = capsys.readouterr().out
    assert "lesson 15 is not written yet" in out and "15_should_you_use_cqrs.ipynb" not in out


def test_an_unknown_path_says_which_there_are(capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["lessons", "--path", "60"])
    assert "professional" in capsys.readouterr().err


def test_lessons_are_copied_to_a_folder_of_ones_own_and_what_was_done_is_said(capsys, tmp_path):
    source, to = tmp_path / "notebooks", tmp_path / "mine"
    source.mkdir()
    lesson = {"cells": [{"id": "a", "cell_type": "code", "source": ["1"]}]}
    (source / "00.ipynb").write_text(json.dumps(lesson))
    ask = ["lessons", "--from", str(source), "--to", str(to)]
    assert cli.main(ask) == 0
    assert capsys.readouterr().out == f"Your lessons are in {to}, as new as those in {source}.\n"
    (to / "00.ipynb").write_text("edited")
    (source / "00.ipynb").write_text(json.dumps(lesson | {"metadata": {}}))
    assert cli.main(ask) == 0
    assert "00.ipynb is as you left it" in capsys.readouterr().out and (to / "00.ipynb").read_text() == "edited"


def test_where_there_are_no_lessons_it_says_so(capsys, tmp_path):
    assert cli.main(["lessons", "--from", str(tmp_path), "--to", str(tmp_path / "mine")]) == 2
    assert "holds no lessons; run this in the folder of the kit" in capsys.readouterr().err
