"""Answers to the exercises of lesson 5: right ones in several styles, and wrong ones with what each is told."""

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


WRONG_STARS = {
    "the average of averages": ((MeanOfMeans(), mean_of), "the average of two averages"),
    "the last slice alone": ((LastMean(), mean_of), "the last slice alone"),
    "the largest": ((LargestMean(), mean_of), "so that both still count"),
    "no average": ((Stars(), lambda table: table["stars"]), "What do you divide them by"),
    "fails when empty": ((FailsWhenEmpty(), average), "an empty one"),
    "remembers": ((Remembers(), average), "remember outside its table"),
    "writes into the table": ((WritesIntoTheTable(), average), "make a new one instead"),
    "a class": ((Stars, average), "What does every projection declare"),
    "no function": ((Stars(), 4.0), "What asks your table"),
}

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


class TopTen(BestSellers):
    def summarise(self, batch):
        return super().summarise(batch).nlargest(10, "units")


class AddsInPlace(BestSellers):
    def merge(self, table, rows):
        both = lab.merge_rows(table, rows, add=["units"])
        table["units"] = table["units"] * 2
        return both


WRONG_SELLERS = {
    "counts lines": (CountsLines(), "You count lines"),
    "breaks on duplicates": (DropsDuplicates(), "Are two equal lines one and the same"),
    "forgets returns": (ForgetsReturns(), "How many did the shop sell"),
    "adds returns": (AddsReturns(), "Which sign does a return have"),
    "breaks on an empty log": (FailsOnAnEmptyLog(), "hold no order at all"),
    "breaks on split batches": (KeepsTheNewer(), "Where did the slice before it go"),
    "keeps the older": (KeepsTheOlder(), "What does merge make of two rows"),
    "never below zero": (NeverBelowZero(), "if not minus one"),
    "the top ten of each slice": (TopTen(), "Who may drop a row"),
    "writes into the table": (AddsInPlace(), "make a new one instead"),
    "a class": (BestSellers, "What does every projection declare"),
}

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


WRONG_LOANS = {
    "everyone has everything": ((Loans(), lambda table: {"c1": "ada"}), "Two copies, two members"),
    "shows what came back": ((Loans(), lambda table: table), "Who hides a row"),
    "the first loan": ((FirstLoan(), on_loan), "Which event was the last"),
    "forgets what came back": ((ForgetsBringing(), on_loan), "has not heard of it"),
    "an empty slice": ((NeedsALoan(), on_loan), "an empty one"),
    "drops the row": ((DropsTheRow(), on_loan), "a return alone leave behind"),
    "keeps the first row": ((KeepsTheFirst(), on_loan), "Which row did merge keep"),
    "the last to arrive wins": ((LastToArrive(), on_loan), "which of two rows is newer"),
    "returns always win": ((ReturnsAlwaysWin(), on_loan), "an old return undid a new loan"),
    "a class": ((Loans, on_loan), "What does every projection declare"),
    "no function": ((Loans(), None), "What asks your table"),
}

RIGHT = {
    "05.1": [(Stars(), average), (CountsOfEach(), from_counts)],
    "05.2": [BestSellers(), ByLoop()],
    "05.3": [(Loans(), on_loan), (LoansByLoop(), members)],
}
WRONG = {"05.1": WRONG_STARS, "05.2": WRONG_SELLERS, "05.3": WRONG_LOANS}
ALSO_WRONG = {}
