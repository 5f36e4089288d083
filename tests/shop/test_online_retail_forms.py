"""The forms in which people have Online Retail. The forms are written by csv, pandas, openpyxl and plain text code."""

import csv
import gzip
import io
import random
import re
import zipfile
from datetime import datetime, timedelta

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.shop.online_retail import FileRefused, read_online_retail, reconcile, replay
from tests.shop.test_online_retail import THE_DAYS, THREE_DAYS, dataset

HEADER = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"]
SECOND = ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"]
INVOICE, CODE, DESCRIPTION, QUANTITY, AT, PRICE, CUSTOMER, COUNTRY = range(8)


def shop_days(first=datetime(2011, 7, 10, 8, 5)):
    """Invented trade of a week, which has a thirteenth of the month unless `first` is early in one."""
    drawn = random.Random(7)
    rows = []
    for number in range(40):
        at = first + timedelta(hours=4 * number, minutes=7 * number)
        customer, country = drawn.choice([("17850", "France"), ("", "EIRE"), ("12583", "United Kingdom")])
        credit = number % 9 == 5
        for _ in range(drawn.randint(1, 4)):
            code, text = drawn.choice(
                [
                    ("85123A", "WHITE HANGING HEART"),
                    ("22423", "CAKESTAND, 3 TIER "),
                    ("POST", "POSTAGE"),
                    ("gift_0001_20", 'Voucher £20.00 "gift"'),
                    ("84406B", 'RULER 12"'),
                    ("22720", ""),
                ]
            )
            units = -drawn.randint(1, 9) if credit else drawn.randint(1, 1200)
            price = drawn.choice(["2.55", "0.001", "0.85", "11062.06", "18", "0", "3.5"])
            rows.append([f"{'C' * credit}{536365 + number}", code, text, str(units), str(at), price, customer, country])
    return rows


@pytest.fixture(params=["invented", "three days"])
def trade(request):
    if request.param == "invented":
        return shop_days()
    with gzip.open(dataset(THREE_DAYS), "rt", encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


# --- writers ------------------------------------------------------------------------------------------------


def changed(rows, **columns):
    """The rows with some columns written otherwise: each a function of the text."""
    writes = {HEADER.index(name): write for name, write in columns.items()}
    return [[writes.get(at, str)(text) for at, text in enumerate(row)] for row in rows]


def dated(form):
    """Write a date by strftime, and `%-d` and `%-m` without zeros in front on every system."""

    def write(text):
        at = datetime.fromisoformat(text)
        bare = form.replace("%-d", str(at.day)).replace("%-m", str(at.month)).replace("%-H", str(at.hour))
        return at.strftime(bare.replace("%-I", str((at.hour - 1) % 12 + 1)))

    return write


def text_of(rows, header=HEADER, end="\r\n", **how):
    file = io.StringIO()
    csv.writer(file, lineterminator=end, **how).writerows([header, *rows])
    return file.getvalue()


def frame(rows, header=HEADER):
    """As a person has it after pandas.read_csv: numbers are numbers, dates dates, nothing is NaN."""
    table = pd.read_csv(io.StringIO(text_of(rows)), dtype={"InvoiceNo": str, "StockCode": str}, parse_dates=[AT])
    return table.set_axis(header, axis="columns")


def workbook(sheets, write_date=datetime.fromisoformat):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, (header, rows) in sheets.items():
        sheet = book.create_sheet(name)
        for cells in [header] if header else []:
            sheet.append(cells)
        for row in rows:
            number = [int(row[at]) if row[at].isdigit() else row[at] or None for at in (INVOICE, CODE)]
            customer = int(row[CUSTOMER]) if row[CUSTOMER] else None
            numbers = [int(row[QUANTITY]), write_date(row[AT]), float(row[PRICE]), customer]
            sheet.append([*number, row[DESCRIPTION] or None, *numbers, row[COUNTRY]])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return file.getvalue()


def comma(text):
    return text.replace(".", ",")


def halves(rows):
    """Cut the rows where an invoice ends."""
    at = next(at for at in range(len(rows) // 2, len(rows)) if rows[at][INVOICE] != rows[at - 1][INVOICE])
    later = {row[INVOICE] for row in rows[at:]}
    return [row for row in rows if row[INVOICE] not in later], [row for row in rows if row[INVOICE] in later]


# What a form is called: its bytes, the options only a person can know on three days, and what must be said.
FORMS = {
    "as published": (lambda rows: text_of(rows), {}, "dates year-month-day"),
    "Kaggle": (
        lambda rows: text_of(changed(rows, InvoiceDate=dated("%-m/%-d/%Y %-H:%M"))).encode("latin-1"),
        {"dates": "mdy"},
        "dates month/day/year, as in the Kaggle copy",
    ),
    "pandas": (lambda rows: frame(rows).to_csv(index=False), {}, ".0' is "),
    "pandas with an index": (lambda rows: frame(rows).to_csv(), {}, "not read: 'column 1'"),
    "pandas twice": (
        lambda rows: pd.read_csv(io.StringIO(frame(rows).to_csv()), dtype=str).to_csv(na_rep="nan"),
        {},
        "not read: 'column 1', 'Unnamed: 0'",
    ),
    "an index by name": (lambda rows: frame(rows).reset_index().to_csv(index=False), {}, "not read: 'index'"),
    "nan": (lambda rows: frame(rows).to_csv(index=False, na_rep="NaN"), {}, "CustomerID"),
    "float format": (lambda rows: frame(rows).to_csv(index=False, float_format="%.6f"), {}, ".000000' is "),
    "float quantities": (
        lambda rows: text_of(changed(rows, Quantity=lambda text: f"{text}.000", UnitPrice=lambda text: f" {text} ")),
        {},
        ".000' is ",
    ),
    "prices without a nought": (
        lambda rows: text_of(changed(rows, UnitPrice=lambda text: re.sub(r"^0\.(?=\d)", ".", text))),
        {},
        "year",
    ),
    "German": (
        lambda rows: (
            "\ufeff"
            + text_of(
                changed(rows, InvoiceDate=dated("%d.%m.%Y %H:%M"), UnitPrice=comma), delimiter=";"
            )
        ),
        {"dates": "dmy"},
        "dates day.month.year; fields separated by semicolons; decimal comma",
    ),
    "French": (
        lambda rows: (
            "\ufeff"
            + text_of(changed(rows, InvoiceDate=dated("%d/%m/%Y %H:%M:%S"), UnitPrice=comma), delimiter=";")
        ),
        {"dates": "dmy"},
        "dates day/month/year; fields separated by semicolons; decimal comma",
    ),
    "decimal comma of pandas": (
        lambda rows: frame(rows).to_csv(index=False, sep=";", decimal=","),
        {},
        ",0' is ",
    ),
    "two digits": (
        lambda rows: text_of(changed(rows, InvoiceDate=dated("%d-%m-%y %-H:%M"))),
        {"dates": "dmy"},
        "dates day-month-year (10 is 2010)",
    ),
    "with a T": (lambda rows: text_of(changed(rows, InvoiceDate=lambda text: text.replace(" ", "T"))), {}, "year"),
    "fractions": (lambda rows: text_of(changed(rows, InvoiceDate=lambda text: f"{text}.000000")), {}, "year"),
    "minutes": (lambda rows: text_of(changed(rows, InvoiceDate=lambda text: text[:16])), {}, "year"),
    "slashes": (lambda rows: text_of(changed(rows, InvoiceDate=dated("%Y/%-m/%-d %H:%M"))), {}, "year/month/day"),
    "twelve hours": (
        lambda rows: text_of(changed(rows, InvoiceDate=dated("%-m/%-d/%Y %-I:%M:%S %p"))),
        {"dates": "mdy"},
        "month/day/year",
    ),
    "Latin-1": (lambda rows: text_of(rows).encode("latin-1"), {}, "year"),
    "UTF-16 with tabs": (
        lambda rows: text_of(rows, delimiter="\t").encode("utf-16"),
        {},
        "text in UTF-16; fields separated by tabs",
    ),
    "tabs": (lambda rows: text_of(rows, delimiter="\t"), {}, "fields separated by tabs"),
    "bars": (lambda rows: text_of(rows, delimiter="|"), {}, "fields separated by bars"),
    "all quoted": (lambda rows: text_of(rows, quoting=csv.QUOTE_ALL), {}, "year"),
    "CR alone": (lambda rows: text_of(rows, end="\r"), {}, "year"),
    "sep=": (lambda rows: "sep=;\r\n" + text_of(rows, delimiter=";"), {}, "semicolons"),
    "blank rows": (lambda rows: "\n \n" + text_of(rows).replace("\r\n", "\r\n\r\n"), {}, "year"),
    "Online Retail II": (lambda rows: text_of(rows, SECOND), {}, "columns as in Online Retail II"),
    "other letter case": (
        lambda rows: text_of(rows, [" invoiceno", "stock_code", "DESCRIPTION ", "quantity", "Invoice Date", "unit price",
                                    "customer_id", "country"]),  # fmt: skip
        {},
        "spelled alike",
    ),
    "another order and more columns": (
        lambda rows: text_of([[*row[::-1], "7", "x"] for row in rows], [*HEADER[::-1], "Total", "Note"]),
        {},
        "not read: 'Total', 'Note'",
    ),
    "nothing in the last field": (
        lambda rows: text_of([[row[7], *row[:7]] for row in rows], [HEADER[7], *HEADER[:7]]),
        {},
        "year",
    ),
    "gzip": (lambda rows: gzip.compress(text_of(rows).encode()), {}, "year"),
    "zip": (lambda rows: zipped(data_csv=text_of(rows)), {}, "year"),
    "a workbook": (lambda rows: workbook({"Online Retail": (HEADER, rows)}), {}, "year-month-day"),
    "a workbook in a zip": (lambda rows: zipped(data_xlsx=workbook({"Sheet": (HEADER, rows)})), {}, "year-month-day"),
    "a workbook with dates as text": (
        lambda rows: workbook({"Sheet": (HEADER, rows)}, write_date=dated("%-m/%-d/%Y %-H:%M")),
        {"dates": "mdy"},
        "month/day/year",
    ),
    "two sheets": (
        lambda rows: workbook(
            {"Year 2009-2010": (SECOND, halves(rows)[0]), "Year 2010-2011": (SECOND, halves(rows)[1]), "Sheet3": ((), ())}
        ),
        {},
        "sheets 'Year 2009-2010', 'Year 2010-2011'",
    ),
}


@pytest.mark.parametrize("write, options, words", FORMS.values(), ids=FORMS)
def test_every_form_is_read_as_the_same_trade_and_reconciles_to_the_mill(trade, tmp_path, write, options, words):
    content = write(trade)
    path = tmp_path / "trade"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    published_trade = len(trade) == THE_DAYS["rows"]
    needed = options if published_trade else {}
    replayed = replay(path, lab.MemoryEventStore(), **needed)
    said = str(replayed.file.form)
    assert words in said and f"; {len({row[INVOICE] for row in trade}):,} invoices" in said and "\n" not in said
    assert same_trade(replayed.file.rows, trade)
    found = reconcile(replayed)
    assert found.ok, found
    assert f"Understood: {said}." in str(found)
    published = {figure.name: figure.published for figure in found.totals}
    assert published["rows"] == (THE_DAYS["rows"] if published_trade else None)


def same_trade(rows, trade):
    """Compare what was read with the rows that were written, value by value, in their order."""
    missing = {"nan", "NaN", ""}
    return len(rows) == len(trade) and all(
        (one.invoice, one.code, one.quantity, one.at, one.customer, one.country)
        == (row[INVOICE], row[CODE], int(row[QUANTITY]), datetime.fromisoformat(row[AT]), row[CUSTOMER], row[COUNTRY])
        and one.price_mills == round(float(row[PRICE]) * 1000)
        and (one.description.strip() == row[DESCRIPTION].strip() or row[DESCRIPTION] in missing)
        for one, row in zip(sorted(rows.itertuples(), key=lambda one: one.invoice), sorted(trade, key=lambda row: row[INVOICE]), strict=True)
    )




# --- what has two meanings, or none --------------------------------------------------------------------------


def early(form="%-m/%-d/%Y %H:%M"):
    """Trade whose days could all be months."""
    return changed(shop_days(datetime(2011, 7, 1, 8, 5)), InvoiceDate=dated(form))


def with_text(name, *texts):
    """Published rows in which the first ones have these texts in a column."""
    rows = shop_days()
    for row, text in zip(rows, texts, strict=False):
        row[HEADER.index(name)] = text
    return rows


def lines(*rows):
    return "\n".join(",".join(row) for row in (HEADER, *rows))


ROW = ["1001", "111", "TEA POT", "2", "2011-01-04 10:00:00", "2.55", "42", "France"]
BROKEN_BOOK = io.BytesIO()
with zipfile.ZipFile(BROKEN_BOOK, "w") as broken:
    broken.writestr("xl/workbook.xml", "<workbook")
AMBIGUOUS = {
    "day or month, slashes": (text_of(early()), {}, 2, "'7/1/2011 08:05': day or month first?.*--dates dmy .*--dates mdy"),
    "day or month, two digits": (text_of(early("%d-%m-%y %H:%M")), {}, 2, "'01-07-11 08:05'.*--dates dmy .*--dates mdy"),
    "day or month, dots": (text_of(early("%d.%m.%Y %H:%M")), {}, 2, "'01.07.2011 08:05'.*--dates"),
    "two orders in one file": (
        text_of(with_text("InvoiceDate", *["2/1/2011 10:00"] * 3, "13/1/2011 8:00", "1/13/2011 8:00")[:5]),
        {},
        6,
        "'1/13/2011 8:00' with the month first, but '13/1/2011 8:00' with the day first in row 5; expected one form",
    ),
    "two marks in one file": (
        text_of(with_text("InvoiceDate", "13/1/2011 10:00", "14-1-2011 10:00")[:2]),
        {},
        3,
        "'14-1-2011 10:00', but '13/1/2011 10:00' in row 2",
    ),
    "published and another form": (
        text_of(with_text("InvoiceDate", *["2011-07-10 08:05:00"] * 4, "7/13/2011 08:05")[:5]),
        {},
        6,
        "'7/13/2011 08:05', but '2011-07-10 08:05:00' in row 2",
    ),
    "a real date and a date as text in a workbook": (
        workbook(
            {"Sheet": (HEADER, shop_days()[:8])},
            write_date=lambda text: "7/13/2011 9:00" if "08:05" in text else datetime.fromisoformat(text),
        ),
        {},
        "any",
        "but .* in row .*; expected one form of date",
    ),
    "the wrong option": (
        text_of(changed(shop_days(), InvoiceDate=dated("%-m/%-d/%Y %H:%M"))),
        {"dates": "dmy"},
        "any",
        "'7/13/2011 .*which is no date day/month/year, as --dates dmy says; .* month/day/year",
    ),
    "a count of days": (text_of(with_text("InvoiceDate", *["40513.35"] * 200)), {}, 2, "spreadsheet's count of days"),
    "no time of day": (lines([*ROW[:4], "2011-01-13", *ROW[5:]]), {}, 2, "'2011-01-13'; expected a time such as"),
    "thirteen o'clock in the morning": (lines([*ROW[:4], "2011-01-13 13:05 AM", *ROW[5:]]), {}, 2, "'2011-01-13 13:05 AM'"),
    "thousands or decimals": (text_of(with_text("UnitPrice", *["1,234"] * 200)), {}, 2, "'1,234': a decimal comma or thousands"),
    "thousands": (text_of(with_text("UnitPrice", "2.55", "1,234")), {}, 3, "'1,234', but '2.55' in row 2"),
    "thousands and decimals": (text_of(with_text("UnitPrice", "2.55", "1,234.50")), {}, 3, "'1,234.50'; expected a price"),
    "points and commas": (text_of(with_text("UnitPrice", "2,55", "2.55")), {}, 3, "'2.55', but '2,55' in row 2; expected one"),
    "thousands of units": (text_of(with_text("Quantity", "1,200")), {}, 2, "'1,200'; expected a whole number"),
    "a customer and a half": (text_of(with_text("CustomerID", "17850.5")), {}, 2, "'17850.5'; expected a whole number"),
    "nan for a country": (text_of(with_text("Country", "nan")), {}, 2, "Country is empty"),
    "two names of one column": (
        text_of([[*row, "1"] for row in shop_days()], [*HEADER, "Price"]), {}, 1, "'UnitPrice' there twice"
    ),
    "another sheet": (
        workbook({"Notes": (["About"], []), "Trade": (HEADER, shop_days())}), {}, 1, "sheet 'Notes', row 1: wrong header.*--sheet"
    ),
    "an invoice on two sheets": (
        workbook({"A": (HEADER, shop_days()), "B": (HEADER, shop_days()[5:])}), {}, 2,
        "sheet 'B', row 2: invoice 5363.. stands here and in row . of sheet 'A'.*--sheet NAME",
    ),
    "a wrong row of the second sheet": (
        workbook({"A": (HEADER, halves(shop_days())[0]), "B": (HEADER, [[*row[:7], ""] for row in halves(shop_days())[1]])}),
        {}, 2, "sheet 'B', row 2: Country is empty",
    ),
    "no such sheet": (workbook({"A": (HEADER, shop_days())}), {"sheet": "C"}, None, "no sheet 'C'; the workbook has 'A'"),
    "a sheet of a CSV": (text_of(shop_days()), {"sheet": "C"}, None, "a text file has no sheets"),
    "an empty workbook": (workbook({"A": ((), ())}), {}, None, "nothing in the workbook"),
    "a workbook's header alone": (workbook({"A": (HEADER, ())}), {}, None, "nothing below the header"),
    "a damaged workbook": (BROKEN_BOOK.getvalue(), {}, None, "the workbook is damaged"),
    "a workbook cut off": (workbook({"A": (HEADER, shop_days())})[:3000], {}, None, "damaged or cut off"),
    "a workbook with a password": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, {}, None, "workbook with a password"),
    "two files in a zip": (zipped(a_csv="x", b_csv="y"), {}, None, "a zip with 'a.csv', 'b.csv'; expected one table"),
    "nothing in a zip": (zipped(), {}, None, "a zip with no file; expected one table"),
    "a zip without some bytes": (
        (lambda whole: whole[:60] + whole[100:])(zipped(a_csv=text_of(shop_days()))), {}, None, "damaged or cut off"
    ),
    "a short second row": (lines(ROW[:7], ROW, ROW), {}, 2, "7 fields; expected 8, as in the header"),
    "a long second row": (lines([*ROW, "x", "y"], ROW), {}, 2, "10 fields; expected 8"),
    "a short row below quoted line ends": (lines([*ROW[:2], '"TEA\nPOT\n"', *ROW[3:]], ROW[:3], ROW), {}, 3, "3 fields"),
    "a long row below quoted line ends": (lines([*ROW[:2], '"TEA\nPOT"', *ROW[3:]], ROW, [*ROW, "", "x"]), {}, 4, "10 fields"),
    "a wrong row below blank lines and quoted line ends": (
        "\n\n" + lines([*ROW[:2], '"TEA\nPOT"', *ROW[3:]], [], [*ROW[:3], "x", *ROW[4:]]), {}, 6, "Quantity is 'x'"
    ),
    "an open quote below quoted line ends": (lines([*ROW[:2], '"TEA\nPOT"', *ROW[3:]], [*ROW[:2], '"TEA', *ROW[3:]], ROW), {}, 3, "quote"),
    "an open quote far above the end": (lines([*ROW[:2], '"TEA', *ROW[3:]], *[ROW] * 4000), {}, 2, "a quote is opened"),
    "a first line of 200 KB": ("x" * 200_000, {}, 1, "a first line of more than 131,072 characters"),
    "a first line of 200 KB with an end": ("x," * 100_000 + "\n" + lines(ROW), {}, 1, "a first line of more"),
    "a first field of 200 KB": ('"' + "x" * 140_000 + '",' + lines(ROW), {}, 1, "a first line of more"),
    "a byte of nothing": (lines(ROW, [*ROW[:2], "TEA\0POT", *ROW[3:]]), {}, 3, "byte 0x00 is no letter"),
    "UTF-16 without a mark": (lines(ROW).encode("utf-16-le"), {}, 1, "byte 0x00 is no letter"),
    "UTF-16 cut off": (lines(ROW).encode("utf-16")[:-1], {}, "any", "no letter"),
    "two encodings": (lines([*ROW[:2], "CAFÉ", *ROW[3:]]).encode() + b"\n" + lines(ROW)[len(lines()):].encode() + b"\xc9", {}, "any", "byte 0xc9"),
    "no text": (lines([*ROW[:2], "CAF\x81", *ROW[3:]]).encode("latin-1"), {}, 2, "byte 0x81 is no letter"),
    "no header": (text_of(shop_days()[1:], shop_days()[0]), {}, 1, "wrong header: 'InvoiceNo', .* missing"),
}  # fmt: skip


@pytest.mark.parametrize("content, options, row, why", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_what_has_two_meanings_or_none_is_refused_in_one_line_that_helps(tmp_path, content, options, row, why):
    path = tmp_path / "trade"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(FileRefused, match=why) as refused:
        read_online_retail(path, **options)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 600
    assert refused.value.row == row or (row == "any" and refused.value.row > 1)


def test_a_file_damaged_anywhere_is_read_or_refused_in_one_line(tmp_path):
    path, drawn = tmp_path / "trade", random.Random(3)
    kinds = ("as published", "German", "UTF-16 with tabs", "gzip", "zip", "a workbook")
    contents = [FORMS[kind][0](shop_days()[:6]) for kind in kinds]
    whole = [content.encode() if isinstance(content, str) else content for content in contents]
    for _ in range(150):
        content = bytearray(drawn.choice(whole))
        at = drawn.randrange(len(content) - 40)
        content[at : at + drawn.randint(0, 40)] = drawn.randbytes(drawn.randint(0, 3))
        path.write_bytes(content)
        try:
            read_online_retail(path)
        except FileRefused as refused:
            assert "\n" not in str(refused)


@pytest.mark.parametrize("dates, month", [("dmy", 1), ("mdy", 7)])
def test_the_option_settles_which_number_is_the_day(tmp_path, dates, month):
    path = tmp_path / "trade.csv"
    path.write_text(text_of(early()[:5]), encoding="utf-8")
    first = read_online_retail(path, dates=dates).rows["at"].iloc[0]
    assert (first.month, first.day) == (month, 8 - month)


def test_one_day_above_twelve_settles_the_whole_file_wherever_it_stands(tmp_path):
    path = tmp_path / "trade.csv"
    rows = early()
    for at in (0, len(rows) - 1):
        told = [row[:] for row in rows]
        told[at][AT] = "7/13/2011 9:00"
        path.write_text(text_of(told), encoding="utf-8")
        retail = read_online_retail(path)
        assert set(retail.rows["at"].dt.month) == {7} and "month/day/year" in str(retail.form)


def test_a_date_that_is_the_same_in_both_orders_needs_no_option(tmp_path):
    path = tmp_path / "trade.csv"
    path.write_text(lines([*ROW[:4], "12/12/2010 10:00", *ROW[5:]]))
    assert str(read_online_retail(path).rows["at"].iloc[0]) == "2010-12-12 10:00:00"


def test_other_words_for_an_order_are_refused_with_the_two_there_are(tmp_path):
    path = tmp_path / "trade.csv"
    path.write_text(lines(ROW))
    with pytest.raises(lab.InvalidArgument, match="dates='ymd': expected 'dmy' .* or 'mdy'"):
        read_online_retail(path, dates="ymd")


def test_letters_beyond_ascii_are_kept_and_the_encoding_is_said(tmp_path):
    path = tmp_path / "trade.csv"
    rows = [[*ROW[:2], "CAFÉ £2 “ROSE”", *ROW[3:]]]
    for encoding, said in [("utf-8", False), ("utf-8-sig", False), ("utf-16", "UTF-16"), ("cp1252", "Windows-1252")]:
        path.write_bytes(text_of(rows).encode(encoding))
        retail = read_online_retail(path)
        assert retail.rows["description"].iloc[0] == "CAFÉ £2 “ROSE”"
        assert (f"text in {said}" in str(retail.form)) if said else ("text in" not in str(retail.form))


def test_one_sheet_can_be_chosen(tmp_path):
    path = tmp_path / "trade.xlsx"
    early_half, late_half = halves(shop_days())
    path.write_bytes(workbook({"A": (SECOND, shop_days()), "B": (SECOND, late_half), "Notes": (["About"], ())}))
    retail = read_online_retail(path, sheet="B")
    assert len(retail.rows) == len(late_half) and "sheets 'B'" in str(retail.form)


def test_midnight_in_a_workbook_is_a_time_like_any_other(tmp_path):
    path = tmp_path / "trade.xlsx"
    path.write_bytes(workbook({"A": (HEADER, [[*ROW[:4], "2011-07-04 00:00:00", *ROW[5:]]])}))
    assert str(read_online_retail(path).rows["at"].iloc[0]) == "2011-07-04 00:00:00"


# --- the published file ---------------------------------------------------------------------------------------


def test_another_file_of_as_many_rows_is_not_held_against_the_published_totals(tmp_path):
    path = tmp_path / "trade.csv"
    rows = [[str(1000 + number // 20), *ROW[1:]] for number in range(7_419)]
    path.write_text(text_of(rows))
    found = reconcile(replay(path, lab.MemoryEventStore()))
    assert found.ok, found
    assert {figure.published for figure in found.totals} == {None}


@pytest.mark.parametrize("at, text", [(QUANTITY, "7"), (PRICE, "2.56"), (AT, "2010-12-01 08:27:00"), (CODE, "85123a")])
def test_a_published_file_with_one_other_value_is_not_the_published_one(tmp_path, at, text):
    path = tmp_path / "trade.csv"
    with gzip.open(dataset(THREE_DAYS), "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    rows[0][at] = text
    path.write_text(text_of(rows), encoding="utf-8")
    found = reconcile(replay(path, lab.MemoryEventStore()))
    assert found.ok, found
    assert {figure.published for figure in found.totals} == {None}
