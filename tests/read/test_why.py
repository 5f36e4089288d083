"""The events that a cell is said to rest on are those without which a rebuild of the table has another cell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from random import Random

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.read.why import Lineage
from cqrs_lab.shop import events, read

DAY = datetime(2026, 1, 1)


@dataclass(frozen=True)
class Rated:
    product: str
    stars: int


class Stars:
    """A sum, a count and, what nobody should keep, a mean: it depends on the order of adding in its last digits."""

    name, version, events = "stars", 1, (Rated,)
    schema = lab.Schema(["product"], {"stars": "int64", "ratings": "int64", "mean": "float64"})

    def summarise(self, batch):
        rows = batch.frame(Rated).assign(ratings=1).groupby("product")[["stars", "ratings"]].sum()
        return self.schema.conform(rows.assign(mean=rows["stars"] / rows["ratings"]))

    def merge(self, table, rows):
        both = pd.concat([one.assign(mean=one["mean"] * one["ratings"]) for one in (table, rows)])
        added = both.groupby(level=0).sum()
        return self.schema.conform(added.assign(mean=added["mean"] / added["ratings"]))


class LastWriter:
    """The last writer wins, and nothing but the order of the merge says who was last. The key is a flag."""

    name, version, events = "last_writer", 1, (Rated,)
    schema = lab.Schema({"good": "bool"}, {"product": "str", "stars": "int64"})

    def summarise(self, batch):
        rated = batch.frame(Rated)
        return self.schema.conform(rated.assign(good=rated["stars"] > 2).drop_duplicates("good", keep="last"))

    def merge(self, table, rows):
        return pd.concat([table[~table.index.isin(rows.index)], rows])


class Extremes:
    """Minimum, maximum, the first and the last time, per product and kind."""

    name, version, events = "extremes", 1, (Rated,)
    schema = lab.Schema(
        {"product": "str", "even": "int8"},
        {"least": "Int64", "most": "Float64", "first": "datetime64[us]", "last": "float64"},
    )

    def summarise(self, batch):
        rated = batch.frame(Rated).assign(even=lambda all_of_them: all_of_them["stars"] % 2)
        at = {"seen": pd.to_datetime(rated["recorded_at"], unit="s"), "last": rated["recorded_at"]}
        groups = rated.assign(**at).groupby(["product", "even"])
        found = groups.agg(least=("stars", "min"), most=("stars", "max"), first=("seen", "min"), last=("last", "max"))
        return self.schema.conform(found.reset_index().astype({"even": "int8", "least": "Int64", "most": "Float64"}))

    def merge(self, table, rows):
        groups = pd.concat([table, rows]).reset_index().groupby(["product", "even"])
        found = groups.agg({"least": "min", "most": "max", "first": "min", "last": "max"}).reset_index()
        return self.schema.conform(found.astype({"even": "int8"}))


STRANGERS = Stars(), LastWriter(), Extremes()


def recorded(facts):
    """Number events as a log whose positions skip, in the seconds of the day that they happened."""
    return [
        lab.RecordedEvent(stream, 1, 3 * at + 1, event, recorded_at=1.7e9 + at)
        for at, (stream, event) in enumerate(facts)
    ]


def ratings(seed):
    """Draw ten ratings, among ten events that nobody reads."""
    draw = Random(seed)
    facts = [Rated(draw.choice("ab"), draw.randint(1, 4)) for _ in range(10)]
    facts += [events.ProductRetired("cup", DAY)] * 10
    draw.shuffle(facts)
    return recorded(("r", fact) for fact in facts)


def trade(seed, count=20):
    """Draw events of the shop; nothing asks whether they make sense together."""
    draw = Random(seed)

    def one(at):
        product, order, now = draw.choice(["cup", "pot"]), draw.choice(["1", "2"]), DAY + timedelta(hours=at)
        lines = (events.OrderLine(1, product, product.title(), draw.randint(0, 2), 100),)
        charges = (events.Charge(2, "POST", "Postage", 1, 30),)
        return draw.choice(
            [
                events.ProductListed(product, product.title(), draw.choice([100, 200]), now),
                events.PriceChanged(product, draw.choice([100, 200]), now),
                events.ProductRetired(product, now),
                events.CartLineSet(draw.choice("xy"), "ada", product, draw.randint(0, 2), 100, now),
                events.StockReceived(product, draw.randint(0, 2), now),
                events.OrderPlaced(f"{order}{at}", "ada", "Spain", lines, charges, now),
                events.OrderPaid(order, 100, now),
                events.OrderShipped(order, now),
                events.ItemStatusChanged(order, 1, draw.choice(["back order", "sent"]), now),
                events.OrderCancelled(order, "ada", lines, charges, now),
            ]
        )

    facts = [("shop", events.OrderPlaced("1", "ada", "Spain", (events.OrderLine(1, "cup", "Cup", 1, 100),), (), DAY))]
    return recorded([*facts, *((f"shop-{at % 3}", one(at)) for at in range(count - 1))])


def cells(table):
    """Return every cell of a table as {(key, column): value}."""
    return {(key, name): value for name in table for key, value in table[name].items()}


GONE = object()


def same(one, other):
    if one is GONE or other is GONE:
        return one is other
    if pd.isna(one) or pd.isna(other):
        return bool(pd.isna(one) and pd.isna(other))
    return one == pytest.approx(other, rel=1e-12) if isinstance(one, float) else one == other


def by_force(projection, log):
    """Return for each cell the positions that count, and those that are hidden with what hides them: by rebuilding."""
    read_at_all = [at for at, one in enumerate(log) if isinstance(one.event, projection.events)]

    def without(*left_out):
        rest = [one for at, one in enumerate(log) if at not in left_out]
        return cells(projection.summarise(lab.EventBatch(rest)))

    whole, alone = without(), {at: without(at) for at in read_at_all}
    pairs = {frozenset(pair): without(*pair) for pair in combinations(read_at_all, 2)}
    found = {}
    for cell, value in whole.items():
        counts = [at for at in read_at_all if not same(alone[at].get(cell, GONE), value)]
        hidden = {
            at: [
                by
                for by in read_at_all
                if by != at and not same(pairs[frozenset((at, by))].get(cell, GONE), alone[by].get(cell, GONE))
            ]
            for at in read_at_all
            if at not in counts
        }
        named = [(log[at].position, ()) for at in counts]
        named += [
            (log[at].position, tuple(log[by].position for by in others)) for at, others in hidden.items() if others
        ]
        found[cell] = sorted(named)
    return found


def said(lineage, cell):
    reasons = lineage.why(*cell).reasons
    return [(one.recorded.position, tuple(by.position for by in one.hidden_by)) for one in reasons]


LOGS = [(projection, trade(seed)) for seed, projection in enumerate(read.projections(), 20)]
LOGS += [(projection, ratings(seed)) for seed, projection in enumerate(STRANGERS)]


@pytest.mark.parametrize(("projection", "log"), LOGS, ids=[one.name for one, _ in LOGS])
def test_the_events_named_are_those_that_a_rebuild_without_them_names(projection, log):
    lineage, wanted = Lineage(projection, log), by_force(projection, log)
    assert {cell: said(lineage, cell) for cell in wanted} == wanted


class Adds:
    """Adds up stars."""

    name, version, events = "adds", 1, (Rated,)
    schema = lab.Schema(["product"], {"stars": "int64"})

    def summarise(self, batch):
        return batch.frame(Rated).groupby("product")[["stars"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["stars"])


class Averages(Adds):
    """An average of averages: the classic that breaks law 5."""

    name = "averages"
    schema = lab.Schema(["product"], {"stars": "float64"})

    def summarise(self, batch):
        return batch.frame(Rated).groupby("product")[["stars"]].mean()

    def merge(self, table, rows):
        return pd.concat([table, rows]).groupby(level=0).mean()


class OnlyTogether(Adds):
    """Products rated twice in one slice: no single event gives a row."""

    name = "only_together"

    def summarise(self, batch):
        rated = batch.frame(Rated)
        return rated[rated.duplicated("product", keep=False)].groupby("product")[["stars"]].sum()


def of(*stars):
    return recorded(("r", Rated("a", each)) for each in stars)


@pytest.mark.parametrize("projection", [Averages(), OnlyTogether()])
def test_a_projection_that_breaks_law_5_is_refused_by_the_name_of_the_law_with_where_to_look(projection):
    log = of(5, 5, 5, 1)
    assert not lab.check_projection(projection, log).ok
    with pytest.raises(lab.InvalidArgument, match=rf"{projection.name} does not keep law 5 .*check_projection\("):
        lab.why(projection, log, "a", "stars")


class LooksUp(Adds):
    """A merge that needs the keys that there are; it adds for "a", and keeps the larger for "b"."""

    rules = {"a": "sum", "b": "max"}  # noqa: RUF012

    def summarise(self, batch):
        return self.merge(self.schema.empty(), batch.frame(Rated)[["product", "stars"]].set_index("product"))

    def merge(self, table, rows):
        parts = pd.concat([table, rows])["stars"].groupby(level=0)
        found = {"product": list(parts.groups), "stars": [part.agg(self.rules[key]) for key, part in parts]}
        return self.schema.conform(pd.DataFrame(found))


class ByKey(LooksUp):
    """The same, and it does not mind an unknown key."""

    class Rules(dict):
        def __missing__(self, key):
            return "sum"

    rules = Rules(LooksUp.rules)


@pytest.mark.parametrize("projection", [LooksUp(), ByKey()])
def test_a_merge_that_looks_at_its_keys_sees_the_real_ones(projection):
    log = recorded(("r", Rated(*one)) for one in [("a", 2), ("b", 5), ("a", 3), ("b", 4), ("b", 4)])
    lineage = Lineage(projection, log)
    assert said(lineage, ("a", "stars")) == [(1, ()), (7, ())]
    assert said(lineage, ("b", "stars")) == [(4, ())]


@pytest.mark.parametrize(("key", "column", "says"), [
    ("c", "stars", "no row 'c' in adds; give one of 'a', 'b'"),
    (("a", 1), "stars", "no row"), (None, "stars", "no row"), ([], "stars", "no row"), (slice(None), "stars", "no row"),
    ("a", "price", "no column 'price' in adds; give one of stars"), ("a", 3, "column=3 is not the name of a column"),
])  # fmt: skip
def test_an_unknown_cell_is_refused_with_those_that_there_are(key, column, says):
    log = recorded(("r", Rated(product, 1)) for product in "ab")
    with pytest.raises(lab.InvalidArgument) as refused:
        lab.why(Adds(), log, key, column)
    assert says in str(refused.value)


def test_of_an_empty_table_no_cell_can_be_asked_for():
    with pytest.raises(lab.InvalidArgument, match="it has no rows"):
        lab.why(Adds(), [], "a", "stars")


def test_part_of_a_key_of_two_levels_is_no_key():
    with pytest.raises(lab.InvalidArgument, match=r"give one of \('a', 1\)"):
        lab.why(Extremes(), of(5), "a", "most")


def test_a_store_and_its_list_of_events_have_the_same_reasons_in_words_and_as_a_table():
    store = lab.MemoryEventStore()
    store.append("till", [Rated("a", 2), Rated("a", 0), Rated("b", 1), Rated("a", 2000)], expected=0)
    found = lab.why(Adds(), store, "a", "stars")
    assert found == lab.why(Adds(), list(store.read_all()), "a", "stars")
    assert repr(found) == "stars of a is 2,002: Rated at position 1 and Rated at position 4 count."
    assert found.frame().to_dict("list") == {
        "position": [1, 4], "event": ["Rated", "Rated"], "stream": ["till", "till"],
        "effect": ["counts", "counts"], "hidden_by": ["", ""], "without": ["2,000", "2"],
    }  # fmt: skip


def test_two_events_that_say_the_same_hide_each_other_and_the_last_of_a_row_takes_the_row_with_it():
    most = Extremes()
    assert repr(lab.why(most, of(5, 5), ("a", 1), "most")) == (
        "most of a, 1 is 5.0: no event counts alone. "
        "Rated at 1 is hidden by position 4. Rated at 4 is hidden by position 1."
    )
    (only,) = lab.why(most, of(5), ("a", 1), "most").reasons
    assert (only.effect, only.without) == ("counts", "no row")


def test_many_events_on_one_row_are_named_as_few_are():
    """Of some thousand pairs, those that cannot hide each other are left out without being tried."""
    draw = Random(7)
    log = recorded(("r", Rated("a", draw.randint(1, 400))) for _ in range(90))
    stars = [one.event.stars for one in log]

    def most(*left_out):
        return max(star for at, star in enumerate(stars) if at not in left_out)

    wanted = []
    for at, one in enumerate(log):
        by = tuple(two.position for other, two in enumerate(log) if other != at and most(at, other) != most(other))
        if by or most(at) != most():
            wanted.append((one.position, () if most(at) != most() else by))

    class Most(Adds):
        def summarise(self, batch):
            return batch.frame(Rated).groupby("product")[["stars"]].max()

        def merge(self, table, rows):
            return pd.concat([table, rows]).groupby(level=0).max()

    assert said(Lineage(Most(), log), ("a", "stars")) == wanted


def test_a_second_cell_makes_no_summary_again():
    class Counts(Adds):
        calls = 0

        def summarise(self, batch):
            Counts.calls += 1
            return super().summarise(batch)

    lineage = Lineage(Counts(), recorded(("r", Rated(product, 1)) for product in "abababab"))
    lineage.why("a", "stars")
    calls = Counts.calls
    lineage.why("a", "stars")
    assert Counts.calls == calls
    lineage.why("b", "stars")
    assert Counts.calls <= 15, "each half, each half of these, and so on"
