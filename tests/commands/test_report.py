"""The command cqrs-lab report."""

import inspect
import sys

import pytest

import cqrs_lab as lab
from cqrs_lab import cli
from cqrs_lab.commands.report import PARTS

SYSTEMS = ("some_bank", "bad_bank", "empty_bank")


@pytest.fixture(autouse=True)
def imports(monkeypatch):
    """The systems that a test imports are gone after it."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    yield
    for name in SYSTEMS:
        sys.modules.pop(name, None)


def system(tmp_path, name, change=""):
    """Write a file as an engineer would, and return its path."""
    path = tmp_path / f"{name}.py"
    path.write_text(f"from tests.own_report.bank import GIVEN, Balances, commands, register\n{change}")
    return path


def test_the_parts_are_the_arguments_of_the_function():
    rest = {"to", "name", "seed", "runs"}
    assert [*PARTS] == [name for name in inspect.signature(lab.report).parameters if name not in rest]


def test_a_file_that_defines_a_system_is_tried_and_the_verdicts_are_printed(tmp_path, capsys):
    to, file = tmp_path / "bank.html", system(tmp_path, "some_bank", "name = 'A bank'\nprojections = [Balances]\n")
    assert cli.main(["report", str(file), "--to", str(to), "--runs", "4"]) == 0
    out = capsys.readouterr().out
    assert "✓ true     rules:" in out and f"The report is in {to}." in out and "<h1>A bank</h1>" in to.read_text()


def test_where_a_claim_is_false_the_exit_code_is_1(tmp_path, capsys):
    file = system(tmp_path, "bad_bank", "from tests.own_report.bank import with_a_clock as register\n")
    assert cli.main(["report", str(file), "--to", str(tmp_path / "r.html")]) == 1
    assert "✗ false    rules: the rules are pure" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("json", "commands = []", "another module is named 'json'; rename json.py, such as my_json.py"),
        ("empty_bank", "del register, commands", "empty_bank.py defines none of store, register"),
    ],
)
def test_a_file_that_is_no_system_is_refused_in_one_line(tmp_path, capsys, name, change, said):
    assert cli.main(["report", str(system(tmp_path, name, change)), "--to", str(tmp_path / "r.html")]) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1 and not (tmp_path / "r.html").exists()


def test_a_file_that_is_not_there_is_named(tmp_path, capsys):
    assert cli.main(["report", str(tmp_path / "nowhere.py")]) == 2
    assert "there is no Python file" in capsys.readouterr().err


def test_without_a_file_it_is_the_kits_shop_and_all_is_true_but_what_only_its_owner_knows(tmp_path, capsys):
    assert cli.main(["report", "--to", str(tmp_path / "shop.html"), "--runs", "2"]) == 0
    verdicts = [line for line in capsys.readouterr().out.splitlines() if line[:1] in "✓✗?"]
    assert [line for line in verdicts if line[0] == "✗"] == [] and len(verdicts) == 19
    unknown = [line for line in verdicts if line[0] == "?"]
    assert len(unknown) == 4 and all("must never happen" in line or "what was meant" in line for line in unknown)
