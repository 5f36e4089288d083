"""The command cqrs-lab: exit codes, and one line where a file is refused."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cqrs_lab import cli
from cqrs_lab.commands import replay

ROOT = Path(__file__).parents[1]
HEADER = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
ROWS = [
    ["1001", "111", "TEA POT", "1200", "2011-01-04 10:00:00", "2.55", "42", "France"],
    ["C1002", "111", "TEA POT", "-1", "2011-01-04 11:00:00", "2.55", "42", "France"],
]


@pytest.fixture
def day(tmp_path):
    path = tmp_path / "day.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([HEADER, *ROWS])
    return path


def test_alone_it_prints_help(capsys):
    assert cli.main([]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("usage: cqrs-lab") and "replay" in told.out and told.err == ""


def test_help_is_told_without_waiting_for_pandas():
    code = "import sys\nfrom cqrs_lab import cli\nassert cli.main([]) == 0\nassert 'cqrs_lab.shop' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)


def test_replay_prints_the_reconciliation_and_exits_with_0(day, capsys):
    assert cli.main(["replay", str(day)]) == 0
    told = capsys.readouterr()
    assert "day.csv: 2 rows became 3 commands." in told.out
    assert "3,057.450" in told.out
    assert told.out.endswith("Everything reconciles.\n")
    assert told.err == ""  # no bar where there is no terminal to move it on


def test_replay_says_in_one_line_what_was_understood_of_the_file(day, capsys):
    assert cli.main(["replay", str(day)]) == 0
    assert "\nUnderstood: dates year-month-day; 2 invoices.\n" in capsys.readouterr().out


def test_what_only_a_person_can_know_is_an_option(day, capsys):
    day.write_text(day.read_text().replace("2011-01-04", "4/1/2011"))
    assert cli.main(["replay", str(day)]) == 2
    assert "row 2: InvoiceDate is '4/1/2011 10:00:00': day or month first?" in capsys.readouterr().err
    assert cli.main(["replay", str(day), "--dates", "dmy"]) == 0
    assert "Understood: dates day/month/year; 2 invoices." in capsys.readouterr().out
    assert cli.main(["replay", str(day), "--sheet", "A"]) == 2
    assert "a text file has no sheets" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        cli.main(["replay", str(day), "--dates", "ymd"])


def test_replay_shows_its_progress_on_a_terminal(day, capfd, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert cli.main(["replay", str(day)]) == 0
    told = capfd.readouterr()
    assert "commands: 100%" in told.err and "3/3" in told.err and "commands: 100%" not in told.out


def test_replay_exits_with_1_and_names_the_figure_that_differs(day, capsys, monkeypatch):
    from cqrs_lab.shop.online_retail import sending

    commands_of = sending.commands_of
    monkeypatch.setattr(sending, "commands_of", lambda rows: commands_of(rows.iloc[1:]))
    assert cli.main(["replay", str(day)]) == 1
    told = capsys.readouterr()
    assert "units: read models -1, file 1,199" in told.out
    assert "Everything reconciles" not in told.out


@pytest.mark.parametrize(
    "content, why",
    [
        (None, "10.24432/C5BW33"),
        ("", "the file is empty"),
        ("a,b\n1,2\n", "row 1: wrong header"),
        (f"{','.join(HEADER)}\n1001,111,POT,two,2011-01-04 10:00:00,1,42,France\n", "row 2: Quantity is 'two'"),
    ],
)
def test_a_refused_file_is_one_line_on_stderr_and_exit_code_2(tmp_path, capsys, content, why):
    path = tmp_path / "day.csv"
    if content is not None:
        path.write_text(content)
    assert cli.main(["replay", str(path)]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1 and told.err.startswith("cqrs-lab: ") and why in told.err


def test_the_shell_gets_the_exit_code_and_no_warning(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "import sys; from cqrs_lab.cli import main; sys.exit(main())", "replay", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_an_unknown_command_tells_what_there_is(capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["rewind"])
    assert stopped.value.code == 2
    assert "replay" in capsys.readouterr().err


def test_an_interrupted_replay_says_so(day, capsys, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(replay, "bar", interrupted)
    assert cli.main(["replay", str(day)]) == 130
    assert capsys.readouterr().err == "cqrs-lab: interrupted\n"


# --- a place that cannot be written to ------------------------------------------------------------------------


def shell(*arguments, **how):
    code = "import sys; from cqrs_lab.cli import main; sys.exit(main())"
    return subprocess.run([sys.executable, "-c", code, *map(str, arguments)], cwd=ROOT, text=True, **how)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is a file of Linux")
@pytest.mark.parametrize("arguments", [[], ["--help"], ["replay", "DAY"]], ids=["nothing", "help", "replay"])
def test_a_full_disk_is_one_line_and_exit_code_2(day, arguments):
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    arguments = [day if one == "DAY" else one for one in arguments]
    with open("/dev/full", "w") as full:
        done = shell(*arguments, stdout=full, stderr=subprocess.PIPE, env=buffered)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("cqrs-lab: cannot write (No space left on device); ") and "make room" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is a file of Linux")
def test_where_nothing_can_be_said_the_exit_code_says_it(day):
    with open("/dev/full", "w") as full:
        assert shell("replay", day, stdout=full, stderr=full).returncode == 2
        assert shell("replay", "none.csv", stdout=full, stderr=full).returncode == 2


def test_what_went_wrong_is_never_said_on_stdout(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", None)
    assert cli.main(["replay", "none.csv"]) == 2
    assert capsys.readouterr().out == ""


def test_a_reader_who_has_seen_enough_hears_no_complaint(day):
    read, write = os.pipe()
    os.close(read)
    done = shell("replay", day, stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, "")


def test_a_name_that_the_terminal_has_no_letters_for_is_printed_all_the_same(day):
    path = day.rename(day.with_name("Übung.csv"))
    done = shell("replay", path, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0 and "\\xdcbung.csv: 2 rows" in done.stdout


# --- lessons --------------------------------------------------------------------------------------------------

EMPTY = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
CELL = {"cell_type": "code", "id": "a", "metadata": {}, "source": [], "outputs": [], "execution_count": None}


@pytest.fixture
def solution(tmp_path):
    (tmp_path / "solutions").mkdir()
    path = tmp_path / "solutions" / "01_x.ipynb"
    path.write_text(json.dumps(EMPTY))
    return path


def test_copies_are_built_and_the_exit_code_is_0(solution, capsys):
    assert cli.main(["build-lessons", "--copies-only", str(solution)]) == 0
    assert json.loads((solution.parents[1] / "01_x.ipynb").read_text()) == EMPTY


NO_NOTEBOOKS = {
    "nothing": (None, "cannot be read (No such file or directory); expected a notebook that is there"),
    "an empty file": ("", "is not JSON; expected an .ipynb"),
    "a text": ("print(1)", "is not JSON; expected an .ipynb"),
    "bytes": (b"\x89PNG\xff", "is not JSON; expected an .ipynb"),
    "a list": ("[1]", "is not a notebook of format 4.5"),
    "a number": ("1", "is not a notebook of format 4.5"),
    "an older format": ('{"nbformat": 3, "worksheets": [], "metadata": {}}', "is not a notebook of format 4.5"),
    "no cells": ('{"nbformat": 4, "metadata": {}}', "is not a notebook of format 4.5"),
    "cells without ids": (
        json.dumps({**EMPTY, "cells": [{name: CELL[name] for name in CELL if name != "id"}]}),
        "is not a notebook of format 4.5; open it in JupyterLab, save it",
    ),
    "an exercise without an answer": (
        json.dumps({**EMPTY, "cells": [{**CELL, "metadata": {"tags": ["exercise"]}}]}),
        "01_x.ipynb: exercise cell a has no line '# An answer:'",
    ),
}


@pytest.mark.parametrize("run", [[], ["--copies-only"]], ids=["run", "copies only"])
@pytest.mark.parametrize("content, why", NO_NOTEBOOKS.values(), ids=NO_NOTEBOOKS)
def test_what_is_no_notebook_is_refused_in_one_line_before_anything_runs(solution, capsys, content, why, run):
    other = solution.with_name("02_y.ipynb")
    other.write_text(json.dumps(EMPTY))
    solution.unlink()
    if content is not None:
        solution.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert cli.main(["build-lessons", *run, str(other), str(solution)]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1
    assert told.err.startswith(f"cqrs-lab: {solution}") and why in told.err
    assert not (solution.parents[1] / "02_y.ipynb").exists()


def test_a_folder_and_a_notebook_outside_the_solutions_are_refused(solution, capsys, monkeypatch):
    assert cli.main(["build-lessons", str(solution.parent)]) == 2
    assert "is not in a folder 'solutions'" in capsys.readouterr().err
    monkeypatch.chdir(solution.parents[1])
    Path("01_x.ipynb").write_text("kept")
    assert cli.main(["build-lessons", "01_x.ipynb"]) == 2
    assert "cqrs-lab: 01_x.ipynb is not in a folder 'solutions'" in capsys.readouterr().err
    assert Path("01_x.ipynb").read_text() == "kept"


def test_a_solution_named_from_its_own_folder_is_built(solution, monkeypatch):
    monkeypatch.chdir(solution.parent)
    assert cli.main(["build-lessons", "--copies-only", solution.name]) == 0
    assert (solution.parents[1] / solution.name).exists()


def test_a_copy_that_cannot_be_written_is_one_line_and_nothing_is_left_behind(solution, capsys):
    (solution.parents[1] / solution.name).mkdir()
    assert cli.main(["build-lessons", "--copies-only", str(solution)]) == 2
    told = capsys.readouterr().err
    assert "01_x.ipynb cannot be written (Is a directory); expected a folder with room" in told
    assert told.count("\n") == 1
    assert sorted(path.name for path in solution.parents[1].iterdir()) == ["01_x.ipynb", "solutions"]


def test_a_disk_that_fills_up_leaves_the_solution_whole(solution, capsys, monkeypatch):
    def full(path, content):
        with path.open("wb") as file:
            file.write(content[:5])
        raise OSError(28, "No space left on device")

    before = solution.read_text()
    monkeypatch.setattr(Path, "write_bytes", full)
    assert cli.main(["build-lessons", str(solution)]) == 2
    assert "01_x.ipynb cannot be written (No space left on device)" in capsys.readouterr().err
    assert solution.read_text() == before and [path.name for path in solution.parent.iterdir()] == ["01_x.ipynb"]


def test_a_cell_that_raises_is_named_and_the_solution_stays_as_it_was(solution, capsys):
    expected = {**CELL, "source": ["1 / 0"], "metadata": {"tags": ["raises-exception"]}}
    wrong = {**CELL, "id": "b", "source": ["raise ValueError('two\\nlines')"]}
    solution.write_text(before := json.dumps({**EMPTY, "cells": [expected, wrong]}))
    assert cli.main(["build-lessons", str(solution)]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "01_x.ipynb: cell [1] raises ValueError: two lines; fix it" in told
    assert solution.read_text() == before and not (solution.parents[1] / solution.name).exists()
