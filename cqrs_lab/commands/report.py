"""cqrs-lab report: what can be said of a system, claim by claim, in one HTML file."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

from cqrs_lab.errors import InvalidArgument

# The arguments of lab.report that make up a system, known without importing the simulation.
PARTS = ("store", "register", "commands", "projections", "expected", "never", "worker", "process", "trace", "system")
ALL_IS_WELL, SOMETHING_IS_FALSE = 0, 1


def add(commands: Any) -> None:
    """Add the command to the parser."""
    report = commands.add_parser(
        "report",
        help="write an HTML file about a system: each claim true, false or unknown, with the smallest case",
        description="Try a system, and write down what came of it in one HTML file. The system is a Python file that "
        f"defines some of these names, as lab.report takes them: name, {', '.join(PARTS)}. Without one, it is the "
        "kit's shop.",
        epilog="Exit code: 0 if no claim is false, 1 if one is, 2 if something was refused.",
    )
    report.add_argument("system", metavar="SYSTEM", nargs="?", type=Path, help="a Python file; without it, the shop")
    report.add_argument("--to", metavar="FILE", default="report.html", help="the file to write (default: report.html)")
    report.add_argument("--seed", metavar="SEED", type=int, default=1, help="which random schedules (default: 1)")
    report.add_argument("--runs", metavar="RUNS", type=int, default=50, help="of each story at most (default: 50)")
    report.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Write the report, and print its verdicts."""
    from cqrs_lab.commands.reported_shop import the_shop
    from cqrs_lab.own_report.door import report

    given = the_shop() if chosen.system is None else defined_in(chosen.system)
    found = report(chosen.to, seed=chosen.seed, runs=chosen.runs, **given)
    print(found)
    return ALL_IS_WELL if found.ok else SOMETHING_IS_FALSE


def defined_in(file: Path) -> dict[str, Any]:
    """Return the parts of a system that a Python file defines.

    It is imported under its own name, beside what stands in its folder, so that classes are found again by name.

    Raises
    ------
    InvalidArgument
        There is no such file, another module has its name, or it defines no part of a system.
    """
    if file.suffix != ".py" or not file.is_file():
        raise InvalidArgument(f"there is no Python file {str(file)!r}; give one, such as bakery/report.py")
    sys.path.insert(0, str(file.resolve().parent))
    module = importlib.import_module(file.stem)
    if Path(str(module.__file__)).resolve() != file.resolve():
        raise InvalidArgument(f"another module is named {file.stem!r}; rename {file.name}, such as my_{file.name}")
    given = {name: vars(module)[name] for name in PARTS if name in vars(module)}
    if not given:
        raise InvalidArgument(f"{file.name} defines none of {', '.join(PARTS)}; see help(lab.report)")
    return {"name": vars(module).get("name", file.stem)} | given
