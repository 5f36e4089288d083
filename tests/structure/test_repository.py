"""What belongs in the repository, and what does not."""

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTED = subprocess.run(
    ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT,
    check=True,
    capture_output=True,
    text=True,
).stdout.split("\0")
FILES = [path for name in LISTED if name and (path := ROOT / name).is_file()]

# In two pieces, so that this file does not hold what it looks for.
ELSEWHERE = ["/" + "work/", "DEVELOPERS" + ".md", "." + "library"]
REGISTRIES = ["pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "ana" + "conda.org"]


def those_that_hold(words, files=FILES):
    return {
        str(path.relative_to(ROOT)): found
        for path in files
        if (found := [word for word in words if word.encode() in path.read_bytes()])
    }


def test_no_file_is_larger_than_a_megabyte():
    assert [path.name for path in FILES if path.stat().st_size > 1_000_000] == []


def test_no_lock_file_that_names_package_hosts():
    assert [path.name for path in FILES if path.name in ("uv.lock", "poetry.lock", "package-lock.json")] == []


def test_no_file_names_a_package_registry():
    assert those_that_hold(REGISTRIES) == {}


def test_no_file_names_what_exists_on_one_machine_alone():
    assert those_that_hold(ELSEWHERE) == {}


def test_packages_are_named_without_addresses():
    homepages = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"].get("urls", {}).values()
    text = "\n".join(path.read_text() for path in FILES if path.suffix in (".toml", ".lock"))
    assert set(re.findall(r"\w+://[^\s\"']+", text)) - set(homepages) == set()
