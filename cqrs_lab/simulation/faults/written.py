"""Values as text that is the same in every process: a ticket's fingerprint is made from it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from typing import Any

_PLACE = re.compile(r" at 0x[0-9a-fA-F]+")


def written(value: Any) -> str:
    """Return a value's text as `repr` does, but with sets and mappings in sorted order, at every depth.

    The order of a set of strings differs from one Python process to the next.

    Examples
    --------
    >>> from cqrs_lab.simulation.faults.written import written
    >>> written({"order": frozenset({"pot", "cup"})})
    "{'order': frozenset({'cup', 'pot'})}"
    """
    name = type(value).__name__
    if is_dataclass(value) and not isinstance(value, type):
        parts = [f"{one.name}={written(getattr(value, one.name))}" for one in fields(value) if one.repr]
        return f"{type(value).__qualname__}({', '.join(parts)})"
    if isinstance(value, Mapping):
        text = "{" + ", ".join(sorted(f"{written(key)}: {written(one)}" for key, one in value.items())) + "}"
        return text if type(value) is dict else f"{name}({text})"
    if isinstance(value, AbstractSet):
        text = "{" + ", ".join(sorted(map(written, value))) + "}" if value else ""
        return text if type(value) is set and value else f"{name}({text})"
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return f"{name}({', '.join(f'{key}={written(one)}' for key, one in zip(value._fields, value, strict=True))})"
    if isinstance(value, list | tuple):
        inner = ", ".join(map(written, value)) + ("," if isinstance(value, tuple) and len(value) == 1 else "")
        return f"({inner})" if isinstance(value, tuple) else f"[{inner}]"
    return without_places(repr(value))


def without_places(text: str) -> str:
    """Return a text without memory addresses, which the `repr` of an object or an error may contain."""
    return _PLACE.sub("", text)
