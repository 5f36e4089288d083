"""Events whose key is missing are in no row; the projector says how many."""

from dataclasses import dataclass

import pytest

import cqrs_lab as lab


@dataclass(frozen=True)
class Line:
    sku: str | None
    units: int


@dataclass(frozen=True)
class Sold:
    product: str | None
    units: int
    coupon: str | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Counted:
    product: str
    units: int


class UnitsSold:
    name, version, events = "units sold", 1, (Sold, Counted)
    schema = lab.Schema(index=["product"], columns={"units": "int64"})

    def summarise(self, batch):
        totals = batch.frame(Sold).groupby("product")[["units"]].sum()
        counted = batch.frame(Counted).groupby("product")[["units"]].sum()
        return self.schema.conform(totals.add(counted, fill_value=0))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


class Filled(UnitsSold):
    def summarise(self, batch):
        frame = batch.frame(Sold)
        frame["product"] = frame["product"].fillna("(none)")
        return self.schema.conform(frame.groupby("product")[["units"]].sum())


def followed(projection, *events, limit=None):
    store = lab.MemoryEventStore()
    store.append("a", list(events), expected=0)
    projector = lab.Projector(store, projection)
    while projector.catch_up(limit=limit):
        pass
    return projector


@pytest.mark.parametrize("limit", [None, 1, 3])
def test_the_status_says_how_many_events_left_no_row(limit):
    events = [Sold("tea", 1), Sold(None, 2), Sold("tea", 3), Sold(None, 4, coupon="x"), Sold("rice", 1, "y")]
    projector = followed(UnitsSold(), *events, Counted("tea", 1), limit=limit)
    assert projector.status.rowless == 2 and "rowless=2" in repr(projector.status)
    assert projector.table["units"].to_dict() == {"tea": 5, "rice": 1}
    assert projector.status.state == "live" and projector.status.healthy()


def test_none_that_is_no_key_or_is_filled_leaves_a_row():
    assert followed(UnitsSold(), *[Sold("tea", 1)] * 5).status.rowless == 0
    assert followed(Filled(), Sold(None, 1), Sold("tea", 2)).status.rowless == 0


def test_events_that_the_projection_does_not_read_are_not_counted():
    class Counts(UnitsSold):
        events = (Counted,)

        def summarise(self, batch):
            return self.schema.conform(batch.frame(Counted).groupby("product")[["units"]].sum())

    assert followed(Counts(), Sold(None, 1), Counted("tea", 1)).status.rowless == 0


def test_where_none_is_common_and_no_key_one_event_is_looked_at_again():
    projection = UnitsSold()
    sizes, summarise = [], projection.summarise
    projection.summarise = lambda batch: sizes.append(len(batch)) or summarise(batch)
    assert followed(projection, *[Sold("tea", 1)] * 500).status.rowless == 0
    assert sizes == [500, 1]


def test_a_projector_that_continues_from_a_model_goes_on_counting():
    store = lab.MemoryEventStore()
    store.append("a", [Sold(None, 1), Sold("tea", 1)], expected=0)
    before = lab.Projector(store, UnitsSold())
    before.catch_up()
    after = lab.Projector(store, UnitsSold(), model=before.serving.model)
    store.append("a", [Sold(None, 1)], expected=2)
    after.catch_up()
    assert (before.status.rowless, after.status.rowless) == (1, 2)
    assert lab.rebuild(after, to=Filled()).run().model.rowless == 0 and after.status.rowless == 0


@pytest.mark.parametrize(
    ("skus", "rowless"), [([None], 1), ([None, None], 1), ([None, "tea"], 0), (["tea"], 0), ([], 0)]
)
def test_an_event_all_of_whose_lines_lack_the_key_is_counted(skus, rowless):
    @dataclass(frozen=True)
    class Ordered:
        lines: tuple[Line, ...]

    class ByLine(UnitsSold):
        events = (Ordered,)

        def summarise(self, batch):
            frame = batch.frame(Ordered, each="lines").rename(columns={"sku": "product"})
            return self.schema.conform(frame.groupby("product")[["units"]].sum())

    followed_by_line = followed(ByLine(), Ordered((Line("rice", 1),)), Ordered(tuple(Line(sku, 1) for sku in skus)))
    assert followed_by_line.status.rowless == rowless
