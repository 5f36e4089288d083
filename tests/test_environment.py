"""conda users, Binder and the lock file get what pyproject.toml declares."""

import subprocess
import sys
import tomllib
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
EXTRAS = PROJECT["optional-dependencies"]

# conda-forge's name -> the name in pyproject.toml, where they differ.
CONDA_NAMES = {"matplotlib-base": "matplotlib", "python-duckdb": "duckdb", "playwright-python": "playwright"}


def bounds(requirements):
    parsed = map(Requirement, requirements)
    return {canonicalize_name(one.name): one.specifier for one in parsed}


def test_conda_users_get_the_packages_and_bounds_of_pyproject():
    declared = bounds(PROJECT["dependencies"] + EXTRAS["test"])
    declared |= bounds(["python" + PROJECT["requires-python"], "pip"])
    *conda, by_pip = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    *elsewhere, project = by_pip["pip"]
    offered = {CONDA_NAMES.get(name, name): bound for name, bound in bounds(conda).items()}
    assert offered | bounds(elsewhere) == declared
    assert project == "-e ."


def test_the_extra_test_contains_the_extras_it_tests():
    tested = [one for name, extra in EXTRAS.items() if name not in ("bench", "test") for one in extra]
    assert bounds(tested).items() <= bounds(EXTRAS["test"]).items()


def test_the_lock_pins_every_package_within_its_bounds():
    pins = dict(line.split("==") for line in (ROOT / "requirements.lock").read_text().splitlines())
    locked = {canonicalize_name(name): version for name, version in pins.items()}
    needed = PYPROJECT["build-system"]["requires"] + PROJECT["dependencies"] + sum(EXTRAS.values(), [])
    assert [
        str(one)
        for one in map(Requirement, needed)
        if locked.get(canonicalize_name(one.name), "none") not in one.specifier
    ] == []


def test_a_notebook_is_read_by_a_process_that_builds_no_parser():
    """Each start of JupyterLab, of a test worker and of a command on notebooks would wait for it: decision 0061."""
    asked = "import sys, nbformat; print('lark' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"
