#!/usr/bin/env bash
# SQLite 3.40 on Linux: when its file is deleted (or another put in its place) while a connection is open, commits are still
# acknowledged, with synchronous=FULL, `PRAGMA integrity_check` says ok, and all of it is gone when the connection closes. A good
# guess is an error at the next commit. A notebook that deletes its log to start afresh, while an older cell holds it open, does this.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 - "$folder/log.db" <<'PYTHON'
import os
import sqlite3
import sys

path = sys.argv[1]
connection = sqlite3.connect(path, isolation_level=None)
connection.execute("PRAGMA journal_mode = WAL")
connection.execute("PRAGMA synchronous = FULL")
connection.execute("CREATE TABLE events (number)")
for name in os.listdir(os.path.dirname(path)):
    os.unlink(os.path.join(os.path.dirname(path), name))
connection.execute("INSERT INTO events VALUES (1)")
recorded = connection.execute("SELECT count(*) FROM events").fetchone()[0]
checked = connection.execute("PRAGMA integrity_check").fetchone()[0]
files = os.listdir(os.path.dirname(path))
print("sqlite", sqlite3.sqlite_version, "- after the files were deleted, events recorded:", recorded, "check:", checked, "files:", files)
assert (recorded, checked, files) == (1, "ok", []), "this has changed"
PYTHON
