"""The forms in which people have Online Retail. The forms are written by csv, pandas, openpyxl and plain text code."""

import bz2
import csv
import gzip
import io
import lzma
import os
import random
import re
import tarfile
import threading
import zipfile
from dataclasses import replace as with_changes
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.shop.online_retail import PUBLISHED, FileRefused, read_online_retail, reconcile, replay
from cqrs_lab.shop.online_retail.published import published_totals
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


THREE_DAYS_PRINT = next(name for name in PUBLISHED if name.startswith("7419-"))


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


def workbook(sheets, write_date=datetime.fromisoformat, total=None):
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
        if total is not None:
            sheet.append(["Total", None, None, total])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def zipped(**files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "~").replace("_", ".").replace("~", "_"), content)
    return file.getvalue()


def comma(text):
    return text.replace(".", ",")


def grouped(mark, decimal="."):
    """Write a number with separators of thousands, as a spreadsheet formats it."""

    def write(text):
        whole, point, decimals = text.partition(".")
        return f"{int(whole):,}".replace(",", mark) + point.replace(".", decimal) + decimals

    return write


def counted_from(day_0, per_day=86_400):
    """Write a date as what has gone by since a day: seconds of it, or as many parts of a day as are asked for."""

    def write(text):
        gone = datetime.fromisoformat(text) - datetime.fromisoformat(day_0)
        parts = Decimal(gone.days * 86_400 + gone.seconds) / 86_400 * per_day
        return f"{parts:.10f}" if per_day == 1 else str(int(parts.to_integral_value()))

    return write


def with_total(rows, units=None):
    total = sum(int(row[QUANTITY]) for row in rows) if units is None else units
    return [*rows, ["Total", "", "", str(total), "", "", "", ""]]


def minus(form):
    return lambda text: form.format(text[1:]) if text.startswith("-") else text


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
    "thousands of units": (
        lambda rows: text_of(changed(rows, Quantity=grouped(","))), {}, "Quantity '"
    ),
    "a spreadsheet's formats": (
        lambda rows: text_of(changed(rows, Quantity=grouped(","), UnitPrice=lambda text: f"£{float(text):,.3f}")),
        {},
        "UnitPrice '£",
    ),
    "a German spreadsheet's formats": (
        lambda rows: text_of(
            changed(rows, Quantity=grouped("."), UnitPrice=lambda text: f"{comma(grouped('~')(text)).replace('~', '.')} €"),
            delimiter=";",
        ),
        {},
        "decimal comma; Quantity '",
    ),
    "Swiss thousands": (
        lambda rows: text_of(changed(rows, Quantity=grouped("'"), UnitPrice=grouped("’"))), {}, " is "
    ),
    "French thousands": (
        lambda rows: text_of(changed(rows, UnitPrice=grouped("\u202f", ",")), delimiter=";"), {}, "decimal comma"
    ),
    "a code of the currency": (
        lambda rows: text_of(changed(rows, UnitPrice=lambda text: f"GBP {text}")), {}, "UnitPrice 'GBP "
    ),
    "an accountant's minus": (lambda rows: text_of(changed(rows, Quantity=minus("({})"))), {}, "Quantity '("),
    "a minus behind": (lambda rows: text_of(changed(rows, Quantity=minus("{}-"))), {}, "-' is -"),
    "a typesetter's minus": (lambda rows: text_of(changed(rows, Quantity=minus("\u2212{}"))), {}, "is -"),
    "a plus": (lambda rows: text_of(changed(rows, UnitPrice=lambda text: f"+{text}")), {}, "year"),
    "seventeen digits": (
        lambda rows: text_of(changed(rows, UnitPrice=lambda text: f"{float(text):.17g}")), {}, "UnitPrice '"
    ),
    "half the bits": (
        lambda rows: text_of(changed(rows, UnitPrice=lambda text: f"{float(np.float32(text)):.17g}")), {}, "UnitPrice '"
    ),
    "UTC": (
        lambda rows: text_of(changed(rows, InvoiceDate=lambda text: text.replace(" ", "T") + ".000Z")),
        {},
        "dates year-month-day, times as written without their zone",
    ),
    "London": (
        lambda rows: frame(rows).assign(InvoiceDate=lambda table: table["InvoiceDate"].dt.tz_localize("Europe/London"))
        .to_csv(index=False),
        {},
        "times as written without their zone",
    ),
    "seconds since 1970": (
        lambda rows: text_of(changed(rows, InvoiceDate=counted_from("1970-01-01"))), {}, "dates in seconds since 1970"
    ),
    "nanoseconds since 1970": (
        lambda rows: text_of(changed(rows, InvoiceDate=counted_from("1970-01-01", 86_400 * 10**9))),
        {},
        "dates in nanoseconds since 1970, as times in UTC",
    ),
    "milliseconds since 1970": (
        lambda rows: text_of(changed(rows, InvoiceDate=counted_from("1970-01-01", 86_400_000))),
        {},
        "dates in milliseconds since 1970",
    ),
    "days since 1904": (
        lambda rows: text_of(changed(rows, InvoiceDate=counted_from("1904-01-01", 1))),
        {"dates": "1904", "always": True},
        "dates in days since 1904",
    ),
    "days since 1900": (
        lambda rows: text_of(changed(rows, InvoiceDate=counted_from("1899-12-30", 1))),
        {"dates": "1900", "always": True},
        "dates in days since 1900",
    ),
    "months by name": (
        lambda rows: text_of(changed(rows, InvoiceDate=dated("%-d-%b-%Y %H:%M"))), {}, "dates day-month-year"
    ),
    "a browser's dates": (
        lambda rows: text_of(changed(rows, InvoiceDate=dated("%d/%m/%Y, %H:%M:%S"))), {"dates": "dmy"}, "day/month/year"
    ),
    "nothing in a database": (
        lambda rows: text_of(changed(rows, CustomerID=lambda text: text or r"\N")), {}, "is nothing"
    ),
    "gaps filled with 0": (
        lambda rows: text_of(changed(rows, CustomerID=lambda text: text or "0.0")), {}, "CustomerID '0.0' is nothing"
    ),
    "all in small letters": (
        lambda rows: text_of(changed(rows, InvoiceNo=str.lower)), {}, "InvoiceNo 'c536"
    ),
    "totals": (lambda rows: text_of(with_total(rows)), {}, "the totals"),
    "totals in a workbook": (
        lambda rows: workbook({"A": (HEADER, rows)}, total=sum(int(row[QUANTITY]) for row in rows)), {}, "the totals"
    ),
    "row numbers of R": (
        lambda rows: text_of([[str(at), *row] for at, row in enumerate(rows, 1)]), {}, "not read: the numbers of the rows"
    ),
    "UTF-32": (lambda rows: text_of(rows).encode("utf-32"), {}, "text in UTF-32"),
    "two marks and the end of a DOS text": (lambda rows: "\ufeff\ufeff" + text_of(rows) + "\x1a", {}, "year"),
    "bzip2": (lambda rows: bz2.compress(text_of(rows).encode()), {}, "year"),
    "xz": (lambda rows: lzma.compress(text_of(rows).encode()), {}, "year"),
    "a gzip in a zip": (lambda rows: zipped(data_csv_gz=gzip.compress(text_of(rows).encode())), {}, "year"),
    "a zip of a Mac": (lambda rows: zipped(data_csv=text_of(rows), _DS__Store="x"), {}, "year"),
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


@pytest.fixture(scope="module")
def replays():
    """The replays so far."""
    return []


def replayed(path, retail, options, replays):
    """Replay a file. Where no option is given and the rows are those of a file before, its replay is this one's too."""
    same = [one for one in replays if not options and one.file.rows.equals(retail.rows)]
    if same:
        return with_changes(same[0], file=retail)
    replays.append(replay(path, lab.MemoryEventStore(), **options))
    return replays[-1]


@pytest.mark.parametrize("write, options, words", FORMS.values(), ids=FORMS)
def test_every_form_is_read_as_the_same_trade_and_reconciles_to_the_mill(
    trade, tmp_path, write, options, words, replays
):
    content = write(trade)
    path = tmp_path / "trade"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    published_trade = len(trade) == THE_DAYS["rows"]
    needed = {name: option for name, option in options.items() if name != "always"}
    needed = needed if published_trade or "always" in options else {}
    retail = read_online_retail(path, **needed)
    said = str(retail.form)
    assert words in said and f"; {len({row[INVOICE] for row in trade}):,} invoices" in said and "\n" not in said
    assert same_trade(retail.rows, trade)
    assert published_totals(retail.rows) == (PUBLISHED[THREE_DAYS_PRINT] if published_trade else {})
    if not published_trade:
        found = reconcile(replayed(path, retail, needed, replays))
        assert found.ok, found
        assert f"Understood: {said}." in str(found)


def test_a_copy_is_held_against_the_published_totals(tmp_path):
    path = tmp_path / "trade"
    with gzip.open(dataset(THREE_DAYS), "rt", encoding="utf-8", newline="") as file:
        write, options, _ = FORMS["Kaggle"]
        path.write_bytes(write(list(csv.reader(file))[1:]))
    found = reconcile(replay(path, lab.MemoryEventStore(), **options))
    assert found.ok, found
    assert {figure.name: figure.published for figure in found.totals}["rows"] == THE_DAYS["rows"]


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


def five_times_packed():
    content = b"x"
    for _ in range(5):
        content = gzip.compress(content)
    return content


def tarred():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("retail.csv"), io.BytesIO())
    return file.getvalue()


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
        "'7/13/2011 .*which is not a date day/month/year, as --dates dmy says; .* month/day/year",
    ),
    "a count of days": (
        text_of(with_text("InvoiceDate", *["40513.35139"] * 200)), {}, 2,
        "'40513.35139', a spreadsheet's count of days: from 1900 or from 1904.*--dates 1900 .*--dates 1904",
    ),
    "a count of days, rounded": (
        text_of(with_text("InvoiceDate", *["40513.35"] * 200)), {"dates": "1900"}, 2, "too short for the second"
    ),
    "a date that is no count of days": (text_of(shop_days()), {"dates": "1904"}, 2, "no count of days as --dates 1904 says"),
    "some dates with a zone": (
        text_of(with_text("InvoiceDate", "2011-07-10 08:05:00+01:00")), {}, 3, "expected one form of date"
    ),
    "no month": (lines([*ROW[:4], "13-Foo-2011 10:00", *ROW[5:]]), {}, 2, "'13-Foo-2011 10:00'; expected a time"),
    "no time of day": (lines([*ROW[:4], "2011-01-13", *ROW[5:]]), {}, 2, "'2011-01-13'; expected a time such as"),
    "thirteen o'clock in the morning": (lines([*ROW[:4], "2011-01-13 13:05 AM", *ROW[5:]]), {}, 2, "'2011-01-13 13:05 AM'"),
    "thousands or decimals": (
        text_of(with_text("UnitPrice", *["1,234"] * 200)), {}, 2,
        "'1,234': a decimal comma or thousands.*--decimal comma or --decimal point",
    ),
    "a decimal that is none": (text_of(with_text("UnitPrice", "2,55")), {"decimal": "point"}, 2, "'2,55'; expected a price"),
    "two currencies": (text_of(with_text("UnitPrice", "£2.55", "$2.55")), {}, 3, "'\\$2.55', but '£2.55' in row 2; expected one"),
    "a total of other rows": (
        text_of(with_total(shop_days(), 7)), {}, "any", "the totals row says 7 units, but the rows above it have"
    ),
    "an invoice that lost its goods": (
        lines(ROW, ["1002", "", "", "5", "", "", "", ""]), {}, 3, "StockCode is empty"
    ),
    "a customer in short": (text_of(with_text("CustomerID", "1.79E+04")), {}, 2, "'1.79E\\+04'; expected a whole number"),
    "Parquet": (b"PAR1\0", {}, None, "a Parquet file; .*pandas.read_parquet"),
    "Feather": (b"ARROW1\0\0", {}, None, "a Feather file"),
    "lines of JSON": ('{"InvoiceNo": "536365"}\n', {}, None, "JSON; .*lines=True"),
    "a list of JSON": ('\ufeff [{"InvoiceNo": "536365"}]', {}, None, "JSON; .*read_json"),
    "a page that asks for a password": ("\n<!DOCTYPE html><html></html>", {}, None, "a web page"),
    "a pointer": ("version https://git-lfs.github.com/spec/v1\n", {}, None, "a Git LFS pointer.*git lfs pull"),
    "a spreadsheet of OpenOffice": (zipped(mimetype="x", content_xml="<x/>"), {}, None, "an OpenDocument spreadsheet"),
    "bzip2 cut off": (bz2.compress(text_of(shop_days()).encode())[:-40], {}, None, "the bzip2 file is damaged or cut off;"),
    "xz cut off": (lzma.compress(text_of(shop_days()).encode())[:-40], {}, None, "the xz file is damaged or cut off;"),
    "a gzip of no gzip": (b"\x1f\x8b" + b"\0" * 50, {}, "any row", "the gzip file is damaged"),
    "packed without end": (five_times_packed(), {}, None, "packed more than 4 times"),
    "a tar": (tarred(), {}, None, "a tar archive"),
    "thousands": (text_of(with_text("UnitPrice", "2.55", "1,234")), {}, 3, "'1,234', but '2.55' in row 2"),
    "thousands at the wrong digit": (text_of(with_text("UnitPrice", "2.55", "12,34.50")), {}, 3, "'12,34.50'; expected a price"),
    "points and commas": (text_of(with_text("UnitPrice", "2,55", "2.55")), {}, 3, "'2.55', but '2,55' in row 2; expected one"),
    "thousands of units or zeros": (text_of(with_text("Quantity", "1,000")), {}, 2, "'1,000'; expected a whole number"),
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
    "a byte of nothing": (lines(ROW, [*ROW[:2], "TEA\0POT", *ROW[3:]]), {}, 3, "byte 0x00 is not a letter"),
    "UTF-16 without a mark": (lines(ROW).encode("utf-16-le"), {}, 1, "byte 0x00 is not a letter"),
    "UTF-16 cut off": (lines(ROW).encode("utf-16")[:-1], {}, "any", "not a letter"),
    "two encodings": (lines([*ROW[:2], "CAFÉ", *ROW[3:]]).encode() + b"\n" + lines(ROW)[len(lines()):].encode() + b"\xc9", {}, "any", "byte 0xc9"),
    "no text": (lines([*ROW[:2], "CAF\x81", *ROW[3:]]).encode("latin-1"), {}, 2, "byte 0x81 is not a letter"),
    "no header": (text_of(shop_days()[1:], shop_days()[0]), {}, 1, "wrong header: 'InvoiceNo', .* missing"),
}  # fmt: skip


@pytest.mark.parametrize("content, options, row, why", AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_what_has_two_meanings_or_none_is_refused_in_one_line_that_helps(tmp_path, content, options, row, why):
    path = tmp_path / "trade"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(FileRefused, match=why) as refused:
        read_online_retail(path, **options)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 600
    assert refused.value.row == row or (row == "any" and refused.value.row > 1) or row == "any row"


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


@pytest.mark.parametrize("decimal, mills", [("comma", 1_234), ("point", 1_234_000)])
def test_the_option_settles_what_a_comma_separates(tmp_path, decimal, mills):
    path = tmp_path / "trade.csv"
    path.write_text(text_of([[*ROW[:5], "1,234", *ROW[6:]]]))
    assert read_online_retail(path, decimal=decimal).rows["price_mills"].tolist() == [mills]


def test_a_thousand_is_no_one_where_the_column_has_thousands(tmp_path):
    path = tmp_path / "trade.csv"
    path.write_text(text_of([[*ROW[:3], units, *ROW[4:]] for units in ("6.000", "1.200", "7")], delimiter=";"))
    assert read_online_retail(path).rows["quantity"].tolist() == [6_000, 1_200, 7]


def test_fractions_of_a_second_are_kept(tmp_path):
    path = tmp_path / "trade.csv"
    path.write_text(text_of([[*ROW[:4], "2011-01-13 10:00:00.123", *ROW[5:]]]))
    assert str(read_online_retail(path).rows["at"].iloc[0]) == "2011-01-13 10:00:00.123000"


def test_a_file_that_never_ends_or_bursts_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("cqrs_lab.shop.online_retail.packing.MOST_BYTES", 2**20)
    path = tmp_path / "trade.csv"
    large = lines(ROW).encode() + b"\n" * 2**21
    for content in (large, gzip.compress(large), bz2.compress(large), lzma.compress(large), zipped(a_csv=large)):
        path.write_bytes(content)
        with pytest.raises(FileRefused, match="more than 1 MB of content"):
            read_online_retail(path)
    if os.path.exists("/dev/zero"):
        with pytest.raises(FileRefused, match="more than 1 MB of content"):
            read_online_retail("/dev/zero")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="a named pipe is a file of Unix")
def test_a_pipe_is_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=(lines(ROW),))
    writer.start()
    assert len(read_online_retail(tmp_path / "pipe").rows) == 1
    writer.join()


@pytest.mark.parametrize("path", [None, 7, b"trade.csv", ["trade.csv"], "a\0b", io.StringIO("x"), pd.DataFrame()])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(lab.InvalidArgument, match="is not a path; give the path of a file"):
        read_online_retail(path)


def test_a_home_is_found_and_a_path_with_a_line_end_is_told_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "trade.csv").write_text(lines(ROW))
    assert len(read_online_retail("~/trade.csv").rows) == 1
    with pytest.raises(FileRefused) as refused:
        read_online_retail(tmp_path / "a\nb.csv")
    assert "\n" not in str(refused.value) and r"a\nb.csv: there is no such file" in str(refused.value)


def test_other_words_for_a_mark_are_refused_with_the_two_there_are(tmp_path):
    path = tmp_path / "trade.csv"
    path.write_text(lines(ROW))
    with pytest.raises(lab.InvalidArgument, match="decimal=',': expected 'point' or 'comma'"):
        read_online_retail(path, decimal=",")


def test_other_words_for_an_order_are_refused_with_the_two_there_are(tmp_path):
    path = tmp_path / "trade.csv"
    path.write_text(lines(ROW))
    with pytest.raises(lab.InvalidArgument, match="dates='ymd': expected 'dmy' .* 'mdy'"):
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
