#!/usr/bin/env bash
# msgspec 0.22: a time with more than six digits of a second is rounded up, across any border: the last instant of a year is
# read as the next year, and the time of day 23:59:59.9999999 as 00:00, the same day's beginning. A good guess is an error, or
# a cut as in `datetime.fromisoformat`. .NET writes seven digits, Go and Java nine: a sale at the end of December moves to January.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check msgspec==0.22.0
"$folder/venv/bin/python" - <<'PYTHON'
from datetime import datetime, time

import msgspec

last = "2011-12-31T23:59:59.9999999"
read, of_day = msgspec.json.decode(f'"{last}"', type=datetime), msgspec.json.decode('"23:59:59.9999999"', type=time)
print("msgspec", msgspec.__version__)
print(last, "is read as", read.isoformat(), "and the time of day as", of_day)
assert datetime.fromisoformat(last).year == 2011
assert read == datetime(2012, 1, 1) and of_day == time(0, 0), "this has changed"
PYTHON
