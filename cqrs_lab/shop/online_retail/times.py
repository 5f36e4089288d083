"""When the documents of a day were written: recorded times for a simulation."""

from __future__ import annotations

from datetime import date

import pandas as pd

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.shop.online_retail.rows import OnlineRetail


def times_of_a_day(retail: OnlineRetail, day: date | str) -> list[float]:
    """Return when the invoices and credit notes of a day were written, in seconds from the first one.

    The file keeps minutes, so several may have the same time. ``RecordedTimes(times_of_a_day(…))`` are arrivals.

    Parameters
    ----------
    retail : OnlineRetail
    day : date or str
        Such as "2011-11-29".

    Returns
    -------
    list of float
        One per document, in order of time; the first is 0.

    Raises
    ------
    InvalidArgument
        Nothing was written on that day.
    """
    written = retail.rows.drop_duplicates("invoice")["at"].sort_values()
    own = written[written.dt.date == pd.Timestamp(day).date()]
    if not len(own):
        raise InvalidArgument(
            f"{day}: the shop wrote nothing; it was open from {written.iloc[0]} to {written.iloc[-1]}"
        )
    seconds: list[float] = (own - own.iloc[0]).dt.total_seconds().tolist()
    return seconds
