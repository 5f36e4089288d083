"""How far a command is, on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

FORM = "{desc}: {percentage:3.0f}% |{bar}| {n:,}/{total:,} [{elapsed}<{remaining}]"


def bar(items: Sequence[Any], what: str = "commands") -> Iterable[Any]:
    """Show the progress on stderr, if that is a terminal."""
    from tqdm import tqdm

    shown: Iterable[Any] = tqdm(items, desc=what, bar_format=FORM, disable=None)
    return shown
