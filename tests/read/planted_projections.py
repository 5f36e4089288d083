"""A small right projection, and projections that each break one law, by the law that they break."""

from __future__ import annotations

import random
from dataclasses import dataclass

import pandas as pd

import cqrs_lab as lab
from cqrs_lab.read import contract
from tests.shop_of_tea import Line, Priced, Sold, recorded


@dataclass(frozen=True)
class Returned:
    """Goods that came back."""

    product: str
    units: int


def a_mixed_log():
    """Sixty-odd events in five streams: every product comes up again, some come to nothing, none comes in order."""
    names, events = ["green", "black", "white", "mint", "oolong"], []
    for n in range(15):
        events.append(
            (
                f"order-{n % 4}",
                Sold(f"c-{n % 5}", tuple(Line(names[(n + k) % 4], 1 + (n * k) % 5) for k in range(n % 4))),
            )
        )
        events.append(("prices", Priced(names[n * 7 % 5], 100 + n * 37 % 50)))
        if n % 3 == 0:
            events.append((f"order-{n % 4}", Returned(names[n % 4], 1 + n % 2)))
    events.append(("order-1", Sold("c-9", (Line("oolong", 4),))))
    events.append(("order-2", Returned("oolong", 4)))
    events.append(("prices", Priced("oolong", 0)))
    numbered, versions = recorded(*(event for _, event in events)), {}
    for at, (stream, _) in enumerate(events):
        versions[stream] = versions.get(stream, 0) + 1
        numbered[at] = lab.RecordedEvent(stream, versions[stream], at + 1, numbered[at].event, float(at // 2))
    return numbered


class UnitsSold:
    """The smallest right projection; each planted one below spoils one thing."""

    name, version, events = "units_sold", 1, (Sold,)
    schema = lab.Schema(index=["product"], columns={"units": "int64"})

    def summarise(self, batch):
        return batch.frame(Sold, each="lines").groupby("product")[["units"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


class LatestWins(UnitsSold):
    def merge(self, table, rows):
        return pd.concat([table.loc[~table.index.isin(rows.index)], rows])


class Averages(UnitsSold):
    schema = lab.Schema(index=["product"], columns={"units": "float64"})

    def summarise(self, batch):
        return batch.frame(Sold, each="lines").groupby("product")[["units"]].mean()

    def merge(self, table, rows):
        return pd.concat([table, rows]).groupby("product")[["units"]].mean()


class ForgetsOldRows(UnitsSold):
    def merge(self, table, rows):
        return super().merge(table, rows).loc[rows.index] if len(rows) else table


class TurnsToFloat(UnitsSold):
    def merge(self, table, rows):
        return table.add(rows, fill_value=0)


class NoColumnsWhenEmpty(UnitsSold):
    def summarise(self, batch):
        lines = [line for one in batch if isinstance(one.event, Sold) for line in one.event.lines]
        frame = pd.DataFrame([{"product": line.product, "units": line.units} for line in lines])
        return frame.groupby("product")[["units"]].sum() if len(frame) else pd.DataFrame()


class WritesIntoTheTable(UnitsSold):
    def merge(self, table, rows):
        merged = super().merge(table, rows)
        table["units"] = 0
        return merged


class WritesIntoTheRows(UnitsSold):
    def merge(self, table, rows):
        merged = super().merge(table, rows)
        rows["units"] += 1
        return merged


class CountsInAnAttribute(UnitsSold):
    def __init__(self):
        self.seen = 0

    def summarise(self, batch):
        self.seen += len(batch)
        return super().summarise(batch)


class RemembersOutsideTheTable(UnitsSold):
    total = pd.DataFrame()  # on the class, where the instance's own attributes do not show it

    def summarise(self, batch):
        rows = super().summarise(batch)
        type(self).total = rows.add(self.total, fill_value=0).astype("int64") if len(self.total) else rows
        return type(self).total


class DropsDuplicateLines(UnitsSold):
    def summarise(self, batch):
        lines = batch.frame(Sold, each="lines").drop_duplicates(["product", "units"])
        return lines.groupby("product")[["units"]].sum()


class RanksTheWholeTable(UnitsSold):
    schema = lab.Schema(index=["product"], columns={"units": "int64", "rank": "int64"})

    def summarise(self, batch):
        return self.ranked(super().summarise(batch))

    def merge(self, table, rows):
        return self.ranked(lab.merge_rows(table[["units"]], rows[["units"]], add=["units"]))

    def ranked(self, frame):
        return frame.assign(rank=frame["units"].rank(method="min").astype("int64"))


class Subtracts(UnitsSold):
    def merge(self, table, rows):
        return lab.merge_rows(table, -rows, add=["units"])


class LeavesHoles(UnitsSold):
    schema = lab.Schema(index=["product"], columns={"units": "float64"})

    def summarise(self, batch):
        frame = batch.frame(Sold, each="lines").groupby("product")[["units"]].sum()
        return frame.where(frame["units"] > 40).astype("float64")

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


class OneRowPerEvent(UnitsSold):
    def summarise(self, batch):
        return batch.frame(Sold, each="lines").set_index("product")[["units"]]


class RaisesOnSmallSlices(UnitsSold):
    def summarise(self, batch):
        if len(batch) == 1:
            raise ValueError("at least two events, please")
        return super().summarise(batch)


class LacksMerge:
    name, version, events, schema = "lacks_merge", 1, (Sold,), UnitsSold.schema

    def summarise(self, batch):
        return self.schema.empty()


class ReadsTwice(UnitsSold):
    events = (Sold, Sold)


# --- the review's, and more ---------------------------------------------------------------------------------


def sold(batch):
    return batch.frame(Sold, each="lines")


def back(batch):
    return batch.frame(Returned)


class Net(UnitsSold):
    """What was sold and did not come back; right."""

    events = (Sold, Returned)

    def summarise(self, batch):
        moved = pd.concat(
            [sold(batch)[["product", "units"]], back(batch)[["product", "units"]].assign(units=lambda f: -f.units)]
        )
        return moved.groupby("product")[["units"]].sum()


class Prices(UnitsSold):
    """The latest price; right."""

    events = (Priced,)
    schema = lab.Schema(index=["product"], columns={"mills": "int64", "at": "int64"})

    def summarise(self, batch):
        prices = batch.frame(Priced).rename(columns={"position": "at"}).drop_duplicates("product", keep="last")
        return prices.set_index("product")[["mills", "at"]]

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, latest={"at": ["mills"]})


class ReadsWhatItDoesNotDeclare(Net):
    events = (Sold,)


class CountsEveryEvent(UnitsSold):
    schema = lab.Schema(index=["name"], columns={"units": "int64"})

    def summarise(self, batch):
        count = pd.DataFrame({"name": ["all"] * bool(len(batch)), "units": [len(batch)] * bool(len(batch))})
        return self.schema.conform(count)


class DropsRowsThatComeToNothing(Net):
    def summarise(self, batch):
        rows = super().summarise(batch)
        return rows[rows["units"] != 0]

    def merge(self, table, rows):
        both = super().merge(table, rows)
        return both[both["units"] != 0]


class DropsThemInMergeOnly(Net):
    def merge(self, table, rows):
        both = super().merge(table, rows)
        return both[both["units"] != 0]


class DropsThemInSummariseOnly(Net):
    """Whether there is a row depends on the cut."""

    def summarise(self, batch):
        rows = super().summarise(batch)
        return rows[rows["units"] != 0]


def per_product(column):
    """Make a projection that adds up what `column` makes of each slice, by product."""

    class Adds(UnitsSold):
        def summarise(self, batch):
            lines = sold(batch)
            found = {product: int(column(own, lines)) for product, own in lines.groupby("product")}
            return self.schema.conform(pd.DataFrame({"product": list(found), "units": list(found.values())}))

    return Adds


SpanOfPositions = per_product(lambda own, lines: own["position"].max() - own["position"].min() + 1)
CountsStreams = per_product(lambda own, lines: own["stream"].nunique())
CountsCustomers = per_product(lambda own, lines: own["customer"].nunique())
CountsSlices = per_product(lambda own, lines: 1)
LargestLine = per_product(lambda own, lines: own["units"].max())
Median = per_product(lambda own, lines: own["units"].median() * 2)
RoundsToTens = per_product(lambda own, lines: round(own["units"].sum(), -1))
NeverMoreThanTen = per_product(lambda own, lines: min(10, own["units"].sum()))
SkipsTheFirst = per_product(lambda own, lines: own["units"].iloc[1:].sum())
ShareOfTheSlice = per_product(lambda own, lines: 100 * own["units"].sum() // lines["units"].sum())
RisesInARow = per_product(lambda own, lines: (own["units"].diff() > 0).sum())
TimeFromFirstToLast = per_product(lambda own, lines: own["recorded_at"].max() - own["recorded_at"].min())
StreamTimesUnits = per_product(lambda own, lines: own["units"].sum() * own["stream"].nunique())
VersionsSeen = per_product(lambda own, lines: own["version"].max())


class NeverBelowZero(Net):
    def summarise(self, batch):
        return super().summarise(batch).clip(lower=0)


class NeverBelowZeroWhenMerged(Net):
    def merge(self, table, rows):
        return super().merge(table, rows).clip(lower=0)


class TopThree(UnitsSold):
    def summarise(self, batch):
        return super().summarise(batch).nlargest(3, "units")


class FirstWins(Prices):
    def merge(self, table, rows):
        return pd.concat([table, rows.loc[~rows.index.isin(table.index)]])


class LatestByTime(Prices):
    """Two events of one second: which is the later one?"""

    def summarise(self, batch):
        prices = batch.frame(Priced).assign(product="tea", at=lambda frame: frame["recorded_at"].astype("int64") // 4)
        return prices.drop_duplicates("product", keep="last").set_index("product")[["mills", "at"]]


class ZeroIsNoPrice(Prices):
    def merge(self, table, rows):
        both = super().merge(table, rows)
        known = both.index.intersection(table.index).intersection(rows.index[rows["mills"] == 0])
        both.loc[known, "mills"] = table.loc[known, "mills"]
        return both


class RevenueAtThePriceOfTheSlice(UnitsSold):
    events = (Sold, Priced)

    def summarise(self, batch):
        price = batch.frame(Priced).drop_duplicates("product", keep="last").set_index("product")["mills"]
        lines = sold(batch)
        lines["units"] = lines["units"] * lines["product"].map(price).fillna(1).astype("int64")
        return lines.groupby("product")[["units"]].sum()


class JoinsTexts(UnitsSold):
    schema = lab.Schema(index=["product"], columns={"customers": "str"})

    def summarise(self, batch):
        who = sold(batch).groupby("product")["customer"].agg(",".join).astype("str")
        return who.to_frame("customers")

    def merge(self, table, rows):
        both = pd.concat([table, rows]).groupby(level=0)["customers"].agg(",".join)
        return both.astype("str").to_frame("customers")


class KeepsByLengthOfTheBatch(UnitsSold):
    def __init__(self):
        self.__dict__["kept"] = Hidden()

    def summarise(self, batch):
        return self.kept.setdefault(len(batch), super().summarise(batch))


class Hidden(dict):
    def __repr__(self):
        return "hidden"


SEEN: list[int] = []


class RemembersInTheModule(UnitsSold):
    def summarise(self, batch):
        SEEN.append(1)
        return super().summarise(batch) + len(SEEN)


class AtRandom(UnitsSold):
    def summarise(self, batch):
        rows = super().summarise(batch)
        return rows + random.randint(1, 10**9)


class ChangesTheEvents(UnitsSold):
    def summarise(self, batch):
        for one in batch:
            if isinstance(one.event, Sold) and len(one.event.lines) > 1:
                object.__setattr__(one.event, "lines", one.event.lines[:1])
        return super().summarise(batch)


class ChangesTheBatch(UnitsSold):
    def summarise(self, batch):
        rows = super().summarise(batch)
        lines = sold(batch)
        if len(lines):
            lines["units"].array._ndarray[:] = 0
        return rows


class LosesTheNameOfItsIndex(UnitsSold):
    def merge(self, table, rows):
        return super().merge(table, rows).rename_axis(None)


class OtherOrderOfColumns(Prices):
    def merge(self, table, rows):
        return super().merge(table, rows)[["at", "mills"]]


class ReturnsWhatIsNew(UnitsSold):
    def merge(self, table, rows):
        return super().merge(table, rows).loc[rows.index]


class AlwaysHasATotal(UnitsSold):
    def summarise(self, batch):
        rows = super().summarise(batch)
        rows.loc["total"] = rows["units"].sum()
        return rows


class TotalInMerge(UnitsSold):
    def merge(self, table, rows):
        both = super().merge(table, rows).drop("total", errors="ignore")
        both.loc["total"] = both["units"].sum()
        return both


class OneMoreWithEachMerge(UnitsSold):
    def merge(self, table, rows):
        return super().merge(table, rows) + 1


class ChecksForGaps(UnitsSold):
    """Counts what a slice says with its positions, as if they had no gaps."""

    def summarise(self, batch):
        rows = super().summarise(batch)
        places = [one.position for one in batch]
        complete = not places or places[-1] - places[0] + 1 == len(places)
        return rows if complete else rows * 2


class NoKey(UnitsSold):
    def summarise(self, batch):
        rows = super().summarise(batch).reset_index()
        rows.loc[rows["product"] == "mint", "product"] = None
        return self.schema.conform(rows)


class SharesOfTheTable(UnitsSold):
    schema = lab.Schema(index=["product"], columns={"units": "int64", "share": "float64"})

    def summarise(self, batch):
        return self.shared(super().summarise(batch))

    def merge(self, table, rows):
        return self.shared(lab.merge_rows(table[["units"]], rows[["units"]], add=["units"]))

    def shared(self, frame):
        return frame.assign(share=frame["units"] / max(1, frame["units"].sum()))


class RaisesOnASingleStream(UnitsSold):
    def summarise(self, batch):
        if len(batch) > 2 and len({one.stream for one in batch}) == 1:
            raise ZeroDivisionError("one stream only")
        return super().summarise(batch)


class Unnamed(UnitsSold):
    name = ""


class VersionInWords(UnitsSold):
    version = "one"


class EventsByName(UnitsSold):
    events = ("Sold",)


PLANTED = {
    LatestWins: contract.CUTS,
    Averages: contract.CUTS,
    ForgetsOldRows: contract.CUTS,
    TurnsToFloat: contract.SCHEMA,
    NoColumnsWhenEmpty: contract.EMPTY,
    WritesIntoTheTable: contract.UNCHANGED,
    WritesIntoTheRows: contract.UNCHANGED,
    CountsInAnAttribute: contract.SAME_AGAIN,
    RemembersOutsideTheTable: contract.SAME_AGAIN,
    DropsDuplicateLines: contract.CUTS,
    RanksTheWholeTable: contract.ROW_BY_ROW,
    Subtracts: contract.COMMUTES,
    LeavesHoles: contract.SCHEMA,
    OneRowPerEvent: contract.SCHEMA,
    RaisesOnSmallSlices: contract.SCHEMA,
    LacksMerge: contract.DECLARED,
    ReadsTwice: contract.DECLARED,
    # Those of the review.
    ReadsWhatItDoesNotDeclare: contract.ITS_EVENTS,
    DropsRowsThatComeToNothing: contract.ROW_BY_ROW,
    SpanOfPositions: contract.CUTS,
    CountsStreams: contract.CUTS,
    # More.
    CountsEveryEvent: contract.ITS_EVENTS,
    DropsThemInMergeOnly: contract.ROW_BY_ROW,
    DropsThemInSummariseOnly: contract.CUTS,
    CountsCustomers: contract.CUTS,
    CountsSlices: contract.CUTS,
    LargestLine: contract.CUTS,
    Median: contract.CUTS,
    RoundsToTens: contract.CUTS,
    NeverMoreThanTen: contract.CUTS,
    SkipsTheFirst: contract.CUTS,
    ShareOfTheSlice: contract.CUTS,
    RisesInARow: contract.CUTS,
    TimeFromFirstToLast: contract.CUTS,
    StreamTimesUnits: contract.CUTS,
    VersionsSeen: contract.CUTS,
    NeverBelowZero: contract.CUTS,
    NeverBelowZeroWhenMerged: contract.CUTS,
    TopThree: contract.CUTS,
    FirstWins: contract.COMMUTES,
    LatestByTime: contract.CUTS,
    ZeroIsNoPrice: contract.CUTS,
    RevenueAtThePriceOfTheSlice: contract.CUTS,
    JoinsTexts: contract.COMMUTES,
    KeepsByLengthOfTheBatch: contract.CUTS,
    RemembersInTheModule: contract.SAME_AGAIN,
    AtRandom: contract.SAME_AGAIN,
    ChangesTheEvents: contract.EVENTS_UNCHANGED,
    ChangesTheBatch: contract.SAME_AGAIN,
    LosesTheNameOfItsIndex: contract.SCHEMA,
    OtherOrderOfColumns: contract.SCHEMA,
    ReturnsWhatIsNew: contract.ROW_BY_ROW,
    AlwaysHasATotal: contract.EMPTY,
    TotalInMerge: contract.ROW_BY_ROW,
    OneMoreWithEachMerge: contract.IDENTITY,
    ChecksForGaps: contract.CUTS,
    NoKey: contract.SCHEMA,
    SharesOfTheTable: contract.ROW_BY_ROW,
    RaisesOnASingleStream: contract.SCHEMA,
    Unnamed: contract.DECLARED,
    VersionInWords: contract.DECLARED,
    EventsByName: contract.DECLARED,
}
