"""The command cqrs-lab."""

from __future__ import annotations

import argparse
import io
import os
import shlex
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from cqrs_lab.commands import demo, doctor, lessons
from cqrs_lab.errors import CqrsLabError

# As in a shell: 128 and the number of the signal.
DONE, DIFFERS, REFUSED, INTERRUPTED, NOBODY_READS = 0, 1, 2, 130, 141
BAR = "{desc}: {percentage:3.0f}% |{bar}| {n:,}/{total:,} [{elapsed}<{remaining}]"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; without arguments, print what it can do.

    Returns
    -------
    int
        The exit code: 0 if all is well, 1 if a file does not reconcile, 2 if it was refused or nothing could be
        written.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # The name of a file may hold letters that a terminal has not.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return _run(arguments)
    except CqrsLabError as error:
        return _failed(str(error), REFUSED)
    except KeyboardInterrupt:
        return _failed("interrupted", INTERRUPTED)
    except BrokenPipeError:
        _discard_output()
        return NOBODY_READS
    except OSError as error:
        _discard_output()
        where = f" to {error.filename}" if error.filename else ""
        why = f"cannot write{where} ({error.strerror}); expected a place with room where you may write"
        return _failed(f"{why}; make room or choose another, and run it again", REFUSED)


def _run(arguments: Sequence[str] | None) -> int:
    parser = _parser()
    try:
        chosen = parser.parse_args(arguments)
        if chosen.run is None:
            print(parser.format_help(), end="")
            return DONE
        return int(chosen.run(chosen))
    finally:
        # What is written later, when Python ends, can no longer be answered for.
        if sys.stdout is not None:
            sys.stdout.flush()


def _failed(why: str, code: int) -> int:
    if sys.stderr is not None:  # closed by the caller; print would take stdout instead
        with suppress(OSError):
            print(f"cqrs-lab: {why}", file=sys.stderr)
    return code


def _discard_output() -> None:
    """Let Python end without trying to write what it could not write."""
    with suppress(OSError, io.UnsupportedOperation), open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="cqrs-lab", description="Learn CQRS by running it.")
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="commands", metavar="")
    for one in (lessons, demo, doctor):
        one.add(commands)
    _add_replay(commands)
    _add_new(commands)
    _add_build_lessons(commands)
    return parser


def _add_replay(commands: Any) -> None:
    replay = commands.add_parser(
        "replay",
        help="send Online Retail, a real year of trade, through the shop and reconcile it",
        description="Send Online Retail through the shop's commands, then reconcile the read models with the file. "
        "The file is published at https://doi.org/10.24432/C5BW33; its copies are read in any form that means "
        "exactly one thing.",
        epilog="Exit code: 0 if everything reconciles, 1 if a figure differs, 2 if the file is refused.",
    )
    replay.add_argument("path", metavar="PATH", help="a CSV or .xlsx, also in a gzip, bzip2, xz or zip file")
    dates = "day or month first, or the year from which days are counted, if no date in the file shows it"
    replay.add_argument("--dates", choices=["dmy", "mdy", "1900", "1904"], help=dates)
    decimal = "what stands before the decimals of a price, if no price in the file shows it"
    replay.add_argument("--decimal", choices=["point", "comma"], help=decimal)
    replay.add_argument("--sheet", metavar="NAME", help="the one sheet of a workbook to read (default: all)")
    log = "where the log is kept: memory:// (default) or sqlite:///shop.db; what a file holds already is not sent again"
    replay.add_argument("--store", metavar="URL", default="memory://", help=log)
    replay.set_defaults(run=_replay)


def _add_new(commands: Any) -> None:
    new = commands.add_parser(
        "new",
        help="write a small domain of your own: events, rules, a read model, a process, tests, a notebook",
        description="Write a folder with a small domain that is whole: its tests pass, and its notebook shows it in "
        "every view. Change it into yours, one file at a time.",
        epilog="Exit code: 0 if it is written, 2 if something is in the way or cannot be written.",
    )
    new.add_argument("name", metavar="NAME", help="of the folder and of the Python package in it, such as bakery")
    new.add_argument("--into", metavar="FOLDER", type=Path, default=Path(), help="where (default: here)")
    new.set_defaults(run=_new)


def _add_build_lessons(commands: Any) -> None:
    build = commands.add_parser(
        "build-lessons",
        help="for authors: run solutions from scratch, and make the learner's copies from them",
        description="Run solutions from scratch, keep their outputs, and write the learner's copies one folder up.",
        epilog="Exit code: 0 if all are written, 2 if a notebook is refused or cannot be written.",
    )
    build.add_argument("solutions", metavar="SOLUTION", nargs="+", type=Path, help="a notebook in notebooks/solutions")
    build.add_argument("--copies-only", action="store_true", help="leave the outputs as they are")
    build.set_defaults(run=_build_lessons)


def _replay(chosen: argparse.Namespace) -> int:
    # Imported here, so that help is shown without waiting for pandas.
    from cqrs_lab.log.stores.opening import open_event_store
    from cqrs_lab.shop.events import EVENTS
    from cqrs_lab.shop.online_retail import reconcile, replay

    form = {name: getattr(chosen, name) for name in ("dates", "decimal", "sheet")}
    with open_event_store(chosen.store, events=EVENTS) as store:
        sent = replay(chosen.path, store, progress=_bar, **form)
        found = reconcile(sent)
    print(found)
    return DONE if found.ok else DIFFERS


def _new(chosen: argparse.Namespace) -> int:
    from cqrs_lab.starter.new import write_domain

    folder = write_domain(chosen.name, chosen.into)
    print(f"{folder} is written: a small domain, whole and tested. Next:\n")
    print(f"  cd {shlex.quote(str(folder))}")
    print("  python -m pytest")
    print(f"  jupyter lab {folder.name}.ipynb\n")
    print("README.md there says in which order to change it into yours.")
    return DONE


def _build_lessons(chosen: argparse.Namespace) -> int:
    from cqrs_lab.course.copies import build

    build(chosen.solutions, run=not chosen.copies_only, progress=partial(_bar, what="lessons"))
    return DONE


def _bar(items: Sequence[Any], what: str = "commands") -> Iterable[Any]:
    """Show the progress on stderr, if that is a terminal."""
    from tqdm import tqdm

    bar: Iterable[Any] = tqdm(items, desc=what, bar_format=BAR, disable=None)
    return bar
