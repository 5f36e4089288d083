"""What is sold in a benchmark: one event, and a projection that adds it up."""

from __future__ import annotations

from dataclasses import dataclass

import cqrs_lab as lab


@dataclass(frozen=True, slots=True)
class Sold:
    product: str
    units: int


class Totals:
    name, version, events = "totals", 1, (Sold,)
    schema = lab.Schema(index=["product"], columns={"units": "int64"})

    def summarise(self, batch):
        return batch.frame(Sold).groupby("product")[["units"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])
