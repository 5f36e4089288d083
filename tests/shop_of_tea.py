"""A shop with two kinds of events, small enough for a test to hold in mind."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

import cqrs_lab as lab


@dataclass(frozen=True, slots=True)
class Line:
    product: str
    units: int


@dataclass(frozen=True, slots=True)
class Sold:
    customer: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Priced:
    product: str
    mills: int


class TeaSales:
    """Units sold and latest price per product."""

    name, version, events = "tea_sales", 1, (Sold, Priced)
    schema = lab.Schema(index=["product"], columns={"units": "int64", "mills": "int64", "mills_position": "int64"})

    def summarise(self, batch: lab.EventBatch) -> pd.DataFrame:
        # For a few rows, `join` and `fillna` of pandas cost five times as much, and hundreds of tests ask for them.
        lines, prices = batch.frame(Sold, each="lines"), batch.frame(Priced)
        priced = zip(prices["product"], prices["mills"], prices["position"], strict=True)
        rows = {product: [0, mills, position] for product, mills, position in priced}  # the last of each product
        for product, units in zip(lines["product"], lines["units"], strict=True):
            rows.setdefault(product, [0, 0, 0])[0] += units
        index = pd.Index(sorted(rows), dtype="str", name="product")
        return self.schema.conform(pd.DataFrame([rows[one] for one in index], index, list(self.schema.columns)))

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        return lab.merge_rows(table, rows, add=["units"], latest={"mills_position": ["mills"]})


def recorded(*events: object) -> list[lab.RecordedEvent]:
    """Number some events as a log."""
    return [
        lab.RecordedEvent("tea", lab.StreamVersion(at), lab.Position(at), event, recorded_at=float(at))
        for at, event in enumerate(events, 1)
    ]


def a_log() -> list[lab.RecordedEvent]:
    """Sixty events over four products."""
    names = ["green", "black", "white", "mint"]
    events: list[object] = []
    for n in range(30):
        events.append(Sold(f"c-{n % 7}", tuple(Line(names[(n + k) % 4], 1 + k) for k in range(n % 4))))
        events.append(Priced(names[n * 7 % 4], 100 + n))
    return recorded(*events)


def expected_sales(log: list[lab.RecordedEvent]) -> dict[str, list[int]]:
    """Count by hand, event by event: product -> [units, mills, mills_position]."""
    sales: dict[str, list[int]] = {}
    for one in log:
        match one.event:
            case Sold(lines=lines):
                for line in lines:
                    sales.setdefault(line.product, [0, 0, 0])[0] += line.units
            case Priced(product=product, mills=mills):
                sales.setdefault(product, [0, 0, 0])[1:] = [mills, one.position]
    return sales


def as_dict(table: pd.DataFrame) -> dict[str, list[int]]:
    return {key: list(row) for key, row in zip(table.index, table.to_numpy().tolist(), strict=True)}
