"""cqrs-lab doctor: whether this machine can run the kit.

It imports nothing at first but what comes with Python, so that it still speaks where a package is missing. Where even
the command does not start, ``python cqrs_lab/commands/doctor.py`` does, in a checkout.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

LEAST_PYTHON, LEAST_SQLITE, LEAST_FREE_BYTES = (3, 11), (3, 37), 500_000_000
FRONT_ENDS = ("anywidget", "@jupyter-widgets/jupyterlab-manager")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
KERNEL_SECONDS = 60
INSTALL = "make lab sets everything up; without make: pip install -r requirements.lock, then pip install -e . --no-deps"
OWN_KERNEL = f"{sys.executable} -m ipykernel install --sys-prefix makes a kernel of this one"


class Finding(NamedTuple):
    """What was found, whether the kit can run with it, and what to do next where it cannot."""

    ok: bool
    fact: str
    next: str = ""

    def __str__(self) -> str:
        return f"{'ok  ' if self.ok else 'FAIL'}  {self.fact}" + (f"\n      Next: {self.next}." if self.next else "")


def python(version: tuple[object, ...] = sys.version_info) -> Finding:
    """Return whether this Python is new enough."""
    said = ".".join(map(str, version[:3]))
    if tuple(version[:2]) >= LEAST_PYTHON:
        return Finding(True, f"Python {said}, {sys.executable}")
    return Finding(
        False, f"Python {said}; the kit needs 3.11 or newer", "install Python 3.11 or newer, then run make lab"
    )


def packages(path: Sequence[str] | None = None) -> Iterator[Finding]:
    """Yield whether each package that the lessons need is there, in a version that fits."""
    where = sys.path if path is None else path
    there = {one.name.lower().replace("_", "-"): one for one in metadata.distributions(path=list(where))}
    if "cqrs-lab" not in there:
        yield Finding(False, f"cqrs-lab is not installed in this Python, {sys.executable}", INSTALL)
    elif "packaging" not in there:
        yield Finding(False, "packaging is not installed; JupyterLab needs it, and so does this check", INSTALL)
    else:
        yield from _needed(there)


def _needed(there: dict[str, metadata.Distribution]) -> Iterator[Finding]:
    from packaging.requirements import Requirement

    needed = [Requirement(line) for line in there["cqrs-lab"].requires or ()]
    bad = 0
    for one in needed:
        if one.marker is None or one.marker.evaluate({"extra": ""}):
            found = there.get(one.name.lower())
            if found is None or not one.specifier.contains(found.version):
                bad += 1
                said = "is not installed" if found is None else f"is {found.version}"
                yield Finding(False, f"{one.name} {said}; the kit needs {one.specifier}", INSTALL)
    if not bad:
        yield Finding(True, "every package that the lessons need is installed, in a version that fits")


def kernel(name: str = "python3") -> Finding:
    """Start a kernel as JupyterLab does, and return whether it runs this Python and finds the kit."""
    try:
        from jupyter_client.kernelspec import NoSuchKernel
        from jupyter_client.manager import start_new_kernel
    except ImportError as error:
        return Finding(False, f"no kernel can be started: {error}", INSTALL)
    try:
        manager, client = start_new_kernel(kernel_name=name, startup_timeout=KERNEL_SECONDS, stderr=subprocess.DEVNULL)
    except (NoSuchKernel, RuntimeError, OSError) as error:
        why = " ".join(str(error).split())
        return Finding(False, f"no kernel starts: {why}", OWN_KERNEL)
    try:
        told = client.execute_interactive(
            "import cqrs_lab, sys", user_expressions={"python": "sys.executable"}, output_hook=lambda _: None
        )["content"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    if told["status"] != "ok":
        why = f"{told['ename']}: {told['evalue']}"
        return Finding(
            False, f"a kernel starts, and cannot import cqrs_lab ({why})", f"it is another Python; {OWN_KERNEL}"
        )
    runs = told["user_expressions"]["python"]["data"]["text/plain"]
    return Finding(True, f"a kernel starts and finds the kit; it runs {runs}")


def front_ends(path: Sequence[str] | None = None) -> Iterator[Finding]:
    """Yield whether JupyterLab finds the extensions that draw views."""
    if path is None:
        try:
            from jupyter_core.paths import jupyter_path
        except ImportError as error:
            yield Finding(False, f"JupyterLab's extensions cannot be looked for: {error}", INSTALL)
            return
        path = jupyter_path("labextensions")
    for name in FRONT_ENDS:
        if any((Path(folder) / name / "package.json").is_file() for folder in path):
            yield Finding(True, f"JupyterLab finds {name}")
        else:
            yield Finding(False, f"JupyterLab does not find {name}, so views stay empty", INSTALL)


def notes_place() -> Finding:
    """Return whether a learner's guesses can be kept."""
    try:
        from cqrs_lab.course.progress import PLACE, notes
    except ImportError as error:
        return Finding(False, f"cqrs_lab.course cannot be imported: {error}", INSTALL)
    place = notes().file.path
    if place is None:
        return Finding(True, f"guesses are kept for this session only, as {PLACE}=memory says")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists() and not os.access(place, os.W_OK):
            raise PermissionError(13, "Permission denied", str(place))
        with tempfile.TemporaryFile(dir=place.parent):
            pass
    except OSError as error:
        what = f"guesses cannot be kept in {place} ({error.strerror})"
        return Finding(False, what, f"set {PLACE} to a file in a folder where you may write")
    return Finding(True, f"guesses are kept in {place}")


def sqlite(version: Sequence[int] = sqlite3.sqlite_version_info) -> Finding:
    """Return whether Python's SQLite is new enough for the tables of lesson 1."""
    said = ".".join(map(str, version))
    if tuple(version) >= LEAST_SQLITE:
        return Finding(True, f"SQLite {said}")
    return Finding(False, f"SQLite {said}; the kit needs 3.37 or newer", "use a newer Python: SQLite comes with it")


def free_disk(place: Path, free: int | None = None) -> Finding:
    """Return whether there is room for a log and its tables."""
    left = shutil.disk_usage(place).free if free is None else free
    if left >= LEAST_FREE_BYTES:
        return Finding(True, f"{left / 1e9:.1f} GB free in {place}")
    return Finding(False, f"{left / 1e9:.1f} GB free in {place}; the kit needs 0.5 GB", "make room, and run this again")


def browser(names: Sequence[str] = BROWSERS) -> Finding:
    """Return where a Chromium is; only the tests need one."""
    found = next(filter(None, map(shutil.which, [os.environ["CHROMIUM"]] if "CHROMIUM" in os.environ else names)), None)
    if found is None:
        return Finding(True, "no Chromium found; only make browser needs it, lessons run in any browser")
    return Finding(True, f"Chromium, {found}; only make browser needs it")


CHECKS: tuple[Callable[[], Finding | Iterator[Finding]], ...] = (
    python,
    packages,
    sqlite,
    lambda: free_disk(Path.cwd()),
    notes_place,
    front_ends,
    kernel,
    browser,
)


def add(commands: Any) -> None:
    """Add the command to the parser."""
    doctor = commands.add_parser(
        "doctor",
        help="say whether this machine can run the kit, and what to do if it cannot",
        description="Look at Python, the packages, SQLite, the disk, the place of your notes, JupyterLab's extensions "
        "and a kernel. A line each: what was found, and what to do next.",
        epilog="Exit code: 0 if the kit can run here, 1 if not.",
    )
    doctor.set_defaults(run=run)


def run(_: argparse.Namespace | None = None) -> int:
    """Print what each check found, as it is found."""
    failed = 0
    for check in CHECKS:
        found = check()
        for one in [found] if isinstance(found, Finding) else found:
            failed += not one.ok
            print(one, flush=True)
    said = f"{failed} to do; then run this again." if failed else "This machine can run the kit."
    print(f"\n{said}", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(run())
