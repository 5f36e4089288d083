#!/usr/bin/env bash
# DuckDB 2.0.1: a column that may hold NULL is written into Parquet as "not null" where the rows of this one file have none, so two files of
# one table have two schemas. pyarrow 26.0.1 takes the first for all, and shows a column "not null" with None in it. A good guess is that
# the schema follows from the declaration of the table, which is the same. A row of NULLs in the table, not even selected, makes
# every column of every file one that may lack a value.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" --quiet --disable-pip-version-check install duckdb==2.0.1 pyarrow==26.0.1
cd "$folder"
"$folder/env/bin/python" - <<'PY'
import sys

import duckdb
import pyarrow
import pyarrow.dataset


def fields(folder, with_a_row_of_nothing):
    for number, value in enumerate(("'x'", "NULL")):
        duckdb.execute("CREATE OR REPLACE TABLE day (position BIGINT, caused_by VARCHAR)")
        duckdb.execute(f"INSERT INTO day VALUES ({number}, {value})")
        if with_a_row_of_nothing:
            duckdb.execute("INSERT INTO day VALUES (NULL, NULL)")
        duckdb.execute(f"COPY (FROM day WHERE position >= 0 ORDER BY position) TO '{folder}-{number}.parquet'")
    both = pyarrow.dataset.dataset([f"{folder}-0.parquet", f"{folder}-1.parquet"]).to_table()
    return str(both.schema.field("caused_by").nullable), both.column("caused_by").to_pylist()


plain, helped = fields("plain", False), fields("helped", True)
print("duckdb", duckdb.__version__, "pyarrow", pyarrow.__version__, "may lack a value:", *plain, "with a row of nothing:", *helped)
sys.exit(0 if (plain, helped) == (("False", ["x", None]), ("True", ["x", None])) else "this has changed")
PY
