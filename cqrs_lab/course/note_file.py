"""Keeps notes in a file: one JSON object per line, appended in one step, and never rewritten."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

Note = dict[str, Any]


class _Read(NamedTuple):
    """What was in the file when it had this `stamp`."""

    stamp: tuple[int, int] | None
    notes: tuple[Note, ...]
    damaged: tuple[int, ...]
    trouble: str


@dataclass(slots=True)
class NoteFile:
    """Notes in a file that several kernels share; read again when it has changed.

    A line that cannot be read is skipped and stays in the file. What cannot be written is kept for this session.

    Parameters
    ----------
    path : Path or None
        With None, everything is kept for this session only.
    """

    path: Path | None
    _read: _Read = field(default=_Read(None, (), (), ""), init=False)
    _session: list[Note] = field(default_factory=list, init=False)
    _told: set[str] = field(default_factory=set, init=False)

    def add(self, note: Mapping[str, Any]) -> str:
        """Append a note, and return why it is only kept for this session; "" if it is in the file."""
        trouble = self._append(json.dumps(note)) if self.path is not None else ""
        if self.path is None or trouble:
            self._session.append(dict(note))
        return trouble

    def notes(self) -> list[Note]:
        """Return all notes, oldest first."""
        self._refresh()
        return [*self._read.notes, *self._session]

    def news(self) -> str:
        """Return what is wrong with the file, each problem only once; "" if nothing is."""
        self._refresh()
        said = [self._read.trouble] if self._read.trouble else []
        if self._read.damaged:
            first, *others = map(str, self._read.damaged)
            which = f"lines {', '.join([first, *others])}" if others else f"line {first}"
            skipped = f"cannot be read and {'are' if others else 'is'} skipped. The others count."
            said.append(f"{self.path}: {which} {skipped}")
        new = [one for one in said if one not in self._told]
        self._told.update(new)
        return " ".join(new)

    def _append(self, line: str) -> str:
        """Write one line with one call, so that the lines of several kernels never mix; return what went wrong."""
        assert self.path is not None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
            try:
                _write(file, f"{line}\n".encode())
            finally:
                os.close(file)
        except OSError as error:
            return f"This is kept for this session only: {self.path}: {error.strerror or error}."
        return ""

    def _refresh(self) -> None:
        """Read the file again if it has changed, and replace the old notes in one step."""
        if self.path is None:
            return
        try:
            state = self.path.stat()
            if self._read.stamp != (state.st_mtime_ns, state.st_size):
                self._read = _parsed(self.path.read_bytes(), (state.st_mtime_ns, state.st_size))
        except FileNotFoundError:
            self._read = _Read(None, (), (), "")
        except OSError as error:
            self._read = _Read(None, (), (), f"Earlier notes cannot be read: {self.path}: {error.strerror or error}.")


def _write(file: int, line: bytes) -> None:
    size = os.fstat(file).st_size
    if size and os.lseek(file, size - 1, os.SEEK_SET) >= 0 and os.read(file, 1) != b"\n":
        line = b"\n" + line  # the last line was cut off: it stays damaged, and this one stays whole
    if os.write(file, line) != len(line):
        raise OSError("the disk is full")


def _parsed(text: bytes, stamp: tuple[int, int]) -> _Read:
    notes, damaged = [], []
    lines = text.split(b"\n")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        note = _note(line)
        if note is not None:
            notes.append(note)
        elif number < len(lines):  # the last one may still be on its way from another kernel
            damaged.append(number)
    return _Read(stamp, tuple(notes), tuple(damaged), "")


def _note(line: bytes) -> Note | None:
    try:
        note = json.loads(line)
    except ValueError:  # no JSON, or no UTF-8
        return None
    is_one = isinstance(note, dict) and isinstance(note.get("kind"), str) and isinstance(note.get("key"), str)
    return note if is_one else None
