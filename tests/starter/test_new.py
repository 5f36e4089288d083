"""`cqrs-lab new`: a domain that is whole from the first minute, or nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from cqrs_lab import cli, show
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.starter import write_domain
from cqrs_lab.starter.new import PLACEHOLDER, TEMPLATE

ROOT = Path(__file__).parents[2]
HERE = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
ANY_SYSTEM = {
    *("decision_table", "duel", "time_machine", "cut_and_merge"),
    *("why_is_it", "rebuild_studio", "process_lanes", "fault_plan"),
}
"""The views that show a system whatever it is about."""


def everything_in(folder):
    """Return the names below a folder; what Python compiled there does not count."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if "__pycache__" not in path.parts)


@pytest.fixture(scope="module")
def bakery(tmp_path_factory):
    return write_domain("bakery", tmp_path_factory.mktemp("place"))


def test_its_tests_pass(bakery):
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error"]
    said = subprocess.run(run, cwd=bakery, env=HERE, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout
    assert " passed" in said.stdout and "skipped" not in said.stdout


def test_its_report_finds_nothing_false_and_knows_all_that_it_was_given(bakery):
    command = "import sys; from cqrs_lab.cli import main; sys.exit(main())"
    run = [sys.executable, "-c", command, "report", "report.py", "--runs", "4"]
    said = subprocess.run(run, cwd=bakery, env=HERE, capture_output=True, text=True)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "9 claims: 7 true, 0 false, 2 unknown." in said.stdout and (bakery / "report.html").exists()
    (bakery / "report.html").unlink()


def test_its_tests_find_a_rule_that_is_wrong(tmp_path):
    folder = write_domain("bakery", tmp_path)
    rules = folder / "bakery" / "rules.py"
    wrong = rules.read_text().replace("workshop.available < 1", "workshop.available < 0")
    assert wrong != rules.read_text()
    rules.write_text(wrong)
    run = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_rules.py"]
    said = subprocess.run(run, cwd=folder, env=HERE, capture_output=True, text=True)
    assert said.returncode == 1 and "test_the_last_place_is_taken_once" in said.stdout


def test_its_notebook_shows_it_in_every_view(bakery, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}")
    notebook = nbformat.read(bakery / "bakery.ipynb", as_version=4)
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(bakery)}}).execute()
    shown = [str(output) for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not any("output_type': 'error'" in output or "stderr" in output for output in shown)
    source = "".join(cell.source for cell in notebook.cells)
    assert {name for name in ANY_SYSTEM if f"show.{name}(" in source} == ANY_SYSTEM <= set(show.__all__)
    assert sum("cqrs-lab" in output for output in shown) == len(ANY_SYSTEM)


def test_nothing_of_the_template_s_name_is_left(bakery):
    names = "".join(everything_in(bakery))
    assert PLACEHOLDER not in names + "".join(
        (bakery / name).read_text() for name in everything_in(bakery) if (bakery / name).is_file()
    )
    assert len(everything_in(bakery)) == len(everything_in(TEMPLATE))
    assert json.loads((bakery / "bakery.ipynb").read_text())["cells"]


@pytest.mark.parametrize(
    "name, why",
    [
        ("my-shop", "such as my_shop"),
        ("My Shop", "such as my_shop"),
        ("2nd", "such as bakery"),
        ("class", "such as bakery"),
        ("", "such as bakery"),
        ("../up", "such as up"),
        ("a/b", "such as a_b"),
        ("__init__", "such as init"),
        ("json", "exists already"),
        ("pandas", "exists already"),
        ("cqrs_lab", "exists already"),
        ("tests", "exists already"),
    ],
)
def test_a_name_that_no_package_can_have_here_is_refused(name, why, tmp_path):
    with pytest.raises(InvalidArgument, match=why):
        write_domain(name, tmp_path)
    assert everything_in(tmp_path) == []


@pytest.mark.parametrize("there", ["a file", "an empty folder", "a folder with work"])
def test_what_is_in_the_way_stays_as_it_is(there, tmp_path):
    place = tmp_path / "bakery"
    place.write_text("mine") if there == "a file" else place.mkdir()
    if there == "a folder with work":
        (place / "bread.py").write_text("mine")
    before = everything_in(tmp_path)
    with pytest.raises(InvalidArgument, match="stays as it is"):
        write_domain("bakery", tmp_path)
    assert everything_in(tmp_path) == before


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InvalidArgument, match="no folder .*nowhere; make it first"):
        write_domain("bakery", tmp_path / "nowhere")


@pytest.mark.parametrize("strikes", range(1, 30, 4))
def test_an_interrupt_leaves_a_whole_folder_or_none(strikes, tmp_path, monkeypatch):
    left, write = iter(range(strikes - 1)), Path.write_text

    def interrupted(self, *args, **named):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return write(self, *args, **named)

    monkeypatch.setattr(Path, "write_text", interrupted)
    files = sum((TEMPLATE / name).is_file() for name in everything_in(TEMPLATE))
    if strikes > files:
        assert len(everything_in(write_domain("bakery", tmp_path))) == len(everything_in(TEMPLATE))
    else:
        with pytest.raises(KeyboardInterrupt):
            write_domain("bakery", tmp_path)
        assert everything_in(tmp_path) == []


def test_the_command_says_what_to_do_next(tmp_path, capsys):
    assert cli.main(["new", "bakery", "--into", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert f"cd {tmp_path / 'bakery'}" in said and "python -m pytest" in said and "jupyter lab bakery.ipynb" in said
    assert cli.main(["new", "bakery", "--into", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"cqrs-lab: {tmp_path / 'bakery'} exists already, and stays as it is; choose another name, or another folder\n"
    )
