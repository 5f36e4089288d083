"""Serialises an answer so that another process can run it: functions, classes and objects of the notebook by value."""

from __future__ import annotations

import dataclasses
import functools
import io
import socket
import sqlite3
import sys
import threading
import types
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import cloudpickle
import traitlets

from cqrs_lab.course.guard import NotCopied
from cqrs_lab.raised import is_the_readers

DYNAMIC = "<dynamic-code>"
"""What cloudpickle writes in place of a file's name."""
LOCKS = {type(threading.Lock()): threading.Lock, type(threading.RLock()): threading.RLock}
SINGLE = {id(getattr(dataclasses, name)): name for name in ("MISSING", "KW_ONLY")}
CACHED = type(functools.cache(len))
STAY_BEHIND = (
    types.GeneratorType | types.CoroutineType | types.AsyncGeneratorType | types.FrameType | types.TracebackType,
    sqlite3.Connection | sqlite3.Cursor | socket.socket | threading.Thread | weakref.ReferenceType,
    io.FileIO | io.BufferedIOBase | io.TextIOWrapper | traitlets.HasTraits,
)


class LeftBehind:
    """Replaces something that cannot be copied, and says so when it is used."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise self._error()

    def _error(self) -> NotCopied:
        return NotCopied(f"a {self._kind} of the notebook; an answer is tried as a copy, and that cannot be copied")

    def _used(self, *arguments: Any, **named: Any) -> Any:
        raise self._error()

    def __repr__(self) -> str:
        return f"<a {self._kind}, not copied>"

    __call__ = __iter__ = __next__ = __len__ = __getitem__ = __contains__ = __enter__ = __exit__ = _used


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc, unused-ignore] # it comes without types
    def reducer_override(self, value: Any) -> Any:
        """Return how to recreate a lock or a singleton, and replace what cannot leave this process."""
        if type(value) in LOCKS:
            return LOCKS[type(value)], ()
        if id(value) in SINGLE:
            return SINGLE[id(value)]
        if isinstance(value, types.CodeType):
            make, parts = self.dispatch_table[types.CodeType](value)  # without the file, no error could name its line
            return make, tuple(value.co_filename if part == DYNAMIC else part for part in parts)
        if type(value).__module__ == "IPython.core.autocall":  # exit and quit, as a cell knows them
            return getattr, (sys, "exit")
        if isinstance(value, STAY_BEHIND) and not isinstance(value, io.BytesIO):
            return LeftBehind, (type(value).__name__,)
        if isinstance(value, CACHED) and _is_of_the_learner(value):
            return _cached, (value.cache_parameters(), value.__wrapped__)  # cloudpickle knows it by its name alone
        return super().reducer_override(value)


def _cached(parameters: dict[str, Any], function: Callable[..., Any]) -> Callable[..., Any]:
    again: Callable[..., Any] = functools.lru_cache(**parameters)(function)
    return again


def _is_of_the_learner(function: Any) -> bool:
    return function.__module__ == "__main__" or _is_own(sys.modules.get(function.__module__))


def written(value: Any) -> bytes:
    """Return a value as bytes that `pickle.loads` reads in another process.

    Raises
    ------
    NotCopied
        Something in it can neither be copied nor replaced.
    """
    file = io.BytesIO()
    with _own_modules_by_value():
        try:
            _Pickler(file).dump(value)
        except Exception as error:  # noqa: BLE001 - an object of the learner's may raise anything when it is copied
            raise NotCopied(f"{type(error).__name__}: {error}") from None
    return file.getvalue()


@contextmanager
def _own_modules_by_value() -> Iterator[None]:
    """Copy code from the learner's own files, too: the other process may have loaded them before they changed."""
    own = [module for name, module in list(sys.modules.items()) if name != "__main__" and _is_own(module)]
    for module in own:
        cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        for module in own:
            cloudpickle.unregister_pickle_by_value(module)


def _is_own(module: Any) -> bool:
    file, name = getattr(module, "__file__", None), getattr(module, "__name__", "")
    return isinstance(file, str) and sys.modules.get(name) is module and is_the_readers(file)
