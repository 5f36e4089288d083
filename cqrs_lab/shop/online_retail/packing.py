"""From a path to text or a workbook: whatever the file is packed in and however its text is encoded."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zipfile
import zlib
from contextlib import suppress

from cqrs_lab.shop.online_retail.source import FileRefused, Source, shown

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
PUBLISHED_AT = "Online Retail is published by the UCI Machine Learning Repository: https://doi.org/10.24432/C5BW33"
GZIP, ZIP, OLE = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UTF_16 = {codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
LETTER_IN_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
LATIN = "Windows-1252 (Latin-1)"


def content_of(source: Source) -> bytes:
    """Return the bytes of the table or workbook; what it is packed in shows in its first bytes, not in its name.

    Raises
    ------
    FileRefused
        The file is missing, unreadable, empty or damaged, or a zip of several files.
    """
    try:
        content = source.path.read_bytes()
    except FileNotFoundError:
        raise source.refused(f"there is no such file. {PUBLISHED_AT}; download it and give its path") from None
    except OSError as error:
        raise source.refused(f"cannot be read ({error.strerror}); expected a file you may read") from None
    if content.startswith(GZIP):
        content = _gunzipped(source, content)
    if content.startswith(ZIP):
        content = _unzipped(source, content)
    if content.startswith(OLE):
        raise source.refused("an old .xls, or a workbook with a password; save it as .xlsx or .csv without a password")
    if not content.strip():
        raise source.refused(f"the file is empty; expected a first row {','.join(COLUMNS)}")
    return content


def _gunzipped(source: Source, content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        inflater, rows = zlib.decompressobj(wbits=31), 0
        with suppress(zlib.error):
            for start in range(0, len(content), 1024):
                rows += inflater.decompress(content[start : start + 1024]).count(b"\n")
        why = "the gzip file is damaged or cut off here; expected it whole; download it again"
        raise source.refused(why, row=rows + 1) from None


def _unzipped(source: Source, content: bytes) -> bytes:
    """Return the one file in a zip, or the workbook that the zip itself is."""
    damaged = source.refused("the zip file or workbook is damaged or cut off; download it again")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = archive.namelist()
        if "[Content_Types].xml" in names or "xl/workbook.xml" in names:
            return content
        files = [name for name in names if not name.endswith("/") and not name.startswith("__MACOSX/")]
        if len(files) != 1:
            named = ", ".join(map(shown, files[:5])) or "no file"
            raise source.refused(f"a zip with {named}; expected one table in it; unpack it and give the one to read")
        return archive.read(files[0])
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError):
        # ValueError: bytes are missing in the middle, and zipfile seeks before the start.
        raise damaged from None
    except RuntimeError:
        raise source.refused("the zip file has a password; unpack it and give the file in it") from None


def decoded(source: Source, content: bytes) -> tuple[str, str]:
    """Return the text of a CSV and the name of its encoding: UTF-8, UTF-16 with a mark, or Windows-1252.

    Raises
    ------
    FileRefused
        The bytes are no text, or text in two encodings.
    """
    encoding = UTF_16.get(content[:2], "UTF-8")
    try:
        if encoding != "UTF-8":
            return content.decode(encoding), encoding
        if (at := content.find(b"\0")) >= 0:
            raise _no_text(source, content, at)
        return content.decode("utf-8-sig"), encoding
    except UnicodeDecodeError as error:
        at = error.start + (3 if content.startswith(codecs.BOM_UTF8) else 0)
    if encoding != "UTF-8" or content.startswith(codecs.BOM_UTF8) or LETTER_IN_UTF_8.search(content):
        raise _no_text(source, content, at)
    try:
        return content.decode("cp1252"), LATIN
    except UnicodeDecodeError as error:
        raise _no_text(source, content, error.start) from None


def _no_text(source: Source, content: bytes, at: int) -> FileRefused:
    why = f"byte {content[at]:#04x} is no letter of a text in UTF-8 or Latin-1; expected one encoding in the whole file"
    return source.refused(f"{why}; save it as CSV in UTF-8, or as .xlsx", content.count(b"\n", 0, at) + 1)
