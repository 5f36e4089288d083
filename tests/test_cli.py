"""The command cqrs-lab: exit codes, and one line where a file is refused."""

from __future__ import annotations

import pytest

from cqrs_lab import cli

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


def test_without_a_command_it_prints_help(capsys):
    assert cli.main([]) == 0
    assert "replay" in capsys.readouterr().out


def test_a_file_that_reconciles_ends_in_0_and_says_so(tmp_path, capsys):
    path = tmp_path / "day.csv"
    path.write_text(f"{HEADER}\n1001,111,TEA POT,2000,2011-01-04 10:00:00,2.55,42,France\n")
    assert cli.main(["replay", str(path)]) == 0
    printed = capsys.readouterr().out
    assert "5,100.000" in printed and printed.rstrip().endswith("Everything reconciles.")


@pytest.mark.parametrize(
    "content", [None, "", "a,b\n1,2\n", f"{HEADER}\n1001,111,POT,two,2011-01-04 10:00:00,1,42,France\n"]
)
def test_a_file_that_is_refused_ends_in_2_with_one_line(tmp_path, capsys, content):
    path = tmp_path / "day.csv"
    if content is not None:
        path.write_text(content)
    assert cli.main(["replay", str(path)]) == 2
    told = capsys.readouterr()
    assert told.out == "" and told.err.count("\n") == 1 and told.err.startswith("cqrs-lab: ")
