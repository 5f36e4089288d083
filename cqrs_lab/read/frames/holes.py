"""Missing values in a table: what was expected there, and what came instead."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd


def hole_in_columns(frame: pd.DataFrame) -> tuple[str, str] | None:
    """Return the first column in which a value is missing; None if there is none."""
    may = [name for name, dtype in frame.dtypes.items() if _may_lack(dtype)]
    found = next((str(name) for name in may if bool(frame[name].array.isna().any())), None)
    return None if found is None else ("0 or '' where nothing is known", f"NaN in {found!r}")


def hole_in_index(frame: pd.DataFrame) -> tuple[str, str] | None:
    """Return the first index level in which a key is missing; None if there is none."""
    levels = frame.index.codes if isinstance(frame.index, pd.MultiIndex) else [np.where(frame.index.isna(), -1, 0)]
    named = zip(frame.index.names, levels, strict=True)
    found = next((str(name) for name, codes in named if (np.asarray(codes) < 0).any()), None)
    return None if found is None else ("a key in each row", f"no {found!r} in one")


@cache
def _may_lack(dtype: Any) -> bool:
    # Whole numbers of NumPy always have a value. Times may lack one (NaT): datetime64 has no other unset value.
    whole = isinstance(dtype, np.dtype) and dtype.kind in "iub"
    return not whole and not str(dtype).startswith("datetime64")
