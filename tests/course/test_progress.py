"""Notes are kept between sessions, in the place asked for, and nothing in them is lost."""

import importlib
import json

import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.course import check, predict, recall, reveal
from cqrs_lab.course import progress as show_progress

progress = importlib.import_module("cqrs_lab.course.progress")


def a_new_session(monkeypatch, path):
    monkeypatch.setenv(progress.PLACE, str(path))
    monkeypatch.setattr(progress, "_kept", {})


def test_a_guess_is_kept_from_one_session_to_the_next(monkeypatch, tmp_path):
    path = tmp_path / "new folder" / "progress.jsonl"
    a_new_session(monkeypatch, path)
    predict("02.1", guess="two")
    a_new_session(monkeypatch, path)
    predict("02.1", guess="three")
    assert "Yes: two." in reveal("02.1", "two").says
    assert [json.loads(line)["kind"] for line in path.read_text().splitlines()] == ["guess", "outcome"]


def test_in_memory_nothing_is_written(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    predict("02.1", guess="two")
    assert list(tmp_path.iterdir()) == []


def test_a_line_that_cannot_be_read_is_named_and_left_alone(monkeypatch, tmp_path):
    path = tmp_path / "progress.jsonl"
    path.write_text('{"kind": "guess", "key": "02.1", "guess": "two"}\nnot json\n')
    a_new_session(monkeypatch, path)
    with pytest.raises(InvalidArgument, match=r"progress\.jsonl, line 2 is not JSON; mend or remove"):
        reveal("02.1", "two")
    assert path.read_text().endswith("not json\n")


def test_progress_counts_by_lesson(monkeypatch):
    predict("02.1", guess="two")
    reveal("02.1", "two")
    predict("02.2", guess="it is written")
    reveal("02.2", "an error")
    recall("02").give("02.1", "no order")
    recall("02").give("02.2", "the query")
    check("02.3", lambda role, message, commands: True)
    check("02.3", lambda role, message, commands: role == "manager" or not isinstance(message, commands))
    assert show_progress().frame.loc["02"].to_dict() == {
        "guesses": 2,
        "guessed right": 1,
        "recalled": 2,
        "recalled right": 1,
        "exercises tried": 1,
        "exercises passed": 1,
    }
    assert show_progress().says == "1 exercise passed, in 1 lesson begun."


def test_of_answers_to_a_recall_question_the_first_counts():
    recall("02").give("02.1", "an error")
    recall("02").give("02.1", "no order")
    assert show_progress().frame.at["02", "recalled right"] == 0


def test_an_exercise_passed_once_stays_passed():
    right = {"command": ["PlaceOrder", "TakeNextInvoiceNumber", "RecalculateTotals"]}
    right |= {"event": ["OrderPlaced", "PaymentRefused"], "query": ["ListProducts", "StockLevels"]}
    check("02.1", right)
    check("02.1", {})
    assert show_progress().frame.at["02", "exercises passed"] == 1


def test_without_notes_there_is_an_empty_table():
    assert show_progress().frame.empty and "nothing yet" in show_progress().html
