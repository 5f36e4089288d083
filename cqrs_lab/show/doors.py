"""What a view accepts: each check returns the argument, or refuses it in one sentence with what to give."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import pandas as pd

from cqrs_lab.arguments import function, having, refuse, text
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.guards.accepted import check_declaration, check_store
from cqrs_lab.read.projection import Projection
from cqrs_lab.write.decider import Decider

Kind = TypeVar("Kind")


def a_store(value: Any) -> EventStore:
    """Return an event store."""
    check_store(value)
    store: EventStore = value
    return store


def a_decider(value: Any, name: str = "decider") -> Decider[Any, Any, Any]:
    """Return a decider."""
    wanted = "a decider; give a Decider(initial_state, decide, evolve)"
    decider: Decider[Any, Any, Any] = having(name, value, ("decide", "evolve", "fold"), wanted)
    return decider


def instance(name: str, value: Any, kind: type[Kind], wanted: str) -> Kind:
    """Return an object of this class."""
    if not isinstance(value, kind):
        raise refuse(name, value, wanted)
    return value


def listed(name: str, value: Any, wanted: str, *, least: int = 1) -> list[Any]:
    """Return a list of what was given, not a text, with at least this number of items."""
    found = list(value) if isinstance(value, Iterable) and not isinstance(value, (str, bytes, Mapping, type)) else None
    if found is None or len(found) < least:
        raise refuse(name, value, wanted)
    return found


def by_name(name: str, value: Any, wanted: str) -> dict[str, Any]:
    """Return a mapping from names, with at least one."""
    if not isinstance(value, Mapping) or not value:
        raise refuse(name, value, wanted)
    return {text(f"a name in {name}", one, "a name; give a text"): value[one] for one in value}


def function_of(name: str, value: Any, count: int, wanted: str, names: Sequence[str] = ()) -> Callable[..., Any]:
    """Return a function that can be called with this number of arguments, and with those of these names."""
    function(name, value, wanted)
    try:
        inspect.signature(value).bind(*[None] * count, **dict.fromkeys(names))
    except TypeError:
        raise refuse(name, value, wanted) from None
    except ValueError:  # what is written in C does not say what it takes
        if isinstance(value, type):
            raise refuse(name, value, wanted) from None
    returned: Callable[..., Any] = value
    return returned


def some_projections(value: Any, *, least: int = 0) -> list[Projection]:
    """Return a list of projections, each of another name."""
    found = listed("projections", value, "a list of projections; give one such as [BestSellers()]", least=least)
    for one in found:
        check_declaration(one)
    names = [one.name for one in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise InvalidArgument(f"projections has {twice[0]!r} twice; give each projection once, under a name of its own")
    return found


def a_frame(name: str, value: Any, columns: Sequence[str], comes_from: str) -> pd.DataFrame:
    """Return a DataFrame that has these columns, also one without rows."""
    if not isinstance(value, pd.DataFrame):
        raise refuse(name, value, f"a DataFrame; give {comes_from}")
    if missing := [column for column in columns if column not in value.columns]:
        raise InvalidArgument(f"{name} has no column {missing[0]!r}; give {comes_from}, with {', '.join(columns)}")
    return value


def finite(name: str, frame: pd.DataFrame, columns: Sequence[str], wanted: str = "a number of seconds") -> None:
    """Refuse a DataFrame with something other than finite numbers in these columns."""
    for column in columns:
        values = frame[column]
        numbers = pd.to_numeric(values, errors="coerce")
        if (wrong := values[~(numbers.abs() < float("inf"))]).size:
            raise InvalidArgument(
                f"{name} has {str(wrong.iloc[0])!r} under {column!r}, in row {wrong.index[0]}; "
                f"give {wanted} in every row"
            )
