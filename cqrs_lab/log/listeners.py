"""The functions that a store calls after each commit, each isolated from the others."""

from __future__ import annotations

import threading
from collections.abc import Callable

from cqrs_lab.arguments import function


class Listeners:
    """Functions that are called when the log has grown.

    If one raises an error, the commit stands and the others are still called: the error goes to `threading.excepthook`,
    which prints the traceback, as for an error that ends a thread. Anything that is not an `Exception`, such as an
    interrupt, ends the round and goes to the writer, whose commit stands; the listeners that were not reached are
    called at the next commit, and then find both in the log.

    Examples
    --------
    >>> from cqrs_lab.log.listeners import Listeners
    >>> listeners = Listeners()
    >>> end = listeners.add(lambda: print("the log has grown"))
    >>> listeners.announce()
    the log has grown
    >>> end()
    >>> listeners.announce()
    """

    def __init__(self) -> None:
        self._calls: dict[object, Callable[[], object]] = {}

    def add(self, on_growth: Callable[[], object]) -> Callable[[], None]:
        """Call `on_growth` from now on; return a function that ends that, for this one call of `add`."""
        place = object()
        self._calls[place] = function("on_growth", on_growth, "a function; give one without arguments")

        def end() -> None:
            self._calls.pop(place, None)

        return end

    def announce(self) -> None:
        """Call every listener."""
        for on_growth in self._calls.copy().values():
            try:
                on_growth()
            except Exception as error:  # noqa: BLE001 - the commit stands; no caller could do anything about it
                error.add_note("A listener of the event store raised this. The commit it heard of stands.")
                uncaught = type(error), error, error.__traceback__, threading.current_thread()
                threading.excepthook(threading.ExceptHookArgs(uncaught))
