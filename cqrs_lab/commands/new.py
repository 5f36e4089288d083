"""cqrs-lab new: a small domain to begin with."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    """Add the command to the parser."""
    new = commands.add_parser(
        "new",
        help="write a small domain of your own: events, rules, a read model, a process, tests, a notebook",
        description="Write a folder with a small domain that is whole: its tests pass, and its notebook shows it in "
        "every view. Change it into yours, one file at a time.",
        epilog="Exit code: 0 if it is written, 2 if something is in the way or cannot be written.",
    )
    new.add_argument("name", metavar="NAME", help="of the folder and of the Python package in it, such as bakery")
    new.add_argument("--into", metavar="FOLDER", type=Path, default=Path(), help="where (default: here)")
    new.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Write the folder, and print what to do next."""
    from cqrs_lab.starter.new import write_domain

    folder = write_domain(chosen.name, chosen.into)
    print(f"{folder} is written: workshops with few places, whole and tested. Next:\n")
    print(f"  cd {shlex.quote(str(folder))}")
    print("  python -m pytest")
    print(f"  jupyter lab {folder.name}.ipynb")
    print("  cqrs-lab report report.py\n")
    print("README.md there says in which order to change it into yours.")
    return 0
