"""Online Retail through the shop. The oracles are the published totals and plain loops over the csv module."""

import csv
import gzip
import os
import re
from collections import Counter
from dataclasses import replace as with_changes
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cqrs_lab as lab
from cqrs_lab.read.contract import check_projection
from cqrs_lab.shop import events as shop
from cqrs_lab.shop.online_retail import (
    REAL_YEAR,
    FileRefused,
    ReplayStopped,
    RowOutcomes,
    account_for,
    commands_of,
    read_online_retail,
    reconcile,
    replay,
    sending,
    times_of_a_day,
)
from cqrs_lab.shop.write import ListProduct, PlaceOrder, register
from cqrs_lab.simulation import Exponential, LagModel, RecordedTimes, simulate_lag

HEADER = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
WHOLE_YEAR, THREE_DAYS = "online_retail.csv.gz", "online_retail_2010-12-01_to_03.csv.gz"


def row(invoice="1001", code="111", description="TEA POT", quantity=2, at="2011-01-04 10:00:00", price="2.55",
        customer="42", country="France"):  # fmt: skip
    """One row of an invented file."""
    return [invoice, code, description, str(quantity), at, price, customer, country]


# One row of every kind; the comments tell what is to become of it.
SHOP_DAY = [
    row("1001", "111", "TEA POT", 2, price="2.55"),  # order line; lists 111
    row("1001", "POST", "POSTAGE", 1, price="18.0"),  # charge
    row("1001", "111", "TEA POT", 2, price="2.55"),  # order line, equal to the first
    row("1002", "111a", "TEA POT, SMALL", 1, "2011-01-04 10:01:00", "0.001", "", "EIRE"),  # order line; lists 111a
    row("C1003", "111", "TEA POT", -1, "2011-01-04 10:02:00", "2.55"),  # credit line
    row("C1003", "D", "Discount", -1, "2011-01-04 10:02:00", "0.5"),  # charge, taken off
    row("1001", "222", "CUP", 6, "2011-01-04 10:03:00", "0.1"),  # order line of 1001; lists 222
    row("1004", "222", "smashed", -3, "2011-01-04 10:04:00", "0.0", "", "France"),  # stock adjustment
    row("1005", "222", "test", -22, "2011-01-04 10:05:00", "0.0", "", "France"),  # rejected: a test
    row("1006", "222", "test", 22, "2011-01-04 10:06:00", "0.0", "", "France"),  # rejected: a test
    row("1007", "333", "", 5, "2011-01-04 10:07:00", "0.0", "", "France"),  # rejected: neither sale nor gift
    row("1008", "333", "GIFT TAG", 5, "2011-01-05 10:07:00", "0.0"),  # order line, a gift; lists nothing
    row("A1009", "B", "Adjust bad debt", 1, "2011-01-05 10:08:00", "-11062.06", "", "France"),  # charge
    row("1010", "gift_0001_20", "Gift Voucher", 1, "2011-01-05 10:09:00", "16.67", "43"),  # charge
    row("1011", "PADS", "PADS TO MATCH", 1, "2011-01-05 10:10:00", "0.001", "43"),  # order line; lists PADS
    row("1012", "444", "SAUCER", -1, "2011-01-05 10:11:00", "1.00", "43"),  # rejected: neither order nor credit
    row("C1013", "111", "TEA POT", 1, "2011-01-05 10:12:00", "2.55", "43"),  # rejected: credits less than nothing
]


def written(path, rows, header=HEADER):
    """Write a file, and return its path."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture
def write(tmp_path):
    return lambda rows, name="rows.csv", header=HEADER: written(tmp_path / name, rows, header)


def dataset(name):
    """The path of the real data, or skip."""
    beside = Path(__file__).parents[3] / "shared" / "data" / name
    given_path = os.environ.get("CQRS_LAB_ONLINE_RETAIL")
    found = [path for path in (given_path and Path(given_path), beside) if path and path.name == name and path.exists()]
    if not found:
        pytest.skip(f"{name} is neither at {beside} nor at CQRS_LAB_ONLINE_RETAIL")
    return found[0]


def events_of(store, kind):
    return [recorded.event for recorded in store.read_all() if type(recorded.event) is kind]


# --- the rules --------------------------------------------------------------------------------------------


def outcomes_of(path):
    store = lab.MemoryEventStore()
    table = replay(path, store).projectors[RowOutcomes.name].table
    return {
        key: f"{outcome}: {reason}" if reason else outcome
        for key, outcome, reason in zip(table.index, table["outcome"], table["reason"], strict=True)
    }


def test_every_row_ends_as_its_rule_says(write):
    neither = "rejected: no price and no customer: neither a sale nor a gift"
    assert outcomes_of(write(SHOP_DAY)) == {
        ("1001", 1): "order line",
        ("1001", 2): "charge",
        ("1001", 3): "order line",
        ("1002", 1): "order line",
        ("C1003", 1): "credit line",
        ("C1003", 2): "charge",
        ("1001", 4): "order line",
        ("1004", 1): "stock adjustment",
        ("1005", 1): "rejected: a test entry",
        ("1006", 1): "rejected: a test entry",
        ("1007", 1): neither,
        ("1008", 1): "order line",
        ("A1009", 1): "charge",
        ("1010", 1): "charge",
        ("1011", 1): "order line",
        ("1012", 1): "rejected: quantity must be 1 or more",
        ("C1013", 1): "rejected: quantity must be 1 or more",
    }


def test_an_invoice_is_one_order_with_the_time_of_its_first_row(write):
    store = lab.MemoryEventStore()
    replay(write(SHOP_DAY), store)
    first = events_of(store, shop.OrderPlaced)[0]
    assert first == shop.OrderPlaced(
        "1001",
        "42",
        "France",
        lines=(
            shop.OrderLine(1, "111", "TEA POT", 2, 2550),
            shop.OrderLine(3, "111", "TEA POT", 2, 2550),
            shop.OrderLine(4, "222", "CUP", 6, 100),
        ),
        charges=(shop.Charge(2, "POST", "POSTAGE", 1, 18_000),),
        placed_at=datetime(2011, 1, 4, 10, 0),
    )


def test_a_credit_note_takes_off_positive_quantities(write):
    store = lab.MemoryEventStore()
    replay(write(SHOP_DAY), store)
    assert events_of(store, shop.ItemsReturned) == [
        shop.ItemsReturned(
            "C1003",
            "",
            "42",
            "France",
            lines=(shop.OrderLine(1, "111", "TEA POT", 1, 2550),),
            charges=(shop.Charge(2, "D", "Discount", 1, 500),),
            returned_at=datetime(2011, 1, 4, 10, 2),
        )
    ]


def test_a_stock_adjustment_carries_its_reason_and_its_document(write):
    store = lab.MemoryEventStore()
    replay(write(SHOP_DAY), store)
    assert events_of(store, shop.StockAdjusted) == [
        shop.StockAdjusted("222", -3, "smashed", "1004", datetime(2011, 1, 4, 10, 4))
    ]
    assert [event.reference for event in events_of(store, shop.StockAdjustmentRefused)] == ["1005"]


def test_goods_are_listed_when_first_sold_at_a_price(write):
    store = lab.MemoryEventStore()
    replay(write(SHOP_DAY), store)
    listed = events_of(store, shop.ProductListed)
    assert [(event.product_id, event.name, event.price_mills) for event in listed] == [
        ("111", "TEA POT", 2550),
        ("222", "CUP", 100),
        ("111a", "TEA POT, SMALL", 1),
        ("PADS", "PADS TO MATCH", 1),
    ]


def test_a_second_replay_into_the_same_store_records_nothing(write):
    store = lab.MemoryEventStore()
    path = write(SHOP_DAY)
    first = replay(path, store)
    head = store.head()
    second = replay(path, store)
    assert (first.recorded, second.recorded, store.head()) == (head, 0, head)
    assert reconcile(second).ok


def test_a_longer_file_adds_to_what_a_shorter_one_recorded(write):
    store = lab.MemoryEventStore()
    replay(write(SHOP_DAY[:8]), store)
    assert reconcile(replay(write(SHOP_DAY), store)).ok
    fresh = lab.MemoryEventStore()
    replay(write(SHOP_DAY), fresh)
    assert Counter(type(one.event) for one in store.read_all()) == Counter(type(one.event) for one in fresh.read_all())


def a_store_with_a_past():
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    register(bus)
    at = datetime(2026, 1, 5, 9, 0)
    bus.send(ListProduct("tea", "Tea", 4200, at))
    bus.send(PlaceOrder("order-of-today", "c-1", "EIRE", (shop.OrderLine(1, "tea", "Tea", 1, 4200),), (), at))
    return store


def test_what_the_store_held_before_is_neither_lost_nor_counted(write):
    store = a_store_with_a_past()
    before = list(store.read_all())
    assert reconcile(replay(write(SHOP_DAY), store)).ok
    assert list(store.read_all(limit=len(before))) == before


def test_another_order_of_the_same_number_stops_the_replay_and_says_so(write):
    store = lab.MemoryEventStore()
    bus = lab.CommandBus(store)
    register(bus)
    at = datetime(2026, 1, 5, 9, 0)
    bus.send(PlaceOrder("1002", "c-1", "EIRE", (shop.OrderLine(1, "tea", "Tea", 1, 4200),), (), at))
    with pytest.raises(ReplayStopped, match="online-retail-1002 is refused: 1002 is taken .* store of its own"):
        replay(write(SHOP_DAY), store)


def test_row_outcomes_is_a_lawful_projection(write):
    store = lab.MemoryEventStore()
    replay(write([SHOP_DAY[at] for at in (0, 1, 4, 5, 7, 8, 9, 16)]), store)
    report = check_projection(RowOutcomes(), store)
    assert report.ok, report


# --- the file ---------------------------------------------------------------------------------------------


def test_an_xlsx_is_read_as_the_same_rows_as_the_csv(write, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    for invoice, code, description, quantity, at, price, customer, country in SHOP_DAY:
        numbers = [int(invoice) if invoice.isdigit() else invoice, int(code) if code.isdigit() else code]
        book.active.append(
            [
                *numbers,
                description or None,
                int(quantity),
                datetime.fromisoformat(at),
                float(price),
                int(customer) if customer else None,
                country,
            ]  # fmt: skip
        )
    book.save(tmp_path / "rows.xlsx")
    from_book, from_csv = read_online_retail(tmp_path / "rows.xlsx"), read_online_retail(write(SHOP_DAY))
    assert from_book.rows.equals(from_csv.rows)
    assert reconcile(replay(tmp_path / "rows.xlsx", lab.MemoryEventStore())).ok


def test_a_csv_may_be_zipped_have_a_byte_order_mark_blank_rows_and_columns_in_another_order(write, tmp_path):
    plain = write(SHOP_DAY)
    text = plain.read_text().splitlines()
    variant = tmp_path / "variant"
    variant.write_bytes(gzip.compress(("\ufeff" + "\r\n".join([*text[:3], "", *text[3:], "", ""])).encode()))
    found = read_online_retail(variant)
    assert found.rows.reset_index(drop=True).equals(read_online_retail(plain).rows.reset_index(drop=True))
    assert list(found.rows.index[:4]) == [2, 3, 5, 6]  # the numbers a spreadsheet shows
    turned = write([one[::-1] for one in SHOP_DAY], "turned.csv", HEADER[::-1])
    assert read_online_retail(turned).rows.equals(read_online_retail(plain).rows)


def lines(*rows, header=HEADER):
    return "\n".join(",".join(one) for one in (header, *rows)).encode()


TRUNCATED = gzip.compress(lines(*[row(str(n)) for n in range(5000)]))[:2000]
COST = [name if name != "UnitPrice" else "Cost" for name in HEADER]
REFUSED = {
    "empty": (b"", None, "the file is empty; expected a first row InvoiceNo,"),
    "empty, zipped": (gzip.compress(b""), None, "the file is empty"),
    "blank": (b"\n \n", None, "the file is empty"),
    "header alone": (lines(), None, "nothing below the header"),
    "another header": (lines(row(), header=COST), 1, "'UnitPrice' missing; 'Cost' unexpected; expected InvoiceNo,"),
    "a column twice": (lines(row() + ["1"], header=[*HEADER, "Quantity"]), 1, "'Quantity' there twice"),
    "a web page": (b"<!DOCTYPE html>\n<html>", None, "a web page or XML, not a table; expected a CSV or .xlsx"),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00", 3, "byte 0x00 is not a letter in UTF-8 or Latin-1"),
    "another encoding": (lines(row(), row(description="CAFÉ")).decode().encode("cp850"), 3, "byte 0x90 is not a letter"),
    "gzip cut off": (TRUNCATED, "any", "the gzip file is damaged or cut off here; expected it whole"),
    "gzip damaged": (TRUNCATED[:500] + b"?" * 50 + TRUNCATED[550:], "any", "damaged or cut off"),
    "gzip of nothing": (b"\x1f\x8b", 1, "damaged or cut off"),
    "a zip": (b"PK\x03\x04 and so on", None, "the zip file or workbook is damaged"),
    "an open quote": (lines(row(), row(description='"TEA')), 3, "a quote is opened here and not closed"),
    "nine fields": (lines(row(), [*row(), "x"]), 3, "9 fields; expected 8, as in the header"),
    "nine fields from the start": (lines([*row(), "x"], [*row(), "x"]), 2, "9 fields; expected 8, as in the header"),
    "nine fields after a blank row": (lines(row(), [], [*row(), "x"]), 4, "9 fields; expected 8, as in the header"),
    "seven fields": (lines(row(), row()[:7]), 3, "7 fields; expected 8, as in the header"),
    "no invoice": (lines(row(), row("")), 3, "InvoiceNo is empty"),
    "no code": (lines(row(code="")), 2, "StockCode is empty"),
    "date of another form": (lines(row(at="12/1/2010 8:26")), 2, "'12/1/2010 8:26': day or month first"),
    "no such day": (lines(row(), row(at="2011-02-30 10:00:00")), 3, "InvoiceDate is '2011-02-30 10:00:00'"),
    "no date": (lines(row(at="")), 2, "InvoiceDate is empty; expected a time such as"),
    "half a unit": (lines(row(quantity=1.5)), 2, "Quantity is '1.5'; expected a whole number"),
    "words": (lines(row(), row(quantity="six")), 3, "Quantity is 'six'; expected a whole number"),
    "too many": (lines(row(quantity=10**7)), 2, "Quantity is '10000000'; expected a whole number .* up to 1000000"),
    "fourth decimal": (
        lines(row(price="2.5555")),
        2,
        "UnitPrice is '2.5555'; expected a price such as 2.55, with at most 3 decimals",
    ),
    "not a number": (lines(row(price="NaN")), 2, "UnitPrice is 'NaN'"),
    "exponent": (lines(row(price="1e3")), 2, "UnitPrice is '1e3'"),
    "no price": (lines(row(price="")), 2, "UnitPrice is empty"),
    "half a customer": (lines(row(customer="42.5")), 2, "CustomerID is '42.5'; expected a whole number"),
    "two customers": (lines(row(), row(customer="43")), 3, "CustomerID is '43', but '42' in row 2 of the same invoice 1001"),
    "two countries": (lines(row(), row("7"), row(country="EIRE")), 4, "Country is 'EIRE', but 'France' in row 2"),
}


@pytest.mark.parametrize("content, at, why", REFUSED.values(), ids=REFUSED)
def test_a_wrong_file_is_refused_in_one_line_and_nothing_is_recorded_or_lost(tmp_path, content, at, why):
    path = tmp_path / "wrong.csv"
    path.write_bytes(content)
    store = a_store_with_a_past()
    before = list(store.read_all())
    with pytest.raises(FileRefused, match=why) as refused:
        replay(path, store)
    assert "\n" not in str(refused.value) and str(path) in str(refused.value)
    assert refused.value.row == at or (at == "any" and refused.value.row)
    assert at is None or f"row {refused.value.row:,}" in str(refused.value)
    assert list(store.read_all()) == before


def test_a_file_cut_off_tells_how_far_it_could_be_read(tmp_path):
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(TRUNCATED)
    with pytest.raises(FileRefused) as refused:
        read_online_retail(path)
    assert 100 < refused.value.row < 5000


def test_a_missing_file_says_where_the_data_is_published(tmp_path):
    with pytest.raises(FileRefused, match=r"there is no such file.*UCI Machine Learning Repository.*10\.24432/C5BW33"):
        replay(tmp_path / "none.csv", lab.MemoryEventStore())
    with pytest.raises(FileRefused, match="cannot be read"):
        replay(tmp_path, lab.MemoryEventStore())


def test_without_the_package_for_workbooks_one_line_says_what_to_install(tmp_path, monkeypatch):
    openpyxl = pytest.importorskip("openpyxl")
    openpyxl.Workbook().save(tmp_path / "rows.xlsx")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(FileRefused, match=r'pip install "cqrs-lab\[excel\]"'):
        read_online_retail(tmp_path / "rows.xlsx")


BAD = {
    "Quantity": ["", "x", "1.5", "--1"],
    "InvoiceDate": ["", "x", "2011-13-01 00:00:00"],
    "UnitPrice": ["", "1.2345"],
}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    count=st.integers(1, 12),
    faults=st.sets(st.tuples(st.integers(0, 11), st.sampled_from(sorted(BAD))), min_size=1),
    draw=st.data(),
)
def test_the_first_wrong_row_is_named_however_many_there_are(write, count, faults, draw):
    rows = [row(str(number)) for number in range(count)]
    wrong = {(min(at, count - 1), column) for at, column in faults}
    for at, column in sorted(wrong):
        rows[at][HEADER.index(column)] = draw.draw(st.sampled_from(BAD[column]))
    with pytest.raises(FileRefused) as refused:
        read_online_retail(write(rows))
    assert refused.value.row == min(at for at, _ in wrong) + 2


# --- the reconciliation -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def replayed(tmp_path_factory):
    return replay(written(tmp_path_factory.mktemp("day") / "rows.csv", SHOP_DAY), lab.MemoryEventStore())


def test_an_invented_day_reconciles_with_a_count_by_hand(replayed):
    found = reconcile(replayed)
    assert found.ok, found
    assert {name: tuple(figure.read for figure in figures) for name, figures in found.outcomes.items()} == {
        "charge": (4, 2, 18_000 - 500 - 11_062_060 + 16_670),
        "credit line": (1, -1, -2550),
        "order line": (6, 2 + 2 + 1 + 6 + 5 + 1, 2 * 5100 + 1 + 600 + 0 + 1),
        "stock adjustment": (1, -3, 0),
        "rejected: a test entry": (2, 0, 0),
        "rejected: no price and no customer: neither a sale nor a gift": (1, 5, 0),
        "rejected: quantity must be 1 or more": (2, 0, -1000 + 2550),
        "together": (17, 20, 18_000 - 500 - 11_062_060 + 16_670 - 2550 + 10_802 + 1550),
    }
    assert {figure.name: figure.read for figure in found.totals} == {
        "rows": 17,
        "invoices": 13,
        "of them cancellations": 2,
        "customers": 2,
        "stock codes": 10,
        "countries": 2,
        "units": 20,
        "net value": -11_018_088,
        "value on other invoices": -11_018_088 + 2550 + 500 - 2550,
        "value on cancellations": -2550 - 500 + 2550,
        "lines without a customer": 6,
        "exact duplicate lines beyond the first": None,
    }
    assert found.totals[-1].file == 1
    assert {figure.published for figure in found.totals} == {None}


def test_the_reconciliation_is_told_with_thousands_separators_and_mills(replayed):
    text = str(reconcile(replayed))
    assert "rows.csv: 17 rows became 17 commands." in text
    assert "17 events were recorded now." in text
    assert "-11,018.088" in text and "0 is assumed" in text and "Everything reconciles." in text
    assert max(map(len, text.splitlines())) <= 120


def tampered(replayed, name, change):
    """The same replay, but one read model's table is another."""
    projector = lab.Projector(lab.MemoryEventStore(), replayed.projectors[name].projection)
    table = change(replayed.projectors[name].table)
    projector._publish(projector.serving, model=lab.ReadModel(table, 1))
    return with_changes(replayed, projectors={**replayed.projectors, name: projector})


def one_more(column):
    def change(table):
        table = table.copy()
        table.iloc[0, table.columns.get_loc(column)] += 1
        return table

    return change


def swapped(column):
    """Exchange two numbers, so that the sum is as it was."""

    def change(table):
        table = table.copy()
        at = table.columns.get_loc(column)
        numbers = table[column]
        other = int((numbers != numbers.iloc[0]).to_numpy().argmax())
        table.iloc[[0, other], at] = [numbers.iloc[other], numbers.iloc[0]]
        return table

    return change


@pytest.mark.parametrize(
    "name, change, fault",
    [
        ("row_outcomes", lambda table: table.iloc[1:], "rows accounted for once: read models 16, file 17"),
        ("row_outcomes", one_more("times"), "rows accounted for once: read models 16, file 17"),
        ("row_outcomes", one_more("units"), "together, units: read models 21, file 20"),
        ("row_outcomes", swapped("value_mills"), "rows accounted for as their text requires: read models 15, file 17"),
        ("row_outcomes", lambda table: table.assign(outcome="charge"), "stock adjustment, rows: read models 0, file 1"),
        ("row_outcomes", lambda table: table.rename(index={"1004": "9"}), "rows accounted for that are not in the file: .* 1"),
        ("row_outcomes", lambda table: table.assign(customer="7"), "lines without a customer: read models 0, file 6"),
        ("product_listing", lambda table: table.iloc[1:], "product_listing, products: read models 3, file 4"),
        (
            "order_history",
            lambda table: table.iloc[1:],
            "order_history, orders and credit notes: read models 6, file 7",
        ),
        ("order_history", one_more("value_mills"), "order_history, value: "),
        ("order_history", swapped("units"), "order_history, orders and credit notes that agree: read models 5, file 7"),
        ("order_details", lambda table: table.iloc[1:], "order_details, lines: read models 10, file 11"),
        ("order_details", one_more("quantity"), "order_details, units: "),
        ("inventory_levels", one_more("adjusted"), "inventory_levels, adjusted: read models -2, file -3"),
        ("inventory_levels", swapped("ordered"), "inventory_levels, products that agree: "),
        ("revenue_by_day", one_more("revenue_mills"), "revenue_by_day, value: "),
        ("revenue_by_day", swapped("units"), "revenue_by_day, days that agree: read models 0, file 2"),
        ("best_sellers", one_more("units"), "best_sellers, units: "),
        ("best_sellers", swapped("revenue_mills"), "best_sellers, products that agree: "),
    ],
)
def test_a_read_model_that_was_tampered_with_does_not_reconcile(replayed, name, change, fault):
    found = reconcile(tampered(replayed, name, change))
    assert not found.ok
    report = str(found)
    assert "Everything reconciles" not in report and "DIFFERS" in report
    told = report[report.index("do not reconcile:") :]
    assert re.search(fault, told), told


def test_a_row_that_never_became_a_command_does_not_reconcile(write, monkeypatch):
    monkeypatch.setattr(sending, "commands_of", lambda rows: commands_of(rows.drop(index=3)))
    found = reconcile(replay(write(SHOP_DAY), lab.MemoryEventStore()))
    assert "rows accounted for once: read models 16, file 17" in map(str, found.faults)


def test_an_event_counted_twice_does_not_reconcile(write):
    class Twice(RowOutcomes):
        def summarise(self, batch):
            return super().summarise(lab.EventBatch([*batch, *batch]))

    replayed = replay(write(SHOP_DAY), lab.MemoryEventStore())
    projector = lab.Projector(lab.MemoryEventStore(), Twice())
    projector.apply(lab.EventBatch(list(replayed_events(write))))
    found = reconcile(with_changes(replayed, projectors={**replayed.projectors, RowOutcomes.name: projector}))
    assert "rows accounted for once: read models 0, file 17" in map(str, found.faults)


def replayed_events(write):
    store = lab.MemoryEventStore()
    replay(write(SHOP_DAY), store)
    return store.read_all()


# --- the real data ----------------------------------------------------------------------------------------

THE_YEAR = {
    "rows": 541_909,
    "invoices": 25_900,
    "of them cancellations": 3_836,
    "customers": 4_372,
    "stock codes": 4_070,
    "countries": 38,
    "units": 5_176_450,
    "net value": Decimal("9747747.934"),
    "value on other invoices": Decimal("10644560.424"),
    "value on cancellations": Decimal("-896812.490"),
    "lines without a customer": 135_080,
}
THE_DAYS = {
    "rows": 7_419,
    "invoices": 418,
    "of them cancellations": 36,
    "customers": 255,
    "stock codes": 1_866,
    "countries": 13,
    "units": 62_667,
    "net value": Decimal("150463.30"),
    "value on other invoices": Decimal("153652.88"),
    "value on cancellations": Decimal("-3189.58"),
    "lines without a customer": 2_290,
}


def counted_by_hand(path):
    """Outcomes and totals by a plain loop: the oracle."""
    charges = set(["POST", "DOT", "C2", "M", "m", "D", "S", "B", "AMAZONFEE", "CRUK"]) | {"BANK CHARGES"}
    outcomes, totals = Counter(), Counter()
    seen = {"invoices": set(), "customers": set(), "stock codes": set(), "countries": set()}
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for invoice, code, description, quantity, _, price, customer, country in list(csv.reader(file))[1:]:
            if code in charges or code.startswith("gift_0001_"):
                outcome = "charge"
            elif description.strip().lower() == "test":
                outcome = "rejected: a test entry"
            elif invoice.startswith("C"):
                outcome = "credit line"
            elif int(quantity) < 0:
                outcome = "stock adjustment"
            elif Decimal(price) == 0 and not customer:
                outcome = "rejected: no price and no customer: neither a sale nor a gift"
            else:
                outcome = "order line"
            value = int(quantity) * Decimal(price)
            outcomes[outcome] += 1
            totals["rows"] += 1
            totals["units"] += int(quantity)
            totals["net value"] += value
            totals["value on cancellations" if invoice.startswith("C") else "value on other invoices"] += value
            totals["lines without a customer"] += not customer
            for name, item in zip(seen, (invoice, customer, code, country), strict=True):
                seen[name].add(item)
    totals["of them cancellations"] = sum(invoice.startswith("C") for invoice in seen["invoices"])
    return outcomes, {**totals, **{name: len(items - {""}) for name, items in seen.items()}}


@pytest.mark.parametrize("name, published", [(THREE_DAYS, THE_DAYS), (WHOLE_YEAR, THE_YEAR)], ids=["3 days", "a year"])
def test_real_trade_reconciles_to_the_mill(name, published):
    path = dataset(name)
    outcomes, totals = counted_by_hand(path)
    assert totals == published
    store = lab.MemoryEventStore()
    replayed = replay(path, store)
    found = reconcile(replayed)
    assert found.ok, found
    assert {label: figures[0].read for label, figures in found.outcomes.items()} == {
        **outcomes,
        "together": published["rows"],
    }
    told = {figure.name: figure for figure in found.totals}
    for figure_name, total in published.items():
        mills = int(total * 1000) if isinstance(total, Decimal) else total
        figure = told[figure_name]
        assert (figure.read, figure.file, figure.published) == (mills, mills, mills)
    history, revenue = (replayed.projectors[one].table for one in ("order_history", "revenue_by_day"))
    assert history["value_mills"].sum() == revenue["revenue_mills"].sum() == published["net value"] * 1000
    head = store.head()
    again = replay(path, store).recorded
    assert again == 0 and store.head() == head
    recorded = replayed.projectors[RowOutcomes.name].table.reset_index()
    counts = {"commands": replayed.commands, "events": replayed.recorded, "again": again}
    account = account_for(recorded, replayed.file, **counts)
    assert (account == REAL_YEAR) == (name == WHOLE_YEAR)


# --- recorded times -----------------------------------------------------------------------------------------


def test_the_times_of_a_day_are_those_of_its_documents(write):
    rows = [
        row("1001", at="2011-01-05 10:12:00"),
        row("1001", "112", "TEA CUP", at="2011-01-05 10:12:00"),
        row("1002", at="2011-01-05 10:14:00"),
        row("1003", at="2011-01-06 09:00:00"),
    ]
    retail = read_online_retail(write(rows))
    assert times_of_a_day(retail, "2011-01-05") == [0, 120] and times_of_a_day(retail, date(2011, 1, 6)) == [0]
    with pytest.raises(lab.InvalidArgument, match="2011-01-07: the shop wrote nothing"):
        times_of_a_day(retail, "2011-01-07")


def test_a_day_of_trade_can_be_simulated():
    times = times_of_a_day(read_online_retail(dataset(THREE_DAYS)), "2010-12-02")
    model = LagModel(RecordedTimes(times), Exponential(mean=60.0))
    run = simulate_lag(model, events=len(times), seed=1)
    assert len(times) > 100 and run.committed_at[-1] == times[-1] and (run.visible_at > run.committed_at).all()
