"""The file list is the CQRS diagram: imports point one way."""

import ast
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

from cqrs_lab.course.progress import PLACE

ROOT = Path(__file__).parents[2]

# Each part of the package, and the parts it may import beside itself. "index" is `import cqrs_lab`, which
# shows the doors of "own_system", "own_report" and "classroom" alone: the rest is loaded when somebody goes through.
LOG = {"errors", "arguments", "findings", "raised", "words", "log"}
BOTH_SIDES = LOG | {"write", "read", "index"}
MAY_IMPORT = {
    "errors": set(),
    "arguments": {"errors"},
    "findings": {"errors", "words"},
    "words": set(),
    "raised": {"errors"},
    "whole": set(),
    "log": {"errors", "arguments", "findings", "words"},
    "write": LOG,
    "read": LOG,
    "index": BOTH_SIDES | {"own_system", "own_report", "classroom"},
    "shop": BOTH_SIDES,
    "simulation": BOTH_SIDES,
    "show": BOTH_SIDES | {"simulation"},
    "tracing": BOTH_SIDES,
    "own_system": BOTH_SIDES | {"simulation", "show"},
    "own_report": BOTH_SIDES | {"simulation", "show", "own_system", "whole"},
    "classroom": BOTH_SIDES | {"shop", "simulation", "show", "whole"},
    "course": BOTH_SIDES | {"simulation", "show", "shop", "whole"},
    "starter": BOTH_SIDES | {"simulation", "shop", "whole"},
    "demo": BOTH_SIDES | {"simulation", "show", "shop", "course"},
    "book": BOTH_SIDES | {"simulation", "show", "shop", "course", "whole"},
    "in_class": BOTH_SIDES | {"show", "course", "book"},
    "commands": BOTH_SIDES
    | {"simulation", "own_system", "own_report", "shop", "course", "starter", "demo", "book", "in_class", "whole"},
    "cli": {"errors", "commands"},
}
BOTTOM = ("errors", "arguments", "findings", "raised", "words", "whole")
LOG_CORE = {f"cqrs_lab.log.{name}" for name in ("envelope", "event_store", "memory", "follower")}


def part(module):
    """Return the part of the package that a module's dotted name belongs to."""
    return (module.split(".") + ["index"])[1]


def imports(path, name):
    """Yield the dotted name of each module that a file imports, wherever in the file it does so."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = name if path.name == "__init__.py" else name.rpartition(".")[0]
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join(above + ([node.module] if node.module else []))
            for alias in node.names:  # `from cqrs_lab import log` names a module, `import Decider` does not
                file = ROOT / source.replace(".", "/") / alias.name
                is_module = file.is_dir() or file.with_suffix(".py").exists()
                yield f"{source}.{alias.name}" if is_module else source


def edges():
    """Yield (importing module, imported module) for the whole package."""
    for path in sorted((ROOT / "cqrs_lab").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        yield from ((name, imported) for imported in imports(path, name))


@cache
def parted():
    """Return the edges that stay inside the package, and those that lead out of it."""
    every = list(edges())
    return [[edge for edge in every if (edge[1].split(".")[0] == "cqrs_lab") is stays] for stays in (True, False)]


def inside():
    return parted()[0]


def outside():
    return parted()[1]


def test_imports_point_one_way():
    assert [edge for edge in inside() if part(edge[1]) not in MAY_IMPORT[part(edge[0])] | {part(edge[0])}] == []


def test_the_two_sides_of_the_shop_share_its_events_alone():
    def shop_part(module):
        return (module.split(".") + ["index"])[2]

    may_import = {"events": {"events"}, "write": {"events", "write"}, "read": {"events", "read"}}
    in_the_shop = [(one, other) for one, other in inside() if part(one) == part(other) == "shop"]
    assert [
        (one, other)
        for one, other in in_the_shop
        if shop_part(one) in may_import and shop_part(other) not in may_import[shop_part(one)]
    ] == []


def test_the_core_of_the_log_and_the_write_side_need_the_standard_library_alone():
    bound = [edge for edge in outside() if edge[0] in LOG_CORE or part(edge[0]) in (*BOTTOM, "write")]
    assert [edge for edge in bound if edge[1].split(".")[0] not in sys.stdlib_module_names] == []


def test_the_log_does_not_know_that_its_readers_have_dataframes():
    """Law 5 and its tables are the readers' affair; `command_id` knows a NumPy number without importing NumPy."""
    assert [edge for edge in outside() if part(edge[0]) == "log" and edge[1].split(".")[0] in ("pandas", "numpy")] == []


def test_tracing_alone_knows_opentelemetry_and_nothing_knows_tracing():
    assert {part(one) for one, other in outside() if other.split(".")[0] == "opentelemetry"} == {"tracing"}
    assert {part(one) for one, other in inside() if part(other) == "tracing"} == {"tracing"}


def test_both_sides_know_a_store_by_its_promises_alone():
    stores = ("cqrs_lab.log.memory", "cqrs_lab.log.stores")
    assert [edge for edge in inside() if part(edge[0]) in ("read", "write") and edge[1].startswith(stores)] == []


def asked_by_name(source):
    """Yield the lines in which a store is asked for something by name, and not by a type that says what it can do."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
            whom = ast.unparse(node.args[0])
            if isinstance(node.args[1], ast.Constant) and whom.rpartition(".")[2].strip("_") == "store":
                yield node.lineno


def test_what_a_store_can_do_is_told_by_types():
    assert list(asked_by_name("getattr(self.store, 'hold', None)\ngetattr(store, name)\ngetattr(row, 'store')")) == [1]
    files = (ROOT / "cqrs_lab").rglob("*.py")
    assert {path.name: lines for path in files if (lines := list(asked_by_name(path.read_text())))} == {}


def test_importing_the_package_loads_neither_scipy_nor_matplotlib():
    code = "import sys, cqrs_lab; print({'scipy', 'matplotlib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"


FIRST_CELLS = """
import json, sys
from pathlib import Path
for path in sorted(Path("notebooks").glob("[0-9]*.ipynb")):
    first = next(cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code")
    exec("".join(first["source"]), {"__name__": "__main__"})
    loaded = {"matplotlib", "scipy.stats", "scipy.optimize", "scipy.integrate"} & sys.modules.keys()
    print(path.stem, *sorted(loaded))
"""


def test_the_first_cell_of_a_lesson_waits_for_no_chart_and_no_statistics():
    run = [sys.executable, "-c", FIRST_CELLS]
    notes = os.environ | {PLACE: "memory"}
    done = subprocess.run(run, cwd=ROOT, env=notes, check=True, capture_output=True, text=True)
    assert done.stdout.split() == [path.stem for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))]
