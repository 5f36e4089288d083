"""From a path to text or a workbook: whatever the file is packed in and however its text is encoded."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

from cqrs_lab.shop.online_retail.source import FileRefused, Source, shown

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
PUBLISHED_AT = "Online Retail is published by the UCI Machine Learning Repository: https://doi.org/10.24432/C5BW33"
MOST_BYTES = 2**29
"""Ten times the published year; a device that never ends, or a file packed to burst, has more."""
MOST_WRAPPINGS = 4
ZIP, OLE = (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
GZIP, BZIP2, XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0"
PACKED: dict[bytes, tuple[str, Callable[[Any], Any]]] = {
    GZIP: ("gzip", lambda file: gzip.GzipFile(fileobj=file)),
    BZIP2: ("bzip2", bz2.BZ2File),
    XZ: ("xz", lzma.LZMAFile),
}
ENCODINGS = {
    codecs.BOM_UTF32_LE: "UTF-32",  # begins as UTF-16 does, so it is asked first
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
LETTER_IN_UTF_8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
LATIN = "Windows-1252 (Latin-1)"
AS_CSV = "save it as CSV or .xlsx"
BY_PANDAS = "write it as CSV: pandas.{}(PATH).to_csv('online_retail.csv', index=False)"
UNPACK = "unpack it and give the table in it"
OTHERS = {
    b"PAR1": ("a Parquet file", BY_PANDAS.format("read_parquet")),
    b"ARROW1": ("a Feather file", BY_PANDAS.format("read_feather")),
    b"\x89HDF": ("an HDF5 file", BY_PANDAS.format("read_hdf")),
    b"\x80\x04": ("a pickle", BY_PANDAS.format("read_pickle")),
    b"\x80\x05": ("a pickle", BY_PANDAS.format("read_pickle")),
    b"SQLite format 3": ("a SQLite database", "export its table as CSV"),
    b"%PDF": ("a PDF", AS_CSV),
    b"7z\xbc\xaf\x27\x1c": ("a 7-Zip archive", UNPACK),
    b"Rar!": ("a RAR archive", UNPACK),
    b"\x28\xb5\x2f\xfd": ("a Zstandard file", UNPACK),
    b"version https://git-lfs": ("a Git LFS pointer, not the file itself", "fetch it with git lfs pull"),
    b"[": ("JSON", BY_PANDAS.format("read_json")),
    b"{": ("JSON", "write it as CSV: pandas.read_json(PATH, lines=True).to_csv('online_retail.csv', index=False)"),
    b"<": ("a web page or XML, not a table", f"download the file itself, or {AS_CSV}"),
}


def content_of(source: Source) -> bytes:
    """Return the bytes of the table or workbook; what it is packed in shows in its first bytes, not in its name.

    Raises
    ------
    FileRefused
        The file is missing, unreadable, empty, damaged, too large or of another kind, or a zip of several files.
    """
    content = _read(source)
    for _ in range(MOST_WRAPPINGS):
        packing = next((magic for magic in PACKED if content.startswith(magic)), None)
        if packing is not None:
            content = _decompressed(source, content, packing)
        elif content.startswith(ZIP) and not _is_workbook(source, content):
            content = _unzipped(source, content)
        else:
            break
    else:
        raise source.refused(f"packed more than {MOST_WRAPPINGS} times; {UNPACK}")
    _refuse_other_kinds(source, content)
    if not content.strip():
        raise source.refused(f"the file is empty; expected a first row {','.join(COLUMNS)}")
    return content


def _read(source: Source) -> bytes:
    try:
        with source.path.open("rb") as file:
            return _bounded(source, file)
    except FileNotFoundError:
        raise source.refused(f"there is no such file. {PUBLISHED_AT}; download it and give its path") from None
    except OSError as error:
        raise source.refused(f"cannot be read ({error.strerror}); expected a file you may read") from None


def _bounded(source: Source, file: IO[bytes]) -> bytes:
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        why = f"more than {MOST_BYTES // 2**20} MB of content; the published year has 46 MB"
        raise source.refused(f"{why}; expected Online Retail; give its path, or fewer of its rows")
    return content


def _refuse_other_kinds(source: Source, content: bytes) -> None:
    if content.startswith(OLE):
        raise source.refused("an old .xls, or a workbook with a password; save it as .xlsx or .csv without a password")
    begins = content[:100].removeprefix(codecs.BOM_UTF8).lstrip()
    found = next((others for magic, others in OTHERS.items() if begins.startswith(magic)), None)
    if content[257:262] == b"ustar":
        found = "a tar archive", UNPACK
    if found:
        raise source.refused(f"{found[0]}; expected a CSV or .xlsx; {found[1]}")


def _decompressed(source: Source, content: bytes, packing: bytes) -> bytes:
    name, opened = PACKED[packing]
    try:
        return _bounded(source, opened(io.BytesIO(content)))
    except (EOFError, OSError, zlib.error, lzma.LZMAError):
        where, row = ("here", _rows_before_damage(content) + 1) if packing == GZIP else ("", None)
        why = f"the {name} file is damaged or cut off {where}".rstrip()
        raise source.refused(f"{why}; expected it whole; download it again", row) from None


def _rows_before_damage(content: bytes) -> int:
    inflater, rows = zlib.decompressobj(wbits=31), 0
    with suppress(zlib.error):
        for start in range(0, len(content), 1024):
            rows += inflater.decompress(content[start : start + 1024]).count(b"\n")
    return rows


def _is_workbook(source: Source, content: bytes) -> bool:
    names = _names(source, content)
    if "content.xml" in names:
        raise source.refused(f"an OpenDocument spreadsheet; expected a CSV or .xlsx; {AS_CSV}")
    return "[Content_Types].xml" in names or "xl/workbook.xml" in names


def _names(source: Source, content: bytes) -> list[str]:
    try:
        return zipfile.ZipFile(io.BytesIO(content)).namelist()
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError):
        raise _damaged_zip(source) from None


def _damaged_zip(source: Source) -> FileRefused:
    return source.refused("the zip file or workbook is damaged or cut off; download it again")


def _unzipped(source: Source, content: bytes) -> bytes:
    """Return the one file in a zip; those that a system puts beside it do not count."""
    files = [name for name in _names(source, content) if not name.endswith("/") and not name.startswith("__MACOSX/")]
    files = [name for name in files if not name.rpartition("/")[2].startswith(".")]
    if len(files) != 1:
        named = ", ".join(map(shown, files[:5])) or "no file"
        raise source.refused(f"a zip with {named}; expected one table in it; unpack it and give the one to read")
    try:
        with zipfile.ZipFile(io.BytesIO(content)).open(files[0]) as file:
            return _bounded(source, file)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, NotImplementedError, ValueError):
        # ValueError: bytes are missing in the middle, and zipfile seeks before the start.
        raise _damaged_zip(source) from None
    except RuntimeError:
        raise source.refused("the zip file has a password; unpack it and give the file in it") from None


def decoded(source: Source, content: bytes) -> tuple[str, str]:
    """Return the text of a CSV and the name of its encoding: UTF-8, UTF-16 or UTF-32 with a mark, or Windows-1252.

    Raises
    ------
    FileRefused
        The bytes are no text, or text in two encodings.
    """
    text, encoding = _text(source, content)
    # A mark may stand twice, if one program after the other put it; DOS ended a text with Ctrl-Z.
    return text.lstrip("\ufeff").rstrip("\x1a"), encoding


def _text(source: Source, content: bytes) -> tuple[str, str]:
    encoding = next((name for mark, name in ENCODINGS.items() if content.startswith(mark)), "UTF-8")
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
    why = f"byte {content[at]:#04x} is not a letter in UTF-8 or Latin-1; expected one encoding in the whole file"
    return source.refused(f"{why}; save it as CSV in UTF-8, or as .xlsx", content.count(b"\n", 0, at) + 1)
