"""The command cqrs-lab: exit codes, and one line where a file is refused."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cqrs_lab import cli

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

    monkeypatch.setattr(cli, "_bar", interrupted)
    assert cli.main(["replay", str(day)]) == 130
    assert capsys.readouterr().err == "cqrs-lab: interrupted\n"
