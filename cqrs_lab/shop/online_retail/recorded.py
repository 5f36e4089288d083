"""What happened to the rows of a file, and to those of the real year when the shop ran it: numbers only."""

from __future__ import annotations

import pandas as pd

from cqrs_lab.shop.online_retail.figures import pounds
from cqrs_lab.shop.online_retail.published import published_totals
from cqrs_lab.shop.online_retail.rows import OnlineRetail
from cqrs_lab.shop.online_retail.totals import rows_of_file, totals

ENDED = {
    "order lines": "order line",
    "credit lines": "credit line",
    "charges": "charge",
    "stock adjustments": "stock adjustment",
    "refused, with a reason": "rejected",
}
NET = "net value"

# `account_for` of the whole of Online Retail. tests/shop runs it again where the file is.
REAL_YEAR: dict[str, str] = {
    "rows in the file": "541,909",
    "commands": "29,808",
    "events": "29,832",
    "added by a second run": "0",
    "order lines": "527,795",
    "credit lines": "8,704",
    "charges": "2,946",
    "stock adjustments": "1,335",
    "refused, with a reason": "1,129",
    "rows without a place": "0",
    "rows with two places": "0",
    "net value, pounds": "9,747,747.934",
    "off from the file's own sum": "0.000",
    "off from the published sum": "0.000",
}


def account_for(
    recorded: pd.DataFrame, file: OnlineRetail, *, commands: int, events: int, again: int
) -> dict[str, str]:
    """Return what happened to the rows of a file, with the names of `REAL_YEAR`, to be shown beside it.

    Parameters
    ----------
    recorded : DataFrame
        The table of `RowOutcomes`, its index as columns.
    file : OnlineRetail
    commands, events : int
        How many the file was turned into, and how many were recorded.
    again : int
        How many events were added when the same commands were sent a second time.

    Examples
    --------
    >>> import cqrs_lab as lab
    >>> from cqrs_lab.shop.online_retail import RowOutcomes, account_for, open_year, replay
    >>> store, path = lab.MemoryEventStore(), open_year().file.path
    >>> sent, second = replay(path, store), replay(path, store)
    >>> recorded = sent.projectors[RowOutcomes.name].table.reset_index()
    >>> counts = {"commands": sent.commands, "events": sent.recorded, "again": second.recorded}
    >>> account = account_for(recorded, sent.file, **counts)
    >>> account["rows without a place"], account["added by a second run"]
    ('0', '0')
    """
    ended = recorded["outcome"].value_counts()
    net, own = (totals(rows)[NET] for rows in (recorded, rows_of_file(file.text)))
    published = published_totals(file.rows).get(NET)
    counts = {
        "rows in the file": len(file.rows),
        "commands": commands,
        "events": events,
        "added by a second run": again,
        **{name: int(ended.get(outcome, 0)) for name, outcome in ENDED.items()},
        "rows without a place": len(file.rows) - len(recorded),
        "rows with two places": int((recorded["times"] > 1).sum()),
    }
    return {
        **{name: f"{number:,}" for name, number in counts.items()},
        "net value, pounds": pounds(net),
        "off from the file's own sum": pounds(net - own),
        "off from the published sum": "none is published" if published is None else pounds(net - published),
    }
