"""The shop's seven read models, key by key and in sum, beside what the rows of the file say of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from cqrs_lab.read.projector import Projector
from cqrs_lab.shop.online_retail.figures import Figure

SUMS: list[str] = ["units", "value_mills"]
TITLES = {"value_mills": "value", "revenue_mills": "value", "quantity": "units"}


def figures_of_models(projectors: Mapping[str, Projector], rows: pd.DataFrame, text: pd.DataFrame) -> Iterator[Figure]:
    """Compare each read model of the shop with the file.

    Parameters
    ----------
    projectors : mapping of projection name to Projector
        As in `Replay`.
    rows : DataFrame
        As from `rows_of_file`.
    text : DataFrame
        As in `OnlineRetail`, the same rows.
    """
    tables = {name: projector.table for name, projector in projectors.items()}
    keyed = rows[["document", "code", *SUMS]].assign(day=_days(text))
    is_it = {outcome: (rows["outcome"] == outcome).to_numpy() for outcome in rows["outcome"].unique()}
    ordered, credited, charged, adjusted = (
        is_it.get(outcome, np.zeros(len(rows), bool))
        for outcome in ("order line", "credit line", "charge", "stock adjustment")
    )
    goods, billed = keyed[ordered | credited], keyed[ordered | credited | charged]
    listed = keyed[ordered & (keyed["value_mills"] > 0)]
    moved = pd.DataFrame({"adjusted": _by(keyed[adjusted], "code")["units"], "ordered": _by(goods, "code")["units"]})

    yield from _compare("product_listing", "products", tables["product_listing"], _by(listed, "code")[[]])
    yield from _compare("cart", "lines", tables["cart"], pd.DataFrame(index=[]))
    yield from _compare("order_history", "orders and credit notes", tables["order_history"], _by(billed, "document"))
    yield from _details(tables["order_details"], billed)
    yield from _compare("inventory_levels", "products", tables["inventory_levels"], moved.fillna(0).astype("int64"))
    revenue, sold = (tables[name].rename(columns=TITLES) for name in ("revenue_by_day", "best_sellers"))
    yield from _compare("revenue_by_day", "days", revenue, _by(billed, "day").rename(columns=TITLES))
    yield from _compare("best_sellers", "products", sold, _by(goods, "code").rename(columns=TITLES))


def _by(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    sums = rows.groupby(key, observed=True)[SUMS].sum()
    return sums.set_axis(sums.index.astype("datetime64[us]" if key == "day" else "str"))


def _compare(name: str, keys: str, table: pd.DataFrame, sums: pd.DataFrame) -> Iterator[Figure]:
    """Compare the columns of `sums`: how many keys, how many with the same numbers, and what they add up to."""
    same = (table.reindex(sums.index)[list(sums)] == sums).all(axis="columns") & sums.index.isin(table.index)
    yield Figure(f"{name}, {keys}", len(table), len(sums))
    yield Figure(f"{name}, {keys} that agree", int(same.sum()), len(sums))
    for column in sums:
        yield Figure(f"{name}, {TITLES.get(str(column), column)}", int(table[column].sum()), int(sums[column].sum()))


def _details(details: pd.DataFrame, billed: pd.DataFrame) -> Iterator[Figure]:
    value_mills = (details["quantity"] * details["unit_price_mills"]).sum()
    yield Figure("order_details, lines", len(details), len(billed))
    yield Figure("order_details, units", int(details["quantity"].sum()), int(billed["units"].sum()))
    yield Figure("order_details, value", int(value_mills), int(billed["value_mills"].sum()))


def _days(text: pd.DataFrame) -> np.ndarray:
    """Return the day of each row's document: that of its first row."""
    times = text["InvoiceDate"].cat
    days = pd.to_datetime([time[:10] for time in times.categories])
    first = times.codes[~text["InvoiceNo"].duplicated()].to_numpy()
    return days.to_numpy()[first[text["InvoiceNo"].cat.codes]]
