"""The command cqrs-lab doctor: one broken machine of each kind, and this one, which is whole."""

import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from cqrs_lab import cli
from cqrs_lab.commands import doctor

ROOT = Path(__file__).parents[2]


def test_a_machine_that_runs_these_tests_can_run_the_kit(capsys):
    assert cli.main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "FAIL" not in out and "a kernel starts and finds the kit" in out
    assert out.endswith("This machine can run the kit.\n")


def test_without_any_package_it_still_says_what_to_do():
    done = subprocess.run(
        [sys.executable, "-I", "-S", ROOT / "cqrs_lab/commands/doctor.py"], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    failed = [at for at, line in enumerate(lines) if line.startswith("FAIL")]
    assert len(failed) == 4 and "cqrs-lab is not installed" in lines[failed[0]]
    assert all(lines[at + 1].startswith("      Next: ") for at in failed)


def installed(folder, **versions):
    """Write what pip notes about packages, and nothing else of them."""
    for name, (version, *needs) in versions.items():
        place = folder / f"{name}-{version}.dist-info"
        place.mkdir()
        lines = [f"Name: {name.replace('_', '-')}", f"Version: {version}", *(f"Requires-Dist: {one}" for one in needs)]
        (place / "METADATA").write_text("\n".join(["Metadata-Version: 2.1", *lines]) + "\n")
    return list(doctor.packages([str(folder)]))


def test_a_package_that_is_missing_or_too_old_is_named_with_what_is_needed(tmp_path):
    needs = ["pandas<4,>=3.1", "numpy>=2.4", "tqdm>=4", 'duckdb>=2; extra == "duckdb"']
    found = installed(tmp_path, cqrs_lab=("0.1", *needs), packaging=("26.0",), pandas=("2.9",), tqdm=("4.67",))
    assert [one.ok for one in found] == [False, False]
    assert found[0].fact == "pandas is 2.9; the kit needs <4,>=3.1"
    assert found[1].fact == "numpy is not installed; the kit needs >=2.4"
    assert all("make lab" in one.next for one in found)


def test_what_only_an_extra_needs_may_be_missing(tmp_path):
    (found,) = installed(tmp_path, cqrs_lab=("0.1", 'duckdb>=2; extra == "duckdb"'), packaging=("26.0",))
    assert found.ok and found.next == ""


def test_a_kit_that_is_not_installed_says_in_which_python(tmp_path):
    (found,) = installed(tmp_path)
    assert not found.ok and sys.executable in found.fact


def test_an_older_python_and_an_older_sqlite_are_too_old():
    assert [doctor.python((3, minor, 4)).ok for minor in (10, 11, 13)] == [False, True, True]
    assert [doctor.sqlite((3, minor, 0)).ok for minor in (36, 37, 50)] == [False, True, True]
    assert "3.10.4" in doctor.python((3, 10, 4)).fact and "3.36.0" in doctor.sqlite((3, 36, 0)).fact


def test_a_disk_that_is_nearly_full_is_named(tmp_path):
    found = doctor.free_disk(tmp_path, free=200_000_000)
    assert not found.ok and "0.2 GB free" in found.fact and str(tmp_path) in found.fact


def test_notes_that_cannot_be_kept_are_a_finding(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    place = tmp_path / "file" / "notes.jsonl"
    monkeypatch.setenv("CQRS_LAB_PROGRESS", str(place))
    found = doctor.notes_place()
    assert not found.ok and str(place) in found.fact and "CQRS_LAB_PROGRESS" in found.next


def test_notes_that_can_be_kept_leave_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("CQRS_LAB_PROGRESS", str(tmp_path / "notes.jsonl"))
    assert doctor.notes_place().ok and list(tmp_path.iterdir()) == []


def test_an_extension_that_jupyterlab_does_not_find_is_named(tmp_path):
    (tmp_path / "anywidget").mkdir()
    (tmp_path / "anywidget" / "package.json").write_text("{}")
    found = list(doctor.front_ends([str(tmp_path)]))
    assert [one.ok for one in found] == [True, False]
    assert "@jupyter-widgets/jupyterlab-manager" in found[1].fact


@pytest.mark.parametrize(
    "argv, why",
    [
        (["no-such-python", "-f", "{connection_file}"], "no kernel starts"),
        ([sys.executable, "-c", "raise SystemExit(1)", "{connection_file}"], "no kernel starts"),
        (None, "no kernel starts"),
    ],
    ids=["a program that is gone", "a kernel that dies", "no kernel of that name"],
)
def test_a_kernel_that_does_not_start_is_a_finding(tmp_path, monkeypatch, argv, why):
    if argv is not None:
        place = tmp_path / "kernels" / "broken"
        place.mkdir(parents=True)
        (place / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "broken", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    found = doctor.kernel("broken")
    assert not found.ok and why in found.fact and "ipykernel install" in found.next


def test_a_kernel_of_another_python_does_not_find_the_kit(tmp_path, monkeypatch):
    place = tmp_path / "kernels" / "other"
    place.mkdir(parents=True)
    hides = (
        "import sys; sys.modules['cqrs_lab'] = None; from ipykernel.kernelapp import launch_new_instance as go; go()"
    )
    argv = [sys.executable, "-c", hides, "-f", "{connection_file}"]
    (place / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "other", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    found = doctor.kernel("other")
    assert not found.ok and "cannot import cqrs_lab" in found.fact and "another Python" in found.next


def test_no_chromium_is_no_hindrance(monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    found = doctor.browser(["no-such-browser"])
    assert found.ok and "only make browser needs it" in found.fact


def test_what_is_needed_is_what_pyproject_asks_for():
    import tomllib

    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    noted = [one for one in metadata.requires("cqrs-lab") if "extra ==" not in one]
    assert {one.partition(">=")[0] for one in asked} == {one.partition("<")[0] for one in noted}
