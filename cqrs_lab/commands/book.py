"""cqrs-lab book: a site of the lessons, in which every view moves without a kernel."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from cqrs_lab.commands.bar import bar


def add(commands: Any) -> None:
    """Add the command to the parser."""
    book = commands.add_parser(
        "book",
        help="make a site of the lessons, in which every view moves without a kernel",
        description="Run solutions, and write them as a static site that needs no kernel and no network.",
        epilog="Exit code: 0 if it is written, 2 if a notebook is refused or a page has a fault, such as a dead link.",
    )
    book.add_argument("solutions", metavar="SOLUTION", nargs="+", type=Path, help="a notebook in notebooks/solutions")
    book.add_argument("--to", metavar="FOLDER", type=Path, required=True, help="a new folder, or one that holds a book")
    where = "where the kit is published: then the first page has a link that starts it on Binder"
    book.add_argument("--repository", metavar="OWNER/NAME", default="", help=where)
    book.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Make the book."""
    from cqrs_lab.book.build import build

    progress = partial(bar, what="lessons")
    build(chosen.solutions, chosen.to, repository=chosen.repository, progress=progress)
    return 0
