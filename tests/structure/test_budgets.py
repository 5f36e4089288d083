"""A learner reads the whole core in one sitting: lines of code are counted and bounded.

Blank lines, comments and docstrings are free: they are what makes the rest readable.
"""

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "cqrs_lab"
FREE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def lines_of_code(source):
    """Return the numbers of the lines that hold code."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    code = {line for token in tokens if token.type not in FREE for line in range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, *FUNCTION)) and ast.get_docstring(node) is not None:
            code -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return code


@cache
def files():
    """Return the lines of code of every file; counted by the worker that asks, not by all that find the tests."""
    return {path: lines_of_code(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}


def functions():
    """Yield (file:name, lines of code) of every function and method."""
    for path, code in files().items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, FUNCTION):
                own = code & set(range(node.lineno, node.end_lineno + 1))
                yield f"{path.relative_to(PACKAGE)}:{node.name}", len(own)


def test_the_counter_counts_code_and_nothing_else():
    source = '"""Docstring."""\n\n# comment\ndef f():\n    """Two\n    lines."""\n    return """a\n    b"""\n'
    assert lines_of_code(source) == {4, 7, 8}


def modules_imported(path):
    """Return the modules of the kit that a file imports when it is imported itself."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cqrs_lab."):
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def files_behind_the_tour():
    """Return the files of log, write and read that README's tour imports, one by the other."""
    tour = re.search(r"```python\n(import cqrs_lab as lab.*?)```", (PACKAGE.parent / "README.md").read_text(), re.S)[1]
    names = set(re.findall(r"\blab\.(\w+)", tour))
    index = ast.parse((PACKAGE / "__init__.py").read_text()).body
    todo = [one.module for one in index if isinstance(one, ast.ImportFrom) for two in one.names if two.name in names]
    found = set()
    while todo:
        path = PACKAGE.parent.joinpath(*todo.pop().split(".")).with_suffix(".py")
        if path in files() and path not in found:
            found.add(path)
            todo += modules_imported(path)
    return {path for path in found if path.parent.name in ("log", "write", "read")}


def test_the_core_stays_under_a_thousand_lines_of_code():
    """The rooms within log, write and read can wait (decision 0016): the core is what stands at the top of each."""
    core = files_behind_the_tour()
    assert {path.stem for path in core} >= {"memory", "follower", "command_bus", "projector", "read_model", "queries"}
    assert sum(len(files()[path]) for path in core) < 1000


def test_no_file_of_the_core_imports_another_one_late():
    """An import within a function would not be counted; what is imported for types alone is not run."""
    late = []
    for path in files_behind_the_tour():
        for function in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, FUNCTION)):
            late += [path.name for node in ast.walk(function) if isinstance(node, (ast.Import, ast.ImportFrom))]
    assert late == []


def test_every_file_stays_under_250_lines_of_code():
    assert {str(path.relative_to(PACKAGE)): len(code) for path, code in files().items() if len(code) >= 250} == {}


def test_every_function_stays_under_30_lines_of_code():
    assert {name: lines for name, lines in functions() if lines >= 30} == {}
