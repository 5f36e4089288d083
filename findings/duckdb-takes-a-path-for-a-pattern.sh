#!/usr/bin/env bash
# DuckDB 2.0.1: read_parquet(['shop [1]/day.parquet']) reads the file of another folder, "shop 1", without a word, though "shop [1]" is
# there and holds a file of that name. And a folder called "shop=1" adds a column to the table, whose name is "shop". A good guess is that a
# list of paths is taken as it stands, and that only a `*` makes a pattern of it. Each of *, ? and [ in square brackets is itself,
# and hive_partitioning=false adds no column.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" --quiet --disable-pip-version-check install duckdb==2.0.1
cd "$folder"
"$folder/env/bin/python" - <<'PY'
import os
import sys

import duckdb

for name in ("shop 1", "shop [1]", "shop=1"):
    os.makedirs(name)
    duckdb.execute(f"COPY (SELECT '{name}' AS written_in) TO '{name}/day.parquet'")


def read(path, options=""):
    found = duckdb.execute(f"SELECT * FROM read_parquet(['{path}/day.parquet']{options})")
    return [column[0] for column in found.description], found.fetchall()


taken, quoted = read("shop [1]"), read("shop [[]1]")
named, plain = read("shop=1"), read("shop=1", ", hive_partitioning=false")
print("duckdb", duckdb.__version__, "shop [1]:", *taken, "shop [[]1]:", *quoted, "shop=1:", *named)
right = taken[1] == [("shop 1",)] and quoted[1] == [("shop [1]",)] and named[0] == ["written_in", "shop"]
sys.exit(0 if right and plain[0] == ["written_in"] else "this has changed")
PY
