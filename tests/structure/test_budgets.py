"""A learner reads the whole core in one sitting: lines of code are counted and bounded.

Blank lines, comments and docstrings are free: they are what makes the rest readable.
"""

import ast
import io
import tokenize
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "cqrs_lab"
CORE = [
    *(PACKAGE / "log" / f"{name}.py" for name in ("envelope", "event_store", "memory", "follower")),
    *(PACKAGE / "write" / f"{name}.py" for name in ("decider", "command_bus", "snapshot", "scenario")),
    *(
        PACKAGE / "read" / f"{name}.py"
        for name in ("batch", "projection", "read_model", "projector", "rebuild", "queries")
    ),
]
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


FILES = {path: lines_of_code(path.read_text()) for path in sorted(PACKAGE.rglob("*.py"))}


def functions():
    """Yield (file:name, lines of code) of every function and method."""
    for path, code in FILES.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, FUNCTION):
                own = code & set(range(node.lineno, node.end_lineno + 1))
                yield f"{path.relative_to(PACKAGE)}:{node.name}", len(own)


def test_the_counter_counts_code_and_nothing_else():
    source = '"""Docstring."""\n\n# comment\ndef f():\n    """Two\n    lines."""\n    return """a\n    b"""\n'
    assert lines_of_code(source) == {4, 7, 8}


def test_the_core_stays_under_a_thousand_lines_of_code():
    assert sum(len(FILES.get(path, ())) for path in CORE) < 1000


def test_every_file_stays_under_250_lines_of_code():
    assert {str(path.relative_to(PACKAGE)): len(code) for path, code in FILES.items() if len(code) >= 250} == {}


def test_every_function_stays_under_30_lines_of_code():
    assert {name: lines for name, lines in functions() if lines >= 30} == {}
