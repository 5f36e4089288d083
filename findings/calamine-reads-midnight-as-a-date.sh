#!/usr/bin/env bash
# python-calamine: two cells of one column, of one number format (yyyy-mm-dd h:mm:ss), come back as two types. A good guess
# is that the format decides; it is the value: at midnight the cell is a datetime.date, a minute later a datetime.datetime.
# So `cell.hour` fails, and sorting the column fails, on the one row whose time is 00:00. openpyxl returns datetimes for both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-calamine==0.9.1 openpyxl==3.1.5
"$folder/venv/bin/python" - "$folder/times.xlsx" <<'PYTHON'
import sys
from datetime import datetime
from importlib.metadata import version

import openpyxl
from python_calamine import CalamineWorkbook

path = sys.argv[1]
book = openpyxl.Workbook()
for at in (datetime(2011, 7, 4, 0, 0), datetime(2011, 7, 4, 0, 1)):
    book.active.append([at])
book.save(path)

cells = list(openpyxl.load_workbook(path).active["A"])
formats = [cell.number_format for cell in cells]
by_openpyxl = [type(cell.value).__name__ for cell in cells]
by_calamine = [type(row[0]).__name__ for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()]
print("python-calamine", version("python-calamine"), "openpyxl", version("openpyxl"))
print("number formats:", formats)
print("openpyxl:", by_openpyxl)
print("calamine:", by_calamine)
assert formats == ["yyyy-mm-dd h:mm:ss"] * 2
assert by_openpyxl == ["datetime", "datetime"]
assert by_calamine == ["date", "datetime"], "this has changed"
PYTHON
