"""A read model in a DuckDB file, against plain DuckDB that does the same work: what the kit adds to it.

Saving: a batch touches 1,000 of a table's rows; their old values are read, the batch's are added to them, and rows
and checkpoint are written in one transaction. Plain DuckDB does the same from a frame, with the same statements, and
once as one upsert, which needs no reading. Reading: the whole table as a frame, and the rows of 1,000 keys.
"""

from __future__ import annotations

import tempfile

import numpy as np
import pandas as pd
from tools.claims import by_turns, missing, row

import cqrs_lab as lab
from cqrs_lab.read.tables import Checkpoint

ROWS, TOUCHED, RUNS = 100_000, 1_000, 15
SCHEMA = lab.Schema(index=["product"], columns={"units": "int64", "mills": "int64"})
UPSERT = """
    INSERT INTO totals SELECT * FROM batch
    ON CONFLICT (product) DO UPDATE SET units = units + excluded.units, mills = mills + excluded.mills
"""


def batch_of(generator, names):
    """Return what a batch says of some products, as `summarise` would."""
    picked = generator.choice(len(names), TOUCHED, replace=False)
    return pd.DataFrame({"product": names[picked], "units": generator.integers(1, 9, TOUCHED), "mills": picked})


class Plain:
    """A table and a checkpoint in DuckDB, as one would write them by hand."""

    def __init__(self, file, table):
        import duckdb

        self.connection, self.position = duckdb.connect(file), 0
        self.connection.execute("CREATE TABLE totals (product VARCHAR PRIMARY KEY, units BIGINT, mills BIGINT)")
        self.connection.execute("CREATE TABLE checkpoints (name VARCHAR PRIMARY KEY, position BIGINT)")
        self.connection.register("batch", table)
        self.connection.execute("INSERT INTO totals SELECT * FROM batch")

    def write(self, batch, sql):
        self.position += 1
        self.connection.register("batch", batch)
        self.connection.begin()
        self.connection.execute(sql)
        self.connection.execute("INSERT OR REPLACE INTO checkpoints VALUES ('totals', ?)", [self.position])
        self.connection.commit()

    def upsert(self, batch):
        self.write(batch, UPSERT)

    def read_and_replace(self, batch):
        old = self.of(batch)
        sums = pd.concat([old, batch]).groupby("product", as_index=False).sum()
        self.write(sums, "INSERT OR REPLACE INTO totals SELECT * FROM batch")

    def of(self, batch):
        self.connection.register("wanted", batch[["product"]])
        return self.connection.execute("SELECT * FROM totals SEMI JOIN wanted USING (product)").df()

    def table(self):
        return self.connection.execute("SELECT * FROM totals").df()


class Kit:
    def __init__(self, file, table):
        from cqrs_lab.read.duckdb import DuckDBTables

        self.tables = DuckDBTables(file, "totals", SCHEMA).save(SCHEMA.conform(table), Checkpoint(1))

    def save(self, batch):
        rows = SCHEMA.conform(batch)
        merged = lab.merge_rows(self.tables.rows(rows.index), rows, add=["units", "mills"])
        self.tables = self.tables.save(merged, Checkpoint(self.tables.checkpoint.position + 1))

    def of(self, batch):
        return self.tables.rows(pd.Index(batch["product"], name="product"))


def main():
    if missing("duckdb"):
        return
    generator, names = np.random.default_rng(1), np.array([f"product-{number}" for number in range(ROWS)], dtype=object)
    table = pd.DataFrame({"product": names, "units": 1, "mills": np.arange(ROWS)}).astype({"product": "str"})
    with tempfile.TemporaryDirectory() as folder:
        kit, plain, other = (cls(f"{folder}/{n}.db", table) for n, cls in enumerate((Kit, Plain, Plain)))
        batches = [batch_of(generator, names).astype({"product": "str"}) for _ in range(RUNS)]
        given = {who: iter(batches) for who in ("kit", "same", "upsert")}
        saving = by_turns(
            RUNS,
            kit=lambda: kit.save(next(given["kit"])),
            same=lambda: plain.read_and_replace(next(given["same"])),
            upsert=lambda: other.upsert(next(given["upsert"])),
        )
        read = kit.tables.table().sort_index()
        assert all(read.equals(one.table().set_index("product").sort_index()) for one in (plain, other))
        reading = by_turns(RUNS, kit=kit.tables.table, plain=plain.table)
        some = by_turns(RUNS, kit=lambda: kit.of(batches[0]), plain=lambda: plain.of(batches[0]))
    what = f"DuckDB, {TOUCHED:,} of {ROWS:,} rows"
    row(f"{what} saved with the checkpoint: kit : the same statements by hand", saving["kit"] / saving["same"])
    row(f"{what} saved with the checkpoint: kit : one upsert by hand", saving["kit"] / saving["upsert"])
    row(f"{what} read by their keys: kit : plain", some["kit"] / some["plain"])
    row(f"DuckDB, {ROWS:,} rows read as a frame: kit : plain", reading["kit"] / reading["plain"])


if __name__ == "__main__":
    main()
