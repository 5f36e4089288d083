"""Right projections in different styles; each keeps law 5."""

from __future__ import annotations

import pandas as pd

import cqrs_lab as lab
from tests.read.planted_projections import Net, Prices, Returned, UnitsSold, back, sold
from tests.shop_of_tea import Priced, Sold, TeaSales


class ByLoop(Net):
    """A dict, event by event."""

    def summarise(self, batch):
        units = {}
        for one in batch:
            match one.event:
                case Sold(_, lines):
                    for line in lines:
                        units[line.product] = units.get(line.product, 0) + line.units
                case Returned(product, count):
                    units[product] = units.get(product, 0) - count
        return self.schema.conform(pd.DataFrame({"product": list(units), "units": list(units.values())}))

    def merge(self, table, rows):
        return table.add(rows, fill_value=0).astype("int64")


class ByValueCounts(UnitsSold):
    """How many lines each product had."""

    def summarise(self, batch):
        return sold(batch)["product"].value_counts().rename("units").rename_axis("product").to_frame().astype("int64")


class Extremes(UnitsSold):
    """The largest and the smallest order line."""

    schema = lab.Schema(index=["product"], columns={"least": "int64", "most": "int64"})

    def summarise(self, batch):
        return sold(batch).groupby("product")["units"].agg(least="min", most="max")

    def merge(self, table, rows):
        both = pd.concat([table, rows]).groupby(level="product")
        return both.agg({"least": "min", "most": "max"})


class FirstPrice(Prices):
    def summarise(self, batch):
        prices = batch.frame(Priced).rename(columns={"position": "at"}).drop_duplicates("product")
        return prices.set_index("product")[["mills", "at"]]

    def merge(self, table, rows):
        both = pd.concat([table, rows]).sort_values("at", kind="stable")
        return both[~both.index.duplicated()]


class WithTombstones(Net):
    """Whether a product came back last: a removed one stays as a row that says so."""

    schema = lab.Schema(index=["product"], columns={"on_shelf": "bool", "at": "int64"})

    def summarise(self, batch):
        out = sold(batch)[["product", "position"]].assign(on_shelf=False)
        came = back(batch)[["product", "position"]].assign(on_shelf=True)
        both = pd.concat([out, came]).rename(columns={"position": "at"}).sort_values("at", kind="stable")
        return self.schema.conform(both.drop_duplicates("product", keep="last"))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, latest={"at": ["on_shelf"]})


class PerCustomerAndProduct(UnitsSold):
    """Two levels of index."""

    schema = lab.Schema(index=["customer", "product"], columns={"units": "int64"})

    def summarise(self, batch):
        return sold(batch).groupby(["customer", "product"])[["units"]].sum()

    def merge(self, table, rows):
        both = pd.concat([table, rows])
        return both.groupby(level=["customer", "product"]).sum() if len(both) else table


class NothingForThisLog(UnitsSold):
    """Only orders of a hundred and more: none here."""

    def summarise(self, batch):
        lines = sold(batch)
        return lines[lines["units"] >= 100].groupby("product")[["units"]].sum()


class NullableColumns(UnitsSold):
    schema = lab.Schema(index=["product"], columns={"units": "Int64", "several": "boolean"})

    def summarise(self, batch):
        rows = sold(batch).groupby("product")[["units"]].sum()
        return self.schema.conform(rows.assign(several=sold(batch).groupby("product")["units"].max() > 1))

    def merge(self, table, rows):
        both = pd.concat([table, rows]).groupby(level="product")
        return self.schema.conform(both.agg({"units": "sum", "several": "max"}))


class Times(UnitsSold):
    """When it was first and last sold."""

    schema = lab.Schema(index=["product"], columns={"first": "datetime64[us]", "last": "datetime64[us]"})

    def summarise(self, batch):
        lines = sold(batch)
        lines["at"] = pd.to_datetime(lines["recorded_at"], unit="s").astype("datetime64[us]")
        return lines.groupby("product")["at"].agg(first="min", last="max")

    def merge(self, table, rows):
        both = pd.concat([table, rows]).groupby(level="product")
        return self.schema.conform(both.agg({"first": "min", "last": "max"}))


class Average(UnitsSold):
    """A sum and a count; who asks divides. In floats, where the order of adding shows in the last digits."""

    schema = lab.Schema(index=["product"], columns={"total": "float64", "lines": "int64", "small": "float32"})

    def summarise(self, batch):
        lines = sold(batch).assign(lines=1)
        lines["total"] = lines["units"] * 0.1
        lines["small"] = lines["total"].astype("float32")
        return self.schema.conform(lines.groupby("product")[["total", "lines", "small"]].sum())

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["total", "lines", "small"])


class FlagsAndTexts(UnitsSold):
    """Bits of a number, and the greatest text."""

    schema = lab.Schema(index=["product"], columns={"sizes": "int64", "customer": "str"})

    def summarise(self, batch):
        found = {}
        for one in batch:
            for line in getattr(one.event, "lines", ()):
                sizes, customer = found.get(line.product, (0, ""))
                found[line.product] = sizes | 1 << line.units, max(customer, one.event.customer)
        rows = [(product, *row) for product, row in found.items()]
        return self.schema.conform(pd.DataFrame(rows, columns=["product", "sizes", "customer"]))

    def merge(self, table, rows):
        both = {key: tuple(row) for key, row in zip(table.index, table.to_numpy(), strict=True)}
        for key, (sizes, customer) in zip(rows.index, rows.to_numpy(), strict=True):
            there = both.get(key, (0, ""))
            both[key] = there[0] | sizes, max(there[1], customer)
        found = [(key, *row) for key, row in both.items()]
        return self.schema.conform(pd.DataFrame(found, columns=["product", "sizes", "customer"]))


class ByNumber(UnitsSold):
    """Its index is a number: how many lines were of how many units."""

    schema = lab.Schema(index={"size": "int64"}, columns={"units": "int64"})

    def summarise(self, batch):
        sizes = sold(batch).rename(columns={"units": "size"}).assign(units=1)
        return sizes.groupby("size")[["units"]].sum()


RIGHT = (
    UnitsSold, TeaSales, Net, Prices, ByLoop, ByValueCounts, Extremes, FirstPrice, WithTombstones,
    PerCustomerAndProduct, NothingForThisLog, NullableColumns, Times, Average, FlagsAndTexts, ByNumber,
)  # fmt: skip
