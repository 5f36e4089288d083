"""The command cqrs-lab."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from cqrs_lab.errors import CqrsLabError

DONE, DIFFERS, REFUSED, INTERRUPTED = 0, 1, 2, 130
BAR = "{desc}: {percentage:3.0f}% |{bar}| {n:,}/{total:,} [{elapsed}<{remaining}]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; without arguments, tell what it can do.

    Returns
    -------
    int
        The exit code: 0 if all is well, 1 if a file does not reconcile, 2 if it was refused.
    """
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if chosen.run is None:
        parser.print_help()
        return DONE
    try:
        return int(chosen.run(chosen))
    except CqrsLabError as error:
        print(f"cqrs-lab: {error}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("cqrs-lab: interrupted", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cqrs-lab", description="Learn CQRS by running it.")
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="commands", metavar="")
    replay = commands.add_parser(
        "replay",
        help="send Online Retail, a real year of trade, through the shop and reconcile it",
        description="Send Online Retail through the shop's commands, then reconcile the read models with the file. "
        "The file is published at https://doi.org/10.24432/C5BW33.",
        epilog="Exit code: 0 if everything reconciles, 1 if a figure differs, 2 if the file is refused.",
    )
    replay.add_argument("path", metavar="PATH", help="a CSV, a CSV.gz, or the original .xlsx")
    replay.set_defaults(run=_replay)
    build = commands.add_parser(
        "build-lessons",
        help="for authors: run solutions anew, and make the learner's copies from them",
        description="Run solutions anew, keep their outputs, and write the learner's copies one folder up.",
    )
    build.add_argument("solutions", metavar="SOLUTION", nargs="+", type=Path, help="a notebook in notebooks/solutions")
    build.add_argument("--copies-only", action="store_true", help="leave the outputs as they are")
    build.set_defaults(run=_build_lessons)
    return parser


def _replay(chosen: argparse.Namespace) -> int:
    # Imported here, so that help is told without waiting for pandas.
    from cqrs_lab.log.memory import MemoryEventStore
    from cqrs_lab.shop.online_retail import reconcile, replay

    found = reconcile(replay(chosen.path, MemoryEventStore(), progress=_bar))
    print(found)
    return DONE if found.ok else DIFFERS


def _build_lessons(chosen: argparse.Namespace) -> int:
    from cqrs_lab.course.copies import build

    build(chosen.solutions, run=not chosen.copies_only, progress=partial(_bar, what="lessons"))
    return DONE


def _bar(items: Sequence[Any], what: str = "commands") -> Iterable[Any]:
    """Show the progress on stderr, if that is a terminal."""
    from tqdm import tqdm

    bar: Iterable[Any] = tqdm(items, desc=what, bar_format=BAR, disable=None)
    return bar
