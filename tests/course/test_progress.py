"""Notes are kept between sessions, in the place asked for, and nothing in them is lost."""

import functools
import importlib
import json
import subprocess
import sys
from contextlib import suppress

import pytest

from cqrs_lab.course import check, note_file, predict, recall, reveal
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


GOOD = '{"kind": "guess", "key": "02.1", "guess": "two"}'
DAMAGED = {
    "not json": "not json",
    "cut off": '{"kind": "check", "key": "02.1", "pas',
    "no note": "[1, 2]",
    "a note without a key": '{"kind": "check"}',
    "no text at all": "\udcff\udcfe",
}


@pytest.mark.parametrize("name", DAMAGED)
def test_a_line_that_cannot_be_read_is_left_out_and_alone_and_named_once(monkeypatch, tmp_path, name):
    path = tmp_path / "progress.jsonl"
    path.write_bytes(f"{GOOD}\n{DAMAGED[name]}\n\n   \n".encode("utf-8", "surrogateescape"))
    before = path.read_bytes()
    a_new_session(monkeypatch, path)
    assert reveal("02.1", "two").says.startswith(f"Yes: two. {path}: line 2 cannot be read and is skipped.")
    assert "line 2" not in show_progress().says and show_progress().frame.at["02", "guesses"] == 1
    assert path.read_bytes().startswith(before)


def test_several_damaged_lines_are_named_in_one_sentence(monkeypatch, tmp_path):
    path = tmp_path / "progress.jsonl"
    path.write_text(f"{DAMAGED['not json']}\n{GOOD}\n{DAMAGED['no note']}\n")
    a_new_session(monkeypatch, path)
    assert "lines 1, 3 cannot be read and are skipped. The others count." in show_progress().says


def test_a_line_that_was_cut_off_does_not_take_the_next_one_with_it(monkeypatch, tmp_path):
    path = tmp_path / "progress.jsonl"
    path.write_text(f'{GOOD}\n{{"kind": "che')
    a_new_session(monkeypatch, path)
    check("02.3", None)
    check("02.3", None)
    assert show_progress().frame.at["02", "exercises tried"] == 1
    assert [json.loads(line)["key"] for line in path.read_text().splitlines()[2:]] == ["02.3", "02.3"]


def test_a_note_of_a_kind_that_holds_something_else_does_not_raise(monkeypatch, tmp_path):
    path = tmp_path / "progress.jsonl"
    path.write_text("".join(f'{{"kind": "{kind}", "key": "02.1"}}\n' for kind in ("check", "outcome", "new")))
    a_new_session(monkeypatch, path)
    assert show_progress().frame.empty


def refused(*arguments, **named):
    raise PermissionError(13, "Permission denied")


def full(file, line):
    return len(line) - 1


@pytest.mark.parametrize("call, fails", [("open", refused), ("write", full), ("write", refused)])
def test_what_cannot_be_kept_counts_for_this_session_and_is_said(monkeypatch, tmp_path, call, fails):
    a_new_session(monkeypatch, tmp_path / "progress.jsonl")
    run_once()
    monkeypatch.setattr(note_file.os, call, fails)
    verdict = check("02.3", lambda role, message, commands: role == "manager" or not isinstance(message, commands))
    monkeypatch.undo()
    assert verdict.passed and "passed" in repr(verdict)
    assert "kept for this session only" in repr(verdict) and "kept for this session only" in verdict._repr_html_()


def run_once():
    """Start the process that judges before a call of the system's is replaced."""
    check("02.3", None)


def test_a_folder_in_the_files_place_loses_no_verdict(monkeypatch, tmp_path):
    a_new_session(monkeypatch, tmp_path)
    verdict = check("02.3", None)
    assert verdict.came == "the cell as it was" and "kept for this session only" in verdict.not_kept
    assert show_progress().frame.at["02", "exercises tried"] == 1
    with pytest.warns(UserWarning, match="kept for this session only"):
        predict("02.1", guess="two")
    assert reveal("02.1", "two").says.startswith("Yes: two.")


def test_two_kernels_see_each_others_notes(monkeypatch, tmp_path):
    one, other = (progress.Notes(note_file.NoteFile(tmp_path / "progress.jsonl")) for _ in range(2))
    for number in range(5):
        (one, other)[number % 2].add("check", f"02.{number}", passed=True)
    assert [note["key"] for note in one.all("check")] == [f"02.{number}" for number in range(5)]
    assert one.all("check") == other.all("check")


WRITES = """
import importlib.util, sys
from pathlib import Path
# The file alone: a process that loads the whole kit takes seconds to start.
spec = importlib.util.spec_from_file_location("note_file", sys.argv[3])
sys.modules["note_file"] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
file = module.NoteFile(Path(sys.argv[1]))
for number in range(200):
    file.add({"kind": "check", "key": f"{sys.argv[2]}.{number}", "more": "x" * 3000})
"""


def test_kernels_that_write_at_once_lose_nothing(tmp_path):
    path = tmp_path / "progress.jsonl"
    command = [sys.executable, "-c", WRITES, str(path)]
    kernels = [subprocess.Popen([*command, str(one), note_file.__file__]) for one in range(3)]
    assert [one.wait() for one in kernels] == [0, 0, 0]
    keys = [json.loads(line)["key"] for line in path.read_text().splitlines() if line]
    assert sorted(keys) == sorted(f"{one}.{number}" for one in range(3) for number in range(200))


def interrupted_at(place, work):
    """Run some work, raise KeyboardInterrupt before a line of the file of notes, and return its lines."""
    lines = {}

    def trace(frame, event, argument):
        if not frame.f_code.co_filename.endswith("note_file.py"):
            return None
        if event == "line":
            lines[frame.f_lineno] = True
            if frame.f_lineno == place:
                sys.settrace(None)
                raise KeyboardInterrupt
        return trace

    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(None)
    return list(lines)


def test_an_interrupt_at_any_line_loses_and_doubles_no_note(tmp_path):
    def note_it(file):
        file.add({"kind": "check", "key": "02.2"})
        file.notes()

    def begun(name):
        file = note_file.NoteFile(tmp_path / f"{name}.jsonl")
        file.add({"kind": "check", "key": "02.1"})
        return file

    lines = interrupted_at(None, lambda: note_it(begun("none")))
    assert len(lines) > 25
    for place in lines:
        file = begun(place) if place != lines[0] else note_file.NoteFile(tmp_path / "first.jsonl")
        with suppress(KeyboardInterrupt):
            interrupted_at(place, functools.partial(note_it, file))
        text = file.path.read_text() if file.path.exists() else ""
        held = [json.loads(line)["key"] for line in text.splitlines()]
        assert [note["key"] for note in file.notes()] == held and held.count("02.2") <= 1
        assert file.add({"kind": "check", "key": "02.3"}) == "" and file.notes()[-1]["key"] == "02.3"


def test_progress_counts_by_lesson(monkeypatch):
    predict("02.1", guess="two")
    reveal("02.1", "two")
    predict("02.2", guess="three")
    reveal("02.2", "one")
    recall("02").give("02.1", "no order")
    recall("02").give("02.2", "the query")
    check("02.3", lambda role, message, commands: True)
    check("02.3", lambda role, message, commands: role == "manager" or not isinstance(message, commands))
    assert show_progress().frame.loc["02"].to_dict() == {
        "guesses": 2,
        "guessed right": 1,
        "tasks done": 0,
        "tasks shown": 0,
        "recalled": 2,
        "recalled right": 1,
        "exercises tried": 1,
        "exercises passed": 1,
    }
    assert show_progress().says == "1 exercise passed, in 1 lesson started."


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
