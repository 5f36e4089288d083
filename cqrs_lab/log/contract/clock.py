"""The computer's clock, moved for one thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock


@contextmanager
def clock_moved(seconds: float) -> Iterator[None]:
    """Let this thread read a later time from the `time` module; an earlier one if `seconds` are negative."""
    here, real, real_ns = threading.get_ident(), time.time, time.time_ns

    def moved() -> float:
        return seconds if threading.get_ident() == here else 0.0

    with mock.patch.multiple(time, time=lambda: real() + moved(), time_ns=lambda: real_ns() + int(moved() * 1e9)):
        yield
