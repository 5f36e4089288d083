"""Projections as people write them: by Counter, by loops, with numpy, as functions; and some spoiled in one thing."""

from __future__ import annotations

import datetime
import functools
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import pandas as pd

import cqrs_lab as lab
from cqrs_lab.read import contract
from tests.read.planted_projections import Returned
from tests.shop_of_tea import Priced, Sold

UNITS = lab.Schema(index=["product"], columns={"units": "int64"})


def table(schema, rows):
    """Return a table of a schema from {key: {column: value}}."""
    if not rows:
        return schema.empty()
    names = list(schema.index)
    keys = [key if isinstance(key, tuple) else (key,) for key in rows]
    columns = {name: [key[at] for key in keys] for at, name in enumerate(names)}
    columns |= {name: [row[name] for row in rows.values()] for name in schema.columns}
    return schema.conform(pd.DataFrame(columns))


def sold(batch):
    """Yield position, stream, product and units of each line sold."""
    frame = batch.frame(Sold, each="lines")
    return zip(frame["position"], frame["stream"], frame["product"], frame["units"], strict=True)


class ByCounter:
    name, version, events, schema = "by_counter", 1, (Sold,), UNITS

    def count(self, batch):
        counted = Counter()
        for _, _, product, units in sold(batch):
            counted[product] += int(units)
        return counted

    def summarise(self, batch):
        return table(self.schema, {key: {"units": units} for key, units in self.count(batch).items()})

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


class ByAlign(ByCounter):
    """Adds two frames as pandas aligns them."""

    def merge(self, table, rows):
        return self.schema.conform(table.add(rows, fill_value=0).rename_axis("product"))


class ByNumpy(ByCounter):
    def summarise(self, batch):
        frame = batch.frame(Sold, each="lines")
        keys, inverse = np.unique(frame["product"].to_numpy(dtype=object).astype(str), return_inverse=True)
        totals = np.bincount(inverse, weights=frame["units"].to_numpy(float), minlength=len(keys)).astype("int64")
        return self.schema.conform(pd.DataFrame({"product": pd.Series(keys, dtype="str"), "units": totals}))


class ByDicts(ByCounter):
    """Merges by hand, in dicts, in whatever order the keys come."""

    def merge(self, left, rows):
        merged = {key: dict(row) for key, row in rows.to_dict("index").items()}
        for key, row in left.to_dict("index").items():
            merged.setdefault(key, {"units": 0})
            merged[key]["units"] += row["units"]
        return table(self.schema, merged)


class Extremes(ByCounter):
    schema = lab.Schema(index=["product"], columns={"least": "int64", "most": "int64", "count": "int64"})

    def summarise(self, batch):
        seen = defaultdict(list)
        for _, _, product, units in sold(batch):
            seen[product].append(int(units))
        return table(
            self.schema, {k: {"least": min(v), "most": max(v), "count": len(v)} for k, v in seen.items()}
        )

    def merge(self, left, rows):
        both = pd.concat([left, rows]).groupby(level=0).agg({"least": "min", "most": "max", "count": "sum"})
        return self.schema.conform(both.rename_axis("product"))


class LastPrice:
    name, version, events = "last_price", 1, (Priced,)
    schema = lab.Schema(index=["product"], columns={"mills": "int64", "position": "int64"})

    def summarise(self, batch):
        frame = batch.frame(Priced).sort_values("position").groupby("product")[["mills", "position"]].last()
        return self.schema.conform(frame)

    def merge(self, left, rows):
        both = pd.concat([left, rows]).reset_index().sort_values("position")
        return self.schema.conform(both.drop_duplicates("product", keep="last"))


class Mean(ByCounter):
    schema = lab.Schema(index=["product"], columns={"sum": "float64", "count": "int64"})

    def summarise(self, batch):
        sums = defaultdict(lambda: {"sum": 0.0, "count": 0})
        for _, _, product, units in sold(batch):
            sums[product]["sum"] += units / 3
            sums[product]["count"] += 1
        return table(self.schema, sums)

    def merge(self, left, rows):
        return lab.merge_rows(left, rows, add=["sum", "count"])


class ByProductAndStream(ByCounter):
    schema = lab.Schema(index=["product", "stream"], columns={"units": "int64"})

    def summarise(self, batch):
        frame = batch.frame(Sold, each="lines").groupby(["product", "stream"])["units"].sum()
        return self.schema.conform(frame.reset_index())

    def merge(self, left, rows):
        return self.schema.conform(pd.concat([left, rows]).groupby(level=[0, 1]).sum())


@dataclass(frozen=True)
class Frozen:
    name: str = "frozen"
    version: int = 1
    events: tuple = (Sold,)
    schema: lab.Schema = field(default_factory=lambda: UNITS)

    def summarise(self, batch):
        return ByCounter().summarise(batch)

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


def ByFunctions():
    counter = ByCounter()
    return SimpleNamespace(
        name="by_functions", version=1, events=(Sold,), schema=UNITS, summarise=counter.summarise, merge=counter.merge
    )


class WithACachedProperty(ByCounter):
    """What never changes is worked out at the first use."""

    @functools.cached_property
    def short(self):
        return {"green": "g", "black": "b"}

    def summarise(self, batch):
        assert self.short
        return super().summarise(batch)


class WithASet(ByCounter):
    """Distinct streams per product: each pair is a row, and a query counts them."""

    schema = lab.Schema(index=["product", "stream"], columns={"seen": "bool"})

    def summarise(self, batch):
        return table(self.schema, {(product, stream): {"seen": True} for _, stream, product, _ in sold(batch)})

    def merge(self, left, rows):
        return self.schema.conform(pd.concat([left, rows]).groupby(level=[0, 1]).any())


class FirstAndLastTime(ByCounter):
    schema = lab.Schema(index=["stream"], columns={"first": "float64", "last": "float64"})

    def summarise(self, batch):
        frame = batch.frame(Sold).groupby("stream")["recorded_at"].agg(first="min", last="max")
        return self.schema.conform(frame)

    def merge(self, left, rows):
        both = pd.concat([left, rows]).groupby(level=0).agg({"first": "min", "last": "max"})
        return self.schema.conform(both.rename_axis("stream"))


class ALabel(LastPrice):
    """Text beside its position, and a price that is kept when it is the highest."""

    schema = lab.Schema(index=["product"], columns={"label": "str", "label_position": "int64", "highest": "int64"})

    def summarise(self, batch):
        rows = {}
        for one in batch.frame(Priced).itertuples():
            highest = max(rows.get(one.product, {"highest": 0})["highest"], one.mills)
            rows[one.product] = {"label": f"£{one.mills / 1000}", "label_position": one.position, "highest": highest}
        return table(self.schema, rows)

    def merge(self, left, rows):
        both = pd.concat([left, rows]).sort_values("label_position").groupby(level=0)
        merged = both[["label", "label_position"]].last().assign(highest=both["highest"].max())
        return self.schema.conform(merged.rename_axis("product"))


RIGHT = [
    ByCounter, ByAlign, ByNumpy, ByDicts, Extremes, LastPrice, Mean, ByProductAndStream, Frozen, ByFunctions,
    WithACachedProperty, WithASet, FirstAndLastTime, ALabel,
]  # fmt: skip


# --- each spoils one thing ------------------------------------------------------------------------------------


class ReadsReturnsUndeclared(ByCounter):
    def count(self, batch):
        counted = super().count(batch)
        for one in batch.frame(Returned).itertuples():
            counted[one.product] -= one.units
        return counted


class CountsPositions(ByCounter):
    def count(self, batch):
        frame = batch.frame(Sold, each="lines").groupby("product")["position"]
        return Counter((frame.max() - frame.min() + 1).to_dict())


class LastMergedWins(LastPrice):
    def merge(self, left, rows):
        return self.schema.conform(pd.concat([left, rows]).reset_index().drop_duplicates("product", keep="last"))


class FirstMergedWins(LastPrice):
    def merge(self, left, rows):
        return self.schema.conform(left.combine_first(rows).rename_axis("product"))


class MeanOfMeans(ByCounter):
    schema = lab.Schema(index=["product"], columns={"mean": "float64"})

    def summarise(self, batch):
        frame = batch.frame(Sold, each="lines").groupby("product")["units"].mean().rename("mean")
        return self.schema.conform(frame.reset_index())

    def merge(self, left, rows):
        both = pd.concat([left, rows]).groupby(level=0).mean()
        return self.schema.conform(both.rename_axis("product"))


class DropsNothing(ByCounter):
    """Of what was sold and came back, no row is left."""

    events = (Sold, Returned)

    def count(self, batch):
        counted = super().count(batch)
        for one in batch.frame(Returned).itertuples():
            counted[one.product] -= one.units
        return counted

    def merge(self, table, rows):
        merged = super().merge(table, rows)
        return merged[merged["units"] != 0]


class DropsNothingInASlice(DropsNothing):
    def summarise(self, batch):
        rows = super().summarise(batch)
        return rows[rows["units"] != 0]

    merge = ByCounter.merge


class StampedBySeconds(ByCounter):
    schema = lab.Schema(index=["product"], columns={"units": "int64", "updated_at": "float64"})

    def summarise(self, batch):
        now = time.time()
        return table(self.schema, {k: {"units": u, "updated_at": now} for k, u in self.count(batch).items()})

    def merge(self, left, rows):
        both = pd.concat([left, rows]).groupby(level=0).agg({"units": "sum", "updated_at": "max"})
        return self.schema.conform(both.rename_axis("product"))


class StampedByWholeSeconds(StampedBySeconds):
    schema = lab.Schema(index=["product"], columns={"units": "int64", "updated_at": "int64"})

    def summarise(self, batch):
        now = int(time.time())
        return table(self.schema, {k: {"units": u, "updated_at": now} for k, u in self.count(batch).items()})


class StampedByDay(StampedBySeconds):
    schema = lab.Schema(index=["product"], columns={"units": "int64", "updated_at": "str"})

    def summarise(self, batch):
        today = datetime.date.today().isoformat()
        return table(self.schema, {k: {"units": u, "updated_at": today} for k, u in self.count(batch).items()})


class SoldWithinTheLastDay(ByCounter):
    def count(self, batch):
        counted = Counter()
        for one in batch.frame(Sold, each="lines").itertuples():
            counted[one.product] += int(one.units) * (one.recorded_at > time.time() - 86_400 or one.recorded_at < 10)
        return counted


class LastRecordedByMerge(ByCounter):
    """The time of whichever slice was merged last; the log of a notebook is written within one second."""

    schema = lab.Schema(index=["product"], columns={"at": "float64"})

    def summarise(self, batch):
        frame = batch.frame(Sold, each="lines").groupby("product")["recorded_at"].last().rename("at")
        return self.schema.conform(frame.reset_index())

    def merge(self, left, rows):
        return self.schema.conform(pd.concat([left, rows]).reset_index().drop_duplicates("product", keep="last"))


class KeepsOnSelf(ByCounter):
    def __init__(self):
        self.seen = Counter()

    def count(self, batch):
        self.seen.update(super().count(batch))
        return self.seen


class KeepsInASlot:
    __slots__ = ("counted",)
    name, version, events, schema = "slot", 1, (Sold,), UNITS

    def __init__(self):
        self.counted = ByCounter()

    def summarise(self, batch):
        rows = self.counted.summarise(batch)
        self.counted.last = rows if len(rows) else getattr(self.counted, "last", rows)
        return rows if len(batch.frame(Sold)) else getattr(self.counted, "last", rows)

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


KNOWN = set()


class KeepsInTheModule(ByCounter):
    def count(self, batch):
        counted = super().count(batch)
        fresh = [key for key in counted if key not in KNOWN]
        KNOWN.update(counted)
        return Counter({key: units + (key in fresh) for key, units in counted.items()})


def KeepsInAClosure():
    calls = []

    class Closure(ByCounter):
        def count(self, batch):
            calls.append(len(batch))
            return Counter({key: units + (len(calls) == 1) for key, units in super().count(batch).items()})

    return Closure()


class KeepsWhatItMerged(ByCounter):
    """A merge that skips keys it has merged before."""

    def __init__(self):
        self.merges = 0

    def merge(self, table, rows):
        self.merges += 1
        merged = super().merge(table, rows)
        return merged.assign(units=merged["units"] + (self.merges % 5 == 0))


class CachedByTheLastPosition(ByCounter):
    def __init__(self):
        self.kept = {}

    def count(self, batch):
        last = batch.last_position if len(batch) else 0
        return self.kept.setdefault(last, super().count(batch))


class SortsItsArgument(ByCounter):
    def merge(self, table, rows):
        merged, ordered = super().merge(table, rows), table.sort_values("units")
        table["units"], table.index = ordered["units"].to_numpy(), ordered.index
        return merged


class RenamesTheIndexOfItsArgument(ByCounter):
    def merge(self, table, rows):
        merged = super().merge(table, rows)
        rows.index.name = "key"
        return merged


class AddsIntoItsArgument(ByCounter):
    def merge(self, table, rows):
        for key in rows.index:
            table.loc[key, "units"] = rows.loc[key, "units"] + (table.loc[key, "units"] if key in table.index else 0)
        return self.schema.conform(table.rename_axis("product"))


class AtMost100Events(ByCounter):
    """Takes only the first hundred of a batch."""

    def count(self, batch):
        counted = Counter()
        for _, _, product, units in list(sold(batch))[:100]:
            counted[product] += int(units)
        return counted


class AtMost1000Events(ByCounter):
    def count(self, batch):
        counted = Counter()
        for _, _, product, units in list(sold(batch))[:1000]:
            counted[product] += int(units)
        return counted


class DropsTheEndOfEachPage(ByCounter):
    """In pages of 50 events, of which the last is forgotten if it is not full."""

    def count(self, batch):
        lines = list(sold(batch))
        counted = Counter()
        full = len(lines) if len(lines) < 50 else len(lines) // 50 * 50
        for _, _, product, units in lines[:full]:
            counted[product] += int(units)
        return counted


class SmallNumbers(ByCounter):
    """Sums in 8 bits before they become 64."""

    def count(self, batch):
        frame = batch.frame(Sold, each="lines")
        totals = {}
        for product, units in zip(frame["product"], frame["units"], strict=True):
            totals[product] = np.int8((int(totals.get(product, 0)) + int(units) + 128) % 256 - 128)
        return Counter({key: int(value) for key, value in totals.items()})


class FewerInASlice(ByCounter):
    def count(self, batch):
        return Counter({key: units for key, units in super().count(batch).items() if units > 1})


class PerBatch(ByCounter):
    def count(self, batch):
        return Counter({key: 1 for key in super().count(batch)})


class TheFirstBatchIsSpecial(ByCounter):
    def count(self, batch):
        counted = super().count(batch)
        positions = [position for position, *_ in sold(batch)]
        if positions and min(positions) <= 12:
            counted["green"] += 1
        return counted


class TheFirstMergeIsSpecial(ByCounter):
    def merge(self, table, rows):
        return rows * 2 if table.empty else super().merge(table, rows)


class OtherIntoNoTable(ByCounter):
    """Into an empty table, only the first rows."""

    def merge(self, table, rows):
        return rows.iloc[:2] if table.empty else super().merge(table, rows)


class ByStreamLast(ByCounter):
    """Each stream's last event of the slice."""

    def count(self, batch):
        last = {}
        for _, stream, product, units in sold(batch):
            last[stream] = product, int(units)
        counted = Counter()
        for product, units in last.values():
            counted[product] += units
        return counted


class FirstOfEachStreamOnly(ByCounter):
    def count(self, batch):
        seen, counted = set(), Counter()
        for _, stream, product, units in sold(batch):
            if stream not in seen:
                counted[product] += int(units)
            seen.add(stream)
        return counted


class LatestByTime(LastPrice):
    schema = lab.Schema(index=["product"], columns={"mills": "int64", "at": "float64"})

    def summarise(self, batch):
        frame = batch.frame(Priced).groupby("product")[["mills", "recorded_at"]].last()
        return self.schema.conform(frame.rename(columns={"recorded_at": "at"}))

    def merge(self, left, rows):
        both = pd.concat([left, rows]).reset_index().sort_values("at", kind="stable")
        return self.schema.conform(both.drop_duplicates("product", keep="last"))


class LatestByNarrowPosition(LastPrice):
    def summarise(self, batch):
        rows = super().summarise(batch)
        return rows.assign(position=rows["position"].astype("int32").astype("int64"))


class LatestByVersion(LastPrice):
    """Versions are of a stream, and a product's prices come in several."""

    events = (Sold,)
    schema = lab.Schema(index=["product"], columns={"units": "int64", "at": "int64"})

    def summarise(self, batch):
        rows = {}
        for one in batch.frame(Sold, each="lines").itertuples():
            rows[one.product] = {"units": one.units, "at": one.version}
        return table(self.schema, rows)

    def merge(self, left, rows):
        both = pd.concat([left, rows]).reset_index().sort_values("at", kind="stable")
        return self.schema.conform(both.drop_duplicates("product", keep="last"))


class FloatsWhereEmpty(ByCounter):
    def summarise(self, batch):
        return pd.DataFrame({"units": pd.Series({k: v for k, v in self.count(batch).items()})}).rename_axis("product")


class Categories(ByCounter):
    def summarise(self, batch):
        rows = super().summarise(batch)
        rows.index = pd.CategoricalIndex(rows.index, name="product")
        return rows


class TimesWithoutZone(ByCounter):
    schema = lab.Schema(index=["product"], columns={"at": "datetime64[us, UTC]"})

    def summarise(self, batch):
        frame = batch.frame(Sold, each="lines").groupby("product")["recorded_at"].max()
        return pd.DataFrame({"at": pd.to_datetime(frame, unit="s").astype("datetime64[us]")})

    def merge(self, left, rows):
        return pd.concat([left, rows]).groupby(level=0).max()


class JoinsText(ByCounter):
    schema = lab.Schema(index=["product"], columns={"buyers": "str"})

    def summarise(self, batch):
        frame = batch.frame(Sold, each="lines").groupby("product")["customer"].agg(",".join)
        return self.schema.conform(frame.rename("buyers").reset_index())

    def merge(self, left, rows):
        both = pd.concat([left, rows]).groupby(level=0)["buyers"].agg(",".join)
        return self.schema.conform(both.reset_index())


class RoundsInMerge(ByCounter):
    schema = lab.Schema(index=["product"], columns={"kilos": "float64"})

    def summarise(self, batch):
        frame = batch.frame(Sold, each="lines").groupby("product")["units"].sum() * 0.37
        return self.schema.conform(frame.rename("kilos").reset_index())

    def merge(self, left, rows):
        both = pd.concat([left, rows]).groupby(level=0)["kilos"].sum().round(1)
        return self.schema.conform(both.reset_index())


class Clips(DropsNothing):
    def merge(self, table, rows):
        return ByCounter.merge(self, table, rows).clip(lower=0)


class PositionalMerge(ByCounter):
    """Adds row by row as they stand, if there are as many on both sides."""

    def merge(self, table, rows):
        if len(table) == len(rows) and set(table.index) == set(rows.index):
            return table.assign(units=table["units"].to_numpy() + rows["units"].to_numpy())
        return super().merge(table, rows)


class TopThreeInMerge(ByCounter):
    def merge(self, table, rows):
        return super().merge(table, rows).nlargest(3, "units")


class TopThreeInASlice(ByCounter):
    def summarise(self, batch):
        return super().summarise(batch).nlargest(3, "units")


class ShareOfTheTable(ByCounter):
    """A row depends on the other rows."""

    schema = lab.Schema(index=["product"], columns={"units": "int64", "share": "float64"})

    def summarise(self, batch):
        counted = self.count(batch)
        total = sum(counted.values()) or 1
        return table(self.schema, {k: {"units": u, "share": u / total} for k, u in counted.items()})

    def merge(self, left, rows):
        merged = lab.merge_rows(left[["units"]], rows[["units"]], add=["units"])
        return merged.assign(share=merged["units"] / max(1, merged["units"].sum()))


class Rank(ByCounter):
    schema = lab.Schema(index=["product"], columns={"units": "int64", "rank": "int64"})

    def summarise(self, batch):
        rows = ByCounter().summarise(batch)
        return self.schema.conform(rows.assign(rank=rows["units"].rank(method="first").astype("int64")))

    def merge(self, left, rows):
        merged = lab.merge_rows(left[["units"]], rows[["units"]], add=["units"])
        return self.schema.conform(merged.assign(rank=merged["units"].rank(method="first").astype("int64")))


class RunningNumber(ByCounter):
    """A number for each customer, in the order of their first purchase within the slice."""

    schema = lab.Schema(index=["product"], columns={"number": "int64"})

    def summarise(self, batch):
        keys = dict.fromkeys(product for _, _, product, _ in sold(batch))
        return table(self.schema, {key: {"number": at} for at, key in enumerate(keys)})

    def merge(self, left, rows):
        both = pd.concat([left, rows]).groupby(level=0).max()
        return self.schema.conform(both.rename_axis("product"))


class ById(ByCounter):
    """The key is where the event lies in memory."""

    schema = lab.Schema(index=["key"], columns={"units": "int64"})

    def summarise(self, batch):
        rows = Counter()
        for one in batch.events if hasattr(batch, "events") else batch:
            if isinstance(one.event, Sold):
                rows[str(id(one.event))] += 1
        return table(self.schema, {key: {"units": n} for key, n in rows.items()})


class AtRandom(ByCounter):
    def count(self, batch):
        return Counter({key: units + (random.random() < 0.3) for key, units in super().count(batch).items()})


class LosesWhatIsOnlyInTheTable(ByCounter):
    def merge(self, table, rows):
        merged = super().merge(table, rows)
        return merged.loc[rows.index] if len(rows) else merged


class TakesMultipleForOne(ByCounter):
    """A line of an order counts once, however often its product comes up in the order."""

    def count(self, batch):
        frame = batch.frame(Sold, each="lines")
        last = frame.groupby("product")["position"].max()
        lines = frame[frame["position"] == frame["product"].map(last)]
        return Counter(lines.groupby("product")["units"].sum().to_dict())


class BetweenTwoEvents(ByCounter):
    """The distance to the event before, which is in another slice."""

    def count(self, batch):
        frame = batch.frame(Sold, each="lines")
        return Counter(frame["position"].diff().fillna(0).astype("int64").groupby(frame["product"]).sum().to_dict())


class PriceTimesUnits(ByCounter):
    """Revenue at the price that was last set in the slice."""

    events = (Sold, Priced)

    def count(self, batch):
        prices = batch.frame(Priced).groupby("product")["mills"].last().to_dict()
        return Counter({key: units * int(prices.get(key, 0)) for key, units in super().count(batch).items()})


PLANTED = {
    projection: law
    for law, projections in {
        contract.FOLLOWED: (
            ReadsReturnsUndeclared, ShareOfTheTable,
        ),
        contract.CUTS: (
            CountsPositions, LastMergedWins, FirstMergedWins, MeanOfMeans, DropsNothing, DropsNothingInASlice,
            LastRecordedByMerge, KeepsOnSelf, KeepsInASlot, KeepsWhatItMerged, CachedByTheLastPosition,
            AtMost100Events, AtMost1000Events, DropsTheEndOfEachPage, SmallNumbers, FewerInASlice, PerBatch,
            TheFirstBatchIsSpecial, TheFirstMergeIsSpecial, OtherIntoNoTable, ByStreamLast, FirstOfEachStreamOnly,
            LatestByNarrowPosition, LatestByVersion, JoinsText, RoundsInMerge, TopThreeInMerge, TopThreeInASlice,
            Rank, RunningNumber, AtRandom, LosesWhatIsOnlyInTheTable, TakesMultipleForOne, BetweenTwoEvents,
            PriceTimesUnits, Clips, LatestByTime,
        ),
        contract.CLOCK: (
            StampedBySeconds, StampedByDay, SoldWithinTheLastDay, StampedByWholeSeconds,
        ),
        contract.SAME_AGAIN: (
            KeepsInAClosure, ById, KeepsInTheModule,
        ),
        contract.UNCHANGED: (
            SortsItsArgument, RenamesTheIndexOfItsArgument, AddsIntoItsArgument,
        ),
        contract.SCHEMA: (
            FloatsWhereEmpty,
        ),
        contract.EMPTY: (
            Categories, TimesWithoutZone,
        ),
        contract.ROW_BY_ROW: (
            PositionalMerge,
        ),
    }.items()
    for projection in projections
}  # fmt: skip
