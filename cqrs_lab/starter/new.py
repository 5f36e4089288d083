"""Write a small domain of the reader's own: whole from the first minute, and theirs to change."""

from __future__ import annotations

import keyword
import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.whole import whole_folder

TEMPLATE = Path(__file__).parent / "template"
PLACEHOLDER = "my_domain"
"""The package's name in the template."""


def write_domain(name: str, into: Path | str = ".") -> Path:
    """Write a folder with events, rules, a read model, a query, a process, their tests, and a notebook with all views.

    Nothing is written if something is in the way, and nothing is left of a folder that was interrupted halfway.

    Parameters
    ----------
    name : str
        The name of the folder, and of the Python package in it: letters, digits and underscores.
    into : Path or str, optional
        A folder that exists.

    Returns
    -------
    Path
        The folder that was written.

    Raises
    ------
    InvalidArgument
        No package can have this name, another package has it, or there is such a file or folder.
    OSError
        The folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from cqrs_lab.starter import write_domain
    >>> with tempfile.TemporaryDirectory() as place:
    ...     bakery = write_domain("bakery", place)
    ...     sorted(path.name for path in bakery.iterdir())
    ['README.md', 'bakery', 'bakery.ipynb', 'pyproject.toml', 'report.py', 'tests']
    """
    place = Path(into)
    if not place.is_dir():
        raise InvalidArgument(f"there is no folder {place}; make it first, or give another one")
    _check_name(name)
    folder = place / name
    if folder.exists():
        raise InvalidArgument(f"{folder} exists already, and stays as it is; choose another name, or another folder")
    if name == "tests" or find_spec(name):
        raise InvalidArgument(f"a package {name!r} exists already; two of one name cannot be imported, choose another")
    with whole_folder(folder) as made:
        for path in _files():
            copy = made / str(path.relative_to(TEMPLATE)).replace(PLACEHOLDER, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(path.read_text(encoding="utf-8").replace(PLACEHOLDER, name), encoding="utf-8", newline="\n")
    return folder


def _files() -> Iterator[Path]:
    left_out = shutil.ignore_patterns("__pycache__", ".*")
    for folder, folders, files in os.walk(TEMPLATE):
        folders[:] = sorted(set(folders) - left_out(folder, folders))
        yield from (Path(folder, file) for file in sorted(set(files) - left_out(folder, files)))


def _check_name(name: str) -> None:
    if name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("__"):
        return
    tame = "".join(sign if sign.isalnum() else "_" for sign in name).strip("_").lower()
    advice = f"such as {tame}" if tame.isidentifier() and not keyword.iskeyword(tame) else "such as bakery"
    raise InvalidArgument(
        f"no Python package can be named {name!r}; give a name of letters, digits and underscores, {advice}"
    )
