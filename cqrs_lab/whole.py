"""Files and folders that are whole or not there: they are written beside their place, and then renamed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file. One that is there stays as it is until the new one is whole."""
    with TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as beside:
        part = Path(beside) / path.name
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        part.replace(path)


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder to fill. It takes the place of `folder` when the block has ended well, and only then."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
        part = Path(beside) / folder.name
        part.mkdir()
        yield part
        if folder.exists():
            folder.rename(Path(beside) / "before")
        part.rename(folder)
