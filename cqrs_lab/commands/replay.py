"""cqrs-lab replay: a real year of trade."""

from __future__ import annotations

import argparse
from typing import Any

from cqrs_lab.commands.bar import bar


def add(commands: Any) -> None:
    """Add the command to the parser."""
    replay = commands.add_parser(
        "replay",
        help="send Online Retail, a real year of trade, through the shop and reconcile it",
        description="Send Online Retail through the shop's commands, then reconcile the read models with the file. "
        "The file is published at https://doi.org/10.24432/C5BW33; its copies are read in any form that means "
        "exactly one thing.",
        epilog="Exit code: 0 if everything reconciles, 1 if a figure differs, 2 if the file is refused.",
    )
    replay.add_argument("path", metavar="PATH", help="a CSV or .xlsx, also in a gzip, bzip2, xz or zip file")
    dates = "day or month first, or the year from which days are counted, if no date in the file shows it"
    replay.add_argument("--dates", choices=["dmy", "mdy", "1900", "1904"], help=dates)
    decimal = "what stands before the decimals of a price, if no price in the file shows it"
    replay.add_argument("--decimal", choices=["point", "comma"], help=decimal)
    replay.add_argument("--sheet", metavar="NAME", help="the one sheet of a workbook to read (default: all)")
    log = (
        "where the log is kept: memory:// (default), sqlite:///shop.db, postgresql://user:password@localhost/shop, or "
        "nats://localhost:4222/SHOP; what it holds already is not sent again"
    )
    replay.add_argument("--store", metavar="URL", default="memory://", help=log)
    replay.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Send the file through the shop, and print how it reconciles."""
    # Imported here, so that help is shown without waiting for pandas.
    from cqrs_lab.log.stores.opening import open_event_store
    from cqrs_lab.shop.events import EVENTS
    from cqrs_lab.shop.online_retail import reconcile, replay

    form = {name: getattr(chosen, name) for name in ("dates", "decimal", "sheet")}
    with open_event_store(chosen.store, events=EVENTS) as store:
        sent = replay(chosen.path, store, progress=bar, **form)
        found = reconcile(sent)
    print(found)
    return 0 if found.ok else 1
