"""The command cqrs-lab."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from cqrs_lab.errors import CqrsLabError

RECONCILED, DIFFERS, REFUSED, INTERRUPTED = 0, 1, 2, 130
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
        return RECONCILED
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
    return parser


def _replay(chosen: argparse.Namespace) -> int:
    # Imported here, so that help is told without waiting for pandas.
    from cqrs_lab.log.memory import MemoryEventStore
    from cqrs_lab.shop.online_retail import reconcile, replay

    found = reconcile(replay(chosen.path, MemoryEventStore(), progress=_bar))
    print(found)
    return RECONCILED if found.ok else DIFFERS


def _bar(commands: Sequence[Any]) -> Iterable[Any]:
    """Show the progress on stderr, if that is a terminal."""
    from tqdm import tqdm

    bar: Iterable[Any] = tqdm(commands, desc="commands", bar_format=BAR, disable=None)
    return bar
