#!/usr/bin/env bash
# DuckDB 2.0.1: '2011-07-04T12:00:00+02:00' read as a TIMESTAMP is 12:00, by a cast, by from_json and by read_json: the offset is dropped, and it
# is another instant. A good guess is that it is converted to UTC, or refused, as a column without a zone cannot hold it. As
# TIMESTAMPTZ it is 10:00 UTC.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" --quiet --disable-pip-version-check install duckdb==2.0.1 pytz
cd "$folder"
echo '{"moment": "2011-07-04T12:00:00+02:00"}' >times.json
"$folder/env/bin/python" - <<'PY'
import sys

import duckdb

duckdb.execute("SET TimeZone = 'UTC'")
ways = {
    "cast": "SELECT '2011-07-04T12:00:00+02:00'::TIMESTAMP",
    "from_json": """SELECT from_json('{"moment": "2011-07-04T12:00:00+02:00"}', '{"moment": "TIMESTAMP"}').moment""",
    "read_json": "SELECT moment FROM read_json('times.json', columns={moment: 'TIMESTAMP'})",
    "with a zone": "SELECT '2011-07-04T12:00:00+02:00'::TIMESTAMPTZ",
}
hours = {way: duckdb.sql(f"SELECT hour(({sql}))").fetchall()[0][0] for way, sql in ways.items()}
print("duckdb", duckdb.__version__, hours)
sys.exit(0 if list(hours.values()) == [12, 12, 12, 10] else "this has changed")
PY
