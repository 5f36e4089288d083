"""What an archive says of itself: partitions, event types and files, in one JSON file that is replaced as a whole."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec

from cqrs_lab.errors import StoreUnreadable

FORMAT, NAME, LOG = 1, "manifest.json", "log"
_RESTORE = "restore it from a copy, or delete the folder and archive the log again"
_PLACE = re.compile(r"(?:log|events/[^/]+)/p\d{3,}/(\d{19})-\d{19}\.parquet")


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """One file of an archive.

    Attributes
    ----------
    data : str
        Whose rows it holds: "log", or the data set of an event type, such as "order-placed.1".
    partition : int
    after, upto : int
        It holds what its data set has of the partition above position `after` and up to `upto`.
    rows, first : int
        How many rows, and the position of the first.
    bytes, sha256
        Its length and its checksum.
    holds : dict
        Of "log": for each data set of an event type, the number of its events and the position of the first.
    in_utc : bool
        Whether a time with an offset stands in it as the same instant in UTC.
    """

    data: str
    partition: int
    after: int
    upto: int
    rows: int
    first: int
    bytes: int
    sha256: str
    holds: dict[str, tuple[int, int]] = field(default_factory=dict)
    in_utc: bool = False

    @property
    def path(self) -> str:
        """Its place in the archive."""
        return place_of(self.data, self.partition, self.after, self.upto)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds.

    Attributes
    ----------
    partitions : int
    upto : int
        It holds the whole log up to this position.
    last : str
        The `event_id` of the event there.
    types : dict
        For each data set of an event type, its fields with the type that each has in Parquet; None if it has no files.
    files : list of ArchivedFile
        In order of position.
    """

    partitions: int
    upto: int = 0
    last: str = ""
    types: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    files: list[ArchivedFile] = field(default_factory=list)
    format: int = FORMAT


def partition_of(stream: str, partitions: int) -> int:
    """Return the partition of a stream: the CRC-32 of its name in UTF-8, modulo the number of partitions.

    Examples
    --------
    >>> from cqrs_lab.log.stores.archive_manifest import partition_of
    >>> partition_of("order-7", 8)
    2
    """
    return crc32(stream.encode()) % partitions


def place_of(data: str, partition: int, after: int, upto: int) -> str:
    """Return the place of a file; in the order of their names, files are in the order of their positions."""
    folder = LOG if data == LOG else f"events/{data}"
    return f"{folder}/p{partition:03d}/{after + 1:019d}-{upto:019d}.parquet"


def read_manifest(folder: Path) -> Manifest:
    """Return what the archive in a folder holds.

    Raises
    ------
    StoreUnreadable
        There is no archive, or its manifest is damaged or of another format.
    """
    path = folder / NAME
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        why = f"holds no archive: there is no {NAME}; give the folder of one, or make it with write_archive"
        raise StoreUnreadable(str(folder), why) from None
    try:
        written = msgspec.json.decode(content, type=dict[str, Any]).get("format")
        if written != FORMAT:
            step = f"this version of cqrs-lab reads format {FORMAT}: use the version that wrote it"
            raise StoreUnreadable(str(path), f"is of format {written!r}, and {step}")
        return msgspec.json.decode(content, type=Manifest)
    except msgspec.DecodeError as error:
        why = f"is damaged ({error}); it is replaced as a whole, so something else has changed it; {_RESTORE}"
        raise StoreUnreadable(str(path), why) from error


def replace_manifest(folder: Path, manifest: Manifest) -> None:
    """Put a manifest in place of the one that is there, in one step, once it is on the disk."""
    content = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    beside = folder / f".{NAME}"
    beside.write_bytes(content)
    settle(beside)
    os.replace(beside, folder / NAME)
    settle(folder)


def settle(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    if (folder := path.is_dir()) and os.name == "nt":
        return  # Windows has no such call for a folder
    opened = os.open(path, os.O_RDONLY if folder else os.O_RDWR)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def digest(path: Path) -> str:
    """Return the checksum of a file."""
    with path.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def left_behind(folder: Path, manifest: Manifest) -> list[Path]:
    """Return the files that a writer has put there and the manifest does not name yet: it was ended in between.

    Raises
    ------
    StoreUnreadable
        A file is there that no writer of this archive has left.
    """
    known, left = {one.path for one in manifest.files}, []
    for path in sorted(folder.rglob("*.parquet")):
        name = path.relative_to(folder).as_posix()
        if name in known or name.startswith("."):
            continue
        if (place := _PLACE.fullmatch(name)) is None or int(place[1]) <= manifest.upto:
            why = "is not in the manifest: it belongs to another archive, or to none; move it out of the folder"
            raise StoreUnreadable(str(path), why)
        left.append(path)
    return left


def check_there(folder: Path, files: Iterable[ArchivedFile]) -> None:
    """Refuse an archive of which a file is missing, or longer or shorter than it was written.

    Raises
    ------
    StoreUnreadable
    """
    for one in files:
        path = folder / one.path
        try:
            found = path.stat().st_size
        except FileNotFoundError:
            raise StoreUnreadable(str(path), f"is missing, and the manifest names it; {_RESTORE}") from None
        if found != one.bytes:
            why = f"has {found:,} bytes, and was written with {one.bytes:,}: it is torn, or was changed"
            raise StoreUnreadable(str(path), f"{why}; {_RESTORE}")


def check_content(folder: Path, file: ArchivedFile) -> None:
    """Refuse a file that is not as it was written.

    Raises
    ------
    StoreUnreadable
    """
    check_there(folder, [file])
    if digest(folder / file.path) != file.sha256:
        raise StoreUnreadable(str(folder / file.path), f"was changed: its checksum is another; {_RESTORE}")
