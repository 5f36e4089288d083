"""conda users, Binder and the lock file get what pyproject.toml declares."""

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
    tested = EXTRAS["excel"] + EXTRAS["privacy"] + EXTRAS["sqlite"] + EXTRAS["duckdb"]
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
