"""The file's own sums, from its text alone: what the read models are compared with.

Nothing here has seen a command or an event. Prices go another way to mills than in `rows`, and the outcome
of each row is told from its text, so that a fault of the shop or of the replay cannot hide in both columns.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from cqrs_lab.shop.online_retail.commands import CREDIT_NOTE, is_charge

# How a row can end: outcome, and reason if it is rejected. The first that fits a row is its own.
ENDS = (
    ("charge", ""),
    ("rejected", "a test entry"),  # a stock adjustment
    ("stock adjustment", ""),
    ("rejected", "a test entry"),
    ("rejected", "quantity must be 1 or more"),
    ("rejected", "price must not be negative"),
    ("rejected", "no price and no customer: neither a sale nor a gift"),
    ("credit line", ""),
    ("order line", ""),
)
ON_STOCK = (1, 2)

def rows_of_file(text: pd.DataFrame) -> pd.DataFrame:
    """Return how each row should end, by its text.

    Parameters
    ----------
    text : DataFrame
        As in `OnlineRetail`.

    Returns
    -------
    DataFrame
        One row per row of the file, in its order. Columns as `RowOutcomes` has them: document, line, outcome,
        reason, code, customer, country, units, value_mills.
    """
    units = _numbers(text["Quantity"]).astype("int64")
    price_mills = np.rint(_numbers(text["UnitPrice"]) * 1000).astype("int64")
    ends = _ends(text, units, price_mills)
    outcomes, reasons = (pd.Categorical(names) for names in zip(*ENDS, strict=True))
    # The books of stock know no country.
    country = text["Country"].cat.add_categories("").mask(np.isin(ends, ON_STOCK), "")
    columns = {
        "document": text["InvoiceNo"].array,
        "line": text.groupby("InvoiceNo", sort=False, observed=True).cumcount().to_numpy() + 1,
        "outcome": outcomes.take(ends),
        "reason": reasons.take(ends),
        "code": text["StockCode"].array,
        "customer": text["CustomerID"].array,
        "country": country.array,
        "units": units,
        "value_mills": units * price_mills,
    }
    return pd.DataFrame(columns, copy=False)


def _ends(text: pd.DataFrame, units: np.ndarray, price_mills: np.ndarray) -> np.ndarray:
    """Return which of `ENDS` each row comes to, by its number there."""
    credit = _that(text["InvoiceNo"], lambda invoice: invoice.startswith(CREDIT_NOTE))
    test = _that(text["Description"], lambda description: description.strip().casefold() == "test")
    unknown = (text["CustomerID"] == "").to_numpy()
    free = price_mills == 0
    alone = ~text["InvoiceNo"].duplicated(keep=False).to_numpy()
    on_stock = alone & ~credit & (units < 0) & free & unknown
    fits = [
        _that(text["StockCode"], is_charge),
        on_stock & test,
        on_stock,
        test,
        np.where(credit, units >= 0, units <= 0),
        price_mills < 0,
        free & unknown,
        credit,
    ]
    return np.select(fits, range(len(fits)), default=len(fits))


def _that(texts: pd.Series, fits: Callable[[str], bool]) -> np.ndarray:
    """Ask a question once of each different text."""
    return np.array([fits(text) for text in texts.cat.categories], dtype=bool)[texts.cat.codes]


def _numbers(texts: pd.Series) -> np.ndarray:
    return np.array([float(text) for text in texts.cat.categories])[texts.cat.codes]


def totals(rows: pd.DataFrame) -> dict[str, int]:
    """Add up rows, of the file or of the read models: names as in `PUBLISHED`, money in mills."""
    number, documents = pd.factorize(rows["document"])
    cancellation = documents.str.startswith(CREDIT_NOTE)
    on_cancellation = cancellation[number]
    value_mills = rows["value_mills"].to_numpy()
    sums = {
        "rows": len(rows),
        "invoices": len(documents),
        "of them cancellations": cancellation.sum(),
        "customers": rows["customer"].nunique() - (rows["customer"] == "").any(),
        "stock codes": rows["code"].nunique(),
        "countries": rows["country"].nunique() - (rows["country"] == "").any(),
        "units": rows["units"].sum(),
        "net value": value_mills.sum(),
        "value on other invoices": value_mills[~on_cancellation].sum(),
        "value on cancellations": value_mills[on_cancellation].sum(),
        "lines without a customer": (rows["customer"] == "").sum(),
    }
    return {name: int(total) for name, total in sums.items()}


def duplicate_lines(text: pd.DataFrame) -> int:
    """Count the rows that stand in the file already, equal in every column."""
    return int(text.duplicated().sum())
