"""The command cqrs-lab."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

from cqrs_lab.commands import archive, book, build_lessons, demo, doctor, in_class, lessons, new, replay, report
from cqrs_lab.errors import CqrsLabError

# As in a shell: 128 and the number of the signal.
DONE, REFUSED, INTERRUPTED, NOBODY_READS = 0, 2, 130, 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; without arguments, print what it can do.

    Returns
    -------
    int
        The exit code: 0 if all is well, 1 if a file does not reconcile or a machine cannot run the kit, 2 if something
        was refused or nothing could be written.
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
    for one in (lessons, demo, in_class, doctor, replay, archive, new, report, build_lessons, book):
        one.add(commands)
    return parser
