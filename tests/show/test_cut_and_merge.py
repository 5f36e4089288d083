"""A log is cut and merged piece by piece; the verdict is what dicts, folded by hand, say of the same pieces."""

import json
import re
from dataclasses import dataclass
from html import unescape
from itertools import product
from xml.etree import ElementTree

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.shop import read
from cqrs_lab.show import cut_and_merge

from .conftest import cups


@dataclass(frozen=True)
class Measured:
    """A sensor has measured something."""

    sensor: str
    value: int


@dataclass(frozen=True)
class Moved:
    """Something that no projection of this file reads."""


LOG = [("a", 5), ("b", 4), ("a", 5), ("b", 2), ("a", 5), ("b", 3), ("b", 3), ("a", 1)]


def store_of(log, more=()):
    made, versions = lab.MemoryEventStore(clock=lambda: 0.0), {}
    for sensor, value in log:
        version = versions.get(sensor, 0)
        made.append(f"sensor-{sensor}", [Measured(sensor, value)], expected=version)
        versions[sensor] = version + 1
    if more:
        made.append("other", list(more), expected=0)
    return made


class _OfSensors:
    name, version, events = "sensors", 1, (Measured,)

    def by_sensor(self, batch):
        return batch.frame(Measured).rename_axis("row").groupby("sensor")

    def shaped(self, frame):
        return self.schema.conform(frame.rename_axis("sensor"))


class Mean(_OfSensors):
    schema = lab.Schema(index=["sensor"], columns={"mean": "float64"})

    def summarise(self, batch):
        return self.shaped(self.by_sensor(batch)[["value"]].mean().set_axis(["mean"], axis=1))

    def merge(self, table, rows):
        return pd.concat([table, rows]).groupby(level=0).mean()


class Last(_OfSensors):
    """Goes by what comes last, and not by position."""

    schema = lab.Schema(index=["sensor"], columns={"value": "int64"})

    def summarise(self, batch):
        return self.shaped(self.by_sensor(batch)[["value"]].last())

    def merge(self, table, rows):
        return pd.concat([table[~table.index.isin(rows.index)], rows])


class Span(_OfSensors):
    schema = lab.Schema(index=["sensor"], columns={"span": "int64"})

    def summarise(self, batch):
        values = self.by_sensor(batch)["value"]
        return self.shaped((values.max() - values.min()).to_frame("span"))

    def merge(self, table, rows):
        return pd.concat([table, rows]).groupby(level=0).max()


class Total(_OfSensors):
    schema = lab.Schema(index=["sensor"], columns={"total": "int64", "count": "int64"})

    def summarise(self, batch):
        values = self.by_sensor(batch)["value"]
        return self.shaped(pd.DataFrame({"total": values.sum(), "count": values.count()}))

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["total", "count"])


# The oracle: the same projections over lists of values and dicts, without a frame and without the view's code.
BY_HAND = {
    Mean: (lambda values: (sum(values) / len(values),), lambda one, other: ((one[0] + other[0]) / 2,)),
    Last: (lambda values: (values[-1],), lambda one, other: other),
    Span: (lambda values: (max(values) - min(values),), lambda one, other: (max(one[0], other[0]),)),
    Total: (
        lambda values: (sum(values), len(values)),
        lambda one, other: (one[0] + other[0], one[1] + other[1]),
    ),
}


def summary_by_hand(kind, piece):
    values = {}
    for sensor, value in piece:
        values.setdefault(sensor, []).append(value)
    return {sensor: BY_HAND[kind][0](seen) for sensor, seen in values.items()}


def merged_by_hand(kind, pieces):
    table = {}
    for piece in pieces:
        for sensor, row in summary_by_hand(kind, piece).items():
            table[sensor] = BY_HAND[kind][1](table[sensor], row) if sensor in table else row
    return table


def cells(table, kind):
    columns = kind.schema.columns
    return {(sensor, name): value for sensor, row in table.items() for name, value in zip(columns, row, strict=True)}


def drawing(picture):
    return ElementTree.fromstring(re.search(r"<svg.*</svg>", picture.html, re.S)[0])


def placed(picture, kind):
    """Return what is drawn of one kind, by key: where it is drawn, and its words."""
    found = {}
    for group in drawing(picture).iter("g"):
        name, _, key = group.get("data-key", "").partition("/")
        if name == kind:
            x, y = map(float, re.findall(r"[-\d.]+", group.get("transform")))
            found[key] = (x, y, [text.text for text in group.iter("text")])
    return found


def pieces_drawn(picture):
    """Return the pieces from left to right, each as the positions of its events."""
    bands = sorted((x, key) for key, (x, *_) in placed(picture, "piece").items())
    return [[int(one) for one in key.split("-")] for _, key in bands]


def at_end(view, **values):
    view.move(step=0, **values)
    end = next(one["most"] for one in view.controls if one["name"] == "step")
    return view.at(step=end)


SETTINGS = [
    *({"first": first, "shuffle": shuffle} for first, shuffle in product(range(len(LOG)), (0, 1))),
    *({"first": 2, "second": second, "third": 7, "shuffle": shuffle} for second in (2, 4, 6) for shuffle in (0, 3, 8)),
    *({"way": 1, "shuffle": shuffle} for shuffle in (0, 1)),
]


@pytest.mark.parametrize("kind", BY_HAND)
def test_the_verdict_at_every_cut_is_that_of_dicts_folded_by_hand(kind):
    view, verdicts = cut_and_merge(kind(), store_of(LOG)), set()
    whole = cells(summary_by_hand(kind, LOG), kind)
    for setting in SETTINGS:
        picture = at_end(view, **{"way": 0, "first": 0, "second": 0, "third": 0, "shuffle": 0} | setting)
        pieces = [[LOG[position - 1] for position in piece] for piece in pieces_drawn(picture)]
        assert sorted(sum(pieces, [])) == sorted(LOG), setting
        merged = cells(merged_by_hand(kind, pieces), kind)
        wrong = {cell for cell in whole if abs(merged[cell] - whole[cell]) > 1e-9}
        frame = picture.frame
        assert {cell for cell in whole if frame.at[cell, "differs"]} == wrong, setting
        assert {cell: round(merged[cell], 2) for cell in whole} == {
            cell: pytest.approx(float(frame.at[cell, "merged"]), abs=0.005) for cell in whole
        }
        verdicts.add(bool(wrong))
        assert (" Different: " in picture.says) == bool(wrong) and (" Equal: " in picture.says) == (not wrong)
        marks = [text.text for text in drawing(picture).iter("text") if (text.text or "").startswith(("✕ ", "✓ "))]
        assert sum(mark.startswith("✕ ") for mark in marks) == (1 + len(wrong) if wrong else 0), setting
    assert verdicts == ({False} if kind is Total else {True, False})


def test_the_broken_average_is_found_at_a_cut_and_the_sentence_says_why():
    view = cut_and_merge(Mean(), store_of(LOG))
    assert "Equal" in at_end(view).says
    assert at_end(view, first=7).says == (
        "All 2 pieces are merged. Different: mean of a: 3.0 here, 4.0 there. The mean of means is not the mean: "
        "each merge gave both sides the same weight. What would a row have to keep?"
    )
    assert at_end(cut_and_merge(Last(), store_of(LOG)), first=7, shuffle=1).says.endswith(
        "value of a: 5 here, 1 there. Merged as they were, the same pieces give the right table. "
        "How can a row say which piece is newer?"
    )
    assert at_end(cut_and_merge(Span(), store_of(LOG)), first=7).says.endswith(
        "span of a: 0 here, 4 there. What would a row have to keep, so that two of them can become one?"
    )


def test_the_verdict_waits_for_the_last_piece():
    view = cut_and_merge(Mean(), store_of(LOG))
    for step in range(2):
        picture = view.at(first=7, step=step)
        assert picture.frame["differs"].isna().all() and not re.search("[✓✕≠]|Equal|Different", picture.html)
    assert view.at(first=7, step=2).frame["differs"].notna().all()
    assert view.at(first=7, step=1).says == (
        "Piece 1 of 2 is summarised in 2 rows and merged. The verdict waits for the last piece."
    )


def test_where_nothing_is_summarised_yet_the_place_of_each_table_is_outlined():
    view = cut_and_merge(Total(), store_of(LOG))
    outlines = [view.at(first=2, second=5, step=step).html.count(">not summarised yet<") for step in range(4)]
    assert outlines == [3, 2, 1, 0]


@pytest.mark.parametrize("events", range(1, 13))
def test_the_tiles_of_a_short_log_are_wider_and_stay_in_the_picture_with_all_its_cuts(events):
    view = cut_and_merge(Total(), store_of([("a", 1)] * events))
    cuts = dict(zip(("first", "second", "third"), range(1, events), strict=False))
    html = view.at(**cuts).html
    [wide] = set(re.findall(r'<rect width="(\d+)" height="92" rx="7"', html))
    assert 66 <= int(wide) <= 100 and (int(wide) > 66) == (events < 12)
    assert max(x for x, *_ in placed(view.at(**cuts), "event").values()) + int(wide) <= 950


def test_a_row_comes_from_the_piece_that_was_merged_into_it_last():
    view = cut_and_merge(Total(), store_of(LOG))
    comes = [
        re.findall(r'data-key="merged/(\w)/[\d-]+" data-from="summary/([\d-]+)"', view.at(first=7, step=step).html)
        for step in range(3)
    ]
    first = "1-2-3-4-5-6-7"
    assert comes == [[], [("a", first), ("b", first)], [("a", "8"), ("b", first)]]
    assert list(placed(view.at(first=7, step=1), "summary")) == [first]


def test_pieces_may_be_streams_and_the_tables_are_drawn_apart_within_the_picture():
    log = [(sensor, 1) for sensor in "abcdef" * 2]
    view = cut_and_merge(Total(), store_of(log))
    assert pieces_drawn(view.at(way=1)) == [[1, 7], [2, 8], [3, 9], [4, 5, 6, 10, 11, 12]]
    for shuffle, way in product(range(21), (0, 1)):
        picture = view.at(way=way, first=1, second=2, third=3, shuffle=shuffle, step=4)
        lefts = sorted(x for x, *_ in placed(picture, "summary").values())
        assert len(lefts) == 4 and all(after - before >= 226 for before, after in zip(lefts, lefts[1:], strict=False))
        tiles = [x for x, *_ in placed(picture, "event").values()]
        assert min([*lefts, *tiles]) >= 0 and max(lefts) + 226 <= 960 and max(tiles) + 66 <= 960
        assert (pieces_drawn(picture) == pieces_drawn(view.at(way=way, first=1, second=2, third=3))) == (not shuffle)


def test_a_gap_sets_a_cut_and_takes_it_back():
    view = cut_and_merge(Total(), store_of(LOG))

    def gaps():
        return {
            ("Join " if cut == "true" else "Cut ") + label: json.loads(unescape(sets))
            for label, cut, sets in re.findall(
                r'aria-label="Cut (after event \d)" aria-selected="(\w+)" data-set="([^"]*)"', view.picture.html
            )
        }

    assert gaps()["Join after event 4"] == {"first": 0} and gaps()["Cut after event 7"] == {"second": 7}
    for label in ("Cut after event 7", "Cut after event 2", "Join after event 4"):
        view.move(**gaps()[label])
    assert pieces_drawn(view.picture) == [[1, 2], [3, 4, 5, 6, 7], [8]]
    view.move(first=4)
    view.move(**gaps()["Cut after event 1"])  # none is free: the last one moves
    assert pieces_drawn(view.picture) == [[1], [2, 3, 4], [5, 6, 7], [8]] and len(gaps()) == len(LOG) - 1
    view.move(way=1)
    assert gaps() == {}


def test_a_long_log_is_cut_as_far_as_the_picture_says():
    log = [("a", value) for value in range(30)]
    view = cut_and_merge(Total(), store_of(log))
    assert "The log, 12 of 30 events, in 2 pieces" in view.html
    assert at_end(view).frame.at[("a", "total"), "whole_log"] == str(sum(range(12)))
    assert len(placed(view.at(), "event")) == 12
    other = cut_and_merge(Total(), store_of(LOG, [Moved()] * 8))
    assert list(placed(other.at(), "event")) == [str(one) for one in range(1, 9)]


def test_an_event_that_is_not_read_is_drawn_as_an_outline():
    picture = cut_and_merge(Total(), store_of(LOG[:2], [Moved()])).at(first=2)
    assert picture.html.count('class="unread"') == 1 and placed(picture, "event")["3"][2][:2] == ["3", "moved"]


@dataclass(frozen=True)
class WalkCancelled:
    """Its word is as wide as a tile."""


def test_the_letters_of_a_word_as_wide_as_its_tile_stand_closer():
    html = cut_and_merge(Total(), store_of(LOG[:2], [Moved(), WalkCancelled()])).at(first=2).html
    close = {word: "letter-spacing" in look for look, word in re.findall(r"<text ([^>]*)>(moved|cancelled)<", html)}
    assert close == {"moved": False, "cancelled": True}


class Stops(Total):
    def merge(self, table, rows):
        if len(table):
            raise KeyError("no such column")
        return rows


class WrongShape(Total):
    def merge(self, table, rows):
        return rows[["total"]]


class NoWhole(Total):
    def summarise(self, batch):
        if len(batch) > 5:
            raise ValueError("too many")
        return super().summarise(batch)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (Stops, "It stops at piece 2 of 2: merge failed: KeyError: 'no such column'"),
        (WrongShape, "It stops at piece 1 of 2: merge failed: SchemaError: its result: columns"),
        (NoWhole, "It stops at the whole log: summarise failed: ValueError: too many"),
    ],
)
def test_a_projection_that_fails_is_told_in_a_sentence(kind, says):
    picture = at_end(cut_and_merge(kind(), store_of(LOG)), first=4)
    assert picture.says.startswith(says) and "✕ It stopped" in picture.html
    assert picture.frame["differs"].isna().all()


class Writes(Total):
    def merge(self, table, rows):
        merged = super().merge(table, rows)
        table.loc[:, :], rows.loc[:, :] = 0, 0
        return merged


class Swallows(Total):
    def merge(self, table, rows):
        return rows.iloc[:0]


class Finishes(Total):
    def merge(self, table, rows):
        return super().merge(table, rows).assign(count=1)


def test_what_is_shown_is_not_what_a_merge_has_written_into():
    assert "Equal" in at_end(cut_and_merge(Writes(), store_of(LOG)), first=3, second=5).says


def test_a_lost_row_and_a_merge_that_changes_one_summary_are_differences():
    lost = at_end(cut_and_merge(Swallows(), store_of(LOG)), first=3)
    assert "Different: a: no row here, a row there; b: no row here, a row there." in lost.says
    assert lost.frame["merged"].tolist() == ["no row"] * 4
    whole = at_end(cut_and_merge(Finishes(), store_of(LOG)), first=0)
    assert whole.says.endswith("Nothing is cut: merging with the empty table has changed it.")
    assert "Equal: nothing is cut yet." in at_end(cut_and_merge(Total(), store_of(LOG)), first=0).says


class Nothing(Total):
    def summarise(self, batch):
        return self.schema.empty()


class KeysAlone(_OfSensors):
    schema = lab.Schema(index={"sensor": "str", "value": "int64"}, columns={})

    def summarise(self, batch):
        return self.schema.conform(batch.frame(Measured).drop_duplicates(["sensor", "value"]))

    def merge(self, table, rows):
        return table[~table.index.isin(rows.index)].combine_first(rows)


class Close(_OfSensors):
    """Two values that differ in the sixth digit, and one that is only rounded otherwise."""

    schema = lab.Schema(index=["sensor"], columns={"near": "float64", "sum": "float64"})

    def summarise(self, batch):
        values = self.by_sensor(batch)["value"]
        return self.shaped(pd.DataFrame({"near": values.count() * 0.0 + 1, "sum": values.sum() / 10}))

    def merge(self, table, rows):
        both = pd.concat([table, rows]).groupby(level=0)
        return pd.DataFrame({"near": both["near"].last() + 1e-6 * (both.size() - 1), "sum": both["sum"].sum()})


def test_tables_without_rows_or_columns_and_values_that_are_close_are_shown():
    empty = at_end(cut_and_merge(Nothing(), store_of(LOG)), first=3)
    assert "Both tables have no rows." in empty.html and empty.frame.empty
    keys = at_end(cut_and_merge(KeysAlone(), store_of(LOG)), first=3)
    assert repr(keys).startswith("All 2 pieces are merged.")
    close = at_end(cut_and_merge(Close(), store_of(LOG)), first=3)
    assert close.says.startswith("All 2 pieces are merged. Different: near of a: 1.000001 here, 1.0 there")
    assert not close.frame["differs"].xs("sum", level="column").any()


def test_of_many_rows_and_columns_those_that_differ_are_drawn():
    class Wide(Total):
        schema = lab.Schema(index=["sensor"], columns={"total": "int64", "count": "int64", "at_position": "int64"})

        def summarise(self, batch):
            rows = self.by_sensor(batch)
            return self.shaped(
                pd.DataFrame(
                    {
                        "total": rows["value"].sum(),
                        "count": rows["value"].count(),
                        "at_position": rows["position"].max(),
                    }
                )
            )

        def merge(self, table, rows):
            both = pd.concat([table, rows]).groupby(level=0)
            summed = both[["total", "count"]].sum()
            return summed.assign(at_position=both["at_position"].min())

    log = [(sensor, 1) for sensor in "abcdef"] + [("f", 1), ("e", 1)]
    view = cut_and_merge(Wide(), store_of(log))
    right = {text.text for text in drawing(at_end(view, first=0)).iter("text")}
    assert {"a", "d", "and 2 more rows", "total", "count"} <= right and "at_position" not in " ".join(
        filter(None, right)
    )
    wrong = at_end(view, first=6)
    drawn = {text.text for text in drawing(wrong).iter("text")}
    assert {"e", "f", "at_position"} <= drawn | {text.replace("…", "") for text in drawn if text}


def test_a_real_projection_keeps_the_law_at_every_cut(shop):
    shop.bus.send(cups(2))
    shop.bus.send(cups(3, order_id="8"))
    for projection in (read.InventoryLevels(), read.OrderHistory()):
        view = cut_and_merge(projection, shop.store)
        for first, shuffle in product(range(len(list(shop.store.read_all()))), (0, 1)):
            assert "Equal" in at_end(view, first=first, shuffle=shuffle).says


def test_a_log_that_the_projection_does_not_read_is_refused():
    with pytest.raises(lab.InvalidArgument, match=r"nothing that sensors reads \(Measured\); append some events first"):
        cut_and_merge(Total(), store_of([], [Moved()]))
