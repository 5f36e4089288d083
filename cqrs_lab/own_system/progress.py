"""How far the runs of a system are, on a terminal: of 100,000 recorded times they take half a minute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from cqrs_lab.own_system.given import GivenSystem

AFTER_SECONDS = 1


@contextmanager
def counted(given: GivenSystem, figures: int, what: str) -> Iterator[GivenSystem]:
    """Let a bar on stderr count the runs of so many figures at most, if that is a terminal and they take a while.

    A search that ends early, and figures that need a second, longer run, leave the bar short of its end or beyond it:
    it closes with what was run.
    """
    from tqdm import tqdm  # only here: it starts a process that counts locks, even if no bar is shown

    with tqdm(total=figures * given.runs, desc=what, disable=None, delay=AFTER_SECONDS, leave=False) as bar:
        yield replace(given, ran=bar.update)
