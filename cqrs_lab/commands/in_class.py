"""cqrs-lab slides and cqrs-lab handout: what a room gets on the wall and on paper, made from the lessons."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

KINDS = {
    "slides": ("make slides of lessons", "arrow keys, Home and End move them; printed, each is a page"),
    "handout": ("make a handout of one printed page a lesson", "print it, or save it as PDF"),
}


def add(commands: Any) -> None:
    """Add both commands to the parser."""
    for kind, (what, how) in KINDS.items():
        one = commands.add_parser(
            kind,
            help=what,
            description=f"{what[0].upper()}{what[1:]}: one HTML file that needs no network; {how}. Nothing is run.",
        )
        one.add_argument("lessons", metavar="LESSON", nargs="+", type=Path, help="a notebook in notebooks/")
        one.add_argument("--to", metavar="FILE", type=Path, help=f"the file to write (default: {kind}.html)")
        one.set_defaults(run=run, kind=kind)


def run(chosen: argparse.Namespace) -> int:
    """Write the file."""
    # Imported here, so that help is shown without waiting for pandas.
    from cqrs_lab.in_class.handout import handouts
    from cqrs_lab.in_class.slides import slides
    from cqrs_lab.whole import write_whole

    to = chosen.to or Path(f"{chosen.kind}.html")
    write_whole(to, (slides if chosen.kind == "slides" else handouts)(chosen.lessons))
    print(f"{to} is written; open it in a browser.")
    return 0
