"""Answers to the exercises of lesson 13: right ones in several styles, and wrong ones with what each is told."""

import collections
import functools
import itertools

import numpy as np
import pandas as pd

import cqrs_lab as lab
from cqrs_lab.course.exercises.lesson_13 import DAYS, KEEPS
from cqrs_lab.shop import events

# --- 13.1 -------------------------------------------------------------------------------------------------

COLUMNS = ["orders", "value_mills"]


def billed(batch, kinds=((events.OrderPlaced, 1), (events.ItemsReturned, -1)), parts=("lines", "charges")):
    for kind, sign in kinds:
        for each in parts:
            items = batch.frame(kind, each=each)
            yield items.assign(value_mills=sign * items["quantity"] * items["unit_price_mills"])


class Customers:
    name, version, events = "customers", 1, (events.OrderPlaced, events.ItemsReturned)
    schema = lab.Schema(index=["customer_id"], columns={"orders": "int64", "value_mills": "int64"})

    def orders(self, batch):
        return batch.frame(events.OrderPlaced).groupby("customer_id").size().rename("orders")

    def values(self, batch):
        items = pd.concat([part[["customer_id", "value_mills"]] for part in billed(batch)])
        return items.groupby("customer_id")["value_mills"].sum()

    def summarise(self, batch):
        both = pd.concat([self.orders(batch), self.values(batch)], axis="columns").fillna(0)
        return self.schema.conform(both.rename_axis("customer_id"))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=COLUMNS)


class EventByEvent(Customers):
    """Plain loops over the events, and a dict."""

    def summarise(self, batch):
        orders, values = collections.Counter(), collections.Counter()
        for recorded in batch:
            event = recorded.event
            if isinstance(event, self.events):
                sign = 1 if isinstance(event, events.OrderPlaced) else -1
                orders[event.customer_id] += sign > 0
                for item in (*event.lines, *event.charges):
                    values[event.customer_id] += sign * item.quantity * item.unit_price_mills
        table = {name: [orders[name], values[name]] for name in {*orders, *values}}
        frame = pd.DataFrame.from_dict(table, orient="index", columns=COLUMNS)
        return self.schema.conform(frame.rename_axis("customer_id"))


class OneFrame(Customers):
    """Stack bills with no value on lines with no bill, and add up both columns at once."""

    def summarise(self, batch):
        bills = batch.frame(events.OrderPlaced)[["customer_id"]].assign(orders=1, value_mills=0)
        items = pd.concat(billed(batch))[["customer_id", "value_mills"]].assign(orders=0)
        return self.schema.conform(pd.concat([bills, items]).groupby("customer_id")[COLUMNS].sum())


class ByDocument(Customers):
    """First each document, then each customer."""

    def summarise(self, batch):
        items = pd.concat(billed(batch))
        values = items.groupby("position")["value_mills"].sum()
        papers = [batch.frame(kind).assign(orders=int(kind is events.OrderPlaced)) for kind in self.events]
        frame = pd.concat(papers)[["position", "customer_id", "orders"]]
        frame["value_mills"] = frame["position"].map(values).fillna(0).astype("int64")
        return self.schema.conform(frame.groupby("customer_id")[COLUMNS].sum())


class AddsTables(Customers):
    """Merge with pandas alone, on the inherited summary."""

    def merge(self, table, rows):
        return self.schema.conform(pd.concat([table, rows]).groupby("customer_id")[COLUMNS].sum())


class MoreColumns(Customers):
    """Gross and taken off, kept beside the net."""

    schema = lab.Schema(
        index={"customer_id": "str"}, columns={"orders": "int64", "value_mills": "int64", "taken_off": "int64"}
    )

    def summarise(self, batch):
        items = pd.concat(billed(batch))
        items["taken_off"] = items["value_mills"].clip(upper=0)
        sums = items.groupby("customer_id")[["value_mills", "taken_off"]].sum()
        return self.schema.conform(sums.join(self.orders(batch), how="outer").fillna(0))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=[*COLUMNS, "taken_off"])


def total(table):
    """Return the table as a question of it would: the customer as a column."""
    return table.reset_index()


class FirstTry(Customers):
    def summarise(self, batch):
        lines = batch.frame(events.OrderPlaced, each="lines")
        lines = lines.assign(value_mills=lines["quantity"] * lines["unit_price_mills"])
        values = lines.groupby("customer_id")["value_mills"].sum()
        both = pd.DataFrame({"orders": self.orders(batch), "value_mills": values}).fillna(0)
        return self.schema.conform(both[both.index != ""].rename_axis("customer_id"))


class CountsPieces(Customers):
    def orders(self, batch):
        return batch.frame(events.OrderPlaced, each="lines").groupby("customer_id")["quantity"].sum().rename("orders")


class AddsPrices(Customers):
    def values(self, batch):
        return pd.concat(billed(batch)).groupby("customer_id")["unit_price_mills"].sum().rename("value_mills")


class DropsEqualLines(Customers):
    def values(self, batch):
        keys = ["position", "customer_id", "value_mills"]
        return pd.concat(billed(batch)).drop_duplicates(keys).groupby("customer_id")["value_mills"].sum()


class TellsOrdersByTheirValue(Customers):
    def orders(self, batch):
        frame = batch.frame(events.OrderPlaced)
        return frame.drop_duplicates(["customer_id", "country"]).groupby("customer_id").size().rename("orders")


class DropsStrangers(Customers):
    def summarise(self, batch):
        rows = super().summarise(batch)
        return rows[rows.index != ""]


class RenamesStrangers(Customers):
    def summarise(self, batch):
        return super().summarise(batch).rename(index={"": "unknown"})


class NumbersOfCustomers(Customers):
    """As a spreadsheet does: 042 becomes 42."""

    def summarise(self, batch):
        rows = super().summarise(batch)
        return self.schema.conform(
            rows.groupby(rows.index.str.lstrip("0").str.lower()).sum().rename_axis("customer_id")
        )


class ForgetsCharges(Customers):
    def values(self, batch):
        return pd.concat(billed(batch, parts=["lines"])).groupby("customer_id")["value_mills"].sum()


class CountsChargesAsOrders(Customers):
    def orders(self, batch):
        parts = [batch.frame(events.OrderPlaced, each=each) for each in ("lines", "charges")]
        papers = pd.concat([part.drop_duplicates("position") for part in parts])
        return papers.groupby("customer_id").size().rename("orders")


class OrdersWithGoodsOnly(Customers):
    def orders(self, batch):
        goods = batch.frame(events.OrderPlaced, each="lines").drop_duplicates("position")
        return goods.groupby("customer_id").size().rename("orders")


class OneCharge(Customers):
    def values(self, batch):
        items = pd.concat(billed(batch))
        ordered = items[items["value_mills"] > -(10**18)]
        charges = pd.concat(billed(batch, parts=["charges"]))
        extra = charges[charges.duplicated("position")].groupby("customer_id")["value_mills"].sum()
        return ordered.groupby("customer_id")["value_mills"].sum().sub(extra, fill_value=0).astype("int64")


class AddsCreditNotes(Customers):
    def values(self, batch):
        kinds = (events.OrderPlaced, 1), (events.ItemsReturned, 1)
        return pd.concat(billed(batch, kinds)).groupby("customer_id")["value_mills"].sum()


class CountsAllPapersAndAddsThem(AddsCreditNotes):
    def orders(self, batch):
        papers = pd.concat([batch.frame(kind) for kind in self.events])
        return papers.groupby("customer_id").size().rename("orders")


class IgnoresCreditNotes(Customers):
    def values(self, batch):
        return pd.concat(billed(batch, [(events.OrderPlaced, 1)])).groupby("customer_id")["value_mills"].sum()


class CountsCreditNotesAsOrders(Customers):
    orders = CountsAllPapersAndAddsThem.orders


class TakesOrdersBack(Customers):
    def orders(self, batch):
        returned = batch.frame(events.ItemsReturned).groupby("customer_id").size()
        return super().orders(batch).sub(returned, fill_value=0).rename("orders").astype("int64")


class CountsOrdersFromZero(Customers):
    def orders(self, batch):
        returned = batch.frame(events.ItemsReturned).groupby("customer_id").size()
        return super().orders(batch).sub(returned, fill_value=0).clip(lower=0).rename("orders").astype("int64")


class TakesAllOff(Customers):
    """A customer with a credit note counts as one who bought nothing."""

    def values(self, batch):
        back = set(batch.frame(events.ItemsReturned)["customer_id"])
        values = super().values(batch)
        return values.where(~values.index.isin(list(back)) | (values < 0), 0)


class KeepsPostage(Customers):
    def values(self, batch):
        parts = [*billed(batch, [(events.OrderPlaced, 1)]), *billed(batch, [(events.ItemsReturned, -1)], ["lines"])]
        return pd.concat(parts).groupby("customer_id")["value_mills"].sum()


class DropsWhatIsZero(Customers):
    def summarise(self, batch):
        rows = super().summarise(batch)
        return rows[rows["value_mills"] != 0]


class NamedCreditNotesOnly(Customers):
    def values(self, batch):
        items = pd.concat(billed(batch))
        return (
            items[(items["customer_id"] != "") | (items["value_mills"] >= 0)]
            .groupby("customer_id")["value_mills"]
            .sum()
        )


class BuyersOnly(Customers):
    def summarise(self, batch):
        rows = super().summarise(batch)
        return rows[rows["orders"] > 0]


class NeverBelowZero(Customers):
    def values(self, batch):
        return super().values(batch).clip(lower=0)


class WithoutSign(Customers):
    def values(self, batch):
        return super().values(batch).abs()


class CountsRefusedLines(Customers):
    events = (events.OrderPlaced, events.ItemsReturned, events.OrderLinesRefused)

    def values(self, batch):
        refused = batch.frame(events.OrderLinesRefused, each="lines")
        refused = refused.assign(value_mills=refused["quantity"] * refused["unit_price_mills"])
        return pd.concat([*billed(batch), refused]).groupby("customer_id")["value_mills"].sum()


class KeepsTheLast(Customers):
    def merge(self, table, rows):
        return self.schema.conform(pd.concat([table, rows]).groupby("customer_id")[COLUMNS].last())


class MergesAbove(Customers):
    """Clips in merge what summarise has let through."""

    def merge(self, table, rows):
        return super().merge(table, rows.clip(lower=0))


class SmallNumbers(Customers):
    def values(self, batch):
        return super().values(batch).clip(upper=2**31 - 1)


class Empty(Customers):
    def summarise(self, batch):
        return self.schema.empty()


class ReturnsNothing(Customers):
    def summarise(self, batch):
        super().summarise(batch)


class Remembers(Customers):
    def __init__(self):
        self.seen = set()

    def orders(self, batch):
        new = batch.frame(events.OrderPlaced)
        new = new[~new["order_id"].isin(list(self.seen))]
        self.seen |= set(new["order_id"])
        return new.groupby("customer_id").size().rename("orders")


class OtherColumns(Customers):
    schema = lab.Schema(index=["customer_id"], columns={"orders": "int64", "spent": "int64"})

    def values(self, batch):
        return super().values(batch).rename("spent")

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["orders", "spent"])


class Raises(Customers):
    def summarise(self, batch):
        return batch.frame(events.OrderPlaced)["value_mills"]


class LeavesGaps(Customers):
    def summarise(self, batch):
        both = pd.concat([self.orders(batch), self.values(batch)], axis="columns")
        return both.rename_axis("customer_id")


WRONG_CUSTOMERS = {
    "pieces": (CountsPieces(), "You count pieces"),
    "prices": (AddsPrices(), "You add up prices"),
    "equal lines once": (DropsEqualLines(), "Two lines of that bill are equal"),
    "equal bills once": (TellsOrdersByTheirValue(), "How do you tell an order from another"),
    "drops lines without a customer": (DropsStrangers(), "the goods are gone all the same"),
    "another name for strangers": (RenamesStrangers(), "Under which key do you keep it"),
    "numbers of customers": (NumbersOfCustomers(), "Do you shorten or change a customer's number"),
    "without charges": (ForgetsCharges(), "The customer paid postage too"),
    "charges are orders": (CountsChargesAsOrders(), "How often do you count it"),
    "orders with goods": (OrdersWithGoodsOnly(), "only postage"),
    "one charge a bill": (OneCharge(), "Two charges, one of them for three pieces"),
    "counts cancellations as sales": (AddsCreditNotes(), "Did Ada pay for the cup that came back"),
    "all papers": (CountsAllPapersAndAddsThem(), "And is a credit note an order"),
    "ignores cancellations": (IgnoresCreditNotes(), "your table does not know"),
    "credit notes are orders": (CountsCreditNotesAsOrders(), "Which of the two papers is an order"),
    "orders go back": (CountsOrdersFromZero(), "her order is gone from your count"),
    "takes all off": (TakesAllOff(), "How much do you take off"),
    "keeps the postage": (KeepsPostage(), "Which part of the credit note"),
    "drops what is zero": (DropsWhatIsZero(), "Who took the row out"),
    "credit notes with a name": (NamedCreditNotesOnly(), "A credit note without a customer"),
    "buyers only": (BuyersOnly(), "he bought before the file begins"),
    "never below zero": (NeverBelowZero(), "Who turned that into 0"),
    "without sign": (WithoutSign(), "your table says that he paid them"),
    "refused lines": (CountsRefusedLines(), "Which events are bills"),
    "the last slice": (KeepsTheLast(), "That is what the last slice says"),
    "small numbers": (SmallNumbers(), "Where does your number stop growing"),
    "empty": (Empty(), "Your table is empty"),
    "nothing": (ReturnsNothing(), "Is there a return on every path"),
    "remembers": (Remembers(), "What does yours remember outside its table"),
    "other columns": (OtherColumns(), "Which column holds value_mills"),
    "raises": (Raises(), "compare names"),
    "gaps": (LeavesGaps(), "This slice holds no OrderPlaced"),
    "the class": (Customers, "a projection is an object of it"),
    "no projection": ("customers", "What does every projection declare"),
}
ALSO_CUSTOMERS = [
    (FirstTry(), "the goods are gone all the same"),
    (MergesAbove(), "Who turned that into 0"),
    (TakesOrdersBack(), "her order is gone from your count"),
    (OneFrame, "Hand over OneFrame()"),
    (None, "in place of what it holds"),
]

# --- 13.3 -------------------------------------------------------------------------------------------------

MONEY, MEAN, WHO, PRICE, ORDERS, MEDIAN, BEST, LAST = DAYS


def but(question, word):
    return DAYS | {question: word}


WRONG_DAYS = {
    "untouched": (dict.fromkeys(DAYS, ""), "in place of what it holds"),
    "customers added up": (but(WHO, "a sum"), "How often is she in the sum"),
    "customers in two numbers": (but(WHO, "a sum and a count"), "Which of your two numbers knows"),
    "customers of the last day": (but(WHO, "the latest"), "Who came only on Monday"),
    "every purchase": (but(WHO, "every value"), "It is enough to know who was there"),
    "averages added up": (but(MEAN, "a sum"), "What do you divide 100 by"),
    "the last average": (but(MEAN, "the latest"), "The last day's average"),
    "every order for an average": (but(MEAN, "every value"), "keep far more than you need"),
    "prices added up": (but(PRICE, "a sum"), "the price of nothing"),
    "an average price": (but(PRICE, "a sum and a count"), "an average price"),
    "all prices": (but(PRICE, "every value"), "all the prices that no longer hold"),
    "the median by a sum": (but(MEDIAN, "a sum"), "where the middle is"),
    "the mean for the median": (but(MEDIAN, "a sum and a count"), "pull far away from the middle"),
    "the last median": (but(MEDIAN, "the latest"), "The middle of the last day"),
    "the winner of each day": (but(BEST, "the latest"), "second every day is lost"),
    "one number for all products": (but(BEST, "a sum"), "One number for all products"),
    "dates added up": (but(LAST, "a sum"), "Two dates cannot be added up"),
    "an average date": (but(LAST, "a sum and a count"), "an average date"),
    "all dates": (but(LAST, "every value"), "only one can still be the answer"),
    "a count of orders": (but(ORDERS, "a count"), "The counts of two days are added up"),
    "orders of the last day": (but(ORDERS, "the latest"), "as many orders as its last day"),
    "a row for each order": (but(ORDERS, "a row for each"), "Can it be counted twice"),
    "money of the last day": (but(MONEY, "the latest"), "Monday's money is gone"),
    "divides an amount": (but(MONEY, "a sum and a count"), "What would you divide"),
    "another word": (but(MONEY, "a maximum"), "Which of the 5 comes closest"),
    "one is open": (but(LAST, ""), "Take two days"),
    "no mapping": ("a sum", "For each question: what is the least"),
}
ALSO_DAYS = [
    (but(MONEY, "every value"), "keep far more than you need"),
    (but(MONEY, "a row for each"), "keep far more than you need"),
    (but(ORDERS, "every value"), "Do you need what they come to"),
    (dict.fromkeys(DAYS, "a sum"), "What do you divide 100 by"),
    (dict.fromkeys(DAYS, "every value"), "keep far more than you need"),
    ({}, "Take two days"),
    ([], "Take two days"),
]

# --- 13.2 -------------------------------------------------------------------------------------------------


def reconcile(statement, ledger):
    bank, found = dict(statement), {}
    for reference, amount in statement:
        entered = [pence for other, pence in ledger if other == reference]
        if not entered:
            found[reference] = "missing"
        elif len(entered) > 1:
            found[reference] = "twice"
        elif entered[0] != amount:
            found[reference] = "differs"
    return found | {reference: "unknown" for reference, _ in ledger if reference not in bank}


def with_counters(statement, ledger):
    bank, times, amounts = dict(statement), collections.Counter(one for one, _ in ledger), dict(ledger)

    def word(reference):
        if reference not in bank:
            return "Unknown"
        if times[reference] != 1:
            return "TWICE" if times[reference] else "missing"
        return "differs" if amounts[reference] != bank[reference] else ""

    return {one: said for one in bank.keys() | times.keys() if (said := word(one))}


def with_groups(statement, ledger):
    entered = collections.defaultdict(list)
    for reference, pence in ledger:
        entered[reference].append(pence)
    bank = dict(statement)
    for reference in [*bank, *entered.keys() - bank.keys()]:
        match entered.get(reference), bank.get(reference):
            case None, _:
                yield reference, "missing"
            case _, None:
                yield reference, "unknown"
            case [_, _, *_], _:
                yield reference, "twice"
            case [pence], amount if pence != amount:
                yield reference, "differs"


def with_pandas(statement, ledger):
    columns = ["reference", "pence"]
    bank = pd.DataFrame(statement, columns=columns).set_index("reference")["pence"]
    company = pd.DataFrame(ledger, columns=columns).groupby("reference")["pence"].agg(["size", "first"])
    both = pd.concat([bank, company], axis="columns")
    if both.empty:
        return {}
    words = np.select(
        [both["size"].isna(), both["pence"].isna(), both["size"] > 1, both["first"] != both["pence"]],
        ["missing", "unknown", "twice", "differs"],
        "",
    )
    found = pd.Series(words, index=both.index)
    return found[found != ""]


def by_sorting(statement, ledger):
    found, bank = {}, dict(statement)
    for reference, group in itertools.groupby(sorted(ledger), key=lambda one: one[0]):
        amounts = [pence for _, pence in group]
        if reference not in bank:
            found[reference] = "unknown"
        elif len(amounts) > 1:
            found[reference] = "twice"
        elif amounts != [bank[reference]]:
            found[reference] = "differs"
    names = {reference for reference, _ in ledger}
    return found | {one: "missing" for one in bank if one not in names}


def by_removing(statement, ledger):
    left, found = list(ledger), {}
    for reference, amount in statement:
        own = [one for one in left if one[0] == reference]
        left = [one for one in left if one[0] != reference]
        if own != [(reference, amount)]:
            found[reference] = ("missing", "differs")[len(own)] if len(own) < 2 else "twice"
    for reference, _ in left:
        found[reference] = "unknown"
    return found


def by_reduce(statement, ledger):
    bank = dict(statement)
    seen = functools.reduce(lambda so_far, one: so_far | {one[0]: (*so_far.get(one[0], ()), one[1])}, ledger, {})
    words = {one: "unknown" for one in seen if one not in bank}
    words |= {one: "missing" for one in bank if one not in seen}
    words |= {one: "twice" for one in bank if len(seen.get(one, ())) > 1}
    return list(
        (words | {one: "differs" for one in bank if len(s := seen.get(one, ())) == 1 and s[0] != bank[one]}).items()
    )


def totals_alone(statement, ledger):
    same = sum(pence for _, pence in statement) == sum(pence for _, pence in ledger)
    return {} if same else reconcile(statement, ledger)


def but_for(word):
    return lambda statement, ledger: {one: said for one, said in reconcile(statement, ledger).items() if said != word}


def in_words(**words):
    return lambda statement, ledger: {one: words.get(w, w) for one, w in reconcile(statement, ledger).items()}


def at_amounts(read):
    def answer(statement, ledger):
        return reconcile(
            [(one, read(pence)) for one, pence in statement], [(one, read(pence)) for one, pence in ledger]
        )

    return answer


def falsy(statement, ledger):
    entered, found = dict(ledger), {}
    for reference, amount in statement:
        if not entered.get(reference):
            found[reference] = "missing"
        elif [one for one, _ in ledger].count(reference) > 1:
            found[reference] = "twice"
        elif entered[reference] != amount:
            found[reference] = "differs"
    return found | {one: "unknown" for one, _ in ledger if one not in dict(statement)}


def side_by_side(statement, ledger):
    found = {}
    for one, other in itertools.zip_longest(statement, ledger):
        if other is None:
            found[one[0]] = "missing"
        elif one is None:
            found[other[0]] = "unknown"
        elif one != other:
            found[one[0]] = "differs"
    return found


def whole_lines(statement, ledger):
    bank, company = set(statement), set(ledger)
    return {one: "missing" for one, _ in bank - company} | {one: "unknown" for one, _ in company - bank}


def twice_by_lines(statement, ledger):
    bank, found = dict(statement), {}
    for reference, amount in statement:
        own = [line for line in ledger if line[0] == reference]
        if not own:
            found[reference] = "missing"
        elif ledger.count(own[-1]) > 1:
            found[reference] = "twice"
        elif own[-1][1] != amount:
            found[reference] = "differs"
    return found | {one: "unknown" for one, _ in ledger if one not in bank}


def twice_next_to_each_other(statement, ledger):
    bank, entered = dict(statement), dict(ledger)
    found = {one: "differs" for one in bank if one in entered and entered[one] != bank[one]}
    found |= {one: "missing" for one in bank if one not in entered}
    found |= {one: "unknown" for one in entered if one not in bank}
    return found | {one: "twice" for (one, _), (two, _) in itertools.pairwise(ledger) if one == two and one in bank}


def any_case(statement, ledger):
    return reconcile(
        [(one.lower(), pence) for one, pence in statement], [(one.lower(), pence) for one, pence in ledger]
    )


def says_ok(statement, ledger):
    return dict.fromkeys(dict(statement), "ok") | reconcile(statement, ledger)


WRONG_RECONCILE = {
    "the cell": (
        lambda statement, ledger: dict(set(statement) - set(ledger)),
        "in place of what it holds",
    ),
    "nothing is wrong": (lambda statement, ledger: {}, "You find nothing wrong anywhere"),
    "totals": (totals_alone, "their errors cancel out"),
    "a dict loses the second": (but_for("twice"), "do with the second one"),
    "only what the bank says": (but_for("unknown"), "Who goes through what only the ledger says"),
    "only what the ledger says": (but_for("missing"), "Who goes through what only the bank says"),
    "references alone": (but_for("differs"), "Do the amounts agree as well"),
    "two words swapped": (in_words(missing="unknown", unknown="missing"), "Two of the words are swapped"),
    "twice only if equal": (twice_by_lines, "with two amounts"),
    "twice only if side by side": (twice_next_to_each_other, "with another line between"),
    "twice differs": (in_words(twice="differs"), "has the right amount, two times"),
    "twice is unknown": (in_words(twice="unknown"), "but not its second copy"),
    "without sign": (at_amounts(abs), "without their sign"),
    "whole pounds": (at_amounts(lambda pence: pence // 100), "You compare whole pounds"),
    "0 is nothing": (falsy, "An amount of 0 is not the same"),
    "in order": (side_by_side, "Who promised that order"),
    "whole lines": (whole_lines, "How do you find a line again"),
    "sides swapped": (lambda statement, ledger: reconcile(ledger, statement), "one side for the other"),
    "any case": (any_case, "a1 and A1 are two references"),
    "says ok": (says_ok, "What should a line say that agrees"),
    "amounts": (
        lambda statement, ledger: dict(sorted(set(statement) - set(ledger))),
        "Is this line in the ledger at all",
    ),
    "other words": (in_words(missing="lost"), "none of the four words"),
    "a list of references": (lambda statement, ledger: list(reconcile(statement, ledger)), "A dict has room for both"),
    "ten lines": (lambda statement, ledger: reconcile(statement[-10:], ledger), "How many do you look at"),
    "nothing": (lambda statement, ledger: None, "Is there a return"),
    "changes what it is given": (lambda statement, ledger: ledger.sort() or {}, "compare names"),
    "one argument": (lambda statement: {}, "Which arguments does the task name"),
    "no function": ({}, "What did you hand over"),
}
ALSO_RECONCILE = [
    (lambda statement, ledger: whole_lines(statement, ledger) | {}, "How do you find a line again"),
    (
        lambda statement, ledger: {one: "missing" for one in dict(statement) if one not in dict(ledger)},
        "Which side do you go through",
    ),
    (lambda statement, ledger: 3, "A dict has room for both"),
]

RIGHT = {
    "13.1": [
        *(Customers(), EventByEvent(), OneFrame(), ByDocument(), AddsTables(), MoreColumns()),
        *((Customers(), total), (OneFrame(), lambda table: table)),
    ],
    "13.2": [reconcile, with_counters, with_groups, with_pandas, by_sorting, by_removing, by_reduce],
    "13.3": [
        DAYS,
        {question: word.upper() for question, word in DAYS.items()},
        {question: word.removeprefix("a ").removeprefix("the ") for question, word in DAYS.items()},
        pd.Series(DAYS),
        list(DAYS.items()),
        dict(reversed(DAYS.items())),
    ],
}
WRONG = {"13.1": WRONG_CUSTOMERS, "13.2": WRONG_RECONCILE, "13.3": WRONG_DAYS}
ALSO_WRONG = {"13.1": ALSO_CUSTOMERS, "13.2": ALSO_RECONCILE, "13.3": ALSO_DAYS}
assert set(DAYS.values()) <= set(KEEPS)
