"""A table as a few short texts, for a box that has no room for all of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from cqrs_lab.words import shortened


def few_columns(frame: pd.DataFrame, most: int = 4) -> pd.DataFrame:
    """Return a table as texts that fit into a box: its key, and those columns that tell most.

    Columns of positions and times, and those that hold nothing but zero, are left out; of the rest the last stay. An
    amount of mills is told in pounds.
    """
    keys = (
        frame.index.to_frame(index=False).astype(str).agg(" ".join, axis="columns")
        if len(frame)
        else pd.Series(dtype="str")
    )
    shown: dict[str, Iterable[str]] = {str(frame.index.names[0] or "row").removesuffix("_id"): keys.to_list()}
    columns = [
        name
        for name, values in frame.items()
        if not str(name).endswith("position") and not pd.api.types.is_datetime64_any_dtype(values) and _tells(values)
    ]
    for name in columns[1 - most :]:
        shown[str(name).removesuffix("_mills")] = [_short(name, value) for value in frame[name]]
    return pd.DataFrame(shown, index=keys.to_list())


def _tells(values: pd.Series[Any]) -> bool:
    return not pd.api.types.is_numeric_dtype(values) or bool((values != 0).any())


def _short(name: Any, value: Any) -> str:
    if str(name).endswith("_mills"):
        return f"£{value / 1000:,.2f}"
    if isinstance(value, float):
        return f"{value:,.3g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else shortened(str(value), 10)
