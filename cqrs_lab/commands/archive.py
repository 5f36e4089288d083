"""cqrs-lab archive: the shop's log as Parquet files."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any

from cqrs_lab.commands.bar import bar


def add(commands: Any) -> None:
    """Add the command to the parser."""
    archive = commands.add_parser(
        "archive",
        help="write the shop's log into Parquet files that DuckDB, pyarrow and Dask read",
        description="Write what a log of the shop has recorded into an archive: Parquet files, in partitions by "
        "stream. What is there already is not written again; if it is interrupted, run it again.",
    )
    archive.add_argument("folder", metavar="FOLDER", help="where the archive is; it is made if there is none")
    url = "where it is: sqlite:///shop.db, postgresql://user:password@localhost/shop, or nats://localhost:4222/SHOP"
    archive.add_argument("--store", metavar="URL", required=True, help=url)
    parts = "how many parts can be read side by side (default: 8, or as many as it was begun with)"
    archive.add_argument("--partitions", metavar="NUMBER", type=int, help=parts)
    archive.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Archive the log, and print what the archive holds."""
    # Imported here, so that help is shown without waiting for DuckDB.
    from cqrs_lab.log.stores.archive import write_archive
    from cqrs_lab.log.stores.opening import open_event_store
    from cqrs_lab.shop.events import EVENTS

    with open_event_store(chosen.store, events=EVENTS) as store:
        progress = partial(bar, what="stretches")
        archive = write_archive(store, chosen.folder, EVENTS, partitions=chosen.partitions, progress=progress)
    files = len(archive.manifest.files)
    print(f"{chosen.folder} holds the log up to position {archive.head():,}, in {files:,} files.")
    return 0
