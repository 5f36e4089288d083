"""A sentence says "1 event" and "2 events": a number that may be one is written by `count` or `brief_count`."""

import ast
import re
from pathlib import Path

import pytest

from cqrs_lab.words import count

PACKAGE = Path(__file__).parents[2] / "cqrs_lab"
THINGS = (
    "events|commands|rows|units|days|runs|visits|parts|checks|columns|kinds|cells|replicas|steps|threads|cases|streams|"
    "tables|polls"
)
PLURAL = re.compile(rf" ({THINGS})\b")
# Always several: a limit that was passed, one side of a choice between one and many, or more than a thousand.
SEVERAL = {
    ("about_projections.py", "commands"), ("any_day.py", "spans[0]"),
    ("any_day.py", "' + '.join(map(str, spans))"), ("arrivals.py", "count"),
    ("contention.py", "threads"), ("contract.py", "len(log)"), ("updating.py", "left"),
    ("given.py", "len(self.commands)"), ("given.py", "runs"), ("given.py", "simulated"),
    ("given.py", "found.events"), ("lag_over_time.py", "len(committed)"), ("lesson_09b.py", "len(read)"),
    ("measured.py", "self.needed_events"), ("process_run.py", "self.most"), ("rows.py", "form.total"),
    ("run.py", "events"), ("times_file.py", "sent"), ("times_file.py", "len(self.commands)"),
    ("times_file.py", "names.count(name)"), ("world.py", "visits"),
}  # fmt: skip


def may_be_one(source):
    """Yield what is written before a plural as it is, and is neither a constant nor a call that says how many."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.JoinedStr):
            continue
        for number, words in zip(node.values, node.values[1:], strict=False):
            if not isinstance(number, ast.FormattedValue) or not isinstance(words, ast.Constant):
                continue
            if PLURAL.match(words.value) and not ast.unparse(number.value).isupper():
                yield ast.unparse(number.value), words.value.split()[0]


def test_the_search_finds_what_is_written_as_it_is():
    assert list(may_be_one("f'{len(log)} events'; f'{MOST:,} events'; f'{name} changes'; f'{a:,} rows of {b}'")) == [
        ("len(log)", "events"), ("a", "rows"),
    ]  # fmt: skip


def test_no_sentence_says_one_events():
    found = {
        (path.name, *one) for path in PACKAGE.rglob("*.py") for one in may_be_one(path.read_text(encoding="utf-8"))
    }
    assert sorted(one for one in found if one[:2] not in SEVERAL) == []
    assert sorted(SEVERAL - {one[:2] for one in found}) == []


@pytest.mark.parametrize(("number", "said"), [(0, "0 events"), (1, "1 event"), (2, "2 events"), (1200, "1,200 events")])
def test_one_is_one(number, said):
    assert count(number, "event") == said
