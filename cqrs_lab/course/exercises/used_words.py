"""What an answer is made of: the names that its code uses, and the first words of its statements."""

from __future__ import annotations

from collections.abc import Sequence
from types import CodeType
from typing import Any


def names_in(function: Any) -> set[str]:
    """Return the names that the code of a function, or of a function inside it, uses."""

    def used(code: CodeType) -> set[str]:
        inside = (used(one) for one in code.co_consts if isinstance(one, CodeType))
        return set(code.co_names).union(code.co_freevars, *inside)

    code = getattr(function, "__code__", None)
    return used(code) if isinstance(code, CodeType) else set()


def mentions(function: Any, *names: str) -> bool:
    """Return whether the code of a function uses one of these names."""
    return not names_in(function).isdisjoint(names)


def first_words(statements: Sequence[str]) -> list[str]:
    """Return the first word of each statement, in capitals."""
    return [sql.split(None, 1)[0].upper() if sql.split() else "" for sql in statements]
