"""The tests mirror the package: whoever reads a file finds what it promises in the test file of its name."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("log", "read", "write")


def without_a_mirror(package, tests, room):
    """Return the modules of a room for which no test file of their name stands at their place."""
    modules = [path.relative_to(package) for path in sorted((package / room).rglob("*.py")) if path.stem != "__init__"]
    assert modules, room
    return [str(one) for one in modules if not (tests / one.parent / f"test_{one.name}").is_file()]


@pytest.mark.parametrize("room", ROOMS)
def test_every_file_has_a_test_file_of_its_name(room):
    assert without_a_mirror(ROOT / "cqrs_lab", ROOT / "tests", room) == []


def test_a_file_without_one_is_seen_wherever_it_stands(tmp_path):
    for name in ("package/log/memory.py", "package/log/stores/wire.py", "tests/log/test_wire.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = without_a_mirror(tmp_path / "package", tmp_path / "tests", "log")
    assert found == ["log/memory.py", "log/stores/wire.py"]
    (tmp_path / "tests/log/test_memory.py").touch()
    assert without_a_mirror(tmp_path / "package", tmp_path / "tests", "log") == ["log/stores/wire.py"]
