"""Answers to the exercises of lesson 5: right ones in several styles, and wrong ones with what each is told."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pandas as pd

import cqrs_lab as lab
from cqrs_lab.course.exercises.lesson_05 import CopyBroughtBack, CopyLent, ProductRated
from cqrs_lab.shop.events import ItemsReturned, OrderPlaced

# --- 05.1 -------------------------------------------------------------------------------------------------


class Stars:
    name, version, events = "stars", 1, (ProductRated,)
    schema = lab.Schema(index=["product_id"], columns={"stars": "int64", "ratings": "int64"})

    def summarise(self, batch):
        rated = batch.frame(ProductRated).assign(ratings=1)
        return rated.groupby("product_id")[["stars", "ratings"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["stars", "ratings"])


def average(table):
    return table["stars"] / table["ratings"]


class CountsOfEach(Stars):
    """Keep how often each number of stars was given."""

    schema = lab.Schema(index=["product_id"], columns={f"with_{one}": "int64" for one in range(1, 6)})

    def summarise(self, batch):
        table = self.schema.empty()
        for one in batch:
            if isinstance(one.event, ProductRated):
                row = table.loc[one.event.product_id] if one.event.product_id in table.index else 0
                table.loc[one.event.product_id] = row
                table.loc[one.event.product_id, f"with_{one.event.stars}"] += 1
        return self.schema.conform(table.rename_axis("product_id"))

    def merge(self, table, rows):
        return self.schema.conform(pd.concat([table, rows]).groupby(level=0).sum())


def from_counts(table):
    total = sum(table[f"with_{one}"] * one for one in range(1, 6))
    return (total / table.sum(axis="columns")).to_dict()


class Weighted(Stars):
    """Keep the average and how many it is of."""

    schema = lab.Schema(index=["product_id"], columns={"average": "float64", "ratings": "int64"})

    def summarise(self, batch):
        grouped = batch.frame(ProductRated).groupby("product_id")["stars"]
        return self.schema.conform(grouped.agg(average="mean", ratings="count"))

    def merge(self, table, rows):
        both = pd.concat([table, rows])
        both = both.assign(total=both["average"] * both["ratings"]).groupby(level=0)[["total", "ratings"]].sum()
        return self.schema.conform(both.assign(average=both["total"] / both["ratings"]))


class ByHand(Stars):
    """Go through the events one by one, with floats."""

    schema = lab.Schema(index=["product_id"], columns={"total": "float64", "count": "float64"})

    def summarise(self, batch):
        rows = {}
        for recorded in batch:
            match recorded.event:
                case ProductRated(product_id, given):
                    total, count = rows.get(product_id, (0, 0))
                    rows[product_id] = total + given, count + 1
        found = pd.DataFrame.from_dict(rows, orient="index", columns=["total", "count"])
        return self.schema.conform(found.rename_axis("product_id"))

    def merge(self, table, rows):
        return table.add(rows, fill_value=0.0)


class Pivoted(Stars):
    """Count with value_counts, and keep a column for the sum of squares that nobody asked for."""

    schema = lab.Schema(index=["product_id"], columns={"n": "int64", "s": "int64", "squares": "int64"})

    def summarise(self, batch):
        frame = batch.frame(ProductRated)
        frame = frame.assign(n=1, s=frame["stars"], squares=frame["stars"] ** 2)
        return self.schema.conform(frame.groupby("product_id").agg({"n": "sum", "s": "sum", "squares": "sum"}))

    def merge(self, table, rows):
        names = table.index.union(rows.index)
        one, other = (frame.reindex(names, fill_value=0) for frame in (table, rows))
        return self.schema.conform((one + other).rename_axis("product_id"))


def in_fractions(table):
    return {product: Fraction(int(row.s), int(row.n)) for product, row in table.iterrows()}


def in_numpy(table):
    return dict(zip(table.index, table["stars"].to_numpy() / table["ratings"].to_numpy(), strict=True))


class ByStars(Stars):
    """Keep a row for each product and each number of stars."""

    schema = lab.Schema(index={"product_id": "str", "stars": "int64"}, columns={"given": "int64"})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(ProductRated).groupby(["product_id", "stars"]).size().to_frame("given"))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["given"])


def from_rows(table):
    flat = table.reset_index()
    flat["total"] = flat["stars"] * flat["given"]
    by_product = flat.groupby("product_id")[["total", "given"]].sum()
    return (by_product["total"] / by_product["given"]).rename("average").reset_index()


class MeanOfMeans(Stars):
    schema = lab.Schema(index=["product_id"], columns={"average": "float64"})

    def summarise(self, batch):
        return batch.frame(ProductRated).groupby("product_id")[["stars"]].mean().set_axis(["average"], axis="columns")

    def merge(self, table, rows):
        return pd.concat([table, rows]).groupby(level=0).mean()


class LastMean(MeanOfMeans):
    def merge(self, table, rows):
        return pd.concat([table.drop(rows.index, errors="ignore"), rows])


class LargestMean(MeanOfMeans):
    def merge(self, table, rows):
        return pd.concat([table, rows]).groupby(level=0).max()


class FailsWhenEmpty(Stars):
    def summarise(self, batch):
        batch.frame(ProductRated)["product_id"].iloc[0]
        return super().summarise(batch)


class Remembers(Stars):
    seen = 0

    def summarise(self, batch):
        self.seen += len(batch)
        return super().summarise(batch)


class WritesIntoTheTable(Stars):
    def merge(self, table, rows):
        both = lab.merge_rows(table, rows, add=["stars", "ratings"])
        table["stars"] = 0
        return both


def mean_of(table):
    return table["average"]


class Distinct(Stars):
    def summarise(self, batch):
        rated = batch.frame(ProductRated).drop_duplicates(["product_id", "stars"]).assign(ratings=1)
        return rated.groupby("product_id")[["stars", "ratings"]].sum()


class RoundedMean(Weighted):
    """Store a rounded average; the weights are right."""

    def summarise(self, batch):
        return super().summarise(batch).round(0)


class MergedAs(Weighted):
    """Merge averages with their numbers of ratings, by a formula that spoils one thing."""

    def __init__(self, merged):
        self.merged = merged

    def merge(self, table, rows):
        both = {key: tuple(row) for key, row in zip(table.index, table.to_numpy(), strict=True)}
        for key, (average_, ratings) in zip(rows.index, rows.to_numpy(), strict=True):
            both[key] = self.merged(*both[key], average_, ratings) if key in both else (average_, ratings)
        found = pd.DataFrame.from_dict(both, orient="index", columns=["average", "ratings"])
        return self.schema.conform(found.rename_axis("product_id"))


def counts_of_the_later(one, n, other, m):
    return (one * n + other * m) / (n + m), m


def rounded_when_merged(one, n, other, m):
    return round((one * n + other * m) / (n + m)), n + m


def as_one_rating(one, n, other, m):
    return (one * n + other) / (n + 1), n + 1


class AnyEvent(Stars):
    def summarise(self, batch):
        stars = [(recorded.event.product_id, recorded.event.stars, 1) for recorded in batch]
        frame = pd.DataFrame(stars, columns=["product_id", "stars", "ratings"])
        return self.schema.conform(frame.groupby("product_id").sum())


class AddedWithZeros(Stars):
    """pandas fills in a zero for a product that one side lacks, and makes floats of the column."""

    def merge(self, table, rows):
        return table.add(rows, fill_value=0)


class CountsAnyEvent(Stars):
    def summarise(self, batch):
        return super().summarise(batch).assign(ratings=len(batch))


class AddsOneMean(MeanOfMeans):
    def merge(self, table, rows):
        return table.add(rows, fill_value=0)


class NoMerge(Stars):
    def merge(self, table, rows):
        lab.merge_rows(table, rows, add=["stars", "ratings"])


class NoShape(Stars):
    def summarise(self, batch):
        return batch.frame(ProductRated)


class AListOfRows(Stars):
    def summarise(self, batch):
        return [(recorded.event.product_id, recorded.event.stars) for recorded in batch]


class Misspelt(Stars):
    def summarise(self, batch):
        return batch.frame(ProductRatd)  # noqa: F821


class AnotherColumn(Stars):
    def summarise(self, batch):
        return batch.frame(ProductRated).groupby("product")[["stars"]].sum()


def by_rows(table):
    return table.assign(average=average(table)).reset_index()


def only_the_numbers(table):
    return list(average(table))


WRONG_STARS = {
    "untouched": ((MeanOfMeans(), mean_of), "the average of two averages"),
    "the last slice alone": ((LastMean(), mean_of), "the last slice alone"),
    "the largest": ((LargestMean(), mean_of), "so that both still count"),
    "no average": ((Stars(), lambda table: table["stars"]), "What do you divide them by"),
    "equal ones once": ((Distinct(), average), "Are two equal ratings one and the same"),
    "rounded to whole ones": ((Stars(), lambda table: average(table).round()), "Do you round, or take the middle one"),
    "rounded to two places": ((Stars(), lambda table: average(table).round(2)), "lose the digits after the decimal "
    "point"),
    "counts of the later": ((MergedAs(counts_of_the_later), mean_of), "Which one weighs more in yours"),
    "rounded when merged": ((MergedAs(rounded_when_merged), mean_of), "What a row rounds off"),
    "as one rating": ((MergedAs(as_one_rating), mean_of), "As how many does your merge count them"),
    "fails when empty": ((FailsWhenEmpty(), average), "an empty one"),
    "any event": ((AnyEvent(), average), "Which events does yours read"),
    "remembers": ((Remembers(), average), "remember outside its table"),
    "writes into the table": ((WritesIntoTheTable(), average), "make a new one instead"),
    "merge returns nothing": ((NoMerge(), average), "Is there a return on every path"),
    "rows of no shape": ((NoShape(), average), "Your schema declares"),
    "a slip": ((Misspelt(), average), "Python knows no such name here"),
    "a column that is not there": ((AnotherColumn(), average), "There is nothing of that name"),
    "numbers of nobody": ((Stars(), only_the_numbers), "which is whose"),
    "a class": ((Stars, average), "a projection is an object of it"),
    "no function": ((Stars(), 4.0), "What asks your table"),
}
def changes_the_table(table):
    table["average"] = table["stars"] / table["ratings"]
    return table["average"]


ALSO_WRONG_STARS = [
    ((Stars(), changes_the_table), "Can it make a new one"),
    ((Stars(), lambda table: average(table).round(6)), "lose the digits after the decimal point"),
    ((Stars(), lambda table: average(table).nlargest(10)), "Which of them are missing"),
    ((RoundedMean(), mean_of), "Do you round, or take the middle one"),
    ((CountsAnyEvent(), average), "divide them by"),
    ((Stars(), lambda table: table["stars"] // table["ratings"]), "Do you round, or take the middle one"),
    ((Stars(), lambda table: average(table).round(1)), "lose the digits after the decimal point"),
    ((Stars(), lambda table: average(table).round(4)), "lose the digits after the decimal point"),
    ((Stars(), lambda table: average(table).astype(int)), "Do you round, or take the middle one"),
    ((AddsOneMean(), mean_of), "so that both still count"),
    ((AListOfRows(), average), "Your schema declares"),
    ((Stars(), lambda table: table["mean"]), "There is nothing of that name"),
    ((Stars(), lambda table: None), "Is there a return"),
    ((Stars(), lambda table: table), "Which of these columns is the answer"),
    (Stars(), "Which of these columns is the answer"),
    ((Stars(), lambda table: table["stars"].sum() / table["ratings"].sum()), "That is one number"),
    ((AddedWithZeros(), average), "makes 3 of 3.0"),
]

# --- 05.2 -------------------------------------------------------------------------------------------------


def lines(batch):
    out = batch.frame(OrderPlaced, each="lines")
    back = batch.frame(ItemsReturned, each="lines")
    return pd.concat([out, back.assign(quantity=-back["quantity"])])


class BestSellers:
    name, version, events = "best_sellers", 1, (OrderPlaced, ItemsReturned)
    schema = lab.Schema(index=["product_id"], columns={"units": "int64"})

    def summarise(self, batch):
        moved = lines(batch).rename(columns={"quantity": "units"})
        return moved.groupby("product_id")[["units"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


class ByLoop(BestSellers):
    def summarise(self, batch):
        units = {}
        for one in batch:
            sign = {OrderPlaced: 1, ItemsReturned: -1}.get(type(one.event), 0)
            for line in one.event.lines if sign else ():
                units[line.product_id] = units.get(line.product_id, 0) + sign * line.quantity
        return self.schema.conform(pd.DataFrame({"product_id": list(units), "units": list(units.values())}))

    def merge(self, table, rows):
        return table.add(rows, fill_value=0).astype("int64")


class SoldAndBack(BestSellers):
    """Keep both numbers, and their difference."""

    schema = lab.Schema(index=["product_id"], columns={"sold": "int64", "back": "int64", "units": "int64"})

    def summarise(self, batch):
        parts = {}
        for name, kind in (("sold", OrderPlaced), ("back", ItemsReturned)):
            parts[name] = batch.frame(kind, each="lines").groupby("product_id")["quantity"].sum()
        both = pd.DataFrame(parts).fillna(0)
        return self.schema.conform(both.assign(units=both["sold"] - both["back"]).rename_axis("product_id"))

    def merge(self, table, rows):
        return pd.concat([table, rows]).groupby(level="product_id").sum()


class Counted(BestSellers):
    """Two Counters, one taken off the other; subtract keeps what is below zero."""

    def summarise(self, batch):
        units = Counter()
        for recorded in batch:
            match recorded.event:
                case OrderPlaced(lines=lines):
                    for line in lines:
                        units[line.product_id] += line.quantity
                case ItemsReturned(lines=lines):
                    for line in lines:
                        units[line.product_id] -= line.quantity
        return self.schema.conform(pd.Series(units, name="units", dtype="int64").rename_axis("product_id").to_frame())

    def merge(self, table, rows):
        names = table.index.union(rows.index).rename("product_id")
        return table.reindex(names, fill_value=0) + rows.reindex(names, fill_value=0)


class InNumpy(BestSellers):
    def summarise(self, batch):
        moved = lines(batch)
        names, at = np.unique(moved["product_id"].to_numpy(dtype=str), return_inverse=True)
        units = np.zeros(len(names), dtype="int64")
        np.add.at(units, at, moved["quantity"].to_numpy())
        return self.schema.conform(pd.DataFrame({"product_id": names, "units": units}))

    def merge(self, table, rows):
        merged = table["units"].to_dict()
        for product, units in rows["units"].items():
            merged[product] = merged.get(product, 0) + units
        return self.schema.conform(pd.DataFrame({"product_id": list(merged), "units": list(merged.values())}))


class AsIndex(BestSellers):
    """Take one group off the other, with the products as index throughout."""

    def summarise(self, batch):
        out, back = (batch.frame(kind, each="lines").groupby("product_id")[["quantity"]].sum() for kind in self.events)
        moved = out.sub(back, fill_value=0).set_axis(["units"], axis="columns")
        return self.schema.conform(moved.rename_axis("product_id"))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=("units",))


class CountsLines(BestSellers):
    def summarise(self, batch):
        return lines(batch).groupby("product_id")[["quantity"]].count().set_axis(["units"], axis="columns")


class DropsDuplicates(BestSellers):
    def summarise(self, batch):
        once = lines(batch).drop_duplicates(["product_id", "quantity"])
        return once.rename(columns={"quantity": "units"}).groupby("product_id")[["units"]].sum()


class ForgetsReturns(BestSellers):
    def summarise(self, batch):
        sold = batch.frame(OrderPlaced, each="lines").rename(columns={"quantity": "units"})
        return sold.groupby("product_id")[["units"]].sum()


class AddsReturns(BestSellers):
    def summarise(self, batch):
        moved = pd.concat([batch.frame(kind, each="lines") for kind in self.events])
        return moved.rename(columns={"quantity": "units"}).groupby("product_id")[["units"]].sum()


class FailsOnAnEmptyLog(BestSellers):
    def summarise(self, batch):
        if not batch.holds(self.events):
            return None
        return super().summarise(batch)


class KeepsTheNewer(BestSellers):
    def merge(self, table, rows):
        return pd.concat([table.drop(rows.index, errors="ignore"), rows])


class KeepsTheOlder(BestSellers):
    def merge(self, table, rows):
        return pd.concat([table, rows.drop(table.index, errors="ignore")])


class NeverBelowZero(BestSellers):
    def summarise(self, batch):
        return super().summarise(batch).clip(lower=0)


class TopHundred(BestSellers):
    def summarise(self, batch):
        return super().summarise(batch).nlargest(100, "units")


class TopOfTheTable(BestSellers):
    def merge(self, table, rows):
        return super().merge(table, rows).nlargest(200, "units")


class TopTen(BestSellers):
    def summarise(self, batch):
        return super().summarise(batch).nlargest(10, "units")


class AddsInPlace(BestSellers):
    def merge(self, table, rows):
        both = lab.merge_rows(table, rows, add=["units"])
        table["units"] = table["units"] * 2
        return both


class NoRows(BestSellers):
    """As the cell was."""

    def summarise(self, batch):
        return self.schema.empty()

    def merge(self, table, rows):
        return table


class ClipsInMerge(BestSellers):
    def merge(self, table, rows):
        return super().merge(table, rows).clip(lower=0)


class ByDescription(BestSellers):
    def summarise(self, batch):
        moved = lines(batch).groupby("description", as_index=False).agg({"product_id": "last", "quantity": "sum"})
        moved = moved.drop_duplicates("product_id", keep="last")
        return self.schema.conform(moved.rename(columns={"quantity": "units"}))


class DescriptionsAsProducts(BestSellers):
    def summarise(self, batch):
        moved = lines(batch).groupby("description")[["quantity"]].sum().set_axis(["units"], axis="columns")
        return self.schema.conform(moved.rename_axis("product_id"))


class DropsZero(BestSellers):
    def summarise(self, batch):
        rows = super().summarise(batch)
        return rows[rows["units"] != 0]

    def merge(self, table, rows):
        both = super().merge(table, rows)
        return both[both["units"] != 0]


class DropsZeroOfASlice(BestSellers):
    def summarise(self, batch):
        return super().summarise(batch).query("units != 0")


class DropsZeroWhenMerged(BestSellers):
    def merge(self, table, rows):
        return super().merge(table, rows).query("units != 0")


class AnythingWithLines(BestSellers):
    def summarise(self, batch):
        units = {}
        for recorded in batch:
            for line in getattr(recorded.event, "lines", ()):
                sign = -1 if isinstance(recorded.event, ItemsReturned) else 1
                units[line.product_id] = units.get(line.product_id, 0) + sign * line.quantity
        return self.schema.conform(pd.DataFrame({"product_id": list(units), "units": list(units.values())}))


class Summed(BestSellers):
    """Sum something else of each line."""

    def __init__(self, what):
        self.what = what

    def summarise(self, batch):
        moved = lines(batch)
        moved = moved.assign(units=self.what(moved))
        return self.schema.conform(moved.groupby("product_id")[["units"]].sum())


class ALargerOne(BestSellers):
    def merge(self, table, rows):
        return self.schema.conform(pd.concat([table, rows]).groupby(level=0).max())


class RowsThatAreNoFrame(BestSellers):
    def summarise(self, batch):
        return super().summarise(batch)["units"]


class KeyOfTheWrongKind(BestSellers):
    def summarise(self, batch):
        return lines(batch).groupby("product")[["quantity"]].sum()


class NoMerging(BestSellers):
    def merge(self, table, rows):
        pd.concat([table, rows]).groupby(level=0).sum()


WRONG_SELLERS = {
    "untouched": (NoRows(), "Your table is empty"),
    "counts lines": (CountsLines(), "You count lines"),
    "numbers of lines": (Summed(lambda moved: moved["line"]), "the number of the line in its order"),
    "money": (Summed(lambda moved: moved["quantity"] * moved["unit_price_mills"]), "That is money"),
    "prices": (Summed(lambda moved: moved["unit_price_mills"]), "what one piece costs"),
    "breaks on duplicates": (DropsDuplicates(), "Are two equal lines one and the same"),
    "groups by description": (ByDescription(), "What makes two lines the same product"),
    "forgets returns": (ForgetsReturns(), "How many did the shop sell"),
    "adds returns": (AddsReturns(), "Which sign does a return have"),
    "anything with lines": (AnythingWithLines(), "it is not a sale yet"),
    "breaks on an empty log": (FailsOnAnEmptyLog(), "an empty one"),
    "breaks on split batches": (KeepsTheNewer(), "Where did the slice before it go"),
    "keeps the older": (KeepsTheOlder(), "What does merge make of two rows"),
    "never below zero": (NeverBelowZero(), "if not minus one"),
    "never below zero, merged": (ClipsInMerge(), "Who made it zero"),
    "drops what came back": (DropsZero(), "if you leave this one out"),
    "the top ten of each slice": (TopTen(), "Who may drop a row"),
    "writes into the table": (AddsInPlace(), "make a new one instead"),
    "merge returns nothing": (NoMerging(), "Is there a return on every path"),
    "a column that is not there": (KeyOfTheWrongKind(), "There is nothing of that name"),
    "a Series": (RowsThatAreNoFrame(), "Your schema declares"),
    "a class": (BestSellers, "a projection is an object of it"),
}
ALSO_WRONG_SELLERS = [
    (DropsZeroOfASlice(), "if you leave this one out"),
    (DropsZeroWhenMerged(), "if you leave this one out"),
    (TopHundred(), "Who may drop a row"),
    (TopOfTheTable(), "Who may drop a row"),
    (ALargerOne(), "What does merge make of two rows"),
    (DescriptionsAsProducts(), "Which field of a line says how many"),
    (Summed(lambda moved: 1), "You count lines"),
    (Summed(lambda moved: moved["ordinal"]), "the number of the line in its order"),
    (Summed(lambda moved: moved["quantity"].abs()), "Which sign does a return have"),
    (None, "Write your answer there in place"),
    (lambda batch: batch, "What does every projection declare"),
]

# --- 05.3 -------------------------------------------------------------------------------------------------


class Loans:
    name, version, events = "loans", 1, (CopyLent, CopyBroughtBack)
    schema = lab.Schema(index=["copy"], columns={"member": "str", "position": "int64"})

    def summarise(self, batch):
        facts = pd.concat([batch.frame(CopyLent), batch.frame(CopyBroughtBack).assign(member="")])
        return self.schema.conform(facts.sort_values("position").drop_duplicates("copy", keep="last"))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, latest={"position": ["member"]})


def on_loan(table):
    return table[table["member"] != ""]


class LoansByLoop(Loans):
    def summarise(self, batch):
        last = {one.event.copy: one for one in batch if isinstance(one.event, self.events)}
        rows = [
            {"copy": copy, "member": getattr(one.event, "member", ""), "position": one.position}
            for copy, one in last.items()
        ]
        return self.schema.conform(pd.DataFrame(rows, columns=["copy", "member", "position"]))

    def merge(self, table, rows):
        both = pd.concat([table, rows]).sort_values("position")
        return both[~both.index.duplicated(keep="last")]


def members(table):
    return {copy: member for copy, member in table["member"].items() if member}


class TwoPositions(Loans):
    """Keep when a copy was last lent, and when it last came back."""

    schema = lab.Schema(index=["copy"], columns={"member": "str", "lent": "int64", "back": "int64"})

    def summarise(self, batch):
        lent = batch.frame(CopyLent).drop_duplicates("copy", keep="last").set_index("copy")
        back = batch.frame(CopyBroughtBack).groupby("copy")["position"].max()
        names = lent.index.union(back.index).rename("copy")
        return self.schema.conform(
            pd.DataFrame(
                {
                    "member": lent["member"].reindex(names).fillna(""),
                    "lent": lent["position"].reindex(names, fill_value=0),
                    "back": back.reindex(names, fill_value=0),
                }
            )
        )

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, latest={"lent": ["member"], "back": []})


def lent_last(table):
    return table.loc[table["lent"] > table["back"], "member"]


class Everything(Loans):
    """Keep every event as a row of its own, and let the question find the last."""

    schema = lab.Schema(index={"copy": "str", "position": "int64"}, columns={"member": "str"})

    def summarise(self, batch):
        facts = [batch.frame(CopyLent), batch.frame(CopyBroughtBack).assign(member="")]
        return self.schema.conform(pd.concat(facts))

    def merge(self, table, rows):
        return pd.concat([table, rows[~rows.index.isin(table.index)]])


def last_of_each(table):
    last = table.sort_index().groupby(level="copy").tail(1).reset_index("position", drop=True)
    return last.loc[last["member"] != "", "member"]


class WithAFlag(Loans):
    schema = lab.Schema(index=["copy"], columns={"out": "bool", "member": "str", "as_of": "int64"})

    def summarise(self, batch):
        rows = {}
        for recorded in batch:
            match recorded.event:
                case CopyLent(copy, member):
                    rows[copy] = True, member, recorded.position
                case CopyBroughtBack(copy):
                    rows[copy] = False, "nobody", recorded.position
        found = pd.DataFrame.from_dict(rows, orient="index", columns=["out", "member", "as_of"])
        return self.schema.conform(found.rename_axis("copy"))

    def merge(self, table, rows):
        newest = pd.concat([table, rows]).reset_index().sort_values("as_of").groupby("copy", as_index=False).tail(1)
        return self.schema.conform(newest)


def by_column(table):
    return table[table["out"]].reset_index()[["copy", "member"]]


def by_query(table):
    return table.query("member != ''")[["member"]]


def in_pairs(table):
    return [(copy, row.member) for copy, row in table.iterrows() if row.member]


class ForgetsBringing(Loans):
    def summarise(self, batch):
        return self.schema.conform(batch.frame(CopyLent).drop_duplicates("copy", keep="last"))


class FirstLoan(Loans):
    def summarise(self, batch):
        facts = pd.concat([batch.frame(CopyLent), batch.frame(CopyBroughtBack).assign(member="")])
        gone = facts.loc[facts["member"] == "", "copy"]
        first = facts.sort_values("position").drop_duplicates("copy", keep="first")
        return self.schema.conform(first.assign(member=first["member"].where(~first["copy"].isin(gone), "")))


class DropsTheRow(Loans):
    """A slice's own returns are taken out; a return alone leaves nothing."""

    def summarise(self, batch):
        rows = super().summarise(batch)
        return rows[rows["member"] != ""]


class KeepsTheFirst(Loans):
    def merge(self, table, rows):
        kept = table.drop(rows.index[rows["member"] == ""], errors="ignore")
        return pd.concat([kept, rows.drop(table.index, errors="ignore")])


class LastToArrive(Loans):
    def merge(self, table, rows):
        return pd.concat([table.drop(rows.index, errors="ignore"), rows])


class ReturnsAlwaysWin(Loans):
    """By position, but a return beats every loan that was merged before it."""

    def merge(self, table, rows):
        merged = super().merge(table, rows)
        gone = rows.index[rows["member"] == ""].intersection(table.index)
        return merged.assign(member=merged["member"].where(~merged.index.isin(gone), ""))


class NeedsALoan(Loans):
    def summarise(self, batch):
        if not batch.holds((CopyLent,)) and not batch.holds((CopyBroughtBack,)):
            return []
        return super().summarise(batch)


class ByVersion(Loans):
    schema = lab.Schema(index=["copy"], columns={"member": "str", "version": "int64"})

    def summarise(self, batch):
        facts = pd.concat([batch.frame(CopyLent), batch.frame(CopyBroughtBack).assign(member="")])
        return self.schema.conform(facts.sort_values("version").drop_duplicates("copy", keep="last"))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, latest={"version": ["member"]})


class ByTime(Loans):
    schema = lab.Schema(index=["copy"], columns={"member": "str", "recorded_at": "float64"})

    def summarise(self, batch):
        facts = pd.concat([batch.frame(CopyLent), batch.frame(CopyBroughtBack).assign(member="")])
        return self.schema.conform(facts.sort_values("recorded_at").drop_duplicates("copy", keep="last"))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, latest={"recorded_at": ["member"]})


class ErasesInMerge(Loans):
    def merge(self, table, rows):
        both = super().merge(table, rows)
        table["member"] = "?"
        return both


class SortedByVersion(Loans):
    """Merged by position, and sorted by version before that."""

    def summarise(self, batch):
        facts = pd.concat([batch.frame(CopyLent), batch.frame(CopyBroughtBack).assign(member="")])
        return self.schema.conform(facts.sort_values(["version", "position"]).drop_duplicates("copy", keep="last"))


class MergedByVersion(ByVersion):
    """Sorted by position, and merged by version."""

    def summarise(self, batch):
        facts = pd.concat([batch.frame(CopyLent), batch.frame(CopyBroughtBack).assign(member="")])
        return self.schema.conform(facts.sort_values("position").drop_duplicates("copy", keep="last"))


class Unsorted(Loans):
    def summarise(self, batch):
        facts = pd.concat([batch.frame(CopyBroughtBack).assign(member=""), batch.frame(CopyLent)])
        return self.schema.conform(facts.drop_duplicates("copy", keep="last"))


class AnyEventOfTheLog(Loans):
    def summarise(self, batch):
        rows = [(one.event.copy, getattr(one.event, "member", ""), one.position) for one in batch]
        frame = pd.DataFrame(rows, columns=["copy", "member", "position"])
        return self.schema.conform(frame.drop_duplicates("copy", keep="last"))


class Adds(Loans):
    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["position"])


class NoCopies(Loans):
    def summarise(self, batch):
        return super().summarise(batch).reset_index()


class NoNewTable(Loans):
    def merge(self, table, rows):
        lab.merge_rows(table, rows, latest={"position": ["member"]})


class JustDeclared:
    """As the cell was."""

    name, version, events = "loans", 1, (CopyLent, CopyBroughtBack)
    schema = Loans.schema


WRONG_LOANS = {
    "untouched": ((JustDeclared(), lambda table: table), "which two functions does it have"),
    "everyone has everything": ((Loans(), lambda table: {"c1": "ada"}), "Two copies, two members"),
    "shows what came back": ((Loans(), lambda table: table), "Who hides a row"),
    "the first loan": ((FirstLoan(), on_loan), "Which event was the last"),
    "forgets what came back": ((ForgetsBringing(), on_loan), "your table does not know"),
    "by version": ((ByVersion(), on_loan), "Which number orders the log"),
    "an empty slice": ((NeedsALoan(), on_loan), "an empty one"),
    "any event": ((AnyEventOfTheLog(), on_loan), "Which events does yours read"),
    "drops the row": ((DropsTheRow(), on_loan), "a return alone leave behind"),
    "keeps the first row": ((KeepsTheFirst(), on_loan), "Which row did merge keep"),
    "the last to arrive wins": ((LastToArrive(), on_loan), "which of two rows is newer"),
    "returns always win": ((ReturnsAlwaysWin(), on_loan), "an old return undid a new loan"),
    "adds positions": ((Adds(), on_loan), "Try that line alone"),
    "rows of no shape": ((NoCopies(), on_loan), "Your schema declares"),
    "merge returns nothing": ((NoNewTable(), on_loan), "Is there a return on every path"),
    "copies of nobody": ((Loans(), lambda table: set(on_loan(table).index)), "which is whose"),
    "writes into the table": ((ErasesInMerge(), on_loan), "make a new one instead"),
    "no function": ((Loans(), None), "What asks your table"),
}
ALSO_WRONG_LOANS = [
    ((Loans(), lambda table: on_loan(table).head(10)), "Which did your answer leave out"),
    ((Loans(), lambda table: on_loan(table).drop_duplicates("member")), "Which did your answer leave out"),
    ((MergedByVersion(), on_loan), "Which number orders the log"),
    ((ByTime(), on_loan), "Which number orders the log"),
    ((SortedByVersion(), on_loan), "Which number orders the log"),
    ((Unsorted(), on_loan), "your table does not know"),
    ((Loans, on_loan), "a projection is an object of it"),
    ((Loans(), lambda table: table["copy"]), "There is nothing of that name"),
    ((Loans(), lambda table: on_loan(table)["position"]), "Two copies, two members"),
    ((Loans(), lambda table: dict(zip(table["member"], table.index, strict=True))), "Two copies, two members"),
    (Loans(), "Who hides a row"),
    ((Loans(), lambda table: on_loan), "Which container"),
]

RIGHT = {
    "05.1": [
        (Stars(), average),
        (CountsOfEach(), from_counts),
        (Weighted(), mean_of),
        (ByHand(), lambda table: table["total"].div(table["count"]).to_frame("average")),
        (Pivoted(), in_fractions),
        [Stars(), by_rows],
        (Stars(), in_numpy),
        (ByStars(), from_rows),
    ],
    "05.2": [BestSellers(), ByLoop(), SoldAndBack(), Counted(), InNumpy(), AsIndex()],
    "05.3": [
        (Loans(), on_loan),
        (LoansByLoop(), members),
        (TwoPositions(), lent_last),
        (WithAFlag(), by_column),
        (Everything(), last_of_each),
        (Loans(), by_query),
        (LoansByLoop(), in_pairs),
    ],
}
WRONG = {"05.1": WRONG_STARS, "05.2": WRONG_SELLERS, "05.3": WRONG_LOANS}
# Met with a sentence that another wrong answer of the same kind gets too.
ALSO_WRONG = {"05.1": ALSO_WRONG_STARS, "05.2": ALSO_WRONG_SELLERS, "05.3": ALSO_WRONG_LOANS}
