"""A rebuild over the archive by Dask, against DuckDB's own query over the same files with as many threads.

Time against events and against workers, with the workers running already; what they take to start is a row of its own.
Both give the same table, or the script fails. Three queries: units by product of an event type with three fields, its
days (a key that is no text), and units by product where they are lines within orders. `--events`: one million by
default; `--events 50000000` takes a quarter of an hour and 1 GB of disk, and each worker is held to 2 GB of memory.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tools.claims import by_turns, missing, row, seconds

import cqrs_lab as lab

EVENTS, RUNS, WORKERS = 1_000_000, 3, (1, 2)
START = datetime(2026, 1, 5)


@dataclass(frozen=True, slots=True)
class Line:
    product: str
    units: int


@dataclass(frozen=True, slots=True)
class Sold:
    product: str
    units: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Ordered:
    customer: str
    lines: tuple[Line, ...]


class Drawn:
    """A log that is drawn as it is read: nine events in ten are sales, the tenth an order with three lines."""

    def __init__(self, events: int) -> None:
        self.events = events
        self.names = [f"product-{number}" for number in range(4_000)]

    def head(self) -> int:
        return self.events

    def read_all(self, *, after: int = 0, limit: int | None = None) -> Iterator[lab.RecordedEvent]:
        upto = self.events if limit is None else min(self.events, after + limit)
        for position in range(after + 1, upto + 1):
            drawn = position * 2_654_435_761 % 4_294_967_296
            names = [self.names[drawn // part % 4_000] for part in (1, 7, 11)]
            if position % 10:
                event = Sold(names[0], 1 + drawn % 7, START + timedelta(seconds=position))
            else:
                event = Ordered(f"c-{drawn % 50_000}", tuple(Line(name, 1 + drawn % 5) for name in names))
            yield lab.RecordedEvent(f"till-{drawn % 10_007}", 1 + position // 10_007, position, event, float(position))


EVENT_TYPES = {"sold": Sold, "ordered": Ordered}


class ByProduct:
    name, version, events = "by_product", 1, (Sold,)
    schema = lab.Schema(index=["product"], columns={"units": "int64"})
    sql = "SELECT product, sum(units)::BIGINT AS units FROM '{0}/sold.1/*/*.parquet' GROUP BY 1"

    def summarise(self, batch):
        return batch.frame(Sold).groupby("product")[["units"]].sum()

    def merge(self, table, rows):
        return lab.merge_rows(table, rows, add=["units"])


class ByDay(ByProduct):
    name, schema = "by_day", lab.Schema(index={"day": "datetime64[us]"}, columns={"units": "int64"})
    # AT is a word of DuckDB's own, so the column is quoted.
    sql = """
        SELECT date_trunc('day', "at") AS day, sum(units)::BIGINT AS units FROM '{0}/sold.1/*/*.parquet' GROUP BY 1"""

    def summarise(self, batch):
        frame = batch.frame(Sold)
        return frame.groupby(frame["at"].dt.normalize().rename("day"))[["units"]].sum()


class OfLines(ByProduct):
    name, events = "of_lines", (Ordered,)
    sql = (
        "SELECT line.product, sum(line.units)::BIGINT AS units "
        "FROM (SELECT unnest(lines) AS line FROM '{0}/ordered.1/*/*.parquet') GROUP BY 1"
    )

    def summarise(self, batch):
        return batch.frame(Ordered, each="lines").groupby("product")[["units"]].sum()


def peak_megabytes() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def compare(archive, client, workers, events, runs):
    import duckdb

    from cqrs_lab.read.distributed import build_distributed

    for projection in (ByProduct(), ByDay(), OfLines()):
        sql = projection.sql.format(archive.folder / "events")
        with duckdb.connect(":memory:", config={"threads": workers}) as plain:
            found = plain.execute(sql).df()
            key = projection.schema.index
            meant = projection.schema.conform(found.set_index(list(key))).sort_index()
            model = build_distributed(projection, archive, scheduler=client)
            assert model.table.sort_index().equals(meant), projection.name
            took = by_turns(
                runs,
                kit=lambda: build_distributed(projection, archive, scheduler=client),  # noqa: B023 - called at once
                duckdb=lambda: plain.execute(sql).fetchall(),  # noqa: B023
            )
        what = f"{projection.name}, {events:,} events, {count(workers)}"
        row(f"{what}: seconds", took["kit"], unit=" s")
        row(f"{what}: kit : DuckDB's query, as many threads", took["kit"] / took["duckdb"], 1.5)


def count(workers):
    return "1 worker" if workers == 1 else f"{workers} workers"


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--folder", help="where the archive is kept for another run (default: nowhere)")
    chosen = parser.parse_args()
    if missing("duckdb", "msgspec", "distributed"):
        return
    from distributed import Client, LocalCluster

    from cqrs_lab.log.stores.archive import write_archive

    with tempfile.TemporaryDirectory() as beside:
        for events in sorted({chosen.events // 4, chosen.events}):
            folder = Path(chosen.folder or beside) / f"{events}"
            took = seconds(lambda: write_archive(Drawn(events), folder, EVENT_TYPES))  # noqa: B023 - called at once
            archive = write_archive(Drawn(events), folder, EVENT_TYPES)
            row(f"archive {events:,} events: microseconds by event", took / events * 1e6, unit=" us")
            for workers in WORKERS:
                local = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "memory_limit": "2GB"}
                with LocalCluster(workers, threads_per_worker=1, **local) as cluster, Client(cluster) as client:
                    compare(archive, client, workers, events, 1 if events > 5_000_000 else RUNS)
                    peak = max(client.run(peak_megabytes).values())
                row(f"{events:,} events, {count(workers)}: most memory of a worker", peak, 2_000, unit=" MB")


if __name__ == "__main__":
    main()
