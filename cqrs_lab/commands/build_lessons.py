"""cqrs-lab build-lessons: solutions with outputs, and the learner's copies."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from cqrs_lab.commands.bar import bar


def add(commands: Any) -> None:
    """Add the command to the parser."""
    build = commands.add_parser(
        "build-lessons",
        help="for authors: run solutions from scratch, and make the learner's copies from them",
        description="Run solutions from scratch, keep their outputs, and write the learner's copies one folder up.",
        epilog="Exit code: 0 if all are written, 2 if a notebook is refused or cannot be written.",
    )
    build.add_argument("solutions", metavar="SOLUTION", nargs="+", type=Path, help="a notebook in notebooks/solutions")
    build.add_argument("--copies-only", action="store_true", help="leave the outputs as they are")
    build.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Build each lesson, in the order in which they are given."""
    from cqrs_lab.course.copies import build

    build(chosen.solutions, run=not chosen.copies_only, progress=partial(bar, what="lessons"))
    return 0
